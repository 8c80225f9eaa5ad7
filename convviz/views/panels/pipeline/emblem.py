"""What a layer without parameters does, as a small drawing computed from the layer itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from convviz.engine.layers.activations import Activation
from convviz.views import theme

if TYPE_CHECKING:
    from convviz.engine.layers import Layer

#: The stretch of the argument that a curve shows.
_REACH = 4.0
_MOST_CELLS = 5


def paint_emblem(painter: QPainter, rect: QRectF, layer: Layer) -> None:
    """Paint the curve of an activation, or the window of a pooling becoming one cell."""
    kernel, size = getattr(layer, "kernel", None), theme.zoom()
    painter.save()
    painter.translate(rect.topLeft())
    painter.scale(size, size)
    inside = QRectF(0.0, 0.0, rect.width() / size, rect.height() / size)
    if isinstance(layer, Activation):
        _paint_curve(painter, inside, layer)
    elif kernel is not None:
        _paint_window(painter, inside, kernel)
    painter.restore()


def _paint_curve(painter: QPainter, rect: QRectF, layer: Activation) -> None:
    colours = theme.current()
    x = np.linspace(-_REACH, _REACH, 65)
    y: Any = layer.forward({}, x.reshape(1, 1, -1))[0].ravel()
    low, high = min(-0.25, float(y.min())), max(1.0, float(y.max()))
    across = rect.left() + (x + _REACH) / (2 * _REACH) * rect.width()
    down = rect.bottom() - (y - low) / (high - low) * rect.height()
    zero = rect.bottom() + low / (high - low) * rect.height()
    painter.setPen(QPen(colours.border, 1))
    painter.drawLine(QPointF(rect.left(), zero), QPointF(rect.right(), zero))
    painter.drawLine(QPointF(rect.center().x(), rect.top()), QPointF(rect.center().x(), rect.bottom()))
    painter.setPen(QPen(colours.text, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(across.tolist(), down.tolist(), strict=True)]))


def _paint_window(painter: QPainter, rect: QRectF, kernel: tuple[int, int]) -> None:
    colours = theme.current()
    rows, columns = (min(size, _MOST_CELLS) for size in kernel)
    cell = min(12.0, (rect.width() - 30) / columns, (rect.height() - 4) / rows)
    width = columns * cell + 22 + cell
    left, middle = rect.center().x() - width / 2, rect.center().y()
    top = middle - rows * cell / 2
    painter.setPen(QPen(colours.muted, 1))
    painter.setBrush(colours.hover)
    for row in range(rows):
        for column in range(columns):
            painter.drawRect(QRectF(left + column * cell, top + row * cell, cell, cell))
    start = left + columns * cell + 5
    painter.drawLine(QPointF(start, middle), QPointF(start + 11, middle))
    for side in (-3.0, 3.0):
        painter.drawLine(QPointF(start + 8, middle + side), QPointF(start + 11, middle))
    painter.setBrush(colours.muted)
    painter.drawRect(QRectF(start + 17, middle - cell / 2, cell, cell))
