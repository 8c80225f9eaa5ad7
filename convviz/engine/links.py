"""Which cells of a layer's input belong to which cells of its output, and how strongly.

A link joins one input cell and one output cell. Its *slope* is the derivative of the output by the input at the numbers
at hand: a weight for a convolution, 1/n for a mean, 1 for the winner of a maximum, f′(x) for an activation. Every
question the microscope asks comes down to links: a value is the sum of slope × input over the links that end in it, a
gradient the sum of slope × gradient over the links that begin in it, and the fields that a cell sees or is seen by are
the links of links.

Links are made for the cells asked about, never for a whole map: what it costs depends on the kernels, not on the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from convviz.engine.convolution.geometry import Axis, Geometry

Array = NDArray[Any]
Indices = NDArray[np.intp]


class Links(NamedTuple):
    """The links of N cells, M in all.

    Attributes
    ----------
    owner : (M,)
        Which of the N cells, counted from 0, a link belongs to; ascending.
    cells : (M, 3)
        The (channel, row, column) at the other end.
    slope : (M,)
        The derivative of the output cell by the input cell.
    weights : (M, 4) or None
        Where in the layer's ``weight`` the slope stands, if it is a weight.
    """

    owner: Indices
    cells: Indices
    slope: Array
    weights: Indices | None = None


class Ends(NamedTuple):
    """Pairs of cells without their slopes: what `Geometry` alone tells. Attributes as in `Links`."""

    owner: Indices
    cells: Indices
    weights: Indices


def windows_read(geometry: Geometry, outputs: Indices) -> Ends:
    """Return the input cells (and weights) under the windows of the ``outputs`` (N, 3), row by row."""
    down, across = geometry.axes
    row, column = down.cells()[:, outputs[:, 1]].T, across.cells()[:, outputs[:, 2]].T
    inside = (row >= 0)[:, None, :, None] & (column >= 0)[:, None, None, :]
    inside = np.broadcast_to(inside, (len(outputs), geometry.in_group, *inside.shape[2:]))
    owner, channel, v, h = np.nonzero(inside)
    out = outputs[owner, 0]
    cells = np.stack([out // geometry.out_group * geometry.in_group + channel, row[owner, v], column[owner, h]], axis=1)
    return Ends(owner, cells, np.stack([out, channel, v, h], axis=1))


def windows_reading(geometry: Geometry, inputs: Indices) -> Ends:
    """Return the output cells (and weights) of the windows that read the ``inputs`` (N, 3)."""
    (down, down_on), (across, across_on) = (
        _windows_over(axis, inputs[:, 1 + n]) for n, axis in enumerate(geometry.axes)
    )
    inside = down_on[:, None, :, None] & across_on[:, None, None, :]
    inside = np.broadcast_to(inside, (len(inputs), geometry.out_group, *inside.shape[2:]))
    owner, filter_, v, h = np.nonzero(inside)
    group, channel = np.divmod(inputs[owner, 0], geometry.in_group)
    out = group * geometry.out_group + filter_
    cells = np.stack([out, down[owner, v], across[owner, h]], axis=1)
    return Ends(owner, cells, np.stack([out, channel, v, h], axis=1))


def weight_pairs(geometry: Geometry, weight: tuple[int, int, int, int]) -> tuple[Indices, Indices]:
    """Return the (input cells, output cells), both (M, 3), that one weight (o, c, v, h) joins."""
    out, channel, v, h = weight
    rows, columns = (axis.cells()[tap] for axis, tap in zip(geometry.axes, (v, h), strict=True))
    i, j = (
        grid.ravel() for grid in np.meshgrid(np.flatnonzero(rows >= 0), np.flatnonzero(columns >= 0), indexing="ij")
    )
    outputs = np.stack([np.full_like(i, out), i, j], axis=1)
    into = out // geometry.out_group * geometry.in_group + channel
    return np.stack([np.full_like(i, into), rows[i], columns[j]], axis=1), outputs


def at(array: Array, cells: Indices) -> Array:
    """Return the numbers of ``array`` at ``cells`` (M, array.ndim)."""
    picked: Array = array[tuple(cells.T)]
    return picked


def _windows_over(axis: Axis, positions: Indices) -> tuple[Indices, NDArray[np.bool_]]:
    """Return for each position and tap the window that reads it with that tap, and whether there is one; (N, taps)."""
    distance = positions[:, None] - (axis.first + np.arange(axis.taps) * axis.spacing)
    window, rest = np.divmod(distance, axis.step)
    return window, (rest == 0) & (window >= 0) & (window < axis.count)
