"""From numbers to colours: two colour maps, the levels they run between, and images made with them.

A *sequential* map shows maps, from dark indigo for the lowest value to pale yellow for the highest. A *diverging* one
shows what has a sign (weights, gradients, the residual): blue below zero, orange above, and the ground of the theme at
zero, so that nothing looks like nothing. Both are laid through a few anchors in OKLab [1]_ and then evened out, so that
equal differences of value look equally different; both keep their order for every kind of colour blindness, because the
sequential one only ever gets lighter and the diverging one parts blue from orange.

The last entry of a table is not a value: it marks what is not a number.

References
----------
.. [1] Björn Ottosson, "A perceptual color space for image processing", 2020, https://bottosson.github.io/posts/oklab/
"""

from __future__ import annotations

import math
import sys
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from convviz.views import theme

Array = NDArray[Any]
Levels = tuple[float, float]

#: Entries of a table that stand for values. Odd, so that a diverging map has one entry for exactly zero.
STEPS = 255
#: The entry behind them: not a number, or infinite.
NOT_FINITE = STEPS

_SEQUENTIAL = ("#211646", "#2d3a82", "#20698f", "#1f9487", "#5cba66", "#b7d84b", "#fdf3a6")
_DIVERGING_LIGHT = ("#0b3c86", "#2f72bd", "#8db9e0", "#f7f7f5", "#f0ac78", "#cf6424", "#86330a")
_DIVERGING_DARK = ("#a9d3ff", "#5a9ade", "#2c5a92", "#20242c", "#8f4a20", "#d9803f", "#ffd0a3")
_NOT_FINITE_COLOUR = "#ff2bd6"

# OKLab: linear sRGB -> cone responses, and cube roots of these -> lightness and two opponent colours.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


class ColourMap(NamedTuple):
    """A table of colours.

    Attributes
    ----------
    rgb : (STEPS + 1, 3) uint8
    packed : (STEPS + 1,) uint32
        The same as ``0xffRRGGBB``, which is how a pixel of an RGB32 image lies in memory.
    dark_text : (STEPS + 1,) bool
        Where black is easier to read on the colour than white.
    colours
        The same as Qt has it.
    """

    rgb: Array
    packed: Array
    dark_text: Array
    colours: tuple[QColor, ...]

    def colour(self, index: int) -> QColor:
        """Return one entry."""
        return self.colours[index]


def colour_map(signed: bool = False, dark: bool | None = None) -> ColourMap:
    """Return the diverging map if ``signed``, else the sequential one; ``dark`` defaults to the current theme's."""
    if not signed:
        return _made(_SEQUENTIAL)
    is_dark = theme.current().dark if dark is None else dark
    return _made(_DIVERGING_DARK if is_dark else _DIVERGING_LIGHT)


def oklab(rgb: Array) -> Array:
    """Return the OKLab coordinates of sRGB colours; ``rgb`` is ``(..., 3)`` in 0 … 1."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


def _srgb(lab: Array) -> Array:
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    linear = np.clip(linear, 0.0, 1.0)
    return np.asarray(np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055))


@cache
def _made(anchors: tuple[str, ...]) -> ColourMap:
    points = oklab(np.array([QColor(name).getRgbF()[:3] for name in anchors]))
    # A fine polyline through the anchors, then STEPS points on it at equal distances of colour. The halves are evened
    # out apart, so that the middle anchor stays in the middle.
    at = np.linspace(0, len(anchors) - 1, 4001)
    line = np.stack([np.interp(at, np.arange(len(anchors)), points[:, axis]) for axis in range(3)], axis=1)
    middle, half = len(line) // 2, STEPS // 2 + 1
    lab = np.concatenate([_evenly(line[: middle + 1], half), _evenly(line[middle:], half)[1:]])
    rgb = np.concatenate([_srgb(lab), [QColor(_NOT_FINITE_COLOUR).getRgbF()[:3]]])
    rgb8 = np.rint(rgb * 255).astype(np.uint8)
    wide = rgb8.astype(np.uint32)
    packed = np.uint32(0xFF000000) | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]
    colours = tuple(QColor(*(int(part) for part in entry)) for entry in rgb8)
    return ColourMap(rgb8, packed, dark_text_on(rgb8), colours)


def _evenly(line: Array, count: int) -> Array:
    """Return ``count`` points of a polyline ``(N, 3)`` that are equally far from each other along it."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    wanted = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(wanted, along, line[:, axis]) for axis in range(3)], axis=1)


#: Arrays of at most so many numbers are small.
_FEW = 25


class Extent(NamedTuple):
    """The lowest and the highest finite number of an array (∞ and −∞ if there is none), and whether all are finite."""

    low: float
    high: float
    finite: bool

    @property
    def magnitude(self) -> float:
        """The largest finite number without its sign; 0 if there is none."""
        return max(-self.low, self.high, 0.0)


def extent_of(array: Array) -> Extent:
    """Return between which numbers those of an array lie."""
    if not array.size:
        return Extent(math.inf, -math.inf, finite=True)
    if array.size <= _FEW:  # Python's own numbers are faster than a call of NumPy
        numbers: list[float] = array.ravel().tolist()
        if math.isfinite(sum(numbers)):
            return Extent(min(numbers), max(numbers), finite=True)
    low, high = float(np.minimum.reduce(array, axis=None)), float(np.maximum.reduce(array, axis=None))
    if math.isfinite(low) and math.isfinite(high):  # NaN and infinity pass through both
        return Extent(low, high, finite=True)
    finite = array[np.isfinite(array)]
    if not finite.size:
        return Extent(math.inf, -math.inf, finite=False)
    return Extent(float(finite.min()), float(finite.max()), finite=False)


def levels_of(*arrays: Array, signed: bool = False) -> Levels:
    """Return the values at the two ends of the scale for one or several arrays that share it; see `levels_between`."""
    return levels_between(*map(extent_of, arrays), signed=signed)


def levels_between(*extents: Extent, signed: bool) -> Levels:
    """Return the values at the two ends of the scale for one or several arrays, of which the extents are given.

    Cells that are not finite do not count. Signed levels lie evenly about zero. A constant map gets levels around its
    value, so that it takes the colour in the middle, and one that nearly is gets levels that are not much closer than
    its numbers can be told apart: equal numbers have equal colours. Nothing finite at all gives −1 … 1 or 0 … 1.
    """
    low, high = math.inf, -math.inf
    for extent in extents:
        low, high = min(low, extent.low), max(high, extent.high)
    if low > high:
        return (-1.0, 1.0) if signed else (0.0, 1.0)
    if signed:
        most = max(-low, high)
        return (-most, most) if most > 0 else (-1.0, 1.0)
    middle, half, size = low / 2 + high / 2, high / 2 - low / 2, max(-low, high)
    if half <= _ROUNDING * size:
        half = abs(middle) / 2 or 0.5
    elif half < _LEAST_SPAN * size / 2:
        half = _LEAST_SPAN * size / 2
    else:
        return low, high
    return max(middle - half, -_GREATEST), min(middle + half, _GREATEST)


#: Numbers that differ by less than this share of themselves are the same but for rounding; and the least distance
#: between levels, as such a share.
_ROUNDING, _LEAST_SPAN = 5e-7, 1e-3


def calm_levels(low: float, high: float, signed: bool = False) -> Levels:
    """Return ``levels_of``'s levels widened to round numbers.

    A scale that follows every step would make the colours of cells that do not change flicker, and its own numbers
    unreadable; a round one holds still for long stretches.
    """
    if signed:
        extent = _round_up(max(-low, high))
        return -extent, extent
    spread = high / 2 - low / 2
    if not _TINY < spread < math.inf:
        return low, high
    step = 10.0 ** math.floor(math.log10(spread)) / 2
    return max(math.floor(low / step) * step, -_GREATEST), min(math.ceil(high / step) * step, _GREATEST)


#: No number is greater, however it is rounded.
_GREATEST = sys.float_info.max
#: Below this, powers of ten lose their digits; such levels are left as they are.
_TINY = 1e-300
_ROUND_DIGITS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


def _round_up(value: float) -> float:
    """Return the next of a few round numbers times a power of ten."""
    if value <= 0 or not math.isfinite(value):
        return value
    power = 10.0 ** math.floor(math.log10(value))
    if power == 0.0:  # subnormal
        return value
    digits = value / power
    return min(next((d for d in _ROUND_DIGITS if digits <= d * (1 + 1e-12)), 10.0) * power, _GREATEST)


def to_index(array: Array, levels: Levels, extent: Extent | None = None) -> NDArray[np.uint8]:
    """Return the table entry of every cell, the same shape as ``array``; values beyond the levels take the end's.

    ``extent`` is that of the array, if it is known: what lies within the levels needs no looking for exceptions.
    """
    low, high = levels
    span, scale = high - low, _scale(levels)
    if scale and extent is not None and extent.finite and low <= extent.low and extent.high <= high:
        position = np.subtract(array, low, dtype=np.float64)
        position *= scale
        position += 0.5
        return position.astype(np.uint8)
    if not math.isfinite(span):  # levels near the largest floats: halve first
        array, low, span = array / 2, low / 2, high / 2 - low / 2
    scale = (STEPS - 1) / span if span > 0 else 0.0
    with np.errstate(all="ignore"):
        position = np.subtract(array, low, dtype=np.float64)
        position *= scale
        position += 0.5
        if not math.isfinite(float(position.sum())):
            return _to_index_checked(array, position)
    np.maximum(position, 0.0, out=position)
    np.minimum(position, STEPS - 1, out=position)
    return position.astype(np.uint8)


def entry_of(number: float, levels: Levels) -> int:
    """Return the table entry of one number, the same as `to_index` of an array of it."""
    scale = _scale(levels)
    if not (scale and math.isfinite(number)):
        return int(to_index(np.array([number]), levels)[0])
    return int(min(max((number - levels[0]) * scale + 0.5, 0.0), STEPS - 1))


def _scale(levels: Levels) -> float:
    """Return the number of table entries per unit; 0 if the levels are too far apart, or too close, to tell."""
    span = levels[1] - levels[0]
    scale = (STEPS - 1) / span if 0 < span < math.inf else 0.0
    return scale if scale < math.inf else 0.0


def _to_index_checked(array: Array, position: Array) -> NDArray[np.uint8]:
    bad = ~np.isfinite(array)
    position = np.where(bad, 0.0, np.clip(np.nan_to_num(position, nan=0.0), 0.0, STEPS - 1))
    index = position.astype(np.uint8)
    index[bad] = NOT_FINITE
    return index


def image_of(index: NDArray[np.uint8], table: ColourMap) -> QImage:
    """Return the image of table entries ``(H, W)``, with one pixel each; its memory is its own.

    RGB32, because scaling an indexed image while painting is seven times slower.
    """
    height, width = index.shape
    pixels = table.packed.take(index).tobytes()
    return QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


@cache
def scale_image(signed: bool, dark: bool) -> QImage:
    """Return the colours of a map from the lowest value to the highest, side by side."""
    return image_of(np.arange(STEPS, dtype=np.uint8)[None, :], colour_map(signed, dark))


def packed(colour: QColor) -> np.uint32:
    """Return an opaque colour as a pixel of an RGB32 image, like those of ``ColourMap.packed``."""
    return np.uint32(colour.rgb() | 0xFF000000)


def reduce_to(array: Array, height: int, width: int) -> Array:
    """Return maps ``(…, H, W)`` as at most ``(height, width)``: each cell of the result is the mean of those it covers.

    Every cell counts in exactly one, so a single outlier in a large map is still seen, and what is not a number spreads
    no further than its own pixel. Where the covered blocks differ by a row or column, the last one of a smaller block
    counts twice: that keeps the work at a few gathers of whole rows.
    """
    array = np.asarray(array, dtype=np.result_type(array, np.float32))
    for axis, wanted in ((-2, max(1, height)), (-1, max(1, width))):
        if array.shape[axis] <= wanted:
            continue
        first, *others = _covered(array.shape[axis], wanted)
        total = array.take(first, axis=axis)
        with np.errstate(all="ignore"):
            for cells in others:
                total += array.take(cells, axis=axis)
            total *= 1 / (1 + len(others))
        array = total
    return array


@lru_cache(maxsize=64)
def _covered(size: int, wanted: int) -> tuple[Array, ...]:
    """Return the first, the second, … of the cells that each of ``wanted`` cells covers."""
    starts = np.arange(wanted) * size // wanted
    last = np.append(starts[1:], size) - 1
    return tuple(np.minimum(starts + offset, last) for offset in range(int((last - starts).max()) + 1))


def text_colour(index: int, signed: bool = False) -> QColor:
    """Return black or white, whichever is easier to read on a table entry."""
    return QColor(0, 0, 0) if colour_map(signed).dark_text[index] else QColor(255, 255, 255)


def dark_text_on(rgb: Array) -> Array:
    """Return for colours ``(N, 3)`` of 0 … 255 where black is easier to read on them than white."""
    linear = np.where(rgb <= 10.3, rgb / (255 * 12.92), ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    # Equal contrast with black and with white, as WCAG 2.1 defines it, at this luminance.
    return np.asarray(linear @ (0.2126, 0.7152, 0.0722) > math.sqrt(1.05 * 0.05) - 0.05)
