"""Whether the gradients on the screen are right, found out in idle time.

`Checker` asks for the checks that `convviz.model.check_loop` does as the session goes, and keeps what was found.
"""

from __future__ import annotations

import time
import weakref
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from convviz.engine.frames import State
from convviz.model.check_loop import CheckingLoop, Finding, Progress, Request, Verdict, Withdrawn
from convviz.model.idle_thread import IdleThread

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from convviz.model.session import Session

__all__ = ["Checker", "Finding", "Progress", "Verdict"]

#: How long after the last check the next one begins at the earliest while training runs, in seconds.
INTERVAL = 3.0


class Checker(QObject):
    """Has the experiment that a session shows checked, and keeps what was found. To be used from the window's thread.

    A check begins by itself when another experiment is shown, whenever a run comes to rest at a step or another step
    of the past is looked at, and every few seconds while a run goes. It ends with the session.

    Signals
    -------
    changed
        `finding` or `progress` is another.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thread = IdleThread(CheckingLoop)
        self._thread.answered.connect(self._receive)
        weakref.finalize(self, self._thread.request_close)
        self._closed = False
        self._asked: weakref.ref[Frame] | None = None  # the one that was asked about last
        self._run = 0  # that it belongs to
        self._request: Request | None = None  # the one in hand
        self._number = 0
        self._answered_at = 0.0
        self._is_gentle = False
        self._finding: Finding | None = None
        self._progress: Progress | None = None
        session.status_changed.connect(self._look)
        session.frame_changed.connect(self._look)
        session.closed.connect(self.close)
        self._look()

    @property
    def finding(self) -> Finding | None:
        """What the last check of the run that is shown has found; None before it has come to an end."""
        return self._finding

    @property
    def progress(self) -> Progress | None:
        """How far the check in hand is; None where none is."""
        return self._progress

    @property
    def is_settled(self) -> bool:
        """Whether what is shown has been checked, or there is nothing to check."""
        return self._request is None and (self._finding is not None or self._session.frame is None)

    @property
    def checks_every(self) -> bool:
        """Whether the check in hand is one of every parameter."""
        return self._request is not None and self._request.every

    @property
    def is_running(self) -> bool:
        """Whether training runs, which slows every check down."""
        return self._session.status.state is State.RUNNING

    @property
    def can_check(self) -> bool:
        """Whether there is anything to be checked."""
        return not self._closed and self._session.frame is not None

    def check_every(self) -> None:
        """Check every parameter of the frame that is shown, from the beginning."""
        frame = self._session.frame
        if frame is not None:
            self._ask(frame, every=True)

    def stop(self) -> None:
        """Let a check of every parameter end with what it has found by now; where that is nothing, as if not asked."""
        if self.checks_every:
            self._thread.loop.finish()

    def close(self) -> None:
        """End the checking thread: ask it, and wait for it. Nothing is reported, and nothing checked, after it."""
        self._closed = True
        self._thread.close()

    def _look(self, _: object = None) -> None:
        """Have what is shown checked, if it is time."""
        frame = self._session.frame
        if self._is_gentle is not self.is_running:
            self._is_gentle = self.is_running
            self._thread.loop.be_gentle(self._is_gentle)
        if frame is None or frame.run != self._run:
            self._forget()
        if frame is None or self.checks_every or (self._asked is not None and self._asked() is frame):
            return
        if self.is_running and self._asked is not None:
            early = time.monotonic() - self._answered_at < INTERVAL
            if self._request is not None or early:
                return
        self._ask(frame, every=False)

    def _ask(self, frame: Frame, *, every: bool) -> None:
        if self._closed:
            return
        self._number += 1
        self._asked, self._run = weakref.ref(frame), frame.run
        self._request = Request(self._number, frame.run, frame.step, frame.problem, frame.parameters, every)
        self._progress = Progress(self._number, 0, 0)
        self._thread.loop.post(self._request)
        self._thread.begin()
        self.changed.emit()

    def _forget(self) -> None:
        """Begin anew: what was found belongs to an experiment that is not shown any more."""
        if self._asked is None:
            return
        self._thread.loop.drop()
        self._asked = self._request = self._finding = self._progress = None
        self.changed.emit()

    def _withdraw(self, request: Request) -> None:
        """Go back to what was known before; have the step checked by itself if that was nothing of it."""
        self._progress = self._request = None
        if self._finding is None or self._finding.step != request.step:
            self._asked = None

    @pyqtSlot()
    def _receive(self) -> None:
        """Take what the thread has found, unless it is too late."""
        answer = self._thread.loop.take()
        if answer is None or self._closed or self._request is None or answer.number != self._request.number:
            return
        if isinstance(answer, Progress):
            self._progress = answer
        elif isinstance(answer, Withdrawn):
            self._withdraw(self._request)
        else:
            self._finding, self._progress, self._request = answer, None, None
            self._answered_at = time.monotonic()
        self.changed.emit()
        if self._request is None:
            self._look()
