"""What is laid over the cells of a heatmap: hatching, frames, a veil and a pin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QColor

from convviz.engine.explain import Field
from convviz.views import theme
from convviz.views.colour import STEPS, colour_map, dark_text_on
from convviz.views.heatmap.marks import Marking
from tests.views.contrast import contrast
from tests.views.heatmap.conftest import ShowHeatmap, ground_of, ink_of

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication


def test_cells_that_no_window_reaches_are_hatched(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((10, 10)), (-1.0, 1.0))
    plain = ink_of(heatmap, 9, 4)
    mask = np.zeros((10, 10), bool)
    mask[9] = mask[:, 9] = True
    heatmap.set_unreached(mask)
    assert ink_of(heatmap, 9, 4) != plain
    assert ink_of(heatmap, 2, 9) != plain
    assert ink_of(heatmap, 8, 8) == plain
    heatmap.set_unreached(None)
    assert ink_of(heatmap, 9, 4) == plain


def test_the_border_of_a_map_with_more_cells_than_pixels_is_hatched_too(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((1500, 1500)), (-1.0, 1.0))
    cells = heatmap.cell_rect(0, 0).united(heatmap.cell_rect(1499, 1499))
    assert cells.height() < 1500
    mask = np.zeros((1500, 1500), bool)
    mask[-2:] = True

    def bottom(line: int) -> set[str]:
        image = heatmap.grab().toImage()
        return {image.pixelColor(x, cells.bottom() - line).name() for x in range(cells.left() + 3, cells.right() - 3)}

    plain = bottom(1)
    heatmap.set_unreached(mask)
    assert bottom(1) != plain
    assert bottom(4) == plain


def test_marks_frame_the_marked_and_veil_the_rest(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)), (0.0, 1.0))
    plain = ground_of(heatmap, 0, 0)
    strong, weak = (2, 3), (4, 4)
    heatmap.set_marks(Field(np.array([strong, weak]), np.array([1.0, 0.2]), True), veiled=True)
    assert ground_of(heatmap, 0, 0) != plain
    image = heatmap.grab().toImage()
    assert image.pixelColor(heatmap.cell_rect(*strong).topLeft() + QPoint(4, 4)) == plain
    corners = [image.pixelColor(heatmap.cell_rect(*index).bottomLeft()) for index in (strong, weak)]
    assert corners[0] == theme.current().origin != corners[1]
    heatmap.set_marks(None)
    assert ground_of(heatmap, 0, 0) == plain


def test_sources_and_effects_differ_in_form(show_heatmap: ShowHeatmap) -> None:
    """A frame runs all around, brackets leave the middle of each side open, whatever the colours."""
    heatmap = show_heatmap(np.ones((3, 3)), (0.0, 1.0))
    cell = heatmap.cell_rect(1, 1)
    middle = QPoint(cell.center().x(), cell.bottom())
    plain = heatmap.grab().toImage().pixelColor(middle)
    for source, colour in ((True, theme.current().origin), (False, plain)):
        heatmap.set_marks(Field(np.array([(1, 1)]), np.ones(1), source))
        image = heatmap.grab().toImage()
        assert image.pixelColor(middle) == colour
        assert image.pixelColor(cell.bottomLeft()) == (theme.current().origin if source else theme.current().effect)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("signed", [False, True])
def test_numbers_stay_readable_under_the_veil(qapp: QApplication, name: str, signed: bool) -> None:
    theme.apply(qapp, name)
    table = colour_map(signed).rgb[:STEPS].astype(float)
    values = np.linspace(-1 if signed else 0, 1, STEPS).reshape(1, -1)
    veiled = Marking.of(Field(np.zeros((0, 2), int), np.zeros(0), True), values, veiled=True).veiled(table, range(1))
    black, white = QColor(0, 0, 0), QColor(255, 255, 255)
    for rgb, dark in zip(np.rint(veiled).astype(int).tolist(), dark_text_on(veiled), strict=True):
        assert contrast(QColor(*rgb), black if dark else white) >= 4.4


def test_cells_too_small_for_frames_are_framed_together(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((120, 120)), (0.0, 1.0))
    before = heatmap.grab().toImage()
    heatmap.set_marks(Field(np.argwhere(np.ones((20, 20))) + 40, np.ones(400), True))
    inside = heatmap.cell_rect(50, 50).center()
    after = heatmap.grab().toImage()
    assert after.pixelColor(inside) == before.pixelColor(inside)
    left = heatmap.cell_rect(50, 40).left()
    assert theme.current().origin.name() in {after.pixelColor(x, inside.y()).name() for x in range(left - 4, left + 4)}


@pytest.mark.parametrize(("side", "framed"), [(6, True), (7, False)])
def test_many_cells_are_framed_together_too(show_heatmap: ShowHeatmap, side: int, framed: bool) -> None:
    """Each with brackets of its own, they would be a lattice over the numbers."""
    heatmap = show_heatmap(np.ones((8, 8)), (0.0, 1.0))
    heatmap.set_marks(Field(np.argwhere(np.ones((side, side))), np.ones(side * side), False))
    image = heatmap.grab().toImage()
    assert (image.pixelColor(heatmap.cell_rect(3, 3).bottomLeft()) == theme.current().effect) is framed


def test_marks_outside_the_values_are_refused(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)))
    with pytest.raises(ValueError, match="shape"):
        heatmap.set_marks(Field(np.array([(6, 0)]), np.ones(1), True))


def test_a_held_cell_has_a_pin(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)), (0.0, 1.0))
    corner = heatmap.cell_rect(2, 3).bottomLeft()
    heatmap.set_pin((2, 3))
    assert heatmap.grab().toImage().pixelColor(corner) == theme.current().accent
    heatmap.set_pin(None)
    assert heatmap.grab().toImage().pixelColor(corner) != theme.current().accent


def test_a_bias_is_marked_by_its_one_index(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((1, 4)), (0.0, 1.0))
    heatmap.set_marks(Field(np.array([(2,)]), np.ones(1), True))
    image = heatmap.grab().toImage()
    marked = [image.pixelColor(heatmap.cell_rect(0, n).bottomLeft()) == theme.current().origin for n in range(4)]
    assert marked == [False, False, True, False]


def test_what_was_laid_over_goes_with_the_shape(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)), (0.0, 1.0))
    heatmap.set_marks(Field(np.array([(0, 0)]), np.ones(1), True), veiled=True)
    heatmap.set_pin((1, 1))
    heatmap.set_spots(((2, 2),))
    heatmap.set_unreached(np.eye(6, dtype=bool))
    heatmap.set_values(np.ones((4, 5)), (0.0, 1.0))
    assert {ground_of(heatmap, *index).name() for index in np.ndindex(4, 5)} == {colour_map().colour(STEPS - 1).name()}
