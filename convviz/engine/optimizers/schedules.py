"""How the learning rate changes over the steps. Step 0 is the first update."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.settings import Spec, setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Schedule(Spec):
    """A learning rate for every step, from the one that is set."""

    @abstractmethod
    def rate_at(self, base: float, step: int) -> float:
        """Return the rate of update ``step`` (from 0) where ``base`` is the learning rate that is set."""

    def rates(self, base: float, first: int, count: int) -> NDArray[np.float64]:
        """Return the rates of ``count`` updates from ``first`` on."""
        return np.array([self.rate_at(base, step) for step in range(first, first + count)], np.float64)


class ConstantRate(Schedule):
    """The learning rate as it is set."""

    kind = "constant"
    label = mark("Constant")
    summary = mark("The learning rate stays as it is set")

    def rate_at(self, base: float, step: int) -> float:
        """Return ``base``."""
        return base

    def rates(self, base: float, first: int, count: int) -> NDArray[np.float64]:
        """Return ``base``, ``count`` times."""
        return np.full(count, base, np.float64)


@dataclass(frozen=True)
class StepRate(Schedule):
    """base · factor^⌊step / every⌋, as ``torch.optim.lr_scheduler.StepLR``."""

    kind = "step"
    label = mark("In steps")
    summary = mark("The learning rate is multiplied by a factor after every so many steps")

    every: int = setting(
        mark("Every"),
        mark("After how many steps the rate changes"),
        "int",
        500,
        minimum=1,
        maximum=10**9,
        step=100,
        unit=mark("steps"),
    )
    factor: float = setting(
        mark("Factor"), mark("What the rate is multiplied by"), "float", 0.5, minimum=0.001, maximum=1, step=0.05
    )

    def rate_at(self, base: float, step: int) -> float:
        """Return base · factor^⌊step / every⌋."""
        return float(base * self.factor ** (step // self.every))


@dataclass(frozen=True)
class CosineRate(Schedule):
    """floor + (base − floor) (1 + cos(π step / period)) / 2.

    Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, ICLR 2017, equation 5, in the form of
    ``torch.optim.lr_scheduler.CosineAnnealingLR``: after the period the rate rises again.
    """

    kind = "cosine"
    label = mark("Cosine")
    summary = mark("The learning rate falls along half a cosine wave, then rises again, and so on")

    period: int = setting(
        mark("Period"),
        mark("How many steps it takes from the learning rate down to the floor"),
        "int",
        2000,
        minimum=1,
        maximum=10**9,
        step=100,
        unit=mark("steps"),
    )
    floor: float = setting(
        mark("Floor"),
        mark("The lowest rate, reached at the end of each period"),
        "float",
        0.0,
        minimum=0,
        maximum=1e3,
        step=1e-5,
    )

    def rate_at(self, base: float, step: int) -> float:
        """Return floor + (base − floor) (1 + cos(π step / period)) / 2."""
        return self.floor + (base - self.floor) * (1.0 + math.cos(math.pi * step / self.period)) / 2.0
