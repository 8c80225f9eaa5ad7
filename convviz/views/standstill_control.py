"""What is said of a run in which nothing is learned any more, and what the person is offered then."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal

from convviz.engine.frames import State
from convviz.engine.layers import LeakyReLU, ReLU
from convviz.i18n import tr
from convviz.views import run_words
from convviz.views.banner import Message, Offer

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from convviz.engine.standstill import Standstill
    from convviz.model.document import Document
    from convviz.model.session import Session
    from convviz.views.parts import Parts

#: What the message is about, as the banner tells it from others.
_SUBJECT = "standstill"
#: Two losses are the same if they differ by no more than this share.
_SAME = 1e-12


class _Seen(NamedTuple):
    run: int
    step: int
    loss: float


class StandstillControl(QObject):
    """Shows a message of a run that has come to a standstill, as long as that is true, and once.

    Frames of a run that goes on are looked at only where the loss is that of the frame before. What looks at them, and
    has words for it, is imported then: most runs never stand still.

    Signals
    -------
    restart_asked(object, str)
        It is to begin again with this experiment, a change that is called so.
    back_asked(int)
        It is to go on from that step.
    """

    restart_asked = pyqtSignal(object, str)
    back_asked = pyqtSignal(int)
    _answered = pyqtSignal(object, object)  # in the training thread: the run, and its last step that was not blocked

    def __init__(self, document: Document, session: Session, parts: Parts, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._session, self._banner = document, session, parts.banner
        self._before: _Seen | None = None
        self._found: tuple[Standstill, Frame] | None = None
        session.frame_changed.connect(self._follow)
        session.run_started.connect(self._take_back)
        self._answered.connect(self._tell)

    def _follow(self, frame: Frame) -> None:
        status = self._session.status
        if status.shown is not None or frame.step != status.step:  # it is not the newest
            return
        before, self._before = self._before, _Seen(frame.run, frame.step, frame.loss)
        goes_on = before is not None and before.run == frame.run and before.step <= frame.step
        if self._found is not None:
            if not goes_on or (before is not None and before.loss != frame.loss and not _is_blocked(frame)):
                self._take_back()
            return
        is_flat = goes_on and before is not None and math.isclose(before.loss, frame.loss, rel_tol=_SAME)
        if frame.step and (is_flat or status.state is not State.RUNNING):
            self._look(frame)

    def _look(self, frame: Frame) -> None:
        from convviz.engine.standstill import standstill

        found = standstill(frame)
        if found is not None:
            self._found = found, frame
            self._session.ask_last_open(self._answered.emit)

    def _take_back(self) -> None:
        self._found = None
        if self._banner.subject == _SUBJECT:
            self._banner.dismiss()

    def _tell(self, run: int, last: int | None) -> None:
        if self._found is None or run != self._session.status.run:
            return
        from convviz.views.standstill_words import standstill_text

        found, frame = self._found
        layers = frame.problem.layers
        self._banner.show_message(
            Message(
                lambda: standstill_text(found, layers, last),
                "info",
                _SUBJECT,
                tuple(self._offers(found, frame, last)),
            )
        )

    def _offers(self, found: Standstill, frame: Frame, last: int | None) -> list[Offer]:
        offers = []
        if last is not None:
            offers += self._ways_back(frame, last)
        if found.layer is not None and isinstance(frame.problem.layers[found.layer], ReLU):
            offers.append(
                Offer(
                    "leaky_relu",
                    lambda: tr("Leaky ReLU"),
                    partial(self._leak, found.layer),
                    lambda: tr("Put a leaky ReLU in its place: it lets some of every gradient through"),
                )
            )
        return offers

    def _ways_back(self, frame: Frame, last: int) -> list[Offer]:
        """Return what helps where it did learn at first, up to step ``last``."""
        from convviz.engine.rates import rate_worth_trying  # late, for it is seldom needed
        from convviz.views.rates import rate_offer

        offers = []
        good = run_words.last_good_step(self._session.losses.values()[: last + 1])
        if good > 0:  # else it is what a reset does
            offers.append(
                Offer(
                    "go_back",
                    lambda: tr("Back to step {step}").format(step=f"{good:,}"),
                    lambda: self.back_asked.emit(good),
                    lambda: tr(
                        "Go back to the last good step at which a gradient came through; go on with a smaller rate"
                    ),
                )
            )
        rate = rate_worth_trying(frame.problem, self._document.experiment.optimizer.learning_rate)
        if rate is not None:
            offers.append(rate_offer(rate, self._document, self.restart_asked.emit))
        return offers

    def _leak(self, layer: int) -> None:
        experiment = self._document.experiment
        if layer < len(experiment.layers) and isinstance(experiment.layers[layer], ReLU):
            self._document.propose(experiment.with_layer(layer, LeakyReLU()), tr("Leaky ReLU"))


def _is_blocked(frame: Frame) -> bool:
    from convviz.engine.standstill import blockade

    return blockade(frame) is not None
