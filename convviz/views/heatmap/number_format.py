"""How the numbers of one map are written: with how many digits, in which size of type."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.heatmap.glyphs import atlas

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Sizes of type that cells may have, the largest first; those before them are for people who sit far away. And the
#: smallest at which a digit more is worth having.
_LARGE = (56, 48, 40, 34, 28, 24)
_PIXELS = (20, 18, 16, 15, 14, 13, 12, 11, 10, 9)
_LEGIBLE = 10
#: The size that is taken where no other fits a cell that is drawn larger: letters and cells are not larger by exactly
#: the zoom, and what fits at the usual size would else be missed.
_LAST = 8
#: Room that is left in a cell, in pixels, and the largest share of its height that type takes. Where a minus leads,
#: larger type is left more: as close to its neighbour as to its own digits, it is read as a dash between the two.
AIR = 5
_SHARE = 0.52
#: Digits behind the point of numbers that are small and written without a factor, at most.
_DECIMALS_MOST = 3
#: The least exponent: divided by a smaller power of ten, a number of three digits would have none of them left.
_EXPONENT_LEAST = -303
#: A number as wide as any that has two digits.
_SAMPLE = 1.5


class NumberFormat(NamedTuple):
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


def choose_format(
    extent: float, signed: bool, width: float, height: float, ratio: float = 1.0
) -> tuple[int, NumberFormat] | None:
    """Return the size of type and the format for cells of ``width`` × ``height``, or None where no number fits.

    ``extent`` is the largest magnitude. Two significant digits of it are the least worth showing; a third is shown
    where it stays legible.
    """
    return _choose_format(extent, signed, width, height, ratio, theme.zoom())


@lru_cache(maxsize=1024)
def _choose_format(
    extent: float, signed: bool, width: float, height: float, ratio: float, zoom: float
) -> tuple[int, NumberFormat] | None:
    three, two = (_format(extent, signed, significant) for significant in (3, 2))
    shapes = ((three, _LEGIBLE if three != two else _PIXELS[-1]), (two, _PIXELS[-1]))
    return _largest(shapes, width, height, ratio, zoom)


def has_room_for_number(side: float) -> bool:
    """Return whether a cell of ``side`` × ``side`` pixels has room for two digits and a minus of a good size."""
    return _fits(_format(_SAMPLE, True, 2), _PIXELS[-1], side, side, 1.0, theme.zoom())


def choose_plain_format(
    extent: float, signed: bool, width: float, height: float, ratio: float
) -> tuple[int, NumberFormat] | None:
    """Return the same where there is no place to tell a factor: small numbers have more digits instead.

    ``extent`` 0: there are but zeros, and each is one digit, in the middle of the room for two.
    """
    return _choose_plain_format(extent, signed, width, height, ratio, theme.zoom())


@lru_cache(maxsize=256)
def _choose_plain_format(
    extent: float, signed: bool, width: float, height: float, ratio: float, zoom: float
) -> tuple[int, NumberFormat] | None:
    if not extent:
        return _largest([(NumberFormat(2, 0, 0, signed=False), _PIXELS[-1])], width, height, ratio, zoom)
    found = _choose_format(extent, signed, width, height, ratio, zoom)
    if found is None or not found[1].exponent:
        return found
    decimals = [1 - math.floor(math.log10(extent)), -math.floor(math.log10(extent))]
    shapes = [(NumberFormat(1, count, 0, signed), _PIXELS[-1]) for count in decimals if 0 < count <= _DECIMALS_MOST]
    return _largest(shapes, width, height, ratio, zoom)


def _largest(
    shapes: Sequence[tuple[NumberFormat, int]], width: float, height: float, ratio: float, zoom: float
) -> tuple[int, NumberFormat] | None:
    """Return the first of the formats that fits, each with the smallest type it may have, in the largest that fits."""
    for shape, smallest in shapes:
        for usual in (*_LARGE, *_PIXELS, _LAST) if zoom > 1 else _PIXELS:
            is_legible = smallest <= usual or smallest == _PIXELS[-1]
            if is_legible and _fits(shape, usual, width, height, ratio, zoom):
                return round(usual * zoom), shape
    return None


def _fits(shape: NumberFormat, usual: int, width: float, height: float, ratio: float, zoom: float) -> bool:
    """Return whether numbers fit into cells in a type that is usually so many pixels high."""
    pixels = round(usual * zoom)
    if pixels > max(_LEGIBLE * zoom, height * _SHARE):  # before its letters are drawn, which takes longest
        return False
    made = atlas(pixels, ratio)
    more = shape.signed or usual > _PIXELS[0]
    air = (AIR + (max(0, usual - _LEGIBLE + 1) // 2 if more else 0)) * zoom
    return made.width_of(shape) <= width - air and made.figure_height <= height - 4 * zoom


def _format(extent: float, signed: bool, significant: int) -> NumberFormat:
    """Return the format that shows ``significant`` digits of the largest magnitude (all its whole ones, if more)."""
    exponent = 0
    if extent > 0 and math.isfinite(extent) and not 0.0995 <= extent < 999.5:
        exponent = 3 * math.floor(math.log10(extent) / 3)
        exponent = max(exponent, _EXPONENT_LEAST)
        if extent / 10.0**exponent >= 999.5:
            exponent += 3
    scaled = extent / 10.0**exponent if math.isfinite(extent) else 1.0
    for whole in (1, 2, 3):
        decimals = max(0, significant - whole)
        if round(scaled * 10**decimals) < 10 ** (whole + decimals):
            break
    return NumberFormat(whole, decimals, exponent, signed)
