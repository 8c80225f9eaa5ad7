"""One layer of a frame in one direction, and the channels of it that are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from convviz.engine.acts import Role
from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough.moments import Scale
from convviz.engine.walkthrough.sheets import Lattice, Pool, Scattered, Shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convviz.engine.convolution import Geometry
    from convviz.engine.frames import Frame
    from convviz.engine.layers import Layer
    from convviz.engine.links import Links
    from convviz.engine.shapes import Window
    from convviz.engine.walkthrough.sheets import Mask, Pair

Array = NDArray[Any]


class Windowed(Protocol):
    """What layers with windows have beyond other layers."""

    @property
    def window(self) -> Window:
        """How the window walks over the map."""
        ...

    def geometry(self, in_shape: tuple[int, int, int]) -> Geometry:
        """Return the sizes."""
        ...


@dataclass(frozen=True, eq=False)
class Subject:
    """A layer, a direction, a channel of the result, and one or all of the channels that it is made from.

    Attributes
    ----------
    frame, index, back
    into
        The channel of the result: of the output, or backwards of the input's gradient.
    of
        The only channel that is to be looked at of those it is made from; None: all of them.
    """

    frame: Frame
    index: int
    back: bool
    into: int = 0
    of: int | None = None

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.frame.problem.layers[self.index]

    @property
    def params(self) -> Mapping[str, Array]:
        """Its parameters."""
        return self.frame.parameters[self.index]

    @property
    def x(self) -> Array:
        """Its input."""
        return self.frame.values[self.index]

    @property
    def y(self) -> Array:
        """Its output."""
        return self.frame.values[self.index + 1]

    @cached_property
    def dy(self) -> Array:
        """The error: the derivative of the loss by the output."""
        error = self.frame.value_grads[self.index + 1]
        assert error is not None  # only the input's may be left out
        return error

    @cached_property
    def source(self) -> Array:
        """What the result is made from: the input, or the error."""
        return self.dy if self.back else self.x

    @cached_property
    def whole(self) -> Array:
        """The engine's result, all channels: the output, or the derivative of the loss by the input."""
        if not self.back:
            return self.y
        known = self.frame.value_grads[self.index]
        return self._pass(self.params, self.dy) if known is None else known

    @cached_property
    def result(self) -> Array:
        """The result (H, W) in the channel looked at; or, if only one channel of the source is, its share of that."""
        if self.alone is None:
            return cast("Array", self.whole[self.into])
        alone = np.zeros_like(self.source)
        alone[self.alone] = self.source[self.alone]
        unbiased = {name: np.zeros_like(p) if name == "bias" else p for name, p in self.params.items()}
        return cast("Array", self._pass(unbiased, alone)[self.into])

    @property
    def channels(self) -> range:
        """The source's channels that the channel of the result is made from."""
        return range(self.into, self.into + 1)

    @property
    def chosen(self) -> tuple[int, ...]:
        """Those of them that are looked at."""
        return tuple(self.channels) if self.of is None else (self.of,)

    @property
    def alone(self) -> int | None:
        """The only channel that is looked at of several that make the result; None: all of it is seen."""
        return None if len(self.channels) == 1 else self.of

    @property
    def front(self) -> int:
        """The channel on top, where several are stacked."""
        return self.chosen[0]

    @property
    def source_tensor(self) -> Tensor:
        """Where the source stands in the frame."""
        return Tensor(Kind.VALUE_GRAD, self.index + 1) if self.back else Tensor(Kind.VALUE, self.index)

    @property
    def result_tensor(self) -> Tensor:
        """Where the result stands in the frame."""
        return Tensor(Kind.VALUE_GRAD, self.index) if self.back else Tensor(Kind.VALUE, self.index + 1)

    @property
    def source_role(self) -> Role:
        """What the source is called."""
        return Role.ERROR if self.back else Role.INPUT

    @property
    def result_role(self) -> Role:
        """What the result is called."""
        return Role.INPUT_GRAD if self.back else Role.OUTPUT

    @cached_property
    def source_scale(self) -> Scale:
        """The colours of the source."""
        return Scale.of(self.frame, self.source_tensor)

    @cached_property
    def result_scale(self) -> Scale:
        """The colours of the result; what is copied keeps those of the source."""
        if self.copies:
            return self.source_scale
        if self.back and self.frame.value_grads[self.index] is None:
            return Scale((self.whole,), signed=True)
        return Scale.of(self.frame, self.result_tensor)

    @property
    def copies(self) -> bool:
        """Whether all that the result holds are numbers of the source."""
        return False

    def links(self, cells: Array) -> Links:
        """Return the links from cells (N, 3) of the result to those of the source."""
        find = self.layer.forward_links if self.back else self.layer.back_links
        return find(self.params, self.x, self.y, cells)

    def _pass(self, params: Mapping[str, Array], source: Array) -> Array:
        """Return what the layer makes of another source: forwards of another input, backwards of another error."""
        if not self.back:
            return self.layer.forward(params, source)[0]
        _, cache = self.layer.forward(params, self.x)
        return self.layer.backward(params, cache, source)[0]


@dataclass(frozen=True, eq=False)
class WindowSubject(Subject):
    """A layer with windows.

    Its *small* map has a cell for every window, its *big* map is what the windows lie on. A convolution gathers the
    small from the big one, and spreads its error back from the small one to the big; a transposed one does both the
    other way round.
    """

    @cached_property
    def geometry(self) -> Geometry:
        """The sizes of the convolution that the layer is, or is the adjoint of."""
        return cast("Windowed", self.layer).geometry(cast("tuple[int, int, int]", self.x.shape))

    @property
    def window(self) -> Window:
        """How the window walks over the big map."""
        return cast("Windowed", self.layer).window

    @property
    def adjoint(self) -> bool:
        """Whether the layer spreads on the way forward."""
        return self.layer.adjoint

    @property
    def spreads(self) -> bool:
        """Whether the result is the big map."""
        return self.back != self.adjoint

    @property
    def channels(self) -> range:
        """The channels of the same group."""
        geometry = self.geometry
        if self.spreads:
            group = self.into // geometry.in_group
            return range(group * geometry.out_group, (group + 1) * geometry.out_group)
        group = self.into // geometry.out_group
        return range(group * geometry.in_group, (group + 1) * geometry.in_group)

    @property
    def bias(self) -> float | None:
        """What is added to every cell of the result, if anything."""
        if self.back or "bias" not in self.params or self.alone is not None:
            return None
        return float(self.params["bias"][self.into])

    @cached_property
    def bias_scale(self) -> Scale | None:
        """The colours of the biases."""
        return None if self.bias is None else Scale.of(self.frame, Tensor(Kind.BIAS, self.index))

    @property
    def copies(self) -> bool:
        """Whether the layer takes cells of its input as they are; backwards, whether none gets two errors."""
        geometry = self.geometry
        reach = ((k - 1) * d for k, d in zip(geometry.kernel, geometry.dilation, strict=True))
        apart = all(step > far for step, far in zip(geometry.stride, reach, strict=True))
        return self.layer.chooses and (apart or not self.back)

    def weight_lead(self, channel: int) -> Pair:
        """Return where in ``weight`` the kernel between a channel of the source and the result's stands."""
        small, big = (channel, self.into) if self.spreads else (self.into, channel)
        return small, big % self.geometry.in_group

    def kernel(self, channel: int) -> Array:
        """Return the kernel (kh, kw) between a channel of the source and the result's."""
        return cast("Array", self.params["weight"][self.weight_lead(channel)])

    @cached_property
    def kernel_scale(self) -> Scale:
        """The colours of the kernels."""
        return Scale.of(self.frame, Tensor(Kind.WEIGHT, self.index))

    @cached_property
    def product_scale(self) -> Scale:
        """The colours of products of a source's cell and a weight: the same at every moment."""
        weight = self.params.get("weight", np.ones(1))
        largest = np.abs(self.source).max() * np.abs(weight).max()
        return Scale.upto(largest)

    @cached_property
    def unreached(self) -> Mask | None:
        """Cells of the result that nothing of the source comes to, None if there are none.

        Backwards these are the layer's unreached ones, forwards those between or behind all that a transposed
        convolution spreads. Forwards under a window there is always something, be it the border alone.
        """
        if self.back:
            missed = self.layer.unreached(cast("tuple[int, int, int]", self.x.shape))
        else:
            missed = ~self.window.reached(*self.geometry.size) if self.adjoint else None
        return missed if missed is not None and missed.any() else None

    def is_unreached(self, cell: Pair) -> bool:
        """Return whether nothing of the source comes to a cell of the result."""
        return self.unreached is not None and bool(self.unreached[cell])

    @property
    def pads(self) -> bool:
        """Whether the way forward puts a border around the big map."""
        return max(map(max, self.window.pads(*self.geometry.size))) > 0

    @property
    def bordered_role(self) -> Role:
        """What the source is called where a window slides over it."""
        if not self.spreads and not self.pads:
            return self.source_role
        return Role.PADDED_ERROR if self.back else Role.PADDED_INPUT

    def big_sheet(self, array: Array) -> Lattice:
        """Return a big map (H, W) within the border of the way forward."""
        (top, bottom), (left, right) = self.window.pads(*self.geometry.size)
        height, width = self.geometry.size
        return Lattice(array, (height + top + bottom, width + left + right), (top, left))

    def small_sheet(self, array: Array) -> Lattice:
        """Return a small map (H, W) with stride − 1 zeros between its cells."""
        return Lattice.of(array, self.geometry.stride)

    def border_sheet(self, array: Array) -> Lattice:
        """Return a small map, zeros between its cells, within the border of the way back."""
        geometry = self.geometry
        reach = tuple((k - 1) * d for k, d in zip(geometry.kernel, geometry.dilation, strict=True))
        height, width = (n + more for n, more in zip(geometry.size, reach, strict=True))
        first = (reach[0] - geometry.before[0], reach[1] - geometry.before[1])
        return Lattice(array, (height, width), first, geometry.stride)

    def border(self) -> tuple[Pair, Pair]:
        """Return that border as ((top, bottom), (left, right)); what is cut off counts negative."""
        sheet = self.border_sheet(np.zeros(self.geometry.out_size))
        sides = [
            (first, size - first - ((n - 1) * step + 1))
            for first, size, n, step in zip(sheet.first, sheet.size, sheet.source.shape, sheet.step, strict=True)
        ]
        return sides[0], sides[1]

    def slopes(self, channel: int, window: Pair) -> Array:
        """Return the slopes (kh, kw) of one window's number by the cells under it, 0 where there is none."""
        cells = np.array([[channel, *window]])
        links = self.layer.back_links(self.params, self.x, self.y, cells)
        geometry = self.geometry
        down, across = (
            (links.cells[:, 1 + n] - (window[n] * geometry.stride[n] - geometry.before[n])) // geometry.dilation[n]
            for n in (0, 1)
        )
        result = np.zeros(geometry.kernel, self.x.dtype)
        result[down, across] = links.slope
        return result

    def shares(self, cells: Array) -> Shares:
        """Return what cells (N, 2) of the result receive from those channels of the source that are looked at."""
        links = self.links(np.insert(cells, 0, self.into, axis=1))
        sources, first = links.cells, self._first_cells
        when = first[0][sources[:, 1]] * self.geometry.size[1] + first[1][sources[:, 2]]
        given = self.source[tuple(sources.T)]
        if self.of is None:
            return Shares(links.owner, sources, links.slope, given, when)
        here = sources[:, 0] == self.of
        return Shares(links.owner[here], sources[here], links.slope[here], given[here], when[here])

    @cached_property
    def _first_cells(self) -> tuple[Array, Array]:
        """For every row and column of windows the first cell of the big map that it reaches."""
        found = []
        for axis in self.geometry.axes:
            cells = axis.cells()
            found.append(np.where(cells < 0, axis.size, cells).min(axis=0))
        return found[0], found[1]

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self.shares)

    def scattered(self, now: int) -> Scattered:
        """Return the big map as it is when the sources up to one of its cells have spread."""
        height, width = self.result.shape
        return Scattered((height, width), self.bias or 0.0, now, self._pool, self.result)
