"""Channels that there is no room for, and how one gets to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from convviz.engine.explain import Field
from convviz.views.colour import colour_map, to_index
from convviz.views.heatmap import Cell, Form, Heatmap
from tests.views.heatmap.conftest import ShowHeatmap, ground_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

VALUES = np.linspace(-1.0, 1.0, 24 * 25).reshape(8, 3, 5, 5)


@pytest.fixture
def many(show_heatmap: ShowHeatmap) -> Heatmap:
    """Return a heatmap of more kernels than it has room for."""
    heatmap = show_heatmap(VALUES, (-1.0, 1.0), signed=True, size=(90, 80), form=Form.TILE)
    heatmap.set_text("Student", "24 of 5×5", "student")
    assert len(shown(heatmap)) < 24
    return heatmap


def shown(heatmap: Heatmap) -> list[int]:
    """Return the numbers of the kernels that are seen."""
    return [number for number in range(24) if not heatmap.cell_rect(*divmod(number, 3), 0, 0).isEmpty()]


def click_on_the_count(heatmap: Heatmap) -> None:
    QTest.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(heatmap.width() - 8, 6))


def assert_colours(heatmap: Heatmap) -> None:
    colours = colour_map(True)
    for number in shown(heatmap):
        for place in ((0, 0), (4, 2)):
            index = (*divmod(number, 3), *place)
            value = np.array([[[VALUES[index]]]])
            (entry,) = to_index(value, (-1.0, 1.0)).ravel().tolist()
            near = ground_of(heatmap, *index)
            assert np.abs(np.array(near.getRgb()[:3]) - colours.rgb[entry]).max() <= 2


def test_a_click_on_the_count_shows_the_others(many: Heatmap) -> None:
    count, seen = len(shown(many)), set[int]()
    for page in range(-(-24 // count)):
        now = shown(many)
        assert len(now) == count
        assert now[0] == min(page * count, 24 - count)
        assert_colours(many)
        seen |= set(now)
        click_on_the_count(many)
    assert seen == set(range(24))
    assert shown(many)[0] == 0


def test_a_tip_says_how(many: Heatmap, show_heatmap: ShowHeatmap) -> None:
    count = len(shown(many))
    assert many.toolTip().startswith(f"1 to {count} of 24 are shown.")
    click_on_the_count(many)
    assert many.toolTip().startswith(f"{shown(many)[0] + 1} to ")
    assert show_heatmap(VALUES[:1], size=(240, 240)).toolTip() == ""


def test_the_keyboard_goes_on_to_them(qtbot: QtBot, many: Heatmap) -> None:
    told: list[Cell | None] = []
    many.pointed.connect(told.append)
    many.setFocus()
    for number in range(24):
        qtbot.keyClick(many, Qt.Key.Key_Right if number == 0 else Qt.Key.Key_PageDown)
        assert number in shown(many)
        cell = told[-1]
        assert cell is not None
        assert cell.value == VALUES[(*divmod(number, 3), 0, 0)]
    qtbot.keyClick(many, Qt.Key.Key_PageDown)
    assert 23 in shown(many)
    qtbot.keyClick(many, Qt.Key.Key_PageUp)
    assert told[-1] is not None
    assert told[-1].value == VALUES[7, 1, 0, 0]


def test_the_keyboard_turns_pages(qtbot: QtBot, many: Heatmap) -> None:
    count, seen = len(shown(many)), set[int]()
    many.setFocus()
    qtbot.keyClick(many, Qt.Key.Key_Right)
    for _ in range(-(-24 // count)):
        seen |= set(shown(many))
        qtbot.keyClick(many, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert seen == set(range(24))
    for _ in range(-(-24 // count)):
        qtbot.keyClick(many, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert shown(many)[0] == 0


def test_the_pointer_tells_what_is_under_it(qtbot: QtBot, many: Heatmap) -> None:
    told: list[Cell | None] = []
    many.pointed.connect(told.append)
    click_on_the_count(many)
    number = shown(many)[1]
    index = (*divmod(number, 3), 2, 2)
    qtbot.mouseMove(many, many.cell_rect(*index).center())
    assert told[-1] is not None
    assert told[-1].value == VALUES[index]


def test_a_number_that_is_held_is_seen(many: Heatmap) -> None:
    many.set_pin((7, 2, 0, 0))
    assert 23 in shown(many)
    many.set_pin((0, 0, 1, 1))
    assert 0 in shown(many)


def test_marks_go_with_their_cells(many: Heatmap) -> None:
    field = Field(np.array([[7, 2, 0, 0], [0, 0, 0, 0]]), np.array([1.0, 1.0]), source=True)
    plain = [many.grab().toImage()]
    click_on_the_count(many)
    plain.append(many.grab().toImage())
    many.set_marks(field, veiled=True)
    assert many.grab().toImage() != plain[1]
    many.set_pin((7, 2, 0, 0))
    assert many.grab().toImage() != plain[1]


def test_other_kernels_begin_with_the_first(many: Heatmap) -> None:
    click_on_the_count(many)
    many.set_values(np.zeros((7, 3, 5, 5)))
    assert not many.cell_rect(0, 0, 0, 0).isEmpty()
