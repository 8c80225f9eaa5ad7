"""Memory that is allocated once and read and written at every step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from operator import call
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]
#: One piece of a step: takes no arguments, because it was given its operands when it was bound.
Call = Callable[[], object]


#: Bytes of a cache line: vector instructions are fastest on memory that starts at one.
_LINE = 64


def aligned(shape: int | tuple[int, ...], dtype: DTypeLike) -> Array:
    """Return an array of zeros that starts at a cache line; one that does not costs a step up to a sixth more time."""
    itemsize, size = np.dtype(dtype).itemsize, int(np.prod(shape))
    memory = np.zeros(size + _LINE // itemsize, dtype)
    start = -memory.ctypes.data % _LINE // itemsize
    return memory[start : start + size].reshape(shape)


def everywhere(number: float, like: Array) -> Array:
    """Return one number as a view with the shape and dtype of ``like``: a ufunc is fastest on operands of one shape."""
    return np.broadcast_to(np.asarray(number, like.dtype), like.shape)


def lengthened(array: Array, used: int, length: int, room: int) -> Array:
    """Return a longer array (N,) that begins with the first ``used`` numbers of ``array``; the rest is not set.

    It is at least ``length`` and ``room`` long, and at least twice as long as before: memory that is not written to
    costs little, and copying again costs more.
    """
    longer: Array = np.empty(max(length, room, 2 * len(array)), array.dtype)
    longer[:used] = array[:used]
    return longer


class Order(NamedTuple):
    """The order in memory of the cells of a channel, where that is not row by row.

    Attributes
    ----------
    cells : (H·W,)
        For each place in memory the cell that is stored there, counted row by row.
    modulus
        If not 0, only the columns are sorted: the rows are stored one after the other, and within each of them first
        the columns that this number divides, then those with remainder 1, and so on.
    """

    cells: NDArray[np.intp]
    modulus: int = 0


def sorted_columns(height: int, width: int, modulus: int) -> Order:
    """Return the order in which each row has its columns sorted by their remainder."""
    columns = np.concatenate([np.arange(width)[remainder::modulus] for remainder in range(modulus)])
    return Order((np.arange(height)[:, None] * width + columns).reshape(-1), modulus)


class Buffer:
    """A map of shape ``(channels, height, width)`` in memory that is allocated once.

    Behind the map two more numbers are stored that never change: a zero and a one. A table of indices that points at
    them (``size`` and ``size + 1``) reads the zeros of a padded border without a padded copy, and the ones by which a
    bias is one more weight.

    Attributes
    ----------
    shape
    order : Order or None
        The order of the cells of each channel. None: row by row.
    flat : (C·H·W,)
        A view in the order of memory.
    extended : (C·H·W + 2,)
        A view of the same memory that includes the zero and the one.
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
        """Write the map to ``place`` (C, H, W); its first ``above`` rows are added to what is there."""
        if above:
            for there, own in self._pieces(place[:, :above], slice(above)):
                there += own
        for there, own in self._pieces(place[:, above:], slice(above, None)):
            there[...] = own

    def _pieces(self, place: Array, rows: slice) -> Iterator[tuple[Array, Array]]:
        """Yield pairs of views, of ``place`` and of this memory, of the same cells; together they are some rows."""
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
        """A view (C, H, W) of a map whose rows are stored one after the other, its columns in the order of memory."""
        assert self.order is None or self.order.modulus
        return self.flat.reshape(self.shape)

    @property
    def modulus(self) -> int:
        """The number by whose remainder the columns are sorted; 1: they are not. 0: the cells are in another order."""
        return 1 if self.order is None else self.order.modulus

    def column(self, number: int) -> int:
        """Return the place of a column in `lines`; the next ones of the same remainder are behind it."""
        quotient, remainder = divmod(number, self.modulus)
        return quotient + sum(len(range(r, self.shape[2], self.modulus)) for r in range(remainder))

    def located(self, cells: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the indices into `extended` of cells that are counted channel by channel and row by row."""
        if self._places is None:
            return cells
        channel, cell = np.divmod(cells, self._places.size)
        return np.where(cells < self.flat.size, channel * self._places.size + self._places.take(cell), cells)


def run(calls: Iterable[Call]) -> None:
    """Make the calls one after the other, in a loop in C: one in Python would take as long as the calls themselves."""
    deque(map(call, calls), 0)
