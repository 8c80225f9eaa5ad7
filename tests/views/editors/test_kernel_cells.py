"""The cells of a kernel under the keys, the wheel and the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from convviz.views.editors.number_box import NumberBox
from tests.views.hands import drag, turn, type_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.views.editors.hand import Hand

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_typing_replaces_a_number_and_goes_on(hand: Hand) -> None:
    hand.click(0, 0)
    hand.keys("1,5", Qt.Key.Key_Tab)
    hand.keys("-2", Qt.Key.Key_Tab)
    hand.keys("1/4", Qt.Key.Key_Return)
    hand.keys(".5", Qt.Key.Key_Return)
    np.testing.assert_array_equal(hand.values[0, 0], [[1.5, -2, 0.25], [0, 0, 0.5], [0, 0, 0]])
    assert hand.merges == [""] * 4
    assert hand.grid.current() == (2, 2)


def test_tab_goes_on_to_the_next_row_and_enter_to_the_next_column(hand: Hand) -> None:
    hand.click(0, 2)
    hand.keys("1", Qt.Key.Key_Tab)
    assert hand.grid.current() == (1, 0)
    hand.click(2, 0)
    hand.keys("2", Qt.Key.Key_Return)
    assert hand.grid.current() == (0, 1)
    hand.keys("3", Qt.Key.Key_Backtab)
    assert hand.grid.current() == (0, 0)


def test_escape_restores(hand: Hand) -> None:
    hand.click(1, 1)
    hand.keys("7", Qt.Key.Key_Escape)
    assert hand.line() is None
    assert hand.merges == []
    assert hand.grid.hasFocus()


def test_enter_and_a_double_click_edit_all_digits(at: Callable[..., Hand]) -> None:
    hand = at(np.full((1, 1, 2, 2), 1 / 3))
    hand.click(0, 0)
    QTest.keyClick(hand.grid, Qt.Key.Key_Return)
    line = hand.line()
    assert line is not None
    assert float(line.text()) == 1 / 3
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert hand.merges == []  # the same number is no edit
    QTest.mouseDClick(hand.grid, Qt.MouseButton.LeftButton, pos=hand.spot(1, 1))
    line = hand.line()
    assert line is not None
    assert line.selectedText() == line.text()


def test_clicking_elsewhere_takes_what_was_typed(hand: Hand) -> None:
    hand.click(0, 0)
    QTest.keyClicks(hand.grid, "4")
    hand.click(2, 2)
    assert hand.values[0, 0, 0, 0] == 4
    assert hand.line() is None
    assert hand.grid.current() == (2, 2)


def test_what_is_no_number_is_refused_and_the_cell_stays(hand: Hand) -> None:
    hand.click(0, 0)
    hand.keys("1..2", Qt.Key.Key_Return)
    assert hand.refused == ["'1..2' is not a number such as 0.5, 3e-5 or 1/9"]
    assert hand.values[0, 0, 0, 0] == 0


def test_arrow_keys_move_and_stop_at_the_edge(hand: Hand) -> None:
    hand.click(0, 0)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(hand.grid, key)
    assert hand.grid.current() == (1, 2)
    assert hand.merges == []


def test_keys_step_and_clear(hand: Hand) -> None:
    hand.click(1, 1)
    QTest.keyClick(hand.grid, Qt.Key.Key_PageUp)
    QTest.keyClick(hand.grid, Qt.Key.Key_PageUp, CTRL)
    QTest.keyClick(hand.grid, Qt.Key.Key_PageDown, SHIFT)
    assert hand.values[0, 0, 1, 1] == 1.09
    QTest.keyClick(hand.grid, Qt.Key.Key_Delete)
    assert hand.values[0, 0, 1, 1] == 0
    assert len(set(hand.merges[:3])) == 3


def test_the_wheel_steps_the_cell_under_the_pointer(hand: Hand) -> None:
    hand.click(0, 0)
    assert turn(hand.grid, 1, hand.spot(2, 1)).isAccepted()
    turn(hand.grid, 2, hand.spot(2, 1))
    assert hand.values[0, 0, 2, 1] == pytest.approx(0.3)
    assert len(set(hand.merges)) == 1  # one turn is one undo command
    turn(hand.grid, -1, hand.spot(2, 1), held=SHIFT)
    turn(hand.grid, 1, hand.spot(2, 1), held=CTRL)
    assert hand.values[0, 0, 2, 1] == pytest.approx(1.29)
    turn(hand.grid, 1, hand.spot(0, 1))
    assert hand.merges[-1] != hand.merges[0]


def test_the_wheel_needs_no_click_where_the_pointer_was_put(hand: Hand) -> None:
    QTest.mouseMove(hand.grid, hand.spot(1, 1))
    assert turn(hand.grid, 1, hand.spot(1, 1)).isAccepted()
    assert hand.values[0, 0, 1, 1] == 0.1


def test_the_wheel_changes_nothing_that_was_scrolled_under_the_pointer(hand: Hand) -> None:
    assert not turn(hand.grid, 1, hand.spot(1, 1)).isAccepted()
    QTest.mouseMove(hand.grid, hand.spot(1, 1))
    assert not turn(hand.grid, 1, hand.spot(2, 2)).isAccepted()  # not where the pointer was last moved to
    assert hand.merges == []


def test_a_drag_is_one_movement(hand: Hand) -> None:
    drag(hand.grid, hand.spot(1, 0), QPoint(0, -50), moves=10)
    assert hand.values[0, 0, 1, 0] == pytest.approx(1.0)
    assert len(hand.merges) == 10
    assert len(set(hand.merges)) == 1
    drag(hand.grid, hand.spot(1, 0), QPoint(0, 25), moves=5)
    assert hand.values[0, 0, 1, 0] == pytest.approx(0.5)
    assert hand.merges[-1] != hand.merges[0]


def test_escape_takes_a_drag_back(at: Callable[..., Hand]) -> None:
    hand = at(np.full((1, 1, 2, 2), 1 / 3))
    drag(hand.grid, hand.spot(0, 0), QPoint(0, -30), let_go=False)
    assert hand.values[0, 0, 0, 0] != 1 / 3
    QTest.keyClick(hand.grid, Qt.Key.Key_Escape)
    assert hand.values[0, 0, 0, 0] == 1 / 3
    assert len(set(hand.merges)) == 1
    QTest.mouseMove(hand.grid, hand.spot(1, 1))
    assert hand.values[0, 0, 0, 0] == 1 / 3
    QTest.mouseRelease(hand.grid, Qt.MouseButton.LeftButton, pos=hand.spot(1, 1))


def test_a_click_changes_nothing(hand: Hand) -> None:
    hand.click(0, 1)
    assert hand.merges == []
    assert hand.grid.current() == (0, 1)


def test_a_refused_change_leaves_the_old_number(hand: Hand) -> None:
    hand.accept = False
    hand.click(0, 0)
    hand.keys("5", Qt.Key.Key_Return)
    assert hand.find(NumberBox, "k.cells.value").value() == 0


def test_the_value_of_the_cell_is_shown_and_typed_with_all_digits(at: Callable[..., Hand]) -> None:
    hand = at(np.arange(9.0).reshape(1, 1, 3, 3) / 7)
    hand.click(1, 2)
    box = hand.find(NumberBox, "k.cells.value")
    assert box.value() == 5 / 7
    type_over(box, "0.123456789012345")
    assert hand.values[0, 0, 1, 2] == 0.123456789012345
