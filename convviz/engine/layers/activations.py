"""What the layers that treat every number by itself have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from convviz.engine.layers.base import Array, Layer, Shape
from convviz.engine.links import Indices, Links, at

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Activation(Layer):
    """A layer that changes every number by itself, so the shape stays."""

    #: What becomes of a number x, as Python with ``math`` and as LaTeX; x and the layer's settings are named in braces.
    python: ClassVar[str]
    latex: ClassVar[str]

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
