"""What stands between boards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect, Qt

from convviz.engine.walkthrough import Board
from convviz.views import theme
from convviz.views.panels.microscope.layout import EDGE, EDGES, GUTTER, JOIN
from convviz.views.panels.microscope.overview import SMALL, extent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QPainter

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
