"""The way forward of layers that pool: of each window one cell, or all with equal shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.acts import Act, Role
from convviz.engine.walkthrough.moments import Board, Moment, Operand, Phase, Row, Sum
from convviz.engine.walkthrough.sheets import Lattice, Taps
from convviz.engine.walkthrough.stages import UNIT, Stage, result_board, source_board
from convviz.engine.walkthrough.windows import footprint

if TYPE_CHECKING:
    from convviz.engine.walkthrough.sheets import Pair
    from convviz.engine.walkthrough.subject import WindowSubject


class Choosing(Stage):
    """A window slides over the input; its number is the largest cell, or the mean of all."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        height, width = subject.result.shape
        self.phase = Phase(Act.WINDOWS, (height, width))

    def moment(self, position: int) -> Moment:
        """Show the window of one number."""
        subject, cell = self._subject, self.phase.cell(position)
        geometry = subject.geometry
        taps = Taps(cell[0] * geometry.stride[0], cell[1] * geometry.stride[1], geometry.kernel, geometry.dilation)
        padded = subject.big_sheet(subject.source[subject.front])
        source = source_board(
            subject,
            role=subject.bordered_role,
            sheet=padded,
            window=taps,
            moment_cell=self._window_over,
            empty=not self._counts_zeros,
        )
        boards = (
            source,
            _window_board(subject, cell, empty=not self._counts_zeros),
            result_board(subject, cursor=cell, known=position),
        )
        chooses, sum_ = subject.layer.chooses, self._sum(cell, padded)
        facts = {"cell": cell, "chooses": chooses, "count": len(sum_.operands[0].values), "zeros": sum_.zeros}
        row = Row(boards, ("→", "max" if chooses else "mean"), sum_)
        return Moment(self.phase, position, (row,), facts)

    @property
    def _counts_zeros(self) -> bool:
        """Whether the zeros of the border are among the cells of a window."""
        counts: bool = getattr(self._subject.layer, "count_padding", False)
        return counts

    def _sum(self, cell: Pair, padded: Lattice) -> Sum:
        """Return how the number of a window is made: it is one of its cells, or all of them with their shares."""
        subject = self._subject
        links = subject.links(np.array([[subject.into, *cell]]))
        values = subject.source[tuple(links.cells.T)]
        chosen = int(np.argmax(links.slope)) if subject.layer.chooses else None
        operands = [Operand(values, Role.INPUT, subject.source_scale)]
        if chosen is None:
            operands.append(Operand(links.slope, Role.SHARES, UNIT))
            total = float((values * links.slope).sum(dtype=np.float64))
        else:
            total = float(values[chosen])
        return Sum(
            Role.OUTPUT,
            cell,
            subject.result_scale,
            tuple(operands),
            total,
            float(subject.result[cell]),
            zeros=subject.geometry.taps - len(values) if self._counts_zeros else 0,
            chosen=chosen,
            cells=links.cells[:, 1:] + padded.first,
        )

    def _window_over(self, row: int, column: int) -> Pair:
        """Return the first window that a place of the source lies in, or the nearest."""
        geometry, (rows, columns) = self._subject.geometry, self.phase.shape
        reach = ((n - 1) * distance for n, distance in zip(geometry.kernel, geometry.dilation, strict=True))
        i, j = (
            max(0, -((size - n) // step)) for n, size, step in zip((row, column), reach, geometry.stride, strict=True)
        )
        return min(rows - 1, i), min(columns - 1, j)


def _window_board(subject: WindowSubject, window: Pair, *, empty: bool) -> Board:
    """Return the input's cells under a window, those marked whose share in its number is not zero."""
    channel, taps = subject.front, footprint(subject, window)
    inside = Lattice(subject.source[channel], taps.area_size, (-taps.top, -taps.left))
    down, across = subject.geometry.dilation
    slopes = subject.slopes(channel, window)
    marks = tuple((int(u) * down, int(v) * across) for u, v in np.argwhere(slopes != 0))
    return Board(
        Role.WINDOW,
        inside,
        subject.source_scale,
        subject.source_tensor,
        (channel,),
        marks=marks,
        empty=empty,
    )
