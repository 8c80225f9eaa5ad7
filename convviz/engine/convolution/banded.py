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

from convviz.engine.convolution.strips import Strip, Strips
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convviz.engine.convolution.base import Calls
    from convviz.engine.convolution.geometry import Indices
    from convviz.engine.memory import Array, Call

#: Rows of windows in one product, the better ones first: as many as BLAS keeps in registers; more only add zeros.
ROWS = (4, 2)
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
        size = geometry.groups * self._several * self._height
        matrix = aligned(size + 1, operands.weight.dtype)
        band = matrix[:size].reshape(geometry.groups, 1, self._several, self._height)
        bias = operands.weight.reshape(geometry.groups, 1, 1, -1)[..., geometry.taps :]
        calls: list[Call] = [partial(matrix.put, self._places, operands.weight, "clip")]
        for fill, strip in self._banded:
            target = self._rows(self._by_rows(operands.y), strip)
            weights = band[:, :, : target.shape[2], : strip.windows.shape[2]]
            calls += fill
            calls.append(partial(np.matmul, weights, strip.windows, target))
            if operands.bias:
                calls.append(partial(np.add, target, bias, target))
        return tuple(calls)

    def weight_grad(self) -> Calls:
        """Return the products of the errors with what they were made from, and their sum along the band."""
        geometry, operands = self.geometry, self.operands
        if geometry.out_size[1] < SHORT:
            return super().weight_grad()
        dy = self._by_rows(operands.dy)

        def errors(strip: Strip, some: slice) -> tuple[Calls, Array]:
            return (), self._rows(dy, strip)[:, some]

        calls, total = self._sum(self._banded, errors, self._several, self._height)
        group, row, cell = total.strides
        shape = (geometry.groups, self._several, geometry.taps)
        along = as_strided(total, shape, (group, row + self._ahead * cell, cell))
        dweight = operands.dweight.reshape(geometry.groups, -1)[:, : geometry.taps]
        return *calls, partial(np.add.reduce, along, 1, None, dweight), *self._bias_grad()

    @cached_property
    def _banded(self) -> list[tuple[Calls, Strip]]:
        """The strips, by several rows of windows; what is left of a strip follows it and needs no filling."""
        stacks: list[tuple[Calls, Strip]] = []
        for strip in self._strips:
            fill: Calls = () if self._kept else strip.fill
            for several in self._together(strip):
                stacks.append((fill, several))
                fill = ()
        return stacks

    def _together(self, strip: Strip) -> Iterator[Strip]:
        """Yield a strip's windows again, several rows of them to a matrix, and those that are left with fewer."""
        groups, count, taps, columns = strip.windows.shape
        group, window, line, cell = strip.windows.strides
        every = range(strip.rows.start, strip.rows.stop, strip.rows.step)
        whole = count - count % self._several
        for start, stop in ((0, whole), (whole, count)):
            if start == stop:
                continue
            height = min(self._several, stop - start)
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
    def _several(self) -> int:
        """How many rows of windows are one product: as many as leave the band more numbers than zeros."""
        return rows_together(self._ahead, self.geometry.taps)

    @property
    def _height(self) -> int:
        """The rows of the matrix that several rows of windows read."""
        return self.geometry.taps + (self._several - 1) * self._ahead

    @property
    def _places(self) -> Indices:
        """Where in the band each weight goes, once for each row; a bias goes behind it."""
        geometry = self.geometry
        group, row, tap = np.indices((geometry.groups, self._several, geometry.taps), sparse=True)
        places = (group * self._several + row) * self._height + row * self._ahead + tap
        if self.operands.bias:
            behind = np.full((*places.shape[:2], 1), geometry.groups * self._several * self._height)
            places = np.concatenate([places, behind], axis=2)
        return np.ascontiguousarray(places.transpose(1, 0, 2)).ravel()
