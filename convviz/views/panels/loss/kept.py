"""Curves of losses behind the present one: of runs that were kept, and of other branches of the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPen

from convviz.views import theme

if TYPE_CHECKING:
    from convviz.model.series import LossSeries

Array = NDArray[Any]


class _Look(NamedTuple):
    """The theme's colour by its name, and dashes and gaps in widths of the pen."""

    colour: str
    dashes: tuple[float, ...]


#: Told from each other, and from the present one, by their dashes as well as by their colours.
_LOOKS = (
    _Look("muted", (4.0, 3.0)),
    _Look("curve_2", (9.0, 3.0)),
    _Look("curve_3", (2.0, 2.0)),
    _Look("muted", (9.0, 3.0, 2.0, 3.0)),
    _Look("curve_2", (2.0, 3.0)),
    _Look("curve_3", (6.0, 2.0, 2.0, 2.0)),
    _Look("muted", (1.5, 2.5)),
)
LOOKS = len(_LOOKS)  #: how many curves there can be


class KeptCurve:
    """The losses of a run, by step; they never change.

    Attributes
    ----------
    series
        Not empty.
    last, best
        The loss after the last step, and the least.
    look
        In which of the `LOOKS` ways it is drawn, from 0.
    start
        The step from which on it is drawn.
    yields
        It lets the axis be that of the present run where its own losses are far above.
    """

    def __init__(self, series: LossSeries, best: float, look: int, *, start: int = 0, yields: bool = False) -> None:
        self.series = series
        self.last = float(series.values()[-1])
        self.best = best if math.isfinite(best) else math.nan
        self.look = look
        self.start = start
        self.yields = yields

    def __len__(self) -> int:
        return len(self.series)

    def loss(self, step: int) -> float | None:
        """Return the loss at a step, or None where the run had ended before it."""
        return float(self.series.values()[step]) if 0 <= step < len(self) else None


def kept_pen(look: int) -> QPen:
    """Return what a curve of a look is drawn with."""
    colour, dashes = _LOOKS[look]
    pen = QPen(getattr(theme.current(), colour), theme.scaled(1))
    pen.setDashPattern(dashes)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def present_pen() -> QPen:
    """Return what the present curve is drawn with where it is strong."""
    return QPen(theme.current().curve, theme.scaled(2))
