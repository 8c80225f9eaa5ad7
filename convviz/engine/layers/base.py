"""What every layer is: a frozen spec that knows its shapes, and binds itself to memory.

A layer holds no arrays. For one experiment it is *bound* once: it receives the buffers that it reads and writes, makes
whatever it needs again at every step (index tables, scratch space, the unfolded constant input), and returns the calls
that make up its share of a step. A call takes no arguments; it was given everything at binding, so a step of the whole
network is nothing but ``for call in calls: call()``. The plain functions `Layer.forward` and `Layer.backward` bind,
run and copy: there is one implementation of the mathematics, and it is this one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from convviz.engine.settings import Spec

Array = NDArray[Any]
Shape = tuple[int, int, int]
Call = Callable[[], object]


class Buffer:
    """A map of shape ``(channels, height, width)`` in memory that is allocated once.

    One more cell than the map needs lies behind it and is zero for ever: an index table that points there (index
    ``size``) reads the zeros of a padded border without a padded copy being made.

    Attributes
    ----------
    array : (C, H, W) view
    flat : (C·H·W,) view of the same memory
    extended : (C·H·W + 1,) view whose last element is the zero
    """

    __slots__ = ("array", "extended", "flat")

    def __init__(self, shape: Shape, dtype: DTypeLike = np.float64) -> None:
        size = int(np.prod(shape))
        self.extended: Array = np.zeros(size + 1, dtype)
        self.flat: Array = self.extended[:size]
        self.array: Array = self.flat.reshape(shape)


@dataclass(frozen=True)
class Slots:
    """The memory that one layer is bound to.

    Attributes
    ----------
    x, y
        Input and output of the layer. ``x`` already holds its values if ``constant_input``.
    dx, dy
        Derivatives of the loss by ``x`` and ``y``; the layer reads ``dy`` and writes ``dx``.
    parameters, gradients : (P,)
        The layer's stretch of the network's one parameter vector, and of the one gradient vector.
    constant_input
        ``x`` never changes after binding: what depends on it alone is computed now.
    """

    x: Buffer
    y: Buffer
    dx: Buffer
    dy: Buffer
    parameters: Array
    gradients: Array
    constant_input: bool = False


@dataclass(frozen=True)
class BoundLayer:
    """A layer's share of a step, as calls to be made in order.

    ``forward`` fills ``y`` from ``x`` and the parameters; ``parameter_backward`` fills ``gradients`` from what forward
    left and ``dy``; ``input_backward`` fills ``dx`` and may be left out where nobody looks.
    """

    forward: tuple[Call, ...]
    parameter_backward: tuple[Call, ...]
    input_backward: tuple[Call, ...]


@dataclass(frozen=True)
class Layer(Spec):
    """One layer of a network."""

    #: Whether the layer has parameters (and so a kernel to show, a teacher, a learning-rate scale).
    parametrised: ClassVar[bool] = False

    @abstractmethod
    def output_shape(self, in_shape: Shape) -> Shape:
        """Return the output's ``(C, H, W)`` for an input of ``in_shape``; `ShapeError` where they do not go together."""

    def parameter_size(self, in_shape: Shape) -> int:
        """Return how many numbers the layer learns."""
        return 0

    def parameter_views(self, flat: Array, in_shape: Shape) -> dict[str, Array]:
        """Return named views (``weight``, ``bias``) into ``flat``, a ``(..., parameter_size)`` array.

        The order of the numbers within ``flat`` is the layer's own business; leading axes are kept, so a whole
        history ``(steps, P)`` can be viewed at once.
        """
        return {}

    def init(self, rng: np.random.Generator, in_shape: Shape, dtype: DTypeLike = np.float64) -> dict[str, Array]:
        """Return the initial parameters by name, drawn from ``rng`` where they are random."""
        return {}

    @abstractmethod
    def bind(self, slots: Slots) -> BoundLayer:
        """Allocate what a step needs and return its calls."""

    def forward(self, params: Mapping[str, Array], x: Array) -> tuple[Array, Any]:
        """Return ``(y, cache)`` for ``x`` of shape ``(C, H, W)``; ``cache`` is what `backward` wants."""
        slots, bound = self._bound(params, x)
        for call in bound.forward:
            call()
        return slots.y.array.copy(), (slots, bound)

    def backward(self, params: Mapping[str, Array], cache: Any, dy: Array) -> tuple[Array, dict[str, Array]]:
        """Return ``(dx, grads)`` at the point where `forward` made ``cache``; ``dy`` has the output's shape."""
        slots, bound = cache
        slots.dy.array[...] = dy
        for call in (*bound.parameter_backward, *bound.input_backward):
            call()
        grads = self.parameter_views(slots.gradients, slots.x.array.shape)
        return slots.dx.array.copy(), {name: grad.copy() for name, grad in grads.items()}

    def _bound(self, params: Mapping[str, Array], x: Array) -> tuple[Slots, BoundLayer]:
        in_shape: Shape = x.shape  # type: ignore[assignment]
        out_shape = self.output_shape(in_shape)
        size = self.parameter_size(in_shape)
        slots = Slots(
            x=Buffer(in_shape, x.dtype),
            y=Buffer(out_shape, x.dtype),
            dx=Buffer(in_shape, x.dtype),
            dy=Buffer(out_shape, x.dtype),
            parameters=np.zeros(size, x.dtype),
            gradients=np.zeros(size, x.dtype),
        )
        slots.x.array[...] = x
        for name, view in self.parameter_views(slots.parameters, in_shape).items():
            view[...] = params[name]
        return slots, self.bind(slots)
