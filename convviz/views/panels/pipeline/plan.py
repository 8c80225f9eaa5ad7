"""Where the columns of the upper row go. Sizes in, rectangles out: no widget is asked.

The row is a line of text: input, layer, map, layer, map, … Maps share one size of cell, so that one sees them
shrink; kernels share one size of tile, and a map's gradient is as large as the map.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from PyQt6.QtCore import QRect

from convviz.views.heatmap.layout import BORDER, Form, around, label_height, strip_height, title_height
from convviz.views.panels.pipeline.division import (
    CARD_PAD,
    LINE_GAP,
    PAIR_GAP,
    STRIP_GAP,
    TILE_GAP,
    TURN,
    Cards,
    Division,
    Items,
    Way,
    best_division,
    head_height,
    scrolled_division,
)
from convviz.views.panels.pipeline.items import LayerItem, MapItem

#: The most room that an arrow between two columns takes.
_ARROW_MOST = 44
#: How far a row is lowered where there is room below it.
_SHIFT_MOST = 24
_NOWHERE = QRect()


class Column(NamedTuple):
    """Where one item lies.

    Attributes
    ----------
    rect
        The layer's card, or the map.
    tiles, biases, words
        Of a layer: its kernels, a bias for each, and the room that is left for words.
    gradient
        Of a map: its gradient; empty if it has none.
    """

    rect: QRect
    tiles: tuple[QRect, ...] = ()
    biases: tuple[QRect, ...] = ()
    words: QRect = _NOWHERE
    gradient: QRect = _NOWHERE

    @property
    def whole(self) -> QRect:
        """The map with its gradient, or the card."""
        return self.rect.united(self.gradient)

    def moved(self, right: int, down: int) -> Column:
        """Return the same somewhere else."""
        tiles, biases = (tuple(tile.translated(right, down) for tile in tiles) for tiles in (self.tiles, self.biases))
        rect, words, gradient = (
            QRect() if part.isEmpty() else part.translated(right, down)
            for part in (self.rect, self.words, self.gradient)
        )
        return Column(rect, tiles, biases, words, gradient)


class FlowPlan(NamedTuple):
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
        Kernels stand without their scales.
    """

    columns: tuple[Column, ...]
    arrow: int
    width: int
    dense: bool


@lru_cache(maxsize=64)
def plan_flow(width: int, height: int, items: Items, way: Way | None = None) -> FlowPlan:
    """Return the plan of the upper row in ``width`` × ``height`` pixels; ``way``: by that way, if it fits."""
    kept = None if way is None else best_division(width, height, items, way)
    division = kept or best_division(width, height, items) or scrolled_division(height, items)
    return _place(width, height, division)


def _place(width: int, height: int, division: Division) -> FlowPlan:
    items, cards = division.items, division.cards
    widths = [division.width_of(item) for item in items]
    spare = width - TURN - sum(widths)
    arrow = max(division.arrow, min(_ARROW_MOST, spare // max(1, len(items) - 1)))
    tallest = max((cards.size(item)[1] for item in cards.kernels), default=0)
    shortest = min(division.map_size(item)[1] for item in items if isinstance(item, MapItem))
    line = title_height(Form.FULL) + max(16, min(60, shortest // 2))
    columns, x = [], 0
    for item, w in zip(items, widths, strict=True):
        if isinstance(item, MapItem):
            columns.append(_place_map(item, x, division))
        elif item.tiles:
            columns.append(_place_card(item, QRect(x, 0, w, tallest), cards))
        else:
            high = cards.size(item)[1]
            columns.append(Column(QRect(x, max(0, line - high // 2), w, high)))
        x += w + arrow
    # Room that is left over below is shared out, so that the row does not hang from the upper edge.
    lowest = max(column.whole.bottom() for column in columns)
    shift = max(0, min(_SHIFT_MOST, (height - lowest) // 2))
    moved = tuple(column.moved(0, shift) for column in columns)
    return FlowPlan(moved, line + shift, x - arrow + TURN, not cards.scales)


def _place_map(item: MapItem, x: int, division: Division) -> Column:
    wide, high = division.map_size(item)
    rect = QRect(x, 0, wide + 2 * BORDER, high + around(Form.FULL))
    gradient = QRect(0, 0, rect.width(), high + around(Form.TILE))
    if not item.gradient:
        return Column(rect)
    if division.maps.beside:  # its cells in one line with those of the map
        gradient.moveTo(rect.right() + 1 + PAIR_GAP, title_height(Form.FULL) - title_height(Form.TILE))
    else:
        gradient.moveTo(x, rect.bottom() + 1 + LINE_GAP)
    return Column(rect, gradient=gradient)


def _place_card(item: LayerItem, rect: QRect, cards: Cards) -> Column:
    columns = min(cards.across, item.tiles)
    wide, high = cards.tile + 2 * BORDER, cards.tile_height(item)
    places = []
    for number in range(columns * math.ceil(item.tiles / columns)):
        left = rect.x() + CARD_PAD + number % columns * (wide + TILE_GAP)
        top = rect.y() + CARD_PAD + head_height(rect.width(), cards.scales) + number // columns * (high + LINE_GAP)
        places.append(QRect(left, top, wide, high))
    tiles, free = places[: item.tiles], places[item.tiles :]
    words = free[0] if free else QRect()
    biases: list[QRect] = []
    if cards.shows_bias(item):
        strip = strip_height()
        if cards.biases_beside(item):
            for _ in tiles:
                biases.append(QRect(words.x(), words.y(), words.width(), strip))
                words = words.adjusted(0, strip + 1, 0, 0)
            biases = [bias.translated(0, label_height()) for bias in biases]  # below a heading
            words = words.adjusted(0, label_height() + LINE_GAP, 0, 0)
        else:
            biases = [QRect(tile.x(), tile.bottom() + 1 - strip, wide, strip) for tile in tiles]
            tiles = [tile.adjusted(0, 0, 0, -strip - STRIP_GAP) for tile in tiles]
    return Column(rect, tuple(tiles), tuple(biases), words)
