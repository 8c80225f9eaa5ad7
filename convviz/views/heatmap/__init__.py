"""A picture of numbers: coloured cells, their scale, their values, and which of them is pointed at."""

from __future__ import annotations

from convviz.views.heatmap.cell import Cell, cell_text
from convviz.views.heatmap.layout import Form
from convviz.views.heatmap.together import show_together
from convviz.views.heatmap.widget import Heatmap

__all__ = ["Cell", "Form", "Heatmap", "cell_text", "show_together"]
