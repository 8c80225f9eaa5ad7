"""Opening and saving, and what becomes of changes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction, QImage
from PyQt6.QtWidgets import QComboBox, QFileDialog, QFrame, QLabel, QMenu, QMessageBox

from convviz.engine import Trainer
from convviz.i18n import tr
from convviz.model.files import builtin_names, load_builtin, read_experiment, write_experiment
from convviz.views.heatmap import Heatmap
from convviz.views.language import speak
from convviz.views.readout import ReadOut
from convviz.views.status_line import StatusLine
from tests.views import hands

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow, Person


def change(person: Person) -> None:
    person.document.propose(
        person.document.experiment.replace(seed=person.document.experiment.seed + 1), "Change the seed"
    )


def choose_file(person: Person, dialog: str, path: Path) -> None:
    """Type a file's name into the dialog of that name and confirm it."""
    hands.choose_file(person.dialog(QFileDialog, dialog), path)


def answer(person: Person, button: QMessageBox.StandardButton) -> None:
    box = person.dialog(QMessageBox, "unsaved_changes")
    person.sees(box.isVisible)
    person.bot.mouseClick(box.button(button), Qt.MouseButton.LeftButton)


def pick(person: Person, name: str) -> None:
    """Choose a built-in experiment in the toolbar."""
    chooser = person.find(QComboBox, "experiment")
    index = chooser.findData(name)
    assert index >= 0
    chooser.setCurrentIndex(index)
    chooser.activated.emit(index)


def test_a_built_in_experiment_is_opened_from_the_toolbar(open_window: OpenWindow) -> None:
    person = open_window()
    pick(person, "channels")
    assert person.document.experiment == load_builtin("channels")
    person.sees(lambda: person.session.frame is not None and person.session.frame.values[1].shape[0] > 1)
    assert person.document.experiment.name in person.window.windowTitle()


def test_the_menu_offers_every_built_in_experiment(open_window: OpenWindow) -> None:
    person = open_window()
    menu = person.find(QMenu, "menu_new")
    chooser = person.find(QComboBox, "experiment")
    assert [action.text() for action in menu.actions()] == [chooser.itemText(i) for i in range(chooser.count())]
    person.find(QAction, "new_pooling").trigger()
    assert person.document.experiment == load_builtin("pooling")
    assert chooser.currentData() == "pooling"


def test_opening_the_same_again_begins_anew(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    pick(person, "demo")
    person.sees_step(0)


def test_save_as_then_save_then_open(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    change(person)
    assert person.window.isWindowModified()
    person.press("Ctrl+S")  # it has no file yet: asks where
    choose_file(person, "save_dialog", tmp_path / "mine.json")
    assert read_experiment(tmp_path / "mine.json") == person.document.experiment
    assert not person.window.isWindowModified()
    assert "mine.json" in person.window.windowTitle()
    change(person)
    person.press("Ctrl+S")
    assert read_experiment(tmp_path / "mine.json") == person.document.experiment
    pick(person, "demo")
    assert "mine.json" not in person.window.windowTitle()
    (recent,) = person.find(QMenu, "menu_recent").actions()
    assert recent.text() == "mine.json"
    recent.trigger()
    assert person.document.path == tmp_path / "mine.json"


def test_a_bad_file_is_refused_with_a_sentence_and_nothing_is_lost(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    before = person.document.experiment
    bad = tmp_path / "bad.json"
    bad.write_text('{"version": 1, "stirde": 3}')
    person.press("Ctrl+O")
    choose_file(person, "open_dialog", bad)
    assert "bad.json" in person.banner_text()
    assert "stirde" in person.banner_text()
    assert person.document.experiment is before
    person.click("step")
    person.sees_step(1)
    person.click("banner_close")
    assert not person.find(QFrame, "banner").isVisible()


def test_a_file_that_cannot_be_written_is_said_and_changes_stay(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    change(person)
    (tmp_path / "folder.json").mkdir()
    person.press("Ctrl+Shift+S")
    dialog = person.dialog(QFileDialog, "save_dialog")
    dialog.fileSelected.emit(str(tmp_path / "folder.json"))
    dialog.reject()
    assert "folder.json" in person.banner_text()
    assert person.document.is_modified
    person.press("Ctrl+S")
    choose_file(person, "save_dialog", tmp_path / "mine.json")
    assert not person.find(QFrame, "banner").isVisible()  # that it failed before is no news any more


def test_the_reason_is_a_sentence_unless_it_begins_with_the_name_of_the_file(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    person = open_window()
    person.document.propose(person.document.experiment.replace(notes="half a character: \ud83d"), "Change the notes")
    person.press("Ctrl+S")
    choose_file(person, "save_dialog", tmp_path / "mine.json")
    assert person.banner_text().endswith("saved. A text of the experiment holds an incomplete character")
    (tmp_path / "empty.json").touch()
    person.press("Ctrl+Z")
    person.press("Ctrl+O")
    choose_file(person, "open_dialog", tmp_path / "empty.json")
    assert person.banner_text().endswith("opened. empty.json: expected text, received an empty file")


def test_an_experiment_that_was_changed_is_not_told_as_the_one_that_was_opened(open_window: OpenWindow) -> None:
    person = open_window()
    chooser, line = person.find(QComboBox, "experiment"), person.find(ReadOut, "pointed")
    before = line.grab().toImage()
    change(person)
    assert (chooser.currentIndex(), chooser.placeholderText()) == (-1, "Two convolutions*")
    assert "not saved" in chooser.toolTip()
    assert line.grab().toImage() != before
    person.press("Ctrl+Z")
    assert chooser.currentData() == "demo"
    assert line.grab().toImage() == before


def test_what_was_made_from_another_is_not_told_as_that_once_it_is_saved(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    person = open_window("dead-relu")
    change(person)
    person.find(QAction, "save_as").trigger()
    choose_file(person, "save_dialog", tmp_path / "mine.json")
    chooser = person.find(QComboBox, "experiment")
    person.sees(lambda: chooser.placeholderText() == "mine.json")
    assert "The bias of −20" not in chooser.toolTip()
    person.document.propose(person.document.experiment.replace(notes="It lives again."), "Change the notes")
    person.find(QAction, "save").trigger()
    assert "It lives again." in chooser.toolTip()


def test_a_picture_of_the_window_is_saved(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(size=(1024, 640))
    person.press("Ctrl+Shift+P")
    choose_file(person, "picture_dialog", tmp_path / "window.png")
    picture = QImage(str(tmp_path / "window.png"))
    assert (picture.width(), picture.height()) == (1024, 640)


def test_closing_without_changes_asks_nothing(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    assert person.window.close()
    assert person.window.findChild(QMessageBox) is None


def test_closing_with_changes_can_be_cancelled(open_window: OpenWindow) -> None:
    person = open_window()
    change(person)
    person.window.close()
    answer(person, QMessageBox.StandardButton.Cancel)
    assert person.window.isVisible()
    person.click("step")
    person.sees_step(1)


def test_a_name_is_shown_as_it_is(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    name = "<b>kernels<b>&amp.json"
    person.press("Ctrl+S")
    choose_file(person, "save_dialog", tmp_path / name)
    change(person)
    person.window.close()
    box = person.dialog(QMessageBox, "unsaved_changes")
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert name in box.text()
    box.button(QMessageBox.StandardButton.Discard).click()


def test_the_dialogs_of_files_speak_the_language_of_the_window(open_window: OpenWindow) -> None:
    person = open_window()
    person.find(QAction, "language_zh_CN").trigger()
    person.press("Ctrl+O")
    dialog = person.dialog(QFileDialog, "open_dialog")
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert shown
    assert not [text for text in shown if text.isascii()]
    dialog.reject()


def test_closing_can_discard_changes(open_window: OpenWindow) -> None:
    person = open_window()
    change(person)
    person.window.close()
    answer(person, QMessageBox.StandardButton.Discard)
    person.sees(lambda: not person.window.isVisible())


def test_closing_can_save_changes_first(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    change(person)
    person.window.close()
    answer(person, QMessageBox.StandardButton.Save)
    choose_file(person, "save_dialog", tmp_path / "kept.json")
    person.sees(lambda: not person.window.isVisible())
    assert read_experiment(tmp_path / "kept.json") == person.document.experiment


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit to the size of files")
def test_a_picture_that_does_not_fit_leaves_the_old_one_and_says_why(open_window: OpenWindow, tmp_path: Path) -> None:
    import resource

    person = open_window()
    old = tmp_path / "window.png"
    old.write_bytes(b"a good picture")
    person.press("Ctrl+Shift+P")
    dialog = person.dialog(QFileDialog, "picture_dialog")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        dialog.fileSelected.emit(str(old))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    dialog.reject()
    assert person.banner_text() == "The file could not be saved. window.png: File too large"
    assert old.read_bytes() == b"a good picture"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("button", [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard])
def test_opening_another_asks_about_changes(
    open_window: OpenWindow, tmp_path: Path, button: QMessageBox.StandardButton
) -> None:
    person = open_window()
    change(person)
    changed = person.document.experiment
    pick(person, "pooling")
    assert person.document.experiment is changed
    answer(person, button)
    chooser = person.find(QComboBox, "experiment")
    if button == QMessageBox.StandardButton.Cancel:
        assert person.document.experiment is changed
        assert chooser.placeholderText() == "Two convolutions*"
    else:
        person.sees(lambda: person.document.experiment == load_builtin("pooling"))


def test_opening_another_is_called_off_where_saving_is(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    change(person)
    changed, chooser = person.document.experiment, person.find(QComboBox, "experiment")
    pick(person, "pooling")
    answer(person, QMessageBox.StandardButton.Save)
    person.dialog(QFileDialog, "save_dialog").reject()
    assert person.document.experiment is changed
    assert (chooser.currentIndex(), chooser.placeholderText()) == (-1, "Two convolutions*")
    person.sees(lambda: person.window.findChild(QFileDialog, "save_dialog") is None)
    person.find(QAction, "save").trigger()
    choose_file(person, "save_dialog", tmp_path / "kept.json")
    assert person.document.experiment is changed
    assert person.document.path == tmp_path / "kept.json"


def test_opening_another_is_called_off_where_nothing_can_be_written(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    person.press("Ctrl+S")
    choose_file(person, "save_dialog", tmp_path / "mine.json")
    shown = person.find(QComboBox, "experiment").currentText()
    change(person)
    (tmp_path / "mine.json").unlink()
    (tmp_path / "mine.json").mkdir()
    pick(person, "pooling")
    answer(person, QMessageBox.StandardButton.Save)
    assert "mine.json" in person.banner_text()
    assert person.document.is_modified
    assert person.find(QComboBox, "experiment").currentText() == shown


def test_an_error_in_the_language_of_the_moment(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    bad = tmp_path / "bad.json"
    write_experiment(bad, load_builtin())
    bad.write_text(bad.read_text().replace('"version": 1', '"version": 99'))
    person.press("Ctrl+O")
    choose_file(person, "open_dialog", bad)
    english = person.banner_text()
    person.find(QAction, "language_zh_CN").trigger()
    assert person.banner_text() != english
    assert "bad.json" in person.banner_text()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", builtin_names())
def test_all_of_what_an_experiment_shows_can_be_read_in_a_small_window(
    open_window: OpenWindow, name: str, language: str
) -> None:
    speak(language)
    person = open_window(name, size=(1024, 640))
    assert person.document.experiment.notes
    line = person.find(ReadOut, "pointed")
    line.grab()
    assert line.toolTip() == ""  # else it would have the whole of it


def test_what_an_experiment_shows_is_told_while_nothing_is_pointed_at(open_window: OpenWindow) -> None:
    person = open_window("dead-relu", size=(1024, 640))
    line = person.find(ReadOut, "pointed")
    told = line.grab().toImage()
    assert line.toolTip() == ""  # there is room for all of it
    assert "The bias of −20" in person.find(QComboBox, "experiment").toolTip()
    cell = person.find(Heatmap, "pipeline.input")
    person.bot.mouseMove(cell, cell.cell_rect(0, 2, 3).center())
    person.sees(lambda: "row 3, column 4" in line.text())
    assert line.grab().toImage() != told
    person.bot.mouseMove(cell, QPoint(1, 1))
    person.sees(lambda: line.text() == "" and line.grab().toImage() == told)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_an_experiment_shows_is_told_in_whole(open_window: OpenWindow, language: str) -> None:
    person = open_window()
    speak(language)
    line = person.find(StatusLine, "status")
    for name in builtin_names():
        line.set_idle_text(tr(load_builtin(name).notes))
        line.grab()
        assert person.find(ReadOut, "pointed").toolTip() == "", name  # it has one where something is left out


def test_an_experiment_that_is_opened_begins_anew_also_where_the_run_before_could_go_on(
    open_window: OpenWindow,
) -> None:
    person = open_window("demo")
    person.session.run(40)
    person.sees_step(40)
    pick(person, "plain-descent")
    person.sees_step(0)
    assert len(person.session.losses) == 0
    person.session.run(10)
    person.sees_step(10)
    trainer = Trainer(load_builtin("plain-descent").build())
    trainer.run(10)
    assert person.session.losses.values().tolist() == trainer.losses.tolist()
