"""The colours of a map side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QLinearGradient, QPen

from convviz.views import drawing_mode, theme
from convviz.views.colour import STEPS, colour_map, scale_image

if TYPE_CHECKING:
    from PyQt6.QtCore import QRect
    from PyQt6.QtGui import QPainter

#: Of so many colours a gradient is made that cannot be told from all of them.
_STOPS = 33


def paint_scale_bar(painter: QPainter, bar: QRect | QRectF, signed: bool) -> None:
    """Fill ``bar`` with the colours from the lowest value to the highest; where it may be enlarged, as a gradient."""
    place = QRectF(bar)
    if not drawing_mode.is_drawn():
        painter.drawImage(place, scale_image(signed, theme.current().dark))
        return
    gradient = QLinearGradient(place.topLeft(), place.topRight())
    table = colour_map(signed)
    for stop in range(_STOPS):
        share = stop / (_STOPS - 1)
        gradient.setColorAt(share, table.colour(round(share * (STEPS - 1))))
    painter.fillRect(place, gradient)


def paint_framed_bar(painter: QPainter, bar: QRect, signed: bool) -> None:
    """Fill ``bar`` with the colours from the lowest value to the highest, and frame it."""
    paint_scale_bar(painter, bar, signed)
    painter.setPen(QPen(theme.current().border, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shift = drawing_mode.line_shift()
    painter.drawRect(QRectF(bar.adjusted(-1, -1, 0, 0)).translated(shift, shift))
