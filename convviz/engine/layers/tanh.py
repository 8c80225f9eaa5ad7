"""The hyperbolic tangent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.layers.activations import Activation
from convviz.engine.memory import aligned
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Array, Call


class Tanh(Activation):
    """tanh(x)."""

    kind = "tanh"
    label = mark("Tanh")
    summary = mark("Squeezes every number between −1 and 1 along an S-shaped curve")
    python = "math.tanh({x})"
    latex = r"\tanh\left({x}\right)"

    def calls(self, x: Array, y: Array, dx: Array, dy: Array) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
        """The derivative is 1 − y²."""
        one, scratch = np.ones((), x.dtype), aligned(x.shape, x.dtype)
        return (
            (partial(np.tanh, x, y),),
            (
                partial(np.multiply, y, y, scratch),
                partial(np.subtract, one, scratch, scratch),
                partial(np.multiply, scratch, dy, dx),
            ),
        )
