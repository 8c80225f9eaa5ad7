"""The convolutional layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.engine.convolution import Calls, Geometry, Operands, bind, takes_order, wished_order
from convviz.engine.layers.base import Array, BoundLayer, Layer, Shape, Slots
from convviz.engine.layers.filters import FilterLayer
from convviz.engine.memory import run
from convviz.engine.ops import weight_view, window_geometry
from convviz.i18n import mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from convviz.engine.memory import Order


class Conv2d(FilterLayer):
    """Convolution (cross-correlation) by kernels that are learned.

    Parameters are ``weight`` (O, C / groups, kh, kw) and, unless ``bias`` is None, ``bias`` (O,).
    """

    kind = "conv2d"
    label = mark("Convolution")
    summary = mark("Slides kernels over the map; each output is the sum of the products under the kernel")

    def output_shape(self, in_shape: Shape) -> Shape:
        """Return ``(out_channels, H', W')``."""
        self._check_groups(in_shape)
        height, width = self.window.output_size(in_shape[1], in_shape[2])
        return self.out_channels, height, width

    def weight_shape(self, in_shape: Shape) -> tuple[int, int, int, int]:
        """Return ``(O, C / groups, kh, kw)``."""
        self._check_groups(in_shape)
        return self.out_channels, in_shape[0] // self.groups, *self.kernel

    def parameter_size(self, in_shape: Shape) -> int:
        """Return the number of weights and biases."""
        return self.out_channels * (self.geometry(in_shape).taps + (self.bias is not None))

    def parameter_views(self, flat: Array, in_shape: Shape) -> dict[str, Array]:
        """Return ``weight`` and ``bias``: a row for each filter, its bias behind its weights."""
        rows = flat.reshape(*flat.shape[:-1], self.out_channels, -1)
        views = {"weight": weight_view(rows, self.geometry(in_shape))}
        return views if self.bias is None else {**views, "bias": rows[..., -1]}

    def geometry(self, in_shape: Shape) -> Geometry:
        """Return the sizes of the convolution for an input of ``in_shape``."""
        self._check_groups(in_shape)
        return window_geometry(self.window, in_shape, self.out_channels, self.groups)

    def unreached(self, in_shape: Shape) -> NDArray[np.bool_]:
        """Return an (H, W) mask of the input, True where no window reads the cells."""
        return ~self.window.reached(in_shape[1], in_shape[2])

    def part(self, in_shape: Shape, rows: slice) -> tuple[Layer, slice] | None:
        """Return the layer with as much padding as some rows need."""
        part = self.window.part(in_shape[1], in_shape[2], rows)
        return part and (self.replace(padding=part[0].padding), part[1])

    def wished_order(self, in_shape: Shape, dtype: np.dtype[Any]) -> Order | None:
        """Return the order of the phases of the way back, or of their columns."""
        return wished_order(self.geometry(in_shape), dtype.itemsize)

    def takes_order(self, in_shape: Shape, dtype: np.dtype[Any], order: Order, constant_input: bool) -> bool:
        """Return whether the map is small, or an input unfolded once and for all."""
        return takes_order(self.geometry(in_shape), dtype.itemsize, order, constant_input)

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind the convolution; a constant input is unfolded here and never again."""
        operands = Operands(
            x=slots.x,
            y=slots.y,
            dx=slots.dx,
            dy=slots.dy,
            weight=slots.parameters.reshape(self.out_channels, -1),
            dweight=slots.gradients.reshape(self.out_channels, -1),
            bias=self.bias is not None,
            constant=slots.constant_input,
            ended_weight=slots.ended_parameters if self.out_channels == 1 else None,
        )
        bound = bind(self.geometry(slots.x.shape), operands)
        unfold = bound.unfold()
        if slots.constant_input:
            run(unfold)
            unfold = ()

        def difference(target: Array, out: Array) -> Calls | None:
            product = bound.difference(target, out)
            return None if product is None else (*unfold, *product)

        return BoundLayer((*unfold, *bound.product()), bound.weight_grad(), bound.input_grad(), difference)
