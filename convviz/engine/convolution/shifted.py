"""Large maps with many channels and few filters: multiply first, then shift and add.

With two or three filters the left matrix of `Strips` has as few rows, and BLAS, which takes four or more at a time, is
slow at that. Here the columns of the map are not unfolded. Instead, each filter has a row of the left matrix for every
tap across. One product computes them all for whole rows of the map, and the output is their sum, each shifted by its
tap. (The same is done for both axes in Anderson et al., *Low-memory GEMM-based convolution algorithms for deep neural
networks*, arXiv:1709.03395, there called kn2row.) For the weight gradient it is the error that is shifted.

With a stride across, most of these products would be unused. So the columns are first sorted by their remainder modulo
the stride. Tap ``v`` then reads those with the remainder ``v · dilation mod stride``, shifted by ``v · dilation div
stride``, and the rows of the left matrix are one for each shift.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convviz.engine.convolution.base import adding
from convviz.engine.convolution.products import multiply
from convviz.engine.convolution.strips import Strip, Strips, cut
from convviz.engine.memory import aligned

if TYPE_CHECKING:
    from convviz.engine.convolution.base import Calls
    from convviz.engine.convolution.geometry import Axis, Indices
    from convviz.engine.memory import Array, Call


class Shifted(Strips):
    """Convolution by products with whole rows, which are shifted and added; the input gradient is that of `Strips`."""

    def product(self) -> Calls:
        """Return the call that arranges the weights, and for each strip the products of all shifts, and their sum."""
        geometry, operands = self.geometry, self.operands
        matrix = aligned(int(np.prod(self._weight_shape)) + 1, operands.weight.dtype)
        weights = matrix[:-1].reshape(geometry.groups, 1, geometry.out_group * self._shifts, -1)
        bias = operands.weight.reshape(geometry.groups, 1, geometry.out_group, -1)[..., geometry.taps :]
        calls: list[Call] = [partial(matrix.put, self._places, operands.weight, "clip")]
        y, scratch = self._by_rows(operands.y), self._scratch()
        for strip in self._strips:
            products = scratch[:, : strip.windows.shape[1]]
            target = y[:, strip.rows]
            calls += () if self._kept else strip.fill
            calls += multiply(weights, strip.windows, products)
            calls.append(partial(np.add.reduce, self._slanted(products), 3, None, target))
            if operands.bias:
                calls.append(adding(bias, target))
        return tuple(calls)

    def weight_grad(self) -> Calls:
        """Return for each strip the calls that shift its errors, and the sum of their products; then those of taps."""
        geometry, operands = self.geometry, self.operands
        dy, scratch = self._by_rows(operands.dy), self._scratch()  # beside the shifted errors it stays zero

        def errors(strip: Strip, rows: slice) -> tuple[Calls, Array]:
            error = dy[:, strip.rows][:, rows]
            shifted = scratch[:, : error.shape[1]]
            return (partial(np.copyto, self._slanted(shifted), error[:, :, :, None]),), shifted

        rows = geometry.out_group * self._shifts
        calls, total = self._sum(
            self._stacks, errors, rows, int(np.prod(self._weight_shape)) // (geometry.groups * rows)
        )
        picked = np.empty((geometry.out_channels, geometry.taps), total.dtype)
        places = self._places.reshape(geometry.out_channels, -1)[:, : geometry.taps]
        calls.append(partial(total.take, np.ascontiguousarray(places), None, picked, "clip"))
        calls.append(partial(np.copyto, operands.dweight[:, : geometry.taps], picked))
        return (*calls, *self._bias_grad())

    @property
    def _shifts(self) -> int:
        """The number of different shifts: one more than that of the last tap across."""
        across = self.geometry.axes[1]
        return (across.taps - 1) * across.spacing // across.step + 1

    @property
    def _axes(self) -> tuple[Axis, Axis]:
        """How the input is unfolded: across, one tap for each remainder, and so many columns more as the last shift."""
        down, across = self.geometry.axes
        distance = gcd(across.spacing, across.step) if across.taps > 1 else across.step
        residues = across.step // distance
        return down, replace(across, count=across.count + self._shifts - 1, spacing=distance, taps=residues)

    @cached_property
    def _strips(self) -> list[Strip]:
        _, source = self._source
        return list(cut(source, self._axes, self.geometry.groups, keep=self._kept, whole=True, x=self.operands.x))

    @property
    def _weight_shape(self) -> tuple[int, ...]:
        """The shape of the left matrix: (groups, filters, shifts) are its rows, (kh, channels, remainders) columns."""
        geometry = self.geometry
        residues = self._axes[1].taps
        return geometry.groups, geometry.out_group, self._shifts, geometry.kernel[0], geometry.in_group, residues

    @cached_property
    def _places(self) -> Indices:
        """The flat index in the left matrix of each parameter; that of a bias is one behind its end."""
        geometry, (_, across), shape = self.geometry, self._axes, self._weight_shape
        out, row, channel, column = np.indices(
            (geometry.out_channels, geometry.kernel[0], geometry.in_group, geometry.kernel[1]), sparse=True
        )
        shift, residue = np.divmod(column * geometry.dilation[1], geometry.stride[1])
        position = (out // shape[1], out % shape[1], shift, row, channel, residue // across.spacing)
        places = np.ravel_multi_index(np.broadcast_arrays(*position), shape).reshape(geometry.out_channels, -1)
        if self.operands.bias:
            behind = np.full((geometry.out_channels, 1), int(np.prod(shape)))
            places = np.concatenate([places, behind], axis=1)
        return np.ascontiguousarray(places)

    def _scratch(self) -> Array:
        """Return zeros for the products of one strip, (groups, windows, filters · shifts, columns)."""
        geometry = self.geometry
        longest = max(strip.windows.shape[1] for strip in self._strips)
        shape = (geometry.groups, longest, geometry.out_group * self._shifts, self._axes[1].count)
        return aligned(shape, self.operands.weight.dtype)

    def _slanted(self, rows: Array) -> Array:
        """Return a view (groups, windows, filters, shifts, columns) of ``rows``, each shift one column further on."""
        geometry = self.geometry
        group, window, row, column = rows.strides
        return as_strided(
            rows,
            (*rows.shape[:2], geometry.out_group, self._shifts, geometry.out_size[1]),
            (group, window, row * self._shifts, row + column, column),
        )
