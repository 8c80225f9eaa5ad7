"""What the two layers with kernels have in common: their settings, and how a kernel can be given."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from convviz.engine.errors import ShapeError, inside
from convviz.engine.initializers import INITIALIZERS, Given, Initializer, Normal, Zeros
from convviz.engine.layers.base import Array, Layer, Shape
from convviz.engine.links import Ends, Indices, Links, at, weight_pairs, windows_read, windows_reading
from convviz.engine.ops import check_groups
from convviz.engine.settings import setting
from convviz.engine.shapes import Window
from convviz.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import DTypeLike

    from convviz.engine.convolution import Geometry


@dataclass(frozen=True)
class FilterLayer(Layer):
    """A layer of kernels that are learned.

    ``kernel`` may be a size, a pair, a matrix (kh, kw), as many matrices (n, kh, kw) as the layer has kernels, if those
    have one channel each or belong to one filter, or a whole weight array; an array becomes ``weight=Given(array)``, so
    that afterwards ``kernel`` is always the pair (kh, kw). ``bias`` may be a number or a
    list of numbers, one for each output channel.
    """

    parametrised: ClassVar[bool] = True
    linear: ClassVar[bool] = True
    #: Which axis of a whole weight array counts the output channels of one group.
    out_axis: ClassVar[int] = 0

    kernel: Any = setting(
        mark("Kernel"),
        mark("Rows and columns of the kernel, the little window of weights that slides over the map"),
        "pair",
        (3, 3),
        minimum=1,
        maximum=64,
        step=1,
    )
    out_channels: int = setting(
        mark("Filters"),
        mark("How many kernels the layer has; each makes one output map"),
        "int",
        1,
        minimum=1,
        maximum=256,
        step=1,
    )
    stride: Any = setting(
        mark("Stride"),
        mark("How many cells the window moves from one output to the next, down and across"),
        "pair",
        (1, 1),
        minimum=1,
        maximum=64,
        step=1,
    )
    padding: Any = setting(
        mark("Padding"),
        mark("Zeros around the map: how many on each side, or enough to keep its size (same) or to use it all (full)"),
        "padding",
        ((0, 0), (0, 0)),
    )
    dilation: Any = setting(
        mark("Dilation"),
        mark("The distance between neighbouring taps of the kernel; 1 leaves no gaps"),
        "pair",
        (1, 1),
        minimum=1,
        maximum=64,
        step=1,
    )
    groups: int = setting(
        mark("Groups"),
        mark("The channels fall into this many groups that do not see each other"),
        "int",
        1,
        minimum=1,
        maximum=256,
        step=1,
    )
    weight: Initializer = setting(
        mark("Initial kernel"),
        mark("How the weights are made before the first step"),
        "spec",
        factory=Normal,
        registry=lambda: INITIALIZERS,
    )
    bias: Any = setting(
        mark("Bias"),
        mark("A number that is added to every output of a filter, and learned with it; none: nothing is added"),
        "spec",
        factory=Zeros,
        registry=lambda: INITIALIZERS,
        optional=True,
    )
    rate: float = setting(
        mark("Rate factor"),
        mark("The learning rate of this layer is the run's times this factor; 0 freezes the layer"),
        "float",
        1.0,
        minimum=0,
        maximum=1000,
        step=0.1,
    )

    def __post_init__(self) -> None:
        self._take_kernel_array()
        if self.bias is not None and not isinstance(self.bias, Initializer):
            object.__setattr__(self, "bias", _given(self.bias, "bias"))
        super().__post_init__()
        _ = self.window  # refuses a padding that does not go with the stride

    @abstractmethod
    def geometry(self, in_shape: Shape) -> Geometry:
        """Return the sizes of the convolution that the layer is, or is the adjoint of."""

    def border_size(self, in_shape: Shape) -> int:
        """Return how many zeros are put around all channels of the convolution's input."""
        geometry = self.geometry(in_shape)
        return geometry.channels * self.window.border(*geometry.size)

    def back_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return the products of each output: the slopes are weights."""
        find = windows_reading if self.adjoint else windows_read
        return self._links(find(self.geometry(_shape(x)), cells), params)

    def forward_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return the windows that use each input: the slopes are weights."""
        find = windows_read if self.adjoint else windows_reading
        return self._links(find(self.geometry(_shape(x)), cells), params)

    def weight_pairs(self, in_shape: Shape, weight: tuple[int, int, int, int]) -> tuple[Indices, Indices]:
        """Return the input and output cells whose products a weight's gradient sums."""
        read, made = weight_pairs(self.geometry(in_shape), weight)
        return (made, read) if self.adjoint else (read, made)

    @property
    def window(self) -> Window:
        """How the kernel walks over the map."""
        return Window(self.kernel, self.stride, self.padding, self.dilation)

    @abstractmethod
    def weight_shape(self, in_shape: Shape) -> tuple[int, int, int, int]:
        """Return the shape of the weights for an input of ``in_shape``."""

    def check_init(self, in_shape: Shape, dtype: DTypeLike = np.float64) -> None:
        """Raise `ShapeError` if a given kernel or bias does not fit, `ConfigError` if ``dtype`` cannot hold it."""
        shapes = {"weight": self.weight_shape(in_shape), "bias": (self.out_channels,)}
        for name, shape in shapes.items():
            initializer = getattr(self, name)
            if initializer is not None:
                with inside(name):
                    initializer.check_shape(shape)
                    initializer.check_format(dtype)

    def init(self, rng: np.random.Generator, in_shape: Shape, dtype: DTypeLike = np.float64) -> dict[str, Array]:
        """Return ``weight`` and, unless there is none, ``bias``, drawn in this order."""
        self.check_init(in_shape, dtype)
        shape = self.weight_shape(in_shape)
        fan_in, fan_out = self.fans(in_shape)
        params: dict[str, Array] = {"weight": self.weight.sample(rng, shape, fan_in, fan_out).astype(dtype)}
        if self.bias is not None:
            params["bias"] = self.bias.sample(rng, (self.out_channels,), fan_in, fan_out).astype(dtype)
        return params

    def fans(self, in_shape: Shape) -> tuple[int, int]:
        """Return the numbers of inputs that one output sums over, and of outputs that one input reaches."""
        area = self.kernel[0] * self.kernel[1]
        return in_shape[0] // self.groups * area, self.out_channels // self.groups * area

    def _check_groups(self, in_shape: Shape) -> None:
        check_groups(in_shape[0], self.out_channels, self.groups)

    @staticmethod
    def _links(ends: Ends, params: Mapping[str, Array]) -> Links:
        return Links(ends.owner, ends.cells, at(params["weight"], ends.weights), ends.weights)

    def _take_kernel_array(self) -> None:
        """Turn a kernel that is given by its numbers into its size and an initialiser."""
        if isinstance(self.kernel, (int, np.integer)) or _is_pair(self.kernel):
            return
        if not isinstance(self.kernel, (Sequence, np.ndarray)) or isinstance(self.kernel, str):
            return  # the check of the setting says what is wrong with it
        given = _given(self.kernel, "kernel")
        shape = given.values.shape
        if len(shape) not in (2, 3, 4):
            raise ShapeError(
                "{name}: expected an array of shape {expected}, received shape {received}",
                field="kernel",
                name="kernel",
                expected="(kh, kw) | (n, kh, kw) | (O, C, kh, kw)",
                received=shape,
            )
        object.__setattr__(self, "weight", given)
        object.__setattr__(self, "kernel", (shape[-2], shape[-1]))
        if len(shape) == 4:
            outputs = shape[self.out_axis] * (self.groups if self.out_axis else 1)
            object.__setattr__(self, "out_channels", outputs)


def _shape(x: Array) -> Shape:
    return x.shape[0], x.shape[1], x.shape[2]


def _is_pair(value: Any) -> bool:
    return isinstance(value, (tuple, list, np.ndarray)) and len(value) == 2 and all(np.ndim(v) == 0 for v in value)


def _given(values: Any, name: str) -> Given:
    with inside(name):
        return Given(values)
