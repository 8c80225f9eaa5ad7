"""The hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from convviz.engine.layers.activations import Activation
from convviz.engine.layers.base import BoundLayer, Slots
from convviz.i18n import mark


@dataclass(frozen=True)
class Tanh(Activation):
    """tanh(x)."""

    kind = "tanh"
    label = mark("Tanh")
    summary = mark("Squeezes every number between −1 and 1 along an S-shaped curve")
    python = "math.tanh({x})"
    latex = r"\tanh\left({x}\right)"

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind; the derivative is 1 − y²."""
        x, y, dx, dy = slots.x.flat, slots.y.flat, slots.dx.flat, slots.dy.flat
        one, scratch = np.ones((), x.dtype), np.empty_like(x)
        return BoundLayer(
            forward=(partial(np.tanh, x, y),),
            parameter_backward=(),
            input_backward=(
                partial(np.multiply, y, y, scratch),
                partial(np.subtract, one, scratch, scratch),
                partial(np.multiply, scratch, dy, dx),
            ),
        )
