"""What stands above and below the cells of a heatmap, where there is little room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint

from convviz.views import theme
from convviz.views.heatmap import Form, Heatmap
from tests.views.heatmap.conftest import ink_of

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.views.heatmap.conftest import ShowHeatmap

VALUES = np.array([[0.47, 2.16], [3.43, 3.62]])


def caption_of(heatmap: Heatmap) -> QImage:
    """Return the lines above the cells, as they are seen."""
    values = heatmap.values()
    assert values is not None
    first = heatmap.cell_rect(*(0 for _ in values.shape))
    return heatmap.grab().toImage().copy(0, 0, heatmap.width(), first.top() - 2)


@pytest.mark.parametrize("form", [Form.TILE, Form.BARE])
@pytest.mark.parametrize("width", [140, 110, 98, 80, 64])
def test_the_factor_of_the_numbers_is_never_left_away(show_heatmap: ShowHeatmap, width: int, form: Form) -> None:
    heatmap = show_heatmap(VALUES, (-4.0, 4.0), signed=True, size=(width, 130), form=form)
    heatmap.set_text("Gradient", "", "gradient")
    without = caption_of(heatmap)
    heatmap.set_values(VALUES * 1000, (-4000.0, 4000.0), signed=True)  # the same digits stand in the cells
    assert caption_of(heatmap) != without


def test_a_sentence_without_room_is_said_in_fewer_words(show_heatmap: ShowHeatmap) -> None:
    sentence, brief = "8×8, made by the student", "8×8"
    advance = theme.metrics("small").horizontalAdvance
    wide, narrow = round(advance(sentence)) + 12, round(advance(sentence)) - 12
    heatmap = show_heatmap(np.zeros((8, 8)), size=(wide, 200))
    seen = {}
    for width in (wide, narrow):
        heatmap.resize(width, 200)
        for case, words in {"both": (sentence, brief), "long": (sentence, ""), "brief": (brief, "")}.items():
            heatmap.set_text("Reconstruction", words[0], brief=words[1])
            seen[width, case] = caption_of(heatmap)
    assert seen[wide, "both"] == seen[wide, "long"]
    assert seen[narrow, "both"] == seen[narrow, "brief"]
    assert heatmap.accessibleDescription() == brief
    heatmap.set_text("Reconstruction", sentence, brief=brief)
    assert heatmap.accessibleDescription() == sentence


@pytest.mark.parametrize("width", [44, 52, 64])
def test_a_small_number_in_a_narrow_strip_is_not_shown_as_zero(show_heatmap: ShowHeatmap, width: int) -> None:
    written = []
    for value in (-0.0023, -0.0046):
        heatmap = show_heatmap(np.array([[value]]), (-1.0, 1.0), True, size=(width, 18), form=Form.STRIP)
        heatmap.set_text("")
        written.append(ink_of(heatmap, 0, 0))
    assert any(map(any, written[0]))
    assert written[0] != written[1]


@pytest.mark.parametrize(
    ("value", "text", "pixels"),
    [(-7.2e21, "−7×10²¹", 10), (-8.1e-15, "−8×10⁻¹⁵", 9), (5.4e71, "5×10⁷¹", 11), (4.1e106, "4×10¹⁰⁶", 10)],
)
def test_a_number_that_stands_alone_is_rather_written_small_than_as_programs_do(
    show_heatmap: ShowHeatmap, value: float, text: str, pixels: int
) -> None:
    heatmap = show_heatmap(np.array([[value]]), (-1.0, 1.0), True, size=(52, 18), form=Form.STRIP)
    heatmap.set_text("")
    box = heatmap.cell_rect(0, 0)
    assert theme.number_width(text, "small", pixels) + 2 <= box.width()
    assert pixels == 11 or theme.number_width(text, "small", pixels + 1) + 2 > box.width()
    written = [x for x, column in enumerate(zip(*ink_of(heatmap, 0, 0), strict=True)) if any(column[2:-2])]
    assert abs(written[-1] - written[0] - theme.number_width(text, "small", pixels)) < 3


@pytest.mark.parametrize("value", [0.0, 0.028, -1.2])
def test_several_biases_are_written_where_there_is_room(show_heatmap: ShowHeatmap, value: float) -> None:
    scale = (-2.0, 2.0) if abs(value) > 1 else (-0.04, 0.04) if value else (-1.0, 1.0)
    strip = show_heatmap(np.full((1, 4), value), scale, True, size=(18 * 4 if not value else 160, 18), form=Form.STRIP)
    strip.set_text("")
    assert all(any(map(any, ink_of(strip, 0, column))) for column in range(4))


def test_biases_without_numbers_look_like_cells(show_heatmap: ShowHeatmap) -> None:
    strip = show_heatmap(np.zeros((1, 16)), (-1.0, 1.0), True, size=(100, 18), form=Form.STRIP)
    strip.set_text("")
    image, middle = strip.grab().toImage(), strip.cell_rect(0, 0).center().y()
    for column in range(1, 16):
        cell = strip.cell_rect(0, column)
        assert image.pixelColor(cell.left(), middle) != image.pixelColor(cell.left() + 1, middle)


def roles(show_heatmap: ShowHeatmap) -> list[QImage]:
    """Return how a role is written in whole: with a chip, and without."""
    wide = round(theme.metrics("small").horizontalAdvance("Gradient"))
    names = []
    for form, chip in ((Form.TILE, 13), (Form.BARE, 0)):
        heatmap = show_heatmap(VALUES, (-4.0, 4.0), signed=True, size=(160, 130), form=form)
        heatmap.set_text("Gradient", "", "gradient")
        names.append(caption_of(heatmap).copy(0, 0, chip + wide + 2, 16))
    return names


@pytest.mark.parametrize("filters", [40, 85])
@pytest.mark.parametrize("form", [Form.TILE, Form.BARE])
@pytest.mark.parametrize("width", [140, 110, 88, 80, 64, 48])
def test_a_role_is_named_however_many_kernels_are_left_out(
    show_heatmap: ShowHeatmap, width: int, form: Form, filters: int
) -> None:
    heatmap = show_heatmap(np.ones((filters, 3, 5, 5)), (-4.0, 4.0), signed=True, size=(width, 80), form=form)
    heatmap.set_text("Gradient", f"{3 * filters} of 5×5", "gradient")
    assert heatmap.cell_rect(filters - 1, 2, 0, 0).isEmpty()
    seen = caption_of(heatmap)
    assert any(seen.copy(name.rect()) == name for name in roles(show_heatmap))


@pytest.mark.parametrize("form", [Form.TILE, Form.BARE])
@pytest.mark.parametrize("width", [140, 98, 80, 66])
def test_a_role_is_named_beside_a_factor(show_heatmap: ShowHeatmap, width: int, form: Form) -> None:
    heatmap = show_heatmap(VALUES * 1000, (-4000.0, 4000.0), signed=True, size=(width, 130), form=form)
    heatmap.set_text("Gradient", "", "gradient")
    seen = caption_of(heatmap)
    assert any(seen.copy(name.rect()) == name for name in roles(show_heatmap))


@pytest.mark.parametrize("width", [140, 88])
def test_kernels_that_are_left_out_are_counted(show_heatmap: ShowHeatmap, width: int) -> None:
    captions = []
    for filters in (85, 86):
        heatmap = show_heatmap(np.ones((filters, 3, 5, 5)), (-4.0, 4.0), signed=True, size=(width, 80), form=Form.TILE)
        heatmap.set_text("Gradient", "", "gradient")
        captions.append(caption_of(heatmap))
    assert captions[0] != captions[1]


@pytest.mark.parametrize("form", [Form.TILE, Form.BARE])
@pytest.mark.parametrize("width", [140, 64, 48])
def test_the_value_of_a_cell_is_read_out_in_a_narrow_heatmap_too(
    qtbot: QtBot, show_heatmap: ShowHeatmap, width: int, form: Form
) -> None:
    heatmap = show_heatmap(np.full((8, 3, 5, 5), -0.11), (-4.0, 4.0), signed=True, size=(width, 130), form=form)
    heatmap.set_text("Gradient", "", "gradient")
    plain = caption_of(heatmap)
    qtbot.mouseMove(heatmap, QPoint(1, 1))
    qtbot.mouseMove(heatmap, heatmap.cell_rect(1, 2, 0, 0).center())
    first = caption_of(heatmap)
    assert first != plain
    heatmap.set_values(np.full((8, 3, 5, 5), -0.12), (-4.0, 4.0), signed=True)
    assert caption_of(heatmap) != first


@pytest.mark.parametrize("width", [64, 80, 100, 110, 140, 200])
@pytest.mark.parametrize("extent", [2.5, 1.5e9, 2.5e-7, 1.25e-300])
@pytest.mark.parametrize("signed", [True, False])
def test_no_number_of_a_scale_lies_on_its_colours(
    show_heatmap: ShowHeatmap, width: int, extent: float, signed: bool
) -> None:
    levels = (-extent if signed else -0.3 * extent, extent)
    heatmap = show_heatmap(np.zeros((4, 4)), levels, signed=signed, size=(width, 130), form=Form.TILE)
    image = heatmap.grab().toImage()
    top = heatmap.cell_rect(3, 0).bottom() + 3
    columns = [[image.pixelColor(x, y) for y in range(top, image.height())] for x in range(image.width())]
    coloured = [any(pixel.hsvSaturation() > 60 for pixel in column) for column in columns]
    written = [any(pixel.lightness() < 130 and pixel.hsvSaturation() <= 60 for pixel in column) for column in columns]
    bar = [x for x, has in enumerate(coloured) if has]
    assert any(written)
    if bar:
        assert not any(written[bar[0] + 2 : bar[-1] - 1])


def test_a_narrow_scale_has_its_colours_too(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "light")
    heatmap = Heatmap("kernel", Form.TILE)
    qtbot.addWidget(heatmap)
    heatmap.resize(66, 104)
    heatmap.set_values(np.linspace(-2.0, 2.0, 9).reshape(3, 3), (-2.0, 2.0), True)
    image, below = heatmap.grab().toImage(), heatmap.cell_rect(2, 2).bottom() + 3
    middle = {image.pixelColor(x, y).name() for x in range(20, 46) for y in range(below, image.height())}
    assert len(middle) > 10  # between the two numbers


@pytest.mark.parametrize(("width", "extents"), [(58, (1.25e202, 1.25e203)), (62, (1.25e-300, 1.25e-301))])
def test_no_number_of_a_scale_loses_its_last_digit(
    show_heatmap: ShowHeatmap, width: int, extents: tuple[float, float]
) -> None:
    seen = []
    for extent in extents:
        heatmap = show_heatmap(np.zeros((4, 4)), (-extent, extent), signed=True, size=(width, 130), form=Form.TILE)
        seen.append(heatmap.grab().toImage())
    assert seen[0] != seen[1]
