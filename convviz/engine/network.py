"""A stack of layers: its shapes, its parameters as one vector, and the calls of one forward and backward pass.

`Network` is the description; `Network.bind` gives it memory for one input. In that memory the parameters of all layers
lie in one vector and their gradients in another, each layer writes where the next one reads, and a pass is nothing but
a tuple of calls without arguments. Layers before the first that learns compute the same at every step: they are run
once, at binding, and nothing is propagated back through them unless somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.arrays import float_format, shape_of
from convviz.engine.errors import ConfigError, ShapeError, inside
from convviz.engine.layers.base import Layer, Slots
from convviz.engine.memory import Array, Buffer, Call, run
from convviz.engine.settings import check_items, check_type

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from convviz.engine.memory import Order
    from convviz.engine.shapes import Shape

#: One mapping per layer, from name (``weight``, ``bias``) to array; empty for a layer without parameters.
Parameters = Sequence[Mapping[str, Array]]


class Network:
    """Layers that fit one another, for inputs of one shape and numbers of one format.

    Attributes
    ----------
    layers : tuple of Layer
    shapes : tuple of (C, H, W), one more than layers
        Of the input and of each layer's output.
    dtype
        float64 or float32.
    size
        How many numbers all layers together learn.

    Raises
    ------
    ShapeError, ConfigError
        Where a layer does not fit what comes into it (``field`` names the layer), or the dtype is neither of the two.
    """

    def __init__(self, layers: Sequence[Layer], in_shape: Shape, dtype: DTypeLike = np.float64) -> None:
        self.layers: tuple[Layer, ...] = check_items(layers, "layers")
        self.dtype = float_format(dtype)
        if not self.layers:
            raise ConfigError("expected at least one layer, received none", field="layers")
        channels, height, width = shape_of(in_shape, 3, "input")
        shapes = [(channels, height, width)]
        for index, layer in enumerate(self.layers):
            check_type(layer, Layer, f"layers[{index}]")
            with inside(f"layers[{index}]"):
                shapes.append(layer.output_shape(shapes[-1]))
        self.shapes = tuple(shapes)
        sizes = [layer.parameter_size(shape) for layer, shape in zip(self.layers, shapes, strict=False)]
        ends = list(accumulate(sizes, initial=0))
        self.stretches = tuple(slice(begin, end) for begin, end in pairwise(ends))
        self.size = ends[-1]

    @property
    def first_learning(self) -> int:
        """The index of the first layer that has parameters; the number of layers if none has."""
        return next((i for i, layer in enumerate(self.layers) if layer.parametrised), len(self.layers))

    def orders(self) -> tuple[Order | None, ...]:
        """Return the order in memory of the input and of each layer's output; None: row by row.

        A map is stored as the layer that reads it wishes, if the layer that computes it, and the elementwise layers in
        between, can write that order at no cost. The input and the last output are always stored row by row.
        """
        orders: list[Order | None] = [None] * len(self.shapes)
        first = self.first_learning
        for reader in range(first + 1, len(self.layers)):
            maker = reader - 1
            while maker > first and self.layers[maker].pointwise:
                maker -= 1
            wished = self.layers[reader].wished_order(self.shapes[reader], self.dtype)
            if wished is None or maker < first:
                continue
            if self.layers[maker].takes_order(self.shapes[maker], self.dtype, wished, constant_input=maker == first):
                orders[maker + 1 : reader + 1] = [wished] * (reader - maker)
        return tuple(orders)

    def rate_scales(self) -> Array:
        """Return the factor on the learning rate of every parameter (size,)."""
        scales = np.ones(self.size, self.dtype)
        for layer, stretch in zip(self.layers, self.stretches, strict=True):
            scales[stretch] = getattr(layer, "rate", 1.0)
        return scales

    def views(self, flat: Array) -> tuple[dict[str, Array], ...]:
        """Return each layer's named views into ``flat`` (..., size)."""
        return tuple(
            layer.parameter_views(flat[..., stretch], shape)
            for layer, stretch, shape in zip(self.layers, self.stretches, self.shapes, strict=False)
        )

    def pack(self, parameters: Parameters) -> Array:
        """Return the parameters of all layers as one new vector (size,).

        Raises
        ------
        ShapeError
            Where a layer's parameters are not the ones it has, by name or by shape.
        """
        flat = np.zeros(self.size, self.dtype)
        if len(parameters) != len(self.layers):
            raise ShapeError(
                "expected parameters for {expected} layers, received them for {received}",
                expected=len(self.layers),
                received=len(parameters),
            )
        for index, (views, given) in enumerate(zip(self.views(flat), parameters, strict=True)):
            place = f"layers[{index}]"
            if set(views) != set(given):
                raise ShapeError(
                    "layer {index}: expected the parameters {expected}, received {received}",
                    field=place,
                    index=index,
                    expected=", ".join(sorted(views)) or "–",
                    received=", ".join(sorted(map(str, given))) or "–",
                )
            for name, view in views.items():
                place = f"layers[{index}].{name}"
                if np.shape(given[name]) != view.shape:
                    raise ShapeError(
                        "layer {index}, {name}: expected shape {expected}, received {received}",
                        field=place,
                        index=index,
                        name=name,
                        expected=view.shape,
                        received=np.shape(given[name]),
                    )
                view[...] = given[name]
        return flat

    def init(self, rng: np.random.Generator) -> tuple[dict[str, Array], ...]:
        """Return initial parameters for every layer, drawn one layer after the other from ``rng``."""
        return tuple(layer.init(rng, shape, self.dtype) for layer, shape in zip(self.layers, self.shapes, strict=False))

    def bind(self, x: Array, parameters: Array) -> BoundNetwork:
        """Return the network in memory of its own, for the input ``x`` of the shape ``shapes[0]``.

        It reads the parameters (size,) from the vector that is given, whatever is written to that later.
        """
        return BoundNetwork(self, x, parameters, np.zeros(self.size, self.dtype))

    def forward(self, parameters: Parameters, x: Array) -> tuple[Array, ...]:
        """Return the input and the output of every layer, in order."""
        bound = self.bind(x, self.pack(parameters))
        run(bound.forward)
        return tuple(buffer.copy() for buffer in bound.values)

    def backward(
        self, parameters: Parameters, values: Sequence[Array], dy: Array
    ) -> tuple[tuple[Array, ...], tuple[dict[str, Array], ...]]:
        """Return the derivatives by every value and by every parameter.

        Parameters
        ----------
        parameters, values
            What `forward` took and returned.
        dy
            Derivative of the loss by the last value, of its shape.

        Returns
        -------
        value_grads : tuple of arrays, shaped as ``values``
        gradients : tuple of dicts, shaped as ``parameters``

        Raises
        ------
        ShapeError
            If ``dy`` has another shape.
        """
        bound = self.bind(values[0], self.pack(parameters))
        if np.shape(dy) != self.shapes[-1]:
            raise ShapeError(
                "dy: expected the output's shape {expected}, received {received}",
                field="dy",
                expected=self.shapes[-1],
                received=np.shape(dy),
            )
        run(bound.forward)
        bound.grads[-1].array[...] = dy
        run((*bound.backward, *bound.hidden_backward, *bound.input_backward))
        return tuple(buffer.copy() for buffer in bound.grads), self.views(bound.gradients)


class BoundNetwork:
    """A network in memory: buffers, and the calls that fill them.

    Attributes
    ----------
    parameters, gradients : (P,)
        The one vector of parameters, to be written by whoever trains, and the one of their gradients. The vector of
        parameters may be given with a −1 behind them, (P + 1,): that saves subtracting a target apart.
    values : tuple of Buffer, one more than layers
        The constant input and every layer's output.
    grads : tuple of Buffer, alike
        The derivatives of the loss by `values`. Whoever runs `backward` fills the last.
    forward
        The calls that fill `values` from the parameters.
    backward
        The calls that then fill `gradients` from the last of `grads`.
    hidden_backward
        The calls that after `backward` fill those of `grads` that training has no use for, the input's excepted.
    input_backward
        The calls that after all others fill the input's gradient, the first of `grads`.
    """

    def __init__(self, network: Network, x: Array, parameters: Array, gradients: Array) -> None:
        if np.shape(x) != network.shapes[0]:
            raise ShapeError(
                "input: expected shape {expected}, received {received}",
                field="input",
                expected=network.shapes[0],
                received=np.shape(x),
            )
        self.network = network
        self.parameters = parameters[: network.size]
        self._ended = parameters if len(parameters) > network.size else None
        self.gradients = gradients
        layout = list(zip(network.shapes, network.orders(), strict=True))
        self.values = tuple(Buffer(shape, network.dtype, order) for shape, order in layout)
        self.grads = tuple(Buffer(shape, network.dtype, order) for shape, order in layout)
        self.values[0].array[...] = x
        self._bind_layers()

    def _bind_layers(self) -> None:
        network, first = self.network, self.network.first_learning
        bound = []
        last = len(network.layers) - 1
        for index, (layer, stretch) in enumerate(zip(network.layers, network.stretches, strict=True)):
            slots = Slots(
                x=self.values[index],
                y=self.values[index + 1],
                dx=self.grads[index],
                dy=self.grads[index + 1],
                parameters=self.parameters[stretch],
                gradients=self.gradients[stretch],
                constant_input=index <= first,
                ended_parameters=self._ended[stretch.start :] if self._ended is not None and index == last else None,
            )
            bound.append(layer.bind(slots))
            if index < first:
                run(bound[-1].forward)
        forward: list[Call] = []
        backward: list[Call] = []
        for part in bound[first:]:
            forward += part.forward
        for index in range(len(bound) - 1, first - 1, -1):
            backward += bound[index].parameter_backward
            if index > first:
                backward += bound[index].input_backward
        hidden: list[Call] = []
        for index in range(min(first, len(bound) - 1), 0, -1):
            hidden += bound[index].input_backward
        self._last = bound[-1]
        self.forward = tuple(forward)
        self.backward = tuple(backward)
        self.hidden_backward = tuple(hidden)
        self.input_backward = bound[0].input_backward

    def difference(self, target: Array, out: Array) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
        """Return two tuples of calls: to fill ``out`` with the output minus ``target`` (both flat), and the output.

        The former take the place of `forward`. Where they leave the last of `values` as it was, the latter then fill
        it; else there are none.
        """
        at_once = self._last.difference(target, out)
        if at_once is None:
            return (*self.forward, partial(np.subtract, self.values[-1].flat, target, out)), ()
        return (*self.forward[: -len(self._last.forward)], *at_once), self._last.forward
