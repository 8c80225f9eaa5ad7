"""The window's figures: what drawing costs the training, how late frames and answers are, what a window at rest takes.

The window is the complete one, at 1280×800: every heatmap with its values and its scale, the loss plot, the inspector,
the history, the status. What it shows changes at every frame, because the run learns so slowly that it is still
learning at the end of each turn: the picture of a run that has converged would cost nothing.
"""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QSlider

from convviz.bench.goals import Goal, Rows
from convviz.bench.stage import Stage, opened
from convviz.bench.timing import Figure, ratios
from convviz.engine import Conv2d, ReLU, StopConditions, Trainer
from convviz.engine.frames import Frame, State
from convviz.engine.settings import settings_of
from convviz.i18n import tr
from convviz.model.experiment import Experiment
from convviz.model.experiment import Stage as Layer
from convviz.model.files import load_builtin
from convviz.model.sources import RandomMap
from convviz.views.heatmap import Heatmap

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.bench.engine import Effort
    from convviz.bench.report import Report

_ENDLESS = StopConditions(steps=10**9)
#: How long a trainer that nobody looks at runs without looking at the clock, in seconds.
_CHUNK = 0.01


@dataclass(frozen=True)
class Shown:
    """What is shown in a window that is measured.

    Attributes
    ----------
    name
        As it is printed.
    experiment
        Learns within its own number of steps.
    rates
        Frames a second -> share of the headless rate that is to be kept, in percent.
    late, latest
        What the lateness of a frame is to stay below, in milliseconds: at the 99th percentile, and at worst.
    """

    name: str
    experiment: Experiment
    rates: dict[float, float]
    late: float = 8.0
    latest: float = 50.0

    def lasting(self, steps: float) -> Experiment:
        """Return the experiment, learning so slowly that it takes ``steps`` steps."""
        optimizer = self.experiment.optimizer
        least = settings_of(type(optimizer))["learning_rate"].minimum or 0.0
        rate = max(least, optimizer.learning_rate * min(1.0, self.experiment.stop.steps / steps))
        return self.experiment.replace(optimizer=optimizer.replace(learning_rate=rate), stop=_ENDLESS)


def _demo() -> Shown:
    """Return the demo."""
    return Shown(tr("demo"), load_builtin("demo"), {30.0: 95.0, 60.0: 88.0})


def _larger() -> list[Shown]:
    """Return the demo at 256×256, and a network with 8 channels."""
    first = load_builtin("demo")
    slower = first.optimizer.replace(learning_rate=1e-7)  # 250 times as many cells add to a gradient
    large = first.replace(input=RandomMap(size=(256, 256)), optimizer=slower)
    channels = first.replace(
        input=RandomMap(size=(64, 64)),
        stages=(Layer(Conv2d(3, 8)), Layer(ReLU()), Layer(Conv2d(4, 1, stride=2))),
        optimizer=first.optimizer.replace(learning_rate=1e-7),
    )
    return [
        Shown("256×256", large, {30.0: 90.0}, late=16.0),
        Shown(tr("8 channels"), channels, {30.0: 90.0}, late=16.0),
    ]


def gui(report: Report, effort: Effort) -> None:
    """Print what drawing costs, how late frames and answers are, and what a window at rest takes."""
    rows = Rows(report, "gui", tr("The complete window, 1280×800, while the student learns as fast as it goes"))
    for shown in [_demo(), *(_larger() if effort.whole else [])]:
        _training(rows, shown, effort)
    with opened(_demo().lasting(5e5)) as stage:
        _answers(rows, stage, 10 * effort.rounds)
        _at_rest(rows, stage, 10 * effort.seconds)
        _frames(rows, stage, 1_000_000 if effort.whole else 100_000, 40 * effort.rounds)


def scrub(report: Report, effort: Effort) -> None:
    """Print how long it takes to see any step of a long run."""
    steps = 10_000 if effort.whole else 1_000
    title = tr("A jump to any of {steps} steps, until all heatmaps are painted").format(steps=f"{steps:,}")
    rows = Rows(report, "scrub", title)
    with opened(_demo().lasting(steps)) as stage:
        stage.session.run(steps)
        stage.rest(steps)
        slider = stage.child(QSlider, "history_slider")
        wanted = random.Random(7).sample(range(steps), k=40 * effort.rounds)
        taken = [1e3 * _jump(stage, slider, step) for step in wanted]
    rows.times(tr("demo"), tr("from the slider to the picture, p99, ms"), taken, 99, Goal(16.0))


def _jump(stage: Stage, slider: QSlider, step: int) -> float:
    """Return how many seconds pass from moving the slider of the history to the picture."""
    session = stage.session
    began = time.perf_counter()
    slider.setValue(step)
    stage.until(lambda: session.frame is not None and session.frame.step == step, session.frame_changed)
    return stage.paint() - began


# training and drawing -------------------------------------------------------------------------------------------------


def _training(rows: Rows, shown: Shown, effort: Effort) -> None:
    """Print the rate that is kept, and how late the frames are."""
    seconds = 3 * effort.seconds
    trainer = Trainer(shown.lasting(1e9).build())
    pace = _headless(trainer, seconds)  # takes the memory, too, that every later turn finds
    headless: dict[float, list[float]] = {fps: [] for fps in shown.rates}
    drawn: dict[float, list[float]] = {fps: [] for fps in shown.rates}
    late: dict[float, list[float]] = {fps: [] for fps in shown.rates}
    with opened(shown.lasting(pace * seconds)) as stage:
        _drawing(stage, 30.0, seconds)
        for _ in range(effort.rounds):
            for fps in shown.rates:
                headless[fps].append(_headless(trainer, seconds))
                rate, lateness = _drawing(stage, fps, seconds)
                drawn[fps].append(rate)
                late[fps] += lateness
    for fps, goal in shown.rates.items():
        name = tr("{name}, {fps} frames/s").format(name=shown.name, fps=f"{fps:g}")
        kept = ratios(Figure(tuple(100 * rate for rate in drawn[fps])), Figure(tuple(headless[fps])))
        rows.share(name, tr("training rate that is kept, %"), kept, Goal(goal, "%", least=True))
        rows.times(name, tr("lateness of a frame, p99, ms"), late[fps], 99, Goal(shown.late))
        rows.times(name, tr("lateness of a frame, worst, ms"), late[fps], 100, Goal(shown.latest))


def _headless(trainer: Trainer, seconds: float) -> float:
    """Return the steps per second of a trainer that nobody looks at, from its first step on."""
    trainer.reset()
    chunk, began = 1, time.perf_counter()
    ended = began
    while ended < began + seconds:
        before = ended
        trainer.run(chunk)
        ended = time.perf_counter()
        chunk = 2 * chunk if ended - before < _CHUNK else chunk
    return trainer.current_step / (ended - began)


def _drawing(stage: Stage, fps: float, seconds: float) -> tuple[float, list[float]]:
    """Return the steps per second, from the first step on, while the window draws, and how late its frames were."""
    session = stage.session
    marks: list[tuple[float, int]] = []
    late: list[float] = []

    def painted(frame: Frame) -> None:
        now = time.perf_counter()
        marks.append((now, frame.step))
        if math.isfinite(session.frame_due):
            late.append(1e3 * (now - session.frame_due))

    session.set_frame_rate(fps)
    session.reset()
    stage.rest(0)
    session.frame_changed.connect(painted)  # after the window, which has painted by then
    session.play()
    stage.wait(seconds)
    session.pause()
    stage.rest()
    session.frame_changed.disconnect(painted)
    (began, first), (ended, last) = marks[0], marks[-1]
    return (last - first) / (ended - began), late


# answers --------------------------------------------------------------------------------------------------------------


def _answers(rows: Rows, stage: Stage, times: int) -> None:
    """Print how long clicks and keys wait for their effect while the student learns as fast as it goes."""
    play = stage.child(QAbstractButton, "play")
    chance = random.Random(7)
    hands: Any = QTest  # its stub takes the functions for methods
    press = partial(hands.keyClick, stage.window, Qt.Key.Key_Space)
    click = partial(hands.mouseClick, play, Qt.MouseButton.LeftButton)
    taken = []
    for _ in range(times):
        taken.append(_answer(stage, chance, State.RUNNING, press))
        stage.wait(0.04)
        taken.append(_answer(stage, chance, State.PAUSED, click))
    rows.times(tr("demo"), tr("from a click or key to its effect, p99, ms"), taken, 99, Goal(50.0))


def _answer(stage: Stage, chance: random.Random, state: State, act: Callable[[], object]) -> float:
    """Return the milliseconds from an arbitrary moment, at which a person acts, until the effect is painted."""
    session, delay = stage.session, chance.randrange(5, 40)
    began = time.perf_counter() + delay / 1e3  # where the window is busy then, the person waits for that too
    QTimer.singleShot(delay, Qt.TimerType.PreciseTimer, act)
    stage.until(lambda: session.status.state is state, session.status_changed)
    return 1e3 * (stage.paint() - began)


# one frame, and none --------------------------------------------------------------------------------------------------


def _frames(rows: Rows, stage: Stage, losses: int, count: int) -> None:
    """Print how long the window takes for a frame in which everything is new, beside a long loss curve."""
    session = stage.session
    trainer = Trainer(_demo().lasting(5e5).build())
    falling = 1e4 * np.exp(np.linspace(0.0, -6.0, losses)) * np.random.default_rng(7).uniform(0.5, 1.0, losses)
    session.losses.append(falling)
    status = session.status._replace(state=State.RUNNING, goal=None, initial_loss=falling[0], best_loss=falling[-1])
    taken = []
    for number in range(count):
        trainer.run(2000)
        session.losses.append(trainer.losses[-2000:])
        now = status._replace(step=len(session.losses), loss=trainer.loss)
        taken.append(1e3 * stage.show(now, trainer.frame()))
        stage.wait(0.004 if number % 10 else 0.05)
    maps = [heatmap for heatmap in stage.window.findChildren(Heatmap) if heatmap.isVisible()]
    name = tr("demo, {maps} heatmaps").format(maps=len(maps))
    figure = tr("a frame, a loss of {points} points, p99, ms").format(points=f"{losses:,}")
    rows.times(name, figure, taken[1:], 99, Goal(8.0))


def _at_rest(rows: Rows, stage: Stage, seconds: float) -> None:
    """Print how much of a core the window takes while nothing runs."""
    stage.wait(seconds)  # the gradients of the step at which it came to rest are checked in the meantime
    began, used = time.perf_counter(), time.process_time()
    stage.wait(seconds)
    share = 100 * (time.process_time() - used) / (time.perf_counter() - began)
    rows.share(tr("demo"), tr("idle, nothing running, % of a core"), Figure((share,)), Goal(1.0, "%"))
