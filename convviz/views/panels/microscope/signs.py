"""What stands between boards, and what is on its way from one to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QPainter, QPen

from convviz.engine.walkthrough import Area, Board, Lattice
from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.panels.microscope.layout import EDGE, EDGES, GUTTER, JOIN
from convviz.views.panels.microscope.overview import SMALL, extent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.walkthrough import Moment
    from convviz.views.panels.microscope.cells import Scales
    from convviz.views.panels.microscope.layout import Place

_CENTRE = Qt.AlignmentFlag.AlignCenter
#: Sizes of type of a word between boards: the largest that leaves the numbers of rows free.
_WORD = (13, 12, 11, 10, 9)
#: The width of the sign that joins two rows, and the room at the right of them for it, clear of their titles.
_SIGN = 14
EQUALITY = JOIN - 6 + _SIGN


def join_level(row: Sequence[Place], place: Place) -> int:
    """Return how far below the upper edge of its cells the signs of a place's line stand: all at one height."""
    line = [other for other in row if other.title.y() == place.title.y()]
    clear = [
        extent(other.item, SMALL)[1] + 10  # of the small picture of the whole map
        for other in line[:-1]
        if other.is_cropped and isinstance(other.item, Board)
    ]
    return max(min(other.rect.height() for other in line) // 2, *clear, 0)


def paint_join(painter: QPainter, left: Place, right: Place, sign: str, level: int) -> None:
    """Write what joins two boards beside one another, or before the second if that is in a line of its own.

    Parameters
    ----------
    level
        As `join_level` of the second.
    """
    middle = QRect(right.rect.left() - GUTTER - JOIN, right.rect.top() + level - 20, JOIN, 40)
    if right.rect.top() <= left.rect.bottom():
        if isinstance(right.item, Board) and right.item.turn is not None:
            middle.moveLeft(left.rect.right() + 4)  # clear of the corners that turn
        elif isinstance(left.item, Board):
            middle.translate(EDGE * (min(left.item.depth, EDGES) - 1) // 2, 0)  # clear of the sheets that lie under it
    painter.setPen(theme.current().text)
    fitting = (n for n in _WORD if theme.metrics("strong", n).horizontalAdvance(sign) < JOIN)
    painter.setFont(theme.font("title") if len(sign) == 1 else theme.font("strong", next(fitting, _WORD[-1])))
    painter.drawText(middle, _CENTRE | Qt.TextFlag.TextDontClip, sign)


def paint_equality(painter: QPainter, upper: Place, lower: Place, *, equal: bool) -> None:
    """Paint the sign between two maps under one another that are the same, or have to be: beside their titles."""
    colours = theme.current()
    x = max(upper.title.right(), lower.title.right()) + _SIGN // 2 + 1
    y = (upper.rect.bottom() + lower.rect.top()) // 2
    for shift in (-5, 3):
        painter.fillRect(QRect(x + shift, y - 18, 4, 36), colours.good if equal else colours.bad)


def paint_moving(painter: QPainter, start: Place, end: Place, before: Moment, way: float, scales: Scales) -> None:
    """Paint the cells that were not in their places ``before``, ``way`` (0 … 1) from one board to the other."""
    one, other = start.item, end.item
    if not isinstance(one, Board) or not isinstance(other, Board) or one.cursor is None or other.cursor is None:
        return
    (row, last), earlier = one.cursor, before.boards[0].cursor
    first = earlier[1] + 1 if earlier is not None and earlier[0] == row else 0
    sheet, colours = other.sheet, theme.current()
    cells = [(row, column) for column in range(first, last + 1) if start.area.holds(row, column)]
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
        rect.moveTopLeft(_between(rect.topLeft(), finish.topLeft(), way))
        painter.fillRect(rect, fill)
        painter.setPen(QPen(colours.accent, 3))
        painter.drawRect(rect)
        painter.setPen(ink)
        painter.drawText(rect, _CENTRE, format_number(value, 2))


def turning(place: Place, before: Moment | None, way: float) -> Place:
    """Return the place of a kernel on its way from the turn before to the one that is due."""
    board = place.item
    if not isinstance(board, Board) or board.turn is None or before is None:
        return place
    earlier = next((b.turn for b in before.boards if b.turn is not None), board.turn)
    return replace(place, item=replace(board, turn=earlier + (board.turn - earlier) * way))


def _between(one: QPoint, other: QPoint, way: float) -> QPoint:
    return QPoint(round(one.x() + (other.x() - one.x()) * way), round(one.y() + (other.y() - one.y()) * way))
