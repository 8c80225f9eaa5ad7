"""What stands around the cells of a board: its name, its size, its scale, and the numbers of rows and columns."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPixmap

from convviz.i18n import tr
from convviz.number_text import power_text
from convviz.views import drawing_mode, theme
from convviz.views.heatmap.frame import level_texts
from convviz.views.panels.microscope.layout import GUTTER, NUMBERS, TITLE
from convviz.views.panels.microscope.wording import (
    BRIEF_ROLES,
    HUES,
    ROLES,
    board_text,
    depth_text,
    part_texts,
    titled_role,
)
from convviz.views.scale_bar import paint_framed_bar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convviz.engine.walkthrough import Board, Role
    from convviz.views.colour import Levels
    from convviz.views.panels.microscope.layout import Place

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_CHIP = 9
#: Cells from so many pixels on have a number at every row and column, or at every fifth, …; the smallest at few.
_NUMBERED = 20
_STEPS = ((_NUMBERED, 1), (8, 5), (4, 10), (1, 20))
#: The colours of a scale: how high they are, and how wide at least and at most.
_BAR, _SHORT, _LONG = 7, 28, 120


def paint_channel(painter: QPainter, rect: QRect, boards: Iterable[Board], growth: float) -> int:
    """Write at the right which of several channels lies in front, and return the room that it takes."""
    text = depth_text(boards)
    if not text:
        return 0
    pixels = round(theme.FONT_SIZES["small"] * growth)
    painter.setFont(theme.font("small", pixels))
    painter.setPen(theme.current().muted)
    painter.drawText(rect, _RIGHT, text)
    return math.ceil(theme.metrics("small", pixels).horizontalAdvance(text)) + theme.SPACE.M


def paint_title(painter: QPainter, place: Place, board: Board, exponent: int) -> int:
    """Write what the board is, which power of ten its numbers are to be multiplied by, and how large it is.

    Returns where the room begins that is left in the line.
    """
    colours = theme.current()
    hue = getattr(colours, HUES.get(board.role, "text"))
    left, growth = place.rect.x(), place.title.height() / TITLE
    chip = round(_CHIP * growth)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(hue)
    painter.drawRoundedRect(QRectF(left, place.title.center().y() - chip / 2 + 1, chip, chip), 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(hue)
    line = QRect(place.title)
    line.setLeft(left + chip + 4)
    least, small = theme.FONT_SIZES["strong"], round(theme.FONT_SIZES["small"] * growth)
    advance = theme.metrics("small", small).horizontalAdvance
    factor = f"×{power_text(exponent)}" if exponent else ""
    if factor:  # without it the numbers are wrong: the title makes room
        line.setRight(line.right() - math.ceil(advance(factor)) - theme.SPACE.S)
    title = title_text(titled_role(board), line.width())
    sizes = range(round(least * growth), least - 1, -1)
    fitting = (n for n in sizes if theme.metrics("strong", n).horizontalAdvance(title) <= line.width())
    pixels = next(fitting, least)  # not so large that it is cut off
    _paint_line(painter, line, title, "strong", pixels)
    written = min(round(theme.metrics("strong", pixels).horizontalAdvance(title)), line.width())
    line.setLeft(line.left() + written + theme.SPACE.S)
    line.setRight(place.title.right())
    text = board_text(board)
    if place.is_cropped and place.side < _NUMBERED:  # whose rows and columns do not all have their numbers
        text = next((part for part in part_texts(place.area, board) if advance(part) <= line.width()), text)
    if factor:
        painter.setPen(colours.text)
        _paint_line(painter, line, factor, "small", small)
        line.setLeft(line.left() + math.ceil(advance(factor)) + theme.SPACE.S)
    if advance(text) > line.width():
        return line.left()  # a size of which only a part is seen says nothing
    painter.setPen(colours.muted)
    _paint_line(painter, line, text, "small", small)
    return line.left() + math.ceil(advance(text)) + theme.SPACE.S


def title_text(role: Role, width: int) -> str:
    """Return the title of a board of this role, or a briefer one if there is no room for it in ``width`` pixels."""
    title = tr(ROLES[role])
    fits = theme.metrics("strong").horizontalAdvance(title) <= width
    return title if fits else tr(BRIEF_ROLES.get(role, ROLES[role]))


def paint_scale(painter: QPainter, place: Place, left: int, levels: Levels, *, signed: bool) -> None:
    """Paint the colours from the lowest to the highest number: in the title's line from ``left`` on, or below.

    It is left out if there is room in neither place: the cells have their numbers.
    """
    texts = level_texts(levels)
    growth = place.title.height() / TITLE
    pixels = round(theme.FONT_SIZES["small"] * growth)
    metrics = theme.metrics("small", pixels)
    low, high = (math.ceil(metrics.horizontalAdvance(text)) + 4 for text in texts)
    line = QRect(place.title)
    line.setLeft(left + theme.SPACE.S)
    line.setRight(place.below.right())
    if line.width() < low + high + _SHORT:
        line = QRect(place.below)
        line.setHeight(min(line.height(), math.ceil(metrics.height())))
        if line.width() < low + high + _SHORT:
            line.setRight(place.title.right())  # between the boards there is room as well
        if line.width() < low + high + _SHORT or line.height() < metrics.tightBoundingRect("0").height() + 4:
            return
    line.setWidth(min(line.width(), low + high + round(_LONG * growth)))
    bar = QRect(0, 0, line.width() - low - high, round(_BAR * growth))
    bar.moveCenter(line.center())
    bar.moveLeft(line.left() + low)
    colours = theme.current()
    paint_framed_bar(painter, bar, signed)
    painter.setPen(colours.muted)
    painter.setFont(theme.font("small", pixels))
    painter.drawText(line, _LEFT, texts[0])
    painter.drawText(line, _RIGHT, texts[1])


def _paint_line(painter: QPainter, rect: QRect, text: str, role: theme.FontRole, pixels: int) -> None:
    painter.setFont(theme.font(role, pixels))
    metrics = theme.metrics(role, pixels)
    painter.drawText(rect, _LEFT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))


def paint_coordinates(painter: QPainter, place: Place, board: Board, ratio: float) -> None:
    """Write the numbers of rows and columns, those of the cursor in its colour."""
    area, rect, name = place.area, place.rect, theme.current().name
    for first, count, corner, across in (
        (area.left, area.columns, QPoint(rect.left() - place.side, rect.top() - NUMBERS), True),
        (area.top, area.rows, QPoint(rect.left() - GUTTER - 2, rect.top()), False),
    ):
        if drawing_mode.is_drawn():
            painter.save()
            painter.translate(corner)
            _write_numbers(painter, first, count, place.side, across, theme.current())
            painter.restore()
        else:
            painter.drawPixmap(corner, _numbers(first, count, place.side, across, ratio, name))
    if board.cursor is None or not area.holds(*board.cursor):
        return
    row, column = board.cursor
    cell = place.cell_rect(row, column)
    wide = max(place.side, GUTTER if place.side >= _NUMBERED else 2 * GUTTER - 6)  # a number beside it goes as a whole
    _paint_chosen(painter, QRect(cell.center().x() - wide // 2, rect.top() - NUMBERS, wide, NUMBERS), column)
    _paint_chosen(painter, QRect(rect.left() - GUTTER - 2, cell.y(), GUTTER, place.side), row)


@lru_cache(maxsize=256)
def _numbers(first: int, count: int, side: int, across: bool, ratio: float, name: str) -> QPixmap:
    """Return the numbers beside a crop; they are kept, because they change only when another crop is seen."""
    size = QSize((count + 2) * side, NUMBERS) if across else QSize(GUTTER, count * side)
    strip = QPixmap(size * ratio)
    strip.setDevicePixelRatio(ratio)
    strip.fill(Qt.GlobalColor.transparent)
    painter = QPainter(strip)
    _write_numbers(painter, first, count, side, across, theme.THEMES[name])
    painter.end()
    return strip


def _write_numbers(painter: QPainter, first: int, count: int, side: int, across: bool, colours: theme.Theme) -> None:
    painter.setFont(theme.font("small"))
    painter.setPen(colours.muted)
    step = next(step for least, step in _STEPS if side >= least)
    for n in range(count):
        if (first + n + 1) % step == 0:
            rect = QRect(n * side, 0, 3 * side, NUMBERS) if across else QRect(0, n * side, GUTTER, side)
            painter.drawText(rect, _CENTRE | Qt.TextFlag.TextDontClip, str(first + n + 1))


def _paint_chosen(painter: QPainter, rect: QRect, number: int) -> None:
    colours = theme.current()
    painter.fillRect(rect, colours.surface)
    painter.setFont(theme.font("strong", 12))
    painter.setPen(colours.accent)
    painter.drawText(rect, _CENTRE | Qt.TextFlag.TextDontClip, str(number + 1))
