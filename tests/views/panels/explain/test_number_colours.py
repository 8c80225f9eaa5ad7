"""One number, one colour: in the picture, in the panel and under the microscope."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtTest import QTest

from convviz.engine import Conv2d, MaxPool2d
from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough import Area, Board, Role
from convviz.model.experiment import Stage as ExperimentStage
from convviz.model.files import load_builtin
from convviz.views.colour import colour_map, entry_of
from convviz.views.heatmap import Heatmap
from convviz.views.panels.explain.term_view import TermView
from convviz.views.panels.microscope import Microscope
from convviz.views.panels.microscope.stage import Stage
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from PyQt6.QtGui import QColor, QImage

    from convviz.views.panels.microscope.layout import Place
    from tests.views.conftest import OpenWindow, Person

LEFT = Qt.MouseButton.LeftButton


def double_click(person: Person, name: str, *index: int) -> None:
    shown = person.find(Heatmap, f"pipeline.{name}")
    spot = shown.cell_rect(*index).center()
    person.bot.mouseMove(shown, spot)
    person.bot.mouseClick(shown, LEFT, pos=spot)
    QTest.mouseDClick(shown, LEFT, pos=spot)


def stage_of(person: Person) -> Stage:
    return person.find(Stage, "microscope.stage")


def places(person: Person) -> list[Place]:
    found = [stage_of(person).place(role) for role in Role]
    return [place for place in found if place is not None]


def most_common(image: QImage, rect: QRect) -> str:
    """Return the colour of most of the pixels in a rectangle: that of a cell, not of what is written in it."""
    spots = [(x, y) for x in range(rect.left(), rect.right() + 1) for y in range(rect.top(), rect.bottom() + 1)]
    return Counter(image.pixelColor(x, y).name() for x, y in spots).most_common(1)[0][0]


def cell_colour(person: Person, place: Place, row: int, column: int) -> str:
    return most_common(stage_of(person).grab().toImage(), place.cell_rect(row, column).adjusted(4, 4, -4, -4))


def value_at(place: Place, row: int, column: int) -> float:
    assert isinstance(place.item, Board)
    return float(place.item.sheet.crop(Area(row, column, 1, 1))[0, 0])


def in_panel(person: Person, number: Pointed, value: float) -> QColor:
    pair = person.find(TermView, "explain.terms").colour_of(number, value)
    assert pair is not None
    return pair[0]


@pytest.mark.parametrize("name", ["demo", "channels", "transposed", "adam"])
def test_the_panel_has_the_colours_of_the_picture(open_window: OpenWindow, name: str) -> None:
    person = open_window(name)
    double_click(person, "reconstruction", 0, 0, 0)
    person.press("Esc")
    compared = 0
    for heatmap in person.window.findChildren(Heatmap):
        values = heatmap.values()
        if heatmap.tensor is None or values is None or not heatmap.isVisible():
            continue
        value = float(values.reshape(-1)[-1])
        expected = colour_map(heatmap.is_signed()).colour(entry_of(value, heatmap.levels()))
        assert in_panel(person, Pointed(heatmap.tensor, ()), value) == expected, heatmap.tensor
        compared += 1
    assert compared > 8


@pytest.mark.parametrize("name", ["demo", "channels", "transposed"])
@pytest.mark.parametrize("way", ["", "D"])
def test_the_microscope_has_the_colours_of_the_picture(open_window: OpenWindow, name: str, way: str) -> None:
    person = open_window(name)
    shown = {h.tensor: h for h in person.window.findChildren(Heatmap) if h.tensor is not None and h.isVisible()}
    double_click(person, "reconstruction", 0, 1, 1)
    microscope = person.find(Microscope, "microscope")
    compared = 0
    if way:
        person.press(way)
    for phase in range(6):
        microscope.show_phase(phase)
        person.press("End")
        for place in places(person):
            board = place.item
            assert isinstance(board, Board)
            if board.tensor not in shown or place.side < 16 or board.turn is not None:
                continue
            if board.tensor.kind is Kind.WEIGHT_GRAD and len(stage_of(person).rows()) > 1:
                continue  # a sum on its way has larger numbers than what it becomes
            row, column = place.area.bottom - 1, place.area.right - 1
            if board.index_of(row, column) is None:
                continue
            heatmap, value = shown[board.tensor], value_at(place, row, column)
            expected = colour_map(heatmap.is_signed()).colour(entry_of(value, heatmap.levels()))
            assert cell_colour(person, place, row, column) == expected.name(), (phase, board.role)
            compared += 1
    assert compared > 3


def test_a_bias_has_its_own_colours_in_the_formula_too(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "reconstruction", 0, 3, 4)
    (told,) = stage_of(person).sums()
    assert told.bias is not None
    colour = in_panel(person, Pointed(Tensor(Kind.BIAS, 1), (0,)), told.bias)
    image = stage_of(person).grab().toImage()
    line = QRect(0, image.height() - 40, image.width(), 40)
    spots = [(x, y) for x in range(line.width()) for y in range(line.top(), line.bottom())]
    assert sum(image.pixelColor(x, y) == colour for x, y in spots) > 100


def test_a_maximum_keeps_the_colour_of_the_cell_that_it_is(open_window: OpenWindow) -> None:
    experiment = load_builtin("demo")
    layers = (Conv2d(3), MaxPool2d(2))
    person = open_window(experiment.replace(stages=tuple(ExperimentStage(layer) for layer in layers)))
    double_click(person, "reconstruction", 0, 1, 1)
    stage = stage_of(person)
    source, result = stage.place(Role.INPUT), stage.place(Role.OUTPUT)
    assert source is not None
    assert result is not None
    value = value_at(result, 1, 1)
    chosen = next((row, column) for row in (2, 3) for column in (2, 3) if value_at(source, row, column) == value)
    assert cell_colour(person, result, 1, 1) == cell_colour(person, source, *chosen)
    person.press("D")
    person.press("2")
    person.press("End")
    given, got = stage.place(Role.ERROR), stage.place(Role.SCATTERED)
    assert given is not None
    assert got is not None
    assert isinstance(given.item, Board)
    assert isinstance(got.item, Board)
    assert given.item.scale.arrays[0] is got.item.scale.arrays[0]


def test_the_panel_keeps_to_the_colours_of_the_step_while_the_picture_is_hidden(open_window: OpenWindow) -> None:
    """Errors shrink while it learns: their colours are measured anew, in the panel as under the microscope."""
    person = open_window("adam")
    double_click(person, "map1", 0, 6, 6)
    person.press("D")
    person.session.run(300)
    person.sees(lambda: person.session.frame is not None and person.session.frame.step == 300)
    (place,) = places(person)
    assert isinstance(place.item, Board)
    assert place.item.tensor is not None
    row, column = 1, 1
    value = value_at(place, row, column)
    number = Pointed(place.item.tensor, (0, row, column))
    assert in_panel(person, number, value).name() == cell_colour(person, place, row, column)


def test_boards_have_their_scale_beside_them(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "map1", 0, 6, 6)
    image = stage_of(person).grab().toImage()
    for role in (Role.INPUT, Role.KERNEL, Role.PRODUCTS, Role.OUTPUT):
        place = stage_of(person).place(role)
        assert place is not None
        assert isinstance(place.item, Board)
        table = colour_map(place.item.scale.signed)
        seen = {
            image.pixelColor(x, y).name()
            for rect in (place.title, place.below)
            for x in range(rect.left(), rect.right() + 1)
            for y in range(rect.top(), rect.bottom() + 1)
        }
        for entry in (4, 60, 127, 200, 250):
            near = {table.colour(number).name() for number in range(entry - 4, entry + 5)}
            assert near & seen, (role, entry)
