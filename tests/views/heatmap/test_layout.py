from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QRect

from convviz.views.heatmap.glyphs import atlas
from convviz.views.heatmap.layout import Form, cells_of_pixels, lay_out, size_for, tiles_across
from convviz.views.heatmap.number_format import choose_format, has_room_for_number

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _fonts(qapp: QApplication) -> None:
    """Sizes of type are part of a layout, and need an application."""


@pytest.mark.parametrize("form", [Form.FULL, Form.TILE, Form.BARE])
@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 3, 5), (1, 200, 300), (5, 7, 7), (24, 3, 3)])
@pytest.mark.parametrize("size", [(60, 60), (60, 200), (120, 200), (400, 300), (200, 90)])
def test_the_parts_keep_apart(form: Form, shape: tuple[int, int, int], size: tuple[int, int]) -> None:
    layout = lay_out(*size, form, shape)
    whole = QRect(0, 0, *size)
    parts = [*layout.tiles, *layout.labels]
    # In a tile, title and sentence share a line; in all, the scale and its numbers do.
    parts += [layout.title, layout.numbers, *([layout.sentence] if form is Form.FULL else [])]
    parts = [part for part in parts if not part.isEmpty()]
    assert all(whole.contains(tile) for tile in layout.tiles)
    assert layout.numbers.isEmpty() or 2 <= layout.numbers.left() <= layout.numbers.right() < size[0] - 2
    assert not any(one.intersects(other) for one, other in itertools.combinations(parts, 2))


@pytest.mark.parametrize("form", [Form.FULL, Form.TILE, Form.BARE])
@pytest.mark.parametrize(("rows", "columns", "cell"), [(8, 8, 24), (20, 20, 9), (3, 5, 30), (18, 18, 12)])
def test_the_size_that_is_asked_for_gives_the_cells(form: Form, rows: int, columns: int, cell: int) -> None:
    shape = (1, rows, columns)
    layout = lay_out(*size_for(form, shape, cell), form, shape)
    assert layout.cell_size(shape) == (cell, cell)


@pytest.mark.parametrize(("pixels", "cells"), [(236, 64), (100, 7), (50, 50), (20, 64), (1, 1)])
def test_pixels_and_cells_agree(pixels: int, cells: int) -> None:
    layout = lay_out(pixels + 4, 1000, Form.BARE, (1, 1, cells))
    tile = layout.tiles[0]
    shown = cells_of_pixels(tile.width(), cells)
    assert (np.diff(shown) >= 0).all()
    for x in range(tile.width()):
        rect = layout.cell_rect((1, 1, cells), 0, 0, int(shown[x]))
        assert rect.left() <= tile.left() + x <= rect.right()
        assert layout.cell_at((1, 1, cells), tile.left() + x, tile.top()) == (0, 0, shown[x])


def test_outside_the_cells_is_no_cell() -> None:
    layout = lay_out(100, 200, Form.FULL, (1, 4, 4))
    tile = layout.tiles[0]
    assert layout.cell_at((1, 4, 4), tile.left() - 1, tile.top()) is None
    assert layout.cell_at((1, 4, 4), tile.right() + 1, tile.top()) is None
    assert layout.cell_at((1, 4, 4), tile.left(), tile.bottom() + 1) is None


@pytest.mark.parametrize(("channels", "across"), [(1, 1), (2, 2), (3, 3), (4, 2), (6, 3), (8, 4), (16, 4), (64, 8)])
def test_channels_fill_their_lines(channels: int, across: int) -> None:
    assert tiles_across(channels) == across


@pytest.mark.parametrize("extent", [1e-12, 0.02, 0.5, 1.0, 9.994, 9.996, 42.0, 99.96, 512.0, 999.4, 999.6, 3e4, 1e12])
@pytest.mark.parametrize("width", [18, 22, 26, 32, 48])
def test_every_number_of_a_format_fits_it(extent: float, width: int) -> None:
    found = choose_format(extent, True, width, width)
    if found is None:
        assert width < 26
        return
    pixels, shape = found
    scaled = extent / 10.0**shape.exponent
    assert 9 <= pixels <= 20
    assert shape.exponent % 3 == 0
    assert shape.whole + shape.decimals >= 2
    assert round(scaled * 10**shape.decimals) < 10 ** (shape.whole + shape.decimals)


@pytest.mark.parametrize("extent", [0.5, 9.0, 42.0, 512.0])
def test_large_type_keeps_its_minus_away_from_the_number_before(extent: float) -> None:
    for width in range(26, 61):
        found = choose_format(extent, True, width, width)
        assert found is not None
        pixels, shape = found
        assert width - atlas(pixels, 1.0).width_of(shape) >= pixels / 2


@pytest.mark.parametrize("extent", [0.5, 42.0, 512.0])
def test_numbers_without_a_minus_are_written_as_large_as_fits(extent: float) -> None:
    """Up to five pixels from their neighbours, in type that is little more than half as high as its cell."""
    for width in range(20, 61):
        found = choose_format(extent, False, width, width)
        assert found is not None
        pixels, shape = found
        assert atlas(pixels, 1.0).width_of(shape) <= width - 5
        larger = next((size for size in (10, 11, 12, 13, 14, 15, 16, 18, 20) if size > pixels), None)
        assert larger is None or larger > 0.52 * width or atlas(larger, 1.0).width_of(shape) > width - 5


def test_where_there_is_room_for_a_number_two_digits_and_a_minus_fit() -> None:
    rooms = [side for side in range(1, 60) if has_room_for_number(side)]
    assert rooms == [side for side in range(1, 60) if choose_format(1.5, True, side, side) is not None]
    assert 15 < rooms[0] < 30


def test_a_map_of_zeros_is_written_too() -> None:
    found = choose_format(0.0, False, 40, 40)
    assert found is not None
    assert found[1].text(0.0) == "0.00"


def test_larger_cells_say_more() -> None:
    narrow, wide = choose_format(1.5, True, 22, 22), choose_format(1.5, True, 40, 40)
    assert narrow is not None
    assert wide is not None
    assert wide[1].decimals > narrow[1].decimals
    assert wide[0] > narrow[0]
    assert choose_format(1.5, True, 8, 8) is None


@pytest.mark.parametrize(
    ("extent", "width", "value", "text"),
    [
        (1.5, 40, 0.25, "0.25"),
        (1.5, 40, -0.25, "−0.25"),
        (1.5, 40, 0.0, "0.00"),
        (1.5, 40, -0.003, "−.003"),
        (1.5, 40, 0.0003, "≈0"),
        (1.5, 26, 0.03, ".03"),
        (900.0, 40, 0.31, ".31"),
        (900.0, 40, -0.0031, "≈0"),
        (2.5e6, 40, 103.0, "≈0"),
        (2.5e6, 40, 1030.0, ".001"),
        (1.5, 40, math.nan, "NaN"),
        (1.5, 40, -math.inf, "−∞"),
    ],
)
def test_a_number_that_is_not_zero_is_not_written_as_zero(extent: float, width: int, value: float, text: str) -> None:
    found = choose_format(extent, True, width, width)
    assert found is not None
    assert found[1].text(value) == text


@pytest.mark.parametrize("form", [Form.FULL, Form.TILE])
@pytest.mark.parametrize("shape", [(1, 1, 200), (1, 3, 100), (1, 1, 9)])
def test_a_row_of_cells_is_no_hairline(form: Form, shape: tuple[int, int, int]) -> None:
    width, height = 224, 130
    row, column = lay_out(width, height, form, shape), lay_out(height, 304, form, (1, shape[2], shape[1]))
    for layout, thick in ((row, row.cells.height()), (column, column.cells.width())):
        assert thick >= 24
        assert not layout.scale.isEmpty()
    assert row.cells.height() < row.cells.width()


@pytest.mark.parametrize("form", [Form.FULL, Form.TILE])
def test_the_scale_of_a_low_heatmap_stays(form: Form) -> None:
    shape = (1, 1, 9)
    height = size_for(form, shape, 20)[1]
    layout = lay_out(size_for(form, shape, 7)[0], height, form, shape)
    assert not layout.scale.isEmpty()
    assert layout.scale.bottom() < height


def test_the_scale_of_a_map_is_as_high_as_that_of_its_gradient() -> None:
    shape = (1, 18, 18)
    below = []
    for form in (Form.FULL, Form.TILE):
        layout = lay_out(*size_for(form, shape, 8), form, shape)
        below.append(
            (layout.scale.top() - layout.cells.bottom(), layout.bar.top() - layout.scale.top(), layout.bar.size())
        )
    assert below[0] == below[1]
