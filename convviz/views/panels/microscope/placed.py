"""The boards of a moment in their places: which of them is where, and what is under a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.walkthrough import Board

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PyQt6.QtCore import QPoint

    from convviz.engine.walkthrough import Role
    from convviz.views.panels.microscope.layout import Place
    from convviz.views.panels.microscope.partners import Spot


class Placed:
    """What `arrange` has laid out.

    Parameters
    ----------
    rows
        The places, row by row.
    """

    def __init__(self, rows: Sequence[Sequence[Place]] = ()) -> None:
        self.rows = rows

    def __iter__(self) -> Iterator[Place]:
        return (place for row in self.rows for place in row)

    def numbered(self) -> Iterator[tuple[tuple[int, int], Place]]:
        """Yield each place after the number of its row and its own in that."""
        return (((number, n), place) for number, row in enumerate(self.rows) for n, place in enumerate(row))

    def of(self, role: Role) -> Place | None:
        """Return where the board of a role is, None if there is none."""
        return next((place for place in self if isinstance(place.item, Board) and place.item.role is role), None)

    def holding(self, spot: Spot) -> Place | None:
        """Return where the board of a cell is, None if it is not there, is turning or the cell is not seen."""
        row, n, at_row, at_column = spot
        if row >= len(self.rows) or n >= len(self.rows[row]):
            return None
        place = self.rows[row][n]
        return place if _is_still(place) and place.area.holds(at_row, at_column) else None

    def at(self, point: QPoint) -> Spot | None:
        """Return the cell under a point; none of a board that is turning."""
        for (row, n), place in self.numbered():
            cell = place.cell_at(point)
            if cell is not None and _is_still(place):
                return row, n, *cell
        return None


def _is_still(place: Place) -> bool:
    """Return whether a place has cells that stay where they are: those of a board that is not turning."""
    return isinstance(place.item, Board) and place.item.turn is None
