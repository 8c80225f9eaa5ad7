"""What is said of a run that has diverged, and what the person is offered then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from convviz.engine.frames import State, Status
from convviz.engine.rates import rate_worth_trying
from convviz.i18n import tr
from convviz.views import run_words
from convviz.views.banner import Message, Offer
from convviz.views.rates import rate_offer

if TYPE_CHECKING:
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.session import Session
    from convviz.views.parts import Parts


class DivergenceControl(QObject):
    """Shows a message of a run that has diverged, with offers that are right for the settings there are.

    Signals
    -------
    reset_asked()
        The run is to begin again at step 0.
    restart_asked(object, str)
        It is to begin again with this experiment, a change that is called so.
    back_asked(int)
        It is to go on from that step.
    """

    reset_asked = pyqtSignal()
    restart_asked = pyqtSignal(object, str)
    back_asked = pyqtSignal(int)

    def __init__(self, document: Document, session: Session, parts: Parts, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._session = session
        self._actions, self._banner = parts.actions, parts.banner
        self._told = Status()  # the news of the latest divergence
        self._rate: float | None = None  # to be offered then
        document.changed.connect(self._offer_again)

    def report(self, status: Status) -> None:
        """Tell of a divergence, of which these are the first news."""
        self._told, frame = status, self._session.frame
        self._rate = None if frame is None else rate_worth_trying(frame.problem, status.learning_rate)
        self._banner.show_message(self._message(status))

    def follow_frame(self) -> None:
        """Let what is said be said of the numbers that are shown now."""
        if self._banner.subject == run_words.SUBJECT:
            self._banner.retranslate()

    def seen(self, status: Status) -> Status:
        """Return ``status`` with the step that is seen: the last with finite numbers stands for a newest without."""
        frame = self._session.frame
        if status.state is not State.DIVERGED or status.shown is not None or frame is None:
            return status
        return status._replace(shown=frame.step) if frame.step < status.step else status

    def _offer_again(self, old: Experiment, new: Experiment) -> None:
        """Let what is offered be right for the rate that is set now."""
        is_told = self._session.status.state is State.DIVERGED and self._banner.subject == run_words.SUBJECT
        if is_told and old.optimizer != new.optimizer:
            self._banner.show_message(self._message(self._told))

    def _message(self, status: Status) -> Message:
        if status.step == 0:  # no rate would change it
            return Message(lambda: run_words.divergence_text(status, 0), "warning", run_words.SUBJECT)
        good = run_words.last_good_step(self._session.losses.values())
        offers = [Offer("banner_reset", lambda: tr("Reset"), self.reset_asked.emit, self._actions["reset"].toolTip)]
        if self._rate is not None and self._rate < self._document.experiment.optimizer.learning_rate:
            offers.insert(0, rate_offer(self._rate, self._document, self.restart_asked.emit))
        if good > 0:  # else it is what a reset does
            back = Offer(
                "go_back",
                lambda: tr("Back to step {step}").format(step=f"{good:,}"),
                lambda: self.back_asked.emit(good),
                lambda: tr("Go back to the last good step, before the loss ran away"),
            )
            offers.insert(0, back)
        return Message(
            lambda: run_words.divergence_text(status, self._step_in_place()),
            "warning",
            run_words.SUBJECT,
            tuple(offers),
        )

    def _step_in_place(self) -> int | None:
        """Return the step that is shown because the numbers of the newest are not finite; None: none is for that."""
        status = self._session.status
        return None if status.shown is not None else self.seen(status).shown
