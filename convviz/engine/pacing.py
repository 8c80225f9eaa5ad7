"""When to make a step, when to show one, and how many to make without looking at the clock.

Nothing here knows a clock, a thread or a trainer: every method is told what time it is, in seconds.
"""

from __future__ import annotations

import math
from collections import deque

#: A run that could not keep up makes up for at most this much lost time, so that no stall ends in a burst of steps.
_LONGEST_DEBT = 0.1
#: How finely a fast paced run is cut: there is no use in waking up more often than this, however many steps are due.
_TICK = 0.004
#: How large a part of the time of a run frames may take at most.
_SHOWING = 1 / 3


class Pace:
    """When steps are due at a wanted speed. Deadlines are counted from one another, so that no delay adds up.

    Attributes
    ----------
    speed
        Steps per second; infinity: a step is always due.
    """

    def __init__(self) -> None:
        self.speed = math.inf
        self._last = 0.0  # when the last step was due: the next is due one interval later
        self._looked = 0.0

    def start(self, now: float, *, at_once: bool) -> None:
        """Begin at ``now``, with the first step due at once or after one interval."""
        self._last = now - 1 / self.speed if at_once else now
        self._looked = now - _TICK

    def change(self, speed: float, now: float) -> None:
        """Go on at another speed, counting from the last step that was made."""
        self.speed = speed
        self._last = max(self._last, now - 1 / speed)

    def next(self) -> float:
        """Return when it is worth waking up for the next step."""
        if self.speed == math.inf:
            return -math.inf
        interval = 1 / self.speed
        due = self._last + interval
        return due if interval >= _TICK else max(due, self._looked + _TICK)

    def due(self, now: float, most: int) -> int:
        """Return how many steps, up to ``most``, are due at ``now``."""
        if self.speed == math.inf:
            return most
        self._last = max(self._last, now - max(_LONGEST_DEBT, 1 / self.speed) - 1 / self.speed)
        steps = math.floor((now - self._last) * self.speed + 1e-6)
        if steps <= most:  # else there are more to make at once
            self._looked = now
        return min(steps, most)

    def made(self, steps: int, now: float) -> None:
        """Count ``steps`` as made; the last of them ended at ``now``."""
        self._last = now if self.speed == math.inf else self._last + steps / self.speed


class FrameClock:
    """When the next frame is due: at a steady beat, unless frames take so long that it must be slower."""

    def __init__(self, frames_per_second: float = 30.0) -> None:
        self.frames_per_second = frames_per_second
        self.next = 0.0

    def start(self, now: float) -> None:
        """Let the beat begin at ``now``; the first frame is due one beat later."""
        self.next = now + 1 / self.frames_per_second

    def change(self, frames_per_second: float, now: float) -> None:
        """Go on with another beat."""
        self.frames_per_second = frames_per_second
        self.start(now)

    def shown(self, began: float, now: float) -> None:
        """Set the next deadline after a frame that was begun at ``began`` and painted by ``now``.

        Showing frames never takes more than a third of the time, however long it takes to make and to paint them.
        """
        self.next = max(self.next + 1 / self.frames_per_second, now + (1 / _SHOWING - 1) * (now - began))


class ChunkSize:
    """How many steps fill a span of time, learned from the chunks that were made.

    Parameters
    ----------
    seconds
        The longest chunk wanted: what was asked of a run waits until the chunk in hand is done.
    """

    #: A chunk never has more steps than this, nor more than twice those of the one before.
    LARGEST = 1 << 16

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._cost = 0.0  # seconds a step
        self._known = 1

    def steps(self, seconds: float) -> int:
        """Return how many steps, at least one, fit into ``seconds`` and into a chunk."""
        if self._cost <= 0:
            return self._known
        fitting = max(0.0, min(seconds, self._seconds)) / self._cost
        return max(1, min(int(fitting), self._known))

    def measured(self, steps: int, seconds: float) -> None:
        """Learn from a chunk of ``steps`` that took ``seconds``."""
        if steps > 0:
            cost = seconds / steps
            self._cost = cost if self._cost <= 0 else (self._cost + cost) / 2
            self._known = max(self._known, min(2 * steps, self.LARGEST))


class RateMeter:
    """Steps per second over the last half second, or over the last step where one takes longer."""

    _SPAN = 0.5

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def start(self) -> None:
        """Forget what was."""
        self._marks.clear()

    def mark(self, now: float, step: int) -> None:
        """Note that ``step`` has been reached by making steps."""
        marks = self._marks
        if not marks or (step != marks[-1][1] and (len(marks) == 1 or now - marks[-1][0] >= self._SPAN / 16)):
            marks.append((now, step))
        while len(marks) > 2 and marks[1][0] <= marks[-1][0] - self._SPAN:
            marks.popleft()

    def rate(self) -> float:
        """Return the rate, or 0 as long as it is not known."""
        if len(self._marks) < 2:
            return 0.0
        (began, first), (ended, last) = self._marks[0], self._marks[-1]
        return (last - first) / (ended - began) if ended > began else 0.0
