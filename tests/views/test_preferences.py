"""What is remembered, and how the window comes back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QGuiApplication, QScreen
from PyQt6.QtTest import QSignalSpy, QTest
from PyQt6.QtWidgets import QFrame, QLabel, QSpinBox, QSplitter, QToolButton, QWidget

from convviz.views.banner import Message
from convviz.views.main_window import MainWindow
from convviz.views.preferences import DEFAULT_SPEED, Preferences

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.views.conftest import OpenWindow, Person


def test_everything_set_is_there_the_next_day(tmp_path: Path) -> None:
    first = Preferences(tmp_path / "settings.ini")
    first.theme, first.language, first.speed, first.run_length = "dark", "zh_CN", 500.0, 42
    first.log_loss, first.show_inspector = False, False
    files = [tmp_path / f"{n}.json" for n in range(12)]
    for file in files:
        file.write_text("{}")
        first.remember_file(file)
    first.flush()
    second = Preferences(tmp_path / "settings.ini")
    assert (second.theme, second.language, second.speed, second.run_length) == ("dark", "zh_CN", 500.0, 42)
    assert not second.log_loss
    assert not second.show_inspector
    assert second.recent == files[:3:-1]
    assert second.folder == str(tmp_path)


def test_a_size_is_chosen_for_the_next_start(open_window: OpenWindow, preferences: Preferences) -> None:
    preferences.scale = 1.5
    person = open_window()
    assert person.find(QAction, "scale_1.5").isChecked()
    person.find(QAction, "scale_1.0").trigger()
    assert person.preferences.scale == 1.0
    assert person.find(QAction, "scale_1.0").isChecked()
    assert not person.find(QAction, "scale_1.5").isChecked()
    assert "100%" in person.find(QLabel, "banner_text").text()


def test_a_size_too_large_for_the_screen_is_refused(open_window: OpenWindow) -> None:
    """The screen that there is without one is 800 pixels wide."""
    person = open_window()
    person.find(QAction, "scale_2.0").trigger()
    assert person.preferences.scale == 1.0
    assert person.find(QAction, "scale_1.0").isChecked()
    assert "larger than this screen" in person.find(QLabel, "banner_text").text()


def test_it_is_told_that_everything_is_too_large(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    person = open_window()
    person.window.tell_if_too_large()
    assert not person.find(QFrame, "banner").isVisible()  # the screen is small, but nothing was made larger
    monkeypatch.setenv("QT_SCALE_FACTOR", "1.25")
    person.window.tell_if_too_large()
    assert not person.find(QFrame, "banner").isVisible()
    monkeypatch.setattr(QScreen, "availableSize", lambda _: QSize(640, 360))
    person.window.tell_if_too_large()
    assert person.find(QFrame, "banner").isVisible()
    assert "125%" in person.find(QLabel, "banner_text").text()


def take_the_place_of_the_file(person: Person, folder: Path) -> Path:
    """Let the preferences have nowhere to be written, whoever asks for it: there is a folder of the file's name."""
    file = folder / "settings.ini"
    person.preferences.flush()
    file.unlink(missing_ok=True)
    file.mkdir()
    return file


def test_that_nothing_can_be_kept_is_said_once_at_the_first_choice(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    file = take_the_place_of_the_file(person, tmp_path)
    banner = person.find(QFrame, "banner")
    QTest.qWait(50)
    assert not banner.isVisible()
    person.find(QAction, "theme_dark").trigger()
    person.sees(banner.isVisible)
    expected = f"What you choose in the window lasts until you close it: {file} cannot be written."
    assert person.banner_text() == expected
    person.find(QAction, "language_zh_CN").trigger()
    assert person.banner_text() != expected
    assert str(file) in person.banner_text()
    QTest.mouseClick(person.find(QToolButton, "banner_close"), Qt.MouseButton.LeftButton)
    told = QSignalSpy(person.preferences.unkept)
    person.find(QAction, "theme_light").trigger()
    person.sees(lambda: len(told) > 0)
    assert not banner.isVisible()


def test_a_size_that_cannot_be_kept_is_not_promised(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    file = take_the_place_of_the_file(person, tmp_path)
    person.find(QAction, "scale_1.0").trigger()
    person.sees(lambda: str(file) in person.banner_text())


def test_what_has_to_be_dealt_with_stays_where_nothing_can_be_kept(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    file = take_the_place_of_the_file(person, tmp_path)
    person.window.show_message(Message(lambda: "The file could not be saved."))
    told = QSignalSpy(person.preferences.unkept)
    person.find(QAction, "theme_dark").trigger()
    person.sees(lambda: len(told) > 0)
    assert person.banner_text() == "The file could not be saved."
    QTest.mouseClick(person.find(QToolButton, "banner_close"), Qt.MouseButton.LeftButton)
    person.find(QAction, "theme_light").trigger()
    person.sees(person.find(QFrame, "banner").isVisible)
    assert str(file) in person.banner_text()


def test_what_is_set_to_what_it_was_is_not_written(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "settings.ini")
    preferences.log_loss, preferences.run_length = preferences.log_loss, preferences.run_length
    preferences.flush()
    assert not (tmp_path / "settings.ini").exists()


def test_a_file_opened_again_comes_first_and_one_that_is_gone_is_left_out(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "settings.ini")
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    for file in (one, other, one):
        file.write_text("{}")
        preferences.remember_file(file)
    assert preferences.recent == [one, other]
    one.unlink()
    assert preferences.recent == [other]


@pytest.mark.parametrize("speed", [1.0, 200.0, math.inf])
def test_any_speed_is_kept(tmp_path: Path, speed: float) -> None:
    Preferences(tmp_path / "settings.ini").speed = speed
    assert Preferences(tmp_path / "settings.ini").speed == speed


@pytest.mark.parametrize("nonsense", ["", "fast", "-3", "0", "nan"])
def test_nonsense_in_the_file_is_passed_over(tmp_path: Path, nonsense: str) -> None:
    (tmp_path / "settings.ini").write_text(f"[General]\nspeed={nonsense}\nrun_length={nonsense}\ntheme={nonsense}\n")
    preferences = Preferences(tmp_path / "settings.ini")
    assert preferences.speed == DEFAULT_SPEED
    assert preferences.run_length == 100
    assert preferences.theme == "system"


def test_the_window_comes_back_as_it_was_left(open_window: OpenWindow) -> None:
    first = open_window(size=(780, 640))
    first.press("L")
    first.find(QSplitter, "columns").setSizes([400, 380])
    sizes = first.find(QSplitter, "columns").sizes()
    first.window.close()
    second = open_window(size=(780, 640))
    assert not second.find(QAction, "log_loss").isChecked()
    assert second.find(QSplitter, "columns").sizes() == sizes
    second.press("F9")
    second.window.close()
    third = open_window(size=(780, 640))
    assert not third.find(QAction, "inspector").isChecked()
    assert not third.find(QWidget, "inspector").isVisible()


def test_reset_layout_gives_the_first_sizes_again(open_window: OpenWindow) -> None:
    person = open_window()
    columns = person.find(QSplitter, "columns")
    before = columns.sizes()
    columns.setSizes([700, 580])
    person.press("F9")
    person.find(QAction, "reset_layout").trigger()
    assert columns.sizes() == before
    assert person.find(QWidget, "inspector").isVisible()


def test_the_numbers_of_the_toolbar_are_there_from_the_first_moment_on(qtbot: QtBot, preferences: Preferences) -> None:
    preferences.run_length = 250
    frame = MainWindow(None, None, preferences)
    qtbot.addWidget(frame)
    length = frame.findChild(QSpinBox, "run_length")
    assert length is not None
    assert length.value() == 250


def test_what_a_window_manager_rounds_off_is_not_lost_from_start_to_start(
    qtbot: QtBot, preferences: Preferences
) -> None:
    def size_after(width: int, height: int) -> QSize:
        """Open the window, have so many pixels taken from it and close it, and return its size on the next start."""
        window = MainWindow(None, None, preferences)
        qtbot.addWidget(window)
        window.show()
        window.resize(window.size() - QSize(width, height))
        window.close()
        following = MainWindow(None, None, preferences)
        qtbot.addWidget(following)
        return following.size()

    first = MainWindow(None, None, preferences)
    qtbot.addWidget(first)
    first.setWindowState(Qt.WindowState.WindowNoState)
    first.setGeometry(40, 60, 700, 600)
    first.show()
    first.close()
    assert size_after(1, 0) == QSize(700, 600)
    assert size_after(1, 2) == QSize(700, 600)
    assert size_after(30, 0) == QSize(670, 600)
    assert size_after(0, 3) == QSize(670, 597)


def test_a_window_remembered_off_the_screen_comes_back_on_it(qtbot: QtBot, preferences: Preferences) -> None:
    first = MainWindow(None, None, preferences)
    first.show()
    first.setGeometry(9000, 9000, 700, 500)
    preferences.set_layout("geometry", first.saveGeometry())
    first.deleteLater()
    second = MainWindow(None, None, preferences)
    qtbot.addWidget(second)
    second.show()
    screen = QGuiApplication.primaryScreen()
    assert screen is not None
    assert screen.availableGeometry().intersects(second.geometry())
