"""Gradient descent, step by step, with every step kept.

A `Trainer` is deterministic: the same `Problem` gives the same numbers, however the steps are cut into runs, whatever
is looked at in between, and whether a past step is still stored or has to be computed again. It raises nothing and
warns of nothing when the numbers leave all bounds: a loss that is not finite is the state DIVERGED, and going back is
possible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.arrays import read_only, sealed
from convviz.engine.errors import ConfigError
from convviz.engine.frames import Frame, RunPath, State
from convviz.engine.history import History, RateLog, Series
from convviz.engine.problem import Problem, frozen
from convviz.engine.settings import check_value, check_whole, settings_of
from convviz.engine.steps import Steps
from convviz.engine.stopping import StopConditions, StopReason, Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from convviz.engine.memory import Array

#: The most bytes that the stored states of a run take. Beyond it every second is dropped, and computed again if wanted.
HISTORY_BUDGET = 256 << 20
#: The most steps of a path, and the most numbers of all of them together.
PATH_STEPS, PATH_NUMBERS = 320, 1 << 21
#: The most bytes that the losses of a run take: 2²⁵ steps. There the run stops, with the reason MEMORY.
LOSS_BUDGET = 256 << 20


@dataclass(frozen=True, eq=False)
class Recording:
    """What a run has been so far: with it, a new trainer of an equal problem is where the old one was, bit for bit.

    Attributes
    ----------
    losses, history, rates
        Of every step that was made, as far as a run keeps them.
    vector : (S,)
        The present state.
    state, reason, loss
        Those of the trainer; the loss may be unknown yet (None).
    """

    losses: Series
    history: History
    rates: RateLog
    vector: Array
    state: State
    reason: StopReason
    loss: float | None

    @property
    def nbytes(self) -> int:
        """The bytes that it takes."""
        return self.losses.nbytes + self.history.nbytes


class Trainer:
    """One run of a problem.

    Step *n* is the state after *n* updates; the loss of step *n* is that before update *n + 1*.

    Parameters
    ----------
    problem
    run
        The id that frames carry.
    budget, loss_budget
        The most bytes that the stored states, and the losses, take; see `HISTORY_BUDGET` and `LOSS_BUDGET`.
    recording
        What an earlier run has been so far, of a problem that is equal but perhaps for the learning rate and the stop
        conditions; this one goes on with it, and takes it over.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        run: int = 0,
        budget: int = HISTORY_BUDGET,
        loss_budget: int = LOSS_BUDGET,
        recording: Recording | None = None,
    ) -> None:
        self.problem = problem
        self._run = run
        self._network = problem.network
        self._steps = Steps(self._network, problem.input, problem.target, problem.loss, problem.optimizer)
        self._initial = self._network.pack(problem.initial)
        self._steps.parameters[...] = self._initial
        # looked up once: a layer checks its geometry again whenever it is asked for views
        self._views = self._network.views(self._steps.parameters), self._network.views(self._steps.gradients)
        self._history = History(self._steps.states.shape[1], self._network.dtype, budget)
        self._losses = Series()
        self._loss_limit = max(1, loss_budget // 8)
        self._rate = problem.optimizer.learning_rate
        self._rates = RateLog(self._rate)
        self._watch = Watch(problem.stop, self._losses.values())
        self._state, self._reason = State.PAUSED, StopReason.NONE
        self._loss: float | None = None
        if recording is not None:
            self._take_over(recording)

    @property
    def current_step(self) -> int:
        """The number of updates made."""
        return len(self._losses)

    @property
    def state(self) -> State:
        """PAUSED: can go on; FINISHED: a stop condition was met, can go on beyond; DIVERGED: can only go back."""
        return self._state

    @property
    def reason(self) -> StopReason:
        """Why the last run stopped by itself, if it did."""
        return self._reason

    @property
    def loss(self) -> float:
        """The loss at the present parameters, which is that before the next update."""
        if self._loss is None:
            with np.errstate(all="ignore"):
                self._loss = self._steps.loss()
        return self._loss

    @property
    def initial_loss(self) -> float:
        """The loss of step 0."""
        return float(self._losses.values()[0]) if len(self._losses) else self.loss

    @property
    def best_loss(self) -> float:
        """The lowest finite loss of any step up to the present one; NaN if there is none."""
        best = min(self._watch.best, self.loss) if math.isfinite(self.loss) else self._watch.best
        return best if math.isfinite(best) else math.nan

    @property
    def losses(self) -> NDArray[np.float64]:
        """The losses before every update that was made, read-only."""
        return self._losses.values()

    @property
    def learning_rate(self) -> float:
        """The learning rate that is set, before the schedule. Setting it takes effect at the next step."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        described = settings_of(type(self.problem.optimizer))["learning_rate"]
        self._rate = check_value(rate, described, "learning_rate")
        self._rates.set(self.current_step, self._rate)

    @property
    def stop(self) -> StopConditions:
        """When the run stops by itself. Setting it takes effect at the next step."""
        return self._watch.stop

    @stop.setter
    def stop(self, stop: StopConditions) -> None:
        self._watch = Watch(stop, self._losses.values())

    def rate_at(self, step: int) -> float:
        """Return the learning rate that update ``step`` (from 0) used, or that the next would use."""
        return self.problem.schedule.rate_at(self._rates.at(step)[0], step)

    def step(self) -> float:
        """Make one step and return the loss before its update.

        At a loss that is not finite, or once the losses' memory is used up, no update is made.
        """
        step = self.current_step
        return float(self._losses.values()[step]) if self.run(1) else self.loss

    def run(self, count: int) -> int:
        """Make up to ``count`` steps; return how many were made: fewer if a stop condition was met.

        The number of steps stops a run only as it is reached from below, so that one can go on beyond; the other
        conditions alike.

        Raises
        ------
        ConfigError
            If ``count`` is no whole number.
        """
        count = check_whole(count, "count")
        if self._state is State.DIVERGED or count < 1:
            return 0
        self._state, self._reason = State.PAUSED, StopReason.NONE
        start = self.current_step
        with np.errstate(all="ignore"):
            while self._state is State.PAUSED and (left := start + count - self.current_step) > 0:
                self._advance(min(left, self._steps.rows))
        return self.current_step - start

    def _advance(self, count: int) -> None:
        """Make up to ``count`` steps, which fit into one go, up to where a stop condition is met."""
        first, goal = self.current_step, self._watch.stop.steps
        count = min(count, self._loss_limit - first)
        if first < goal:
            count = min(count, goal - first)
        if count <= 0:
            self._finish(StopReason.MEMORY)
            return
        losses = self._make(first, count)
        made, reason = self._watch.look(losses)
        self._losses.append(losses[:made])
        self._history.append(self._steps.states[:made])
        self._loss = None
        if made < count:  # what was computed beyond is undone
            self._steps.state = self._steps.states[made]
        if reason is StopReason.DIVERGED:
            self._loss = float(losses[made])
        if reason is StopReason.NONE and self.current_step == goal:
            reason = StopReason.STEPS
        if reason is not StopReason.NONE:
            self._finish(reason)

    def _finish(self, reason: StopReason) -> None:
        self._state = State.DIVERGED if reason is StopReason.DIVERGED else State.FINISHED
        self._reason = reason

    def _make(self, first: int, count: int) -> NDArray[np.float64]:
        """Make ``count`` steps from ``first`` on with the rate that is logged there; record nothing."""
        base, _ = self._rates.at(first)
        rates = self.problem.schedule.rates(base, first, count)
        return self._steps.run(self.problem.optimizer.coefficients(first, rates))

    def frame(self, step: int | None = None, input_gradient: bool = False) -> Frame:
        """Return every number of the present step, or of any step before it, bit for bit what it was.

        Parameters
        ----------
        step
            0 … `current_step`; None: the present one.
        input_gradient
            Whether the derivative by the input, which training has no use for, is wanted too.

        Raises
        ------
        ConfigError
            If the step has not been made.
        """
        step = self.current_step if step is None else step
        live = self._steps.state
        with np.errstate(all="ignore"):
            try:
                self._recall(step)
                frame = self._picture(step, input_gradient)
            finally:
                self._steps.state = live
        if step == self.current_step:
            self._loss = frame.loss
        return frame

    def parameters(self, step: int | None = None) -> tuple[Mapping[str, Array], ...]:
        """Return each layer's parameters at the present step, or at any before it; read-only."""
        return frozen(self._network.views(self.vector(step)))

    def vector(self, step: int | None = None) -> Array:
        """Return the parameters (P,) at the present step, or at any before it, as the network packs them."""
        return self._state_of(step)[: self._network.size]

    def path(self) -> RunPath:
        """Return where the run has been up to the present step. Only steps that are stored are among its steps."""
        size, now = self._network.size, self.current_step
        steps = self._history.spread(max(2, min(PATH_STEPS, PATH_NUMBERS // max(1, size))))
        parameters = np.empty((len(steps) + 1, size), self._network.dtype)
        for row, step in enumerate(steps):
            parameters[row] = self._history.nearest(step)[1][:size]
        parameters[-1] = self._steps.parameters
        losses = np.append(self._losses.values()[steps], self.loss)
        return RunPath(self._run, sealed(np.array([*steps, now])), sealed(losses), sealed(parameters))

    def rewind(self, step: int) -> None:
        """Make ``step`` the present one and forget what came after it.

        The learning rate and the stop conditions stay as they are set now.
        """
        with np.errstate(all="ignore"):
            self._recall(step)
        self._losses.truncate(step)
        self._history.truncate(step)
        self._rates.set(step, self._rate)
        self._watch = Watch(self._watch.stop, self._losses.values())
        self._state, self._reason = State.PAUSED, StopReason.NONE
        self._loss = None

    def reset(self) -> None:
        """Go back to step 0, to the same initial parameters."""
        self.rewind(0)

    def recording(self) -> Recording:
        """Return what the run has been so far. It is no copy: this trainer is not to be used any more."""
        state = self._steps.state
        return Recording(self._losses, self._history, self._rates, state, self._state, self._reason, self._loss)

    def beginning(self, step: int) -> Recording:
        """Return a copy of what the run was when ``step`` was its newest step, for another run to go on with.

        Raises
        ------
        ConfigError
            If the step has not been made.
        """
        state = self._state_of(step)
        losses, history = self._losses.copy(step), self._history.copy(step)
        return Recording(losses, history, self._rates.copy(), state, State.PAUSED, StopReason.NONE, None)

    def _take_over(self, recording: Recording) -> None:
        self._losses, self._history, self._rates = recording.losses, recording.history, recording.rates
        self._steps.state = recording.vector
        self._rates.set(self.current_step, self._rate)
        self._watch = Watch(self.problem.stop, self._losses.values())
        self._state, self._reason, self._loss = recording.state, recording.reason, recording.loss

    def _recall(self, step: int) -> None:
        """Put the state of ``step`` into the place of the present one."""
        if not isinstance(step, (int, np.integer)) or not 0 <= step <= self.current_step:
            raise ConfigError(
                "step {received} has not been made: expected 0 … {last}",
                field="step",
                received=step,
                last=self.current_step,
            )
        if step == self.current_step:
            return
        stored, state = self._history.nearest(step)
        self._steps.state = state
        while stored < step:
            _, changed = self._rates.at(stored)
            count = min(step - stored, self._steps.rows, (changed or step) - stored)
            self._make(stored, count)
            stored += count

    def _state_of(self, step: int | None) -> Array:
        """Return a copy of the state of a step."""
        live = self._steps.state
        with np.errstate(all="ignore"):
            try:
                self._recall(self.current_step if step is None else step)
                return self._steps.state
            finally:
                self._steps.state = live

    def _picture(self, step: int, input_gradient: bool) -> Frame:
        """Return the frame of the state that is in place."""
        made = self._steps.evaluate(input_gradient)
        problem = self.problem
        parameters, gradients = self._views
        names = problem.optimizer.state_names
        remembered = self._steps.state.reshape(1 + len(names), -1)[1:]
        return Frame(
            run=self._run,
            step=int(step),
            loss=made.loss,
            learning_rate=self.rate_at(step),
            values=(problem.input, *map(sealed, made.values)),
            value_grads=tuple(grad if grad is None else sealed(grad) for grad in made.value_grads),
            parameters=frozen(parameters),
            gradients=frozen(gradients),
            teacher=problem.teacher,
            target=problem.target,
            residual=sealed(made.residual),
            problem=problem,
            optimizer_state=MappingProxyType(dict(zip(names, map(read_only, remembered), strict=True))),
        )
