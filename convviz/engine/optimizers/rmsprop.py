"""RMSprop: steps scaled by a running mean of the squared gradient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.memory import everywhere
from convviz.engine.optimizers.base import (
    Direction,
    Optimizer,
    OptimizerSlots,
    clip_setting,
    epsilon_setting,
    gradient_calls,
    momentum_setting,
    velocity_calls,
    weight_decay_setting,
)
from convviz.engine.settings import setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Call


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """v ← ρ v + (1−ρ) g²; d = g / (√v + ε), or b ← μ b + d with momentum; w ← w − rate · d (or b).

    Tieleman and Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012, in the form of
    ``torch.optim.RMSprop``.
    """

    kind = "rmsprop"
    label = mark("RMSprop")
    summary = mark("Divides each gradient by its recent size, so that steep and flat directions move alike")

    decay: float = setting(
        mark("Decay"),
        mark("How long the mean of the squared gradient remembers: 0.99 is about a hundred steps"),
        "float",
        0.99,
        minimum=0,
        maximum=0.99999,
        step=0.01,
    )
    momentum: float = momentum_setting()
    epsilon: float = epsilon_setting()
    weight_decay: float = weight_decay_setting()
    clip: float = clip_setting()

    @property
    def formula(self) -> str:
        """The scaled step, or the one with the velocity."""
        scaled = "v ← ρ·v + (1 − ρ)·g²; "
        return scaled + ("b ← μ·b + g / (√v + ε); w − η·b" if self.momentum else "w − η·g / (√v + ε)")

    @property
    def workings(self) -> tuple[tuple[str, str], ...]:
        """The running mean, and the scaled gradient or the velocity that it goes into."""
        square = ("square", "{decay} · {square0} + (1 − {decay}) · {g}² = {square}")
        if self.momentum:
            return square, ("velocity", "{momentum} · {velocity0} + {g} / (√{square} + {epsilon}) = {velocity}")
        return square, ("direction", "{g} / (√{square} + {epsilon}) = {d}")

    @property
    def state_names(self) -> tuple[str, ...]:
        """The running mean of the squared gradient, and the velocity where there is momentum."""
        return ("square", "velocity") if self.momentum else ("square",)

    def bind(self, slots: OptimizerSlots) -> Direction:
        """Make d, or b with momentum."""
        square, *velocities = slots.state
        gradients, work = slots.gradients, slots.work
        calls: tuple[Call, ...] = (
            *gradient_calls(slots, self.clip, self.weight_decay),
            partial(np.multiply, square, everywhere(self.decay, work), square),
            partial(np.multiply, gradients, gradients, work),
            partial(np.multiply, work, everywhere(1.0 - self.decay, work), work),
            partial(np.add, square, work, square),
            partial(np.sqrt, square, work),
            partial(np.add, work, everywhere(self.epsilon, work), work),
            partial(np.divide, gradients, work, gradients),
        )
        for velocity in velocities:
            calls += velocity_calls(velocity, self.momentum, gradients)
            calls += (partial(gradients.__setitem__, ..., velocity),)
        return lambda coefficients: calls
