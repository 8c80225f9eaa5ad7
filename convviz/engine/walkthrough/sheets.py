"""Maps as a walk-through lays them out: spread apart, set into a border, and filled bit by bit.

None of them is ever made as a whole: whoever looks asks for the crop that is seen, so a map of a million cells costs
no more than one of a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[Any]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Area:
    """A rectangle of cells."""

    top: int
    left: int
    rows: int
    columns: int

    @property
    def bottom(self) -> int:
        """One more than the last row."""
        return self.top + self.rows

    @property
    def right(self) -> int:
        """One more than the last column."""
        return self.left + self.columns

    def holds(self, row: int, column: int) -> bool:
        """Return whether a cell lies in the rectangle."""
        return self.top <= row < self.bottom and self.left <= column < self.right


@dataclass(frozen=True)
class Taps:
    """The cells under a window whose first tap lies at ``top``, ``left``."""

    top: int
    left: int
    count: Pair
    spacing: Pair = (1, 1)

    @property
    def area(self) -> Area:
        """The rectangle from the first tap to the last."""
        rows, columns = ((n - 1) * distance + 1 for n, distance in zip(self.count, self.spacing, strict=True))
        return Area(self.top, self.left, rows, columns)

    @property
    def area_size(self) -> Pair:
        """Rows and columns of that rectangle."""
        return self.area.rows, self.area.columns


class Sheet(Protocol):
    """A map that can be asked for a part of itself."""

    @property
    def size(self) -> Pair:
        """Rows and columns."""
        ...

    def crop(self, area: Area) -> Array:
        """Return the numbers (rows, columns) of an area that lies on the sheet."""
        ...

    def numbers(self, area: Area) -> Mask:
        """Return where a cell of the area, (rows, columns), holds a number of the map, and not a zero put in."""
        ...

    def source_of(self, row: int, column: int) -> Pair | None:
        """Return which cell of the map a cell of the sheet shows, None for a zero that was put in."""
        ...

    def sample(self, rows: Indices, columns: Indices) -> tuple[Array, Mask]:
        """Return what is seen from afar: the nearest number of the map at each place, and where there is one.

        Both are ``(len(rows), len(columns))``; the rows and columns are those of the sheet.
        """
        ...

    @property
    def identity(self) -> tuple[int, ...]:
        """What tells the sheet from others while both exist."""
        ...


@dataclass(frozen=True, eq=False)
class Lattice:
    """A map whose cells stand ``step`` apart, the first at ``first``, among zeros.

    A negative ``first``, and a ``size`` that ends early, cut cells off.
    """

    source: Array
    size: Pair
    first: Pair = (0, 0)
    step: Pair = (1, 1)

    @classmethod
    def of(cls, source: Array, step: Pair = (1, 1)) -> Lattice:
        """Return the sheet of a map (H, W), spread apart but without a border."""
        height, width = ((n - 1) * distance + 1 for n, distance in zip(source.shape, step, strict=True))
        return cls(source, (height, width), (0, 0), step)

    def crop(self, area: Area) -> Array:
        """Return the numbers of an area."""
        result = np.zeros((area.rows, area.columns), self.source.dtype)
        (rows, on_rows), (columns, on_columns) = self._inside(area)
        result[on_rows, on_columns] = self.source[rows, columns]
        return result

    def numbers(self, area: Area) -> Mask:
        """Return where the area holds a number of the map."""
        result = np.zeros((area.rows, area.columns), np.bool_)
        (_, on_rows), (_, on_columns) = self._inside(area)
        result[on_rows, on_columns] = True
        return result

    def source_of(self, row: int, column: int) -> Pair | None:
        """Return which cell of the map stands there."""
        (i, over), (j, beside) = (
            divmod(place - first, step) for place, first, step in zip((row, column), self.first, self.step, strict=True)
        )
        on_map = 0 <= i < self.source.shape[0] and 0 <= j < self.source.shape[1]
        return (i, j) if on_map and over == beside == 0 else None

    def sample(self, rows: Indices, columns: Indices) -> tuple[Array, Mask]:
        """Return the nearest number of the map at each place; the border has none."""
        found = []
        for places, first, step, count in zip((rows, columns), self.first, self.step, self.source.shape, strict=True):
            distance = places - first
            inside = (distance >= 0) & (distance <= (count - 1) * step)
            found.append((np.clip((distance + step // 2) // step, 0, count - 1), inside))
        (i, down), (j, across) = found
        return self.source[np.ix_(i, j)], np.logical_and.outer(down, across)

    @property
    def identity(self) -> tuple[int, ...]:
        """The map and how it is laid out."""
        return (id(self.source), *self.size, *self.first, *self.step)

    def place_of(self, i: int, j: int) -> Pair:
        """Return where a cell of the map stands."""
        return self.first[0] + i * self.step[0], self.first[1] + j * self.step[1]

    def whole(self) -> Array:
        """Return all numbers, zeros included, of shape ``size``."""
        return self.crop(Area(0, 0, *self.size))

    def under(self, taps: Taps) -> tuple[Array, Mask]:
        """Return the numbers (kh, kw) under a window, and which of them are the map's."""
        down, across = taps.spacing
        return self.crop(taps.area)[::down, ::across], self.numbers(taps.area)[::down, ::across]

    def _inside(self, area: Area) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Return for each axis which cells of the map lie in the area, and where."""
        found = []
        for n, (begin, count) in enumerate(((area.top, area.rows), (area.left, area.columns))):
            first, step = self.first[n] - begin, self.step[n]
            start = max(0, -(first // step))
            stop = min(self.source.shape[n], (count - 1 - first) // step + 1)
            place = first + start * step
            length = max(0, stop - start)
            found.append((slice(start, start + length), slice(place, place + length * step, step)))
        return found[0], found[1]


@dataclass(frozen=True, eq=False)
class Under:
    """What lies under a window of another sheet, between the taps nothing; ``turned`` by 180° or as it is."""

    sheet: Lattice
    taps: Taps
    turned: bool

    @property
    def size(self) -> Pair:
        """Rows and columns."""
        return self.taps.area_size

    def crop(self, area: Area) -> Array:
        """Return the numbers of an area."""
        return self._cut(self.sheet.crop(self.taps.area), area)

    def numbers(self, area: Area) -> Mask:
        """Return where the area holds a number of the map."""
        return self._cut(self.sheet.numbers(self.taps.area), area)

    def source_of(self, row: int, column: int) -> Pair | None:
        """Return which cell of the map stands there."""
        down, across = self.taps.spacing
        if row % down or column % across:
            return None
        if self.turned:
            row, column = self.size[0] - 1 - row, self.size[1] - 1 - column
        return self.sheet.source_of(self.taps.top + row, self.taps.left + column)

    def sample(self, rows: Indices, columns: Indices) -> tuple[Array, Mask]:
        """Return the numbers themselves: it is small."""
        area, there = Area(0, 0, *self.size), np.ix_(rows, columns)
        return self.crop(area)[there], self.numbers(area)[there]

    @property
    def identity(self) -> tuple[int, ...]:
        """The map under the window, and where the window lies."""
        return (*self.sheet.identity, self.taps.top, self.taps.left)

    def _cut(self, part: Array, area: Area) -> Array:
        shown = np.zeros_like(part)
        down, across = self.taps.spacing
        shown[::down, ::across] = (part[::-1, ::-1] if self.turned else part)[::down, ::across]
        return shown[area.top : area.bottom, area.left : area.right]


@dataclass(frozen=True, eq=False)
class Shares:
    """What cells of one map receive from cells of another.

    Attributes
    ----------
    owner : (M,)
        Which of the cells asked about, counted from 0.
    sources : (M, 3)
        Where the share comes from.
    slope, given : (M,)
        The share is their product.
    when : (M,)
        The cell of the receiving map, counted row by row, at which the source first spreads.
    """

    owner: Array
    sources: Array
    slope: Array
    given: Array
    when: Array

    @property
    def products(self) -> Array:
        """The shares, (M,)."""
        with np.errstate(all="ignore"):
            products: Array = self.slope * self.given
        return products


@dataclass(eq=False)
class Pool:
    """The shares of the cells of an area, kept until another area is asked for."""

    find: Callable[[Array], Shares]
    _area: Area | None = field(default=None, init=False)
    _kept: tuple[Array, Array, Array] | None = field(default=None, init=False)

    def of(self, area: Area) -> tuple[Array, Array, Array]:
        """Return owner, product and time of all shares of an area, each (M,), as in `Shares`."""
        if self._kept is None or self._area != area:
            rows, columns = np.divmod(np.arange(area.rows * area.columns), area.columns)
            found = self.find(np.stack([rows + area.top, columns + area.left], axis=1))
            self._area, self._kept = area, (found.owner, found.products, found.when)
        return self._kept


@dataclass(frozen=True, eq=False)
class Scattered:
    """A map that has received what was spread up to a moment.

    Attributes
    ----------
    size
    start
        What every cell holds before anything has been spread: the bias, or zero.
    now
        The cell, counted row by row, up to which sources have spread.
    pool
        The shares.
    final : (H, W)
        What the map has received in the end.
    """

    size: Pair
    start: float
    now: int
    pool: Pool
    final: Array

    @np.errstate(all="ignore")
    def crop(self, area: Area) -> Array:
        """Return what the cells of an area hold at that moment."""
        owner, products, when = self.pool.of(area)
        here = when <= self.now
        sums = np.bincount(owner[here], weights=products[here], minlength=area.rows * area.columns)
        return self.start + sums.reshape(area.rows, area.columns)

    def numbers(self, area: Area) -> Mask:
        """Return True everywhere."""
        return np.ones((area.rows, area.columns), np.bool_)

    def source_of(self, row: int, column: int) -> Pair | None:
        """Return the cell itself."""
        return row, column

    def sample(self, rows: Indices, columns: Indices) -> tuple[Array, Mask]:
        """Return what the cells have in the end: from afar, and behind the moment, that is what is seen."""
        return self.final[np.ix_(rows, columns)], np.ones((len(rows), len(columns)), np.bool_)

    @property
    def identity(self) -> tuple[int, ...]:
        """The map that it becomes."""
        return (id(self.final),)
