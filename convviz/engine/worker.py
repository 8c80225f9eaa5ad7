"""The threads: a loop and the signals that it sends, and whose business it is to collect Python's garbage.

Python collects the objects that only refer to each other in whatever thread happens to make the next one. Among them
may be widgets, pictures and receivers of signals, which only the window's thread may touch: collected by the training,
they crash the program, at random and long after. So while a `LoopThread` runs, nothing is collected by itself, and the
window's thread collects a few times a second. Not whenever it has nothing else to do: that is after every picture, when
the training has just gone on and would have to stop again for it.
"""

from __future__ import annotations

import atexit
import gc
from typing import TYPE_CHECKING, ClassVar, Protocol

from PyQt6.QtCore import QAbstractEventDispatcher, QThread, QTimer, pyqtSignal

from convviz.engine.loop import TrainingLoop

if TYPE_CHECKING:
    from convviz.engine.commands import Command
    from convviz.engine.frames import Packet


#: How long garbage lies about, in milliseconds.
_COLLECTING = 400


class Loop(Protocol):
    """What a thread can run."""

    def run(self) -> None:
        """Go on until closed."""

    def close(self) -> None:
        """Ask the loop to end, from any thread."""


class LoopThread(QThread):
    """Runs a loop until that is closed. It is never terminated, and never destroyed while it runs.

    It is to be started and closed by the window's thread, which collects all garbage in the meantime.
    """

    _loop: Loop

    #: Every thread that was started and not yet waited for: collecting one that runs would abort the process.
    _started: ClassVar[set[LoopThread]] = set()
    #: What has the window's thread collect the garbage of all.
    _collecting: ClassVar[QTimer | None] = None

    def __init__(self) -> None:
        super().__init__()  # no parent, which would destroy the thread whether it runs or not

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Start the thread and keep it until it has been closed."""
        self._started.difference_update([thread for thread in self._started if thread.isFinished()])
        self._started.add(self)
        self._share_garbage()
        super().start(priority)

    def request_close(self) -> None:
        """Ask the thread to end, without waiting for it."""
        self._loop.close()

    def close(self) -> None:
        """Ask the thread to end and wait until it has, for as long as what it has in hand takes."""
        self.request_close()
        self.wait()
        self._started.discard(self)
        self._share_garbage()

    @classmethod
    def close_all(cls) -> None:
        """Close every thread that still runs."""
        for thread in tuple(cls._started):
            thread.close()

    @classmethod
    def _share_garbage(cls) -> None:
        """Have garbage collected by the calling thread alone, between its events, while any thread runs."""
        if cls._started and QAbstractEventDispatcher.instance() is not None:
            if cls._collecting is None:
                cls._collecting = QTimer()
                cls._collecting.timeout.connect(_collect)
                cls._collecting.start(_COLLECTING)
            gc.disable()  # also where somebody has let Python collect since a thread before was started
        elif not cls._started and cls._collecting is not None:
            cls._collecting.stop()
            cls._collecting = None
            gc.enable()

    def run(self) -> None:
        """Run the loop; called by Qt, in the thread."""
        self._loop.run()


atexit.register(LoopThread.close_all)


class TrainingThread(LoopThread):
    """Runs a `TrainingLoop`.

    Signals
    -------
    frame_ready
        A packet waits to be taken: call `take`, paint it, call `painted`. Sent from the training thread.
    """

    _loop: TrainingLoop

    frame_ready = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._loop = TrainingLoop(self.frame_ready.emit)

    def post(self, command: Command) -> None:
        """Ask for something. It happens after the chunk of steps in hand."""
        self._loop.post(command)

    def take(self) -> Packet | None:
        """Return what is new since the last call, or None."""
        return self._loop.take()

    def painted(self) -> None:
        """Let the training go on: what was taken has been painted."""
        self._loop.painted()


def _collect() -> None:
    """Collect the oldest generation that is due by Python's own thresholds."""
    due = [count > limit > 0 for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
