"""Recorded steps that pass again."""

from __future__ import annotations

import math
import time
from enum import Enum
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from convviz.engine.frames import State
from convviz.views.preferences import DEFAULT_SPEED

if TYPE_CHECKING:
    from convviz.engine.frames import Status
    from convviz.model.session import Session

#: Milliseconds between two pictures, which are as many a second as while the student learns.
_TICK = 33
#: Without a limit of speed the whole run passes in so many seconds.
_WHOLE = 10.0


class _Phase(Enum):
    OFF = "off"
    PASSING = "passing"
    HELD = "held"


class Replay(QObject):
    """Looks at one recorded step after another, at the speed that is set, until the newest. No step is made anew.

    The next step is asked for only once the one before has been shown, so that a large network is shown at the rate
    that it can be; those between are passed over. It ends when the newest step is shown, whoever asked for that, and
    when a new step is made, since there is something newer to be seen then.

    Signals
    -------
    changed()
        It has begun, holds, goes on, or has ended.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._phase = _Phase.OFF
        self._run = self._live = 0
        self._asked = 0
        self._is_shown = False  # what was asked for last
        self._has_shown = False  # any step since it began
        self._position = 0.0
        self._passed_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tick)
        session.status_changed.connect(self._heed)
        session.closed.connect(self.end)

    @property
    def is_passing(self) -> bool:
        """Whether steps pass."""
        return self._phase is _Phase.PASSING

    @property
    def is_held(self) -> bool:
        """Whether it rests at a step, to go on from there."""
        return self._phase is _Phase.HELD

    def toggle(self) -> None:
        """Hold what passes, and let what does not: from the step that is shown, or if that is the newest, from 0."""
        if self.is_passing:
            self.hold()
        else:
            self._begin()

    def hold(self) -> None:
        """Rest where it is, if it passes; before a step of it has been shown, there is nothing to rest at."""
        if not self.is_passing:
            return
        if self._has_shown:
            self._enter(_Phase.HELD)
        else:
            self._session.show_step(self._session.status.shown)
            self.end()

    def end(self) -> None:
        """Have nothing to do with what is shown any more."""
        if self._phase is not _Phase.OFF:
            self._enter(_Phase.OFF)

    def _begin(self) -> None:
        status = self._session.status
        if status.state is State.RUNNING:
            self._session.pause()
        self._has_shown = self.is_held
        self._run = status.run
        self._position = float(status.shown or 0)
        self._passed_at = time.perf_counter()
        self._ask(int(self._position))
        self._enter(_Phase.PASSING)

    def _enter(self, phase: _Phase) -> None:
        self._phase = phase
        if phase is _Phase.PASSING:
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    def _ask(self, step: int) -> None:
        self._asked, self._is_shown = step, False
        self._session.show_step(step)

    def _tick(self) -> None:
        if not self._is_shown:
            return
        now, status = time.perf_counter(), self._session.status
        speed = max(DEFAULT_SPEED, status.step / _WHOLE) if math.isinf(status.speed) else status.speed
        self._position += (now - self._passed_at) * speed
        self._passed_at = now
        step = int(self._position)
        if step >= status.step:
            self._session.show_step(None)
            self.end()
        elif step > self._asked:
            self._ask(step)

    def _heed(self, status: Status) -> None:
        """Go on, hold or end, as the run reports."""
        if self._phase is _Phase.OFF:
            return
        if status.run != self._run or status.step < self._asked:  # what was asked for is not recorded any more
            self.end()
        elif status.shown == self._asked and not self._is_shown:
            self._is_shown, self._has_shown, self._live = True, True, status.step
        moved_on = status.shown is None or status.state is State.RUNNING or status.step != self._live
        if moved_on and (self._is_shown or self.is_held):  # before it is shown, news are of what was before
            self.end()
