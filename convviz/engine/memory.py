"""Memory that is allocated once and read and written at every step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from operator import call
from typing import Any, NamedTuple

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


def everywhere(number: float, like: Array) -> Array:
    """Return one number as if it were an array like ``like``: operands of one shape take a ufunc's shortest way."""
    return np.broadcast_to(np.asarray(number, like.dtype), like.shape)


def lengthened(array: Array, used: int, length: int, room: int = 0) -> Array:
    """Return a longer array with the first ``used`` numbers of a full one, and room for ``length`` and many more.

    ``room``: for so many at least. Memory that is not written to yet costs little, and what is copied costs more.
    """
    longer: Array = np.empty(max(length, room, 2 * len(array)), array.dtype)
    longer[:used] = array[:used]
    return longer


class Order(NamedTuple):
    """In which order the cells of a channel lie in memory, where they do not lie row by row.

    Attributes
    ----------
    cells : (H·W,)
        Which cell, counted row by row, lies where.
    modulus
        If not 0, the rows do lie one behind the other, and in each of them its columns by their remainder: first those
        that this number divides, then those with remainder 1, and so on.
    """

    cells: NDArray[np.intp]
    modulus: int = 0


def sorted_columns(height: int, width: int, modulus: int) -> Order:
    """Return the order of rows whose columns lie by their remainder."""
    columns = np.concatenate([np.arange(width)[remainder::modulus] for remainder in range(modulus)])
    return Order((np.arange(height)[:, None] * width + columns).reshape(-1), modulus)


class Buffer:
    """A map of shape ``(channels, height, width)`` in memory that is allocated once.

    Two more cells than the map needs lie behind it and never change: a zero and a one. An index table that points
    there (index ``size`` and ``size + 1``) reads the zeros of a padded border without a padded copy being made, and
    the ones that make a bias one more weight.

    Attributes
    ----------
    shape
    order : Order or None
        Where the cells of a channel lie, the same for all channels. None: row by row.
    flat : (C·H·W,) view, in the order of memory
    extended : (C·H·W + 2,) view of the same memory, which ends with the zero and the one
    """

    __slots__ = ("_places", "extended", "flat", "order", "shape")

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike = np.float64, order: Order | None = None) -> None:
        size = int(np.prod(shape))
        self.shape = shape
        self.order = order
        self._places = None if order is None else np.argsort(order.cells)
        self.extended: Array = aligned(size + 2, dtype)
        self.extended[-1] = 1
        self.flat: Array = self.extended[:size]

    @property
    def array(self) -> Array:
        """The map (C, H, W): a view, or a copy if the memory has an order of its own."""
        return self.flat.reshape(self.shape) if self.order is None else self.copy()

    def copy(self) -> Array:
        """Return the map (C, H, W) in memory of its own."""
        whole = np.empty(self.shape, self.flat.dtype)
        self.copy_to(whole)
        return whole

    def copy_to(self, place: Array, above: int = 0) -> None:
        """Write the map (C, H, W) to a place of its shape; its first rows, ``above``, are added to what is there."""
        if above:
            for there, own in self._pieces(place[:, :above], slice(above)):
                there += own
        for there, own in self._pieces(place[:, above:], slice(above, None)):
            there[...] = own

    def _pieces(self, place: Array, rows: slice) -> Iterator[tuple[Array, Array]]:
        """Yield the columns of some rows of a map that lie side by side, of ``place`` and of this memory."""
        if self._places is None:
            yield place, self.flat.reshape(self.shape)[:, rows]
        elif not self.modulus:
            yield place, self.flat.reshape(self.shape[0], -1).take(self._places, 1).reshape(self.shape)[:, rows]
        else:
            for remainder in range(min(self.modulus, self.shape[2])):
                columns, start = place[:, :, remainder :: self.modulus], self.column(remainder)
                yield columns, self.lines[:, rows, start : start + columns.shape[2]]

    @property
    def lines(self) -> Array:
        """The map (C, H, W) as it lies in memory, where at least its rows lie one behind the other."""
        assert self.order is None or self.order.modulus
        return self.flat.reshape(self.shape)

    @property
    def modulus(self) -> int:
        """By the remainder of what division the columns lie; 1: one behind the other."""
        return 1 if self.order is None else self.order.modulus

    def column(self, number: int) -> int:
        """Return where in `lines` a column lies; those of the same remainder lie behind it."""
        quotient, remainder = divmod(number, self.modulus)
        return quotient + sum(len(range(r, self.shape[2], self.modulus)) for r in range(remainder))

    def located(self, cells: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return where in `extended` cells lie that are counted channel by channel, row by row."""
        if self._places is None:
            return cells
        channel, cell = np.divmod(cells, self._places.size)
        return np.where(cells < self.flat.size, channel * self._places.size + self._places.take(cell), cells)


def run(calls: Iterable[Call]) -> None:
    """Make the calls, one after the other, by a loop in C: a call takes no longer than a turn of a loop in Python."""
    deque(map(call, calls), 0)
