"""A function drawn over axes with numbers, the point that it is at, and its tangent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from convviz.export.axis import linear_axis
from convviz.i18n import tr
from convviz.number_text import axis_text, format_number
from convviz.views import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.walkthrough import Curve

_RADIUS = 6
#: From the frame to what is drawn, and from what is drawn to a text.
_PAD, _GAP = 10, 4
#: Above and below the curve, of its height.
_MARGIN = 0.06
#: About how many intervals there are between the numbers of an axis.
_ACROSS, _UP = 4, 2
#: Width and height below which there is no room for numbers.
_LEAST = 120
#: How much of the width a tangent takes to either side of its point.
_REACH = 0.3
#: How far a text is from the point that it tells of.
_APART = 12
_TICKS_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Axes:
    """Where numbers lie in a picture.

    Attributes
    ----------
    area
        What the curve is drawn in.
    x, y
        The least and the greatest number of each axis.
    across, up
        The numbers that are written along each.
    """

    area: QRectF
    x: tuple[float, float]
    y: tuple[float, float]
    across: tuple[float, ...] = ()
    up: tuple[float, ...] = ()

    @classmethod
    def of(cls, rect: QRect, curve: Curve) -> Axes:
        """Return the axes of a curve that is drawn into ``rect``."""
        low, high = min(float(curve.y.min()), 0.0), max(float(curve.y.max()), 0.0)
        x = float(curve.x[0]), float(curve.x[-1])
        margin = _MARGIN * (high - low) or 1.0
        across, up = _ticks(*x, _ACROSS), _ticks(low, high, _UP, margin)
        area = QRectF(rect).adjusted(_PAD, _PAD, -_PAD, -_PAD)
        small = theme.metrics("small")
        if min(rect.width(), rect.height()) < _LEAST:
            across = up = ()
        if up:
            area.setLeft(area.left() + math.ceil(max(small.horizontalAdvance(axis_text(tick)) for tick in up)) + _GAP)
        if across:
            area.setBottom(area.bottom() - math.ceil(small.height()))
        return cls(area, x, (low - margin, high + margin), across, up)

    def at(self, x: float, y: float) -> QPointF:
        """Return where a point of the plane lies."""
        (left, right), (low, high), area = self.x, self.y, self.area
        return QPointF(
            area.left() + (x - left) / (right - left) * area.width(),
            area.bottom() - (y - low) / (high - low) * area.height(),
        )

    def zeros(self) -> list[QPointF]:
        """Return points along the two lines at zero."""
        (left, right), (low, high) = self.x, self.y
        return [*_between(self.at(left, 0), self.at(right, 0)), *_between(self.at(0, low), self.at(0, high))]


def _between(start: QPointF, end: QPointF, count: int = 40) -> list[QPointF]:
    """Return points along a line, close enough to one another for no text to fit between them."""
    return [start + (end - start) * (n / count) for n in range(count + 1)]


def _ticks(low: float, high: float, count: int, margin: float = 0.0) -> tuple[float, ...]:
    """Return about ``count`` round numbers within a range and its margin; none where it is not one."""
    if not math.isfinite(high - low) or high <= low:
        return ()
    ticks = linear_axis(low, high, count).ticks
    return tuple(tick for tick in ticks if low - margin <= tick <= high + margin)


def tangent(axes: Axes, curve: Curve) -> tuple[QPointF, QPointF] | None:
    """Return the ends of the tangent at the point, both within the axes; None where the curve has none."""
    (x, y), slope = curve.point, curve.slope
    if slope is None or not math.isfinite(slope):
        return None
    (left, right), (low, high) = axes.x, axes.y
    reach = _REACH * (right - left)
    if slope != 0:  # it ends where it would leave through the upper or the lower side
        to_low, to_high = sorted(((low - y) / slope, (high - y) / slope))
    else:
        to_low, to_high = -math.inf, math.inf
    start, end = max(left - x, -reach, to_low), min(right - x, reach, to_high)
    return axes.at(x + start, y + start * slope), axes.at(x + end, y + end * slope)


def free_place(
    size: QSizeF, area: QRectF, spot: QPointF, drawn: Sequence[QPointF], lines: Sequence[QPointF] = ()
) -> QRectF:
    """Return where a text of this size covers least of what is drawn: near ``spot``, else in a corner of ``area``.

    Of places that cover nothing of it, the first that covers least of ``lines``.
    """
    width, height = size.width(), size.height()
    lefts = (spot.x() + _APART, spot.x() - _APART - width)
    tops = (spot.y() - _APART - height, spot.y() + _APART)
    near = [QRectF(left, top, width, height) for left in lefts for top in tops]
    corners = [
        QRectF(left, top, width, height)
        for left in (area.left(), area.right() - width)
        for top in (area.top(), area.bottom() - height)
    ]
    tried = [place for place in near if area.contains(place)] + corners

    def covered(place: QRectF) -> tuple[int, int]:
        around = place.adjusted(-_GAP, -_GAP, _GAP, _GAP)
        return sum(map(around.contains, drawn)), sum(map(place.contains, lines))

    return min(tried, key=covered)


def paint_curve(painter: QPainter, rect: QRect, curve: Curve) -> None:
    """Paint ``curve`` into ``rect``."""
    colours, axes = theme.current(), Axes.of(rect, curve)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.border, 1))
    painter.setBrush(colours.raised)
    painter.drawRoundedRect(QRectF(rect), 6, 6)
    _paint_axes(painter, axes)
    painter.setClipRect(axes.area.adjusted(-_RADIUS, -_RADIUS, _RADIUS, _RADIUS))
    line = [axes.at(float(x), float(y)) for x, y in zip(curve.x, curve.y, strict=True)]
    painter.setPen(QPen(colours.curve, 3))
    painter.drawPolyline(QPolygonF(line))
    x, y = curve.point
    if axes.x[0] <= x <= axes.x[1] and np.isfinite(y):
        _paint_point(painter, axes, curve, line)
    painter.restore()


def _paint_axes(painter: QPainter, axes: Axes) -> None:
    colours, area = theme.current(), axes.area
    (left, right), (low, high) = axes.x, axes.y
    painter.setPen(QPen(colours.border, 1))
    for tick in axes.across:
        painter.drawLine(axes.at(tick, low), axes.at(tick, high))
    for tick in axes.up:
        painter.drawLine(axes.at(left, tick), axes.at(right, tick))
    painter.setPen(QPen(colours.outline, 1))
    painter.drawLine(axes.at(left, 0), axes.at(right, 0))
    if left <= 0 <= right:
        painter.drawLine(axes.at(0, low), axes.at(0, high))
    painter.setFont(theme.font("small"))
    painter.setPen(colours.muted)
    high_as = theme.metrics("small").height()
    for tick in axes.up:
        place = QRectF(0, axes.at(left, tick).y() - high_as / 2, area.left() - _GAP, high_as)
        painter.drawText(place, _TICKS_RIGHT, axis_text(tick))
    for tick in axes.across:
        place = QRectF(axes.at(tick, low).x() - _LEAST / 2, area.bottom() + 1, _LEAST, high_as)
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, axis_text(tick))


def _paint_point(painter: QPainter, axes: Axes, curve: Curve, line: Sequence[QPointF]) -> None:
    """Paint the point, its tangent or what leads to it from the axes, and its numbers where they cover nothing."""
    colours, (x, y) = theme.current(), curve.point
    spot = axes.at(x, y)
    drawn = [*line, *_between(spot, spot)]
    ends = tangent(axes, curve)
    if ends is not None:
        painter.setPen(QPen(colours.gradient, 3))
        painter.drawLine(*ends)
        drawn += _between(*ends)
    elif curve.slope is None:
        painter.setPen(QPen(colours.muted, 1, Qt.PenStyle.DashLine))
        for foot in (axes.at(x, 0), axes.at(0, y)):
            painter.drawLine(foot, spot)
            drawn += _between(foot, spot)
    painter.setPen(QPen(colours.surface, 2))
    painter.setBrush(colours.accent if curve.slope is None else colours.gradient)
    painter.drawEllipse(spot, _RADIUS, _RADIUS)
    told = [(f"({format_number(x, 3)}, {format_number(y, 3)})", colours.text)]
    if curve.slope is not None:
        told.append((tr("slope {value}").format(value=format_number(curve.slope, 3)), colours.gradient))
    metrics = theme.metrics("strong")
    width, pitch = max(metrics.horizontalAdvance(text) for text, _ in told), metrics.height()
    place = free_place(QSizeF(width, pitch * len(told)), axes.area, spot, drawn, axes.zeros())
    painter.setFont(theme.font("strong"))
    for number, (text, colour) in enumerate(told):
        painter.setPen(colour)
        row = QRectF(place.left(), place.top() + number * pitch, width, pitch)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
