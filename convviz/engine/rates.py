"""Which smaller learning rate is worth trying where one was too great."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from convviz.engine.settings import settings_of
from convviz.engine.standstill import Trial, try_rate

if TYPE_CHECKING:
    from convviz.engine.problem import Problem

#: How many rates are tried, and how long all of it may take, in seconds: nobody notices that a window waits for it.
_RATES, _SECONDS = 4, 0.08


def smaller_rate(rate: float, least: float = 0.0) -> float:
    """Return a rate worth trying after ``rate`` was too great: a tenth, to one digit, but at least ``least``."""
    return max(float(f"{rate / 10:.1g}"), least)


def rate_worth_trying(problem: Problem, rate: float) -> float | None:
    """Return a rate below ``rate`` with which a run of ``problem`` goes well at first, as far as it can be tried.

    Where that cannot be found out in the time there is, it is a tenth of ``rate``, or of the last that was tried in
    vain. None: there is no smaller rate, or with each of them the network dies.
    """
    least = settings_of(type(problem.optimizer))["learning_rate"].minimum or 0.0
    end = time.perf_counter() + _SECONDS
    diverging: float | None = None
    for _ in range(_RATES):
        before, rate = rate, smaller_rate(rate, least)
        if rate >= before:
            break
        match try_rate(problem, rate, end - time.perf_counter()):
            case Trial.LEARNS | Trial.UNKNOWN:
                return rate
            case Trial.DIVERGES:
                diverging = rate
            case Trial.DIES:
                pass
    return diverging
