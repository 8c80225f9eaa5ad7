"""The offer of a smaller learning rate where one was too great."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.i18n import tr
from convviz.number_text import short_number
from convviz.views.banner import Offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.document import Document
    from convviz.model.experiment import Experiment


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
