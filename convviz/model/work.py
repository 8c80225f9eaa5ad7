"""Work that takes long, done by a thread of its own while the window goes on."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QThread, pyqtSignal, pyqtSlot

from convviz.engine.errors import ConvvizError
from convviz.engine.recorded import GivenUpError, Recorded
from convviz.engine.worker import LoopThread

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.session import Session

_logger = logging.getLogger(__name__)

#: How often progress is told at most, in seconds between.
_TELLING = 0.05


class Hand:
    """What the work is given: to tell how far it is, and to look at what the run has recorded.

    Attributes
    ----------
    recorded
        The steps of the run that was there when the work began.
    done
        The share of the work that is done, from 0 to 1.
    """

    def __init__(self, recorded: Recorded, notify: Callable[[], object]) -> None:
        self.recorded = recorded
        self.done = 0.0
        self._notify = notify
        self._told = 0.0
        self._given_up = threading.Event()
        self._waking: list[Callable[[], object]] = []

    def wake_by(self, wake: Callable[[], object]) -> None:
        """Have ``wake`` called, from any thread, when the work is to end: whatever it waits for does not come then."""
        self._waking.append(wake)
        if self._given_up.is_set():
            wake()

    def tell(self, done: int, total: int) -> None:
        """Say that so much of the total is done.

        Raises
        ------
        GivenUpError
            If nobody wants it any more.
        """
        if self._given_up.is_set():
            raise GivenUpError
        self.done = done / max(1, total)
        now = time.monotonic()
        if now - self._told >= _TELLING:
            self._told = now
            self._notify()

    def give_up(self) -> None:
        """Have the work end where it next looks."""
        self._given_up.set()
        self.recorded.close()
        for wake in tuple(self._waking):
            wake()


class _WorkLoop:
    """The work as what a `LoopThread` runs."""

    def __init__(self, work: Callable[[Hand], object], hand: Hand) -> None:
        self._work = work
        self.hand = hand
        self.error: ConvvizError | OSError | MemoryError | RuntimeError | None = None
        self.given_up = False

    def run(self) -> None:
        try:
            self._work(self.hand)
        except GivenUpError:
            self.given_up = True
        except (ConvvizError, OSError, MemoryError) as error:
            self.error = error.with_traceback(None)
        except Exception as error:
            _logger.exception("the work has come to an end by an error")
            self.error = RuntimeError(f"{type(error).__name__}: {error}")

    def close(self) -> None:
        self.hand.give_up()


class _WorkThread(LoopThread):
    _loop: _WorkLoop

    told = pyqtSignal()

    def __init__(self, work: Callable[[Hand], object], session: Session) -> None:
        super().__init__()
        self._loop = _WorkLoop(work, Hand(session.recorded(), self.told.emit))

    @property
    def loop(self) -> _WorkLoop:
        return self._loop


class Work(QObject):
    """One piece of work, begun at once. To be used from the window's thread; it ends with the session.

    Signals
    -------
    progressed(float)
        So much of it is done, from 0 to 1.
    finished(object)
        It is done (None), or the error that ended it.
    given_up()
        It was cancelled before it was done. One of the two comes, once, and nothing after it.
    """

    progressed = pyqtSignal(float)
    finished = pyqtSignal(object)
    given_up = pyqtSignal()

    def __init__(self, work: Callable[[Hand], object], session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = _WorkThread(work, session)
        self._over = False
        self._thread.told.connect(self._tell)
        self._thread.finished.connect(self._end)
        session.closed.connect(self.close)
        weakref.finalize(self, self._thread.request_close)
        self._thread.start(QThread.Priority.LowPriority)

    def cancel(self) -> None:
        """Ask it to end, which it does soon."""
        self._thread.request_close()

    def close(self) -> None:
        """End it and wait until it has ended. Nothing is reported after it."""
        self._over = True
        self._thread.close()

    @pyqtSlot()
    def _tell(self) -> None:
        if not self._over:
            self.progressed.emit(self._thread.loop.hand.done)

    @pyqtSlot()
    def _end(self) -> None:
        if self._over:
            return
        self.close()
        loop = self._thread.loop
        if loop.given_up:
            self.given_up.emit()
        else:
            self.finished.emit(loop.error)
