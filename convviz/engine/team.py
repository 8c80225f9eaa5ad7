"""Threads that do a step's work together.

The products and copies of large maps let go of the interpreter's lock while they work, so threads that each work on a
part of a map use as many cores. A round costs some 0.1 ms, which only large maps are worth.

An executor of `concurrent.futures` would leave its threads at work on the maps when whoever waits is interrupted.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.memory import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.memory import Call


def cores() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Team:
    """Some helpers, who wait in threads of their own, and whoever asks them.

    The helpers end when nobody holds the team any more. A team serves one caller at a time.

    Parameters
    ----------
    size
        How many work together, the caller among them.
    """

    def __init__(self, size: int) -> None:
        self._rounds: SimpleQueue[_Round | None] = SimpleQueue()
        self._helpers = size - 1
        threads = [
            threading.Thread(target=_help, args=(self._rounds,), name="tiles", daemon=True)
            for _ in range(self._helpers)
        ]
        for thread in threads:
            thread.start()
        dismissal = weakref.finalize(self, _dismiss, self._rounds, threads)
        # At the interpreter's exit whoever still shares work must be let finish; helpers then end with the process.
        dismissal.atexit = False

    def share(self, jobs: Sequence[Sequence[Call]]) -> None:
        """Do all jobs, each by one of the team; return when the last is done.

        What is raised in one of them is raised here, when nobody works any more.
        """
        together = _Round(jobs)
        for _ in range(self._helpers):
            self._rounds.put(together)
        try:
            together.work()
        finally:
            together.wait(self._helpers)
        together.raise_trouble()


class _Round:
    """Jobs that are to be done at once."""

    def __init__(self, jobs: Sequence[Sequence[Call]]) -> None:
        self._jobs = deque(jobs)
        self._left: SimpleQueue[BaseException | None] = SimpleQueue()
        self._trouble: list[BaseException] = []

    def work(self) -> None:
        """Do jobs until none is left."""
        while self._jobs:
            try:
                job = self._jobs.popleft()
            except IndexError:  # somebody else took the last one
                return
            run(job)

    def help(self) -> None:
        """Do jobs, and say when none is left, or what went wrong."""
        trouble: BaseException | None = None
        try:
            self.work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            trouble = error
        self._left.put(trouble)

    def wait(self, helpers: int) -> None:
        """Wait until so many helpers have left; an interrupt waits as well, since they still write to the maps."""
        while helpers:
            try:
                trouble = self._left.get()
                helpers -= 1
            except KeyboardInterrupt as error:
                trouble = error
            if trouble is not None:
                self._trouble.append(trouble)

    def raise_trouble(self) -> None:
        """Raise what went wrong while others worked, if anything did."""
        if self._trouble:
            raise self._trouble.pop()


def _help(rounds: SimpleQueue[_Round | None]) -> None:
    """Help with every round, until there is none."""
    np.seterr(all="ignore")  # for this thread alone; numbers without bounds are the run's business
    while (together := rounds.get()) is not None:
        together.help()
        del together  # or its memory would be kept until the next


def _dismiss(rounds: SimpleQueue[_Round | None], threads: Sequence[threading.Thread]) -> None:
    """Let idle helpers end."""
    for _ in threads:
        rounds.put(None)
    for thread in threads:
        thread.join()
