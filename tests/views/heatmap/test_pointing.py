"""The cells of a heatmap under the pointer and the keys, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.heatmap import Cell, Heatmap, cell_text

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.views.heatmap.conftest import ShowHeatmap

RNG = np.random.default_rng(5)


def pointed_at(heatmap: Heatmap) -> list[Cell | None]:
    told: list[Cell | None] = []
    heatmap.pointed.connect(told.append)
    return told


def test_the_cell_under_the_pointer_is_told_exactly(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(8, 6))
    heatmap = show_heatmap(values)
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(3, 5).center())
    cell = told[-1]
    assert cell is not None
    assert (cell.name, cell.row, cell.column, cell.channel) == ("map1", 3, 5, 0)
    assert cell.value == values[3, 5]
    assert cell_text(cell) == f"Map 1 8×6, row 4, column 6: {format_number(values[3, 5], 8)}"


def test_every_pixel_of_a_cell_belongs_to_it(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(RNG.normal(size=(37, 50)))  # cells of 4 and 5 pixels
    told = pointed_at(heatmap)
    for index in ((0, 0), (36, 49), (17, 23), (18, 24)):
        rect = heatmap.cell_rect(*index)
        for corner in (rect.topLeft(), rect.bottomRight()):
            qtbot.mouseMove(heatmap, corner)
            assert told[-1] is not None
            assert told[-1].index == index


def test_the_cell_over_which_a_drag_from_another_heatmap_ends_is_told_without_a_move(
    qtbot: QtBot, show_heatmap: ShowHeatmap
) -> None:
    first = show_heatmap(RNG.normal(size=(8, 8)))
    pair = QWidget()
    qtbot.addWidget(pair)
    second = Heatmap("map2")
    second.set_values(RNG.normal(size=(8, 8)))
    row = QHBoxLayout(pair)
    for heatmap in (first, second):
        heatmap.setFixedSize(240, 320)
        row.addWidget(heatmap)
    with qtbot.waitExposed(pair):
        pair.show()
    told = pointed_at(second)
    window, left, held = pair.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    start = first.mapTo(pair, first.cell_rect(2, 2).center())
    end = second.mapTo(pair, second.cell_rect(3, 5).center())
    QTest.mouseMove(window, start)
    QTest.mousePress(window, left, held, start)
    QTest.mouseMove(window, end)
    assert told == []  # the pointer is the first one's as long as the button is held
    QTest.mouseRelease(window, left, held, end)
    assert told[-1] is not None
    assert (told[-1].row, told[-1].column) == (3, 5)


def test_leaving_lets_go(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(RNG.normal(size=(8, 8)))
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(1, 1).center())
    qtbot.mouseMove(heatmap, QPoint(3, 3))
    assert told[-1] is None
    assert len(told) == 2


def test_new_values_under_a_resting_pointer_are_told(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((4, 4)), (-1.0, 1.0))
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(2, 1).center())
    newer = np.arange(16.0).reshape(4, 4) / 16
    heatmap.set_values(newer, (-1.0, 1.0))
    assert told[-1] is not None
    assert told[-1].value == newer[2, 1]
    heatmap.set_values(newer * 2, (-2.0, 2.0))  # another scale
    assert told[-1].value == 2 * newer[2, 1]
    heatmap.set_values(np.zeros((3, 3)))  # another shape: no cell is pointed at any more
    assert told[-1] is None


def test_the_pointed_cell_is_outlined(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((4, 4)), (-1.0, 1.0))
    corner = heatmap.cell_rect(1, 2).topLeft()
    before = heatmap.grab().toImage().pixelColor(corner)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(1, 2).center())
    assert heatmap.grab().toImage().pixelColor(corner) == theme.current().text != before


def test_a_click_tells_the_cell(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(5, 5))
    heatmap = show_heatmap(values)
    with qtbot.waitSignal(heatmap.clicked) as clicked:
        qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.cell_rect(4, 0).center())
    assert clicked.args is not None
    assert clicked.args[0].index == (4, 0)
    with qtbot.assertNotEmitted(heatmap.clicked):
        qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))


def test_the_keyboard_goes_from_cell_to_cell(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(2, 3, 4))
    heatmap = show_heatmap(values)
    told = pointed_at(heatmap)
    key = Qt.Key
    for pressed, place in (
        (key.Key_Right, (0, 0, 0)),  # the first key only shows where one is
        (key.Key_Right, (0, 0, 1)),
        (key.Key_Down, (0, 1, 1)),
        (key.Key_End, (0, 1, 3)),
        (key.Key_Right, (0, 1, 3)),
        (key.Key_PageDown, (1, 1, 3)),
        (key.Key_Home, (1, 1, 0)),
        (key.Key_Up, (1, 0, 0)),
        (key.Key_Left, (1, 0, 0)),
        (key.Key_PageUp, (0, 0, 0)),
    ):
        QTest.keyClick(heatmap, pressed)
        assert told[-1] is not None
        assert told[-1].index == place
        assert told[-1].value == values[place]
    for pressed, signal in ((key.Key_Space, heatmap.clicked), (key.Key_Return, heatmap.opened)):
        with qtbot.waitSignal(signal) as heard:
            QTest.keyClick(heatmap, pressed)
        assert heard.args is not None
        assert heard.args[0].index == (0, 0, 0)
    QTest.keyClick(heatmap, key.Key_Escape)
    assert told[-1] is None


def test_a_key_without_a_name_does_no_harm(qapp: QApplication, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((3, 3)))
    told = pointed_at(heatmap)
    qapp.sendEvent(heatmap, QKeyEvent(QEvent.Type.KeyPress, 0x0100F0F0, Qt.KeyboardModifier.NoModifier))
    assert told == []


def test_screen_readers_are_told(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.array([[1.5, 2.5]]))
    assert heatmap.accessibleName() == "Map 1"
    assert heatmap.accessibleDescription() == "map of something"
    heatmap.activateWindow()
    heatmap.setFocus()
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    assert "row 1, column 2: 2.5" in heatmap.accessibleDescription()


def test_without_values_there_is_no_cell_to_point_at(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(None)
    told = pointed_at(heatmap)
    empty = heatmap.grab().toImage()
    qtbot.mouseMove(heatmap, QPoint(60, 100))
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    assert told == []
    assert heatmap.cell_rect(0, 0).isEmpty()
    heatmap.set_values(np.ones((3, 3)))
    assert heatmap.grab().toImage() != empty


def test_kernels_keep_their_four_indices(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(4, 3, 2, 2))
    heatmap = show_heatmap(values, signed=True)
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(2, 1, 0, 1).center())
    assert told[-1] is not None
    assert told[-1].index == (2, 1, 0, 1)
    assert told[-1].value == values[2, 1, 0, 1]
    assert "filter 3, channel 2, row 1, column 2" in cell_text(told[-1])
