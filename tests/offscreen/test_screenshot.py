"""Pictures of the window, of whatever is in it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from convviz import doctor
from convviz.cli import main
from convviz.engine.errors import ConfigError
from convviz.model.experiment import Experiment
from convviz.model.session import Session
from convviz.offscreen.screenshot import render_screenshot
from convviz.views import theme as looks
from convviz.views.main_window import MainWindow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from convviz.model.document import Document


def colours(picture: QImage) -> int:
    return len({picture.pixel(x, y) for x in range(0, picture.width(), 4) for y in range(0, picture.height(), 4)})


@pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (790, 600), (480, 360)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_screenshot_shows_the_whole_window(qtbot: QtBot, tmp_path: Path, size: tuple[int, int], theme: str) -> None:
    out = tmp_path / "window.png"
    assert render_screenshot(out, "demo", size=size, after=50, theme=theme, language="en") == 0
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == size
    assert colours(picture) > 200
    assert (picture.pixelColor(size[0] // 2, 14).lightness() < 90) == (theme == "dark")


def test_a_picture_can_be_larger(tmp_path: Path) -> None:
    """The same picture, all of it in twice as many pixels: Qt takes a scale once, when a process starts."""
    pictures = {}
    for scale, size in (("1", "1024x640"), ("2", "2048x1280")):
        out = tmp_path / f"{scale}.png"
        command = ["-m", "convviz", "--screenshot", str(out), "--size", size, "--scale", scale]
        subprocess.run([sys.executable, *command], check=True)
        pictures[scale] = QImage(str(out))
    small, large = pictures["1"], pictures["2"]
    same = sum(
        small.pixelColor(x, y) == large.pixelColor(2 * x + 1, 2 * y + 1)
        for x in range(0, 1024, 8)
        for y in range(0, 640, 8)
    )
    assert same > 0.85 * 128 * 80


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (["--size", "1920x1080", "--scale", "1.5"], (1920, 1080)),
        (["--size", "1401x1001", "--scale", "175%"], (1401, 1001)),
        (["--scale", "1.25"], (1600, 1000)),
    ],
)
def test_a_picture_has_the_size_that_was_asked_for_whatever_the_scale(
    tmp_path: Path, options: list[str], size: tuple[int, int]
) -> None:
    out = tmp_path / "window.png"
    subprocess.run([sys.executable, "-m", "convviz", "--screenshot", str(out), *options], check=True)
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == size


def test_a_lesson_can_be_what_a_picture_shows(qtbot: QtBot, tmp_path: Path) -> None:
    plain, lesson = tmp_path / "plain.png", tmp_path / "lesson.png"
    assert render_screenshot(plain, language="en") == 0
    assert render_screenshot(lesson, lesson="stride", language="en") == 0
    first, second = QImage(str(plain)), QImage(str(lesson))
    assert first.size() == second.size()
    strip = [(x, y) for x in range(8, 640, 2) for y in range(126, 190, 2)]  # where the lesson's text stands
    assert sum(second.pixelColor(x, y).lightness() < 80 for x, y in strip) > 300
    assert sum(first.pixelColor(x, y) != second.pixelColor(x, y) for x, y in strip) > 1000


def test_a_presentation_can_be_what_a_picture_shows_and_leaves_nothing_behind(qtbot: QtBot, tmp_path: Path) -> None:
    plain, large = tmp_path / "plain.png", tmp_path / "large.png"
    assert render_screenshot(large, size=(1600, 900), after=5, language="en", present=True) == 0
    assert render_screenshot(plain, size=(1600, 900), after=5, language="en") == 0
    assert looks.zoom() == 1
    assert QApplication.overrideCursor() is None
    first, second = QImage(str(plain)), QImage(str(large))
    assert first.size() == second.size() == QSize(1600, 900)
    corner = [(x, y) for x in range(8, 400, 2) for y in range(4, 44, 2)]  # where the menus are, or large numbers
    dark = [sum(image.pixelColor(x, y).lightness() < 80 for x, y in corner) for image in (first, second)]
    assert dark[1] > 2 * dark[0] > 0


def test_a_wrong_lesson_is_an_error_and_no_picture(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.json"
    path.write_text('{"version": 1, "title": "x", "summary": "y", "scenes": [{"text": "z"}]}', "utf-8")
    monkeypatch.setattr(doctor, "examine", lambda **_: [])
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["--screenshot", str(tmp_path / "window.png"), "--lesson", str(path)]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("convviz: mine.json: scenes[0].start: expected the experiment to begin with")
    assert not (tmp_path / "window.png").exists()


def test_a_screenshot_of_a_diverged_run_is_made_too(qtbot: QtBot, tmp_path: Path) -> None:
    assert render_screenshot(tmp_path / "window.png", "diverging", after=100_000) == 0
    assert colours(QImage(str(tmp_path / "window.png"))) > 200


def test_a_screenshot_of_a_run_that_finishes_early_is_made(qtbot: QtBot, tmp_path: Path, soon_finished: str) -> None:
    assert render_screenshot(tmp_path / "window.png", soon_finished, after=50) == 0
    assert colours(QImage(str(tmp_path / "window.png"))) > 200


def test_a_run_that_fails_is_an_error_and_no_picture(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(self: object) -> None:
        raise MemoryError("no memory for this")

    monkeypatch.setattr(Experiment, "build", fail)
    monkeypatch.setattr(doctor, "examine", lambda **_: [])
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["--screenshot", str(tmp_path / "window.png"), "--after", "5"]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("convviz: ")
    assert "no memory for this" in told
    assert not (tmp_path / "window.png").exists()


def test_a_picture_that_cannot_be_written_is_an_error_with_its_name(qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "window.png"
    with pytest.raises(OSError, match=r"window\.png"):
        render_screenshot(out, "demo")


def test_a_picture_that_cannot_be_written_leaves_the_old_one(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "window.png"
    out.write_bytes(b"a good picture")

    def fill_the_disk(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    monkeypatch.setattr(Path, "write_bytes", fill_the_disk)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        render_screenshot(out, "demo")
    assert out.read_bytes() == b"a good picture"


def test_the_training_ends_where_the_window_cannot_be_filled(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach = MainWindow.attach

    def attach_and_fail(self: MainWindow, document: Document, session: Session) -> None:
        attach(self, document, session)
        raise ConfigError("no")

    monkeypatch.setattr(MainWindow, "attach", attach_and_fail)
    ended = []
    monkeypatch.setattr(Session, "close", lambda self, close=Session.close: ended.append(close(self)))
    with pytest.raises(ConfigError, match="no"):
        render_screenshot(tmp_path / "window.png", "demo")
    assert ended
