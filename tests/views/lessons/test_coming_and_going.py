"""A lesson takes nothing away: what was there before it is there after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFileDialog, QLabel, QMenu, QMessageBox, QStackedWidget, QToolButton, QWidget

from convviz.model.files import load_builtin, read_experiment, write_experiment
from convviz.model.lessons.library import find_lesson, lesson_titles
from convviz.model.lessons.reading import read_lesson
from convviz.resources import lesson_files
from convviz.views.editors.number_box import NumberBox
from convviz.views.panels.inspector import Inspector
from convviz.views.panels.microscope import Microscope
from tests.views.hands import type_over
from tests.views.lessons.leading import begin, is_shown, leave

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow


def test_the_menu_names_the_lessons_and_begins_one(open_window: OpenWindow) -> None:
    person = open_window()
    menu = person.find(QMenu, "menu_lessons")
    assert menu.actions() == []
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == list(lesson_titles().values())
    person.find(QAction, "lesson_backward").trigger()
    person.sees(lambda: person.window.has_lesson)
    assert person.find(QLabel, "lesson.title").text() == lesson_titles()["backward"]


def test_the_run_the_edits_and_the_selection_are_back_after_a_lesson(open_window: OpenWindow) -> None:
    person = open_window()
    person.look_at("layer", 1)
    type_over(person.find(NumberBox, "layers.1.stride.vertical"), "1")
    person.press("Ctrl+Z")
    type_over(person.find(NumberBox, "layers.1.stride.vertical"), "3")
    own, title = person.document.experiment, person.window.windowTitle()
    person.session.run(25)
    person.sees_step(25)
    frame = person.session.frame
    assert frame is not None
    begin(person)
    assert person.document.experiment is not own
    assert not person.document.is_modified
    assert not person.document.undo_stack.canUndo()
    person.press("Ctrl+Right")
    person.sees(lambda: person.window.has_lesson)
    type_over(person.find(NumberBox, "layers.1.stride.vertical"), "4")
    person.press(".")
    leave(person)
    assert person.document.experiment is own
    assert person.document.is_modified
    assert person.window.windowTitle() == title
    person.sees_step(25)
    back = person.session.frame
    assert back is not None
    assert back.loss == frame.loss
    assert (back.output == frame.output).all()
    selection = person.find(Inspector, "inspector").selection()
    assert (selection.kind, selection.index) == ("layer", 1)
    assert not person.document.undo_stack.canRedo()
    person.press("Ctrl+Z")
    assert person.document.experiment.layers[1].stride == (2, 2)


def test_the_same_experiment_in_a_lesson_is_another_run(open_window: OpenWindow) -> None:
    start = read_lesson(find_lesson("learning-rate")).scenes[0].start
    assert start is not None
    person = open_window(start.experiment)
    own = person.document.experiment
    person.session.run(7)
    person.sees_step(7)
    begin(person, "learning-rate")
    assert person.document.experiment == own
    person.sees_step(0)
    leave(person)
    person.sees_step(7)
    assert person.document.experiment is own


@pytest.mark.parametrize(("key", "mode"), [("M", "microscope"), ("Shift+L", "landscape")])
def test_what_was_looked_at_is_looked_at_again(open_window: OpenWindow, key: str, mode: str) -> None:
    person = open_window()
    person.session.run(30)
    person.sees_step(30)
    person.session.show_step(12)
    person.sees(lambda: person.session.status.shown == 12)
    person.press(key)
    begin(person)
    assert person.session.status.shown is None
    assert not person.find(QToolButton, mode).isChecked()
    leave(person)
    person.sees(lambda: person.session.status.shown == 12)
    person.sees(lambda: person.find(QToolButton, mode).isChecked())
    assert person.session.status.step == 30


def test_a_lesson_that_begins_before_all_is_back_does_not_get_what_was_looked_at_before_the_other(
    open_window: OpenWindow,
) -> None:
    person = open_window()
    person.session.run(30)
    person.sees_step(30)
    person.session.show_step(12)
    person.sees(lambda: person.session.status.shown == 12)
    person.press("M")
    begin(person, "learning-rate")
    person.click("lesson.leave")
    begin(person, "learning-rate")
    person.press("Ctrl+Right")
    person.sees(lambda: person.window.has_lesson)
    assert person.session.status.shown is None
    assert not person.find(QToolButton, "microscope").isChecked()
    leave(person)
    person.sees(lambda: person.session.status.shown == 12)
    person.sees(lambda: person.find(QToolButton, "microscope").isChecked())


def test_the_branches_of_a_run_are_back_after_a_lesson(open_window: OpenWindow) -> None:
    person = open_window()
    branch = person.find(QToolButton, "branches")
    person.session.run(30)
    person.sees_step(30)
    person.session.show_step(12)
    person.sees(lambda: person.session.status.shown == 12)
    person.press("C")
    person.sees_step(12)
    person.session.run(5)
    person.sees_step(17)
    assert branch.text() == "2/2"
    begin(person)
    assert branch.text() == "1/1"
    leave(person)
    person.sees_step(17)
    assert branch.text() == "2/2"
    person.press("Alt+Up")
    person.sees_step(30)


def test_escape_lets_go_then_leaves_the_lesson_then_the_full_screen(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("F9")  # or the window would be wider than the screen that there is in a test
    person.press("F11")
    assert person.window.isFullScreen()
    begin(person, "convolution")
    person.press("M")
    assert person.find(QToolButton, "microscope").isChecked()
    person.press("Esc")
    assert not person.find(QToolButton, "microscope").isChecked()
    assert is_shown(person)
    person.press("Esc")
    assert not is_shown(person)
    assert person.window.isFullScreen()
    person.press("Esc")
    assert not person.window.isFullScreen()


def test_saving_in_a_lesson_leaves_the_person_s_file_alone(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    path = tmp_path / "mine.json"
    person.document.save(path)
    before = path.read_bytes()
    begin(person)
    person.press("Ctrl+S")
    dialog = person.dialog(QFileDialog, "save_dialog")
    dialog.fileSelected.emit(str(tmp_path / "lesson.json"))
    dialog.close()
    assert read_experiment(tmp_path / "lesson.json") == person.document.experiment
    leave(person)
    assert person.document.path == path
    assert not person.document.is_modified
    assert path.read_bytes() == before


def test_closing_in_a_lesson_asks_about_the_person_s_own_changes(open_window: OpenWindow) -> None:
    person = open_window()
    person.look_at("layer", 0)
    type_over(person.find(NumberBox, "layers.0.stride.vertical"), "2")
    begin(person)
    person.window.close()
    box = person.dialog(QMessageBox, "unsaved_changes")
    assert "Two convolutions" in box.text()
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert not is_shown(person)
    assert person.window.isVisible()


def test_edits_of_a_lesson_are_not_asked_about(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person)
    type_over(person.find(NumberBox, "layers.1.stride.vertical"), "2")
    assert person.document.is_modified
    person.window.close()
    assert person.window.findChild(QMessageBox, "unsaved_changes") is None
    assert not person.window.isVisible()


def test_opening_an_experiment_leaves_the_lesson(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    write_experiment(tmp_path / "edges.json", load_builtin("edges"))
    begin(person)
    person.find(QMenu, "menu_new")
    person.find(QAction, "new_edges").trigger()
    person.sees(lambda: not is_shown(person) and not person.session.is_waiting)
    assert person.document.experiment.name == "Which kernel finds edges?"
    assert not person.document.is_borrowed


def test_another_lesson_takes_the_place_of_the_one_before(open_window: OpenWindow) -> None:
    person = open_window()
    own = person.document.experiment
    begin(person, "backward")
    person.press("M")
    begin(person, "learning-rate")
    assert person.find(QLabel, "lesson.title").text() == "The learning rate"
    assert not person.find(QToolButton, "microscope").isChecked()
    leave(person)
    assert person.document.experiment is own


def test_a_setting_changed_on_the_way_does_not_change_the_numbers_of_the_next_scene(open_window: OpenWindow) -> None:
    """The steps of a scene are those of its own experiment, though the rate was another for a while."""
    person = open_window()
    begin(person, "learning-rate")
    for _ in range(5):
        person.press("Ctrl+Right")
    person.sees(lambda: person.window.has_lesson)
    person.sees_step(1)
    type_over(person.find(NumberBox, "optimizer.learning_rate"), "0.001")
    person.press(".")
    person.sees_step(2)
    type_over(person.find(NumberBox, "optimizer.learning_rate"), "0.012")
    person.press("Ctrl+Right")
    person.sees(lambda: person.window.has_lesson)
    person.sees_step(20)
    assert 4e12 < person.session.status.loss < 4.5e12


def test_escape_after_the_landscape_leads_back_to_the_scene_s_microscope(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person, "backward")
    person.press("Ctrl+Right")  # to a scene under the microscope
    person.sees(lambda: person.window.has_lesson)
    microscope, stage = person.find(Microscope, "microscope"), person.find(QStackedWidget, "stage")
    person.press("Right")
    before = (microscope.layer, microscope.back, microscope.phase, microscope.position)
    assert before[1]
    person.press("Shift+L")
    assert stage.currentWidget() is not microscope
    person.press(".")
    person.sees_step(1)
    person.press("Esc")
    assert stage.currentWidget() is microscope
    assert (microscope.layer, microscope.back, microscope.phase, microscope.position) == before
    assert person.find(QAction, "microscope").isChecked()
    assert not person.find(QAction, "landscape").isChecked()
    assert is_shown(person)
    person.press("Esc")
    assert stage.currentWidget().objectName() == "pipeline"
    assert is_shown(person)
    person.press("Esc")
    assert not is_shown(person)


def test_a_scene_under_the_microscope_leads_back_to_the_network_whatever_was_shown_before_it(
    open_window: OpenWindow,
) -> None:
    person = open_window()
    begin(person, "backward")
    person.press("Shift+L")
    person.press("Ctrl+Right")
    person.sees(lambda: person.window.has_lesson)
    stage = person.find(QStackedWidget, "stage")
    assert stage.currentWidget() is person.find(Microscope, "microscope")
    person.press("Esc")
    assert stage.currentWidget().objectName() == "pipeline"


def test_the_controls_that_a_scene_speaks_of_are_shown_and_hidden_again(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("F9")
    assert not person.find(QWidget, "inspector").isVisible()
    begin(person)
    assert person.find(QWidget, "field.layers.1.stride").isVisible()
    leave(person)
    assert not person.find(QWidget, "inspector").isVisible()


def test_a_lesson_file_of_one_s_own_is_opened_and_a_wrong_one_refused(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    data = json.loads(lesson_files()["stride"].read_text("utf-8"))
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps({**data, "title": "My own"}), "utf-8")
    bad.write_text(json.dumps({**data, "titel": "My own"}), "utf-8")
    person.find(QAction, "open_lesson").trigger()
    dialog = person.dialog(QFileDialog, "lesson_dialog")
    dialog.fileSelected.emit(str(bad))
    assert "bad.json: titel: unknown entry; did you mean title?" in person.find(QLabel, "banner_text").text()
    assert not is_shown(person)
    dialog.fileSelected.emit(str(good))
    person.sees(lambda: person.window.has_lesson)
    assert person.find(QLabel, "lesson.title").text() == "My own"
    assert not person.find(QWidget, "banner").isVisible()
    dialog.close()


@pytest.mark.parametrize("moment", ["at once", "on the way"])
def test_leaving_works_at_every_moment(open_window: OpenWindow, moment: str) -> None:
    person = open_window()
    own = person.document.experiment
    person.window.open_lesson("learning-rate")
    if moment == "on the way":
        for _ in range(6):
            person.press("Ctrl+Right")
    person.window.lessons.leave()
    person.sees(lambda: not person.session.is_waiting)
    assert person.document.experiment is own
    assert not person.window.has_lesson
    person.sees_step(0)


def test_the_microscope_plays_and_the_task_is_done_meanwhile(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person, "backward")
    for _ in range(2):
        person.press("Ctrl+Right")
        person.sees(lambda: person.window.has_lesson)
    microscope = person.find(Microscope, "microscope")
    person.press("Space")
    person.press("3")
    person.sees(lambda: person.window.lessons.is_done)
    assert microscope.is_playing
