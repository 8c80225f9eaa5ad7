"""What stands in the upper row, and how large its cells are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property, lru_cache
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from convviz.views import theme
from convviz.views.heatmap.layout import (
    BORDER,
    CHANNEL_GAP,
    LABEL_LEAST,
    Form,
    around,
    label_height,
    lay_out,
    thickened,
    tiles_across,
)
from convviz.views.heatmap.number_format import has_room_for_number

if TYPE_CHECKING:
    from convviz.engine.shapes import Shape

#: Smallest map, and narrowest map of several channels: what its words need.
MAP_LEAST, _CHANNELS_LEAST = 60, 84
#: The least cell of a kernel with its number.
KERNEL_CELL_LEAST = 21
#: What a cell of a kernel loses that is drawn larger, in pixels.
_LOST = 0.25
#: Cells of maps with sides up to this long are made large enough for their numbers, where there is room.
NUMBERED, _NUMBERED_CELL = 10, 24
#: The channels of a map have cells this much smaller than a map of one channel, and a picture at least this wide, with
#: a number above it; and so they have where there are many, without.
_CHANNEL_SHARE, _CHANNEL_LEAST = 0.5, 28
_MANY, _SHARE_OF_MANY, _LEAST_OF_MANY = 16, 0.25, 14
#: How far the channels of a map may be pressed together, in pixels.
_PRESSED_LEAST = 34
#: How many kernels may stand in one line, or in one column: fewer do so in a square as well, more would be tiny.
_IN_LINE, _IN_COLUMN = (3, 4), (2, 3)


class Grid(Enum):
    """How the kernels of a tile stand that are several, but few; many stand in a square always."""

    SQUARE = "square"
    LINE = "line"
    COLUMN = "column"


class MapItem(NamedTuple):
    """A map between two layers; ``gradient``: there is one to be shown with it."""

    shape: Shape
    gradient: bool = False

    @property
    def side(self) -> int:
        """How many cells its longer side has."""
        return max(self.shape[1:])

    @property
    def has_few_cells(self) -> bool:
        """Whether it is small enough for its numbers to be written into it."""
        return self.shape[0] == 1 and self.side <= NUMBERED

    @property
    def least_height(self) -> int:
        """The height of its cells below which nothing is seen of it; that of one channel is as high as it is."""
        return _PRESSED_LEAST if self.shape[0] > 1 else 1 << 20

    def cells(self, cell: float, numbered: bool) -> tuple[int, int]:
        """Return the width and height of its cells together, at so many pixels a cell."""
        return _map_cells(self.shape, cell, numbered)

    def pressed_width(self, width: int, height: int) -> int:
        """Return how much of a width its cells make use of where they are pressed into a height."""
        used = lay_out(width + 2 * BORDER, height + around(Form.FULL), Form.FULL, self.shape).cells.width()
        return min(width, max(_CHANNELS_LEAST, used))


@dataclass(frozen=True)
class LayerItem:
    """A layer; ``tiles`` heatmaps of its ``weight`` shape (4 numbers), or none for a layer without parameters.

    ``bias``: how many biases it has, each as often as there are tiles. ``numbered_cell``: how wide a cell of a kernel
    has to be, in pixels, to have its number.
    """

    weight: tuple[int, ...] = ()
    bias: int = 0
    tiles: int = 0
    numbered_cell: int = KERNEL_CELL_LEAST

    @cached_property
    def count(self) -> int:
        """The number of kernels."""
        return self.weight[0] * self.weight[1]

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """In which ways its kernels may stand."""
        if not self.tiles:
            return (Grid.SQUARE,)
        lines, columns = self.count in _IN_LINE, self.count in _IN_COLUMN
        return Grid.SQUARE, *([Grid.LINE] if lines else []), *([Grid.COLUMN] if columns else [])

    @cached_property
    def cells_across(self) -> float:
        """How many cells, large enough for a number, one would like a tile to hold side by side."""
        # The more kernels there are, the less one looks at each of them.
        return max(1.0 if self.count == 1 else 4.0, (0.75 + 0.25 * math.sqrt(self.count)) * max(self.weight[2:]))

    @cached_property
    def _side(self) -> int:
        return math.ceil(math.sqrt(self.count))

    def across(self, grid: Grid) -> int:
        """Return how many kernels stand side by side in a tile."""
        if grid is Grid.SQUARE or grid not in self.grids:
            return self._side
        return self.count if grid is Grid.LINE else 1

    def kernel(self, tile: int, grid: Grid) -> float:
        """Return how wide one kernel is in a tile that is so wide."""
        across = self.across(grid)
        return (tile - (across - 1) * CHANNEL_GAP) / across

    def share(self, tile: int, grid: Grid) -> float:
        """Return how large a part of what one would like the cells are, in a tile that is so wide."""
        usual = self.across(Grid.SQUARE)
        return (usual * self.kernel(tile, grid) + (usual - 1) * CHANNEL_GAP) / self.cells_across

    def numbered_tile(self, grid: Grid) -> int:
        """Return how wide a tile has to be for numbers in its cells; 0 if there are too many to be read anyway."""
        cell, across, (rows, columns) = self.numbered_cell, self.across(grid), self.weight[2:]
        if self.across(Grid.SQUARE) * max(rows, columns) > NUMBERED:
            return 0
        wide = across * columns * cell + (across - 1) * CHANNEL_GAP
        return max(wide, math.ceil(self._stacked(rows * cell, across))) if grid is Grid.SQUARE else wide

    def height(self, tile: int, grid: Grid = Grid.SQUARE) -> int:
        """Return the height of the kernel's cells in a tile that is so wide; many kernels share at most a square."""
        rows, columns = self.weight[2:]
        if self.count > 1:
            wide = self.kernel(tile, grid)
            high = math.ceil(self._stacked(wide * rows / columns, self.across(grid), labelled=wide >= LABEL_LEAST))
            return min(tile, high) if grid is Grid.SQUARE or grid not in self.grids else high
        cell = tile / max(rows, columns)
        cell = math.floor(cell) if cell >= 8 else cell
        return math.ceil(thickened(columns * cell, rows * cell)[1])

    def _stacked(self, high: float, across: int, *, labelled: bool = True) -> float:
        down = math.ceil(self.count / across)
        label = label_height() if labelled and self.count > 1 else 0
        return down * (high + label) + (down - 1) * CHANNEL_GAP


def numbered_cell() -> int:
    """Return how wide a cell of a kernel has to be, in pixels at the usual size, to have its number at the zoom.

    Neither letters nor cells are larger by exactly the zoom: letters have the size that is next to it, and their widths
    are whole; cells lose a part of a pixel each, so that all of a kernel are alike.
    """
    return _numbered_cell(theme.zoom())


@cache
def _numbered_cell(zoom: float) -> int:
    if zoom == 1:
        return KERNEL_CELL_LEAST
    return next(usual for usual in count(KERNEL_CELL_LEAST) if has_room_for_number(math.floor(usual * zoom - _LOST)))


@lru_cache(maxsize=4096)
def _map_cells(shape: Shape, cell: float, numbered: bool) -> tuple[int, int]:
    """Return the width and height of a map's cells together, with what stands between channels."""
    channels, rows, columns = shape
    if channels == 1:
        own = max(cell, _NUMBERED_CELL if numbered and max(rows, columns) <= NUMBERED else 0)
        own = max(own, MAP_LEAST / max(rows, columns))
        width, height = thickened(own * columns, own * rows)
        return max(MAP_LEAST, math.floor(width)), math.ceil(height)
    across = tiles_across(channels)
    gaps = (across - 1) * CHANNEL_GAP
    share, least = (_CHANNEL_SHARE, _CHANNEL_LEAST) if channels <= _MANY else (_SHARE_OF_MANY, _LEAST_OF_MANY)
    side = max(least, (_CHANNELS_LEAST - gaps) / across)
    own = max(cell * share, side / max(rows, columns))
    width, height = thickened(own * columns, own * rows)
    above = label_height() if width >= _CHANNEL_LEAST - 1 else 0
    down = math.ceil(channels / across)
    return max(_CHANNELS_LEAST, math.floor(across * width + gaps)), math.ceil(down * (height + above + CHANNEL_GAP))
