"""Large maps and one filter: several rows of windows at once.

With one filter the left matrix of `Strips` has one row, and a product of one row is bound by reading the other matrix,
not by multiplying. But neighbouring rows of windows share most of what they read. Here a few of them are one product:
the matrix that they read together is the view of `Strips`, only higher, and the weights become a *banded* matrix, in
which every row holds the same kernel, one stride further on. Some of its numbers are zeros that are multiplied for
nothing; BLAS is so much faster at several rows that this pays two- to threefold. In the weight gradient the products
stand along the same band, and are summed along it.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convviz.engine.convolution.base import adding
from convviz.engine.convolution.strips import Strip, Strips
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convviz.engine.convolution.base import Calls
    from convviz.engine.memory import Array, Call

#: Rows of windows in one product, the better ones first: as many as BLAS keeps in registers; more only add zeros.
ROWS = (4, 2)
#: Forward, so many are better still, while the copied map has at most so many bytes and so stays in the second cache.
MANY_ROWS, CACHED = 6, 3 << 18
#: Columns of an output below which the sums of a weight gradient are so short that a product of one row is faster.
SHORT = 48


def rows_together(ahead: int, taps: int) -> int:
    """Return how many rows of windows are one product, each of so many taps and so far ahead of the one before it."""
    return next(rows for rows in ROWS if rows < 3 or (rows - 1) * ahead < taps)


class Banded(Strips):
    """Convolution by one filter (of each group), by several rows of windows; the input gradient is that of `Strips`."""

    def product(self) -> Calls:
        """Return the call that fills the band, one product for each strip, and the bias added to it."""
        geometry, operands = self.geometry, self.operands
        several = MANY_ROWS if self._is_cached and (MANY_ROWS - 1) * self._ahead < geometry.taps else self._several
        height = self._height(several)
        band = aligned((geometry.groups, 1, several, height), operands.weight.dtype)
        weight = operands.weight.reshape(geometry.groups, 1, 1, -1)
        bias, kernel = weight[..., geometry.taps :], weight[..., : geometry.taps]
        calls: list[Call] = [partial(np.copyto, self._along(band), kernel)]
        for fill, strip in self._banded(several):
            target = self._rows(self._by_rows(operands.y), strip)
            weights = band[:, :, : target.shape[2], : strip.windows.shape[2]]
            calls += fill
            calls.append(partial(np.matmul, weights, strip.windows, target))
            if operands.bias:
                calls.append(adding(bias, target))
        return tuple(calls)

    def weight_grad(self) -> Calls:
        """Return the products of the errors with what they were made from, and their sum along the band."""
        geometry, operands = self.geometry, self.operands
        if geometry.out_size[1] < SHORT:
            return super().weight_grad()
        dy = self._by_rows(operands.dy)

        def errors(strip: Strip, some: slice) -> tuple[Calls, Array]:
            return (), self._rows(dy, strip)[:, some]

        several = self._several
        calls, total = self._sum(self._banded(several), errors, several, self._height(several))
        dweight = operands.dweight.reshape(geometry.groups, -1)[:, : geometry.taps]
        return *calls, partial(np.add.reduce, self._along(total), 1, None, dweight), *self._bias_grad()

    def _banded(self, several: int) -> list[tuple[Calls, Strip]]:
        """Return the strips, by several rows of windows; what is left of a strip follows it and needs no filling."""
        stacks: list[tuple[Calls, Strip]] = []
        for strip in self._strips:
            fill: Calls = () if self._kept else strip.fill
            for together in self._together(strip, several):
                stacks.append((fill, together))
                fill = ()
        return stacks

    def _together(self, strip: Strip, several: int) -> Iterator[Strip]:
        """Yield a strip's windows again, several rows of them to a matrix, and those that are left with fewer."""
        groups, count, taps, columns = strip.windows.shape
        group, window, line, cell = strip.windows.strides
        every = range(strip.rows.start, strip.rows.stop, strip.rows.step)
        whole = count - count % several
        for start, stop in ((0, whole), (whole, count)):
            if start == stop:
                continue
            height = min(several, stop - start)
            windows = as_strided(
                strip.windows[:, start:],
                (groups, (stop - start) // height, taps + (height - 1) * self._ahead, columns),
                (group, height * window, line, cell),
                writeable=False,
            )
            rows = slice(every[start], every[stop - 1] + 1, strip.rows.step)
            yield Strip(strip.fill, windows, rows, strip.columns)

    def _rows(self, by_rows: Array, strip: Strip) -> Array:
        """Return the cells (groups, matrices, rows, columns) of a map of one channel a group that a strip makes."""
        cells = by_rows[:, strip.rows, 0, strip.columns]
        return cells.reshape(self.geometry.groups, strip.windows.shape[1], -1, cells.shape[2])

    @cached_property
    def _ahead(self) -> int:
        """How much further down its matrix a row of windows begins than the one before it."""
        _, window, line, _ = self._strips[0].windows.strides
        return int(window // line)

    @property
    def _is_cached(self) -> bool:
        """Whether all that is read is one strip, and small."""
        groups, count, taps, columns = self._strips[0].windows.shape
        rows = taps + (count - 1) * self._ahead
        return len(self._strips) == 1 and groups * rows * columns * self.operands.weight.itemsize <= CACHED

    @property
    def _several(self) -> int:
        """How many rows of windows are one product: as many as leave the band more numbers than zeros."""
        return rows_together(self._ahead, self.geometry.taps)

    def _height(self, several: int) -> int:
        """Return the rows of the matrix that several rows of windows read."""
        return self.geometry.taps + (several - 1) * self._ahead

    def _along(self, band: Array) -> Array:
        """Return what stands along the band of a matrix (…, several, height), as (…, several, taps)."""
        *_, row, cell = band.strides
        shape = (*band.shape[:-1], self.geometry.taps)
        return as_strided(band, shape, (*band.strides[:-2], row + self._ahead * cell, cell))
