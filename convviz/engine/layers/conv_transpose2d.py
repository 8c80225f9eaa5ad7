"""The transposed convolutional layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from convviz.engine.convolution import Geometry, Operands, bind
from convviz.engine.errors import ConfigError
from convviz.engine.layers.base import Array, BoundLayer, Shape, Slots
from convviz.engine.layers.filters import FilterLayer
from convviz.engine.ops import weight_view
from convviz.engine.settings import setting
from convviz.engine.shapes import transposed_size
from convviz.i18n import mark

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ConvTranspose2d(FilterLayer):
    """The adjoint of a convolution: every input cell spreads its kernel-shaped share over the output.

    What goes forward in `Conv2d` goes backward here and the other way round, so both are the same calls on the same
    kernels. Parameters are ``weight`` (C, O / groups, kh, kw), as in PyTorch, and ``bias`` (O,).
    """

    kind = "conv_transpose2d"
    label = mark("Transposed convolution")
    summary = mark("Spreads every input cell over the output by a kernel; a stride above 1 makes the map larger")
    out_axis: ClassVar[int] = 1
    adjoint: ClassVar[bool] = True

    output_padding: Any = setting(
        mark("Output padding"),
        mark("Extra rows and columns at the bottom and right, to choose among the sizes that the stride allows"),
        "pair",
        (0, 0),
        minimum=0,
        maximum=63,
        step=1,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        limits = tuple(max(pair) - 1 for pair in zip(self.stride, self.dilation, strict=True))
        if self.output_padding[0] > limits[0] or self.output_padding[1] > limits[1]:
            raise ConfigError(
                "output padding {received} is too large: up to {expected} is possible with this stride and dilation",
                field="output_padding",
                received=self.output_padding,
                expected=limits,
            )

    def output_shape(self, in_shape: Shape) -> Shape:
        """Return ``(out_channels, H', W')``."""
        self._check_groups(in_shape)
        height, width = transposed_size(self.window, self.output_padding, in_shape[1], in_shape[2])
        return self.out_channels, height, width

    def weight_shape(self, in_shape: Shape) -> tuple[int, int, int, int]:
        """Return ``(C, O / groups, kh, kw)``."""
        self._check_groups(in_shape)
        return in_shape[0], self.out_channels // self.groups, *self.kernel

    def parameter_size(self, in_shape: Shape) -> int:
        """Return the number of weights and biases."""
        return int(np.prod(self.weight_shape(in_shape))) + (self.out_channels if self.bias is not None else 0)

    def parameter_views(self, flat: Array, in_shape: Shape) -> dict[str, Array]:
        """Return ``weight`` and ``bias``; all biases lie behind all weights."""
        weight, bias = self._split(flat, in_shape)
        views = {"weight": weight_view(weight, self.geometry(in_shape))}
        return views if self.bias is None else {**views, "bias": bias}

    def geometry(self, in_shape: Shape) -> Geometry:
        """Return the sizes of the convolution of which this layer is the adjoint: its input is this layer's output."""
        out_channels, height, width = self.output_shape(in_shape)
        (top, _), (left, _) = self.window.pads(height, width)
        return Geometry(
            channels=out_channels,
            size=(height, width),
            out_channels=in_shape[0],
            out_size=(in_shape[1], in_shape[2]),
            kernel=self.kernel,
            stride=self.stride,
            before=(top, left),
            dilation=self.dilation,
            groups=self.groups,
        )

    def unreached(self, in_shape: Shape) -> NDArray[np.bool_]:
        """Return an (H, W) mask of the input, True where all shares land on the border that is cut off."""
        _, height, width = self.output_shape(in_shape)
        return ~self.window.reads(height, width)[: in_shape[1], : in_shape[2]]

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind the adjoint convolution, and the bias beside it."""
        in_shape: Shape = slots.x.array.shape
        weight, bias = self._split(slots.parameters, in_shape)
        dweight, dbias = self._split(slots.gradients, in_shape)
        operands = Operands(x=slots.dy, y=slots.dx, dx=slots.y, dy=slots.x, weight=weight, dweight=dweight)
        bound = bind(self.geometry(in_shape), operands)
        forward, parameter_backward = bound.input_grad(), (*bound.unfold(), *bound.weight_grad())
        if self.bias is not None:
            y, dy = (buffer.flat.reshape(self.out_channels, -1) for buffer in (slots.y, slots.dy))
            forward = (*forward, partial(np.add, y, bias[:, None], y))
            parameter_backward = (*parameter_backward, partial(dy.dot, np.ones(dy.shape[1], dy.dtype), dbias))
        return BoundLayer(forward, parameter_backward, bound.product())

    def _split(self, flat: Array, in_shape: Shape) -> tuple[Array, Array]:
        shape = self.weight_shape(in_shape)
        weights = int(np.prod(shape))
        return flat[..., :weights].reshape(*flat.shape[:-1], shape[0], -1), flat[..., weights:]
