"""When a run stops by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.settings import Spec, setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: How many losses are looked through at a time, at least and at most, where many are there at once.
_LEAST, _MOST = 1 << 6, 1 << 12


class StopReason(Enum):
    """Why a run stopped by itself."""

    NONE = ""
    STEPS = "steps"  #: the number of steps asked for was made
    LOSS_BELOW = "loss below"
    NO_PROGRESS = "no progress"
    DIVERGED = "diverged"
    MEMORY = "memory"  #: the loss series has reached its own budget


@dataclass(frozen=True)
class StopConditions(Spec):
    """The conditions on which a run stops; the first that is met counts.

    A run that has stopped can be continued: each condition is met at the moment of crossing, so a run that goes on
    beyond stops again only when it crosses anew.
    """

    kind = "stop"
    label = mark("Stop conditions")
    summary = mark("When a run stops by itself")

    steps: int = setting(
        mark("Steps"),
        mark("How many steps a run makes"),
        "int",
        2000,
        minimum=1,
        maximum=10**9,
        step=100,
        live=True,
    )
    loss_below: float | None = setting(
        mark("Loss below"),
        mark("Stops after the first step whose loss is below this; none: never"),
        "float",
        None,
        minimum=0,
        logarithmic=True,
        live=True,
        optional=True,
        absent=mark("never"),
    )
    patience: int | None = setting(
        mark("Patience"),
        mark("Stops when the loss has made no progress for this many steps; none: never"),
        "int",
        None,
        minimum=1,
        maximum=10**9,
        step=100,
        unit=mark("steps"),
        live=True,
        optional=True,
        absent=mark("never"),
    )
    min_progress: float = setting(
        mark("Minimum progress"),
        mark("By what share the best loss must fall to count as progress"),
        "float",
        1e-4,
        minimum=0,
        maximum=0.9,
        step=1e-4,
        live=True,
    )


class Watch:
    """Follows the losses of a run, and says after which of them it stops.

    Attributes
    ----------
    best
        The lowest loss so far; infinity before the first.
    """

    def __init__(self, stop: StopConditions, losses: NDArray[np.float64]) -> None:
        """Begin after ``losses``, those of the steps made so far."""
        self.stop = stop
        self.best = math.inf
        self._last = math.inf
        self._reference = math.inf
        self._idle = 0
        # Every look reads all that it is given, though it may come no further than the patience.
        most = _MOST if stop.patience is None else min(_MOST, max(_LEAST, 4 * stop.patience))
        while losses.size:
            losses = losses[self._follow(losses[:most])[0] :]

    def look(self, losses: NDArray[np.float64]) -> tuple[int, StopReason]:
        """Take in the next losses (K,) and return how many of these steps are made, and why it is not all of them.

        A step whose loss is not finite is not made; any other that meets a condition is the last one. The steps beyond
        are as if they had not been looked at. If the last of them meets a condition, the reason is given too.
        """
        finite = len(losses)
        if not math.isfinite(float(losses.sum())):
            finite = int(np.append(np.isfinite(losses), False).argmin())
        kept, reason = self._below(losses[:finite])
        kept, stale = self._follow(losses[:kept])
        if stale:
            reason = StopReason.NO_PROGRESS
        elif reason is StopReason.NONE and finite < len(losses):
            reason = StopReason.DIVERGED
        return kept, reason

    def _below(self, losses: NDArray[np.float64]) -> tuple[int, StopReason]:
        limit = self.stop.loss_below
        if limit is None or not losses.size or losses.min() >= limit:
            return len(losses), StopReason.NONE
        before = np.concatenate(([self._last], losses[:-1]))
        crossed = np.flatnonzero((losses < limit) & (before >= limit))
        return (int(crossed[0]) + 1, StopReason.LOSS_BELOW) if crossed.size else (len(losses), StopReason.NONE)

    def _follow(self, losses: NDArray[np.float64]) -> tuple[int, bool]:
        """Take in ``losses`` up to where patience ends; return how many that is and whether it did."""
        kept, stale = self._until_stale(losses)
        if kept:
            self._last = float(losses[kept - 1])
            self.best = min(self.best, float(losses[:kept].min()))
        return kept, stale

    def _until_stale(self, losses: NDArray[np.float64]) -> tuple[int, bool]:
        patience, keep = self.stop.patience, 1.0 - self.stop.min_progress
        if patience is None:
            return len(losses), False
        if self._idle + len(losses) < patience and losses.size and losses.min() >= self._reference * keep:
            self._idle += len(losses)
            return len(losses), False
        for index, loss in enumerate(losses.tolist()):
            if loss < self._reference * keep:
                self._reference, self._idle = loss, 0
                continue
            self._idle += 1
            if self._idle >= patience:
                self._idle = 0
                return index + 1, True
        return len(losses), False
