"""Where the parts of a heatmap lie. No widget, no painter: sizes in, rectangles out."""

from __future__ import annotations

import math
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PyQt6.QtCore import QRect

from convviz.views import theme

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Cells at least this large are all of one size, a whole number of pixels. Smaller ones fill the room instead, so that
#: neighbours may differ by a pixel.
_WHOLE_PIXELS = 8
#: The smallest picture of a channel that is worth showing, and its smallest cell if it has few of them; channels beyond
#: those that fit are left out and counted.
_SMALLEST_TILE, _SMALLEST_CELL = 12, 3
#: Narrowest heatmap: what the two numbers of its scale need.
_NARROWEST = 60

#: What is much longer than it is wide gets this width where there is room for it, so that it is no hairline: its cells
#: are not square then. And so much of its length at most, so that it still looks long.
_THICK, _SLIM = 40, 0.25

#: Around the cells: the frame, and the second line that shows the focus.
BORDER = 2
#: Between the channels of a map, and between those that are hardly larger than it.
CHANNEL_GAP = 6
_NARROW_GAP = 3

_GAP = 4
#: Narrowest channel that has its number above it: a smaller one has more use for the room.
LABEL_LEAST = 36
#: Where the cells would get less than this, the scale gives way to them, and then the title.
_CELLS_LEAST = 32


class Form(Enum):
    """How much a heatmap says beside its cells."""

    FULL = "full"  #: title, sentence, cells, scale
    TILE = "tile"  #: title and sentence on one line, cells, scale
    BARE = "bare"  #: title and sentence on one line, cells
    STRIP = "strip"  #: one line for one channel: title, then the cells as wide as there is room, without a scale


class HeatLayout(NamedTuple):
    """The rectangles of one heatmap, in its own coordinates.

    Attributes
    ----------
    tiles
        The cells of each channel that is shown.
    first
        The channel that the first tile shows, where there is no room for all of them.
    labels
        The line above each tile; empty where channels are not labelled.
    cells
        What changes when only the values do: all tiles.
    title, sentence, bar, numbers
        The lines above the cells, the colours of the scale below, and the line on which they stand between its two
        numbers; empty where there is no room for them.
    """

    title: QRect
    sentence: QRect
    tiles: tuple[QRect, ...]
    labels: tuple[QRect, ...]
    cells: QRect
    bar: QRect
    numbers: QRect
    first: int = 0

    @property
    def shown(self) -> range:
        """The channels that have a tile."""
        return range(self.first, self.first + len(self.tiles))

    def tile(self, channel: int) -> QRect:
        """Return the cells of a channel that is shown."""
        return self.tiles[channel - self.first]

    @property
    def scale(self) -> QRect:
        """All that is painted anew when the levels change, apart from the cells."""
        return QRect() if self.numbers.isEmpty() else self.numbers.adjusted(-1, 0, 1, 0)

    def cell_size(self, shape: tuple[int, int, int]) -> tuple[float, float]:
        """Return width and height of a cell, in pixels."""
        if not self.tiles:
            return 0.0, 0.0
        return self.tiles[0].width() / shape[2], self.tiles[0].height() / shape[1]

    def cell_rect(self, shape: tuple[int, int, int], channel: int, row: int, column: int) -> QRect:
        """Return the pixels of one cell; at least one, also where several cells share it."""
        tile = self.tile(channel)
        x0, x1 = _edge(column, tile.width(), shape[2]), _edge(column + 1, tile.width(), shape[2])
        y0, y1 = _edge(row, tile.height(), shape[1]), _edge(row + 1, tile.height(), shape[1])
        return QRect(tile.x() + x0, tile.y() + y0, max(1, x1 - x0), max(1, y1 - y0))

    def cell_at(self, shape: tuple[int, int, int], x: int, y: int) -> tuple[int, int, int] | None:
        """Return ``(channel, row, column)`` of the cell under a pixel."""
        for channel, tile in zip(self.shown, self.tiles, strict=True):
            if tile.contains(x, y):
                column = int(cells_of_pixels(tile.width(), shape[2])[x - tile.x()])
                row = int(cells_of_pixels(tile.height(), shape[1])[y - tile.y()])
                return channel, row, column
        return None


@lru_cache(maxsize=256)
def cells_of_pixels(pixels: int, cells: int) -> NDArray[np.intp]:
    """Return the cell that each of a row of pixels shows: the one that its middle lies in."""
    return (2 * np.arange(pixels) + 1) * cells // (2 * pixels)


def cell_edges(pixels: int, cells: int) -> NDArray[np.intp]:
    """Return where each of a row of cells begins, and where the last one ends."""
    return np.array([_edge(index, pixels, cells) for index in range(cells + 1)])


def _edge(index: int, pixels: int, cells: int) -> int:
    # The first pixel whose middle lies in the cell.
    return -((-index * pixels * 2 + cells) // (2 * cells))


def title_height(form: Form) -> int:
    """Return how far below a heatmap's upper edge its cells begin."""
    if form is Form.FULL:
        return _line("strong") + _line("small") + _GAP
    return 0 if form is Form.STRIP else _line("small") + _GAP


def _scale_height(form: Form) -> int:
    """Return how much room the scale takes below the cells."""
    if form in (Form.STRIP, Form.BARE):
        return 0
    return 2 + _line("small")


def around(form: Form) -> int:
    """Return how much higher a heatmap is than its cells."""
    return title_height(form) + 2 * BORDER + _scale_height(form)


def label_height() -> int:
    """Return the height of the line above a channel."""
    return _line("small")


def strip_height() -> int:
    """Return the height of a strip."""
    return _line("small") + 2 * BORDER


def size_for(form: Form, shape: tuple[int, int, int], cell: float) -> tuple[int, int]:
    """Return the width and height that show one channel with cells of ``cell`` pixels."""
    width = max(theme.scaled(_NARROWEST), math.ceil(shape[2] * cell))
    return width + 2 * BORDER, math.ceil(shape[1] * cell) + around(form)


def _line(role: theme.FontRole) -> int:
    return _height(role, theme.font_size(role))


@cache
def _height(role: theme.FontRole, pixels: int) -> int:
    return math.ceil(theme.metrics(role, pixels).height())


def lay_out(
    width: int, height: int, form: Form, shape: tuple[int, int, int] | None, columns: int = 0, label: int = 0
) -> HeatLayout:
    """Return the layout of a heatmap of ``width`` × ``height`` pixels.

    Parameters
    ----------
    shape
        (channels, rows, columns) of the values, or None while there are none: a square is kept free.
    columns
        The number of tiles side by side that reads best (a kernel's input channels), if it costs little size.
    label
        Room for the title of a strip, at its left.
    """
    if form is Form.STRIP:
        return _strip(width, height, shape or (1, 1, 1), label)
    top, below = title_height(form), _scale_height(form)
    least = _least_height(width, shape or (1, 1, 1))
    if height - top - below < least:
        below = 0
    if height - top - below < least:
        top = 0
    if top == 0:
        title = sentence = QRect()
    elif form is Form.FULL:
        title = QRect(BORDER, 0, width - BORDER, _line("strong"))
        sentence = QRect(BORDER, title.bottom() + 1, width - BORDER, _line("small"))
    else:
        title = sentence = QRect(BORDER, 0, width - BORDER, _line("small"))
    room = QRect(BORDER, top + BORDER, max(1, width - 2 * BORDER), max(1, height - top - below - 2 * BORDER))
    tiles, labels = _tiles(room, shape or (1, 1, 1), columns)
    cells = QRect(tiles[0])
    for tile in tiles:
        cells = cells.united(tile)
    bar_width = min(width - 2 * BORDER, max(cells.width(), theme.scaled(_NARROWEST)))
    lower = cells.bottom() + 1 + BORDER
    numbers = QRect(BORDER, lower + 2, bar_width, _line("small"))
    end = round(theme.metrics("small").horizontalAdvance("−0.00 "))
    thick = theme.scaled(5)
    bar = QRect(BORDER + end, numbers.center().y() - thick // 2, numbers.width() - 2 * end, thick)
    if below == 0:
        bar = numbers = QRect()
    return HeatLayout(title, sentence, tiles, labels, cells, bar, numbers)


def _least_height(width: int, shape: tuple[int, int, int]) -> int:
    """Return how high a heatmap's cells have to be before anything gives way to them."""
    channels, rows, cols = shape
    across = (width - 2 * BORDER - (channels - 1) * CHANNEL_GAP) / channels
    if channels > 1 and across < _smallest(rows, cols):
        return _CELLS_LEAST
    cell = across / cols  # of channels that stand in one line
    return min(_CELLS_LEAST, math.floor(thickened(cols * cell, rows * cell)[1]) + 2 * BORDER)


def thickened(width: float, height: float) -> tuple[float, float]:
    """Return the size at which cells of this size altogether are shown: no hairline, however many stand in a row."""
    least = min(_THICK, _SLIM * max(width, height))
    return max(width, least), max(height, least)


def _strip(width: int, height: int, shape: tuple[int, int, int], label: int) -> HeatLayout:
    title = QRect(BORDER, 0, min(label, width * 3 // 5), height)
    cells = QRect(title.right() + 2, BORDER, max(1, width - title.width() - 2 - BORDER), max(1, height - 2 * BORDER))
    # A single number is a chip as wide as a number needs; many share what there is.
    wide = min(cells.width(), theme.scaled(64) * shape[2])
    cells.setWidth(max(1, wide // shape[2] * shape[2] if wide >= shape[2] else wide))
    return HeatLayout(title, QRect(), (cells,), (), cells, QRect(), QRect())


def tiles_across(channels: int) -> int:
    """Return how many channels stand side by side: rather wide than high, and with a full last line."""
    wide = 1.4 * math.sqrt(channels)
    candidates = range(1, 2 * math.isqrt(channels) + 2)
    return min(candidates, key=lambda n: 2 * (math.ceil(channels / n) * n - channels) + abs(n - wide))


def _tiles(room: QRect, shape: tuple[int, int, int], columns: int) -> tuple[tuple[QRect, ...], tuple[QRect, ...]]:
    channels, rows, cols = shape
    if channels == 1:
        w, h = _tile_size(room.width(), room.height(), rows, cols)
        return (QRect(room.x(), room.y(), w, h),), ()
    for label, gap in ((label_height(), CHANNEL_GAP), (0, CHANNEL_GAP), (0, _NARROW_GAP)):
        across, (w, h) = _grid(room, shape, label, gap, columns)
        if w >= theme.scaled(LABEL_LEAST):
            break
    smallest = _smallest(rows, cols)
    if min(w, h) < smallest:
        scale = smallest / min(rows, cols)
        w, h = min(room.width(), round(cols * scale)), min(room.height(), round(rows * scale))
        across = max(1, (room.width() + gap) // (w + gap))
    down = max(1, (room.height() + gap) // (h + label + gap))
    places = []
    for channel in range(min(channels, across * down)):
        x = room.x() + channel % across * (w + gap)
        y = room.y() + channel // across * (h + label + gap)
        places.append((x, y))
    tiles = tuple(QRect(x, y + label, w, h) for x, y in places)
    labels = tuple(QRect(x, y, w + gap - 2, label - 3) for x, y in places) if label else ()
    return tiles, labels


def _smallest(rows: int, cols: int) -> int:
    """Return the shorter side of the smallest picture of a channel."""
    return min(_SMALLEST_TILE, _SMALLEST_CELL * min(rows, cols))


def _grid(room: QRect, shape: tuple[int, int, int], label: int, gap: int, columns: int) -> tuple[int, tuple[int, int]]:
    """Return the number of tiles side by side, and their size, that make them largest."""
    channels, rows, cols = shape

    def size(across: int) -> tuple[float, float]:
        down = math.ceil(channels / across)
        return (room.width() - (across - 1) * gap) / across, (room.height() - (down - 1) * gap) / down - label

    cells = {across: min(size(across)[0] / cols, size(across)[1] / rows) for across in range(1, channels + 1)}
    best = max(cells, key=lambda across: cells[across])
    wanted = columns or tiles_across(channels)
    if cells.get(wanted, 0.0) >= 0.8 * cells[best]:
        best = wanted
    w, h = size(best)
    return best, _tile_size(max(1, math.floor(w)), max(1, math.floor(h)), rows, cols)


def _tile_size(width: int, height: int, rows: int, cols: int) -> tuple[int, int]:
    cell = min(width / cols, height / rows)
    if cell >= _WHOLE_PIXELS:
        cell = math.floor(cell)
    wide, high = thickened(cols * cell, rows * cell)
    return _whole(min(wide, width), cols), _whole(min(high, height), rows)


def _whole(pixels: float, cells: int) -> int:
    """Return about so many pixels, and the same number for every cell if there are enough."""
    return math.floor(pixels / cells) * cells if pixels >= _WHOLE_PIXELS * cells else max(1, round(pixels))
