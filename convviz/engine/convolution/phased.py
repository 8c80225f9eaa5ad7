"""Large maps and one filter with a stride, where the columns are sorted by phase: nothing is unfolded.

Let the stride across be m, and the columns of the map be sorted by their remainder modulo m. With tap v = j · m + r,
window n reads column (n + j) · m + r, which in memory is number n + j of the columns with remainder r. So with the taps
of one *shift* ``j``, neighbouring windows read neighbouring numbers, as with a stride of 1. Each row of the map is m
such parts of equal length, so all that a row of windows reads is a view (kh · m, columns) of the map, whatever the
shift. The left matrix has one row of weights for each shift, one product yields one row of results for each shift, and
the output is the sum of these rows, each taken one column further on than the one before it.

For the weight gradient, the errors are laid out once for each shift, each time one column further on and with zeros
beside them. One product with the transpose of the same matrix yields the gradients of all taps.

As in `Banded`, a few rows of windows are one product, with a banded matrix of the weights.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convviz.engine.convolution.base import adding
from convviz.engine.convolution.products import multiply
from convviz.engine.convolution.strips import Strips
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from convviz.engine.convolution.base import Calls, Operands
    from convviz.engine.convolution.geometry import Geometry, Indices
    from convviz.engine.memory import Array, Call

#: How many rows of windows are one product, the preferred number first; it must divide the rows of the output. More
#: would add too many zeros.
_SEVERAL = (2, 3, 1)
#: The most bytes of products that are computed before they are added.
PRODUCTS = 1 << 19


class Phased(Strips):
    """Convolution by one filter of each group, its input sorted by phase; the input gradient is that of `Strips`."""

    def __init__(self, geometry: Geometry, operands: Operands) -> None:
        super().__init__(geometry, operands)
        (kh, kw), (down, across), (rows, columns) = geometry.kernel, geometry.stride, geometry.out_size
        self._shifts, self._ahead = kw // across, down * across
        self._several = next(several for several in _SEVERAL if rows % several == 0)
        self._height, self._wide = kh * across + (self._several - 1) * self._ahead, columns + self._shifts - 1
        line = geometry.groups * self._shifts * self._wide * operands.weight.itemsize
        most = max(1, PRODUCTS // (line * self._several)) * self._several
        self._some_rows = [slice(start, min(start + most, rows)) for start in range(0, rows, most)]

    @staticmethod
    def fits(geometry: Geometry, operands: Operands) -> bool:
        """Return whether the columns of the input are sorted by their phase, with as many columns and taps in each."""
        across = geometry.stride[1]
        return (
            operands.x.modulus == across > 1
            and geometry.in_group == geometry.out_group == 1
            and geometry.dilation == (1, 1)
            and geometry.size[1] % across == 0
            and geometry.kernel[1] % across == 0
        )

    def unfold(self) -> Calls:
        """Return no calls: the input is read as it is."""
        return ()

    def product(self) -> Calls:
        """Return the call that fills the band, and for some rows at a time the products, their sum and the bias."""
        geometry, operands = self.geometry, self.operands
        groups, rows = geometry.groups, self._several * self._shifts
        matrix = aligned(groups * rows * self._height + 1, operands.weight.dtype)
        band = matrix[:-1].reshape(groups, 1, rows, self._height)
        bias = operands.weight.reshape(groups, 1, -1)[..., geometry.taps :]
        memory, by_shift = self._laid_out()
        calls: list[Call] = [partial(matrix.put, self._places, operands.weight, "clip")]
        for some in self._some_rows:
            products, target = self._matrices(memory, some), operands.y.lines[:, some]
            shifted = by_shift[:, : target.shape[1]]
            calls += multiply(band, self._windows(some), products)
            calls.append(
                partial(np.add, shifted[:, :, 0], shifted[:, :, 1], target)  # twice as fast as reducing an axis of two
                if self._shifts == 2
                else partial(np.add.reduce, shifted, 2, None, target)
            )
            if operands.bias:
                calls.append(adding(bias, target))
        return tuple(calls)

    def weight_grad(self) -> Calls:
        """Return for some rows at a time the calls that lay out their errors, the products, and the sums of these."""
        geometry, operands = self.geometry, self.operands
        groups, rows = geometry.groups, self._several * self._shifts
        memory, by_shift = self._laid_out()
        most = memory.shape[1] // self._several
        products = aligned((most, groups, rows, self._height), memory.dtype)
        part, total = aligned(products.shape[1:], memory.dtype), aligned(products.shape[1:], memory.dtype)
        ones = np.ones(most, memory.dtype)
        calls: list[Call] = []
        for number, some in enumerate(self._some_rows):
            errors, windows = self._matrices(memory, some), self._windows(some).transpose(0, 1, 3, 2)
            made, target = products[: errors.shape[1]], part if number else total
            lines = operands.dy.lines[:, some, None]
            calls.append(partial(np.copyto, by_shift[:, : lines.shape[1]], lines))
            calls += multiply(errors, windows, made.transpose(1, 0, 2, 3))
            calls.append(partial(ones[: len(made)].dot, made.reshape(len(made), -1), target.reshape(-1)))
            calls += (partial(np.add, total, part, total),) if number else ()
        kh, across = geometry.kernel[0], geometry.stride[1]
        group, row, cell = total.strides
        along = as_strided(
            total,
            (groups, self._several, kh, self._shifts, across),
            (group, self._shifts * row + self._ahead * cell, across * cell, row, cell),
        )
        dweight = operands.dweight.reshape(groups, -1)[:, : geometry.taps].reshape(along.shape[:1] + along.shape[2:])
        return *calls, partial(np.add.reduce, along, 1, None, dweight), *self._bias_grad()

    def _laid_out(self) -> tuple[Array, Array]:
        """Return zeros for the products, or the errors, of some rows for all shifts, and a view of each shift's own.

        The former is (groups, rows, shifts, columns that are read with any shift). The view is (groups, rows, shifts,
        columns of the output), for each shift one column further on.
        """
        most = self._some_rows[0].stop
        memory = aligned((self.geometry.groups, most, self._shifts, self._wide), self.operands.weight.dtype)
        group, row, shift, cell = memory.strides
        shape = (*memory.shape[:3], self.geometry.out_size[1])
        return memory, as_strided(memory, shape, (group, row, shift + cell, cell))

    def _matrices(self, memory: Array, some: slice) -> Array:
        """Return the first rows of that memory, as many as ``some``, as (groups, matrices, rows of each, columns)."""
        rows = memory[:, : some.stop - some.start]
        return rows.reshape(len(memory), -1, self._several * self._shifts, self._wide)

    def _windows(self, some: slice) -> Array:
        """Return the cells that some rows of windows read with any shift: (groups, matrices, height, columns)."""
        lines, down = self.operands.x.lines, self.geometry.stride[0]
        channel, row, cell = lines.strides
        return as_strided(
            lines[:, some.start * down :],
            (self.geometry.groups, (some.stop - some.start) // self._several, self._height, self._wide),
            (channel, self._several * down * row, row // self.geometry.stride[1], cell),
            writeable=False,
        )

    @property
    def _places(self) -> Indices:
        """The flat index in the band of each weight, for each row of windows; that of a bias is one behind its end."""
        geometry = self.geometry
        kh, across = geometry.kernel[0], geometry.stride[1]
        several, group, tap_row, shift, phase = np.indices(
            (self._several, geometry.groups, kh, self._shifts, across), sparse=True
        )
        row = (group * self._several + several) * self._shifts + shift
        places = row * self._height + several * self._ahead + tap_row * across + phase
        places = places.reshape(self._several, geometry.groups, geometry.taps)
        if self.operands.bias:
            behind = np.full((*places.shape[:2], 1), geometry.groups * self._shifts * self._several * self._height)
            places = np.concatenate([places, behind], axis=2)
        return np.ascontiguousarray(places).ravel()
