"""Measuring fairly: every competitor in turn, round after round, in one process and one run.

A machine's speed drifts, so figures taken minutes apart do not compare. Here A B A B … run one after the other, a
ratio is taken within each round, and the median over the rounds is what is quoted, with the smallest and the largest.
pyperf and pytest-benchmark, which are made for measuring, measure one thing after the other, so they do not serve here.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

#: Runs ``count`` steps; whatever it has to set up was done before.
Runner = Callable[[int], object]

#: Seconds at the beginning of each turn that do not count: OpenMP's threads keep a core busy for some 20 ms after the
#: turn before, in case there is more to do.
_SETTLING = 0.05


@dataclass(frozen=True)
class Figure:
    """Several readings of one quantity.

    Attributes
    ----------
    readings
        One per round, in the order they were taken.
    """

    readings: tuple[float, ...]

    @property
    def median(self) -> float:
        """The reading to quote."""
        return statistics.median(self.readings)

    @property
    def low(self) -> float:
        """The smallest reading."""
        return min(self.readings)

    @property
    def high(self) -> float:
        """The largest reading."""
        return max(self.readings)


def ratios(above: Figure, below: Figure) -> Figure:
    """Return ``above / below``, round by round."""
    return Figure(tuple(a / b for a, b in zip(above.readings, below.readings, strict=True)))


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that ``percent`` % of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(percent / 100 * len(ordered)) - 1))]


def steps_per_second(runners: Mapping[str, Runner], *, seconds: float, rounds: int) -> dict[str, Figure]:
    """Return each runner's steps per second, measured in turn.

    Parameters
    ----------
    seconds
        How long one turn of one runner should take; its number of steps is chosen in a warm-up that does not count.
    rounds
        How many turns each runner gets.
    """
    counts = {name: _steps_within(runner, seconds) for name, runner in runners.items()}
    readings: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(rounds):
        for name, runner in runners.items():
            runner(max(1, round(counts[name] * min(1.0, _SETTLING / seconds))))
            start = time.perf_counter()
            runner(counts[name])
            readings[name].append(counts[name] / (time.perf_counter() - start))
    return {name: Figure(tuple(values)) for name, values in readings.items()}


def _steps_within(runner: Runner, seconds: float) -> int:
    count = 1
    while True:
        start = time.perf_counter()
        runner(count)
        taken = time.perf_counter() - start
        if taken > seconds / 4 or count >= 1_000_000:
            return max(1, int(count * seconds / max(taken, 1e-9)))
        count = max(count * 2, int(count * seconds / 2 / max(taken, 1e-6)))
