"""Numbers written into cells: all of a heatmap's with one call to the painter.

Drawing a text costs ten times what a cell's colour costs. So the few characters that numbers are made of are drawn once
into a pixmap (an atlas, per size of type, in white and in black), and a heatmap's numbers are copies of its pieces,
whose places NumPy writes straight into the array that `QPainter.drawPixmapFragments` reads.

All numbers of a map have one format, and each stands in the middle of its cell. One that this format would round to
zero has more digits behind its point, and none before it (``.03``); one that is smaller still is ``≈0``. So what is
written as zero is zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap

from convviz.number_text import format_number
from convviz.views import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]

_DIGITS = "0123456789"
_POINT, _MINUS, _NAN, _INFINITY, _MINUS_INFINITY, _BLANK, _ABOUT, _FIRST_POINT = range(10, 18)  # behind the ten digits
_DOUBLES = 10  # x, y, source x, source y, width, height, scale x, scale y, rotation, opacity

#: Sizes of type that cells may have, the largest first, and the smallest at which a digit more is worth having.
_PIXELS = (20, 18, 16, 15, 14, 13, 12, 11, 10, 9)
_LEGIBLE = 10
#: Room that is left in a cell, in pixels, and the largest share of its height that type takes. Where a minus leads,
#: larger type is left more: as close to its neighbour as to its own digits, it is read as a dash between the two.
_AIR = 5
_SHARE = 0.52
#: Digits behind the point of numbers that are small and written without a factor, at most.
_DECIMALS_MOST = 3


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of one map are written.

    Attributes
    ----------
    whole, decimals
        Digits before and behind the point.
    exponent
        The numbers are written divided by ten to this power; a multiple of 3, 0 for ordinary magnitudes.
    signed
        Whether room is kept for a minus.
    """

    whole: int
    decimals: int
    exponent: int
    signed: bool

    @property
    def fine_decimals(self) -> int:
        """Digits behind the point of a number that would be zero, which has none before it and is no wider."""
        return self.whole + self.decimals - (0 if self.decimals else 1)  # where there is no point, it takes a place

    def text(self, value: float) -> str:
        """Return a number as it stands in a cell."""
        if not math.isfinite(value):
            return format_number(value)
        scaled = abs(value) / 10.0**self.exponent
        text = f"{scaled:.{self.decimals}f}"
        if value and not float(text):
            text = f"{scaled:.{self.fine_decimals}f}".removeprefix("0")
            if not float(text):
                return "≈0"
        return f"−{text}" if value < 0 else text


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
        widths += [widths[_INFINITY] + self.minus, self.digit + self.minus, self.digit, self.digit]
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
                if code == _ABOUT:  # fonts have the sign as wide as two digits, or not at all
                    for shift in (-0.12, 0.12):
                        painter.drawText(QPointF(left, baseline + shift * pixels), "~")
                if code in (_MINUS, _MINUS_INFINITY):
                    painter.fillRect(QRectF(left, middle, self.minus - 1, stroke), colour)
                if code == _MINUS_INFINITY:
                    painter.drawText(QPointF(left + self.minus, baseline), "∞")
                elif text:
                    painter.drawText(QPointF(left, baseline), text)
        painter.end()
        return pixmap

    def width_of(self, shape: NumberFormat) -> int:
        """Return how wide the widest number of a format is."""
        digits = shape.whole + shape.decimals
        return digits * self.digit + (self.point if shape.decimals else 0) + (self.minus if shape.signed else 0)


@cache
def atlas(pixels: int, ratio: float) -> GlyphAtlas:
    """Return the atlas of a size of type on a screen of ``ratio`` device pixels a pixel."""
    return GlyphAtlas(pixels, ratio)


@lru_cache(maxsize=1024)
def choose_format(
    extent: float, signed: bool, width: float, height: float, ratio: float = 1.0
) -> tuple[int, NumberFormat] | None:
    """Return the size of type and the format for cells of ``width`` × ``height``, or None where no number fits.

    ``extent`` is the largest magnitude. Two significant digits of it are the least worth showing; a third is shown
    where it stays legible.
    """
    three, two = (_format(extent, signed, significant) for significant in (3, 2))
    shapes = ((three, _LEGIBLE if three != two else _PIXELS[-1]), (two, _PIXELS[-1]))
    return _largest(shapes, width, height, ratio)


@lru_cache(maxsize=256)
def choose_plain_format(
    extent: float, signed: bool, width: float, height: float, ratio: float = 1.0
) -> tuple[int, NumberFormat] | None:
    """Return the same where there is no place to tell a factor: small numbers have more digits instead.

    ``extent`` 0: there are but zeros, and each is one digit, in the middle of the room for two.
    """
    if not extent:
        return _largest([(NumberFormat(2, 0, 0, signed=False), _PIXELS[-1])], width, height, ratio)
    found = choose_format(extent, signed, width, height, ratio)
    if found is None or not found[1].exponent:
        return found
    decimals = [1 - math.floor(math.log10(extent)), -math.floor(math.log10(extent))]
    shapes = [(NumberFormat(1, count, 0, signed), _PIXELS[-1]) for count in decimals if 0 < count <= _DECIMALS_MOST]
    return _largest(shapes, width, height, ratio)


def _largest(
    shapes: Sequence[tuple[NumberFormat, int]], width: float, height: float, ratio: float
) -> tuple[int, NumberFormat] | None:
    """Return the first of the formats that fits, each with the smallest type it may have, in the largest that fits."""
    for shape, smallest in shapes:
        for pixels in _PIXELS:
            made = atlas(pixels, ratio)
            air = _AIR + (max(0, pixels - _LEGIBLE + 1) // 2 if shape.signed else 0)
            fits = made.width_of(shape) <= width - air and pixels <= max(_LEGIBLE, height * _SHARE)
            if fits and smallest <= pixels and made.figure_height <= height - 4:
                return pixels, shape
    return None


def _format(extent: float, signed: bool, significant: int) -> NumberFormat:
    """Return the format that shows ``significant`` digits of the largest magnitude (all its whole ones, if more)."""
    exponent = 0
    if extent > 0 and math.isfinite(extent) and not 0.0995 <= extent < 999.5:
        exponent = 3 * math.floor(math.log10(extent) / 3)
        if extent / 10.0**exponent >= 999.5:
            exponent += 3
    scaled = extent / 10.0**exponent if math.isfinite(extent) else 1.0
    for whole in (1, 2, 3):
        decimals = max(0, significant - whole)
        if round(scaled * 10**decimals) < 10 ** (whole + decimals):
            break
    return NumberFormat(whole, decimals, exponent, signed)


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Every number that a format can write, as the pieces of it; at most a thousand, and the negative ones.

    Each is found by its own digits: number −12 stands at −12, counted from the end. Between these and the positive
    ones stand those that round to zero, from ≈0 on.

    Attributes
    ----------
    count, fine_count
        How many there are without a sign, and of those that round to zero.
    source : (N, S)
        Where each slot's piece lies in the atlas, from the left.
    shift : (N, S)
        How far each slot is from where it is in a positive number of full length.
    """

    count: int
    fine_count: int
    source: Array
    shift: Array

    def places_of_fine(self, digits: Array) -> Array:
        """Return where numbers stand that round to zero, by their digits behind the point."""
        return np.where(digits < 0, digits - (self.count - 1), self.count + digits)


@lru_cache(maxsize=64)
def _all_numbers(glyphs: GlyphAtlas, shape: NumberFormat) -> _Numbers:
    """Return all numbers of a format."""
    codes, shift, before = (
        np.concatenate(both) for both in zip(_coarse_numbers(glyphs, shape), _fine_numbers(glyphs, shape), strict=True)
    )
    count, fine_count = 10 ** (shape.whole + shape.decimals), 10**shape.fine_decimals
    last = count + fine_count
    mirrored = np.concatenate([np.arange(last), np.arange(last - 1, count, -1), np.arange(count - 1, 0, -1)])
    codes, shift, before = codes[mirrored], shift[mirrored], before[mirrored]
    if shape.signed:
        negative = np.arange(len(mirrored)) >= last  # nothing that is written as zero has a sign
        codes = np.hstack([codes, np.where(negative, _MINUS, _BLANK)[:, None]])
        shift = np.hstack([shift, before[:, None]])  # the sign stands before the first digit that is written
        shift = np.floor(shift + negative[:, None] * math.ceil(glyphs.minus / 2))
    return _Numbers(count, fine_count, glyphs.source_left[codes], shift)


def _coarse_numbers(glyphs: GlyphAtlas, shape: NumberFormat) -> tuple[Array, Array, Array]:
    """Return the pieces of each number, how far they are from their slots, and how far its beginning is from theirs.

    A digit before the point is left out while it and all before it are zero.
    """
    digits = shape.whole + shape.decimals
    count = 10**digits
    quotients = np.arange(count)[:, None] // 10 ** np.arange(digits - 1, -1, -1)
    codes = quotients % 10
    leading = quotients[:, : shape.whole - 1] == 0
    codes[:, : shape.whole - 1][leading] = _BLANK
    left_out = leading.sum(axis=1) * float(glyphs.digit)
    if shape.decimals:
        codes = np.hstack([codes, np.full((count, 1), _POINT)])
    return codes, (left_out * -0.5)[:, None].repeat(codes.shape[1], axis=1), left_out * 0.5


def _fine_numbers(glyphs: GlyphAtlas, shape: NumberFormat) -> tuple[Array, Array, Array]:
    """Return the same of ≈0, and of .01, .02, …: the numbers of the format that would be zero."""
    lefts, decimals = _slot_lefts(glyphs, shape), shape.fine_decimals
    count = 10**decimals
    codes = np.full((count, len(lefts)), _BLANK)
    places = np.tile(lefts, (count, 1))
    in_order = [len(lefts) - 1, *range(decimals)] if shape.decimals else list(range(decimals + 1))
    codes[1:, in_order[0]] = _POINT if shape.decimals else _FIRST_POINT
    codes[1:, in_order[1:]] = np.arange(1, count)[:, None] // 10 ** np.arange(decimals - 1, -1, -1) % 10
    places[1:, in_order] = [0.0, *(glyphs.point + n * glyphs.digit for n in range(decimals))]
    codes[0, :2], places[0, :2] = (_ABOUT, 0), (0.0, glyphs.digit)
    width = np.full(count, glyphs.point + decimals * glyphs.digit)
    width[0] = 2 * glyphs.digit
    body = glyphs.width_of(shape) - (glyphs.minus if shape.signed else 0)
    start = (body - width) / 2
    return codes, places + start[:, None] - lefts, start


def _slot_lefts(glyphs: GlyphAtlas, shape: NumberFormat) -> Array:
    """Return where the slots of digits and of the point lie in a number that is full length."""
    lefts = np.arange(shape.whole + shape.decimals) * float(glyphs.digit)
    if shape.decimals:
        behind = shape.whole * float(glyphs.digit)
        lefts = np.append(lefts + np.where(lefts >= behind, glyphs.point, 0), behind)
    return lefts


def _tamed(values: Array, factor: float, most: int) -> tuple[bool, Array]:
    """Return whether all values are finite, and each times ``factor``, to be cut to whole numbers up to ``most``."""
    with np.errstate(all="ignore"):
        scaled = np.multiply(values, factor, dtype=np.float64)
    finite = np.isfinite(scaled)
    all_finite = bool(finite.all())
    if not all_finite:
        scaled = np.where(finite, scaled, 0.0)
    scaled += np.copysign(0.5, scaled)
    return all_finite, np.clip(scaled, -most, most)


def _refine(number: Array, values: Array, shape: NumberFormat, numbers: _Numbers) -> None:
    """Put those that round to zero, and are not, where they have more digits."""
    if number.all():
        return
    small = ((number == 0) & (values != 0)).nonzero()[0]
    rest = values.take(small).astype(np.float64)
    finite = np.isfinite(rest)
    if not finite.all():
        small, rest = small[finite], rest[finite]
    rest *= 10.0 ** (shape.fine_decimals - shape.exponent)  # less than half of one before, so there is a place for it
    rest += np.copysign(0.5, rest)
    number[small] = numbers.places_of_fine(rest.astype(np.intp))


class CellNumbers:
    """The fragments of one heatmap's numbers, in memory that is kept between frames.

    Every number has the same slots: its digits, the point, the sign. How they lie is written when the layout or the
    format changes; a frame only chooses which piece of the atlas each shows, and moves the number to the middle.
    """

    def __init__(self) -> None:
        self._fragments: Any = None
        self._slots: Array = np.empty((0, 0, _DOUBLES))
        self._across: Array = np.empty((0, 0))  # the middle of every slot of a positive number that is full length
        self._prepared: tuple[GlyphAtlas, NumberFormat] | None = None
        self._centres: Array | None = None  # held on to, so that no other array can be taken for it

    def draw(
        self,
        painter: QPainter,
        glyphs: GlyphAtlas,
        shape: NumberFormat,
        values: Array,
        centres: Array,
        dark: Array,
        *,
        fitting: bool = False,
    ) -> None:
        """Write ``values`` (N,) centred on ``centres`` (N, 2), in black where ``dark`` (N,) and else in white.

        ``fitting``: all are known to be finite, and none to be larger than the format was chosen for.
        """
        if self._centres is not centres or self._prepared != (glyphs, shape):
            self._prepare(glyphs, shape, centres)
            self._prepared, self._centres = (glyphs, shape), centres
        numbers = _all_numbers(glyphs, shape)
        factor = 10.0 ** (shape.decimals - shape.exponent)
        if fitting:
            all_finite, scaled = True, np.multiply(values, factor, dtype=np.float64)
            scaled += np.copysign(0.5, scaled)
        else:
            all_finite, scaled = _tamed(values, factor, numbers.count - 1)
        number = scaled.astype(np.intp)
        _refine(number, values, shape, numbers)
        slots = self._slots
        slots[:, :, 2] = numbers.source.take(number, axis=0)
        slots[:, :, 3] = (dark * (glyphs.height * glyphs.ratio))[:, None]
        np.add(self._across, numbers.shift.take(number, axis=0), out=slots[:, :, 0])
        if not all_finite:
            self._write_not_finite(values, centres, glyphs, glyphs.width_of(shape) + _AIR - 1)
        painter.drawPixmapFragments(self._fragments, glyphs.pixmap)

    def _prepare(self, glyphs: GlyphAtlas, shape: NumberFormat, centres: Array) -> None:
        """Lay out the slots: everything but the pieces that are shown."""
        lefts = _slot_lefts(glyphs, shape).tolist()
        widths = [glyphs.digit] * (shape.whole + shape.decimals) + [glyphs.point] * bool(shape.decimals)
        if shape.signed:
            lefts, widths = [*lefts, -glyphs.minus], [*widths, glyphs.minus]
        self._reserve(len(centres), len(lefts))
        body = glyphs.width_of(shape) - (glyphs.minus if shape.signed else 0)
        start = np.ceil(centres[:, :1] - body / 2)  # the line between two cells takes the first pixel of the second
        self._across = start + np.array(lefts) + np.array(widths) / 2  # a fragment is placed by its middle
        slots = self._slots
        slots[:, :, 1] = np.floor(centres[:, 1:] - glyphs.figure_height / 2) - 1 + glyphs.height / 2
        slots[:, :, 4] = np.array(widths) * glyphs.ratio
        slots[:, :, 5] = glyphs.height * glyphs.ratio
        slots[:, :, 6:8] = 1 / glyphs.ratio
        slots[:, :, 8] = 0.0
        slots[:, :, 9] = 1.0

    def _reserve(self, numbers: int, slots: int) -> None:
        count = numbers * slots
        if self._slots.shape[:2] != (numbers, slots):
            array: Any = sip.array  # its stub knows of no arguments
            self._fragments = array(QPainter.PixmapFragment, count)
            memory: Any = sip.voidptr(self._fragments, count * _DOUBLES * 8)
            self._slots = np.frombuffer(memory, dtype=np.float64).reshape(numbers, slots, _DOUBLES)

    def _write_not_finite(self, values: Array, centres: Array, glyphs: GlyphAtlas, room: int) -> None:
        """Write a word in place of a number, smaller where it is wider than the ``room`` of one."""
        slots = self._slots
        for code, where in (
            (_NAN, np.isnan(values)),
            (_INFINITY, values == math.inf),
            (_MINUS_INFINITY, values == -math.inf),
        ):
            slots[where, :, 2] = glyphs.source_left[_BLANK]
            slots[where, 0, 0] = np.floor(centres[where, 0] - glyphs.width[code] / 2) + glyphs.width[code] / 2
            slots[where, 0, 2] = glyphs.source_left[code]
            slots[where, 0, 4] = glyphs.width[code] * glyphs.ratio
            slots[where, 0, 6:8] = min(1.0, room / glyphs.width[code]) / glyphs.ratio
        self._prepared = None
