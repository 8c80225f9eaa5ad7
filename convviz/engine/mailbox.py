"""The one place where what the training thread has made waits for the window to take it."""

from __future__ import annotations

import math
import threading

import numpy as np

from convviz.engine.frames import Array, Frame, Packet, Status


class Mailbox:
    """A slot for one `Packet`. A newer picture replaces an older one that nobody took; losses are all kept.

    Of a run that somebody has seen they are kept even where another run begins before they are taken.

    The only thing that both threads touch besides the commands, with a lock of its own that is never held for longer
    than it takes to move a few references.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._full = False
        self._frame: Frame | None = None
        self._status = Status()
        self._losses: list[Array] = []
        self._first = 0
        self._due = math.nan
        self._taken = self._status.run  # the run that was told of last
        self._before: Packet | None = None

    def leave(self, status: Status, frame: Frame | None, losses: Array, first: int, due: float = math.nan) -> bool:
        """Leave what is new; return whether the slot was empty, so that its owner must be told.

        ``losses`` continue, or replace, those that were left before, from step ``first`` on.
        """
        with self._lock:
            was_empty = not self._full
            if not was_empty and status.run != self._status.run == self._taken:
                self._before = Packet(None, self._status, _joined(self._losses), self._first)
            if was_empty or status.run != self._status.run or first <= self._first:
                self._losses, self._first = [], first
            self._cut(first - self._first)
            if losses.size:
                self._losses.append(losses)
            # a picture that waits is still better than none, unless it shows another run
            if frame is not None or status.run != self._status.run:
                self._frame = frame
            self._due = due if was_empty or math.isnan(self._due) else self._due
            self._status = status
            self._full = True
            return was_empty

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits to be taken."""
        with self._lock:
            return not self._full

    def take(self) -> Packet | None:
        """Empty the slot and return what was in it, or None."""
        with self._lock:
            if not self._full:
                return None
            frame, status, losses, first = self._frame, self._status, self._losses, self._first
            due, before = self._due, self._before
            self._full, self._frame, self._losses, self._before = False, None, [], None
            self._taken = status.run
        return Packet(frame, status, _joined(losses), first, due, before)

    def _cut(self, length: int) -> None:
        """Keep the first ``length`` of the losses that wait: a reset takes back what came after."""
        kept: list[Array] = []
        for losses in self._losses:
            if length <= 0:
                break
            kept.append(losses[:length])
            length -= kept[-1].size
        self._losses = kept


def _joined(losses: list[Array]) -> Array:
    """Return pieces of a series as one, read-only."""
    series: Array = losses[0] if len(losses) == 1 else np.concatenate([np.empty(0), *losses])
    series.setflags(write=False)
    return series
