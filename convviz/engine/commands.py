"""What the window asks of the training thread. Each is a value; the thread acts on it between two steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from convviz.engine.errors import ConfigError

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from convviz.engine.live import LiveRun
    from convviz.engine.problem import Problem
    from convviz.engine.stopping import StopConditions


class Load(NamedTuple):
    """Begin a run.

    Attributes
    ----------
    run
        Its id.
    build
        Returns the problem; it is called in the thread.
    play
        Go at once.
    name
        Of the problem. Where a run of this name was left before, the new one goes on from there; None: it has none.
    names
        All that may yet be asked for; what is known of other runs that were left is forgotten.
    branch
        Where no run of this name was left, the new one begins as a copy of the run in hand as it was at this recorded
        step (the nearest one there is). It may differ from that run only in what can change while a run goes on. None:
        it begins at step 0.
    """

    run: int
    build: Callable[[], Problem]
    play: bool = False
    name: int | None = None
    names: frozenset[int] = frozenset()
    branch: int | None = None


@dataclass(frozen=True)
class Play:
    """Run to the experiment's number of steps, or, once that is reached, on without a goal."""


@dataclass(frozen=True)
class Pause:
    """Stop after the step in hand."""


@dataclass(frozen=True)
class RunSteps:
    """Make ``count`` more steps, then pause."""

    count: int

    def __post_init__(self) -> None:
        _require(isinstance(self.count, int) and self.count >= 1, "steps", "int ≥ 1", self.count)


@dataclass(frozen=True)
class Reset:
    """Go back to step 0 with the same initial parameters, forgetting the history, and pause."""


class ShowStep(NamedTuple):
    """Deliver frames of the recorded step ``step`` (None: of the live one again); training is not touched."""

    step: int | None


@dataclass(frozen=True)
class SetLearningRate:
    """Use ``rate`` from the next step on."""

    rate: float

    def __post_init__(self) -> None:
        _require(0 < self.rate < math.inf, "learning_rate", "number > 0", self.rate)


class SetStop(NamedTuple):
    """Stop by other conditions from the next step on."""

    stop: StopConditions


@dataclass(frozen=True)
class SetSpeed:
    """Make ``steps_per_second`` steps a second; infinity: as fast as it goes."""

    steps_per_second: float

    def __post_init__(self) -> None:
        _require(self.steps_per_second > 0, "speed", "number > 0", self.steps_per_second)


@dataclass(frozen=True)
class SetFrameRate:
    """Offer at most ``frames_per_second`` frames a second."""

    frames_per_second: float

    def __post_init__(self) -> None:
        _require(0 < self.frames_per_second < math.inf, "frame_rate", "number > 0", self.frames_per_second)


class WantInputGradient(NamedTuple):
    """Whether frames carry the input's own gradient, which costs a product that training does not need."""

    wanted: bool


class Consult(NamedTuple):
    """Let somebody look at what a run has recorded; whatever it is doing, it goes on afterwards as if nobody had.

    Attributes
    ----------
    look
        Called in the thread between two steps, with the run, or with None where that is not the live one, or none is.
        Where the loop ends before it comes to that, it is called with None, in any thread. It takes no longer than
        training can wait; what it raises is its own affair.
    run
        The run's id; None: whichever there is.
    question
        Of those that follow each other with the same one, only the newest look is wanted, and no other is called; None:
        this one is wanted in any case.
    """

    look: Callable[[LiveRun | None], object]
    run: int | None = None
    question: str | None = None


Command = (
    Load
    | Play
    | Pause
    | RunSteps
    | Reset
    | ShowStep
    | SetLearningRate
    | SetStop
    | SetSpeed
    | SetFrameRate
    | WantInputGradient
    | Consult
)

#: What is said to one run: a new run makes it pointless, for the rate and the conditions are those of what is loaded.
_TO_A_RUN = (Play, Pause, RunSteps, ShowStep, SetLearningRate, SetStop)
#: What replaces an earlier command of its kind that nobody has acted on: a slider that is dragged sends many.
_LATEST_COUNTS = (ShowStep, SetLearningRate, SetStop, SetSpeed, SetFrameRate, WantInputGradient)


def enqueue(waiting: deque[Command], command: Command) -> None:
    """Add ``command`` to those that wait to be acted on, and drop those that it makes pointless.

    A run that is left may be taken up again: what decides how far it had come then is never dropped.
    """
    if isinstance(command, Load):
        kept = _still_wanted(waiting)
        waiting.clear()
        waiting.extend(kept)
    elif waiting and _takes_place(command, waiting[-1]):
        waiting.pop()
    waiting.append(command)


def _takes_place(command: Command, last: Command) -> bool:
    """Return whether ``command`` leaves nothing to be wanted of the one that waits before it."""
    if isinstance(command, Consult) and isinstance(last, Consult):
        return command.question is not None and command.question == last.question
    return isinstance(command, _LATEST_COUNTS) and type(last) is type(command)


def _still_wanted(waiting: deque[Command]) -> list[Command]:
    """Return what a new run leaves to be done of what waits before it."""
    kept: list[Command] = []
    decides = False  # what comes next does something to the run that there is then
    for command in reversed(waiting):
        if isinstance(command, Reset) or (isinstance(command, Load) and command.branch is not None):
            decides = True
        elif isinstance(command, Load) and decides:
            decides = False
        elif isinstance(command, (Load, *_TO_A_RUN)):
            continue
        kept.append(command)
    return kept[::-1]


def _require(condition: bool, name: str, expected: str, received: object) -> None:
    if not condition:
        raise ConfigError(
            "{name}: expected {expected}, received {received}",
            field=name,
            name=name,
            expected=expected,
            received=repr(received),
        )
