"""What a run has recorded, asked for by another thread while training goes on.

An answer comes between two steps of the training and takes about as long as one of its chunks, so that neither the
training nor the window is held up, however much is asked for in all.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

from convviz.engine.commands import Command, Consult
from convviz.engine.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from convviz.engine.frames import Frame
    from convviz.engine.live import LiveRun
    from convviz.engine.rows import Rows

T = TypeVar("T")

#: How long an answer may take in the training thread, in seconds, unless one step takes longer.
_SECONDS = 0.003
#: How many steps are asked for at a time.
_AT_ONCE = 256


class GivenUpError(Exception):
    """Whoever asked does not want to know any more."""


class Recorded:
    """The steps of one run as it is when this is made: one that goes back afterwards is another one.

    `close` may be called from any thread. It may be made in another thread than the one that asks.

    Parameters
    ----------
    post
        Takes commands for the thread in which the run is.
    run
        The run's id.
    """

    def __init__(self, post: Callable[[Command], object], run: int) -> None:
        self._post = post
        self._run = run
        self._resets: int | None = None
        self._answers: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._closed = threading.Event()
        post(Consult(self._begin, run))  # commands keep their order: whatever is posted later finds this noted

    def rows(self, steps: Sequence[int]) -> Iterator[Rows]:
        """Yield the rows of ``steps``, some at a time.

        Raises
        ------
        RunError
            If another run has begun, or this one has gone back.
        GivenUpError
            Once this is closed.
        """
        done = 0
        while done < len(steps):
            wanted = steps[done : done + _AT_ONCE]
            rows = self._ask(lambda live, wanted=wanted: live.rows(wanted, _SECONDS))  # type: ignore[misc]
            done += len(rows.steps)
            yield rows

    def frame(self, step: int, input_gradient: bool = False) -> Frame:
        """Return every number of a step; what is raised is what `rows` raises."""
        return self._ask(lambda live: live.recorded(step, input_gradient))

    def close(self) -> None:
        """Give up: whoever waits for an answer waits no longer."""
        self._closed.set()
        self._answers.put(_given_up)

    def _begin(self, live: LiveRun | None) -> None:
        """Take note of how often the run had gone back."""
        self._resets = None if live is None else live.resets

    def _ask(self, what: Callable[[LiveRun], T]) -> T:
        if self._closed.is_set():
            _given_up()
        found: list[T] = []

        def look(live: LiveRun | None) -> None:
            try:
                if live is None or live.resets != self._resets:
                    raise RunError("the run has changed meanwhile")
                found.append(what(live))
                self._answers.put(_nothing)
            except Exception as error:  # noqa: BLE001 - it is raised in the thread that asked
                self._answers.put(_raising(error))

        self._post(Consult(look, self._run))
        self._answers.get()()
        return found[0]


def _nothing() -> None:
    """Stand for an answer that has been found."""


def _given_up() -> None:
    raise GivenUpError


def _raising(error: Exception) -> Callable[[], object]:
    def answer() -> None:
        raise error

    return answer
