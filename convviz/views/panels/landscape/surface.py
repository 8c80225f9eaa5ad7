"""How losses on a grid are coloured, and where they are equal. No widgets, no drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: From so many times the least loss to the greatest, a logarithmic scale reads better; and the most that one spans.
_LOG_FROM, _MOST_DECADES = 30.0, 12
#: Below this, powers of ten lose their digits.
_TINY = 1e-300
#: The greatest power of ten that there is as a number.
_GREATEST = 308
#: How many contour lines are wanted at most.
_MOST_LEVELS = 12
#: What a decade is divided into, from coarse to fine.
_DIVISIONS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0), tuple(n / 2 for n in range(2, 20)))
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)

#: By the corners of a cell that lie above a level (1, 2, 4, 8: counter-clockwise from the lower left), the pairs of
#: edges (0 … 3: below, right, above, left) that its lines join, with what lies above at their right. Where opposite
#: corners do, 5 and 10, the middle decides: it lies above, too, or parts them, which is 5 and 10 with this added.
_PARTED = 16
_JOINS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 2), (1, 0)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((2, 0),),
    10: ((0, 3), (2, 1)),
    11: ((2, 1),),
    12: ((1, 3),),
    13: ((1, 0),),
    14: ((0, 3),),
    5 + _PARTED: ((3, 0), (1, 2)),
    10 + _PARTED: ((0, 1), (2, 3)),
}
#: A line that closes within so few pieces goes around some four places of the grid: its form is the grid's.
_FEW = 8


@dataclass(frozen=True)
class LossScale:
    """From losses to positions on a scale, 0 … 1.

    Attributes
    ----------
    low, high
        The losses at both ends, of which the lower is positive if ``log``.
    log
        Whether equal factors are equally far apart, instead of equal differences.
    """

    low: float
    high: float
    log: bool

    @classmethod
    def of(cls, losses: Array) -> LossScale | None:
        """Return the scale of an array of losses; None: none of them is a finite number."""
        finite = losses[np.isfinite(losses)]
        if not len(finite):
            return None
        low, high = float(finite.min()), float(finite.max())
        if not high > 0 or low * _LOG_FROM > high or low < 0:
            return cls(low, high if high > low else low + (abs(low) or 1.0), log=False)
        positive = finite[finite > 0]
        least = max(float(positive.min()), high * 10.0**-_MOST_DECADES, _TINY)
        return cls(least, high, log=True) if high > least * _LOG_FROM else cls(low, high, log=False)

    def positions(self, losses: Array) -> Array:
        """Return where losses lie; NaN for what is no finite number."""
        with np.errstate(all="ignore"):
            if self.log:
                at = np.log10(np.maximum(losses, self.low)) - math.log10(self.low)
                at = at / (math.log10(self.high) - math.log10(self.low))
            else:
                at = (losses / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return np.where(np.isfinite(losses), np.clip(at, 0.0, 1.0), np.nan)

    def position(self, loss: float) -> float:
        """Return where one loss lies."""
        return float(self.positions(np.array([loss]))[0])

    @cached_property
    def levels(self) -> tuple[float, ...]:
        """The losses of the contour lines: round numbers between the ends."""
        return _round_levels(self.low, self.high) if self.log else tuple(ticks(self.low, self.high, _MOST_LEVELS))


def _round_levels(low: float, high: float) -> tuple[float, ...]:
    decades = range(math.floor(math.log10(low)), min(math.ceil(math.log10(high)), _GREATEST) + 1)
    best: tuple[float, ...] = ()
    for division in _DIVISIONS:
        found = tuple(n * 10.0**d for d in decades for n in division if low < n * 10.0**d < high)
        if len(found) > _MOST_LEVELS:
            break
        best = found
    if best:
        return best
    every = 1 + len(decades) // _MOST_LEVELS
    return tuple(10.0**d for d in decades if d % every == 0 and low < 10.0**d < high)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most ``most`` round numbers at equal distances between two numbers."""
    span = high - low
    if not _TINY < span < math.inf or most < 1:
        return []
    power = 10.0 ** math.floor(math.log10(span / most))
    found: list[float] = []
    for step in (n * power for n in _STEPS):
        before, found = found, [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
        if len(found) <= most:
            break
    return found or before[:most]


def contour(values: Array, level: float) -> Array:
    """Return the line on which ``values`` (rows, columns) equal a level, as pieces (N, 2, 2) of two points (x, y).

    A point's x counts columns and its y rows, with linear values between neighbours; what is higher is at the right of
    the way from the one point to the other. A cell with a corner that is no number has no line. A line around a few
    places is left out: about a minimum between them it would be a speck with corners. Lorensen and Cline's marching
    cubes (1987), in the plane.
    """
    corners = values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1]
    case = sum((corner > level).astype(np.int8) << n for n, corner in enumerate(corners))
    whole = ~np.isnan(corners[0] + corners[1] + corners[2] + corners[3])
    rows, columns = np.nonzero((case != 0) & (case != 15) & whole)
    if not len(rows):
        return np.empty((0, 2, 2))
    case = np.asarray(case)[rows, columns]
    a, b, c, d = (corner[rows, columns] - level for corner in corners)
    saddle = ((case == 5) | (case == 10)) & (a + b + c + d <= 0)
    case = np.where(saddle, case + _PARTED, case)
    with np.errstate(all="ignore"):  # an edge that is not crossed has no point, and is not asked for one
        edges = np.stack(
            [
                np.stack([columns + a / (a - b), rows + 0.0 * a], axis=1),
                np.stack([columns + 1 + 0.0 * a, rows + b / (b - c)], axis=1),
                np.stack([columns + d / (d - c), rows + 1 + 0.0 * a], axis=1),
                np.stack([columns + 0.0 * a, rows + a / (a - d)], axis=1),
            ]
        )
    joined = [
        (at, one, other)
        for number, joins in _JOINS.items()
        if len(at := np.flatnonzero(case == number))
        for one, other in joins
    ]
    pieces = np.concatenate([np.stack([edges[one, at], edges[other, at]], axis=1) for at, one, other in joined])
    lying, upright = rows * values.shape[1] + columns, rows * values.shape[1] + columns + values.size
    numbers = np.stack([lying, upright + 1, lying + values.shape[1], upright])  # of all edges of the grid
    starts = np.concatenate([numbers[one, at] for at, one, _ in joined])
    ends = np.concatenate([numbers[other, at] for at, _, other in joined])
    return pieces[~_is_speck(starts, ends)]


def _is_speck(starts: Array, ends: Array) -> Array:
    """Return which of some pieces (N,), each from one edge to another, belong to a line that closes within a few."""
    order = np.argsort(starts)
    found = np.minimum(np.searchsorted(starts, ends, sorter=order), len(starts) - 1)
    own = np.arange(len(starts))
    following = np.where(starts[order[found]] == ends, order[found], -1)
    at, closed = own, np.zeros(len(starts), bool)
    for _ in range(_FEW):
        at = np.where(at < 0, -1, following[at])
        closed |= at == own
    return closed
