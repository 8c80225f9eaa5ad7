"""Round numbers along an axis, and how they are written."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from convviz.number_text import axis_text

#: The largest number there is, and the exponents of ten that can be written as a float with all its digits.
_GREATEST, _LEAST_EXPONENT, _MOST_EXPONENT = sys.float_info.max, -307, sys.float_info.max_10_exp
#: Intervals between the ticks of a logarithmic axis over more than one power of ten, at most.
_MOST_INTERVALS = 8


@dataclass(frozen=True)
class Axis:
    """A stretch of numbers laid along a line.

    Attributes
    ----------
    low, high
        The numbers at the two ends, ``low < high``; above zero if ``logarithmic``.
    ticks
        The numbers that are written, in rising order.
    minor
        Numbers that only get a fainter line.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    minor: tuple[float, ...] = ()
    logarithmic: bool = False

    def position(self, value: float) -> float:
        """Return where ``value`` lies: 0 at ``low``, 1 at ``high``."""
        if self.logarithmic:
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        span = self.high - self.low
        if math.isinf(span):
            return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return (value - self.low) / span

    def label(self, tick: float) -> str:
        """Return one of `ticks` as it is written beside the axis."""
        if self.logarithmic:
            plain = self.low >= 1e-4 and self.high <= 1e6
            return f"{tick:,.{max(0, -_exponent(tick))}f}" if plain else axis_text(tick, powers=True)
        spacing = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else abs(tick) or 1.0
        if max(abs(self.low), abs(self.high)) >= 1e7 or spacing < 1e-6:
            return axis_text(tick, powers=True)
        return f"{tick:,.{max(0, -math.floor(math.log10(spacing) + 1e-9))}f}"


def linear_axis(low: float, high: float, count: int = 6) -> Axis:
    """Return an axis over at least ``low … high`` with about ``count`` ticks.

    It begins and ends on a tick, unless that would lie beyond all numbers: then with the last number there is.
    """
    if not high > low:
        low, high = low - (abs(low) / 2 or 1.0), high + (abs(high) / 2 or 1.0)
    low, high = max(low, -_GREATEST), min(high, _GREATEST)
    spacing = _round_spacing(max(high / count - low / count, 10.0**_LEAST_EXPONENT))
    first = math.floor(low / spacing + 1e-9)
    last = max(math.ceil(high / spacing - 1e-9), first + 1)
    ends = [index * spacing for index in range(first, last + 1)]
    ticks = tuple(tick for tick in ends if math.isfinite(tick))
    return Axis(max(ends[0], -_GREATEST), min(ends[-1], _GREATEST), ticks)


def logarithmic_axis(low: float, high: float) -> Axis:
    """Return a logarithmic axis over at least ``low … high`` (both > 0).

    It begins and ends on a round number, unless that would lie beyond all numbers: then with the last number there is.
    Numbers so small that they have lost digits (subnormal ones) are left out. Of many powers of ten only every second,
    third, … has a tick.
    """
    first, last = max(_exponent(low), _LEAST_EXPONENT), math.ceil(math.log10(high) - 1e-9)
    if last - first <= 1:  # within one power of ten: 1, 2, 5 are needed too
        steps = [digit * 10.0**first for digit in (1, 2, 5, 10)]
        if last == first:
            steps = [10.0**first / 2, 10.0**first, 2 * 10.0**first]
        start = max((s for s in steps if s * (1 - 1e-9) <= low), default=steps[0])
        end = min((s for s in steps if s >= high * (1 - 1e-9) and s > start), default=steps[-1])
        end = min(end, _GREATEST)
        ticks = tuple(s for s in steps if start <= s <= end)
        minor = tuple(d * 10.0**first for d in range(2, 10) if start < d * 10.0**first < end)
        return Axis(start, end, ticks, minor, logarithmic=True)
    every = math.ceil((last - first) / _MOST_INTERVALS)
    powers = range(first, min(last, _MOST_EXPONENT) + 1)
    high = 10.0**last if last <= _MOST_EXPONENT else _GREATEST
    ticks = tuple(10.0**p for p in powers if (p - first) % every == 0)
    digits = range(2, 10) if every == 1 else (1,)
    minor = tuple(d * 10.0**p for p in powers for d in digits if d * 10.0**p < high)
    return Axis(10.0**first, high, ticks, minor, logarithmic=True)


def _round_spacing(rough: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below ``rough``."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough * (1 - 1e-9))


def _exponent(value: float) -> int:
    return math.floor(math.log10(value) + 1e-9)
