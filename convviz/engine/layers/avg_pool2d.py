"""Average pooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from convviz.engine.convolution import Operands, bind
from convviz.engine.layers.base import Array, BoundLayer, Buffer, Shape, Slots
from convviz.engine.layers.pooling import Pooling
from convviz.engine.ops import window_geometry
from convviz.engine.settings import setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.links import Indices


@dataclass(frozen=True)
class AvgPool2d(Pooling):
    """The mean of the cells under a window: a convolution of each channel by a kernel of equal numbers."""

    kind = "avg_pool2d"
    label = mark("Average pooling")
    summary = mark("Makes one number of every window: the mean of its cells")
    linear: ClassVar[bool] = True

    count_padding: bool = setting(
        mark("Count the padding"),
        mark("Whether the zeros of the padding count as cells when the mean is taken"),
        "bool",
        True,
    )

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind the convolution; where the border does not count, its sums are divided by the cells that do."""
        x = slots.x.array
        in_shape: Shape = (x.shape[0], x.shape[1], x.shape[2])
        taps = self.kernel[0] * self.kernel[1]
        error = slots.dy if self.count_padding else Buffer(slots.dy.array.shape, x.dtype)
        operands = Operands(
            x=slots.x,
            y=slots.y,
            dx=slots.dx,
            dy=error,
            weight=np.full((x.shape[0], taps), 1 / taps if self.count_padding else 1, x.dtype),
            dweight=np.empty(0, x.dtype),
        )
        bound = bind(self.geometry(in_shape), operands)
        forward, input_backward = (*bound.unfold(), *bound.product()), bound.input_grad()
        if not self.count_padding:
            share = self._shares(in_shape).astype(x.dtype)
            forward = (*forward, partial(np.multiply, slots.y.array, share, slots.y.array))
            input_backward = (partial(np.multiply, slots.dy.array, share, error.array), *input_backward)
        return BoundLayer(forward, (), input_backward)

    def slopes(self, x: Array, inputs: Indices, outputs: Indices) -> Array:
        """Return 1 / (number of cells that count) of each output's window, (M,)."""
        if self.count_padding:
            return np.full(len(outputs), 1 / (self.kernel[0] * self.kernel[1]), x.dtype)
        windows, which = self._windows_of(x, outputs)
        shares: Array = (1 / np.bincount(windows.owner))[which]
        return shares

    def _shares(self, in_shape: Shape) -> Array:
        """Return 1 / (number of cells on the map) for every window, (H', W')."""
        axes = window_geometry(self.window, in_shape, 1, 1).axes
        down, across = (np.count_nonzero(axis.cells() >= 0, axis=0) for axis in axes)
        shares: Array = 1 / np.multiply.outer(down, across)
        return shares
