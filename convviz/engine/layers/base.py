"""What every layer is: a frozen spec that knows its shapes, and binds itself to memory.

A layer holds no arrays. For one experiment it is *bound* once: it receives the buffers that it reads and writes, makes
whatever it needs again at every step (index tables, scratch space, the unfolded constant input), and returns the calls
that make up its share of a step. A call takes no arguments; it was given everything at binding, so a step of the whole
network is nothing but one call after the other. The plain functions `Layer.forward` and `Layer.backward` bind,
run and copy: there is one implementation of the mathematics, and it is this one.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from convviz.engine.errors import ConfigError, ShapeError
from convviz.engine.memory import Array, Buffer, Call, run
from convviz.engine.settings import Spec
from convviz.engine.shapes import Shape, size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import DTypeLike, NDArray

    from convviz.engine.links import Indices, Links
    from convviz.engine.memory import Order

__all__ = ["Array", "BoundLayer", "Buffer", "Call", "Layer", "Shape", "Slots"]


class Slots(NamedTuple):
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
    ended_parameters : (P + 1,) or None
        ``parameters`` in the same memory, together with the −1 that is stored behind them; None: no −1 is stored there.
    """

    x: Buffer
    y: Buffer
    dx: Buffer
    dy: Buffer
    parameters: Array
    gradients: Array
    constant_input: bool = False
    ended_parameters: Array | None = None


@dataclass(frozen=True)
class BoundLayer:
    """A layer's share of a step, as calls to be made in order.

    ``forward`` fills ``y`` from ``x`` and the parameters; ``parameter_backward`` fills ``gradients`` from what forward
    left and ``dy``; ``input_backward`` comes after it, fills ``dx``, and may be left out where nobody looks. None of
    them changes what it reads, so each may be made again.

    ``difference(target, out)`` returns calls that take the place of ``forward`` and fill ``out`` with the output minus
    a target, both in the order of ``y``, but not ``y``; None: the target is best subtracted afterwards.
    """

    forward: tuple[Call, ...]
    parameter_backward: tuple[Call, ...]
    input_backward: tuple[Call, ...]
    difference: Callable[[Array, Array], tuple[Call, ...] | None] = lambda target, out: None


class Layer(Spec):
    """One layer of a network."""

    #: Whether the layer has parameters (and so a kernel to show, a teacher, a learning-rate scale).
    parametrised: ClassVar[bool] = False
    #: Whether the output, but for the bias, is a linear function of the input: then going back is its adjoint.
    linear: ClassVar[bool] = False
    #: Whether the layer is the adjoint of a convolution: it spreads where a convolution gathers.
    adjoint: ClassVar[bool] = False
    #: Whether an output is a copy of one of its inputs, as in maximum pooling.
    chooses: ClassVar[bool] = False
    #: Whether the layer works elementwise, so that its output can have the same order in memory as its input.
    pointwise: ClassVar[bool] = False

    @abstractmethod
    def output_shape(self, in_shape: Shape) -> Shape:
        """Return the output's ``(C, H, W)`` for an input of ``in_shape``, or raise `ShapeError`."""

    def border_size(self, in_shape: Shape) -> int:
        """Return how many cells of border lie around the map that the layer's windows walk over, if it has any."""
        return 0

    def parameter_size(self, in_shape: Shape) -> int:
        """Return how many numbers the layer learns."""
        return 0

    def parameter_views(self, flat: Array, in_shape: Shape) -> dict[str, Array]:
        """Return named views (``weight``, ``bias``) into ``flat``, a ``(..., parameter_size)`` array.

        The order of the numbers within ``flat`` is the layer's own business; leading axes are kept, so a whole
        history ``(steps, P)`` can be viewed at once.
        """
        return {}

    def parameter_shapes(self, in_shape: Shape) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the parameters by name; draws nothing."""
        views = self.parameter_views(np.empty(self.parameter_size(in_shape)), in_shape)
        return {name: view.shape for name, view in views.items()}

    def unreached(self, in_shape: Shape) -> NDArray[np.bool_] | None:
        """Return an (H, W) mask of the input, True where no window reads a cell, or none of what it spreads is kept.

        None: there is no window. Each cell is treated by itself.
        """
        return None

    def init(self, rng: np.random.Generator, in_shape: Shape, dtype: DTypeLike = np.float64) -> dict[str, Array]:
        """Return the initial parameters by name, drawn from ``rng`` where they are random."""
        return {}

    def check_init(self, in_shape: Shape, dtype: DTypeLike = np.float64) -> None:
        """Raise `ShapeError` or `ConfigError` unless the initial parameters can be made so; draws nothing."""

    @abstractmethod
    def bind(self, slots: Slots) -> BoundLayer:
        """Allocate what a step needs and return its calls."""

    @abstractmethod
    def back_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return the links from the output ``cells`` (N, 3) to the input cells that they are computed from.

        ``x`` and ``y`` are the layer's input and output; cells of a padded border are left out.
        """

    @abstractmethod
    def forward_links(self, params: Mapping[str, Array], x: Array, y: Array, cells: Indices) -> Links:
        """Return the links from the input ``cells`` (N, 3) to the output cells that are computed from them."""

    def wished_order(self, in_shape: Shape, dtype: np.dtype[Any]) -> Order | None:
        """Return the order in memory in which the layer would best have its input; None: row by row, or it is all one.

        It is asked only for inputs that change with every step; see `Buffer`.
        """
        return None

    def takes_order(self, in_shape: Shape, dtype: np.dtype[Any], order: Order, constant_input: bool) -> bool:
        """Return whether the layer can write its output, and read its gradient, in this order in memory."""
        return False

    def part(self, in_shape: Shape, rows: slice) -> tuple[Layer, slice] | None:
        """Return the layer that computes some ``rows`` of the output alone, and which rows of the input it reads.

        The parts that compute all rows of the output together read all rows of the input. None: the layer cannot be
        cut.
        """
        return (self, rows) if self.pointwise else None

    def weight_pairs(self, in_shape: Shape, weight: tuple[int, int, int, int]) -> tuple[Indices, Indices]:
        """Return the (input cells, output cells), both (M, 3), that a weight joins.

        Raises
        ------
        ConfigError
            If the layer has no kernels.
        """
        raise ConfigError("{layer} has no weights", layer=self.kind)

    def forward(self, params: Mapping[str, Array], x: Array) -> tuple[Array, Any]:
        """Return ``(y, cache)`` for ``x`` of shape ``(C, H, W)``; ``cache`` is what `backward` wants.

        Raises
        ------
        ShapeError
            If ``x`` is not of three dimensions, or too small for the layer.
        """
        slots, bound = self._bound(params, x)
        run(bound.forward)
        return slots.y.array.copy(), (slots, bound)

    def backward(self, params: Mapping[str, Array], cache: Any, dy: Array) -> tuple[Array, dict[str, Array]]:
        """Return ``(dx, grads)`` at the point where `forward` made ``cache``.

        ``dx`` has the shape of the input, and each of ``grads``, by name, that of its parameter.

        Raises
        ------
        ShapeError
            If ``dy`` has not the output's shape.
        """
        slots, bound = cache
        if dy.shape != slots.dy.array.shape:
            raise ShapeError(
                "dy: expected the output's shape {expected}, received {received}",
                field="dy",
                expected=size_text(slots.dy.array.shape),
                received=size_text(dy.shape),
            )
        slots.dy.array[...] = dy
        run((*bound.parameter_backward, *bound.input_backward))
        grads = self.parameter_views(slots.gradients, slots.x.array.shape)
        return slots.dx.array.copy(), {name: grad.copy() for name, grad in grads.items()}

    def _bound(self, params: Mapping[str, Array], x: Array) -> tuple[Slots, BoundLayer]:
        if x.ndim != 3:
            raise ShapeError(
                "{name}: expected an array of shape {expected}, received shape {received}",
                field="x",
                name="x",
                expected="(C, H, W)",
                received=x.shape,
            )
        in_shape: Shape = (x.shape[0], x.shape[1], x.shape[2])
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
