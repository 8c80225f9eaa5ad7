"""What stands around the cells of a heatmap: title, sentence, labels of channels, the scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from convviz.i18n import tr
from convviz.number_text import power_text, short_number
from convviz.views import theme
from convviz.views.heatmap.layout import LABEL_LEAST, Form, HeatLayout
from convviz.views.scale_bar import paint_framed_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convviz.views.colour import Levels

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
#: Narrower, the bar of a scale shows nothing; and what is left free between it and a number beside it.
_LEAST_BAR, _BESIDE_BAR = 8, 5
#: Narrowest channel whose frame has the tensor's hue.
_HUE_LEAST = 24
#: What the identifying chip takes of a line, and smaller types of a note, for where that alone would cut a title off.
_CHIP_ROOM = 13
_SMALLER = (10, 9)


@dataclass
class Caption:
    """What a heatmap is called.

    Attributes
    ----------
    title, sentence, brief
        Its name, and what it is, with its shape; the sentence in fewer words, where there is little room.
    hue
        The theme's colour of the chip before the title and of the frame around the cells; none: no chip.
    read_out
        Stands in place of the sentence while a cell is pointed at: in ever fewer words.
    """

    title: str = ""
    sentence: str = ""
    brief: str = ""
    hue: str = ""
    read_out: tuple[str, ...] = ()

    def told(self) -> tuple[str, ...]:
        """Return what the line under the title says, longest first."""
        return self.read_out or ((self.sentence, self.brief) if self.brief else (self.sentence,))


def paint_caption(
    painter: QPainter,
    layout: HeatLayout,
    form: Form,
    caption: Caption,
    notes: tuple[str, ...],
    label: Callable[[int], str],
) -> None:
    """Paint title, sentence and the labels of the channels; at the right of the sentence stands one of ``notes``."""
    colours = theme.current()
    title = layout.title
    if form is Form.FULL:
        left = _paint_chip(painter, title, caption.hue)
        _paint_text(painter, title.adjusted(left, 0, 0, 0), caption.title, "strong", colours.text)
        _paint_sentence(painter, layout.sentence, caption, notes)
    elif form is Form.STRIP:
        _paint_text(painter, title, caption.title, "small", getattr(colours, caption.hue or "muted"))
    else:
        _paint_tile_caption(painter, title, layout.cells.right(), caption, notes, chip=form is Form.TILE)
    painter.setFont(theme.font("small"))
    painter.setPen(colours.muted)
    for channel, rect in enumerate(layout.labels):
        painter.drawText(rect, _LEFT, label(channel))


def note_texts(shown: range, channels: int, exponent: int) -> tuple[str, ...]:
    """Return what there is to know beside a sentence: that channels are left out, or the factor of the numbers.

    The same in ever fewer words; the last are none where nobody is misled without.
    """
    if len(shown) < channels:
        some = str(len(shown)) if shown.start == 0 else f"{shown.start + 1}–{shown.stop}"
        return tr("{shown} of {all} shown").format(shown=some, all=channels), f"{some}/{channels}", ""
    if not exponent:
        return ()
    power = power_text(exponent)
    return f"×{power}", power


def paint_cursor(painter: QPainter, cell: QRect, tile: QRect) -> None:
    """Paint the outline of the cell that is pointed at; one that is too small is shown by what is around it."""
    if min(cell.width(), cell.height()) < theme.scaled(5):
        beyond = theme.scaled(3)
        cell = cell.adjusted(-beyond, -beyond, beyond, beyond).intersected(tile)
    colours, wide = theme.current(), theme.scaled(1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colours.surface, 1))
    painter.drawRect(cell.adjusted(wide, wide, -1 - wide, -1 - wide))
    painter.setPen(QPen(colours.text, 1))
    for inset in range(wide):
        painter.drawRect(cell.adjusted(inset, inset, -1 - inset, -1 - inset))


def _paint_tile_caption(
    painter: QPainter, rect: QRect, right: int, caption: Caption, notes: tuple[str, ...], *, chip: bool
) -> None:
    """Paint title and sentence on one line, or what is pointed at.

    Where there is little room, the title is what stays, for it says whose numbers these are. The sentence gives way to
    a note, the note becomes brief, the chip goes, and then the note. Only a factor does not: without it the numbers in
    the cells would be wrong.
    """
    colours = theme.current()
    advance = theme.metrics("small").horizontalAdvance
    if caption.read_out:  # takes the title's place
        fits = advance(caption.read_out[-1]) + theme.scaled(_CHIP_ROOM) <= rect.width()
        rect = rect.adjusted(_paint_chip(painter, rect, caption.hue) if chip and fits else 0, 0, 0, 0)
        _paint_text(painter, rect, fitting_text(caption.read_out, rect.width()), "small", colours.text)
        return
    title = advance(caption.title)
    shown, note, pixels, note_room = _chip_and_note(notes, rect.width() - title, chip=chip)
    rect = rect.adjusted(_paint_chip(painter, rect, caption.hue) if shown else 0, 0, 0, 0)
    hue = getattr(colours, caption.hue) if caption.hue else colours.text
    _paint_text(painter, rect.adjusted(0, 0, -note_room, 0), caption.title, "small", hue)
    aside = note or caption.sentence
    room = rect.width() - title - theme.SPACE.S
    wide = theme.metrics("small", pixels).horizontalAdvance(aside)
    if note or wide <= room:
        flush = QRect(rect)
        if wide <= room - (rect.right() - right):
            flush.setRight(right)  # with the cells, where they leave room at the right
        painter.setFont(theme.font("small", pixels))
        painter.setPen(colours.muted)
        painter.drawText(flush, _RIGHT, aside)


def _chip_and_note(notes: tuple[str, ...], room: float, *, chip: bool) -> tuple[bool, str, int, int]:
    """Return whether there is room for a chip, which note there is room for, in which type, and how much that takes."""
    usual = theme.font_size("small")
    chips, said = (True, False) if chip else (False,), [note for note in notes if note]
    ways = [*product(chips, said, [usual]), *product(chips[-1:], said[-1:], map(theme.scaled, _SMALLER))]
    if not said or "" in notes:
        ways += product(chips, [""], [usual])
    for shown, note, pixels in ways:
        advance = theme.metrics("small", pixels).horizontalAdvance(note)
        taken = math.ceil(advance) + theme.SPACE.XS if note else 0
        if taken + (theme.scaled(_CHIP_ROOM) if shown else 0) <= room:
            break
    return shown, note, pixels, taken


def fitting_text(texts: Sequence[str], room: float) -> str:
    """Return the first text that has room in small type, or the last; nothing, if there is none."""
    advance = theme.metrics("small").horizontalAdvance
    return next((text for text in texts if advance(text) <= room), texts[-1] if texts else "")


def _paint_text(painter: QPainter, rect: QRect, text: str, role: theme.FontRole, colour: QColor) -> None:
    painter.setFont(theme.font(role))
    painter.setPen(colour)
    painter.drawText(rect, _LEFT, theme.metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))


def _paint_chip(painter: QPainter, title: QRect, hue: str) -> int:
    """Paint the identifying chip and return how much room it takes."""
    if not hue:
        return 0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(getattr(theme.current(), hue))
    side = theme.scaled(8)
    painter.drawRoundedRect(QRectF(title.x(), title.center().y() - theme.scaled(3), side, side), 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    return theme.scaled(_CHIP_ROOM)


def _paint_sentence(painter: QPainter, rect: QRect, caption: Caption, notes: tuple[str, ...]) -> None:
    """Paint as much of the sentence as there is room for beside a note, in whole words where it can be."""
    colours = theme.current()
    told = caption.told()
    note = fitting_text(notes, rect.width() - theme.metrics("small").horizontalAdvance(told[-1]) - theme.SPACE.S)
    taken = theme.metrics("small").horizontalAdvance(note) + theme.SPACE.S if note else 0
    free = rect.adjusted(0, 0, -round(taken), 0)
    colour = colours.text if caption.read_out else colours.muted
    _paint_text(painter, free, fitting_text(told, free.width()), "small", colour)
    painter.drawText(rect, _RIGHT, note)


def paint_frames(painter: QPainter, layout: HeatLayout, hue: str, focused: bool) -> None:
    """Paint the frame of every channel in a theme's colour (``hue``; none: any), and around it that of the focus."""
    colours, wide = theme.current(), layout.tiles[0].width()
    # Many small kernels would drown in frames of their hue, and in those of the focus, which are broad.
    around = getattr(colours, hue) if hue and wide >= _HUE_LEAST else colours.border
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(around, 1))
    painter.drawRects(*(tile.adjusted(-1, -1, 0, 0) for tile in layout.tiles))
    if focused:
        painter.setPen(QPen(colours.accent, 1))
        for framed in layout.tiles if wide >= theme.scaled(LABEL_LEAST) else (layout.cells,):
            painter.drawRect(framed.adjusted(-1, -1, 0, 0))
            painter.drawRect(framed.adjusted(-2, -2, 1, 1))


def paint_scale(painter: QPainter, layout: HeatLayout, levels: Levels, signed: bool) -> None:
    """Paint the colours from the lowest to the highest value, between the numbers at both ends.

    A long number takes its room from the colours, and colours that are narrow take what short numbers leave.
    """
    colours = theme.current()
    numbers, bar = layout.numbers, QRect(layout.bar)
    low, high, low_width, high_width = _level_texts(levels, signed, numbers.width(), theme.font_size("small"))
    first = numbers.left() + (low_width + _BESIDE_BAR if low else 1)
    last = numbers.right() - high_width - _BESIDE_BAR
    is_narrow = min(bar.right(), last) - max(bar.left(), first) < _LEAST_BAR
    bar.setLeft(max(bar.left(), first) if low and not is_narrow else first)
    bar.setRight(last if is_narrow else min(bar.right(), last))
    has_bar = bar.width() >= _LEAST_BAR
    if has_bar:
        paint_framed_bar(painter, bar, signed)
    painter.setFont(theme.font("small", _pixels_for(high, numbers.width())))
    painter.setPen(colours.muted)
    painter.drawText(numbers, _LEFT, low)
    painter.drawText(numbers, _RIGHT if low or has_bar else _CENTRE, high)


@lru_cache(maxsize=256)
def _level_texts(levels: Levels, signed: bool, room: int, pixels: int) -> tuple[str, str, int, int]:
    """Return the two numbers of a scale and their widths in a size of type; one where there is no room for both.

    The one says as much as both where they are even about zero. Where they are not, the colours give way first.
    """
    low, high = level_texts(levels)
    advance = theme.metrics("small", pixels).horizontalAdvance
    widths = [math.ceil(advance(text)) for text in (low, high)]
    if sum(widths) <= room - (_LEAST_BAR + 2 * _BESIDE_BAR if signed else theme.SPACE.S):
        return low, high, widths[0], widths[1]
    one = f"±{high}" if signed else f"≤ {high}"
    return "", one, 0, math.ceil(advance(one))


def _pixels_for(text: str, room: int) -> int:
    """Return the largest size of type in which a number has room: one that is cut off is another number."""
    usual, least = theme.font_size("small"), theme.scaled(8)
    sizes = range(usual, least, -1)
    return next((pixels for pixels in sizes if theme.number_width(text, "small", pixels) <= room), least)


def level_texts(levels: Levels) -> tuple[str, str]:
    """Return the numbers at the ends of a scale, as short as they can be: levels are round numbers.

    They have the more digits the closer they are for their size, so that one sees that they differ.
    """
    low, high = levels
    half, size = high / 2 - low / 2, max(abs(low), abs(high))
    digits = 3 + max(0, math.floor(math.log10(size / half))) if 0 < half < math.inf else 3
    return short_number(low, digits), short_number(high, digits)


def paint_empty(painter: QPainter, rect: QRect) -> None:
    """Paint the place where values will be."""
    colours = theme.current()
    ground = QColor(colours.hover)
    painter.fillRect(rect, ground)
    painter.setPen(QPen(colours.outline, 1, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(0, 0, -1, -1))
    painter.setPen(colours.muted)
    painter.setFont(theme.font("small"))
    text = tr("no values yet")
    if theme.metrics("small").horizontalAdvance(text) < rect.width():
        painter.drawText(rect, _CENTRE, text)
