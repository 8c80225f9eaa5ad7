"""What the kernel's gradient gets while the cursor goes over the input: every cell meets the errors that it made.

The kernel's gradient is the input correlated with the zero-inserted error. Its products can be added in any order: here
cell by cell of the input, so that they are made on the same cursor as the input's own gradient, and of the same errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.acts import Role, Strip
from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough.moments import Board, Operand, Row, Scale, Sum
from convviz.engine.walkthrough.sheets import Lattice, Under
from convviz.engine.walkthrough.stages import small_board

if TYPE_CHECKING:
    from convviz.engine.convolution import Geometry
    from convviz.engine.convolution.geometry import Axis
    from convviz.engine.walkthrough.sheets import Pair, Taps
    from convviz.engine.walkthrough.subject import WindowSubject

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Accumulation:
    """A kernel's gradient as it grows while a cursor goes over one of the two maps that make it, row by row.

    Attributes
    ----------
    geometry
    small, big : (h, w), (H, W)
        The map with a cell for every window, and the one that the windows lie on.
    over_big
        Which of them the cursor goes over.
    """

    geometry: Geometry
    small: Array
    big: Array
    over_big: bool

    def upto(self, cell: Pair) -> Array:
        """Return the sums (kh, kw) of all products up to a cell, the cell's own included."""
        row, column = cell
        down, across = (axis.cells() for axis in self.geometry.axes)
        grown: Array = self.rows[row].copy()
        for u in range(len(down)):
            windows = np.flatnonzero(down[u] == row) if self.over_big else np.array([row])
            read = down[u][windows]
            if len(windows) == 0 or read[0] < 0:
                continue
            for v in range(len(across)):
                there = across[v] >= 0
                there &= across[v] <= column if self.over_big else np.arange(len(there)) <= column
                pairs = self.big[read[0], across[v][there]], self.small[windows[0], there]
                grown[u, v] += np.dot(*pairs)
        return grown

    @cached_property
    def rows(self) -> Array:
        """What each tap has when a row begins, and when the last has ended: (rows + 1, kh, kw)."""
        down, across = (_reading(axis) for axis in self.geometry.axes)
        count = len(self.big if self.over_big else self.small)
        sums = np.zeros((count + 1, *self.geometry.kernel))
        for u, (read_rows, window_rows) in enumerate(down):
            for v, (read_columns, window_columns) in enumerate(across):
                pairs = self.big[read_rows, read_columns], self.small[window_rows, window_columns]
                made = np.einsum("ij,ij->i", *pairs)
                sums[1:, u, v][read_rows if self.over_big else window_rows] = made
        grown: Array = np.cumsum(sums, axis=0)
        return grown


def _reading(axis: Axis) -> list[tuple[slice, slice]]:
    """Return for each tap the cells of the map that it reads, and the windows with which it does."""
    found = []
    for tap, offset in enumerate(axis.offsets):
        start, stop = axis.inside(tap)
        first = offset + start * axis.step
        cells = slice(first, first + (stop - start) * axis.step, axis.step) if stop > start else slice(0, 0)
        found.append((cells, slice(start, stop)))
    return found


class Pairing:
    """The products of the input's cell at the cursor and the errors that it meets, and what they add to the gradient.

    Parameters
    ----------
    subject
        A layer of kernels, backwards.
    shape
        The rows and columns that the cursor goes over: the input's.
    """

    def __init__(self, subject: WindowSubject, shape: Pair) -> None:
        self._subject = subject
        self._last = shape[0] * shape[1] - 1
        small, big = (subject.front, subject.into) if subject.spreads else (subject.into, subject.front)
        self._lead = (small, big % subject.geometry.in_group)
        maps = (subject.dy[small], subject.x[big]) if subject.spreads else (subject.x[small], subject.dy[big])
        self._grown = Accumulation(subject.geometry, *maps, over_big=subject.spreads)

    def row(self, position: int, sheet: Lattice, taps: Taps, tap: Pair | None = None) -> Row:
        """Return input, errors, products and the gradient so far.

        Parameters
        ----------
        position
            The cell of the input, counted row by row.
        sheet, taps
            The error as the window slides over it, and the cells under the window.
        tap
            The one that is spoken of; None: the first that meets an error.
        """
        subject, x = self._subject, self._subject.x[self._subject.into]
        cell = (position // x.shape[1], position % x.shape[1])
        values, real = sheet.under(taps)
        if subject.spreads:
            values, real = values[::-1, ::-1], real[::-1, ::-1]
        if tap is None and real.any():
            tap = (int(np.argwhere(real)[0, 0]), int(np.argwhere(real)[0, 1]))
        products = np.where(real, values * x[cell], 0)
        down, across = subject.geometry.dilation
        spot = None if tap is None else (tap[0] * down, tap[1] * across)
        scales = Scale.of(subject.frame, Tensor(Kind.VALUE, subject.index)), subject.source_scale
        grown = self._gradient if position == self._last else self._grown.upto(cell)
        met = Under(sheet, taps, turned=subject.spreads)
        boards = (
            Board(
                Role.INPUT, Lattice.of(x), scales[0], Tensor(Kind.VALUE, subject.index), (subject.into,), cursor=cell
            ),
            Board(Role.MET_ERROR, met, scales[1], subject.source_tensor, (subject.front,), cursor=spot),
            small_board(subject, Role.PAIRED, products, self._product_scale, cursor=spot),
            self._gradient_board(grown, position, tap),
        )
        facts: dict[str, object] = {"cell": cell, "x": float(x[cell]), "count": int(real.sum())}
        if tap is not None:
            source = met.source_of(*spot) if spot is not None else None
            facts |= {"tap": tap, "from": source, "error": float(values[tap]), "product": float(products[tap])}
        sum_ = self._sum(position, tap, float(x[cell]), (values, grown), scales)
        return Row(boards, ("×", "=", "+"), sum_, Strip.CORRELATE, facts)

    @cached_property
    def _product_scale(self) -> Scale:
        largest = np.abs(self._subject.x).max() * np.abs(self._subject.dy).max()
        return Scale.upto(largest)

    @cached_property
    def _growing_scale(self) -> Scale:
        return Scale((self._grown.rows,), signed=True)

    @property
    def _gradient(self) -> Array:
        gradient: Array = self._subject.frame.gradients[self._subject.index]["weight"][self._lead]
        return gradient

    def _gradient_board(self, grown: Array, position: int, tap: Pair | None) -> Board:
        done = position == self._last
        return Board(
            Role.WEIGHT_GRAD,
            Lattice.of(grown),
            self._growing_scale,
            Tensor(Kind.WEIGHT_GRAD, self._subject.index),
            self._lead,
            cursor=tap,
            known=None if done else -1,
            forming=not done,
        )

    def _sum(
        self, position: int, tap: Pair | None, x: float, found: tuple[Array, Array], scales: tuple[Scale, Scale]
    ) -> Sum:
        """Return the sum of one tap: what it had before, and the product that is added to it now.

        ``found``: the errors under each tap, and the gradient as it has grown.
        """
        errors, grown = found
        if tap is None:
            return Sum(Role.WEIGHT_GRAD, (), self._growing_scale, (), 0.0, 0.0, before=0.0)
        before = float(self._grown.upto(divmod(position - 1, self._subject.x.shape[2]))[tap]) if position else 0.0
        operands = (
            Operand(np.array([x]), Role.INPUT, scales[0]),
            Operand(errors[tap][None], Role.MET_ERROR, scales[1]),
        )
        total = before + x * float(errors[tap])
        down, across = self._subject.geometry.dilation
        cells = np.array([[tap[0] * down, tap[1] * across]])
        return Sum(
            Role.WEIGHT_GRAD,
            tap,
            self._growing_scale,
            operands,
            total,
            float(grown[tap]),
            before=before,
            board=2,
            cells=cells,
        )
