"""What keys mean once something has been typed into a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QLabel, QLineEdit, QWidget

from convviz.engine.frames import State
from convviz.model.files import load_builtin
from convviz.views.heatmap import Heatmap

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

RATE = "optimizer.learning_rate"


@pytest.fixture
def person(open_window: OpenWindow) -> Person:
    """Somebody who looks at the settings of the training, at a speed that leaves time for it."""
    person = open_window(speed=200)
    person.look_at("training")
    return person


def focused() -> str:
    widget = QApplication.focusWidget()
    return "" if widget is None else widget.objectName()


def type_key_by_key(person: Person, name: str, text: str) -> QAbstractSpinBox:
    field = person.find(QAbstractSpinBox, name)
    field.setFocus()
    person.press("Ctrl+A")
    QTest.keyClicks(field, text)
    return field


def rate(person: Person) -> float:
    return person.document.experiment.optimizer.learning_rate


def test_enter_then_space_plays_with_the_new_rate(person: Person) -> None:
    field = type_key_by_key(person, RATE, "2e-5")
    person.press("Return")
    assert rate(person) == 2e-5
    assert not field.hasFocus()
    person.press("Space")
    person.sees_state(State.RUNNING)
    person.press("R")
    person.sees(lambda: person.session.status.state is State.PAUSED and person.session.status.step == 0)
    person.press(".")
    person.sees_step(1)
    assert field.text() == "2e-5"


def test_space_alone_takes_the_number_and_plays(person: Person) -> None:
    field = type_key_by_key(person, RATE, "2e-5")
    person.press("Space")
    assert rate(person) == 2e-5
    person.sees_state(State.RUNNING)
    assert not field.hasFocus()
    person.press("Space")
    person.sees_state(State.PAUSED)
    assert field.text() == "2e-5"


def test_escape_restores_and_leaves_the_field(person: Person) -> None:
    before = rate(person)
    field = type_key_by_key(person, RATE, "7")
    person.press("Esc")
    assert field.text() == "3e-5"
    assert not field.hasFocus()
    person.press("Space")
    person.sees_state(State.RUNNING)
    assert rate(person) == before


@pytest.mark.parametrize("key", ["Return", "Space"])
def test_what_is_no_number_keeps_the_focus(person: Person, key: str) -> None:
    before = rate(person)
    field = type_key_by_key(person, RATE, "1/0")
    person.press(key)
    assert person.find(QLabel, "inspector.note").isVisible()
    assert field.hasFocus()
    assert rate(person) == before
    assert person.session.status.state is State.PAUSED
    QTest.keyClicks(field, "2e-5")
    assert field.text() == "2e-5"


def test_a_number_that_is_impossible_here_keeps_the_focus(person: Person) -> None:
    person.look_at("layer", 0)
    field = type_key_by_key(person, "layers.0.kernel.vertical", "99")
    person.press("Return")
    assert person.find(QLabel, "inspector.note").isVisible()
    assert field.hasFocus()
    assert field.text() == "3"


@pytest.mark.parametrize("key", ["Return", "Space"])
@pytest.mark.parametrize("typed", ["0.1", "1/3", "1e-50"])
@pytest.mark.parametrize("name", ["layers.0.weight.cells.value", "layers.0.bias.cells.value"])
def test_a_number_that_is_rounded_is_taken(open_window: OpenWindow, name: str, typed: str, key: str) -> None:
    person = open_window(load_builtin("demo").replace(dtype="float32"), speed=200)
    person.look_at("layer", 0)
    for _ in range(2):  # the second time, it is rounded to what is there
        field = type_key_by_key(person, name, typed)
        person.press(key)
        assert not field.hasFocus()
    assert not person.find(QLabel, "inspector.note").isVisible()
    field = type_key_by_key(person, name, "1e300")
    person.press(key)
    assert person.find(QLabel, "inspector.note").isVisible()
    assert field.hasFocus()


@pytest.mark.parametrize("first", [(), ("Return",), ("Esc",)])
def test_tab_goes_on_to_the_next_field(person: Person, first: tuple[str, ...]) -> None:
    type_key_by_key(person, RATE, "2e-5")
    for key in (*first, "Tab"):
        person.press(key)
    assert focused() == f"{RATE}.slider"
    person.press("Shift+Tab")
    assert focused() == RATE


def test_tab_after_another_key_begins_at_the_picture(person: Person) -> None:
    type_key_by_key(person, RATE, "2e-5")
    for key in ("Return", ".", "Tab"):
        person.press(key)
    inspector = person.find(QWidget, "inspector")
    assert not inspector.isAncestorOf(QApplication.focusWidget())


def test_the_microscope_takes_the_space_bar_that_ends_typing(person: Person) -> None:
    person.press("M")
    person.look_at("training")
    type_key_by_key(person, RATE, "2e-5")
    person.press("Space")
    assert rate(person) == 2e-5
    assert person.session.status.state is State.PAUSED
    person.press("Space")
    assert person.button("microscope.pause").isVisible()
    assert person.session.status.state is State.PAUSED


def test_the_number_of_steps_lets_go_of_the_keys(person: Person) -> None:
    field = type_key_by_key(person, "run_length", "7")
    person.press("Return")
    assert not field.hasFocus()
    person.press("N")
    person.sees_step(7)
    type_key_by_key(person, "run_length", "50")
    person.press("Esc")
    assert (person.preferences.run_length, field.text()) == (7, "7")
    assert not field.hasFocus()
    type_key_by_key(person, "run_length", "0")
    person.press("Return")
    assert field.hasFocus()
    assert field.text() == "7"


def test_a_name_lets_go_of_the_keys(person: Person) -> None:
    line = person.find(QLineEdit, "name")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "A b")
    person.press("Return")
    assert person.document.experiment.name == "A b"
    assert not line.hasFocus()
    person.press("Space")
    person.sees_state(State.RUNNING)


def test_escape_leaves_the_full_screen_after_all_else(person: Person) -> None:
    person.press("F11")
    assert person.window.isFullScreen()
    heatmap = person.find(Heatmap, "pipeline.map1")
    person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.cell_rect(0, 2, 2).center())
    assert person.find(QAction, "let_go").isEnabled()
    person.press("Esc")
    assert not person.find(QAction, "let_go").isEnabled()
    person.press("M")
    person.press("Esc")
    assert not person.button("microscope").isChecked()
    person.look_at("training")
    field = type_key_by_key(person, RATE, "7")
    person.press("Esc")
    assert field.text() == "3e-5"
    assert person.window.isFullScreen()
    person.press("Esc")
    assert not person.window.isFullScreen()
    assert not person.find(QAction, "full_screen").isChecked()
