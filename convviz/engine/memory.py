"""Memory that is allocated once and read and written at every step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from operator import call
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]
#: One piece of a step: takes nothing, was given everything when it was bound.
Call = Callable[[], object]


#: Bytes of a cache line: vector instructions are fastest on memory that starts at one.
_LINE = 64


def aligned(shape: int | tuple[int, ...], dtype: DTypeLike = np.float64) -> Array:
    """Return an array of zeros that starts at a cache line. NumPy's own starts anywhere, and costs up to a sixth."""
    itemsize, size = np.dtype(dtype).itemsize, int(np.prod(shape))
    memory = np.zeros(size + _LINE // itemsize, dtype)
    start = -memory.ctypes.data % _LINE // itemsize
    return memory[start : start + size].reshape(shape)


class Buffer:
    """A map of shape ``(channels, height, width)`` in memory that is allocated once.

    Two more cells than the map needs lie behind it and never change: a zero and a one. An index table that points
    there (index ``size`` and ``size + 1``) reads the zeros of a padded border without a padded copy being made, and
    the ones that make a bias one more weight.

    Attributes
    ----------
    shape
    order : (H·W,), or None
        Which cell of a channel, counted row by row, lies where in memory; the same for all channels. None: row by row.
    flat : (C·H·W,) view, in the order of memory
    extended : (C·H·W + 2,) view of the same memory, which ends with the zero and the one
    """

    __slots__ = ("_places", "extended", "flat", "order", "shape")

    def __init__(
        self, shape: tuple[int, int, int], dtype: DTypeLike = np.float64, order: NDArray[np.intp] | None = None
    ) -> None:
        size = int(np.prod(shape))
        self.shape = shape
        self.order = order
        self._places = None if order is None else np.argsort(order)
        self.extended: Array = aligned(size + 2, dtype)
        self.extended[-1] = 1
        self.flat: Array = self.extended[:size]

    @property
    def array(self) -> Array:
        """The map (C, H, W): a view, or a copy if the memory has an order of its own."""
        if self._places is None:
            return self.flat.reshape(self.shape)
        return self.flat.reshape(self.shape[0], -1)[:, self._places].reshape(self.shape)

    def located(self, cells: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return where in `extended` cells lie that are counted channel by channel, row by row."""
        if self._places is None:
            return cells
        channel, cell = np.divmod(cells, self._places.size)
        return np.where(cells < self.flat.size, channel * self._places.size + self._places.take(cell), cells)


def run(calls: Iterable[Call]) -> None:
    """Make the calls, one after the other, by a loop in C: a call takes no longer than a turn of a loop in Python."""
    deque(map(call, calls), 0)
