"""The program as a whole, as it is started."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QFrame, QLabel, QToolButton

from convviz import app
from convviz.engine.errors import ConfigError
from convviz.model.files import load_builtin, write_experiment
from convviz.offscreen.screenshot import render_screenshot
from convviz.views.main_window import MainWindow
from convviz.views.preferences import Preferences
from convviz.views.readout import ReadOut
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("screenshot", [True, False])
def test_an_experiment_that_does_not_exist_opens_no_window(qtbot: QtBot, tmp_path: Path, screenshot: bool) -> None:
    before = set(QApplication.topLevelWidgets())
    open_it = partial(render_screenshot, tmp_path / "window.png") if screenshot else app.run_window
    with pytest.raises(ConfigError, match="dmo"):
        open_it("dmo")
    assert not {w for w in set(QApplication.topLevelWidgets()) - before if w.isVisible()}


def in_the_window(preferences: Preferences, do: Callable[[MainWindow], object], **options: object) -> int:
    """Run the program, do something as soon as the window is complete, and return the exit code when it is closed."""

    def look() -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if windows and windows[0].is_complete:
            timer.stop()
            do(windows[0])

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(10)
    return app.run_window(preferences=preferences, **options)


def test_the_window_opens_and_closes(qtbot: QtBot, tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "settings.ini")
    titles = []

    def close(window: MainWindow) -> None:
        titles.append(window.windowTitle())
        window.close()

    assert in_the_window(preferences, close, experiment="pooling", size=(1024, 640)) == 0
    assert "pooling" in titles[0].lower()
    assert not preferences.layout("geometry").isEmpty()


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        (None, "Two convolutions"),
        ("pooling", "pooling"),
        ("pooling.json", "pooling.json"),
        ("there/mine", "mine"),
        ("adam", "Adam"),
    ],
)
def test_a_file_is_preferred_to_a_built_in_experiment(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None, opened: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    for path in ("demo", "pooling", "pooling.json", "there/mine", "there/mine.json"):
        write_experiment(path, load_builtin("demo").replace(name="Mine"))
    titles = []

    def close(window: MainWindow) -> None:
        titles.append(window.windowTitle())
        window.close()

    assert in_the_window(Preferences(tmp_path / "settings.ini"), close, experiment=name) == 0
    assert titles[0].partition("[*]")[0] == opened


def test_a_mistake_of_the_program_is_shown_and_ends_nothing(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []

    def make_a_mistake(window: MainWindow) -> None:
        QTimer.singleShot(0, fail)
        QTimer.singleShot(50, lambda: look(window))

    def fail() -> None:
        raise ZeroDivisionError("a mistake")

    def look(window: MainWindow) -> None:
        banner, words = window.findChild(QFrame, "banner"), window.findChild(QLabel, "banner_text")
        seen.append(banner.isVisible() and words.text())
        window.close()

    hook = sys.excepthook
    with qtbot.captureExceptions():
        assert in_the_window(Preferences(tmp_path / "settings.ini"), make_a_mistake) == 0
    assert sys.excepthook is hook
    assert "a mistake" in seen[0]
    assert "ZeroDivisionError: a mistake" in capsys.readouterr().err


def test_steps_can_be_made_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    texts: list[str] = []
    until = time.perf_counter() + PATIENCE

    def look(window: MainWindow) -> None:
        QTimer.singleShot(10, lambda: look_again(window))

    def look_again(window: MainWindow) -> None:
        told = window.findChild(ReadOut, "history_text")
        texts.append(told.text() if told else "")
        if texts[-1] == "step 300 · live" or time.perf_counter() > until:
            window.close()
        else:
            look(window)

    assert in_the_window(Preferences(tmp_path / "settings.ini"), look, after=300) == 0
    assert texts[-1] == "step 300 · live"


@pytest.mark.parametrize(("experiment", "rests"), [("demo", "paused"), ("soon", "finished")])
def test_the_speed_is_the_person_s_again_where_the_first_steps_are_not_all_made(
    qtbot: QtBot, tmp_path: Path, soon_finished: str, experiment: str, rests: str
) -> None:
    seen: list[tuple[str, bool]] = []
    pressed: list[None] = []
    until = time.perf_counter() + PATIENCE

    def look(window: MainWindow) -> None:
        told, free = window.findChild(ReadOut, "state"), window.findChild(QToolButton, "free")
        seen.append((told.text(), free.isChecked()))
        if rests == "paused" and seen[-1] == ("training", True) and not pressed:
            pressed.append(window.findChild(QToolButton, "play").click())
        if has_slowed_down() or time.perf_counter() > until:
            window.close()
        else:
            QTimer.singleShot(10, lambda: look(window))

    def has_slowed_down() -> bool:
        began = bool(pressed) or rests == "finished"  # before, it is paused as well
        return began and seen[-1][0].startswith(rests) and not seen[-1][1]

    name = soon_finished if experiment == "soon" else experiment
    assert in_the_window(Preferences(tmp_path / "settings.ini"), look, experiment=name, after=10**8) == 0
    assert has_slowed_down(), seen[-1]


def test_the_first_picture_needs_no_numpy() -> None:
    code = (
        "import sys; from convviz import app; from convviz.views.main_window import MainWindow;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pyqtgraph', 'convviz.engine', 'convviz.model')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


#: A program that says when its window is complete, and is then idle.
_IDLE = """
import sys
from convviz import app

class Telling(app.MainWindow):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.completed.connect(lambda: print("complete", flush=True))

app.MainWindow = Telling
sys.exit(app.run_window("demo"))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_and_whatever_else_tells_it_to_end_ends_an_idle_window(name: str) -> None:
    number = getattr(signal, name)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen([sys.executable, "-c", _IDLE], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"complete"
        process.send_signal(number)
        assert process.wait(timeout=PATIENCE) == 128 + number  # as a shell would report it


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_what_was_started_to_outlive_its_terminal_does_so(qapp: QApplication) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with app.leaving_when_told(qapp):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert callable(signal.getsignal(signal.SIGTERM))
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


#: A program that is told to end at once, and goes on with Qt's events.
_EARLY = """
import sys
from PyQt6.QtCore import QSize, QTimer
from PyQt6.QtWidgets import QApplication
from convviz import app
from convviz.views import theme

application = QApplication(["convviz", "-style", theme.STYLE])
QTimer.singleShot(0, QApplication.quit)
code = app.run_window("demo")
for _ in range(20):
    QApplication.processEvents()
sys.exit(code)
"""


#: What belongs to something that somebody asks the window for, and would only hold up its start.
_ON_DEMAND = (
    "PIL",
    "difflib",
    "html",
    "convviz.engine.landscape",
    "convviz.engine.walkthrough",
    "convviz.export.animation",
    "convviz.export.code",
    "convviz.export.table",
    "convviz.model.files.numbers",
    "convviz.model.files.pictures",
    "convviz.model.files.tables",
    "convviz.model.lessons",
    "convviz.model.survey",
    "convviz.model.work",
    "convviz.views.dialogs",
    "convviz.views.dropping",
    "convviz.views.export",
    "convviz.views.film",
    "convviz.views.lessons",
    "convviz.views.own_files",
    "convviz.views.panels.check.table",
    "convviz.views.panels.landscape",
    "convviz.views.panels.microscope",
    "convviz.views.picture_dialog",
    "convviz.views.presenting",
)


def test_the_window_loads_nothing_that_nobody_has_asked_for(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys\nfrom convviz.offscreen.screenshot import render_screenshot\n"
        "render_screenshot(pathlib.Path(sys.argv[1]), after=5)\nprint('\\n'.join(sys.modules))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "window.png")]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "convviz.views.panels.loss.plot" in loaded
    assert not [name for name in loaded if name.startswith(_ON_DEMAND)]


def test_nothing_of_the_window_outlives_it() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    for _ in range(3):
        assert subprocess.run([sys.executable, "-c", _EARLY], check=False, env=environment).returncode == 0


def test_garbage_is_collected_as_ever_once_the_window_is_closed(qtbot: QtBot, tmp_path: Path) -> None:
    assert in_the_window(Preferences(tmp_path / "settings.ini"), MainWindow.close) == 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_nothing_ticks_while_nothing_runs(qtbot: QtBot, tmp_path: Path) -> None:
    ticking: list[QTimer] = []

    def look(window: MainWindow) -> None:
        ticking.extend(timer for timer in window.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot())
        window.close()

    assert in_the_window(Preferences(tmp_path / "settings.ini"), look) == 0
    assert ticking == []
