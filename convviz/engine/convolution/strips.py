"""Large maps: im2col along the columns only, so that the matrix of every row of windows is a view.

The im2col matrix for a kernel (kh, kw) holds every cell kh · kw times and soon leaves the cache. Here only the columns
are unfolded, which copies the map kw times, each copy shifted by one tap: (row, channel, tap across, column). The kh
rows that a row of windows reads lie one behind the other in that memory. So the im2col matrix of one row of windows,
(kh · channels · kw, columns), is a view, and that of the next row of windows begins ``stride`` rows further on in the
same memory. All of them are one stack of overlapping matrices, which `np.matmul` multiplies in one call. (The same
lowering is in Cho and Brand, *MEC: Memory-efficient convolution for deep neural networks*, ICML 2017.)

With a dilation down, the rows that a window reads are not neighbours. They are so among the rows with the same
remainder modulo the dilation, and the windows are therefore taken class by class.

What does not fit into the cache, or into the memory that is granted, is cut into strips, by rows and by columns of
windows.
"""

from __future__ import annotations

from functools import cached_property, partial
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convviz.engine.convolution.base import Calls, Correlation, adding, with_border
from convviz.engine.convolution.products import multiply
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from convviz.engine.convolution.geometry import Axis
    from convviz.engine.memory import Array, Buffer, Call

#: The most bytes of the matrix of one row of windows: it is read as a whole, and should fit into the level-2 cache.
WINDOW = 1 << 20
#: The most bytes of a strip that is filled anew at every step.
STRIP = 1 << 20
#: The most bytes of unfolded columns that are kept from the forward to the backward pass, and of a constant input.
KEEP, _KEEP_CONSTANT = 1 << 23, 1 << 24


class Strip(NamedTuple):
    """Some rows and columns of windows.

    Attributes
    ----------
    fill
        The calls that unfold the cells that they read.
    windows : (groups, rows, taps, columns)
        The im2col matrix of each row of windows, as views that overlap.
    rows, columns
        Which windows these are: slices of the rows and columns of the output.
    """

    fill: Calls
    windows: Array
    rows: slice
    columns: slice


class Strips(Correlation):
    """Convolution by stacks of overlapping matrices, strip by strip."""

    def unfold(self) -> Calls:
        """Return the calls that put a border around ``x`` and, if it is kept, unfold it."""
        enter, _ = self._source
        return (*enter, *(call for strip in self._strips for call in strip.fill)) if self._kept else enter

    def product(self) -> Calls:
        """Return one product for each strip, and the bias, which is added while the strip's output is in the cache."""
        geometry, operands = self.geometry, self.operands
        y = self._by_rows(operands.y)
        weight = operands.weight.reshape(geometry.groups, 1, geometry.out_group, -1)
        calls: list[Call] = []
        for fill, strip in self._stacks:
            target = y[:, strip.rows, :, strip.columns]
            calls += fill
            calls += multiply(weight[..., : geometry.taps], strip.windows, target)
            if operands.bias:
                calls.append(adding(weight[..., geometry.taps :], target))
        return tuple(calls)

    def weight_grad(self) -> Calls:
        """Return for each strip the products of all its rows, and their sum."""
        geometry, operands = self.geometry, self.operands
        dy = self._by_rows(operands.dy)

        def errors(strip: Strip, rows: slice) -> tuple[Calls, Array]:
            return (), dy[:, strip.rows, :, strip.columns][:, rows]

        calls, total = self._sum(self._stacks, errors, geometry.out_group, geometry.taps)
        dweight = operands.dweight.reshape(geometry.groups, geometry.out_group, -1)
        calls.append(partial(np.copyto, dweight[..., : geometry.taps], total))
        return (*calls, *self._bias_grad())

    def _sum(
        self,
        stacks: Sequence[tuple[Calls, Strip]],
        errors: Callable[[Strip, slice], tuple[Calls, Array]],
        rows: int,
        columns: int,
    ) -> tuple[list[Call], Array]:
        """Return the calls that sum error × windows over all rows of windows, and the sum (groups, rows, columns).

        ``stacks`` are strips with the calls that fill them. ``errors`` takes a strip and a slice of its rows of
        windows, and returns the calls that lay out their errors, and these as (groups, rows of windows, rows, columns).
        The products of a stack whose matrices are smaller than the sum are added to its top left corner.
        """
        dtype, shape = self.operands.weight.dtype, (self.geometry.groups, rows, columns)
        part, total = aligned(shape, dtype), aligned(shape, dtype)
        longest = max(strip.windows.shape[1] for _, strip in stacks)
        most = max(1, min(longest, STRIP // part.nbytes))
        parts, ones = aligned((most, *shape), dtype), np.ones(most, dtype)
        calls: list[Call] = []
        target = total
        for fill, strip in stacks:
            calls += fill
            for start in range(0, strip.windows.shape[1], most):
                some = slice(start, start + most)
                windows = strip.windows[:, some].transpose(0, 1, 3, 2)
                make, error = errors(strip, some)
                products = parts[: windows.shape[1]]
                if windows.shape[3] < columns:  # in memory of its own, whose numbers outside the corner stay zero
                    products = aligned(products.shape, dtype)
                corner = products[:, :, : error.shape[2], : windows.shape[3]]
                calls += make
                calls += multiply(error, windows, corner.transpose(1, 0, 2, 3))
                summed = products.reshape(len(products), -1)
                calls.append(partial(ones[: len(products)].dot, summed, target.reshape(-1)))
                calls += (partial(np.add, total, part, total),) if target is part else ()
                target = part
        return calls, total

    def _bias_grad(self) -> Calls:
        """Return the calls that sum the errors of each output channel, if there is a bias.

        The sums, first along the rows and then of the rows, are products with ones: BLAS reads the errors two to three
        times as fast as `np.add.reduce`.
        """
        if not self.operands.bias:
            return ()
        errors = self.operands.dy.lines
        channels, height, width = errors.shape
        sums, ones = aligned((channels, height), errors.dtype), np.ones(height, errors.dtype)
        dbias = self.operands.dweight[:, self.geometry.taps]
        total = partial(sums.dot, ones, dbias) if channels == 1 else partial(np.matmul, sums, ones, dbias)
        return partial(errors.reshape(-1, width).dot, np.ones(width, errors.dtype), sums.reshape(-1)), total

    def input_grad(self) -> Calls:
        """Return for each strip of the error its product with the weights, and the calls that interleave the phases."""
        geometry, operands = self.geometry, self.operands
        down, across = geometry.phases
        phases = (len(down.residues), len(across.residues))
        rows = geometry.in_group * phases[0] * phases[1]
        arrange, weights = self._back_weights(rows, geometry.out_group * len(down.offsets) * len(across.offsets))
        enter, source = with_border(operands.dy, geometry.back_axes)
        strips = list(cut(source, geometry.back_axes, geometry.groups))
        calls = [*arrange, *enter]
        if phases != geometry.stride:  # the cells of a phase without taps have no gradient
            calls.append(partial(operands.dx.flat.fill, 0))
        most = max(strip.windows[:, :, 0].size for strip in strips)
        scratch = aligned(most * rows, source.dtype)
        in_place = self._by_phases()
        for strip in strips:
            calls += strip.fill
            if in_place is not None:
                target = in_place[:, strip.rows, :, strip.columns]
                calls += multiply(weights[:, None], strip.windows, target)
                continue
            groups, count, _, columns = strip.windows.shape
            result = scratch[: groups * count * rows * columns].reshape(groups, count, rows, columns)
            calls += multiply(weights[:, None], strip.windows, result)
            result = result.reshape(groups, count, geometry.in_group, *phases, columns)
            calls += self._spread(result, strip.rows, strip.columns)
        return tuple(calls)

    def _by_phases(self) -> Array | None:
        """Return a view (groups, rows, phases of channels, columns) of ``dx``, if it is stored in such an order."""
        geometry, dx = self.geometry, self.operands.dx
        if geometry.stride == (1, 1):
            return self._by_rows(dx)
        if geometry.phase_order is None or geometry.in_group > 1 or dx.modulus != geometry.stride[1]:
            return None
        (height, width), (down, across) = geometry.size, geometry.stride
        return dx.lines.reshape(geometry.groups, height // down, down * across, width // across)

    @property
    def _axes(self) -> tuple[Axis, Axis]:
        """How the input is unfolded, down and across."""
        return self.geometry.axes

    @cached_property
    def _source(self) -> tuple[Calls, Array]:
        x = self.operands.x
        return with_border(x, self._axes) if x.modulus == 1 else ((), x.lines)

    @cached_property
    def _kept(self) -> bool:
        """Whether the unfolded input is small enough to be kept."""
        _, source = self._source
        across = self._axes[1]
        size = source.shape[0] * source.shape[1] * across.taps * across.count * source.itemsize
        return bool(size <= (_KEEP_CONSTANT if self.operands.constant else KEEP))

    @cached_property
    def _strips(self) -> list[Strip]:
        _, source = self._source
        operands = self.operands
        return list(cut(source, self._axes, self.geometry.groups, keep=self._kept, x=operands.x, y=operands.y))

    @cached_property
    def _stacks(self) -> list[tuple[Calls, Strip]]:
        """The strips, each with the calls that fill it at every pass; none for strips that are kept."""
        return [(() if self._kept else strip.fill, strip) for strip in self._strips]


def cut(
    source: Array,
    axes: tuple[Axis, Axis],
    groups: int,
    keep: bool = False,
    whole: bool = False,
    x: Buffer | None = None,
    y: Buffer | None = None,
) -> Iterator[Strip]:
    """Yield the strips of all windows over ``source`` (channels, rows, columns), which includes the padding.

    Parameters
    ----------
    source
        The region that the windows read.
    axes
        How they read it, down and across.
    groups
        Of channels.
    keep
        Each strip has memory of its own, and takes all rows of windows of its class. Otherwise all strips share one
        memory, and each must be filled before it is read.
    whole
        Do not cut by columns.
    x, y
        The maps that are read and written. If the columns of ``x`` are sorted by their remainder, so are those of
        ``source``; if those of ``y`` are, the columns of the windows are put into the same order.
    """
    down, across = axes
    common = gcd(down.step, down.spacing) if down.taps > 1 else down.step
    spacing, step = (down.spacing, down.step // common) if down.taps > 1 else (down.step, 1)
    classes = spacing // common
    channels = source.shape[0] // groups
    line = channels * across.taps * source.itemsize
    tiles = 1 if whole else -(-across.count * line * down.taps // WINDOW)
    width = -(-across.count // max(1, min(tiles, across.count // 64)))
    row = groups * line * width
    band = down.count if keep else max(2 * down.taps, (STRIP // row - down.taps) // step)
    memory = np.empty(0, source.dtype)
    for number in range(min(classes, down.count)):
        count = -(-(down.count - number) // classes)
        for start in range(0, count, band):
            windows = min(band, count - start)
            rows = (windows - 1) * step + down.taps
            for left in range(0, across.count, width):
                columns = min(width, across.count - left)
                shape = (groups, rows, channels, across.taps, columns)
                if keep or memory.size < np.prod(shape):
                    memory = aligned(shape, source.dtype).reshape(-1)
                lines = memory[: int(np.prod(shape))].reshape(shape)
                first = source[:, number * down.step + start * step * spacing :]
                yield Strip(
                    tuple(_fill(lines, first, spacing, left, across, x, y)),
                    _windows(lines, windows, step, down.taps),
                    slice(number + start * classes, number + (start + windows - 1) * classes + 1, classes),
                    slice(left, left + columns),
                )


def _fill(
    lines: Array, source: Array, spacing: int, left: int, across: Axis, x: Buffer | None, y: Buffer | None
) -> Iterator[Call]:
    """Yield the calls that unfold the columns of every ``spacing``-th row of the source into the lines of a strip.

    ``lines`` is (groups, rows, channels, taps across, columns), the columns those from ``left`` on.
    """
    if x is not None and x.modulus > 1:  # what one tap reads is contiguous; taps a period apart are one view
        for tap in range(min(across.period, across.taps)):
            some = lines[:, :, :, tap :: across.period]
            first = x.column(tap * across.spacing) + left
            ahead = across.period * across.spacing // across.step
            yield partial(np.copyto, some, _shifted(source, spacing, first, ahead, 1, some))
    elif y is not None and y.modulus > 1:
        for remainder in range(y.modulus):
            start = y.column(remainder)
            begin = max(start, left)
            end = min(start + len(range(remainder, across.count, y.modulus)), left + lines.shape[4])
            if begin < end:
                some = lines[..., begin - left : end - left]
                first = (remainder + (begin - start) * y.modulus) * across.step
                step = y.modulus * across.step
                yield partial(np.copyto, some, _shifted(source, spacing, first, across.spacing, step, some))
    else:
        first = left * across.step
        yield partial(np.copyto, lines, _shifted(source, spacing, first, across.spacing, across.step, lines))


def _shifted(source: Array, spacing: int, first: int, tap: int, step: int, lines: Array) -> Array:
    """Return the cells that ``lines`` are to be filled with, as a view of the source with the same shape.

    They are in every ``spacing``-th row. The first tap's first window reads column ``first``; the next tap reads
    ``tap`` columns further on, and the next window ``step`` columns.
    """
    channel, row, cell = source.strides
    return as_strided(
        source[:, :, first:],
        lines.shape,
        (lines.shape[2] * channel, spacing * row, channel, tap * cell, step * cell),
        writeable=False,
    )


def _windows(lines: Array, count: int, step: int, taps: int) -> Array:
    """Return the overlapping matrices (groups, windows, taps · channels · taps across, columns) of a filled strip."""
    groups, _, channels, across, columns = lines.shape
    group, row, _, line, cell = lines.strides
    return as_strided(
        lines, (groups, count, taps * channels * across, columns), (group, step * row, line, cell), writeable=False
    )
