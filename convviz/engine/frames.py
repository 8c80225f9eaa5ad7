"""What leaves the engine to be looked at: the picture of one step, and the state of the run it belongs to.

Everything here is immutable; every array is read-only and never used again as a buffer by whoever made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from convviz.engine.stopping import StopReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convviz.engine.problem import Problem

Array = NDArray[Any]


class State(Enum):
    """What a run is doing, as its worker reports it."""

    EMPTY = "empty"  #: no experiment has been loaded
    PAUSED = "paused"
    RUNNING = "running"
    FINISHED = "finished"  #: a stop condition was met; playing on is possible
    DIVERGED = "diverged"  #: the loss is not a finite number; going back is possible
    FAILED = "failed"  #: an error was raised; `Status.message` says which


@dataclass(frozen=True)
class Frame:
    """Every number of one step: forward, backward, and the parameters they were taken at.

    Step *n* is the state after *n* updates, so step 0 is the untrained network, and `loss` is the loss at these
    parameters, before update *n + 1*.

    Attributes
    ----------
    run
        The id of the run; a frame of another run is out of date.
    step, loss, learning_rate
        Number of updates made, loss, and the rate the next update would use.
    values : tuple of (C, H, W), one more than layers
        Input, output of each layer in order; the last is the reconstruction.
    value_grads : tuple of (C, H, W) or None
        Derivative of the loss by each of `values`. The first (the input's) is None unless it was asked for.
    parameters, gradients : tuple of mappings, one per layer
        ``weight``/``bias`` and the derivative of the loss by them; empty for a layer without parameters.
    teacher : tuple of mappings, or None
        The teacher's parameters, laid out alike; None if the target was given.
    target, residual : (C, H, W)
        `residual` is reconstruction − target.
    problem
        What is being learned: the layers, the loss and the optimizer that these numbers come from.
    optimizer_state
        What the optimizer remembers before the next update: vectors (P,) over all parameters, by name.
    """

    run: int
    step: int
    loss: float
    learning_rate: float
    values: tuple[Array, ...]
    value_grads: tuple[Array | None, ...]
    parameters: tuple[Mapping[str, Array], ...]
    gradients: tuple[Mapping[str, Array], ...]
    teacher: tuple[Mapping[str, Array], ...] | None
    target: Array
    residual: Array
    problem: Problem
    optimizer_state: Mapping[str, Array]

    @property
    def output(self) -> Array:
        """The reconstruction."""
        return self.values[-1]


class RunPath(NamedTuple):
    """Where a run has been: some of its steps, more of them near its beginning, where most of the way is made.

    Attributes
    ----------
    run
        The id of the run.
    steps : (K,) int64
        Ascending; the first is step 0, the last the newest step.
    losses : (K,) float64
    parameters : (K, P)
        All parameters as one vector, as `Network.pack` lays them out.
    """

    run: int
    steps: Array
    losses: Array
    parameters: Array


class Status(NamedTuple):
    """The state of the run, small enough to be sent at every change.

    Attributes
    ----------
    step, loss, initial_loss, best_loss
        Of the live run, whatever step is being looked at; all steps up to it can be. Losses are NaN before the first
        evaluation.
    goal
        The step at which the run will pause by itself, or None.
    rate
        Steps per second, measured lately; 0 while not running.
    speed
        The wanted number of steps per second; infinity: as fast as it goes.
    learning_rate
        That the next update would use; of a run that diverged, that which its last update used.
    shown
        The step of the past that is being looked at, or None for the live one.
    message
        For FAILED: the error's sentence.
    left
        The names of the runs that were left and can be taken up again.
    """

    run: int = 0
    state: State = State.EMPTY
    step: int = 0
    loss: float = float("nan")
    initial_loss: float = float("nan")
    best_loss: float = float("nan")
    goal: int | None = None
    rate: float = 0.0
    speed: float = float("inf")
    learning_rate: float = 0.0
    shown: int | None = None
    reason: StopReason = StopReason.NONE
    message: str = ""
    left: frozenset[int] = frozenset()


class Packet(NamedTuple):
    """What the window takes out of the mailbox.

    Pictures are lossy, series are lossless: `frame` is the newest one, `losses` all that were recorded since the last
    packet was taken, beginning at step `first`. A reset or a new run starts with ``first`` not above what was had
    before; whoever keeps the series truncates it to ``first`` and appends.

    ``due`` is when, by `time.perf_counter`, the beat of the frames wanted the picture; of several that nobody took, the
    first. NaN: it was made for another reason.

    ``before`` is the last news, without a picture, of the run that the packet before told of, where another run has
    begun before anybody took them. None: all was taken, or it is the same run.
    """

    frame: Frame | None
    status: Status
    losses: Array
    first: int
    due: float = float("nan")
    before: Packet | None = None
