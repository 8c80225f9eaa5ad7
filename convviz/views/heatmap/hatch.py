"""The stripes of cells that nothing comes of in the next map, or that nothing comes to."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap

if TYPE_CHECKING:
    from convviz.views import theme


@cache
def hatch(colours: theme.Theme, *, veiled: bool) -> QPixmap:
    """Return the stripes; ``veiled``: over a veil that takes the colour of a cell back, for cells of any size."""
    side, pen = (6, QPen(colours.muted, 1.2)) if veiled else (8, QPen(colours.disabled, 1.4))
    made = QPixmap(side, side)
    veil = QColor(colours.surface)
    veil.setAlpha(150)
    made.fill(veil if veiled else Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    for shift in (-side, 0, side):
        painter.drawLine(shift, side, shift + side, 0)
    painter.end()
    return made
