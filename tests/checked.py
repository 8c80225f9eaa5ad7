"""Experiments to check: wrong, kinked, and held up on demand."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace

from convviz.engine.initializers import Zeros
from convviz.engine.layers import Conv2d, ReLU, Tanh
from convviz.engine.layers.base import BoundLayer
from convviz.engine.stopping import StopConditions
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import RandomMap
from tests.patience import PATIENCE


@dataclass(frozen=True)
class WrongConv(Conv2d):
    """A convolution whose gradients are a thousandth too large."""

    def bind(self, slots):
        bound = super().bind(slots)

        def spoil(array):
            array[...] *= 1.001

        return BoundLayer(
            bound.forward,
            (*bound.parameter_backward, lambda: spoil(slots.gradients)),
            (*bound.input_backward, lambda: spoil(slots.dx.flat)),
        )


@dataclass(frozen=True)
class WrongTanh(Tanh):
    """A layer that is not linear and whose way back is a thousandth too large."""

    def bind(self, slots):
        bound = super().bind(slots)

        def spoil():
            slots.dx.flat[...] *= 1.001

        return replace(bound, input_backward=(*bound.input_backward, spoil))


class Barrier:
    """Holds up every layer of `HeldConv` while it is down, and knows whether one has come to it."""

    def __init__(self):
        self._open = threading.Event()
        self._open.set()
        self.reached = threading.Event()

    @contextmanager
    def down(self):
        self.reached.clear()
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def raise_again(self):
        self._open.set()

    def pass_by(self):
        if not self._open.is_set():
            self.reached.set()
            assert self._open.wait(PATIENCE)


BARRIER = Barrier()


@dataclass(frozen=True)
class HeldConv(Conv2d):
    """A convolution that stops before the barrier."""

    def bind(self, slots):
        bound = super().bind(slots)
        return replace(bound, forward=(BARRIER.pass_by, *bound.forward))


@dataclass(frozen=True)
class HeldBuild(Conv2d):
    """A convolution that stops before the barrier while it is built."""

    def bind(self, slots):
        BARRIER.pass_by()
        return super().bind(slots)


def experiment(*layers, size=12, steps=2000):
    """Return an experiment with these student layers, or two convolutions."""
    stack = layers or (Conv2d(kernel=3), Conv2d(kernel=4, stride=2))
    return Experiment(
        input=RandomMap(size=(size, size)),
        stages=tuple(Stage(layer=layer) for layer in stack),
        stop=StopConditions(steps=steps),
    )


def kinked():
    """Return an experiment whose ReLU stands at 0 everywhere."""
    return experiment(Conv2d(kernel=1, weight=Zeros()), ReLU(), Conv2d(kernel=2))


def wrong():
    """Return an experiment whose second layer is wrong."""
    return experiment(Conv2d(kernel=3), WrongConv(kernel=2))


def wrong_between():
    """Return an experiment with a wrong layer that has no adjoint identity."""
    return experiment(Conv2d(kernel=3), Conv2d(kernel=2), WrongTanh(), Conv2d(kernel=2))


def held(channels=8):
    """Return an experiment of many parameters that can be held up."""
    return experiment(Conv2d(kernel=3, out_channels=channels), HeldConv(kernel=3))


def held_while_built():
    """Return an experiment that can be held up while it is built."""
    return experiment(Conv2d(kernel=3), HeldBuild(kernel=3))
