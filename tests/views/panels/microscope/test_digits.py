"""Numbers in cells: never a zero for what is none."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from convviz.engine import Conv2d
from convviz.engine.walkthrough import Act, Area, Board, Role
from tests.views.panels.microscope.seeing import frame_of, phase_of


def ink(viewer, image, role, row, column):
    """Return which pixels of a cell, inside its edge and any frame around it, are not of its own colour."""
    rect = viewer.stage.place(role).cell_rect(row, column).adjusted(3, 3, -3, -3)
    ground = image.pixelColor(rect.topLeft())
    return tuple(
        image.pixelColor(x, y) != ground
        for y in range(rect.top(), rect.bottom() + 1)
        for x in range(rect.left(), rect.right() + 1)
    )


def numbers(viewer, role):
    """Return the values of the cells of a board that are seen, by their place."""
    place = viewer.stage.place(role)
    assert isinstance(place.item, Board)
    return {
        (row, column): float(place.item.sheet.crop(Area(row, column, 1, 1))[0, 0])
        for row in range(place.area.top, place.area.bottom)
        for column in range(place.area.left, place.area.right)
        if place.item.sheet.numbers(Area(row, column, 1, 1))[0, 0]
    }


def test_the_numbers_of_a_share_are_told_apart(look):
    """The first error of the demo is small among its map's: so are the numbers that it spreads."""
    viewer = look(layer=0)
    viewer.press(Qt.Key.Key_5)
    image = viewer.stage.grab().toImage()
    shown = {where: ink(viewer, image, Role.SHARE, *where) for where in numbers(viewer, Role.SHARE)}
    assert len(set(shown.values())) == len(shown) == 9


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("at", [0, 1, 45])
def test_a_sum_that_has_begun_is_not_written_as_zero(look, layer, at):
    viewer = look(layer=layer)
    viewer.press(Qt.Key.Key_5)
    viewer.slider("scrub").setValue(at)
    image = viewer.stage.grab().toImage()
    for role in (Role.WEIGHT_GRAD, Role.PAIRED, Role.SHARE, Role.PRODUCTS, Role.GATHERED):
        if viewer.stage.place(role) is None:
            continue
        values = numbers(viewer, role)
        zeros = {ink(viewer, image, role, *where) for where, value in values.items() if value == 0}
        assert len(zeros) <= 1 or role is Role.GATHERED, role
        others = {ink(viewer, image, role, *where) for where, value in values.items() if value != 0}
        assert not zeros & others, role


@pytest.mark.parametrize("size", [(720, 450), (975, 600), (1600, 900)])
@pytest.mark.parametrize("cells", [9, 14, 20, 30])
def test_zeros_are_written_where_the_numbers_beside_them_are(look, size, cells):
    viewer = look(size=size)
    viewer.microscope.set_frame(frame_of(Conv2d(5), size=(cells, cells)))
    viewer.microscope.show_layer(0, back=True)
    phase_of(viewer, Act.BORDER)
    viewer.press(Qt.Key.Key_End)
    image = viewer.stage.grab().toImage()
    zero, number = (ink(viewer, image, Role.PADDED_ERROR, *where) for where in ((0, 0), (5, 5)))
    assert any(zero) == any(number)
