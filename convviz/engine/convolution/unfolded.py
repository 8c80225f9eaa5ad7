"""Small and medium maps: im2col, the cells of every window as a column of one matrix, and a product does the rest.

The matrix of a map has one row for each tap and channel and one column for each window. The output is the weights times
that matrix. A last row of ones makes the bias one more weight, so that the weight gradient, which is the error times
the transposed matrix, contains the bias gradient. The input gradient is computed in the same way from an unfolded
error; all of its phases (see `geometry`) are rows of one product.

A product with very many windows is computed block by block, so that it is one of many small ones (see `products`).
"""

from __future__ import annotations

from functools import cached_property, partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convviz.engine.convolution.base import Calls, Correlation, with_border
from convviz.engine.convolution.products import LARGEST, multiply
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convviz.engine.convolution.geometry import Axis, Indices
    from convviz.engine.memory import Array, Buffer, Call, Order


#: Numbers in a matrix up to which gathering by a table of indices is faster than copying rows: each row of windows is
#: a copy of its own, with a cost of its own.
TABLE = 2500
#: The same for the input gradient: with more numbers in all its phases, they are copied to their cells row by row.
_SPREAD = 2500
#: How many windows a block has. From some 200 to 800 it makes little difference; beyond, products are large again.
BLOCK = 384


class Unfolded(Correlation):
    """Convolution by one im2col matrix, which is kept from the forward to the backward pass."""

    @cached_property
    def _ended_columns(self) -> Array:
        """The unfolded input (groups, rows, windows), with one more row for a target where `difference` needs it."""
        geometry, operands = self.geometry, self.operands
        rows = geometry.taps + operands.bias + (operands.ended_weight is not None)
        return aligned((geometry.groups, rows, geometry.windows), operands.x.array.dtype)

    @property
    def _columns(self) -> Array:
        """The unfolded input, (groups, rows, windows)."""
        return self._ended_columns[:, : self.geometry.taps + self.operands.bias]

    def unfold(self) -> Calls:
        """Return the calls that fill the matrix from ``x``, with its columns in the order of ``y``."""
        operands = self.operands
        return self._fill(self._columns, operands.x, self.geometry.axes, operands.bias, operands.y.order)

    def product(self) -> Calls:
        """Return the product of the weights and the matrix."""
        weight, y = self._grouped(self.operands.weight), self._windows(self.operands.y)
        if not self._in_blocks:
            return multiply(weight, self._columns, y)
        parts = zip(_blocks(self._columns), _blocks(y), strict=True)
        return tuple(call for columns, target in parts for call in multiply(weight[:, None], columns, target))

    def difference(self, target: Array, out: Array) -> Calls | None:
        """Return the product of the weights and the matrix with the target as one more row, whose weight is −1."""
        weight, columns = self.operands.ended_weight, self._ended_columns
        if weight is None:
            return None
        columns[0, -1] = target
        return (partial(weight.dot, columns[0], out),)

    def weight_grad(self) -> Calls:
        """Return the product of the error and the transposed matrix."""
        error = self._windows(self.operands.dy)
        if self._in_blocks:
            return self._weight_grad_in_blocks(error)
        return multiply(error, self._columns.transpose(0, 2, 1), self._grouped(self.operands.dweight))

    def _weight_grad_in_blocks(self, error: Array) -> Calls:
        """Return the products of all blocks, their sum, and, apart, that of the errors.

        With the row of ones the products of common sizes would be just too large for the fast kernels.
        """
        geometry, taps, dtype = self.geometry, self.geometry.taps, error.dtype
        matrices = _blocks(self._columns[:, :taps])
        counts = [part.shape[1] for part in matrices]
        products = aligned((sum(counts), geometry.groups, geometry.out_group, taps), dtype)
        total = aligned((geometry.groups, geometry.out_group, taps), dtype)
        calls: list[Call] = []
        start = 0
        for count, errors, columns in zip(counts, _blocks(error), matrices, strict=True):
            target = products[start : start + count].transpose(1, 0, 2, 3)
            calls += multiply(errors, columns.transpose(0, 1, 3, 2), target)
            start += count
        calls.append(partial(np.ones(start, dtype).dot, products.reshape(start, -1), total.reshape(-1)))
        calls.append(partial(np.copyto, self._grouped(self.operands.dweight)[..., :taps], total))
        if self.operands.bias:
            errors, ones = error.reshape(geometry.out_channels, -1), np.ones(geometry.windows, dtype)
            calls.append(partial(np.matmul, errors, ones, self.operands.dweight[:, taps]))
        return tuple(calls)

    def input_grad(self) -> Calls:
        """Return the calls that unfold the error, multiply it by the weights, and bring the phases to their cells."""
        geometry, operands = self.geometry, self.operands
        down, across = geometry.phases
        dtype = operands.x.array.dtype
        taps = geometry.out_group * len(down.offsets) * len(across.offsets)
        rows = geometry.in_group * len(down.residues) * len(across.residues)
        columns = aligned((geometry.groups, taps, down.count * across.count), dtype)
        arrange, weights = self._back_weights(rows, taps)
        calls = [*self._fill(columns, operands.dy, geometry.back_axes, ones=False), *arrange]
        by_phase, order = geometry.phase_order, operands.dx.order
        in_place = (
            geometry.stride == (1, 1)
            if order is None
            else by_phase is not None and np.array_equal(order.cells, by_phase)
        )
        if in_place:
            result = operands.dx.flat.reshape(geometry.groups, rows, -1)
            return (*calls, *multiply(weights, columns, result))
        phases = aligned(geometry.groups * rows * columns.shape[2] + 1, dtype)
        calls += multiply(weights, columns, phases[:-1].reshape(geometry.groups, rows, -1))
        numbers = (len(down.residues), len(across.residues))
        if phases.size > _SPREAD and numbers == geometry.stride and (order is None or order.modulus):
            by_rows = phases[:-1].reshape(geometry.groups, geometry.in_group, *numbers, down.count, across.count)
            return (*calls, *self._spread(by_rows.transpose(0, 4, 1, 2, 3, 5)))
        return (*calls, *self._scatter(phases))

    @property
    def _in_blocks(self) -> bool:
        """Whether the matrix is multiplied block by block."""
        geometry = self.geometry
        return geometry.out_group > 1 and geometry.out_group * (geometry.taps + 1) * geometry.windows > LARGEST

    def _grouped(self, weight: Array) -> Array:
        return weight.reshape(self.geometry.groups, self.geometry.out_group, -1)

    def _windows(self, buffer: Buffer) -> Array:
        return buffer.flat.reshape(self.geometry.groups, self.geometry.out_group, -1)

    def _fill(
        self, columns: Array, source: Buffer, axes: tuple[Axis, Axis], ones: bool, order: Order | None = None
    ) -> Calls:
        """Return the calls that unfold ``source`` into ``columns`` (groups, rows, windows); ``ones``: the last row.

        ``order`` is that of the windows among the columns; None: row by row.
        """
        rows = columns.shape[1] - ones
        by_remainder = order is None and source.modulus == axes[1].step > 1
        if by_remainder and columns.size > TABLE and all(axis.borderless for axis in axes):
            columns[:, rows:] = 1
            return tuple(self._copies(columns[:, :rows], source, axes))
        if columns.size <= TABLE or source.order is not None or order is not None:
            table = source.located(_unfold_table(axes, self.geometry.groups, source.shape[0], ones))
            table = np.ascontiguousarray(table if order is None else table[..., order.cells])
            return (partial(source.extended.take, table, None, columns, "clip"),)
        enter, bordered = with_border(source, axes)
        windows = _every_window(bordered, axes, self.geometry.groups)
        columns[:, rows:] = 1
        return (*enter, partial(np.copyto, columns[:, :rows].reshape(windows.shape), windows))

    def _copies(self, columns: Array, source: Buffer, axes: tuple[Axis, Axis]) -> Iterator[Call]:
        """Yield the calls that unfold a map whose columns are sorted by their remainder modulo the step.

        What neighbouring windows read with one tap is then contiguous, and so is what they read with taps that are a
        `period` apart: all of these are one copy from an overlapping view.
        """
        down, across = axes
        groups, channels = self.geometry.groups, source.shape[0] // self.geometry.groups
        cells = columns.reshape(groups, down.taps, channels, across.taps, down.count, across.count)
        channel, row, cell = source.lines.strides
        ahead = across.period * across.spacing // across.step
        strides = (channels * channel, down.spacing * row, channel, ahead * cell, down.step * row, cell)
        for tap in range(min(across.period, across.taps)):
            some = cells[:, :, :, tap :: across.period]
            first = source.lines[:, down.first :, source.column(across.first + tap * across.spacing) :]
            yield partial(np.copyto, some, as_strided(first, some.shape, strides, writeable=False))

    def _scatter(self, phases: Array) -> Calls:
        """Return the call that gathers the cells of ``dx`` from the phases, behind which a zero is stored.

        Cells that belong to no phase, because no window reads them, take that zero.
        """
        geometry = self.geometry
        down, across = geometry.phases
        counts = (geometry.channels, len(down.residues), len(across.residues), down.count, across.count)
        numbers = np.arange(phases.size - 1).reshape(counts)
        table = np.full((geometry.channels, *geometry.size), phases.size - 1, np.intp)
        for (v, r), (h, q) in product(enumerate(down.residues), enumerate(across.residues)):
            rows, row_cells = geometry.landing(0, slice(None), r)
            columns, column_cells = geometry.landing(1, slice(None), q)
            table[:, row_cells, column_cells] = numbers[:, v, h, rows, columns]
        dx = self.operands.dx
        if dx.order is not None:
            table = np.ascontiguousarray(table.reshape(geometry.channels, -1)[:, dx.order.cells])
        return (partial(phases.take, table, None, dx.flat.reshape(table.shape), "clip"),)


def _unfold_table(axes: tuple[Axis, Axis], groups: int, channels: int, ones: bool) -> Indices:
    """Return the indices (groups, rows, windows) that unfold a map when taken from `Buffer.extended`.

    Rows are in the order (tap down, channel, tap across). With ``ones`` there is one more, of the stored one.
    """
    down, across = axes
    rows, columns = down.cells(), across.cells()
    size = channels * down.size * across.size
    starts = np.arange(channels).reshape(groups, 1, -1, 1, 1, 1) * (down.size * across.size)
    row = rows[None, :, None, None, :, None]
    column = columns[None, None, None, :, None, :]
    table = np.where((row < 0) | (column < 0), size, starts + row * across.size + column)
    table = table.reshape(groups, -1, down.count * across.count)
    if ones:
        table = np.concatenate([table, np.full((groups, 1, table.shape[2]), size + 1)], axis=1)
    return np.ascontiguousarray(table, dtype=np.intp)


def _every_window(source: Array, axes: tuple[Axis, Axis], groups: int) -> Array:
    """Return the cells of all windows as a view (groups, taps down, channels, taps across, rows, columns) of a map."""
    down, across = axes
    channel, row, cell = source.strides
    channels = source.shape[0] // groups
    return as_strided(
        source,
        (groups, down.taps, channels, across.taps, down.count, across.count),
        (channels * channel, down.spacing * row, channel, across.spacing * cell, down.step * row, across.step * cell),
        writeable=False,
    )


def _blocks(matrices: Array) -> tuple[Array, ...]:
    """Return the blocks of matrices (groups, rows, windows), as views (groups, blocks, rows, windows of a block).

    Those of `BLOCK` windows are the first view, and what is left over, if anything is, is the second.
    """
    groups, rows, windows = matrices.shape
    whole = windows - windows % BLOCK
    parts = (
        matrices[:, :, :whole].reshape(groups, rows, -1, BLOCK).transpose(0, 2, 1, 3),
        matrices[:, None, :, whole:],
    )
    return tuple(part for part in parts if part.size)
