"""The curves of the loss plot: that of the run, and those that lie behind it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.model.series import LossSeries
from convviz.views.panels.loss.behind import KeptPicture
from convviz.views.panels.loss.drawing import draw_curve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PyQt6.QtGui import QPainter

    from convviz.views.panels.loss.drawing import Mapping
    from convviz.views.panels.loss.kept import KeptCurve
    from convviz.views.panels.loss.ranges import Range

Array = NDArray[Any]


class Curves:
    """What there is to be seen of the losses.

    Attributes
    ----------
    series
        The losses of the run, before each update.
    live
        Its newest step with its loss, which the series does not have yet; None: there is none.
    """

    def __init__(self) -> None:
        self.series = LossSeries()
        self.live: tuple[int, float] | None = None
        self._behind: dict[KeptCurve, KeptPicture] = {}
        self._points: tuple[Array, Array] = (np.empty(0), np.empty(0))

    def lay_behind(self, curves: Iterable[KeptCurve]) -> None:
        """Let these curves lie behind that of the run, and no others."""
        self._behind = {curve: self._behind.get(curve) or KeptPicture(curve) for curve in curves}

    @property
    def newest(self) -> int:
        """The newest step of the run whose loss is known; −1: none is."""
        return self.live[0] if self.live is not None else len(self.series) - 1

    @property
    def last(self) -> int:
        """The last step of the run, or of one that lies behind; −1: there is none."""
        return max([self.newest, *(len(curve) - 1 for curve in self._behind)])

    def loss(self, step: int) -> float:
        """Return the loss of the run at a step; NaN where it has none yet."""
        if self.live is not None and step == self.live[0]:
            return self.live[1]
        return float(self.series.values()[step]) if step < len(self.series) else math.nan

    def take(self, seen: Range, most: int) -> Array:
        """Take at most ``most`` points of each curve to be drawn, and return the losses that an axis has to show.

        Parameters
        ----------
        seen
            The first and the last step that are seen; the neighbours to which lines lead from there are taken, too.
        """
        low, high = seen
        first, end, last = max(math.floor(low) - 1, 0), math.ceil(high) + 2, len(self.series)
        start = min(first, last)
        stop = min(max(end, start), last)
        steps, losses = self.series.envelope(most, start, stop)
        if self.live is not None and stop == last <= high + 1:
            steps, losses = np.append(steps, self.live[0]), np.append(losses, self.live[1])
        finite = np.isfinite(losses)
        self._points = (steps, losses) if finite.all() else (steps[finite], losses[finite])
        ends = [picture.take(most, first, end, losses) for picture in self._behind.values()]
        return np.concatenate([losses, *ends]) if ends else losses

    def draw(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw the points that were taken."""
        for picture in self._behind.values():
            picture.draw(painter, mapping)
        draw_curve(painter, mapping, *self._points)

    def draw_dots(self, painter: QPainter, mapping: Mapping, step: int) -> None:
        """Mark a step on the curves that lie behind."""
        for picture in self._behind.values():
            picture.draw_dot(painter, mapping, step)
