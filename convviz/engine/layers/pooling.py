"""What the two pooling layers have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.engine.layers.base import Array, Layer, Shape
from convviz.engine.links import Ends, Indices, Links, windows_read, windows_reading
from convviz.engine.ops import window_geometry
from convviz.engine.settings import setting
from convviz.engine.shapes import Window, padding_text
from convviz.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from convviz.engine.convolution import Geometry


@dataclass(frozen=True)
class Pooling(Layer):
    """A layer that makes one number of the cells under a window, each channel by itself."""

    kernel: Any = setting(
        mark("Window"),
        mark("Rows and columns of the window that becomes one number"),
        "pair",
        (2, 2),
        minimum=1,
        maximum=64,
        step=1,
    )
    stride: Any = setting(
        mark("Stride"),
        mark("How many cells the window moves from one output to the next, down and across"),
        "pair",
        (2, 2),
        minimum=1,
        maximum=64,
        step=1,
    )
    padding: Any = setting(
        mark("Padding"),
        mark("How many cells beyond the map the window may reach on each side; at most half of the window"),
        "padding",
        ((0, 0), (0, 0)),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        window = self.window
        limits = tuple(taps // 2 for taps in window.kernel)
        if any(max(side) > limit for side, limit in zip(window.pads(1, 1), limits, strict=True)):
            raise ConfigError(
                "padding {received} is more than half of the window: up to {expected} is possible",
                field="padding",
                received=padding_text(window.padding),
                expected=limits,
            )

    @property
    def window(self) -> Window:
        """How the window walks over the map."""
        return Window(self.kernel, self.stride, self.padding)

    def output_shape(self, in_shape: Shape) -> Shape:
        """Return ``(C, H', W')``."""
        height, width = self.window.output_size(in_shape[1], in_shape[2])
        return in_shape[0], height, width

    def border_size(self, in_shape: Shape) -> int:
        """Return how many cells the padding puts around all channels."""
        return in_shape[0] * self.window.border(in_shape[1], in_shape[2])

    def unreached(self, in_shape: Shape) -> NDArray[np.bool_]:
        """Return an (H, W) mask of the input, True where no window reads the cells."""
        return ~self.window.reached(in_shape[1], in_shape[2])

    def part(self, in_shape: Shape, rows: slice) -> tuple[Layer, slice] | None:
        """Return the layer with as much padding as some rows need."""
        part = self.window.part(in_shape[1], in_shape[2], rows)
        return part and (self.replace(padding=part[0].padding), part[1])

    def geometry(self, in_shape: Shape) -> Geometry:
        """Return the sizes of a convolution whose windows are the pooling's, each channel by itself."""
        return window_geometry(self.window, in_shape, in_shape[0], in_shape[0])

    def back_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return the links of every cell under each window, with its share in the window's number."""
        ends = windows_read(self._geometry_of(x), cells)
        return Links(ends.owner, ends.cells, self.slopes(x, inputs=ends.cells, outputs=cells[ends.owner]))

    def forward_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return the links to every window over each cell, with the cell's share in it."""
        ends = windows_reading(self._geometry_of(x), cells)
        return Links(ends.owner, ends.cells, self.slopes(x, inputs=cells[ends.owner], outputs=ends.cells))

    @abstractmethod
    def slopes(self, x: Array, inputs: Indices, outputs: Indices) -> Array:
        """Return the derivatives (M,) of ``outputs`` by ``inputs``, both (M, 3) and linked pair by pair."""

    def _geometry_of(self, x: Array) -> Geometry:
        return self.geometry((x.shape[0], x.shape[1], x.shape[2]))

    def _windows_of(self, x: Array, outputs: Indices) -> tuple[Ends, Indices]:
        """Return the cells under each of the different windows among ``outputs``, and which window each output is."""
        windows, which = np.unique(outputs, axis=0, return_inverse=True)
        return windows_read(self._geometry_of(x), windows), which.reshape(-1)
