"""A function drawn, the point that it is at, and its tangent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from convviz.views import theme
from convviz.views.number_text import format_number

if TYPE_CHECKING:
    from convviz.engine.walkthrough import Curve

_RADIUS = 6


def paint_curve(painter: QPainter, rect: QRect, curve: Curve) -> None:
    """Paint ``curve`` into ``rect``."""
    colours = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.border, 1))
    painter.setBrush(colours.raised)
    painter.drawRoundedRect(QRectF(rect), 6, 6)
    inner = QRectF(rect).adjusted(10, 10, -10, -10)
    low, high = min(float(curve.y.min()), 0.0), max(float(curve.y.max()), 0.0)
    margin = 0.06 * (high - low) or 1.0
    low, high = low - margin, high + margin
    left, right = float(curve.x[0]), float(curve.x[-1])

    def at(x: float, y: float) -> QPointF:
        return QPointF(
            inner.left() + (x - left) / (right - left) * inner.width(),
            inner.bottom() - (y - low) / (high - low) * inner.height(),
        )

    painter.setPen(QPen(colours.outline, 1))
    painter.drawLine(at(left, 0), at(right, 0))
    painter.drawLine(at(0, low), at(0, high))
    painter.setClipRect(rect)
    painter.setPen(QPen(colours.curve, 3))
    painter.drawPolyline(QPolygonF([at(float(x), float(y)) for x, y in zip(curve.x, curve.y, strict=True)]))
    x, y = curve.point
    if left <= x <= right and np.isfinite(y):
        if curve.slope is not None:
            reach = 0.3 * (right - left)
            painter.setPen(QPen(colours.gradient, 3))
            painter.drawLine(at(x - reach, y - reach * curve.slope), at(x + reach, y + reach * curve.slope))
        else:
            painter.setPen(QPen(colours.muted, 1, Qt.PenStyle.DashLine))
            painter.drawLine(at(x, 0), at(x, y))
            painter.drawLine(at(0, y), at(x, y))
        painter.setPen(QPen(colours.surface, 2))
        painter.setBrush(colours.gradient if curve.slope is not None else colours.accent)
        painter.drawEllipse(at(x, y), _RADIUS, _RADIUS)
        painter.setFont(theme.font("strong"))
        painter.setPen(colours.text)
        text = f"({format_number(x, 3)}, {format_number(y, 3)})"
        width = theme.metrics("strong").horizontalAdvance(text)
        spot = at(x, y)
        left = spot.x() + 10 if spot.x() + width + 12 <= inner.right() else max(inner.left(), spot.x() - width - 10)
        baseline = max(inner.top() + 14, spot.y() - 10)
        painter.fillRect(QRectF(left - 3, baseline - 13, width + 6, 17), colours.surface)  # curves pass behind it
        painter.drawText(QPointF(left, baseline), text)
    painter.restore()
