"""The characters that numbers in cells are made of, drawn once.

Drawing a text costs ten times what a cell's colour costs. So the few characters that numbers are made of are drawn once
into a pixmap (an atlas, per size of type, in white and in black), and numbers are copies of its pieces, whose places
NumPy writes straight into the array that `QPainter.drawPixmapFragments` reads.
"""

from __future__ import annotations

import math
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap

from convviz.views import theme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convviz.views.heatmap.number_format import NumberFormat

    Array = NDArray[Any]

_DIGITS = "0123456789"
#: Behind the ten digits.
POINT, MINUS, NAN, INFINITY, MINUS_INFINITY, BLANK, ABOUT, FIRST_POINT = range(10, 18)
#: What the pieces say.
_TEXTS = (*_DIGITS, ".", "−", "NaN", "∞", "−∞", "", "≈", ".")
#: The numbers of a fragment: x, y, source x, source y, width, height, scale x, scale y, rotation, opacity.
DOUBLES = 10


def fragments(count: int) -> tuple[Any, Array]:
    """Return so many fragments, and the memory (count, DOUBLES) that the painter reads them from."""
    array: Any = sip.array  # its stub knows of no arguments
    made = array(QPainter.PixmapFragment, count)
    memory: Any = sip.voidptr(made, count * DOUBLES * 8)
    return made, np.frombuffer(memory, dtype=np.float64).reshape(count, DOUBLES)


class GlyphAtlas:
    """The characters of numbers in one size of type, white in the upper row and black in the lower."""

    def __init__(self, pixels: int, ratio: float) -> None:
        metrics = theme.metrics("body", pixels)
        self.ratio = ratio
        self.digit = max(1, round(metrics.horizontalAdvance("0")))
        self.point = max(2, round(metrics.horizontalAdvance(".")))
        self.minus = max(4, round(0.45 * pixels))
        self.figure_height = math.ceil(metrics.tightBoundingRect("0123456789").height())
        self.height = self.figure_height + 2
        widths = [self.digit] * 10 + [self.point, self.minus]
        widths += [math.ceil(metrics.horizontalAdvance(text)) for text in ("NaN", "∞")]
        widths += [widths[INFINITY] + self.minus, self.digit + self.minus, self.digit, self.digit]
        self._pixels = pixels
        self._lefts = np.concatenate([[0], np.cumsum(np.array(widths) + 1)])
        self.source_left = self._lefts[:-1] * ratio
        self.width = np.array(widths, dtype=np.float64)

    @cached_property
    def pixmap(self) -> QPixmap:
        """The characters. They are drawn when a number is: most sizes are only asked how wide theirs would be."""
        ratio, pixels, height, lefts = self.ratio, self._pixels, self.height, self._lefts
        pixmap = QPixmap(math.ceil(lefts[-1] * ratio), math.ceil(2 * height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setFont(theme.font("body", pixels))
        stroke = max(1, round(pixels / 11))
        for row, colour in enumerate((QColor(255, 255, 255), QColor(0, 0, 0))):
            painter.setPen(colour)
            baseline = row * height + 1 + self.figure_height
            middle = row * height + 1 + round(self.figure_height * 0.55) - stroke // 2
            for code, text in enumerate((*_DIGITS, ".", "", "NaN", "∞", "", "", "", ".")):
                left = float(lefts[code])
                if code == ABOUT:  # fonts have the sign as wide as two digits, or not at all
                    for shift in (-0.12, 0.12):
                        painter.drawText(QPointF(left, baseline + shift * pixels), "~")
                if code in (MINUS, MINUS_INFINITY):
                    painter.fillRect(QRectF(left, middle, self.minus - 1, stroke), colour)
                if code == MINUS_INFINITY:
                    painter.drawText(QPointF(left + self.minus, baseline), "∞")
                elif text:
                    painter.drawText(QPointF(left, baseline), text)
        painter.end()
        return pixmap

    def texts_of(self, sources: Array) -> list[str]:
        """Return what the pieces of numbers say, by where they lie in the atlas: (N, S), in the order they are read."""
        codes = np.searchsorted(self.source_left, sources)
        return ["".join(map(_TEXTS.__getitem__, number)) for number in codes.tolist()]

    def write(self, painter: QPainter, texts: list[str], centres: Array, dark: Array, room: float) -> None:
        """Write texts around points (N, 2), in black where ``dark`` (N,), where no copied pixels will do.

        The sign of a text is longer than that of the atlas; one that is wider than ``room`` even without is smaller.
        """
        usual, metrics = theme.font("body", self._pixels), theme.metrics("body", self._pixels)
        room += max(0.0, metrics.horizontalAdvance("−") - self.minus)
        for text, (x, y), is_dark in zip(texts, centres.tolist(), dark.tolist(), strict=True):
            wide = metrics.horizontalAdvance(text)
            share = min(1.0, room / wide) if wide else 1.0
            painter.setFont(usual if share == 1 else theme.font("body", max(1, int(self._pixels * share))))
            painter.setPen(Qt.GlobalColor.black if is_dark else Qt.GlobalColor.white)
            painter.drawText(QPointF(x - wide * share / 2, y + self.figure_height * share / 2), text)

    def width_of(self, shape: NumberFormat) -> int:
        """Return how wide the widest number of a format is."""
        digits = shape.whole + shape.decimals
        return digits * self.digit + (self.point if shape.decimals else 0) + (self.minus if shape.signed else 0)


@lru_cache(maxsize=128)  # a presentation in a window that is resized asks for ever other ones
def atlas(pixels: int, ratio: float) -> GlyphAtlas:
    """Return the atlas of a size of type on a screen of ``ratio`` device pixels a pixel."""
    return GlyphAtlas(pixels, ratio)
