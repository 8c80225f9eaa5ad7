"""What is on its way from one moment to the next: windows that slide, kernels that turn, cells that move apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QPainter, QPen

from convviz.engine.walkthrough import Act, Area, Board, Lattice
from convviz.number_text import format_number
from convviz.views import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.walkthrough import Moment, Row
    from convviz.views.panels.microscope.cells import Scales
    from convviz.views.panels.microscope.layout import Place

_CENTRE = Qt.AlignmentFlag.AlignCenter
#: The share of a moment's time that something takes to arrive; a kernel turns all of the time.
_ARRIVAL = 0.55


@dataclass(frozen=True)
class Motion:
    """The way from one moment to the next.

    Attributes
    ----------
    before, moment
        Where it begins, None: nothing moves; and where it ends.
    progress
        How much of the moment's time has passed, 0 … 1.
    """

    before: Moment | None = None
    moment: Moment | None = None
    progress: float = 1.0

    @property
    def is_over(self) -> bool:
        """Whether all has come to rest."""
        if self.before is None or self.moment is None:
            return True
        return self.progress >= (1.0 if self.moment.phase.act is Act.ROTATION else _ARRIVAL)

    @property
    def way(self) -> float:
        """How far what arrives has come, 0 … 1: it sets out slowly, and comes in slowly."""
        if self.before is None:
            return 1.0
        way = min(1.0, self.progress / _ARRIVAL)
        return way * way * (3 - 2 * way)

    def turned(self, place: Place) -> Place:
        """Return the place of a board with its kernel on the way from the turn before to the one that is due."""
        board = place.item
        if not isinstance(board, Board) or board.turn is None or self.before is None:
            return place
        earlier = next((b.turn for b in self.before.boards if b.turn is not None), board.turn)
        return replace(place, item=replace(board, turn=earlier + (board.turn - earlier) * self.progress))

    def window_of(self, board: Board, row: Row, number: int) -> tuple[float, float] | None:
        """Return the row and column of the window on a board, which is so-and-so many of its row; None: it has none.

        It slides along a row of cells, and jumps to the next.
        """
        if board.window is None:
            return None
        end = (float(board.window.top), float(board.window.left))
        rows = () if self.before is None else self.before.rows
        items = next((other.items for other in rows if other.strip is row.strip), ())
        earlier = items[number] if number < len(items) else None
        if not isinstance(earlier, Board) or earlier.window is None or earlier.window.top != board.window.top:
            return end
        return end[0], earlier.window.left + (end[1] - earlier.window.left) * self.way

    def paint_cells(self, painter: QPainter, row: Sequence[Place], scales: Scales) -> None:
        """Paint the cells that move from the first board of a row to their places among the zeros of the second."""
        if self.moment is None or self.before is None or self.way >= 1:
            return
        if self.moment.phase.act not in (Act.INSERTION, Act.DILATION):
            return
        start, end = row
        one, other = start.item, end.item
        if not isinstance(one, Board) or not isinstance(other, Board) or one.cursor is None or other.cursor is None:
            return
        (line, last), earlier = one.cursor, self.before.boards[0].cursor
        first = earlier[1] + 1 if earlier is not None and earlier[0] == line else 0
        sheet, colours = other.sheet, theme.current()
        cells = [(line, column) for column in range(first, last + 1) if start.area.holds(line, column)]
        places = {cell: sheet.place_of(*cell) if isinstance(sheet, Lattice) else other.cursor for cell in cells}
        ways = {
            cell: (start.cell_rect(*cell), end.cell_rect(*place))
            for cell, place in places.items()
            if end.area.holds(*place)
        }
        for _, finish in ways.values():
            painter.fillRect(finish.adjusted(1, 1, 0, 0), colours.hover)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(theme.font("strong", max(9, round(start.side * 0.34))))
        for cell, (rect, finish) in ways.items():
            value = float(one.sheet.crop(Area(*cell, 1, 1))[0, 0])
            fill, ink = scales.colours(one.scale, value)
            rect.moveTopLeft(_between(rect.topLeft(), finish.topLeft(), self.way))
            painter.fillRect(rect, fill)
            painter.setPen(QPen(colours.accent, 3))
            painter.drawRect(rect)
            painter.setPen(ink)
            painter.drawText(rect, _CENTRE, format_number(value, 2))


def _between(one: QPoint, other: QPoint, way: float) -> QPoint:
    return QPoint(round(one.x() + (other.x() - one.x()) * way), round(one.y() + (other.y() - one.y()) * way))
