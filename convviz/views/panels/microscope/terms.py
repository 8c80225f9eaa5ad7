"""The terms of the sums as they are written: which cell each stands for, and which number of the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.views.panels.microscope.partners import Number, Spot, numbers_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QPoint, QRect

    from convviz.engine.walkthrough import Row
    from convviz.views.panels.microscope.arithmetic import Term


class Terms:
    """What was painted last, to be pointed at.

    Parameters
    ----------
    rows
        The rows that are seen.
    written
        Where the factors of their terms are written.
    """

    def __init__(self, rows: Sequence[Row] = (), written: Sequence[Term] = ()) -> None:
        self._rows = rows
        self._lines = [(n, row.sum) for n, row in enumerate(rows) if row.sum is not None]
        self._written = written

    def at(self, point: QPoint) -> Term | None:
        """Return the factor under a point."""
        return next((term for term in self._written if term.rect.contains(point)), None)

    def rects(self, line: int) -> dict[int, QRect]:
        """Return where the terms of a sum are written, by the number of the term."""
        found: dict[int, QRect] = {}
        for term in self._written:
            if term.line == line:
                found[term.term] = found.get(term.term, term.rect).united(term.rect)
        return found

    def spot(self, term: Term) -> Spot | None:
        """Return the cell on the stage that a term stands for."""
        row, told = self._lines[term.line]
        if told.cells is None:
            return None
        return row, told.board, int(told.cells[term.term][0]), int(told.cells[term.term][1])

    def number(self, term: Term) -> Number | None:
        """Return the number of the frame that a factor is, where it is seen on the stage."""
        spot = self.spot(term)
        if spot is None:
            return None
        found = (number for role, number in numbers_at(self._rows, spot) if role is term.role)
        return next(found, None)
