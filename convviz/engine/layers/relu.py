"""The rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from convviz.engine.layers.activations import Activation
from convviz.engine.layers.base import BoundLayer, Slots
from convviz.i18n import mark


@dataclass(frozen=True)
class ReLU(Activation):
    """max(x, 0); its derivative at 0 is taken to be 0."""

    kind = "relu"
    label = mark("ReLU")
    summary = mark("Lets positive numbers through and makes negative ones zero")

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind; the sign of the output, 0 or 1, is the derivative."""
        x, y, dx, dy = slots.x.flat, slots.y.flat, slots.dx.flat, slots.dy.flat
        open_ = np.empty_like(y)
        return BoundLayer(
            forward=(partial(np.maximum, x, np.zeros((), x.dtype), out=y),),
            parameter_backward=(),
            input_backward=(partial(np.sign, y, open_), partial(np.multiply, dy, open_, dx)),
        )
