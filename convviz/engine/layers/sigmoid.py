"""The logistic sigmoid."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.layers.activations import Activation
from convviz.engine.memory import aligned
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Array, Call


class Sigmoid(Activation):
    """1 / (1 + e^(−x)), computed from e^(−|x|), which never overflows: 1 / (1 + e) for x ≥ 0, else e / (1 + e)."""

    kind = "sigmoid"
    label = mark("Sigmoid")
    summary = mark("Squeezes every number between 0 and 1 along an S-shaped curve")
    python = "1 / (1 + math.exp(-({x})))"
    latex = r"\frac{{1}}{{1 + e^{{-\left({x}\right)}}}}"

    def calls(self, x: Array, y: Array, dx: Array, dy: Array) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
        """The derivative is y · (1 − y)."""
        one, zero = np.ones((), x.dtype), np.zeros((), x.dtype)
        decay, scratch, top = aligned(x.shape, x.dtype), aligned(x.shape, x.dtype), aligned(x.shape, x.dtype)
        positive = aligned(x.shape, np.bool_)
        return (
            (
                partial(np.abs, x, decay),
                partial(np.negative, decay, decay),
                partial(np.exp, decay, decay),
                partial(np.add, decay, one, scratch),
                partial(np.greater_equal, x, zero, positive),
                partial(np.copyto, top, positive),
                partial(np.maximum, decay, top, out=top),  # e^(−|x|) is at most 1
                partial(np.divide, top, scratch, y),
            ),
            (
                partial(np.subtract, one, y, scratch),
                partial(np.multiply, scratch, y, scratch),
                partial(np.multiply, scratch, dy, dx),
            ),
        )
