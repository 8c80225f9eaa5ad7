"""Max pooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convviz.engine.errors import ShapeError
from convviz.engine.layers.base import Array, BoundLayer, Call, Shape, Slots
from convviz.engine.layers.pooling import Pooling
from convviz.engine.links import Indices, at
from convviz.engine.ops import window_geometry
from convviz.engine.settings import setting
from convviz.engine.shapes import Window
from convviz.i18n import mark

#: Cells under windows that are looked at in one go; more rows than that are taken in bands.
_BAND = 1 << 18


@dataclass(frozen=True)
class MaxPool2d(Pooling):
    """The largest cell under a window. Of several equal ones the first (row by row) counts, and gets the gradient."""

    kind = "max_pool2d"
    label = mark("Max pooling")
    summary = mark("Makes one number of every window: its largest cell")
    chooses: ClassVar[bool] = True

    dilation: Any = setting(
        mark("Dilation"),
        mark("The distance between neighbouring cells of the window; 1 leaves no gaps"),
        "pair",
        (1, 1),
        minimum=1,
        maximum=64,
        step=1,
    )

    @property
    def window(self) -> Window:
        """How the window walks over the map."""
        return Window(self.kernel, self.stride, self.padding, self.dilation)

    def output_shape(self, in_shape: Shape) -> Shape:
        """Return ``(C, H', W')``, or raise `ShapeError` where a window would be too large or hold no cell."""
        shape = super().output_shape(in_shape)
        for axis in window_geometry(self.window, in_shape, 1, 1).axes:
            if (axis.cells() < 0).all(axis=0).any():
                raise ShapeError(
                    "with this dilation and padding some window holds no cell of the {height}×{width} map",
                    field="padding",
                    height=in_shape[1],
                    width=in_shape[2],
                )
        return shape

    def slopes(self, x: Array, inputs: Indices, outputs: Indices) -> Array:
        """Return 1 where an input is its window's winner, else 0 (M,). What is no number wins, as it does forward."""
        windows, which = self._windows_of(x, outputs)
        values = at(x, windows.cells)
        largest = np.maximum.reduceat(values, np.flatnonzero(np.diff(windows.owner, prepend=-1)))
        wins = (values == largest[windows.owner]) | np.isnan(values)
        winners = np.flatnonzero(wins)
        _, first = np.unique(windows.owner[winners], return_index=True)
        won: Array = (inputs == windows.cells[winners[first]][which]).all(axis=1)
        return won.astype(x.dtype)

    def bind(self, slots: Slots) -> BoundLayer:
        """Bind: the winner of every window is found on the way forward, and gets the gradient on the way back."""
        x, dx, dy = slots.x.array, slots.dx.array, slots.dy.flat
        (top, bottom), (left, right) = self.window.pads(x.shape[1], x.shape[2])
        padded, back = slots.x.array, slots.dx.array
        enter: tuple[Call, ...] = ()
        leave: tuple[Call, ...] = ()
        if top or bottom or left or right:
            border = [(0, 0), (top, bottom), (left, right)]
            padded = np.pad(x, border, constant_values=-np.inf)
            back = np.zeros_like(padded)
            inside = (slice(None), slice(top, top + x.shape[1]), slice(left, left + x.shape[2]))
            enter, leave = (partial(np.copyto, padded[inside], x),), (partial(np.copyto, dx, back[inside]),)
        winners = np.zeros(slots.y.array.shape, np.intp)
        spread = partial(back.reshape(-1).put, winners.reshape(-1), dy)
        if any(s < span for s, span in zip(self.stride, self.window.span, strict=True)):
            spread = partial(np.add.at, back.reshape(-1), winners.reshape(-1), dy)
        return BoundLayer(
            forward=(
                *enter,
                *self._find(padded, winners),
                partial(padded.reshape(-1).take, winners, None, slots.y.array, "clip"),
            ),
            parameter_backward=(),
            input_backward=(partial(back.fill, 0), spread, *leave),
        )

    def _find(self, padded: Array, winners: Array) -> tuple[Call, ...]:
        """Return the calls that put the place of each window's winner in the flat padded map into ``winners``."""
        channels, rows, columns = winners.shape
        (kh, kw), (down, across), stride = self.kernel, self.dilation, self.stride
        windows = sliding_window_view(padded, self.window.span, (1, 2))[:, :: stride[0], :: stride[1], ::down, ::across]
        height, width = padded.shape[1:]
        corners = (
            np.arange(channels)[:, None, None] * (height * width)
            + np.arange(rows)[:, None] * (stride[0] * width)
            + np.arange(columns) * stride[1]
        )
        steps = (np.arange(kh)[:, None] * (down * width) + np.arange(kw) * across).reshape(-1)
        band = max(1, min(rows, _BAND // (channels * columns * kh * kw)))
        memory = np.empty(channels * band * columns * kh * kw, padded.dtype)
        calls: list[Call] = []
        for start in range(0, rows, band):
            shape = (channels, min(band, rows - start), columns)
            cells = memory[: int(np.prod(shape)) * kh * kw].reshape(*shape, kh, kw)
            choice, place = np.empty(shape, np.intp), np.empty(shape, np.intp)
            here = (slice(None), slice(start, start + shape[1]))
            calls += [
                partial(np.copyto, cells, windows[here]),
                partial(cells.reshape(*shape, kh * kw).argmax, -1, choice),
                partial(steps.take, choice, None, place, "clip"),
                partial(np.add, place, corners[here], winners[here]),
            ]
        return tuple(calls)
