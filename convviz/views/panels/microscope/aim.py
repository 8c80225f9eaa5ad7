"""Which number of the frame a moment is about, and which moment a cell belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough import Board, Lattice, Role
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from convviz.engine.walkthrough import Moment, Phase


def number_of(moment: Moment) -> Pointed | None:
    """Return the number of the frame that a moment is about: that of the last board with a cursor on one."""
    row = moment.rows[0]
    if row.sum is not None and row.sum.role is Role.BIAS_GRAD:
        error = row.items[0]
        assert isinstance(error, Board)
        assert error.tensor is not None
        return Pointed(Tensor(Kind.BIAS_GRAD, error.tensor.position - 1), error.lead)
    for board in reversed(row.items):
        if isinstance(board, Board) and board.cursor is not None and board.tensor is not None:
            index = board.index_of(*board.cursor)
            if index is not None:
                return Pointed(board.tensor, index)
    return None


def position_of(phase: Phase, board: Board, row: int, column: int) -> int | None:
    """Return the moment of a cell: its own in the result, that of its window where windows lie on it."""
    if board.moment_cell is not None:
        row, column = board.moment_cell(row, column)
    elif board.sheet.size != phase.shape:
        if not isinstance(board.sheet, Lattice) or board.sheet.source.shape != phase.shape:
            return None
        source = board.sheet.source_of(row, column)
        if source is None:
            return None
        row, column = source
    return row * phase.shape[1] + column
