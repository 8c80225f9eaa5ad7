"""A curve of other losses, as it lies behind the present one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPen, QPixmap

from convviz.views import drawing_mode, theme
from convviz.views.panels.loss.drawing import draw_curve, draw_dot
from convviz.views.panels.loss.kept import kept_pen

if TYPE_CHECKING:
    from convviz.views.panels.loss.drawing import Mapping
    from convviz.views.panels.loss.kept import KeptCurve

Array = NDArray[Any]

#: So many times the greatest loss of the present run are far above it.
_FAR = 2.0


class KeptPicture:
    """Draws a curve that lies behind.

    The curve does not change, so that its points are taken once for each range of steps, and drawn once for each place
    of the axes: dashes cost more than a line.
    """

    def __init__(self, curve: KeptCurve) -> None:
        self._curve = curve
        self._taken: tuple[int, int, int] | None = None
        self._points: tuple[Array, Array] = (np.empty(0), np.empty(0))
        self._ends = np.empty(0)
        self._drawn: tuple[object, ...] = ()
        self._picture = QPixmap()

    def take(self, most: int, start: int, stop: int, losses: Array) -> Array:
        """Take at most ``most`` points of the steps ``start`` … ``stop``, and return what an axis has to show of them.

        Those are the least and the greatest loss, of all and of those above zero; of a curve that yields only what is
        not far above ``losses``, those of the present run.
        """
        if (most, start, stop) != self._taken:
            self._take(most, start, stop)
        finite = losses[np.isfinite(losses)] if self._curve.yields else losses[:0]
        return self._ends[self._ends / _FAR <= finite.max()] if len(finite) else self._ends

    def _take(self, most: int, start: int, stop: int) -> None:
        self._taken, self._drawn = (most, start, stop), ()
        steps, losses = self._curve.series.envelope(most, min(max(start, self._curve.start), len(self._curve)), stop)
        finite = np.isfinite(losses)
        self._points = steps[finite], losses[finite]
        parts = (losses[finite], losses[finite & (losses > 0)])
        self._ends = np.array([end for part in parts if len(part) for end in (part.min(), part.max())])

    def draw(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw the points that were taken."""
        if drawing_mode.is_drawn():
            painter.save()
            painter.setClipRect(mapping.area)
            draw_curve(painter, mapping, *self._points, kept_pen(self._curve.look))
            painter.restore()
            return
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        wanted = (*mapping.key, ratio, theme.current().name, theme.zoom())
        if wanted != self._drawn:
            self._drawn = wanted
            self._picture = QPixmap((mapping.area.size() * ratio).toSize())
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._picture)
            inner.translate(-mapping.area.topLeft())
            draw_curve(inner, mapping, *self._points, kept_pen(self._curve.look))
            inner.end()
        painter.drawPixmap(mapping.area.topLeft(), self._picture)

    def draw_dot(self, painter: QPainter, mapping: Mapping, step: int) -> None:
        """Mark the place of a step on the curve, if the curve has it."""
        loss = self._curve.loss(step)
        if loss is None or not math.isfinite(loss) or step < self._curve.start:
            return
        painter.setBrush(theme.current().surface)
        painter.setPen(QPen(kept_pen(self._curve.look).color(), 1.5))
        x, y = mapping.x_of(step), mapping.y_of(loss)
        draw_dot(painter, mapping, QPointF(round(x) + 0.5, y), 3 * theme.zoom())
