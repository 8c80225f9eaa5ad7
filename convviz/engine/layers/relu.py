"""The rectified linear unit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.layers.activations import Activation
from convviz.engine.memory import aligned
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Array, Call


class ReLU(Activation):
    """max(x, 0); its derivative at 0 is taken to be 0."""

    kind = "relu"
    label = mark("ReLU")
    summary = mark("Lets positive numbers through and makes negative ones zero")
    python = "max({x}, 0.0)"
    latex = r"\max\left({x},\, 0\right)"

    def calls(self, x: Array, y: Array, dx: Array, dy: Array) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
        """Zeros are compared with, and bytes become numbers: NumPy is several times slower at one zero, and at bool."""
        zeros, factor = aligned(x.shape, x.dtype), aligned(x.shape, x.dtype)
        positive = aligned(x.shape, np.bool_)
        return (
            (partial(np.maximum, x, zeros, out=y),),
            (
                partial(np.greater, y, zeros, positive),
                partial(np.copyto, factor, positive.view(np.int8)),
                partial(np.multiply, dy, factor, dx),
            ),
        )
