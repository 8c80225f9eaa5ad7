"""The moment that is shown, and the time that moves it on."""

from __future__ import annotations

import math

from PyQt6.QtCore import QElapsedTimer, QObject, Qt, QTimer, pyqtSignal

#: Milliseconds between two pictures while playing.
_TICK = 16
#: Moments a second that *slower* and *faster* go through, and with which it begins.
SPEEDS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 70.0, 100.0, 150.0, 200.0)
_USUAL = 3.0


class Player(QObject):
    """A position among ``count``, moved by hand or by a timer that runs only while it plays.

    Signals
    -------
    moved()
        Another moment, or another part of the way to it.
    playing_changed(bool)
    """

    moved = pyqtSignal()
    playing_changed = pyqtSignal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 1
        self._pace = 1
        self._position = 0
        self._progress = 1.0
        self._speed = _USUAL
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tick)

    @property
    def count(self) -> int:
        """How many moments there are."""
        return self._count

    @property
    def position(self) -> int:
        """The moment, from 0."""
        return self._position

    @property
    def progress(self) -> float:
        """How much of the moment's time has gone, 0 … 1; 1 while it does not play."""
        return self._progress

    @property
    def speed(self) -> float:
        """Moments a second."""
        return self._speed

    @property
    def is_playing(self) -> bool:
        """Whether time goes on."""
        return self._timer.isActive()

    @property
    def at_end(self) -> bool:
        """Whether it is the last moment."""
        return self._position == self._count - 1

    def set_speed(self, moments_per_second: float) -> None:
        """Play faster or slower."""
        self._speed = min(SPEEDS[-1], max(SPEEDS[0], moments_per_second))

    def faster(self) -> None:
        """Play at the next greater of the usual speeds."""
        self.set_speed(next((speed for speed in SPEEDS if speed > self._speed), SPEEDS[-1]))

    def slower(self) -> None:
        """Play at the next smaller of the usual speeds."""
        self.set_speed(next((speed for speed in reversed(SPEEDS) if speed < self._speed), SPEEDS[0]))

    def set_count(self, count: int, position: int, pace: int) -> None:
        """Have other moments, of which ``pace`` go by at once while it plays, and be at one of them."""
        self._count, self._pace = count, pace
        self.go(position)

    def go(self, position: int) -> None:
        """Be at a moment, the nearest there is."""
        self._position = min(self._count - 1, max(0, position))
        self._progress = 0.0 if self.is_playing else 1.0
        self._clock.restart()
        self.moved.emit()

    def play(self, *, seen: bool = True) -> None:
        """Let time go on from here: at once to the next moment, or first through this one if it was not ``seen``."""
        if not self.is_playing:
            self._progress = 1.0 if seen else 0.0
            self._clock.start()
            self._timer.start()
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop time."""
        if self.is_playing:
            self._timer.stop()
            self._progress = 1.0
            self.playing_changed.emit(False)
            self.moved.emit()

    def _tick(self) -> None:
        passed = self._progress + self._clock.restart() / 1000 * self._speed
        steps = math.floor(passed)
        self._progress = passed - steps
        if steps:
            following = ((self._position + 1) // self._pace + steps) * self._pace - 1
            if following > self._count - 1:
                self._position = self._count - 1
                self.pause()
                return
            self._position = following
        self.moved.emit()
