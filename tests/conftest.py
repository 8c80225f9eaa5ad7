"""What every test stands on: no screen, no trace of the person's own settings, English, and nothing left running."""

from __future__ import annotations

import gettext
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LC_ALL"] = "C.UTF-8"  # Qt warns of any other character encoding, and a warning fails a test

from PyQt6 import sip
from PyQt6.QtCore import QCoreApplication, QEvent, QSettings, QThread
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.i18n import set_language
from tests.patience import PATIENCE, PatientBot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the test a home, settings and a language of its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for variable in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(home / variable.lower()))
    monkeypatch.setenv("LANGUAGE", "en")
    domain = gettext.textdomain()
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(form, scope, str(home / "settings"))
    set_language("en")
    yield
    set_language("en")
    gettext.textdomain(domain)


@pytest.fixture(autouse=True)
def _nothing_left_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a thread running or a window open, and name it."""
    started: WeakSet[QThread] = WeakSet()
    start: Callable[..., None] = QThread.start

    def remember(thread: QThread, *arguments: object) -> None:
        started.add(thread)
        start(thread, *arguments)

    monkeypatch.setattr(QThread, "start", remember)
    threads_before = set(threading.enumerate())
    windows_before = _windows()
    yield
    running = [thread for thread in list(started) if not sip.isdeleted(thread) and not _ends(thread)]
    assert not running, f"still running after the test: {running}"
    others = [t for t in set(threading.enumerate()) - threads_before if not isinstance(t, threading._DummyThread)]
    for thread in others:  # one that has done its last may still be on its way out
        thread.join(PATIENCE)
    left = [thread for thread in others if thread.is_alive()]
    assert not left, f"still running after the test: {left}"
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    windows = _windows() - windows_before
    names = [f"{type(w).__name__}({w.objectName()!r})" for w in windows]
    for window in windows:  # or the next test would be told off for it too
        window.close()
        window.deleteLater()
    assert not names, f"still open after the test (give it to qtbot.addWidget): {names}"


def _ends(thread: QThread) -> bool:
    return thread.isFinished() or not thread.isRunning() or thread.wait(round(1000 * PATIENCE))


def _windows() -> set[QWidget]:
    """Return the windows that are on the screen; a hidden menu or tooltip that Qt keeps for itself does no harm."""
    return {w for w in QApplication.topLevelWidgets() if w.isVisible()} if QApplication.instance() else set()


@pytest.fixture
def repository() -> Path:
    """Return the root of the checkout that the tests lie in."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """Return pytest-qt's bot, which here waits for as long as a busy machine takes."""
    return PatientBot(request)


@pytest.fixture
def soon_finished(tmp_path: Path) -> str:
    """Return the file of an experiment whose run stops after its first step, however many are asked for."""
    from convviz.model.files import load_builtin, write_experiment

    experiment = load_builtin("demo")
    path = tmp_path / "soon.json"
    write_experiment(path, experiment.replace(stop=experiment.stop.replace(loss_below=1e9)))
    return str(path)
