"""Where the columns of the upper row go. Sizes in, rectangles out: no widget is asked.

The row is a line of text: input, layer, map, layer, map, … Maps share one size of cell, so that one sees them
shrink; kernels share one size of tile. How the room is divided between the two is found by trying: each arrangement of
the layers' cards, each size of tile, and the largest maps that then fit; the best is what leaves neither illegible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect

from convviz.views.heatmap.layout import (
    BORDER,
    CHANNEL_GAP,
    Form,
    around,
    label_height,
    strip_height,
    tiles_across,
    title_height,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Shape = tuple[int, int, int]

#: Room for the arrow between two columns: at least, where room is dear, and at most.
ARROW, ARROW_DENSE, ARROW_MOST = 24, 16, 44
#: Room at the right of the last column, where the line to the next row turns.
TURN = 18
CARD_PAD = 8
CARD_HEAD = 23
TILE_GAP = 8
LINE_GAP = 6
_STRIP_GAP = 3
#: Width of a column without kernels.
COMPACT = 76
#: Smallest tile of a kernel (and without scale and bias), smallest map, and the largest cell that a map is given.
TILE_LEAST, BARE_LEAST, MAP_LEAST, CELL_MOST = 60, 44, 60, 40
#: Narrowest map of several channels: what its words need.
CHANNELS_LEAST = 84
#: Maps and tiles of a row that scrolls.
_SCROLLED_MAP, _SCROLLED_TILE = 110, 100
#: How far a row is lowered where there is room below it.
_SHIFT_MOST = 24
#: What is legible: a cell of a kernel with its number, a map.
_KERNEL_CELL, _MAP_SIZE = 28.0, 190.0
#: Cells of maps up to this many columns are made large enough for their numbers, where there is room.
_NUMBERED, _NUMBERED_CELL = 10, 24
#: The channels of a map have cells this much smaller than a map of one channel, and a picture at least this wide.
_CHANNEL_SHARE, _CHANNEL_LEAST = 0.5, 28
#: Height of a map's gradient below it, at least.
_GRADIENT_LEAST = 100


@dataclass(frozen=True)
class MapItem:
    """A map between two layers; ``gradient``: there is one to be shown below it."""

    shape: Shape
    gradient: bool = False


@dataclass(frozen=True)
class LayerItem:
    """A layer; ``tiles`` heatmaps of its ``weight`` shape (4 numbers), or none for a layer without parameters."""

    weight: tuple[int, ...] = ()
    bias: bool = False
    tiles: int = 0

    @property
    def kernel(self) -> tuple[int, int]:
        """Rows and columns of a kernel as it is shown; many kernels share a square."""
        return (self.weight[2], self.weight[3]) if self.count == 1 else (1, 1)

    @property
    def count(self) -> int:
        """The number of kernels."""
        return self.weight[0] * self.weight[1]

    @property
    def cells_across(self) -> float:
        """How many cells, large enough for a number, one would like a tile to hold side by side."""
        largest = max(self.weight[2:])
        return largest if self.count == 1 else max(4.0, 0.25 * math.sqrt(self.count) * largest)


@dataclass(frozen=True)
class Column:
    """Where one item lies.

    Attributes
    ----------
    rect
        The whole column.
    tiles, biases, words
        Of a layer: its kernels, a bias for each, and the room that is left for words.
    gradient
        Of a map: its gradient; empty if there is no room.
    """

    rect: QRect
    tiles: tuple[QRect, ...] = ()
    biases: tuple[QRect, ...] = ()
    words: QRect = field(default_factory=QRect)
    gradient: QRect = field(default_factory=QRect)

    def moved(self, right: int, down: int) -> Column:
        """Return the same somewhere else."""
        tiles, biases = (tuple(tile.translated(right, down) for tile in tiles) for tiles in (self.tiles, self.biases))
        rect, words, gradient = (
            QRect() if part.isEmpty() else part.translated(right, down)
            for part in (self.rect, self.words, self.gradient)
        )
        return Column(rect, tiles, biases, words, gradient)


@dataclass(frozen=True)
class FlowPlan:
    """The upper row.

    Attributes
    ----------
    columns
        In the order of the items.
    arrow
        The height at which the arrows run.
    width
        What the row takes; more than was given if it does not fit.
    dense
        Kernels stand without their scales and biases.
    """

    columns: tuple[Column, ...]
    arrow: int
    width: int
    dense: bool


@dataclass(frozen=True)
class _Division:
    """One way to divide the room.

    ``across``: tiles side by side in a card; ``tile``: the width of their cells; ``cell``: the pixels of a map's cell;
    ``numbered``: small maps are larger than that, for the sake of their numbers.
    """

    items: tuple[MapItem | LayerItem, ...]
    across: int
    tile: int
    cell: float
    numbered: bool
    dense: bool

    def map_width(self, item: MapItem) -> int:
        """Return the width of a map with its border."""
        return _map_width(item, self.cell, self.numbered)

    def map_height(self, item: MapItem) -> int:
        """Return the height of a map with all that is said about it."""
        inner = self.map_width(item) - 2 * BORDER
        channels, rows, columns = item.shape
        if channels == 1:
            return around(Form.FULL) + math.ceil(rows * inner / columns)
        wide = tiles_across(channels)
        down = math.ceil(channels / wide)
        one = (inner - (wide - 1) * CHANNEL_GAP) / wide
        return around(Form.FULL) + math.ceil(down * (rows * one / columns + label_height() + CHANNEL_GAP))

    def card_size(self, item: LayerItem) -> tuple[int, int]:
        """Return the width and height of a layer's card."""
        if not item.tiles:
            return COMPACT, COMPACT + 24
        columns = min(self.across, item.tiles)
        lines = math.ceil(item.tiles / columns)
        return (
            2 * CARD_PAD + columns * (self.tile + 2 * BORDER) + (columns - 1) * TILE_GAP,
            2 * CARD_PAD + CARD_HEAD + lines * self.tile_height(item) + (lines - 1) * LINE_GAP,
        )

    def tile_height(self, item: LayerItem) -> int:
        """Return the height of one kernel with its caption, its scale and its bias."""
        rows, columns = item.kernel
        cell = self.tile / max(rows, columns)
        cells = math.ceil(rows * (math.floor(cell) if cell >= 8 else cell))
        if self.dense:
            return around(Form.BARE) + cells
        below = item.bias and not self.biases_beside(item)
        return around(Form.TILE) + cells + (strip_height() + _STRIP_GAP if below else 0)

    def biases_beside(self, item: LayerItem) -> bool:
        """Return whether the biases stand together where three tiles leave the fourth place free."""
        return item.bias and item.tiles == 3 and self.across == 2

    def score(self) -> float:
        """Return how well it reads; both kernels and maps count, and what is too small counts most."""
        kernels = [self.tile / item.cells_across for item in self.items if isinstance(item, LayerItem) and item.tiles]
        widest = max(self.map_width(item) for item in self.items if isinstance(item, MapItem))
        smallest = min(kernels) if kernels else _KERNEL_CELL
        return _use(smallest / _KERNEL_CELL) + _use(widest / _MAP_SIZE) + (0.3 if self.numbered else 0.0)


def _use(share: float) -> float:
    return (2.5 if share < 1 else 0.4) * math.log(share)


@lru_cache(maxsize=64)
def plan_flow(width: int, height: int, items: tuple[MapItem | LayerItem, ...]) -> FlowPlan:
    """Return the plan of the upper row in ``width`` × ``height`` pixels."""
    for dense in (False, True):
        found = list(_divisions(width, height, items, dense))
        if found:
            return _place(width, height, max(found, key=_Division.score))
    # Too many columns: the row scrolls, so that everything may as well be legible.
    cell = _SCROLLED_MAP / max(item.shape[2] for item in items if isinstance(item, MapItem))
    for dense, least in ((False, TILE_LEAST), (True, BARE_LEAST)):
        for tile, across in ((tile, across) for tile in range(_SCROLLED_TILE, least - 1, -4) for across in (1, 2, 3)):
            division = _Division(items, across, tile, cell, False, dense)
            if _is_low_enough(division, height):
                return _place(width, height, division)
    return _place(width, height, _Division(items, 3, BARE_LEAST, cell, False, True))


def _divisions(width: int, height: int, items: tuple[MapItem | LayerItem, ...], dense: bool) -> Iterator[_Division]:
    """Yield every division that fits, with the largest maps that its cards leave room for."""
    least = _least_cell(items)
    arrows = (len(items) - 1) * (ARROW_DENSE if dense else ARROW) + TURN
    for across in (3, 2, 1):
        for tile in range(BARE_LEAST if dense else TILE_LEAST, 361, 4):
            cards = _Division(items, across, tile, least, False, dense)
            if not _is_low_enough(cards, height):
                break
            room = width - arrows - sum(cards.card_size(item)[0] for item in items if isinstance(item, LayerItem))
            plain = _map_cell(room, height, items, numbered=False)
            if plain is None:
                break  # wider tiles leave even less
            yield replace(cards, cell=plain)
            numbered = _map_cell(room, height, items, numbered=True)
            if numbered is not None:
                yield replace(cards, cell=numbered, numbered=True)


def _is_low_enough(division: _Division, height: int) -> bool:
    cards = (item for item in division.items if isinstance(item, LayerItem))
    return all(division.card_size(item)[1] <= height for item in cards)


def _map_width(item: MapItem, cell: float, numbered: bool) -> int:
    channels, rows, columns = item.shape
    if channels > 1:
        across = tiles_across(channels)
        one = max(_CHANNEL_LEAST, cell * _CHANNEL_SHARE * columns)
        return max(CHANNELS_LEAST, math.floor(across * one + (across - 1) * CHANNEL_GAP)) + 2 * BORDER
    own = max(cell, _NUMBERED_CELL if numbered and max(rows, columns) <= _NUMBERED else 0)
    return max(MAP_LEAST, math.floor(own * columns)) + 2 * BORDER


def _map_cell(room: int, height: int, items: Sequence[MapItem | LayerItem], numbered: bool) -> float | None:
    """Return the largest cell with which all maps fit side by side, or None."""
    maps = [item for item in items if isinstance(item, MapItem)]
    low, high = _least_cell(items), float(CELL_MOST)
    if sum(_map_width(item, low, numbered) for item in maps) > room:
        return None
    tallest = height - around(Form.FULL)
    for item in maps:
        channels, rows, _ = item.shape
        if channels == 1:
            high = min(high, tallest / rows)
        else:
            down = math.ceil(channels / tiles_across(channels))
            high = min(high, (tallest / down - label_height() - CHANNEL_GAP) / (rows * _CHANNEL_SHARE))
    high = max(low, high)
    if sum(_map_width(item, high, numbered) for item in maps) <= room:
        low = high
    while high - low > 0.1:
        middle = (low + high) / 2
        if sum(_map_width(item, middle, numbered) for item in maps) <= room:
            low = middle
        else:
            high = middle
    return math.floor(low) if low >= 8 else low


def _least_cell(items: Sequence[MapItem | LayerItem]) -> float:
    return MAP_LEAST / max(item.shape[2] for item in items if isinstance(item, MapItem))


def _place(width: int, height: int, division: _Division) -> FlowPlan:
    items = division.items
    sizes = [
        division.card_size(item)
        if isinstance(item, LayerItem)
        else (division.map_width(item), min(height, division.map_height(item)))
        for item in items
    ]
    spare = width - TURN - sum(size[0] for size in sizes)
    least = ARROW_DENSE if division.dense else ARROW
    arrow = max(least, min(ARROW_MOST, spare // max(1, len(items) - 1)))
    both = list(zip(items, sizes, strict=True))
    tallest = max((size[1] for item, size in both if _has_tiles(item)), default=0)
    shortest = min(size[1] for item, size in both if isinstance(item, MapItem))
    line = title_height(Form.FULL) + max(16, min(60, (shortest - around(Form.FULL)) // 2))
    columns, x = [], 0
    for item, (w, h) in both:
        if isinstance(item, MapItem):
            columns.append(_place_map(item, QRect(x, 0, w, h), height))
        elif item.tiles:
            columns.append(_place_card(item, QRect(x, 0, w, tallest), division))
        else:
            columns.append(Column(QRect(x, max(0, line - h // 2), w, h)))
        x += w + arrow
    # Room that is left over below is shared out, so that the row does not hang from the upper edge.
    lowest = max(rect.bottom() for column in columns for rect in (column.rect, column.gradient))
    shift = max(0, min(_SHIFT_MOST, (height - lowest) // 2))
    moved = tuple(column.moved(0, shift) for column in columns)
    return FlowPlan(moved, line + shift, x - arrow + TURN, division.dense)


def _has_tiles(item: MapItem | LayerItem) -> bool:
    return isinstance(item, LayerItem) and item.tiles > 0


def _place_map(item: MapItem, rect: QRect, height: int) -> Column:
    top = rect.bottom() + 1 + LINE_GAP
    below = QRect(rect.x(), top, rect.width(), min(height - top, rect.width() + 40))
    return Column(rect, gradient=below if item.gradient and below.height() >= _GRADIENT_LEAST else QRect())


def _place_card(item: LayerItem, rect: QRect, division: _Division) -> Column:
    columns = min(division.across, item.tiles)
    wide, high = division.tile + 2 * BORDER, division.tile_height(item)
    places = []
    for number in range(columns * math.ceil(item.tiles / columns)):
        left = rect.x() + CARD_PAD + number % columns * (wide + TILE_GAP)
        top = rect.y() + CARD_PAD + CARD_HEAD + number // columns * (high + LINE_GAP)
        places.append(QRect(left, top, wide, high))
    tiles, free = places[: item.tiles], places[item.tiles :]
    words = free[0] if free else QRect()
    biases: list[QRect] = []
    if item.bias and not division.dense:
        strip = strip_height()
        if division.biases_beside(item):
            for _ in tiles:
                biases.append(QRect(words.x(), words.y(), words.width(), strip))
                words = words.adjusted(0, strip + 1, 0, 0)
            biases = [bias.translated(0, label_height()) for bias in biases]  # below a heading
            words = words.adjusted(0, label_height() + LINE_GAP, 0, 0)
        else:
            biases = [QRect(tile.x(), tile.bottom() + 1 - strip, wide, strip) for tile in tiles]
            tiles = [tile.adjusted(0, 0, 0, -strip - _STRIP_GAP) for tile in tiles]
    return Column(rect, tuple(tiles), tuple(biases), words)
