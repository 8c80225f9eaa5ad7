from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtTest import QTest

from convviz.views.editors.number_box import NumberBox, Range
from tests.views.hands import turn, type_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtWidgets import QWidget

    Make = Callable[..., tuple[NumberBox, list[tuple[object, str]]]]


@pytest.fixture
def make(show: Callable[[QWidget], QWidget]) -> Make:
    def made(value: float | None, **limits: object) -> tuple[NumberBox, list[tuple[object, str]]]:
        box = NumberBox("n", Range(**limits))
        box.set_value(value)
        edits: list[tuple[object, str]] = []
        box.edited.connect(lambda new, merge: edits.append((new, merge)))
        show(box)
        return box, edits

    return made


def test_typing_is_told_once_it_is_finished(make: Make) -> None:
    box, edits = make(1.0)
    type_over(box, "3e-5", then=None)
    assert edits == []
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert edits == [(3e-5, "")]
    assert box.text() == "3e-5"
    type_over(box, "1/4", then=Qt.Key.Key_Tab)
    assert edits[1:] == [(0.25, "")]


def test_escape_restores_what_was_there(make: Make) -> None:
    box, edits = make(0.5)
    type_over(box, "7", then=Qt.Key.Key_Escape)
    assert box.text() == "0.5"
    box.clearFocus()
    assert edits == []


def test_leaving_a_box_alone_keeps_digits_that_are_not_shown(make: Make) -> None:
    box, edits = make(1 / 3)
    assert box.text() == "0.333333"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert edits == []
    assert box.value() == 1 / 3


def test_what_is_no_number_is_refused(make: Make) -> None:
    box, edits = make(2, integer=True)
    refused: list[str] = []
    box.refused.connect(refused.append)
    type_over(box, "two")
    type_over(box, "2.5")
    type_over(box, "")
    assert edits == []
    assert box.text() == "2"
    assert len(refused) == 3
    assert "'two' is not a whole number" in refused[0]
    assert "'2.5' is not a whole number" in refused[1]


def test_an_optional_box_may_be_empty(make: Make) -> None:
    box, edits = make(5, integer=True, optional=True, minimum=1)
    type_over(box, "")
    assert edits == [(None, "")]
    assert box.text() == ""
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert edits[1][0] == 1


def test_arrow_keys_step_within_the_range(make: Make) -> None:
    box, edits = make(2, integer=True, minimum=1, maximum=3)
    box.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(box, key)
    assert [value for value, _ in edits] == [3, 2, 1]
    assert len({merge for _, merge in edits}) == 3  # every press is a movement of its own


def test_large_whole_numbers_are_whole(make: Make) -> None:
    box, edits = make(2**32 - 2, integer=True, minimum=0, maximum=2**32 - 1)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert edits[0][0] == 2**32 - 1
    assert isinstance(edits[0][0], int)
    type_over(box, "4000000000")
    assert edits[1][0] == 4_000_000_000


def test_the_wheel_turns_only_a_box_with_the_focus(make: Make) -> None:
    box, edits = make(5, integer=True)
    assert not turn(box).isAccepted()  # so that Qt gives it to the panel, which scrolls
    assert edits == []
    box.setFocus()
    assert turn(box, 1).isAccepted()
    turn(box, 2)
    assert [value for value, _ in edits] == [6, 8]
    assert len({merge for _, merge in edits}) == 1  # one turn of the wheel


def test_undo_belongs_to_the_document_unless_something_is_typed(make: Make) -> None:
    box, _ = make(5, integer=True)
    window = box.window()
    assert window is not None
    undone: list[bool] = []
    QShortcut(QKeySequence.StandardKey.Undo, window).activated.connect(lambda: undone.append(True))
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keySequence(box, QKeySequence(QKeySequence.StandardKey.Undo))
    assert undone == [True]
    QTest.keyClicks(box, "12")
    QTest.keySequence(box, QKeySequence(QKeySequence.StandardKey.Undo))
    assert undone == [True]
    assert box.text() != "12"


def test_setting_a_value_tells_nobody(make: Make) -> None:
    box, edits = make(5, integer=True)
    box.set_value(6)
    box.set_value(None)
    assert edits == []
