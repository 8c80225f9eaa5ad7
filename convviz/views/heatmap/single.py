"""The number of a strip that has a single cell: written out in full, or as nearly as there is room for.

The painter takes longer to set such a number as a text than to paint a whole map, and of most layers one or two change
with every frame. So this, too, is put together from characters that were drawn once.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QPainter, QPixmap

from convviz.number_text import brief_number, format_number, order_text, short_number
from convviz.views import drawing_mode, theme
from convviz.views.colour import ColourMap, Levels, entry_of
from convviz.views.heatmap.glyphs import DOUBLES, fragments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[Any]

_CHARACTERS = "0123456789.,−×·~⁻⁰¹²³⁴⁵⁶⁷⁸⁹Na∞"
#: Sizes of type in which the number may be written, the largest first.
_PIXELS = (11, 10, 9)


class _Letters:
    """The characters of numbers in one size of type, white in the upper row and black in the lower.

    Attributes
    ----------
    advance
        How wide each character is, in whole pixels.
    """

    def __init__(self, pixels: int, ratio: float) -> None:
        self._size = pixels
        metrics = theme.metrics("small", pixels)
        bounds = metrics.tightBoundingRect(_CHARACTERS)
        self.advance = {letter: max(1, round(metrics.horizontalAdvance(letter))) for letter in _CHARACTERS}
        self._above = math.ceil(-bounds.top()) + 1
        self._height = self._above + math.ceil(bounds.bottom()) + 1
        self._lift = metrics.capHeight() / 2
        self._ratio = ratio
        self._code = {letter: code for code, letter in enumerate(_CHARACTERS)}
        self._rooms: dict[int, tuple[Any, Array]] = {}
        widths = np.array([*self.advance.values()]) + 2  # one pixel at either side for what reaches beyond
        lefts = np.concatenate([[0], np.cumsum(widths)])
        self._pixmap = self._drawn(pixels, lefts)
        self._pieces = np.zeros((len(_CHARACTERS), DOUBLES))
        self._pieces[:, 2] = lefts[:-1] * ratio
        self._pieces[:, 4] = widths * ratio
        self._pieces[:, 5] = self._height * ratio
        self._pieces[:, 6:8] = 1 / ratio
        self._pieces[:, 9] = 1.0

    def _drawn(self, pixels: int, lefts: Array) -> QPixmap:
        pixmap = QPixmap(math.ceil(lefts[-1] * self._ratio), math.ceil(2 * self._height * self._ratio))
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setFont(theme.font("small", pixels))
        for row, colour in enumerate((Qt.GlobalColor.white, Qt.GlobalColor.black)):
            painter.setPen(colour)
            for left, letter in zip(lefts, _CHARACTERS, strict=False):
                painter.drawText(QPointF(float(left) + 1, row * self._height + self._above), letter)
        painter.end()
        return pixmap

    def width_of(self, text: str) -> int:
        """Return how wide a number is, in pixels."""
        advance = self.advance
        return sum([advance[letter] for letter in text])

    def write(self, painter: QPainter, text: str, middle: tuple[float, float], *, dark: bool) -> None:
        """Write a number around a point, in black or in white; as a text where that may be enlarged."""
        if drawing_mode.is_drawn():
            metrics = theme.metrics("small", self._size)
            painter.setFont(theme.font("small", self._size))
            painter.setPen(Qt.GlobalColor.black if dark else Qt.GlobalColor.white)
            painter.drawText(QPointF(middle[0] - metrics.horizontalAdvance(text) / 2, middle[1] + self._lift), text)
            return
        pieces, slots = self._room_for(len(text))
        advance, code = self.advance, self._code
        x = math.floor(middle[0] - self.width_of(text) / 2)
        across = []
        for letter in text:  # a fragment is placed by its middle
            across.append(x + advance[letter] / 2)
            x += advance[letter]
        self._pieces.take([code[letter] for letter in text], axis=0, out=slots, mode="clip")
        slots[:, 0] = across
        slots[:, 1] = round(middle[1] + self._lift) - self._above + self._height / 2
        slots[:, 3] = dark * self._height * self._ratio
        painter.drawPixmapFragments(pieces, self._pixmap)

    def _room_for(self, count: int) -> tuple[Any, Array]:
        """Return fragments for a number of so many characters, and the memory that they are read from."""
        if count not in self._rooms:
            self._rooms[count] = fragments(count)
        return self._rooms[count]


@cache
def _letters(pixels: int, ratio: float) -> _Letters:
    return _Letters(pixels, ratio)


def paint_single(painter: QPainter, rect: QRect, value: float, levels: Levels, table: ColourMap, ratio: float) -> None:
    """Fill ``rect`` with the colour of a number and write the number into it, if it fits."""
    entry = entry_of(value, levels)
    painter.fillRect(rect, table.colour(entry))
    for text, pixels in _texts(value):
        letters = _letters(pixels, ratio)
        if rect.width() - letters.width_of(text) >= 2:
            middle = rect.x() + rect.width() / 2, rect.y() + rect.height() / 2
            letters.write(painter, text, middle, dark=bool(table.dark_text[entry]))
            return


def _texts(value: float) -> Iterator[tuple[str, int]]:
    """Yield a number and its size of type: in full, then ever shorter and smaller; never as a zero that it is not.

    Two of its digits, or all of those before the point, are worth a smaller type: one digit may be a third off.
    """
    sizes = [theme.scaled(pixels) for pixels in _PIXELS]
    for digits in (4, 3, 2):
        yield format_number(value, digits), sizes[0]
    two, one, briefest = short_number(value, 2), short_number(value, 1), brief_number(value)
    bare = _without_zero(two, value), one, briefest, _without_zero(briefest, value), order_text(value)
    for text in (two, two.replace(",", ""), *bare):
        for pixels in sizes:
            yield text, pixels


def _without_zero(text: str, value: float) -> str:
    """Return a number without the zero before its point, if that is all that stands there."""
    return text.replace("0.", ".", 1) if abs(value) < 1 else text
