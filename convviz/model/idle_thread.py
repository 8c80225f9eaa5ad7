"""The thread of a loop that works in idle time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PyQt6.QtCore import QThread, pyqtSignal

from convviz.engine.worker import LoopThread
from convviz.model.idle_loop import IdleLoop

if TYPE_CHECKING:
    from collections.abc import Callable

LoopT = TypeVar("LoopT", bound=IdleLoop)


class IdleThread(LoopThread, Generic[LoopT]):
    """Runs an `IdleLoop` at a low priority, once there is something to be done.

    Parameters
    ----------
    make
        Makes the loop, given what it calls when there is something to take.

    Attributes
    ----------
    loop
        What takes requests and has the answers.

    Signals
    -------
    answered
        There is something to take. Sent from this thread.
    """

    answered = pyqtSignal()

    def __init__(self, make: Callable[[Callable[[], object]], LoopT]) -> None:
        super().__init__()
        self._loop = self.loop = make(self.answered.emit)

    def begin(self) -> None:
        """Start the thread, unless it runs: something has been asked for."""
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)
