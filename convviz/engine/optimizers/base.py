"""What every optimizer is: a frozen spec that knows its state and binds itself to the network's one vector.

The parameters of all layers lie in one vector, their gradients in another, and so does whatever an optimizer remembers
from step to step. It is bound to that memory once and makes its share of a step as calls without arguments, like a
layer: they turn the gradients, in place, into the *direction* that the trainer goes against.

Numbers that differ from step to step are the step's *coefficients*; `coefficients` makes those of many steps at once.
The first is the length of the step: the trainer's update is parameters − length · direction. The others (Adam's second
bias correction) are the optimizer's own.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.engine.memory import everywhere
from convviz.engine.settings import Spec, setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Call

Array = NDArray[Any]
#: From one step's coefficients, each spread over a vector (P,), to the calls of that step that make the direction.
Direction = Callable[[tuple[Array, ...]], "tuple[Call, ...]"]


class OptimizerSlots(NamedTuple):
    """The memory that an optimizer is bound to; all vectors are (P,) and of one dtype.

    Attributes
    ----------
    parameters
        Read, never written: the trainer subtracts the update.
    gradients
        Read, and turned into the direction; the next step fills it anew.
    state
        One vector for each of `Optimizer.state_names`; zero before the first step.
    work
        Working space.
    """

    parameters: Array
    gradients: Array
    state: tuple[Array, ...]
    work: Array


def learning_rate_setting(default: float) -> Any:
    """Return the field of the learning rate, whose useful values differ from one optimizer to another."""
    return setting(
        mark("Learning rate"),
        mark("How far each step goes against the gradient: too small is slow, too large diverges"),
        "float",
        default,
        minimum=1e-12,
        maximum=1e3,
        logarithmic=True,
        live=True,
    )


@dataclass(frozen=True)
class Optimizer(Spec):
    """How the gradients change the parameters."""

    learning_rate: float = learning_rate_setting(1e-3)

    @property
    def state_names(self) -> tuple[str, ...]:
        """What is remembered from step to step: one vector like the parameters for each name."""
        return ()

    @property
    @abstractmethod
    def formula(self) -> str:
        """How a parameter w becomes the next one, with g its gradient and η the rate."""

    @property
    def workings(self) -> tuple[tuple[str, str], ...]:
        """How this step makes the state and the direction of one parameter: (name, arithmetic) line by line.

        In braces stand the numbers: a setting by its name, ``g`` for the gradient, clipped and with its decay, a state
        by its name, with a 0 behind it for what it was before, ``d`` for the direction, ``t`` for the number of the
        step from 1. What comes before the last '=' can be computed.
        """
        return ()

    #: How many coefficients a step has.
    coefficient_count: ClassVar[int] = 1

    def coefficients(self, first: int, rates: Array) -> Array:
        """Return the coefficients (K, coefficient_count) of the steps from ``first`` on, whose rates (K,) are given."""
        return rates[:, np.newaxis]

    @abstractmethod
    def bind(self, slots: OptimizerSlots) -> Direction:
        """Return what makes the calls of one step, which leave the direction in ``slots.gradients``."""


def weight_decay_setting() -> Any:
    """Return the field that `gradient_calls` takes as ``weight_decay``."""
    return setting(
        mark("Weight decay"),
        mark("Pulls every parameter towards zero: this share of it is added to its gradient; 0 is off"),
        "float",
        0.0,
        minimum=0,
        maximum=10,
        step=0.01,
    )


def momentum_setting() -> Any:
    """Return the field of an optimizer that keeps some of its movement."""
    return setting(
        mark("Momentum"),
        mark("How much of the last step's movement is kept: 0 is none, 0.9 makes steps up to ten times as long"),
        "float",
        0.0,
        minimum=0,
        maximum=0.9999,
        step=0.05,
    )


def epsilon_setting() -> Any:
    """Return the field of the number that keeps a division from being by zero."""
    return setting(
        mark("Epsilon"),
        mark("Keeps the denominator from being zero"),
        "float",
        1e-8,
        minimum=1e-16,
        maximum=1,
        logarithmic=True,
    )


def clip_setting() -> Any:
    """Return the field that `gradient_calls` takes as ``clip``."""
    return setting(
        mark("Gradient clipping"),
        mark("A gradient whose norm over all parameters is above this is scaled down to it; 0 is off"),
        "float",
        0.0,
        minimum=0,
        maximum=1e9,
        step=1,
    )


def gradient_calls(slots: OptimizerSlots, clip: float, weight_decay: float) -> tuple[Call, ...]:
    """Return the calls that clip the gradient to the norm ``clip`` and then add the decay, as PyTorch does."""
    calls: list[Call] = []
    if clip:
        calls += _clip_calls(slots.gradients, clip)
    if weight_decay:
        decay = everywhere(weight_decay, slots.work)
        calls += (
            partial(np.multiply, slots.parameters, decay, slots.work),
            partial(np.add, slots.gradients, slots.work, slots.gradients),
        )
    return tuple(calls)


def velocity_calls(velocity: Array, momentum: float, gradients: Array) -> tuple[Call, ...]:
    """Return the calls that make the velocity v ← μ v + g."""
    return (
        partial(np.multiply, velocity, everywhere(momentum, velocity), velocity),
        partial(np.add, velocity, gradients, velocity),
    )


def _clip_calls(gradients: Array, clip: float) -> tuple[Call, ...]:
    """Multiply by min(1, clip / (‖g‖ + 1e-6)), the factor of PyTorch's ``clip_grad_norm_``."""
    dtype = gradients.dtype
    limit, small, one = (np.asarray(number, dtype) for number in (clip, 1e-6, 1.0))
    factor = np.zeros((), dtype)
    return (
        partial(np.vecdot, gradients, gradients, factor),
        partial(np.sqrt, factor, factor),
        partial(np.add, factor, small, factor),
        partial(np.divide, limit, factor, factor),
        partial(np.minimum, factor, one, out=factor),
        partial(np.multiply, gradients, np.broadcast_to(factor, gradients.shape), gradients),
    )
