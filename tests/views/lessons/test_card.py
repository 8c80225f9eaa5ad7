"""The card on which a scene is told, and the keys that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from convviz.views.editors.number_box import NumberBox
from tests.views.lessons.leading import begin, is_shown, leave

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


def test_keys_that_a_field_needs_stay_its_own(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person)
    box = person.find(NumberBox, "layers.1.stride.vertical")
    box.setFocus()
    box.selectAll()
    person.press("PgUp")
    person.press("Ctrl+Right")
    assert person.window.lessons.index == 0
    assert is_shown(person)


def test_the_keys_of_a_lesson_do_nothing_without_one(open_window: OpenWindow) -> None:
    person = open_window()
    for name in ("lesson_back", "lesson_next", "lesson_leave"):
        assert not person.find(QAction, name).isEnabled()
    begin(person)
    assert not person.find(QAction, "lesson_back").isEnabled()
    assert not person.find(QPushButton, "lesson.back").isEnabled()
    assert person.find(QAction, "lesson_next").isEnabled()
    leave(person)
    assert not person.find(QAction, "lesson_next").isEnabled()


def test_the_card_is_there_first_and_the_experiment_of_its_scene_follows(open_window: OpenWindow) -> None:
    person = open_window()
    own = person.document.experiment
    person.window.open_lesson("stride")
    assert is_shown(person)
    assert person.document.experiment is own  # to change it takes as long as all else
    assert not person.window.has_lesson
    person.sees(lambda: person.window.has_lesson)
    assert person.document.experiment is not own
    leave(person)
    person.window.open_lesson("stride")
    person.press("Esc")  # before anything followed
    assert not is_shown(person)
    person.session.step()
    person.sees_step(1)
    assert person.document.experiment is own


def test_a_narrow_window_stays_as_wide_as_it_is(open_window: OpenWindow) -> None:
    person = open_window(size=(800, 700))
    begin(person)
    assert (person.window.width(), person.window.height()) == (800, 700)
    assert not person.find(QWidget, "inspector").isVisible()


def test_the_language_changes_within_a_scene(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person)
    english = person.find(QLabel, "lesson.text").text()
    person.window.set_language("zh_CN")
    assert person.find(QLabel, "lesson.text").text() != english
    assert person.find(QPushButton, "lesson.next").text() == "下一页"
    assert person.find(QAction, "lesson_next").text() == "下一页"


def test_the_card_is_told_to_those_who_listen(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person)
    card = person.find(QWidget, "lesson")
    assert card.accessibleName() == "Stride and what it leaves out"
    assert card.accessibleDescription().startswith("1 of 7. Layer 2 slides")
    assert "Set the stride of layer 2 to 2." in card.accessibleDescription()
    leave_button = person.find(QToolButton, "lesson.leave")
    assert leave_button.accessibleName() == "Leave the lesson"


def test_the_tab_key_comes_to_the_buttons_of_the_card_before_the_picture(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person)
    person.press("Ctrl+Right")
    person.sees(lambda: person.window.has_lesson)
    person.find(QPushButton, "lesson.back").setFocus(Qt.FocusReason.TabFocusReason)
    names = []
    for _ in range(3):
        widget = person.window.focusWidget()
        assert widget is not None
        names.append(widget.objectName())
        person.press("Tab")
    assert names == ["lesson.back", "lesson.next", "lesson.leave"]
