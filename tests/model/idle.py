"""A clock for loops that work in idle time, which only moves when the loop works or rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.model.idle_loop import WorkClock

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable


class IdleClock(WorkClock):
    """Every forward pass of `HeldConv` takes ``work`` seconds; waiting takes the time that it is asked to.

    Attributes
    ----------
    time, total
        The time, and how much of it was worked, in seconds.
    rests
        How long each wait was.
    while_waiting
        Called in the next wait, and then no more. One that returns True cuts it short, as a request does.
    """

    def __init__(self, work: float = 0.0003) -> None:
        self.time = 100.0
        self.work = work
        self.total = 0.0
        self.rests: list[float] = []
        self.while_waiting: Callable[[], bool | None] | None = None

    def now(self) -> float:
        return self.time

    def worked(self) -> float:
        return self.total

    def pass_by(self) -> None:
        """Work."""
        self.total += self.work
        self.time += self.work

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        assert seconds is not None, "would wait for ever"
        before, while_waiting = self.time, self.while_waiting
        self.while_waiting = None
        if while_waiting is None or not while_waiting():
            self.time = before + seconds
        self.rests.append(self.time - before)
