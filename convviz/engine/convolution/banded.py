"""Large maps and one filter: several rows of windows in one product, by a banded Toeplitz matrix of the weights.

With one filter, the left matrix of `Strips` has one row, and the product is a matrix-vector product: its time is that
of reading the right matrix. But neighbouring rows of windows share most of the cells that they read. Here a few of them
are computed by one product. Its right matrix holds what they read together, which is the view of `Strips` with more
rows. Its left matrix has a row for each of them, with the same kernel, shifted by one stride from row to row, and
zeros elsewhere: a banded Toeplitz matrix. BLAS is so much faster with several rows that this gains two- to threefold,
although it multiplies by zeros. In the weight gradient, the entries on that band of the product error × windows are the
gradients of the taps, one set for each of the rows, and are summed.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convviz.engine.convolution.base import adding
from convviz.engine.convolution.products import multiply
from convviz.engine.convolution.strips import Strip, Strips
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convviz.engine.convolution.base import Calls
    from convviz.engine.memory import Array, Call

#: How many rows of windows are one product, the preferred number first: that is how many rows of the left matrix BLAS
#: keeps in registers. More only add zeros.
_ROWS = (4, 2)
#: In the forward pass ``_MANY_ROWS`` are still better while the unfolded columns take at most ``_CACHED`` bytes, and so
#: stay in the level-2 cache.
_MANY_ROWS, _CACHED = 6, 3 << 18
#: With fewer columns of output, the sums in the weight gradient are so short that products of single rows are faster.
_SHORT = 48


def _rows_together(ahead: int, taps: int) -> int:
    """Return how many rows of windows are one product: four, unless their band has more zeros than weights, else two.

    ``taps`` is the number of weights of a filter, and ``ahead`` by how many columns the band shifts from row to row.
    """
    return next(rows for rows in _ROWS if rows < 3 or (rows - 1) * ahead < taps)


class Banded(Strips):
    """Convolution by one filter (of each group), by several rows of windows; the input gradient is that of `Strips`."""

    def product(self) -> Calls:
        """Return the call that fills the band with the weights, and for each strip the product and the bias."""
        geometry, operands = self.geometry, self.operands
        several = _MANY_ROWS if self._is_cached and (_MANY_ROWS - 1) * self._ahead < geometry.taps else self._several
        height = self._height(several)
        band = aligned((geometry.groups, 1, several, height), operands.weight.dtype)
        weight = operands.weight.reshape(geometry.groups, 1, 1, -1)
        bias, kernel = weight[..., geometry.taps :], weight[..., : geometry.taps]
        calls: list[Call] = [partial(np.copyto, self._along(band), kernel)]
        for fill, strip in self._banded(several):
            target = self._rows(self._by_rows(operands.y), strip)
            weights = band[:, :, : target.shape[2], : strip.windows.shape[2]]
            calls += fill
            calls += multiply(weights, strip.windows, target)
            if operands.bias:
                calls.append(adding(bias, target))
        return tuple(calls)

    def weight_grad(self) -> Calls:
        """Return the products of the errors with what their windows read, and their sum along the band."""
        geometry, operands = self.geometry, self.operands
        if geometry.out_size[1] < _SHORT:
            return super().weight_grad()
        dy = self._by_rows(operands.dy)

        def errors(strip: Strip, some: slice) -> tuple[Calls, Array]:
            return (), self._rows(dy, strip)[:, some]

        several = self._several
        calls, total = self._sum(self._banded(several), errors, several, self._height(several))
        dweight = operands.dweight.reshape(geometry.groups, -1)[:, : geometry.taps]
        return *calls, partial(np.add.reduce, self._along(total), 1, None, dweight), *self._bias_grad()

    def _banded(self, several: int) -> list[tuple[Calls, Strip]]:
        """Return the strips with ``several`` rows of windows per matrix, and the calls that fill them.

        Where the rows of a strip are no multiple of that, the last ones are a strip of their own, already filled.
        """
        stacks: list[tuple[Calls, Strip]] = []
        for strip in self._strips:
            fill: Calls = () if self._kept else strip.fill
            for together in self._together(strip, several):
                stacks.append((fill, together))
                fill = ()
        return stacks

    def _together(self, strip: Strip, several: int) -> Iterator[Strip]:
        """Yield a strip with ``several`` rows of windows per matrix, and another with those that are left over."""
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
        """Return the cells of an output map that belong to a strip: (groups, matrices, rows of each, columns)."""
        cells = by_rows[:, strip.rows, 0, strip.columns]
        return cells.reshape(self.geometry.groups, strip.windows.shape[1], -1, cells.shape[2])

    @cached_property
    def _ahead(self) -> int:
        """By how many rows of the right matrix, and columns of the band, one row of windows is ahead of the last."""
        _, window, line, _ = self._strips[0].windows.strides
        return int(window // line)

    @property
    def _is_cached(self) -> bool:
        """Whether all unfolded columns are one strip of at most `_CACHED` bytes."""
        groups, count, taps, columns = self._strips[0].windows.shape
        rows = taps + (count - 1) * self._ahead
        return len(self._strips) == 1 and groups * rows * columns * self.operands.weight.itemsize <= _CACHED

    @property
    def _several(self) -> int:
        """How many rows of windows are one product."""
        return _rows_together(self._ahead, self.geometry.taps)

    def _height(self, several: int) -> int:
        """Return the number of rows of the right matrix for ``several`` rows of windows."""
        return self.geometry.taps + (several - 1) * self._ahead

    def _along(self, band: Array) -> Array:
        """Return the entries on the band of a matrix (…, several, height), as a view (…, several, taps)."""
        *_, row, cell = band.strides
        shape = (*band.shape[:-1], self.geometry.taps)
        return as_strided(band, shape, (*band.strides[:-2], row + self._ahead * cell, cell))
