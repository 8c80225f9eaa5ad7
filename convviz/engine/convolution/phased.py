"""Large maps and one filter with a stride, where the columns lie by phases: nothing is unfolded.

Let the stride across be m, and the columns of the map be sorted by their remainder modulo m. With tap v = j · m + r the
window n reads column (n + j) · m + r: in memory, number n + j of the columns with remainder r. So with the taps of one
``j`` neighbouring windows read neighbouring numbers. As the m stretches of a row are of one length, all that a row of
windows reads with one ``j`` is a matrix that is already there, (kh · m, columns), whose rows lie at one distance; the
next ``j`` reads the same matrix, one column further on. One call multiplies all of them, as one stack of overlapping
views, and one more adds up what the different ``j`` have made.

As in `Banded`, a few rows of windows are one product with a banded matrix of weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convviz.engine.convolution.banded import rows_together
from convviz.engine.convolution.strips import Strips
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from convviz.engine.convolution.base import Calls, Operands
    from convviz.engine.convolution.geometry import Geometry, Indices
    from convviz.engine.memory import Array, Call

#: Bytes of the products that are made before they are added up.
PRODUCTS = 1 << 18


@dataclass(frozen=True)
class Stack:
    """Some rows of windows, several of them to a matrix.

    Attributes
    ----------
    windows : (groups, shifts, matrices, height, columns)
    rows
        Which rows of windows these are.
    several
        How many of them one matrix makes.
    """

    windows: Array
    rows: slice
    several: int


class Phased(Strips):
    """Convolution by one filter of each group, whose input lies by phases; the input gradient is that of `Strips`."""

    def __init__(self, geometry: Geometry, operands: Operands) -> None:
        super().__init__(geometry, operands)
        (kh, kw), (down, across) = geometry.kernel, geometry.stride
        self._shifts, self._taps, self._ahead = kw // across, kh * across, down * across
        self._several = rows_together(self._ahead, self._taps)
        self._height = self._taps + (self._several - 1) * self._ahead

    @staticmethod
    def fits(geometry: Geometry, operands: Operands) -> bool:
        """Return whether the columns of the input lie as the stride wants them, each phase with as many."""
        across = geometry.stride[1]
        return (
            operands.x.modulus == across > 1
            and geometry.in_group == geometry.out_group == 1
            and geometry.dilation == (1, 1)
            and geometry.size[1] % across == 0
            and geometry.kernel[1] % across == 0
        )

    def unfold(self) -> Calls:
        """Return no calls."""
        return ()

    def product(self) -> Calls:
        """Return the call that fills the band, and for each stack its products, their sum, and the bias added to it."""
        geometry, operands = self.geometry, self.operands
        size = geometry.groups * self._shifts * self._several * self._height
        matrix = aligned(size + 1, operands.weight.dtype)
        band = matrix[:size].reshape(geometry.groups, self._shifts, 1, self._several, self._height)
        bias = operands.weight.reshape(geometry.groups, 1, 1, -1)[..., geometry.taps :]
        calls: list[Call] = [partial(matrix.put, self._places, operands.weight, "clip")]
        for stack in self._stacks_by_shift:
            target = self._made(operands.y.lines, stack)
            products = self._products[: stack.windows[..., 0, 0].size * stack.several * target.shape[3]]
            products = products.reshape(*stack.windows.shape[:3], stack.several, -1)
            weights = band[..., : stack.several, : stack.windows.shape[3]]
            calls.append(partial(np.matmul, weights, stack.windows, products))
            calls.append(
                partial(np.add, products[:, 0], products[:, 1], target)  # twice as fast as a sum over two
                if self._shifts == 2
                else partial(np.add.reduce, products, 1, None, target)
            )
            if operands.bias:
                calls.append(partial(np.add, target, bias, target))
        return tuple(calls)

    def weight_grad(self) -> Calls:
        """Return for each stack the products of the errors with what they were made from; then their sums."""
        geometry, operands = self.geometry, self.operands
        groups, dtype = geometry.groups, operands.weight.dtype
        shape = (groups, self._shifts, self._several, self._height)
        most = max(stack.windows.shape[2] for stack in self._stacks_by_shift)
        parts, ones = aligned((most, *shape), dtype), np.ones(most, dtype)
        part, total = aligned(shape, dtype), aligned(shape, dtype)
        calls: list[Call] = []
        for number, stack in enumerate(self._stacks_by_shift):
            windows = stack.windows.transpose(0, 1, 2, 4, 3)
            error = self._made(operands.dy.lines, stack)[:, None]
            products = parts[: windows.shape[2]]
            if stack.several < self._several:  # what is beyond the corner stays zero
                products = aligned(products.shape, dtype)
            corner = products[:, :, :, : stack.several, : windows.shape[4]]
            target = part if number else total
            calls.append(partial(np.matmul, error, windows, corner.transpose(1, 2, 0, 3, 4)))
            calls.append(partial(ones[: len(products)].dot, products.reshape(len(products), -1), target.reshape(-1)))
            calls += (partial(np.add, total, part, total),) if number else ()
        kh, across = geometry.kernel[0], geometry.stride[1]
        group, shift, row, cell = total.strides
        along = as_strided(
            total,
            (groups, self._shifts, self._several, kh, across),
            (group, shift, row + self._ahead * cell, across * cell, cell),
        )
        dweight = operands.dweight.reshape(groups, -1)[:, : geometry.taps]
        dweight = dweight.reshape(groups, kh, self._shifts, across).transpose(0, 2, 1, 3)
        return *calls, partial(np.add.reduce, along, 2, None, dweight), *self._bias_grad()

    @cached_property
    def _stacks_by_shift(self) -> list[Stack]:
        """The rows of windows, as many at once as have room for their products."""
        count, columns = self.geometry.out_size
        row = self._shifts * self.geometry.groups * columns * self.operands.weight.itemsize
        most = max(1, PRODUCTS // (row * self._several)) * self._several
        whole = count - count % self._several
        stacks = [self._stack(start, min(start + most, whole), self._several) for start in range(0, whole, most)]
        return [*stacks, self._stack(whole, count, count - whole)] if whole < count else stacks

    def _stack(self, start: int, stop: int, several: int) -> Stack:
        lines, down = self.operands.x.lines, self.geometry.stride[0]
        channel, row, cell = lines.strides
        phase = row // self.geometry.stride[1]
        height = self._taps + (several - 1) * self._ahead
        windows = as_strided(
            lines[:, start * down :],
            (self.geometry.groups, self._shifts, (stop - start) // several, height, self.geometry.out_size[1]),
            (channel, cell, several * down * row, phase, cell),
            writeable=False,
        )
        return Stack(windows, slice(start, stop), several)

    def _made(self, lines: Array, stack: Stack) -> Array:
        """Return the cells (groups, matrices, rows, columns) of a map like the output that a stack makes."""
        rows = lines[:, stack.rows]
        return rows.reshape(len(rows), -1, stack.several, rows.shape[2])

    @cached_property
    def _products(self) -> Array:
        """Memory for the products of one stack."""
        sizes = [
            stack.windows[..., 0, 0].size * stack.several * self.geometry.out_size[1] for stack in self._stacks_by_shift
        ]
        return aligned(max(sizes), self.operands.weight.dtype)

    @property
    def _places(self) -> Indices:
        """Where in the band each weight goes, once for each row of windows; a bias goes behind it."""
        geometry = self.geometry
        kh, across = geometry.kernel[0], geometry.stride[1]
        several, group, tap_row, shift, phase = np.indices(
            (self._several, geometry.groups, kh, self._shifts, across), sparse=True
        )
        row = (group * self._shifts + shift) * self._several + several
        places = row * self._height + several * self._ahead + tap_row * across + phase
        places = places.reshape(self._several, geometry.groups, geometry.taps)
        if self.operands.bias:
            behind = np.full((*places.shape[:2], 1), geometry.groups * self._shifts * self._several * self._height)
            places = np.concatenate([places, behind], axis=2)
        return np.ascontiguousarray(places).ravel()
