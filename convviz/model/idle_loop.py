"""Work in idle time: what a thread does that nobody waits for, without the thread.

It works in slices far shorter than a frame and rests between them, and rests longer while training runs. It has one
request in hand at most: a newer one, or the end, is looked for in between and takes its place.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from convviz.engine.loop import Clock

if TYPE_CHECKING:
    from collections.abc import Callable


class WorkClock(Clock):
    """The time, and the time that was worked."""

    def worked(self) -> float:
        """Return how long a processor has been busy with the calling thread, in seconds."""
        return time.thread_time()


class SupersededError(Exception):
    """Something newer is wanted, or nothing any more."""


class IdleLoop(ABC):
    """What loops have in common that work in idle time.

    `drop`, `be_gentle` and `close` may be called from any thread; `run` and `turn` belong to one.

    Parameters
    ----------
    notify
        Called in the loop's thread when there is something to take.
    gentle_share, idle_share
        The share of the time that is spent working while training runs, and while it does not.
    """

    def __init__(
        self, notify: Callable[[], object], clock: WorkClock | None, gentle_share: float, idle_share: float
    ) -> None:
        self._notify = notify
        self._clock = clock or WorkClock()
        self._shares = {True: gentle_share, False: idle_share}
        self._wake = threading.Condition()  # guards the three that follow, and what a loop adds to them
        self._dropped = False
        self._gentle = False
        self._closing = False
        self._rested = 0.0  # what had been worked at the end of the last rest

    def be_gentle(self, gentle: bool) -> None:
        """Leave most of the time to others, or not."""
        with self._wake:
            if gentle != self._gentle:
                self._gentle = gentle
                self._wake.notify()

    def drop(self) -> None:
        """Forget what was asked for; it is not answered any more."""
        with self._wake:
            self._forget()
            self._dropped = True
            self._wake.notify()

    def close(self) -> None:
        """Ask the loop to end, which it does before its next piece of work."""
        with self._wake:
            self._closing = True
            self._wake.notify()

    def run(self) -> None:
        """Go on until closed. Nothing that goes wrong is raised: it is reported."""
        while self.turn():
            pass

    @abstractmethod
    def turn(self) -> bool:
        """Wait for something that is asked and answer it, unless it is overtaken; return False when closed."""

    @abstractmethod
    def _forget(self) -> None:
        """Forget what waits to be answered; `_wake` is held."""

    @abstractmethod
    def _has_newer(self) -> bool:
        """Return whether something newer than what is in hand waits; `_wake` is held."""

    @property
    def _share(self) -> float:
        return self._shares[self._gentle]

    def _check_wanted(self) -> None:
        """Raise `SupersededError` if what is in hand is not to go on; `_wake` is held."""
        if self._closing or self._dropped or self._has_newer():
            raise SupersededError

    def _rest_left(self, worked: float, began: float) -> float:
        """Return how many seconds are left of the rest that ``began`` after so many seconds of work."""
        return began + worked * (1 / self._share - 1) - self._clock.now()
