"""What the layers that treat every number by itself have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from convviz.engine.layers.base import Array, BoundLayer, Call, Layer, Shape, Slots
from convviz.engine.links import Indices, Links, at

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How many numbers are treated at a time: what one call writes is still in the cache for the next.
_PIECE = 1 << 16


class Activation(Layer):
    """A layer that changes every number by itself, so the shape stays."""

    pointwise: ClassVar[bool] = True
    #: What becomes of a number x, as Python with ``math`` and as LaTeX; x and the layer's settings are named in braces.
    python: ClassVar[str]
    latex: ClassVar[str]

    @abstractmethod
    def calls(self, x: Array, y: Array, dx: Array, dy: Array) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
        """Return the calls that fill ``y`` from ``x``, and those that then fill ``dx`` from ``dy``; all are (N,)."""

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind, piece by piece."""
        buffers = (slots.x, slots.y, slots.dx, slots.dy)
        size = slots.x.flat.size
        most = size if 0 < size <= 2 * _PIECE else _PIECE
        pieces = [
            self.calls(*(buffer.flat[start : start + most] for buffer in buffers)) for start in range(0, size, most)
        ]
        forward, backward = ([call for piece in pieces for call in piece[way]] for way in (0, 1))
        return BoundLayer(tuple(forward), (), tuple(backward))

    def output_shape(self, in_shape: Shape) -> Shape:
        """Return ``in_shape``."""
        return in_shape

    def back_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return each cell's link to the cell in the same place; its slope is the derivative there."""
        numbers = np.ascontiguousarray(at(x, cells)).reshape(1, 1, -1)
        _, cache = self.forward({}, numbers)
        slope, _ = self.backward({}, cache, np.ones_like(numbers))
        return Links(np.arange(len(cells)), cells, slope.reshape(-1))

    def forward_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return the same links, which look alike from both ends."""
        return self.back_links(params, x, y, cells)
