"""The leaky rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from convviz.engine.layers.activations import Activation
from convviz.engine.layers.base import BoundLayer, Slots
from convviz.engine.settings import setting
from convviz.i18n import mark


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """x where it is positive, ``slope`` · x elsewhere; its derivative at 0 is taken to be ``slope``."""

    kind = "leaky_relu"
    label = mark("Leaky ReLU")
    summary = mark("Lets positive numbers through and makes negative ones small, so that no unit dies")
    python = "max({x}, {slope} * {x})"
    latex = r"\max\left({x},\, {slope} \cdot {x}\right)"

    slope: float = setting(
        mark("Slope"), mark("What negative numbers are multiplied by"), "float", 0.01, minimum=0, maximum=1, step=0.01
    )

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind; with a slope of at most 1 the larger branch is the right one, and so is the larger derivative."""
        x, y, dx, dy = slots.x.flat, slots.y.flat, slots.dx.flat, slots.dy.flat
        slope, zero = np.full_like(x, self.slope), np.zeros((), x.dtype)
        positive, factor = np.empty(x.shape, np.bool_), np.empty_like(x)
        return BoundLayer(
            forward=(partial(np.multiply, x, slope, y), partial(np.maximum, x, y, out=y)),
            parameter_backward=(),
            input_backward=(
                partial(np.greater, x, zero, positive),
                partial(np.copyto, factor, positive),
                partial(np.maximum, factor, slope, out=factor),
                partial(np.multiply, dy, factor, dx),
            ),
        )
