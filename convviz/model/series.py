"""A growing series of numbers of which a picture can be drawn in a time that does not grow with it.

A curve of a million points on a thousand pixels shows, in each pixel column, the least and the greatest value. These
are kept from picture to picture: buckets of 64 values, buckets of 8 buckets, and so on, each remembering *where* its
least and greatest value are. A picture of any part takes a few thousand buckets, whatever the length.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from convviz.engine.history import ROOM
from convviz.engine.memory import lengthened

Array = NDArray[Any]
Indices = NDArray[np.int64]

#: Values in a bucket of the finest level, and buckets of one level in a bucket of the next.
_FINEST, _BRANCHES = 64, 8
#: So many more values have their memory at hand, once there are more than a few: those of two megabytes.
_AHEAD, _FEW = 1 << 18, 1 << 12


class _Growing:
    """An array whose end can be appended to in amortised constant time, and cut off."""

    def __init__(self, dtype: DTypeLike, room: int) -> None:
        self._store: Array = np.empty(1024, dtype)
        self._room = room  # for so many, once there are more than a few
        self._ready = 0  # numbers whose memory has been written to
        self.length = 0

    def __len__(self) -> int:
        return self.length

    def view(self) -> Array:
        return self._store[: self.length]

    def append(self, values: Array) -> None:
        end = self.length + len(values)
        if end > len(self._store):
            self._store = lengthened(self._store, self.length, end, self._room)
            self._ready = 0
        self._store[self.length : end] = values
        self.length = end

    def make_ready(self, ahead: int) -> None:
        """Write to the memory of the next ``ahead`` numbers, if that has been done of less than half of them."""
        first, end = max(self.length, self._ready), min(self.length + ahead, len(self._store))
        if first < min(self.length + ahead // 2, len(self._store)):
            self._store[first:end] = 0
            self._ready = end

    def truncate(self, length: int) -> None:
        self.length = min(self.length, length)


class _Level:
    """Complete buckets of one size: the indices of each bucket's least and greatest value."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.low = _Growing(np.int64, ROOM // size)
        self.high = _Growing(np.int64, ROOM // size)

    def of(self, *, least: bool) -> _Growing:
        """Return the indices of the least values, or of the greatest."""
        return self.low if least else self.high

    def truncate(self, length: int) -> None:
        self.low.truncate(length // self.size)
        self.high.truncate(length // self.size)


class LossSeries:
    """The losses of a run, by step: complete, float64, and cheap to draw."""

    def __init__(self) -> None:
        self._data = _Growing(np.float64, ROOM)
        self._levels = [_Level(_FINEST)]

    def __len__(self) -> int:
        return len(self._data)

    def values(self) -> Array:
        """Return all values as a read-only view, valid until the series is next changed."""
        view = self._data.view()
        view.setflags(write=False)
        return view

    @property
    def nbytes(self) -> int:
        """The bytes that the values take, and what is known of them."""
        return 8 * len(self) + sum(8 * (len(level.low) + len(level.high)) for level in self._levels)

    def append(self, values: Array) -> None:
        """Add ``values``, one-dimensional, at the end."""
        self._data.append(values)

    def make_ready(self) -> None:
        """Have the memory at hand that the next values will be written to.

        Memory that is written to for the first time is first made by the system, two megabytes at once, which may take
        several milliseconds. Here other threads go on meanwhile.
        """
        if len(self) > _FEW:
            self._data.make_ready(_AHEAD)

    def hand_over(self) -> LossSeries:
        """Return all that there is as a series of its own, without a copy, and be empty."""
        other = LossSeries()
        self._data, other._data = other._data, self._data
        self._levels, other._levels = other._levels, self._levels
        return other

    def go_on_from(self, other: LossSeries, values: Array) -> int:
        """Take over from ``other``, which is empty then, what it has of ``values``, if these begin as it does.

        Memory that was written to before is much sooner at hand than as much that was not.

        Returns
        -------
        int
            How many of ``values`` this series consists of now; 0: the two begin otherwise, and nothing has changed.
        """
        count = min(len(other), len(values))
        mine, wanted = other.values()[:count], np.ascontiguousarray(values[:count], np.float64)
        if not count or not np.array_equal(mine.view(np.int64), wanted.view(np.int64)):  # by its bits a NaN is equal
            return 0
        self._data, self._levels = other._data, other._levels
        other._data, other._levels = _Growing(np.float64, ROOM), [_Level(_FINEST)]
        self.truncate(count)
        return count

    def truncate(self, length: int) -> None:
        """Forget all but the first ``length`` values."""
        self._data.truncate(length)
        for level in self._levels:
            level.truncate(length)

    def envelope(self, max_points: int, start: int = 0, stop: int | None = None) -> tuple[Indices, Array]:
        """Return the points of a curve that looks like the values ``start … stop`` (exclusive; None: the end).

        Parameters
        ----------
        max_points
            The most points wanted, at least 16. Where there are no more values than that, all of them are returned.

        Returns
        -------
        (x, y)
            Indices, ascending, and the values there. The first, the last, the least and the greatest value are among
            them, and so are those of every bucket; what is not finite is passed over where a bucket has other values.
        """
        data = self._data.view()
        start = max(0, start)
        stop = len(data) if stop is None else min(stop, len(data))
        if stop - start <= max(max_points, 16):
            x = np.arange(start, max(start, stop))
        else:
            x = self._extremes_between(start, stop, max(max_points, 16) // 2 - 1)
        return x, data[x]

    def _extremes_between(self, start: int, stop: int, buckets: int) -> Indices:
        """Return the ascending indices of both ends and of the extremes of at most ``buckets`` buckets."""
        self._extend_levels()
        data = self._data.view()
        wanted = (stop - start) // buckets
        level = next((level for level in reversed(self._levels) if level.size <= wanted and len(level.low)), None)
        parts = [np.array([start, stop - 1])]
        if level is None:
            everything = np.arange(start, stop)
            parts += _grouped(data, everything, everything, buckets)
        else:
            first, last = -(-start // level.size), stop // level.size
            low, high = level.low.view()[first:last], level.high.view()[first:last]
            parts += _grouped(data, low, high, buckets - 2)
            for begin, end in ((start, first * level.size), (last * level.size, stop)):
                edge = np.arange(begin, end)
                parts += _grouped(data, edge, edge, 1)
        found = np.concatenate(parts)
        found.sort()
        kept: Indices = found[np.append(True, found[1:] != found[:-1])]  # faster than `np.unique`
        return kept

    def _extend_levels(self) -> None:
        """Make the buckets that have become complete since the last picture: values come in more often."""
        data, levels = self._data.view(), self._levels
        for depth in count():
            if depth == len(levels):
                if len(levels[-1].low) < _BRANCHES:
                    return
                levels.append(_Level(levels[-1].size * _BRANCHES))
            level = levels[depth]
            have, complete = len(level.low), len(data) // level.size
            if have == complete:
                return
            for least in (True, False):
                if depth:
                    below = levels[depth - 1].of(least=least).view()[have * _BRANCHES : complete * _BRANCHES]
                    found = _pick(data, below.reshape(-1, _BRANCHES), least=least)
                else:  # all values between are candidates, and need not be picked out
                    values = data[have * _FINEST : complete * _FINEST].reshape(-1, _FINEST)
                    found = _places(values, np.arange(complete - have), least=least)
                    found += np.arange(have * _FINEST, complete * _FINEST, _FINEST)
                level.of(least=least).append(found)


def _pick(data: Array, candidates: Indices, *, least: bool) -> Indices:
    """Return, of each row of indices, the one whose value is the least or the greatest; finite ones come first."""
    rows = np.arange(len(candidates))
    picked: Indices = candidates[rows, _places(data[candidates], rows, least=least)]
    return picked


def _places(values: Array, rows: Indices, *, least: bool) -> Indices:
    """Return where in each of the ``rows`` the least or the greatest value is; finite ones come first."""
    places: Indices = values.argmin(axis=1) if least else values.argmax(axis=1)
    if np.count_nonzero(np.isfinite(values[rows, places])) < len(rows):  # a NaN is found before all else
        values = np.where(np.isfinite(values), values, np.inf if least else -np.inf)
        places = values.argmin(axis=1) if least else values.argmax(axis=1)
    return places


def _grouped(data: Array, low: Indices, high: Indices, groups: int) -> list[Indices]:
    """Return the least of ``low`` and the greatest of ``high``, for each of at most ``groups`` equal stretches."""
    if not len(low):
        return []
    size = -(-len(low) // max(1, groups))
    even = len(low) // size * size
    stretches = [(0, even, size)] if even == len(low) else [(0, even, size), (even, len(low), len(low) - even)]
    return [
        _pick(data, indices[begin:end].reshape(-1, width), least=least)
        for begin, end, width in stretches
        if end > begin
        for indices, least in ((low, True), (high, False))
    ]
