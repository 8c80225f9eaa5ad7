"""One line at the bottom of a terminal that says how far the work is."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, TextIO

from convviz.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 28
_INTERVAL = 0.1


class ProgressBar:
    """A bar with the rate and the time left.

    Parameters
    ----------
    goal
        The number of steps that is the end.
    stream
        Where it is drawn, best where the results do not go.
    live
        Draw at all: on a terminal, but not into a file.
    clock
        Returns seconds.
    """

    def __init__(self, goal: int, stream: TextIO, *, live: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._goal = goal
        self._stream = stream
        self._clock = clock
        self._started = clock()
        self._drawn = self._started
        self._live = live
        self._nothing = ""  # what takes the line away, without a code that some terminals of Windows would print

    def show(self, done: int) -> None:
        """Draw the bar for ``done`` steps, at most ten times a second."""
        now = self._clock()
        if not self._live or now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        columns = shutil.get_terminal_size().columns
        self._write(self._nothing + self.line(done, now - self._started, columns))
        self._nothing = f"\r{' ' * (columns - 1)}\r"

    def clear(self) -> None:
        """Take the bar away, so that something else can be written in its place."""
        if self._live:
            self._write(self._nothing)
            self._nothing = ""

    def line(self, done: int, seconds: float, columns: int) -> str:
        """Return what is drawn after ``seconds`` in a terminal of ``columns``."""
        rate = done / seconds if seconds > 0 else 0.0
        left = _duration((self._goal - done) / rate) if rate else "?"
        filled = round(_WIDTH * min(done / self._goal, 1.0)) if self._goal else _WIDTH
        words = tr("step {done} of {goal}, {rate} steps/s, {left} left").format(
            done=f"{done:,}", goal=f"{self._goal:,}", rate=f"{rate:,.0f}", left=left
        )
        bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] "
        line = bar + words if columns > 2 * len(words) + len(bar) or columns > 90 else words
        return line[: columns - 1]

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _duration(seconds: float) -> str:
    """Return 3725 as ``1:02:05`` and 65 as ``1:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
