"""Waiting for a session, while events go on: for whoever has no window that would do it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEventLoop

from convviz.engine.errors import RunError
from convviz.engine.frames import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtCore import pyqtBoundSignal

    from convviz.engine.frames import Status
    from convviz.model.session import Session


def train(session: Session, steps: int, speed: float) -> None:
    """Make ``steps`` steps as fast as it goes, go back to ``speed``, and return when all of it has been shown.

    Raises
    ------
    RunError
        If an error stopped the run.
    """
    if steps:
        session.set_speed(math.inf)
        session.run(steps)
    wait_until(lambda: has_made(session.status, steps), session.status_changed)
    if session.status.state is State.FAILED:
        raise RunError("the run was stopped by an error: {reason}", reason=session.status.message)
    session.set_speed(speed)
    wait_until(lambda: session.status.speed == speed, session.status_changed)


def has_made(status: Status, steps: int) -> bool:
    """Return whether a run has made ``steps`` steps and rests, or has come to its end before.

    Where it is paused short of them, it has not begun yet.
    """
    resting = status.state not in (State.EMPTY, State.RUNNING)
    return resting and (status.state is not State.PAUSED or status.step >= steps)


def wait_until(holds: Callable[[], bool], *signals: pyqtBoundSignal) -> None:
    """Let events happen until ``holds`` does, which is asked whenever one of the signals comes.

    Raises
    ------
    KeyboardInterrupt
        If the application is told to leave meanwhile, as `convviz.app.leaving_when_told` does.
    """
    loop = QEventLoop()

    def look() -> None:
        if holds():
            loop.quit()

    for each in signals:
        each.connect(look)
    told_to_leave = not holds() and loop.exec() != 0
    for each in signals:
        each.disconnect(look)
    if told_to_leave:
        raise KeyboardInterrupt
