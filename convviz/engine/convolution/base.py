"""What every strategy is: one convolution bound to memory, as lists of calls."""

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
        Input, output, and the derivatives of the loss with respect to them. A transposed convolution gives its own
        with input and output exchanged.
    weight, dweight : (out_channels, taps) or (out_channels, taps + 1)
        One filter per row, its weights in the order (kh, in_group, kw), with its bias behind them if ``bias``.
    bias
        Whether the last column is a bias.
    constant
        Whether ``x`` keeps the values that it has now, so that it may be unfolded once and for all.
    ended_weight : (taps + bias + 1,) or None
        Where there is only one filter: ``weight`` as a vector in the same memory, together with the −1 that is stored
        behind it (see `Correlation.difference`); None: no −1 is stored there.
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

    `product` fills ``y`` from ``x`` and ``weight``, `weight_grad` fills ``dweight`` from ``x`` and ``dy``; both need
    what the calls of `unfold` have prepared. `input_grad` fills ``dx`` from ``dy`` and ``weight``. A method allocates
    the scratch memory of its calls when it is called, so a pass that is never asked for takes none.
    """

    def __init__(self, geometry: Geometry, operands: Operands) -> None:
        self.geometry = geometry
        self.operands = operands

    def unfold(self) -> Calls:
        """Return the calls that prepare ``x`` for `product` and `weight_grad`; none where these read ``x`` directly."""
        return ()

    @abstractmethod
    def product(self) -> Calls:
        """Return the calls that fill ``y`` from the unfolded ``x`` and the weights."""

    def difference(self, target: Array, out: Array) -> Calls | None:
        """Return the calls that fill ``out`` with the output minus ``target``, both (windows,), and leave ``y`` alone.

        They take the place of those of `product`. None: the target is best subtracted from ``y`` afterwards.
        """
        return None

    @abstractmethod
    def weight_grad(self) -> Calls:
        """Return the calls that fill ``dweight`` from the unfolded ``x`` and ``dy``."""

    @abstractmethod
    def input_grad(self) -> Calls:
        """Return the calls that fill ``dx`` from ``dy`` and the weights."""

    def _back_weights(self, rows: int, columns: int) -> tuple[Calls, Array]:
        """Return the calls that arrange the weights for the input gradient, and the (groups, rows, columns) matrix.

        Within each phase of it the kernel is rotated by 180°, because the offsets of `Phases` are descending.
        """
        geometry, weight = self.geometry, self.operands.weight
        matrix = aligned(geometry.groups * rows * columns + 1, weight.dtype)
        places = geometry.back_weights().reshape(geometry.out_channels, -1)
        if self.operands.bias:  # the input gradient has no use for it: it goes into the cell behind the matrix
            places = np.concatenate([places, np.full((geometry.out_channels, 1), matrix.size - 1)], axis=1)
        arrange = partial(matrix.put, places.ravel(), weight, "clip")
        return (arrange,), matrix[:-1].reshape(geometry.groups, rows, columns)

    def _spread(self, result: Array, of_rows: slice = slice(None), of_columns: slice = slice(None)) -> Iterator[Call]:
        """Yield the calls that copy the phases of ``dx`` to their cells.

        ``result`` is (groups, rows, channels of a group, phases down, phases across, columns), with those rows and
        columns of each phase that ``of_rows`` and ``of_columns`` select.
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
        """Return a view (groups, rows, channels of a group, columns) of a map, its columns in the order of memory."""
        channels, height, width = buffer.shape
        groups = self.geometry.groups
        return buffer.lines.reshape(groups, channels // groups, height, width).transpose(0, 2, 1, 3)


def adding(bias: Array, target: Array) -> Call:
    """Return the call that adds the bias of each channel to the result of a product, in place.

    A single bias is given as a scalar: setting up a broadcast costs a ufunc more than adding to a small map does.
    """
    return partial(np.add, target, bias.reshape(()) if bias.size == 1 else bias, target)


def with_border(source: Buffer, axes: tuple[Axis, Axis]) -> tuple[Calls, Array]:
    """Return the region (channels, rows, columns) that the windows read, and the calls that fill it.

    It is a view of the map, and there are no calls, where all of it lies on the map and the map is stored row by row;
    else a copy with zeros for the border.
    """
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
