"""What there is of a picture, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QWidget

from convviz.views.heatmap import Heatmap

if TYPE_CHECKING:
    from convviz.views.panels.pipeline import Pipeline


def heatmaps(pipeline: Pipeline) -> dict[str, Heatmap]:
    """Return all heatmaps by their names."""
    return {h.objectName().removeprefix("pipeline."): h for h in pipeline.findChildren(Heatmap)}


def places(pipeline: Pipeline) -> dict[str, QRect]:
    """Return where everything is that could move."""
    found = {}
    for widget in pipeline.findChildren(QWidget):
        if widget.isVisible() and widget.objectName().startswith("pipeline."):
            found[widget.objectName()] = QRect(widget.mapTo(pipeline, QPoint(0, 0)), widget.size())
    for name, heatmap in heatmaps(pipeline).items():
        values = heatmap.values()
        if values is not None:
            found[f"{name}, first cell"] = heatmap.cell_rect(*(0 for _ in values.shape))
    return found
