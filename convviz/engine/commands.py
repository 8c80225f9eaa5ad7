"""What the window asks of the training thread. Each is a value; the thread acts on it between two steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convviz.engine.trainer import Problem, StopConditions


@dataclass(frozen=True)
class Load:
    """Begin run ``run`` with the problem that ``build`` returns (called in the thread); ``play``: go at once."""

    run: int
    build: Callable[[], Problem]
    play: bool = False


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


@dataclass(frozen=True)
class Reset:
    """Go back to step 0 with the same initial parameters, forgetting the history, and pause."""


@dataclass(frozen=True)
class Rewind:
    """Make recorded step ``step`` the live one, forget what came after, and pause."""

    step: int


@dataclass(frozen=True)
class ShowStep:
    """Deliver frames of the recorded step ``step`` (None: of the live one again); training is not touched."""

    step: int | None


@dataclass(frozen=True)
class SetLearningRate:
    """Use ``rate`` from the next step on."""

    rate: float


@dataclass(frozen=True)
class SetStop:
    """Stop by other conditions from the next step on."""

    stop: StopConditions


@dataclass(frozen=True)
class SetSpeed:
    """Make ``steps_per_second`` steps a second; infinity: as fast as it goes."""

    steps_per_second: float


@dataclass(frozen=True)
class SetFrameRate:
    """Offer at most ``frames_per_second`` frames a second."""

    frames_per_second: float


@dataclass(frozen=True)
class WantInputGradient:
    """Whether frames carry the input's own gradient, which costs a product that training does not need."""

    wanted: bool


Command = (
    Load
    | Play
    | Pause
    | RunSteps
    | Reset
    | Rewind
    | ShowStep
    | SetLearningRate
    | SetStop
    | SetSpeed
    | SetFrameRate
    | WantInputGradient
)
