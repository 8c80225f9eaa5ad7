"""Which smaller learning rate is offered where one was too great."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from convviz.engine.settings import settings_of
from convviz.engine.standstill import Trial, try_rate
from convviz.i18n import tr
from convviz.number_text import short_number
from convviz.views.banner import Offer
from convviz.views.run_words import smaller_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.problem import Problem
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment

#: How many rates are tried, and how long all of it may take, in seconds: nobody notices that the window waits for it.
_RATES, _SECONDS = 4, 0.08


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


def rate_offer(rate: float, document: Document, restart: Callable[[Experiment, str], object]) -> Offer:
    """Return the offer to begin again with ``rate``; ``restart`` takes the experiment and what the change is called."""

    def act() -> None:
        experiment = document.experiment
        optimizer = experiment.optimizer.replace(learning_rate=rate)
        restart(experiment.replace(optimizer=optimizer), tr("Smaller learning rate"))

    return Offer(
        "try_smaller_rate",
        lambda: tr("Try rate {rate}").format(rate=short_number(rate)),
        act,
        lambda: tr("Start again with this learning rate; a smaller one takes smaller steps"),
    )
