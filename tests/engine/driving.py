"""What the tests of the training loop and of the session share: a small problem, and a clock that is wound by hand."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.commands import Load
from convviz.engine.layers import Conv2d
from convviz.engine.loop import Clock, TrainingLoop
from convviz.engine.losses import SumSquaredError
from convviz.engine.network import Network
from convviz.engine.optimizers import SGD, ConstantRate
from convviz.engine.problem import Problem
from convviz.engine.stopping import StopConditions
from convviz.engine.trainer import Trainer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from convviz.engine.frames import Frame, Packet, State

#: A learning rate at which the problem's loss falls, and one at which it explodes within some steps.
GENTLE, TOO_HIGH = 3e-5, 1.0


def problem(*, rate: float = GENTLE, steps: int = 2000, seed: int = 0, **stop: float) -> Problem:
    """Return the demo's problem: 20×20, kernels 3×3 and 4×4 with stride 2."""
    rng = np.random.default_rng(seed)
    layers = (Conv2d(kernel=3), Conv2d(kernel=4, stride=2))
    network = Network(layers, (1, 20, 20))
    x = rng.normal(1, 1, (1, 20, 20))
    teacher, student = network.init(rng), network.init(rng)
    return Problem(
        input=x,
        target=network.forward(teacher, x)[-1],
        layers=layers,
        initial=student,
        teacher=teacher,
        loss=SumSquaredError(),
        optimizer=SGD(learning_rate=rate),
        schedule=ConstantRate(),
        stop=StopConditions(steps=steps, **stop),
        dtype=np.dtype(np.float64),
    )


class Over(BaseException):
    """The loop would wait for ever, or for longer than is wanted. No `Exception`, which the loop survives."""


class HandClock(Clock):
    """A clock that stands still, but for the waiting.

    At ``end`` it stops whoever waits.
    """

    def __init__(self) -> None:
        self.time = 1000.0
        self.end = np.inf
        self.alarms: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> float:
        return self.time

    def at(self, time: float, call: Callable[[], object]) -> None:
        """Make ``call`` when the time has come; it cuts a wait short, as a command does."""
        self.alarms.append((time, call))
        self.alarms.sort(key=lambda alarm: alarm[0])

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        end = self.time + (np.inf if seconds is None else seconds)
        if self.alarms and self.alarms[0][0] <= min(end, self.end):
            time, call = self.alarms.pop(0)
            self.time = max(self.time, time)
            call()
        elif end > self.end or end == np.inf:
            self.time = max(self.time, self.end) if self.end < np.inf else self.time
            raise Over
        else:
            self.time = end


class Driven:
    """A training loop that is turned by hand, with a window that takes each packet at once.

    Attributes
    ----------
    packets
        All that were taken.
    paint_time
        Seconds that the window takes to paint, or None: it takes no packet by itself.
    """

    def __init__(self) -> None:
        self.clock = HandClock()
        self.loop = TrainingLoop(self._notified, self.clock)
        self.packets: list[Packet] = []
        self.told = 0
        self.paint_time: float | None = 0.0

    def _notified(self) -> None:
        self.told += 1
        if self.paint_time is not None:
            self.take()
            self.clock.time += self.paint_time
            self.loop.painted()

    def take(self) -> None:
        packet = self.loop.take()
        assert packet is not None
        self.packets.append(packet)

    def do(self, *commands) -> Packet:
        """Post the commands, go on until there is nothing more to do, and return the last packet."""
        for command in commands:
            self.loop.post(command)
        with suppress(Over):
            while self.loop.turn():
                pass
        return self.packets[-1]

    def go(self, seconds: float, *commands) -> None:
        """Post the commands and go on for ``seconds`` of the clock."""
        for command in commands:
            self.loop.post(command)
        self.clock.end = self.clock.time + seconds
        with suppress(Over):
            while self.clock.time < self.clock.end:
                self.loop.turn()
        self.clock.end = np.inf

    @property
    def frames(self) -> list[Frame]:
        return [packet.frame for packet in self.packets if packet.frame is not None]

    @property
    def states(self) -> list[State]:
        """The states in the order in which they were reported, without repetitions."""
        states = [packet.status.state for packet in self.packets]
        return [state for i, state in enumerate(states) if i == 0 or states[i - 1] is not state]

    @property
    def losses(self) -> np.ndarray:
        """The series put together as a window does it."""
        series = np.empty(0)
        for packet in self.packets:
            assert packet.first <= len(series)
            series = np.concatenate([series[: packet.first], packet.losses])
        return series


def trained(wanted: Problem, steps: int) -> Trainer:
    """Return a trainer that was driven by hand."""
    trainer = Trainer(wanted, run=1)
    assert trainer.run(steps) == steps
    return trainer


def loaded(*, play: bool = False, **changes: float) -> tuple[Driven, Problem]:
    """Return a loop with a run, and the problem that it runs."""
    driven, wanted = Driven(), problem(**changes)
    driven.do(Load(1, lambda: wanted, play=play))
    return driven, wanted
