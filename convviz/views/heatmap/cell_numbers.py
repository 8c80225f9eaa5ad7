"""Numbers written into cells: all of a heatmap's with one call to the painter.

All numbers of a map have one format, and each stands in the middle of its cell. One that this format would round to
zero has more digits behind its point, and none before it (``.03``); one that is smaller still is ``≈0``. So what is
written as zero is zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.views import drawing_mode
from convviz.views.heatmap.glyphs import (
    ABOUT,
    BLANK,
    DOUBLES,
    FIRST_POINT,
    INFINITY,
    MINUS,
    MINUS_INFINITY,
    NAN,
    POINT,
    fragments,
)
from convviz.views.heatmap.number_format import AIR

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PyQt6.QtGui import QPainter

    from convviz.views.heatmap.glyphs import GlyphAtlas
    from convviz.views.heatmap.number_format import NumberFormat

    Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Every number that a format can write, as the pieces of it; at most ten thousand, and the negative ones.

    Each is found by its own digits: number −12 stands at −12, counted from the end. Behind the positive ones, and
    before the negative ones, stand those that round to zero, from ≈0 on: that with the digits 5 behind its point stands
    at count + 5, or −count − 5.

    Attributes
    ----------
    count
        How many there are without a sign that do not round to zero, and zero.
    pieces : (N, S, 3)
        Of each slot, how far it is from where it is in a positive number of full length, across and down (0), and where
        its piece lies in the atlas, from the left: what is added to the first of a fragment's numbers.
    """

    count: int
    pieces: Array


@lru_cache(maxsize=64)
def _all_numbers(glyphs: GlyphAtlas, shape: NumberFormat) -> _Numbers:
    """Return all numbers of a format."""
    codes, shift, before = (
        np.concatenate(both) for both in zip(_coarse_numbers(glyphs, shape), _fine_numbers(glyphs, shape), strict=True)
    )
    count, last = 10 ** (shape.whole + shape.decimals), len(codes)
    mirrored = np.concatenate([np.arange(last), np.arange(last - 1, 0, -1)])
    codes, shift, before = codes[mirrored], shift[mirrored], before[mirrored]
    if shape.signed:
        negative = np.arange(len(mirrored)) >= last
        negative[-count] = False  # nothing that is written as zero has a sign
        codes = np.hstack([codes, np.where(negative, MINUS, BLANK)[:, None]])
        shift = np.hstack([shift, before[:, None]])  # the sign stands before the first digit that is written
        shift = np.floor(shift + negative[:, None] * math.ceil(glyphs.minus / 2))
    return _Numbers(count, np.stack([shift, np.zeros_like(shift), glyphs.source_left[codes]], axis=-1))


def _coarse_numbers(glyphs: GlyphAtlas, shape: NumberFormat) -> tuple[Array, Array, Array]:
    """Return the pieces of each number, how far they are from their slots, and how far its beginning is from theirs.

    A digit before the point is left out while it and all before it are zero.
    """
    digits = shape.whole + shape.decimals
    count = 10**digits
    quotients = np.arange(count)[:, None] // 10 ** np.arange(digits - 1, -1, -1)
    codes = quotients % 10
    leading = quotients[:, : shape.whole - 1] == 0
    codes[:, : shape.whole - 1][leading] = BLANK
    left_out = leading.sum(axis=1) * float(glyphs.digit)
    if shape.decimals:
        codes = np.hstack([codes, np.full((count, 1), POINT)])
    return codes, (left_out * -0.5)[:, None].repeat(codes.shape[1], axis=1), left_out * 0.5


def _fine_numbers(glyphs: GlyphAtlas, shape: NumberFormat) -> tuple[Array, Array, Array]:
    """Return the same of ≈0, and of .01, .02, …: the numbers of the format that would be zero."""
    lefts, decimals = _slot_lefts(glyphs, shape), shape.fine_decimals
    count = 10**decimals
    codes = np.full((count, len(lefts)), BLANK)
    places = np.tile(lefts, (count, 1))
    in_order = [len(lefts) - 1, *range(decimals)] if shape.decimals else list(range(decimals + 1))
    codes[1:, in_order[0]] = POINT if shape.decimals else FIRST_POINT
    codes[1:, in_order[1:]] = np.arange(1, count)[:, None] // 10 ** np.arange(decimals - 1, -1, -1) % 10
    places[1:, in_order] = [0.0, *(glyphs.point + n * glyphs.digit for n in range(decimals))]
    codes[0, :2], places[0, :2] = (ABOUT, 0), (0.0, glyphs.digit)
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
    """Return whether all values are finite, and each times ``factor`` as a whole number from −``most`` to ``most``."""
    with np.errstate(all="ignore"):
        scaled = np.multiply(values, factor, dtype=np.float64)
    finite = np.isfinite(scaled)
    all_finite = bool(finite.all())
    if not all_finite:
        scaled = np.where(finite, scaled, 0.0)
    return all_finite, np.clip(np.rint(scaled), -most, most)


def _refine(number: Array, values: Array, shape: NumberFormat, count: int, *, finite: bool) -> None:
    """Put those that round to zero, and are not, where they have more digits; ``finite``: all values are."""
    if np.count_nonzero(number) == len(number):
        return
    small = (number == 0).nonzero()[0]
    if not finite:
        small = small[np.isfinite(values.take(small))]
    found = values.take(small)
    rest = np.multiply(found, 10.0 ** (shape.fine_decimals - shape.exponent), dtype=np.float64)
    rest += np.sign(found) * (count + 0.5)  # less than half of one before, so there is a place for it
    number[small] = rest  # cut to whole numbers; what is zero stays it


class CellNumbers:
    """The fragments of one heatmap's numbers, in memory that is kept between frames.

    Every number has the same slots: its digits, the point, the sign. How they lie is written when the layout or the
    format changes; a frame only chooses which piece of the atlas each shows, and moves the number to the middle.
    """

    def __init__(self) -> None:
        self._fragments: Any = None
        self._slots: Array = np.empty((0, 0, DOUBLES))
        self._places: Array = np.empty((0, 0, 3))  # the middle of every slot of a positive number of full length, and 0
        self._prepared: tuple[GlyphAtlas, NumberFormat] | None = None
        self._numbers: _Numbers | None = None  # all of the format
        self._factor = 1.0
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
        numbers = self._numbers
        if numbers is None or self._centres is not centres or self._prepared != (glyphs, shape):
            self._numbers = numbers = _all_numbers(glyphs, shape)
            self._factor = 10.0 ** (shape.decimals - shape.exponent)
            self._prepare(glyphs, shape, centres)
            self._prepared, self._centres = (glyphs, shape), centres
        if fitting:
            all_finite, scaled = True, np.multiply(values, self._factor, dtype=np.float64)
            np.rint(scaled, out=scaled)
        else:
            all_finite, scaled = _tamed(values, self._factor, numbers.count - 1)
        number = scaled.astype(np.intp)
        _refine(number, values, shape, numbers.count, finite=all_finite)
        slots = self._slots
        np.add(self._places, numbers.pieces.take(number, axis=0), out=slots[:, :, :3])
        np.multiply(dark[:, None], glyphs.height * glyphs.ratio, out=slots[:, :, 3])
        room = glyphs.width_of(shape) + AIR - 1
        if not all_finite:
            self._write_not_finite(values, centres, glyphs, room)
        if drawing_mode.is_drawn():
            glyphs.write(painter, glyphs.texts_of(self._sources_in_order()), centres, dark, room)
            return
        painter.drawPixmapFragments(self._fragments, glyphs.pixmap)

    def _sources_in_order(self) -> Array:
        """Return where the pieces of each number lie in the atlas (N, S), from the first that is read to the last."""
        order = self._slots[:, :, 0].argsort(axis=1)
        return np.take_along_axis(self._slots[:, :, 2], order, axis=1)

    def _prepare(self, glyphs: GlyphAtlas, shape: NumberFormat, centres: Array) -> None:
        """Lay out the slots: everything but the pieces that are shown."""
        lefts = _slot_lefts(glyphs, shape).tolist()
        widths = [glyphs.digit] * (shape.whole + shape.decimals) + [glyphs.point] * bool(shape.decimals)
        if shape.signed:
            lefts, widths = [*lefts, -glyphs.minus], [*widths, glyphs.minus]
        self._reserve(len(centres), len(lefts))
        body = glyphs.width_of(shape) - (glyphs.minus if shape.signed else 0)
        start = np.ceil(centres[:, :1] - body / 2)  # the line between two cells takes the first pixel of the second
        slots = self._slots
        self._places = np.zeros((*slots.shape[:2], 3))
        self._places[:, :, 0] = start + np.array(lefts) + np.array(widths) / 2  # a fragment is placed by its middle
        self._places[:, :, 1] = np.floor(centres[:, 1:] - glyphs.figure_height / 2) - 1 + glyphs.height / 2
        slots[:, :, 4] = np.array(widths) * glyphs.ratio
        slots[:, :, 5] = glyphs.height * glyphs.ratio
        slots[:, :, 6:8] = 1 / glyphs.ratio
        slots[:, :, 8] = 0.0
        slots[:, :, 9] = 1.0

    def _reserve(self, numbers: int, slots: int) -> None:
        if self._slots.shape[:2] != (numbers, slots):
            self._fragments, memory = fragments(numbers * slots)
            self._slots = memory.reshape(numbers, slots, DOUBLES)

    def _write_not_finite(self, values: Array, centres: Array, glyphs: GlyphAtlas, room: int) -> None:
        """Write a word in place of a number, smaller where it is wider than the ``room`` of one."""
        slots = self._slots
        for code, where in (
            (NAN, np.isnan(values)),
            (INFINITY, values == math.inf),
            (MINUS_INFINITY, values == -math.inf),
        ):
            slots[where, :, 2] = glyphs.source_left[BLANK]
            slots[where, 0, 0] = np.floor(centres[where, 0] - glyphs.width[code] / 2) + glyphs.width[code] / 2
            slots[where, 0, 2] = glyphs.source_left[code]
            slots[where, 0, 4] = glyphs.width[code] * glyphs.ratio
            slots[where, 0, 6:8] = min(1.0, room / glyphs.width[code]) / glyphs.ratio
        self._prepared = None
