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
        """An error goes through where ``y`` is not zero: its bits are multiplied by 1 or 0, as whole numbers.

        No bit of a zero is set, so the smaller of 1 and the bits of ``y`` is that factor. With numbers instead of bits
        there is a comparison, and one more pass to make numbers of what it returns. Operands are whole arrays because
        NumPy is several times slower at a single zero or one.
        """
        bits = np.dtype(f"u{x.itemsize}")
        zeros, factor, ones = aligned(x.shape, x.dtype), aligned(x.shape, bits), aligned(x.shape, bits)
        ones[:] = 1
        return (
            (partial(np.maximum, x, zeros, out=y),),
            (
                partial(np.minimum, y.view(bits), ones, out=factor),
                partial(np.multiply, dy.view(bits), factor, dx.view(bits)),
            ),
        )
