"""Stochastic gradient descent, with momentum and Nesterov's form of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.engine.memory import everywhere
from convviz.engine.optimizers.base import (
    Direction,
    Optimizer,
    OptimizerSlots,
    clip_setting,
    gradient_calls,
    learning_rate_setting,
    momentum_setting,
    velocity_calls,
    weight_decay_setting,
)
from convviz.engine.settings import setting
from convviz.i18n import mark


@dataclass(frozen=True)
class SGD(Optimizer):
    """w ← w − rate · d, with d = g, or d = v ← μ v + g with momentum, or d = g + μ v with Nesterov's.

    The definitions are those of ``torch.optim.SGD`` (after Sutskever, Martens, Dahl and Hinton, *On the importance of
    initialization and momentum in deep learning*, ICML 2013), without dampening.
    """

    kind = "sgd"
    label = mark("Gradient descent")
    summary = mark("Steps straight against the gradient, or with momentum, which remembers where it was going")

    learning_rate: float = learning_rate_setting(3e-5)
    momentum: float = momentum_setting()
    nesterov: bool = setting(
        mark("Nesterov"), mark("Looks ahead along the momentum before it steps; needs momentum above 0"), "bool", False
    )
    weight_decay: float = weight_decay_setting()
    clip: float = clip_setting()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and not self.momentum:
            raise ConfigError(
                "Nesterov needs momentum: set momentum above 0, for example to 0.9, or switch Nesterov off",
                field="nesterov",
            )

    @property
    def formula(self) -> str:
        """The plain step, or the one with the velocity."""
        if not self.momentum:
            return "w − η·g"
        return "v ← μ·v + g; w − η·(g + μ·v)" if self.nesterov else "v ← μ·v + g; w − η·v"

    @property
    def workings(self) -> tuple[tuple[str, str], ...]:
        """The velocity, and what Nesterov's form goes along."""
        if not self.momentum:
            return ()
        velocity = ("velocity", "{momentum} · {velocity0} + {g} = {velocity}")
        return (velocity, ("direction", "{g} + {momentum} · {velocity} = {d}")) if self.nesterov else (velocity,)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The velocity, where there is momentum."""
        return ("velocity",) if self.momentum else ()

    def bind(self, slots: OptimizerSlots) -> Direction:
        """Make d."""
        gradients = slots.gradients
        calls = gradient_calls(slots, self.clip, self.weight_decay)
        if self.momentum:
            (velocity,) = slots.state
            calls += velocity_calls(velocity, self.momentum, gradients)
            if self.nesterov:
                calls += (
                    partial(np.multiply, velocity, everywhere(self.momentum, velocity), slots.work),
                    partial(np.add, gradients, slots.work, gradients),
                )
            else:
                calls += (partial(gradients.__setitem__, ..., velocity),)
        return lambda coefficients: calls
