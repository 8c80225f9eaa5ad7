"""Where the columns of the picture go. Sizes in, rectangles out: no widget is asked.

The upper row is a line of text: input, layer, map, layer, map, … Maps share one size of cell, so that one sees them
shrink; kernels share one size of tile. How the room is divided between the two is found by trying: each arrangement of
the layers' cards, each size of tile, and the largest maps that then fit; the best is what leaves neither illegible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect

from convviz.views.heatmap.layout import Form, scale_height, strip_height, title_height

if TYPE_CHECKING:
    from collections.abc import Sequence

Shape = tuple[int, int, int]

#: Room for the arrow between two columns, at least and at most.
ARROW_LEAST, ARROW_MOST = 24, 44
#: Room at the right of the last column, where the line to the next row turns.
TURN = 22
CARD_PAD = 10
CARD_HEAD = 24
TILE_GAP = 10
LINE_GAP = 8
#: Width of a column without kernels.
COMPACT = 84
#: Smallest tile of a kernel, smallest map, and the largest cell that a map is given.
TILE_LEAST, MAP_LEAST, CELL_MOST = 60, 66, 40
#: What is legible: a cell of a kernel with its number, a map.
_KERNEL_CELL, _MAP_SIZE = 28.0, 190.0
#: Cells of maps up to this many columns are made large enough for their numbers, where there is room.
_NUMBERED, _NUMBERED_CELL = 10, 24
#: Height of a map's gradient below it, at least.
_GRADIENT_LEAST = 84


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
        single = self.weight[0] * self.weight[1] == 1
        return (self.weight[2], self.weight[3]) if single else (1, 1)


@dataclass(frozen=True)
class Column:
    """Where one item lies: the whole column; its tiles and the room for words (of a layer); the gradient (of a map)."""

    rect: QRect
    tiles: tuple[QRect, ...] = ()
    words: QRect = field(default_factory=QRect)
    gradient: QRect = field(default_factory=QRect)


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
    """

    columns: tuple[Column, ...]
    arrow: int
    width: int


@lru_cache(maxsize=64)
def plan_flow(width: int, height: int, items: tuple[MapItem | LayerItem, ...]) -> FlowPlan:
    """Return the plan of the upper row in ``width`` × ``height`` pixels."""
    best: tuple[float, int, int, float] | None = None
    for across in (3, 2, 1):
        for tile in range(TILE_LEAST, 361, 4):
            if not _tiles_fit(items, across, tile, height):
                break
            cell = _map_cell(width - _cards_width(items, across, tile) - _arrows(items), height, items)
            if cell is None:
                continue
            score = _score(items, tile, cell)
            if best is None or score > best[0]:
                best = score, across, tile, cell
    if best is None:  # too many columns: everything at its least, and the row scrolls
        across = next((n for n in (1, 2, 3) if _tiles_fit(items, n, TILE_LEAST, height)), 3)
        best = 0.0, across, TILE_LEAST, _least_cell(items)
    _, across, tile, cell = best
    return _place(width, height, items, across, tile, cell)


def _arrows(items: Sequence[MapItem | LayerItem]) -> int:
    return (len(items) - 1) * ARROW_LEAST + TURN


def _cards_width(items: Sequence[MapItem | LayerItem], across: int, tile: int) -> int:
    return sum(_card_size(item, across, tile)[0] for item in items if isinstance(item, LayerItem))


def _card_size(item: LayerItem, across: int, tile: int) -> tuple[int, int]:
    if not item.tiles:
        return COMPACT, COMPACT + 24
    columns = min(across, item.tiles)
    lines = math.ceil(item.tiles / columns)
    high = tile_height(item, tile)
    return (
        2 * CARD_PAD + columns * (tile + 2) + (columns - 1) * TILE_GAP,
        2 * CARD_PAD + CARD_HEAD + lines * high + (lines - 1) * LINE_GAP,
    )


def tile_height(item: LayerItem, tile: int) -> int:
    """Return the height of one kernel with its caption, its scale and its bias, in a column ``tile`` wide."""
    rows, columns = item.kernel
    cell = tile / max(rows, columns)
    cells = math.ceil(rows * (math.floor(cell) if cell >= 8 else cell))
    strip = strip_height() + 3 if item.bias else 0
    return title_height(Form.TILE) + cells + 2 + scale_height(Form.TILE) + strip


def _has_tiles(item: MapItem | LayerItem) -> bool:
    return isinstance(item, LayerItem) and item.tiles > 0


def _tiles_fit(items: Sequence[MapItem | LayerItem], across: int, tile: int, height: int) -> bool:
    return all(_card_size(item, across, tile)[1] <= height for item in items if isinstance(item, LayerItem))


def _map_width(item: MapItem, cell: float) -> int:
    channels, rows, columns = item.shape
    if channels > 1:
        return max(MAP_LEAST, math.floor(cell * _widest_cells(item)))
    own = max(cell, _NUMBERED_CELL if max(rows, columns) <= _NUMBERED else 0)
    return max(MAP_LEAST, math.floor(own * columns) + 2)


def _widest_cells(item: MapItem) -> float:
    """Return how many cells a picture of several channels counts as being wide."""
    channels, rows, columns = item.shape
    return math.sqrt(channels * rows * columns) * 1.1


def _map_cell(room: int, height: int, items: Sequence[MapItem | LayerItem]) -> float | None:
    """Return the largest cell with which all maps fit side by side, or None."""
    maps = [item for item in items if isinstance(item, MapItem)]
    around = title_height(Form.FULL) + scale_height(Form.FULL) + 2
    low, high = _least_cell(items), float(CELL_MOST)
    for item in maps:
        rows = item.shape[1] if item.shape[0] == 1 else math.sqrt(math.prod(item.shape))
        high = min(high, (height - around) / rows)
    if sum(_map_width(item, low) for item in maps) > room:
        return None
    high = max(low, high)
    for _ in range(12):
        middle = (low + high) / 2
        if sum(_map_width(item, middle) for item in maps) <= room:
            low = middle
        else:
            high = middle
    return math.floor(low) if low >= 8 else low


def _least_cell(items: Sequence[MapItem | LayerItem]) -> float:
    widest = max(item.shape[2] for item in items if isinstance(item, MapItem))
    return MAP_LEAST / widest


def _score(items: Sequence[MapItem | LayerItem], tile: int, cell: float) -> float:
    """Return how well a division of the room reads; both kernels and maps count, and what is too small counts most."""
    kernels = [tile / max(item.kernel) for item in items if isinstance(item, LayerItem) and item.tiles]
    widest = max(_map_width(item, cell) for item in items if isinstance(item, MapItem))
    return _use(min(kernels) / _KERNEL_CELL if kernels else 1.0) + _use(widest / _MAP_SIZE)


def _use(share: float) -> float:
    return (2.5 if share < 1 else 0.4) * math.log(share)


def _place(
    width: int, height: int, items: tuple[MapItem | LayerItem, ...], across: int, tile: int, cell: float
) -> FlowPlan:
    sizes = [
        _card_size(item, across, tile)
        if isinstance(item, LayerItem)
        else (_map_width(item, cell), _map_height(item, cell))
        for item in items
    ]
    gaps = max(1, len(items) - 1)
    spare = width - TURN - sum(size[0] for size in sizes)
    arrow = max(ARROW_LEAST, min(ARROW_MOST, spare // gaps))
    top_of_cells = title_height(Form.FULL)
    lowest = min((size[1] for size, item in zip(sizes, items, strict=True) if isinstance(item, MapItem)), default=80)
    line = top_of_cells + max(16, min(60, (lowest - top_of_cells - scale_height(Form.FULL)) // 2))
    columns, x = [], 0
    tallest = max((size[1] for size, item in zip(sizes, items, strict=True) if _has_tiles(item)), default=0)
    for item, (w, own) in zip(items, sizes, strict=True):
        h = tallest if _has_tiles(item) else own
        if isinstance(item, LayerItem):
            columns.append(_place_layer(item, x, w, h, across, tile, line))
        else:
            columns.append(_place_map(item, x, w, min(h, height), height))
        x += w + arrow
    return FlowPlan(tuple(columns), line, x - arrow + TURN)


def _map_height(item: MapItem, cell: float) -> int:
    channels, rows, columns = item.shape
    wide = _map_width(item, cell) - 2
    cells = wide if channels > 1 else math.ceil(rows * wide / columns)
    return title_height(Form.FULL) + cells + 2 + scale_height(Form.FULL)


def _place_map(item: MapItem, x: int, w: int, h: int, height: int) -> Column:
    below = QRect(x, h + LINE_GAP, w, min(height - h - LINE_GAP, w + 40))
    shown = item.gradient and below.height() >= _GRADIENT_LEAST
    return Column(QRect(x, 0, w, h), gradient=below if shown else QRect())


def _place_layer(item: LayerItem, x: int, w: int, h: int, across: int, tile: int, line: int) -> Column:
    if not item.tiles:
        return Column(QRect(x, max(0, line - h // 2), w, h))
    columns = min(across, item.tiles)
    high = tile_height(item, tile)
    places = []
    for number in range(columns * math.ceil(item.tiles / columns)):
        left = x + CARD_PAD + number % columns * (tile + 2 + TILE_GAP)
        top = CARD_PAD + CARD_HEAD + number // columns * (high + LINE_GAP)
        places.append(QRect(left, top, tile + 2, high))
    words = places[item.tiles] if len(places) > item.tiles else QRect()
    return Column(QRect(x, 0, w, h), tuple(places[: item.tiles]), words)


@dataclass(frozen=True)
class EquationPlan:
    """The lower row: reconstruction, target and residual, the signs between them, and what stands beside them."""

    maps: tuple[QRect, QRect, QRect]
    signs: tuple[QRect, QRect]
    companion: QRect


#: Room for a sign of the equation, and between the equation and its companion.
SIGN, COMPANION_GAP = 30, 24
#: The companion's share of the row, and its least width.
_COMPANION_SHARE, _COMPANION_LEAST = 0.27, 230


def equation_height(width: int, height: int, shape: Shape, companion: bool) -> int:
    """Return how much of ``height`` the lower row makes good use of."""
    side = _equation_side(width, companion)
    around = title_height(Form.FULL) + scale_height(Form.FULL) + 2
    cells = _fit(side - 2, round(height * 0.45) - around, shape)[1]
    return around + max(cells, 60)


def _equation_side(width: int, companion: bool) -> int:
    beside = max(_COMPANION_LEAST, round(width * _COMPANION_SHARE)) + COMPANION_GAP if companion else 0
    return max(MAP_LEAST, (width - beside - 2 * SIGN) // 3)


def _fit(width: int, height: int, shape: Shape) -> tuple[int, int]:
    """Return the width and height of a map's cells in ``width`` × ``height`` pixels."""
    channels, rows, columns = shape
    if channels > 1:
        side = max(40, min(width, height))
        return side, side
    cell = max(1.0, min(width / columns, height / rows))
    cell = math.floor(cell) if cell >= 8 else cell
    return round(columns * cell), round(rows * cell)


def plan_equation(width: int, height: int, shape: Shape, companion: bool) -> EquationPlan:
    """Return the plan of the lower row in ``width`` × ``height`` pixels."""
    around = title_height(Form.FULL) + scale_height(Form.FULL) + 2
    cells = _fit(_equation_side(width, companion) - 2, height - around, shape)[0]
    wide = max(MAP_LEAST, cells + 2)
    maps, signs, x = [], [], 0
    for number in range(3):
        maps.append(QRect(x, 0, wide, height))
        if number < 2:
            signs.append(QRect(x + wide, 0, SIGN, height))
        x += wide + SIGN
    left = x - SIGN + COMPANION_GAP
    beside = QRect(left, 0, max(0, width - left), height) if companion else QRect()
    return EquationPlan((maps[0], maps[1], maps[2]), (signs[0], signs[1]), beside)
