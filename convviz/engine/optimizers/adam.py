"""Adam: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from convviz.engine.memory import everywhere
from convviz.engine.optimizers.base import (
    Array,
    Direction,
    Optimizer,
    OptimizerSlots,
    clip_setting,
    epsilon_setting,
    gradient_calls,
    weight_decay_setting,
)
from convviz.engine.settings import setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Call


@dataclass(frozen=True)
class Adam(Optimizer):
    """m ← β₁ m + (1−β₁) g; v ← β₂ v + (1−β₂) g²; w ← w − rate · m̂ / (√v̂ + ε), m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).

    Kingma and Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015, algorithm 1; weight decay is added to the
    gradient as in ``torch.optim.Adam``.
    """

    kind = "adam"
    label = mark("Adam")
    summary = mark("Every parameter gets its own step size, from running means of its gradient and its square")

    beta1: float = setting(
        mark("Beta 1"),
        mark("How long the mean of the gradient remembers: 0.9 is about ten steps"),
        "float",
        0.9,
        minimum=0,
        maximum=0.9999,
        step=0.01,
    )
    beta2: float = setting(
        mark("Beta 2"),
        mark("How long the mean of the squared gradient remembers: 0.999 is about a thousand steps"),
        "float",
        0.999,
        minimum=0,
        maximum=0.99999,
        step=0.001,
    )
    epsilon: float = epsilon_setting()
    weight_decay: float = weight_decay_setting()
    clip: float = clip_setting()

    #: rate / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ)
    coefficient_count: ClassVar[int] = 2

    @property
    def formula(self) -> str:
        """The step with both running means."""
        return "m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; w − η·m̂ / (√v̂ + ε)"

    @property
    def workings(self) -> tuple[tuple[str, str], ...]:
        """Both running means, and their quotient; the correction of the first is in the length of the step."""
        return (
            ("step", "{learning_rate} / (1 − {beta1}^{t}) = {length}"),
            ("mean", "{beta1} · {mean0} + (1 − {beta1}) · {g} = {mean}"),
            ("square", "{beta2} · {square0} + (1 − {beta2}) · {g}² = {square}"),
            ("direction", "{mean} / (√({square} / (1 − {beta2}^{t})) + {epsilon}) = {d}"),
        )

    @property
    def state_names(self) -> tuple[str, ...]:
        """The running means of the gradient and of its square."""
        return ("mean", "square")

    def coefficients(self, first: int, rates: Array) -> Array:
        """Return both bias corrections of each step, the rate with the first."""
        # Powers one by one: a vector's power may differ in the last bit with its length, and runs must not.
        times = range(first + 1, first + 1 + len(rates))
        mean = np.array([1.0 - self.beta1**t for t in times])
        square = np.array([1.0 - self.beta2**t for t in times])
        return np.stack([rates / mean, 1.0 / np.sqrt(square)], axis=1)

    def bind(self, slots: OptimizerSlots) -> Direction:
        """Make m / (√v̂ + ε); the correction of m is in the length of the step."""
        mean, square = slots.state
        gradients, work = slots.gradients, slots.work
        before: tuple[Call, ...] = (
            *gradient_calls(slots, self.clip, self.weight_decay),
            partial(np.multiply, mean, everywhere(self.beta1, work), mean),
            partial(np.multiply, gradients, everywhere(1.0 - self.beta1, work), work),
            partial(np.add, mean, work, mean),
            partial(np.multiply, square, everywhere(self.beta2, work), square),
            partial(np.multiply, gradients, gradients, work),
            partial(np.multiply, work, everywhere(1.0 - self.beta2, work), work),
            partial(np.add, square, work, square),
            partial(np.sqrt, square, work),
        )
        after = (
            partial(np.add, work, everywhere(self.epsilon, work), work),
            partial(np.divide, mean, work, gradients),
        )
        return lambda coefficients: (*before, partial(np.multiply, work, coefficients[1], work), *after)
