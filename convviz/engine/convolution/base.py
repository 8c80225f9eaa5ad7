"""What every strategy is: one convolution bound to memory, as four lists of calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.memory import Array, Buffer, Call, aligned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convviz.engine.convolution.geometry import Axis, Geometry

Calls = tuple[Call, ...]


@dataclass(frozen=True)
class Operands:
    """The memory that a convolution works in.

    Attributes
    ----------
    x, y, dx, dy
        Input, output, and what flows back. A transposed convolution hands them over crosswise.
    weight, dweight : (out_channels, taps) or (out_channels, taps + 1)
        One filter a row, its weights in the order (kh, in_group, kw); behind them the bias, if ``bias``.
    bias
        Whether the last column is a bias.
    constant
        ``x`` keeps the values that it has now.
    ended_weight : (taps + bias + 1,) or None
        The weights of the only filter, in the same memory, and the −1 that lies behind them; None: that does not.
    """

    x: Buffer
    y: Buffer
    dx: Buffer
    dy: Buffer
    weight: Array
    dweight: Array
    bias: bool = False
    constant: bool = False
    ended_weight: Array | None = None


class Correlation(ABC):
    """One convolution, bound to memory by one strategy.

    `product` fills ``y`` from ``x`` and ``weight``, `weight_grad` fills ``dweight`` from ``x`` and ``dy``; both rely on
    what `unfold` left. `input_grad` fills ``dx`` from ``dy`` and ``weight``. Every method makes its calls, and the
    scratch memory they need, when it is asked, so nothing is allocated for what nobody asks for.
    """

    def __init__(self, geometry: Geometry, operands: Operands) -> None:
        self.geometry = geometry
        self.operands = operands

    def unfold(self) -> Calls:
        """Return the calls that prepare ``x`` for `product` and `weight_grad`; none where these read ``x`` itself."""
        return ()

    @abstractmethod
    def product(self) -> Calls:
        """Return the calls that fill ``y`` from the unfolded ``x`` and the weights."""

    def difference(self, target: Array, out: Array) -> Calls | None:
        """Return the calls that fill ``out`` with what `product` puts into ``y``, less ``target``, both (windows,).

        None: it is best subtracted afterwards.
        """
        return None

    @abstractmethod
    def weight_grad(self) -> Calls:
        """Return the calls that fill ``dweight`` from the unfolded ``x`` and ``dy``."""

    @abstractmethod
    def input_grad(self) -> Calls:
        """Return the calls that fill ``dx`` from ``dy`` and the weights."""

    def _back_weights(self, rows: int, columns: int) -> tuple[Calls, Array]:
        """Return the calls that arrange the weights for the way back, and the (groups, rows, columns) matrix.

        In each phase of it the kernel is rotated by 180°, since the offsets are descending.
        """
        geometry, weight = self.geometry, self.operands.weight
        matrix = aligned(geometry.groups * rows * columns + 1, weight.dtype)
        places = geometry.back_weights().reshape(geometry.out_channels, -1)
        if self.operands.bias:  # it goes nowhere: into the cell behind the matrix
            places = np.concatenate([places, np.full((geometry.out_channels, 1), matrix.size - 1)], axis=1)
        arrange = partial(matrix.put, places.ravel(), weight, "clip")
        return (arrange,), matrix[:-1].reshape(geometry.groups, rows, columns)

    def _spread(self, result: Array, of_rows: slice = slice(None), of_columns: slice = slice(None)) -> Iterator[Call]:
        """Yield the calls that bring phases of ``dx`` to their cells.

        ``result`` is (groups, rows, channels of a group, rv, rh, columns), the rows and columns those of each phase
        that are named.
        """
        geometry, dx = self.geometry, self.operands.dx
        down, across = geometry.phases
        whole = self._by_rows(dx)
        for v, residue in enumerate(down.residues):
            rows, row_cells = geometry.landing(0, of_rows, residue)
            for h, other in enumerate(across.residues):
                columns, column_cells = geometry.landing(1, of_columns, other)
                if dx.modulus > 1:
                    start = dx.column(column_cells.start)
                    column_cells = slice(start, start + columns.stop - columns.start)
                yield partial(np.copyto, whole[:, row_cells, :, column_cells], result[:, rows, :, v, h, columns])

    def _by_rows(self, buffer: Buffer) -> Array:
        """Return a map, as it lies in memory, as (groups, rows, channels of a group, columns)."""
        channels, height, width = buffer.shape
        groups = self.geometry.groups
        return buffer.lines.reshape(groups, channels // groups, height, width).transpose(0, 2, 1, 3)


def adding(bias: Array, target: Array) -> Call:
    """Return the call that adds the bias of each channel to what a product has made.

    One bias is a number without dimensions: to a broadcast array a ufunc takes a longer way than a small map is worth.
    """
    return partial(np.add, target, bias.reshape(()) if bias.size == 1 else bias, target)


def with_border(source: Buffer, axes: tuple[Axis, Axis]) -> tuple[Calls, Array]:
    """Return what the windows read, from the first cell to the last, and the calls that copy it if it has a border."""
    down, across = axes
    lines, modulus = source.lines, source.modulus
    if modulus == 1 and down.borderless and across.borderless:
        return (), lines[:, down.first : down.stop, across.first : across.stop]
    height, width = down.stop - down.first, across.stop - across.first
    padded = np.zeros((lines.shape[0], height, width), lines.dtype)
    top, bottom = max(0, down.first), min(down.size, down.stop)
    left, right = max(0, across.first), min(across.size, across.stop)
    inside = padded[:, top - down.first : max(top, bottom) - down.first]
    inside = inside[:, :, left - across.first : max(left, right) - across.first]
    calls: list[Call] = []
    for number in range(min(modulus, inside.shape[2])):
        columns = inside[:, :, number::modulus]
        start = source.column(left + number)
        calls.append(partial(np.copyto, columns, lines[:, top:bottom, start : start + columns.shape[2]]))
    return tuple(calls), padded
