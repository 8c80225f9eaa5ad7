"""How the room of the upper row is divided between maps and kernels: each way to do it, and how well it reads.

What a way is worth does not depend on the room it is found in; more room only adds ways. So a larger window never shows
less that can be read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import NamedTuple

from convviz.views.heatmap.layout import BORDER, Form, around, label_height, strip_height
from convviz.views.panels.pipeline.items import KERNEL_CELL_LEAST, MAP_LEAST, Grid, LayerItem, MapItem

Items = tuple[MapItem | LayerItem, ...]

#: Room for the arrow between two columns: at least, and where room is dear.
_ARROW, _ARROW_DENSE = 24, 16
#: Room at the right of the last column, where the line to the next row turns.
TURN = 18
CARD_PAD = 8
CARD_HEAD = 23
TILE_GAP = 8
LINE_GAP = 6
STRIP_GAP = 3
#: Between a map and its gradient beside it.
PAIR_GAP = 12
#: Width of a column without kernels.
COMPACT = 76
#: Narrowest card that has its title on one line: 'convᵀ 3×3, s2'.
_ONE_LINE = 106
#: Tiles of kernels: the smallest, the smallest without scale and bias, the largest, and the step between sizes.
_TILES = (60, 44, 360, 4)
#: What is saved, one after the other, until all can be read: room for arrows (the least that one has), then scales and
#: biases of kernels.
_SAVINGS = (
    (_ARROW, True, True),
    (_ARROW_DENSE, True, True),
    (_ARROW_DENSE, False, True),
    (_ARROW_DENSE, True, False),
    (_ARROW_DENSE, False, False),
)
#: So many layers are all seen at once, in whatever form.
_FEW_LAYERS = 4
#: The largest cell that a map is given.
_CELL_MOST = 40
#: Narrowest place in which there is room for a bias and a short name, or for several biases and a name for each.
_BIAS_LEAST, _NAME, _SHORT_NAME = 64, 58, 28
#: Narrowest tile above which there is room for a name and a factor, or for one and how many of many kernels are shown.
_FACTOR_LEAST, _COUNT_LEAST, _MANY = 80, 76, 12
#: Maps of a row that scrolls, usually and at least, so that their gradients fit under them; and tiles at most.
_SCROLLED_MAP, _SCROLLED_MAP_LEAST, _SCROLLED_TILE = 110, 74, 100
#: What is legible: a cell of a kernel with its number, a map.
_KERNEL_CELL, MAP_SIZE = 28.0, 190.0
#: What is less than so large a part of that is tiny.
_TINY = 0.5
#: What it is worth that numbers and words can be read, and that there are biases. That everything that is learnt is on
#: the screen counts most.
NUMBERS_WORTH, _WORDS_WORTH, _BIASES_WORTH = 1.2, 1.2, 4.0
#: The same of numbers in the cells of kernels, of scales without them, and of scales that say little more than they do.
_CELLS_WORTH, _SCALES_WORTH, _SCALES_BESIDE_WORTH = 2.0, 3.0, 1.6


def has_second_line(width: int, scales: bool) -> bool:
    """Return whether a card with kernels has the layer's window on a line below its name: a narrow one with scales."""
    return scales and width < _ONE_LINE


def head_height(width: int, scales: bool) -> int:
    """Return the height of the title of a card with kernels."""
    return CARD_HEAD + (label_height() if has_second_line(width, scales) else 0)


@dataclass(frozen=True)
class Cards:
    """The layers' cards: ``across`` tiles stand side by side, their cells ``tile`` pixels wide; see `Division`."""

    items: Items
    across: int
    tile: int
    scales: bool = True
    biases: bool = True
    grid: Grid = Grid.SQUARE

    @property
    def kernels(self) -> list[LayerItem]:
        """The layers that have kernels."""
        return [item for item in self.items if isinstance(item, LayerItem) and item.tiles]

    def size(self, item: LayerItem) -> tuple[int, int]:
        """Return the width and height of a layer's card."""
        if not item.tiles:
            return COMPACT, COMPACT + 24
        columns = min(self.across, item.tiles)
        lines = math.ceil(item.tiles / columns)
        wide = 2 * CARD_PAD + columns * (self.tile + 2 * BORDER) + (columns - 1) * TILE_GAP
        high = lines * self.tile_height(item) + (lines - 1) * LINE_GAP
        return wide, 2 * CARD_PAD + head_height(wide, self.scales) + high

    def tile_height(self, item: LayerItem) -> int:
        """Return the height of one kernel with its caption, its scale and its bias."""
        below = self.shows_bias(item) and not self.biases_beside(item)
        return self.own_height(item) + (strip_height() + STRIP_GAP if below else 0)

    def own_height(self, item: LayerItem) -> int:
        """Return the height of one kernel with its caption and its scale."""
        return around(Form.TILE if self.scales else Form.BARE) + item.height(self.tile, self.grid)

    def shows_bias(self, item: LayerItem) -> bool:
        """Return whether the biases of a layer are shown."""
        return item.bias > 0 and self.biases

    def biases_beside(self, item: LayerItem) -> bool:
        """Return whether the biases of a layer stand together where three tiles leave the fourth place free.

        There they have longer names than below their kernels. Several do not, where these would leave no room for
        their numbers.
        """
        numbers = item.bias * KERNEL_CELL_LEAST
        below = item.bias > 1 and self.tile - _NAME < numbers <= self.tile - _SHORT_NAME
        lines = label_height() + item.tiles * (strip_height() + 1)
        room = self.tile >= _BIAS_LEAST and self.own_height(item) >= lines and not below
        return room and self.shows_bias(item) and item.tiles == 3 and self.across == 2

    @cached_property
    def total(self) -> tuple[int, int]:
        """The width of all cards together, and the height of the highest."""
        sizes = [self.size(item) for item in self.items if isinstance(item, LayerItem)]
        return sum(size[0] for size in sizes), max(size[1] for size in sizes)

    @cached_property
    def numbered(self) -> float:
        """In how many of the layers there is room for a number in each cell of kernels that are few and not large."""
        least = _numbered_tiles(self.items, self.grid)
        return sum(self.tile >= tile for tile in least) / len(least) if least else 1.0

    @cached_property
    def have_words(self) -> bool:
        """Whether there is room above each kernel for all that is said about it."""
        return self.tile >= (_COUNT_LEAST if any(item.count > _MANY for item in self.kernels) else _FACTOR_LEAST)

    @cached_property
    def score(self) -> float:
        """How well they read."""
        smallest = min((item.share(self.tile, self.grid) for item in self.kernels), default=_KERNEL_CELL)
        return (
            usefulness(smallest / _KERNEL_CELL)
            + _CELLS_WORTH * self.numbered
            + (_WORDS_WORTH if self.have_words else 0.0)
            + self.scales * (_SCALES_WORTH + self.numbered * (_SCALES_BESIDE_WORTH - _SCALES_WORTH))
            + (_BIASES_WORTH if self.biases else 0.0)
        )


@dataclass(frozen=True)
class Maps:
    """The maps: ``cell`` pixels a cell; ``numbered``, ``beside``: see `Division`."""

    items: Items
    cell: float
    numbered: bool = False
    beside: bool = False

    def size(self, item: MapItem) -> tuple[int, int]:
        """Return the width and height of the cells of a map."""
        return item.cells(self.cell, self.numbered)

    def around(self, item: MapItem) -> tuple[int, int]:
        """Return how much wider and higher a map with its gradient is than the cells of both."""
        beside, below = item.gradient and self.beside, item.gradient and not self.beside
        return (
            2 * BORDER + (2 * BORDER + PAIR_GAP if beside else 0),
            around(Form.FULL) + (LINE_GAP + around(Form.TILE) if below else 0),
        )

    @cached_property
    def total(self) -> tuple[int, int]:
        """The width of all maps together, and the least height in which they can be shown as large as they are."""
        width = height = 0
        for item in self.items:
            if isinstance(item, MapItem):
                (wide, high), (more, above) = self.size(item), self.around(item)
                pair = item.gradient
                width += wide * (2 if pair and self.beside else 1) + more
                high = min(high, item.least_height)
                height = max(height, high * (2 if pair and not self.beside else 1) + above)
        return width, height

    def most(self, item: MapItem, height: int) -> int:
        """Return how high the cells of a map may be where there are ``height`` pixels for map and gradient."""
        return (height - self.around(item)[1]) // (2 if item.gradient and not self.beside else 1)

    @cached_property
    def score(self) -> float:
        """How well they read, unless they are pressed together."""
        widest = self.cell * max(item.side for item in self.items if isinstance(item, MapItem))
        numbers = 0.3 if self.numbered else 0.0
        return usefulness(widest / MAP_SIZE) + numbers - (0.15 if self.beside else 0.0)

    def pressed(self, height: int) -> float:
        """Return what is lost where maps of several channels get less than their height."""
        maps = (item for item in self.items if isinstance(item, MapItem) and item.shape[0] > 1)
        return usefulness(min((min(1.0, self.most(item, height) / self.size(item)[1]) for item in maps), default=1.0))


class Way(NamedTuple):
    """A division but for the size of kernels; see `Division`. ``cell`` None: with maps of any size."""

    arrow: int
    scales: bool
    biases: bool
    across: int
    grid: Grid
    numbered: bool
    beside: bool
    cell: float | None

    def takes(self, maps: Maps) -> bool:
        """Return whether the maps are shown in this way."""
        return (maps.numbered, maps.beside) == (self.numbered, self.beside) and self.cell in (None, maps.cell)


@dataclass(frozen=True)
class Division:
    """One way to divide the room.

    Attributes
    ----------
    cards
        How many tiles stand side by side in a card (``across``), the width of their cells (``tile``), whether they
        have scales and biases, and how a few kernels stand in a tile (``grid``).
    maps
        The pixels of a map's cell (``cell``), whether small maps are larger than that, for the sake of their numbers
        (``numbered``), and whether gradients stand beside their maps, not below them (``beside``).
    arrow
        The least room for an arrow.
    height
        The room for a column.
    """

    cards: Cards
    maps: Maps
    arrow: int
    height: int

    @property
    def items(self) -> Items:
        """What stands in the row."""
        return self.cards.items

    @property
    def way(self) -> Way:
        """All but the size of kernels."""
        cards, maps = self.cards, self.maps
        shown = cards.scales, cards.biases, cards.across, cards.grid
        return Way(self.arrow, *shown, maps.numbered, maps.beside, maps.cell)

    def map_size(self, item: MapItem) -> tuple[int, int]:
        """Return the width and height of the cells of a map, and of its gradient, which is as large."""
        wide, high = self.maps.size(item)
        room = max(1, min(high, self.maps.most(item, self.height)))
        return (item.pressed_width(wide, room) if room < high else wide), room

    def width_of(self, item: MapItem | LayerItem) -> int:
        """Return the width of a column."""
        if isinstance(item, LayerItem):
            return self.cards.size(item)[0]
        return self.map_size(item)[0] * (2 if item.gradient and self.maps.beside else 1) + self.maps.around(item)[0]

    def is_legible(self) -> bool:
        """Return whether there is nothing to be gained by leaving things away."""
        return self.cards.numbered == 1 and self.cards.have_words and self.cards.scales and self.cards.biases

    @cached_property
    def score(self) -> float:
        """How well it reads; both kernels and maps count, and what is too small counts most."""
        dear = 0.2 if self.arrow < _ARROW else 0.0
        return self.cards.score + self.maps.score + self.maps.pressed(self.height) - dear


def usefulness(share: float) -> float:
    """Return what a size is worth that is so large a part of what reads well; what is tiny is worth nothing."""
    if share >= 1:
        return 0.4 * math.log(share)
    return 2.5 * (math.log(max(share, 1e-3)) + min(0.0, math.log(max(share, 1e-3) / _TINY)))


@lru_cache(maxsize=256)
def best_division(width: int, height: int, items: Items, way: Way | None = None) -> Division | None:
    """Return the division that reads best in ``width`` × ``height`` pixels; None if nothing fits.

    Biases are learnt: a row of more layers than a few scrolls rather than being without them.

    ``way``: of the divisions of this way alone.
    """
    layers = [item for item in items if isinstance(item, LayerItem)]
    keeps_biases = len(layers) > _FEW_LAYERS and any(item.bias for item in layers)
    best, score = None, -math.inf
    every_map = _all_maps(items)
    if way is not None:
        every_map = [taken for maps in every_map if (taken := [one for one in maps if way.takes(one)])]
    best_maps = max((maps[-1].score for maps in every_map), default=-math.inf)
    for arrow, scales, biases in _SAVINGS:
        if keeps_biases and not biases:
            break
        if way is not None and (arrow, scales, biases) != (way.arrow, way.scales, way.biases):
            continue
        room = width - (len(items) - 1) * arrow - TURN
        for cards in _all_cards(items, scales, biases):
            if cards.score + best_maps <= score:  # nor do those that follow read better, with whatever maps
                break
            as_kept = way is None or (cards.across, cards.grid) == (way.across, way.grid)
            if cards.total[1] > height or not as_kept:
                continue
            for maps in every_map:
                largest = _largest(maps, room - cards.total[0], height)
                found = None if largest is None else Division(cards, largest, arrow, height)
                if found is not None and found.score > score:
                    best, score = found, found.score
        if best is not None and best.is_legible():
            break
    return best


@lru_cache(maxsize=64)
def _numbered_tiles(items: Items, grid: Grid) -> list[int]:
    """Return, of each layer with kernels, how wide a tile has to be for numbers in their cells; 0: it needs none."""
    kernels = (item for item in items if isinstance(item, LayerItem) and item.tiles)
    return [item.numbered_tile(grid) for item in kernels]


@lru_cache(maxsize=16)
def _all_cards(items: Items, scales: bool, biases: bool) -> list[Cards]:
    least, bare, most, step = _TILES
    tiles = range(least if biases else bare, most + 1, step)
    grids = [grid for grid in Grid if any(isinstance(item, LayerItem) and grid in item.grids for item in items)]
    ways = product((3, 2, 1), tiles, grids)
    every = [Cards(items, across, tile, scales, biases, grid) for across, tile, grid in ways]
    scores = {(cards.tile, cards.grid): cards.score for cards in every if cards.across == 1}  # those of any ``across``
    # The sooner a good one is found, the fewer are tried.
    return sorted(every, key=lambda cards: -scores[cards.tile, cards.grid])


@lru_cache(maxsize=16)
def _all_maps(items: Items) -> list[list[Maps]]:
    """Return the maps in every size of cell, in lists from the smallest; from 8 pixels on, sizes are whole."""
    maps = [item for item in items if isinstance(item, MapItem)]
    least = MAP_LEAST / max(item.side for item in maps)
    fine = (least + step / 4 for step in range(33))
    cells = [*(cell for cell in fine if cell < 8), *range(max(8, math.ceil(least)), _CELL_MOST + 1)]
    numbers = {False, any(item.has_few_cells for item in maps)}
    places = {False, any(item.gradient for item in maps)}
    ways = product(sorted(numbers), sorted(places))
    return [[Maps(items, cell, numbered, beside) for cell in cells or [least]] for numbered, beside in ways]


def _largest(maps: list[Maps], width: int, height: int) -> Maps | None:
    """Return the last that fits, or None."""
    low, high = -1, len(maps) - 1
    while low < high:
        middle = (low + high + 1) // 2
        wide, tall = maps[middle].total
        if wide <= width and tall <= height:
            low = middle
        else:
            high = middle - 1
    return None if low < 0 else maps[low]


def scrolled_division(height: int, items: Items) -> Division:
    """Return the division of a row that scrolls: all that is learnt can be read, and as much as can be is in sight."""
    side = max(item.side for item in items if isinstance(item, MapItem))
    below = (Maps(items, size / side) for size in range(_SCROLLED_MAP, _SCROLLED_MAP_LEAST - 1, -_TILES[3]))
    maps = next((maps for maps in below if maps.total[1] <= height), Maps(items, _SCROLLED_MAP / side, beside=True))
    for _, scales, biases in _SAVINGS:
        every = _all_cards(items, scales, biases)
        fitting = [cards for cards in every if cards.tile <= _SCROLLED_TILE and cards.total[1] <= height]
        if fitting:
            best = max(fitting, key=lambda cards: (cards.numbered, cards.have_words, -cards.total[0], cards.score))
            return Division(best, maps, _ARROW_DENSE, height)
    return Division(Cards(items, 3, _TILES[1], scales=False, biases=False), maps, _ARROW_DENSE, height)
