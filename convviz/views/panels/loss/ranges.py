"""How the loss plot chooses its axes. No widgets, no drawing."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convviz.number_text import axis_text

Array = NDArray[Any]
Range = tuple[float, float]

#: Steps by which an axis grows: seldom enough that the picture stands still, close enough that it is well filled.
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0)
#: The same for an axis that reaches far beyond the curve: how many times as far, and that of how many steps at least.
_FAR, _AHEAD, _SHORT = (1.0, 2.0, 5.0, 10.0), 5, 5000
#: Decades that a logarithmic axis shows at least.
_FEWEST_DECADES = 1.0
#: The largest number there is, where an axis ends at the latest.
_GREATEST = sys.float_info.max


def nice_above(value: float, factors: tuple[float, ...] = _NICE) -> float:
    """Return the least of the ``factors`` times a power of ten that is not below ``value`` (> 0)."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in factors if factor * power >= value * (1 - 1e-12))


def step_range(count: int, goal: int | None) -> Range:
    """Return the steps that an axis spans for ``count`` recorded losses and a run that goes on to ``goal``.

    Of a long run it spans a few times what there is, and grows from time to time: else the curve would be a line at
    the edge.
    """
    last = max(count - 1, 1)
    if goal is not None and goal >= last:
        ahead = nice_above(max(_AHEAD * last, _SHORT), _FAR)
        return 0.0, float(max(min(goal, ahead), 10))
    return 0.0, float(max(nice_above(last), 10))


def value_range(values: Array, log: bool) -> Range:
    """Return the range of the vertical axis for ``values``; of their decimal logarithms if ``log``.

    What is not finite, and on a logarithmic axis what is not positive, is left out.
    """
    low, high = _ends(values)
    if not (math.isfinite(low) and math.isfinite(high)) or (log and low <= 0):
        usable = values[np.isfinite(values)]
        low, high = _ends(usable[usable > 0] if log else usable)
    if low > high:
        return (-1.0, 1.0) if log else (0.0, 1.0)
    if log:
        return _decades(math.log10(low), math.log10(high))
    if low >= 0:
        return 0.0, min(nice_above(max(min(high, _GREATEST / 1.02) * 1.02, 1e-300)), _GREATEST)
    margin = 0.05 * (high - low or 1.0)
    return low - margin, high + margin


def _ends(values: Array) -> Range:
    """Return the least and the greatest of ``values``, NaN where there is one among them; of none, ∞ and −∞."""
    return float(np.minimum.reduce(values, initial=math.inf)), float(np.maximum.reduce(values, initial=-math.inf))


def _decades(low: float, high: float) -> Range:
    top = min(math.ceil(high * 2 + 0.02) / 2, math.log10(_GREATEST))  # to half a decade: the axis seldom changes
    bottom = math.floor(low * 2 - 0.02) / 2
    return min(bottom, top - _FEWEST_DECADES), top


def on_axis(values: Array, log: bool, bottom: float) -> Array:
    """Return ``values`` as positions on the axis; what has no logarithm lies at the ``bottom`` of a logarithmic one."""
    if not log:
        return values
    positive = values > 0
    return np.where(positive, np.log10(np.where(positive, values, 1.0)), bottom)


def place_on_axis(value: float, log: bool, bottom: float) -> float:
    """Return the same of one number."""
    if not log:
        return value
    return math.log10(value) if value > 0 else bottom


def log_ticks(bottom: float, top: float) -> list[tuple[float, list[float]]]:
    """Return the ticks of a logarithmic axis as pyqtgraph wants them: whole decades, and 2…9 between while few."""
    decades = list(range(math.ceil(bottom - 1e-9), math.floor(top + 1e-9) + 1))
    every = 1 + len(decades) // 7
    major = [float(d) for d in decades if d % every == 0]
    if top - bottom > 4:
        return [(float(every), major)]
    between = [
        d + math.log10(factor)
        for d in range(math.floor(bottom), math.ceil(top))
        for factor in range(2, 10)
        if bottom <= d + math.log10(factor) <= top
    ]
    return [(float(every), major), (0.0, between)]


def log_tick_text(value: float, decades: float, *, powers: bool = False) -> str:
    """Return the label of a logarithmic tick at ``10**value``; between decades only 2 and 5 have one, while few."""
    exponent = round(value)
    if abs(value - exponent) < 1e-6:
        return axis_text(10.0**exponent, powers=powers)
    factor = round(10 ** (value - math.floor(value)))
    return axis_text(factor * 10.0 ** math.floor(value), powers=powers) if decades <= 2 and factor in (2, 5) else ""
