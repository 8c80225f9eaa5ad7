"""Drawing a loss curve in pixels: the grid, the curve, a mark. What to draw where is the plot's business."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from convviz.views import theme
from convviz.views.panels.loss import ranges

Array = NDArray[Any]

#: The radius of the largest dot, in pixels at the usual size.
DOT = 4
#: How far outside of the area something is still drawn where it is, in heights of the area: a painter's own numbers
#: have an end.
_OUTSIDE = 2.0
#: A curve that goes up and down less often than this many times over the whole height is drawn stronger.
_CALM = 4


class Mapping:
    """Steps and losses as pixels of the area inside the axes.

    Parameters
    ----------
    area
        Where to draw.
    steps, losses
        The ranges that the axes show; of the decimal logarithm of the loss if ``log``.

    Attributes
    ----------
    key
        Equal for mappings that are equal.
    """

    def __init__(self, area: QRectF, steps: ranges.Range, losses: ranges.Range, log: bool) -> None:
        self.area = area
        self.log = log
        self.key = (area.x(), area.y(), area.width(), area.height(), steps, losses, log)
        self._left, right = steps
        self._bottom, top = losses
        self._per_step = area.width() / (right - self._left)
        self._per_loss = area.height() / (top - self._bottom)

    def x(self, steps: Array) -> Array:
        """Return the horizontal pixels of ``steps``."""
        return np.asarray(self.area.left() + (steps - self._left) * self._per_step)

    def y(self, losses: Array) -> Array:
        """Return the vertical pixels of finite ``losses``; what lies far outside is brought nearer."""
        return self.height(ranges.on_axis(losses, self.log, self._bottom))

    def height(self, positions: Array) -> Array:
        """Return the vertical pixels of ``positions`` on the axis."""
        high = self.area.height()
        with np.errstate(over="ignore"):  # beyond all numbers is brought nearer like all else
            pixels = (positions - self._bottom) * self._per_loss
        return self.area.bottom() - np.minimum(np.maximum(pixels, -_OUTSIDE * high), 3 * high)

    # Of a single number, Python's own arithmetic takes a tenth of the time.

    def x_of(self, step: float) -> float:
        """Return the horizontal pixel of one step."""
        return self.area.left() + (step - self._left) * self._per_step

    def y_of(self, loss: float) -> float:
        """Return the vertical pixel of one finite loss."""
        return self.height_of(ranges.place_on_axis(loss, self.log, self._bottom))

    def height_of(self, position: float) -> float:
        """Return the vertical pixel of one position on the axis."""
        high = self.area.height()
        pixels = (position - self._bottom) * self._per_loss
        return self.area.bottom() - min(max(pixels, -_OUTSIDE * high), 3 * high)


def draw_grid(painter: QPainter, mapping: Mapping, ticks: list[float]) -> None:
    """Draw a horizontal line at every tick."""
    painter.setPen(QPen(theme.current().grid, 1))
    area = mapping.area
    for tick in ticks:
        y = round(mapping.height_of(tick)) + 0.5
        painter.drawLine(QLineF(area.left(), y, area.right(), y))


def draw_curve(painter: QPainter, mapping: Mapping, steps: Array, losses: Array, pen: QPen | None = None) -> None:
    """Draw the curve through finite ``losses``, with ``pen`` or like that of the present run."""
    if len(steps) == 0:
        return
    heights = mapping.y(losses)
    polygon = _polygon(mapping.x(steps), heights)
    painter.setPen(pen or QPen(theme.current().curve, 1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.drawPolyline(polygon)
    if pen is None and np.abs(np.diff(heights)).sum() < _CALM * mapping.area.height():
        # A wider pen costs twenty times as much. A calm curve can be made stronger by drawing it more often: beside
        # itself, for it falls.
        for shift in range(1, theme.scaled(4) - 2):
            painter.drawPolyline(polygon.translated(0.5 * shift, -0.5 * shift))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_mark(
    painter: QPainter,
    mapping: Mapping,
    step: int,
    loss: float,
    colour: QColor,
    style: Qt.PenStyle,
    *,
    cross: bool = False,
) -> None:
    """Draw a vertical line at ``step`` and a dot where it meets the curve; ``cross``: a horizontal line there, too."""
    area = mapping.area
    x = round(mapping.x_of(step)) + 0.5
    painter.setPen(QPen(colour, theme.scaled(1), style))
    painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
    if not math.isfinite(loss):
        return
    y = mapping.y_of(loss)
    if cross:
        painter.drawLine(QLineF(area.left(), round(y) + 0.5, area.right(), round(y) + 0.5))
    painter.setBrush(colour)
    painter.setPen(QPen(theme.current().surface, 1))
    draw_dot(painter, mapping, QPointF(x, y), DOT * theme.zoom())


def draw_dot(painter: QPainter, mapping: Mapping, at: QPointF, radius: float) -> None:
    """Draw a dot with the painter's pen and brush if it is in the area, and whole even where it reaches beyond that."""
    if not mapping.area.adjusted(-1, -1, 1, 1).contains(at):
        return
    painter.save()
    painter.setClipping(False)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.drawEllipse(at, radius, radius)
    painter.restore()


def _polygon(x: Array, y: Array) -> QPolygonF:
    polygon: QPolygonF = pg.functions.create_qpolygonf(len(x))
    points = pg.functions.ndarray_from_qpolygonf(polygon)
    points[:, 0], points[:, 1] = x, y
    return polygon
