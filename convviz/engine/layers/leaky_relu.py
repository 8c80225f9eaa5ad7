"""The leaky rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.layers.activations import Activation
from convviz.engine.memory import aligned
from convviz.engine.settings import setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Array, Call


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

    def calls(self, x: Array, y: Array, dx: Array, dy: Array) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
        """With a slope of at most 1 the larger branch is the right one, and so is the larger derivative."""
        slope, zero = np.full_like(x, self.slope), np.zeros((), x.dtype)
        positive, factor = aligned(x.shape, np.bool_), aligned(x.shape, x.dtype)
        return (
            (partial(np.multiply, x, slope, y), partial(np.maximum, x, y, out=y)),
            (
                partial(np.greater, x, zero, positive),
                partial(np.copyto, factor, positive.view(np.int8)),
                partial(np.maximum, factor, slope, out=factor),
                partial(np.multiply, dy, factor, dx),
            ),
        )
