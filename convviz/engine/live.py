"""A run as the person drives it: what it has been asked to do, and what became of it. No thread, no clock."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convviz.engine.frames import Array, Frame, RunPath, State, Status
from convviz.engine.stopping import StopReason
from convviz.engine.trainer import Recording, Trainer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convviz.engine.problem import Problem
    from convviz.engine.rows import Rows
    from convviz.engine.stopping import StopConditions

#: How many steps before a diverged one are tried for a picture without infinities.
STEPS_BACK = 8


class LeftRun(NamedTuple):
    """A run that was left, to be taken up again.

    Attributes
    ----------
    recording
    state, reason
        How it was left; one that was running counts as paused.
    beyond
        It had gone beyond the number of steps, so that this is no goal any more.
    """

    recording: Recording
    state: State
    reason: StopReason
    beyond: bool


class LiveRun:
    """A trainer, the goal it runs to, and the step that is being looked at.

    Attributes
    ----------
    state, reason
        PAUSED, RUNNING, FINISHED or DIVERGED, and why it stopped by itself.
    goal
        The step at which the run will pause by itself, or None.
    shown
        The step of the past that is being looked at, or None.
    run
        The id that frames and reports carry.
    resets
        How often it was reset. Steps that were recorded at different counts are of different runs.
    """

    def __init__(self, problem: Problem, run: int, left: LeftRun | None = None) -> None:
        self._trainer = Trainer(problem, run=run, recording=None if left is None else left.recording)
        self.run = run
        self._stop: StopConditions = problem.stop
        self._beyond = False  # has finished and was played on: the number of steps is no goal any more
        self._counted = False  # runs to a goal of its own, not to the experiment's number of steps
        self.state = State.PAUSED
        self.reason = StopReason.NONE
        self.goal: int | None = None
        self.shown: int | None = None
        self.resets = 0
        self._settle(State.PAUSED)
        if left is not None:
            self._beyond = left.beyond
            self._settle(left.state, left.reason)
        self.check()

    @property
    def step(self) -> int:
        """The number of updates made."""
        return self._trainer.current_step

    def losses(self, first: int) -> Array:
        """Return the losses recorded from step ``first`` on; a view."""
        return self._trainer.losses[first:]

    def play(self) -> None:
        """Run to the experiment's number of steps, or, once the run has finished, on without a goal."""
        if self.state is State.DIVERGED:
            return
        self._beyond = self._beyond or self.state is State.FINISHED or self.step >= self._stop.steps
        self._counted = False
        self.goal = None if self._beyond else self._stop.steps
        self.state, self.reason = State.RUNNING, StopReason.NONE

    def run_steps(self, count: int) -> None:
        """Run ``count`` steps from here, whatever the experiment's number of steps, then pause."""
        if self.state is State.DIVERGED:
            return
        self._beyond = self._beyond or self.state is State.FINISHED
        self._counted = True
        self.goal = self.step + count
        self.state, self.reason = State.RUNNING, StopReason.NONE

    def pause(self) -> None:
        """Stop here."""
        if self.state is State.RUNNING:
            self._settle(State.PAUSED)

    def advance(self, count: int) -> int:
        """Make at most ``count`` steps, not beyond the goal, and return how many were made."""
        if self.goal is not None:
            count = min(count, self.goal - self.step)
        if count <= 0:
            return 0
        made = self._trainer.run(count)
        halted = self._trainer.state in (State.FINISHED, State.DIVERGED)
        reason = self._trainer.reason if halted else StopReason.NONE
        if reason is StopReason.DIVERGED:
            self._settle(State.DIVERGED, reason)
        elif self._counted and self.step == self.goal:
            self._settle(State.PAUSED, StopReason.STEPS)
        elif halted and (reason is not StopReason.STEPS or self.step == self.goal or made == 0):
            self._settle(State.FINISHED, reason)
        return made

    def check(self) -> None:
        """Call the run diverged if the loss has left all bounds with the very last step; the next would tell anyway."""
        if self.state is not State.DIVERGED and not math.isfinite(self._trainer.loss):
            self._settle(State.DIVERGED, StopReason.DIVERGED)

    def beginning(self, step: int) -> LeftRun:
        """Return a copy of the run as it was at recorded ``step`` (the nearest one there is), for another to go on."""
        return LeftRun(self._trainer.beginning(min(max(step, 0), self.step)), State.PAUSED, StopReason.NONE, False)

    def leave(self) -> LeftRun:
        """Return what another run can go on with; this one is not to be used any more."""
        self.pause()
        return LeftRun(self._trainer.recording(), self.state, self.reason, self._beyond)

    def reset(self) -> None:
        """Go back to step 0 with the same initial parameters."""
        self._trainer.reset()
        self.resets += 1
        self.shown = None
        self._beyond = False
        self._settle(State.PAUSED)
        self.check()

    def show(self, step: int | None) -> None:
        """Look at recorded ``step`` (the nearest one there is), or at the live one again."""
        self.shown = None if step is None else min(max(step, 0), self.step)

    def set_learning_rate(self, rate: float) -> None:
        """Use ``rate`` from the next step on."""
        self._trainer.learning_rate = rate

    def set_stop(self, stop: StopConditions) -> None:
        """Stop by other conditions from the next step on."""
        self._stop = self._trainer.stop = stop
        self._beyond = False
        if self.state is State.FINISHED:
            self._settle(State.PAUSED)
        elif self.state is State.PAUSED:
            self._settle(State.PAUSED, self.reason)
        elif self.state is State.RUNNING and not self._counted:
            if self.step < stop.steps:
                self.goal = stop.steps
            elif self.goal is not None:
                self._settle(State.FINISHED, StopReason.STEPS)

    def frame(self, input_gradient: bool) -> Frame:
        """Return the picture of the step that is being looked at.

        Of a live step whose loss has left all bounds, the picture is that of the last whose numbers are all finite; its
        own, if none of the `STEPS_BACK` steps before it is such.
        """
        frame = self._trainer.frame(self.shown, input_gradient)
        if self.shown is None and not math.isfinite(frame.loss):
            for step in range(self.step - 1, max(-1, self.step - 1 - STEPS_BACK), -1):
                earlier = self._trainer.frame(step, input_gradient)
                if all(np.isfinite(array).all() for array in _arrays(earlier)):
                    return earlier
        return frame

    def path(self) -> RunPath:
        """Return where the run has been up to its newest step."""
        return self._trainer.path()

    def recorded(self, step: int, input_gradient: bool) -> Frame:
        """Return the picture of a step that has been made."""
        return self._trainer.frame(step, input_gradient)

    def rows(self, steps: Sequence[int], seconds: float = math.inf) -> Rows:
        """Return what is known of steps that have been made: of the first only, where more would take too long."""
        from convviz.engine.rows import rows_of  # late, for it is seldom asked for

        return rows_of(self._trainer, steps, seconds)

    def status(self, *, rate: float, speed: float, left: frozenset[int]) -> Status:
        """Return what the window is told about the run."""
        trainer = self._trainer
        last = self.state is State.DIVERGED and trainer.current_step > 0
        return Status(
            run=self.run,
            state=self.state,
            step=trainer.current_step,
            loss=trainer.loss,
            initial_loss=trainer.initial_loss,
            best_loss=trainer.best_loss,
            goal=self.goal,
            rate=rate if self.state is State.RUNNING else 0.0,
            speed=speed,
            learning_rate=trainer.rate_at(trainer.current_step - last),
            shown=self.shown,
            reason=self.reason,
            left=left,
        )

    def _settle(self, state: State, reason: StopReason = StopReason.NONE) -> None:
        """Come to rest; the goal is where playing would lead."""
        self.state, self.reason = state, reason
        self._counted = False
        ahead = state is State.PAUSED and not self._beyond and self.step < self._stop.steps
        self.goal = self._stop.steps if ahead else None


def _arrays(frame: Frame) -> Iterator[Array]:
    yield from frame.values
    yield from (gradient for gradient in frame.value_grads if gradient is not None)
    for parameters in (*frame.parameters, *frame.gradients):
        yield from parameters.values()
