"""A real window with a real training thread, and a person who uses it."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PyQt6.QtGui import QCursor, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QFrame, QLabel, QListWidget, QWidget

from convviz.engine.frames import State
from convviz.engine.recorded import Recorded
from convviz.model.document import Document
from convviz.model.files import load_builtin
from convviz.model.session import Session
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.main_window import MainWindow
from convviz.views.preferences import Preferences
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Protocol

    import numpy as np
    from pytestqt.qtbot import QtBot

    from convviz.engine.frames import Frame
    from convviz.engine.rows import Rows
    from convviz.model.experiment import Experiment
    from convviz.views.selection import SelectionKind

    class OpenWindow(Protocol):
        def __call__(
            self, experiment: Experiment | str = "demo", *, speed: float = math.inf, size: tuple[int, int] = (1280, 800)
        ) -> Person: ...


W = TypeVar("W", bound=QObject)
D = TypeVar("D", bound=QWidget)


@dataclass
class Person:
    """Somebody in front of a window: does things with mouse and keys, and reads what there is to read."""

    bot: QtBot
    window: MainWindow
    document: Document
    session: Session
    preferences: Preferences

    def find(self, kind: type[W], name: str) -> W:
        found = self.window.findChild(kind, name)
        assert found is not None, f"no {kind.__name__} {name!r}"
        return found

    def button(self, name: str) -> QAbstractButton:
        return self.find(QAbstractButton, name)

    def click(self, name: str) -> None:
        button = self.button(name)
        assert button.isVisible(), name
        assert button.isEnabled(), name
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def press(self, keys: str, on: QWidget | None = None) -> None:
        """Press keys as they are written in the page of shortcuts, on whatever has the focus."""
        target = on or QApplication.focusWidget() or self.window
        combination = QKeySequence(keys)[0]
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def look_at(self, kind: SelectionKind, index: int = 0) -> None:
        """Click what is to be shown in the inspector, in the inspector's own list."""
        outline = self.find(QListWidget, "outline")
        count = outline.count()
        row = {"input": 0, "layer": 1 + index, "target": count - 2, "training": count - 1}[kind]
        place = outline.visualItemRect(outline.item(row)).center()
        self.bot.mouseClick(outline.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def type_into(self, name: str, text: str) -> None:
        """Replace what a field of the inspector holds, as one does: click, mark all, type, Enter."""
        field = self.find(QAbstractSpinBox, name)
        field.setFocus()
        field.selectAll()
        self.bot.keyClicks(field, text)
        self.bot.keyClick(field, Qt.Key.Key_Return)

    def text(self, name: str) -> str:
        return self.find(ReadOut, name).text()

    def sees(self, seen: Callable[[], bool]) -> None:
        self.bot.waitUntil(seen)

    def sees_state(self, state: State) -> None:
        self.sees(lambda: self.session.status.state is state)

    def sees_step(self, step: int) -> None:
        """Wait until the run rests at ``step``, and its picture is the one on the screen."""
        self.sees(
            lambda: (
                self.session.status.state is not State.RUNNING
                and self.session.status.step == step
                and self.session.frame is not None
                and self.session.frame.step == step
            )
        )

    def kernels(self) -> list[np.ndarray]:
        """Return what the weights of the layers that have kernels are in the frame that is shown."""
        frame = self.session.frame
        assert frame is not None
        return [layer["weight"] for layer in frame.parameters]

    def run_to_the_end(self) -> None:
        self.click("play")
        self.sees_state(State.FINISHED)

    def diverge(self) -> None:
        self.click("play")
        self.sees_state(State.DIVERGED)

    def banner_text(self) -> str:
        assert self.find(QFrame, "banner").isVisible()
        return self.find(QLabel, "banner_text").text()

    def dialog(self, kind: type[D], name: str) -> D:
        """Wait until a dialog is there to be seen; one that has been closed may still have that name."""
        found: list[D] = []

        def is_there() -> bool:
            found[:] = [each for each in self.window.findChildren(kind, name) if each.isVisible()]
            return bool(found)

        self.sees(is_there)
        return found[0]


@pytest.fixture(autouse=True)
def _pointer_elsewhere() -> None:
    """Let the pointer be over nothing, wherever a test before has left it.

    To move it to where it is already would be heard by nobody.
    """
    if QApplication.instance() is not None:
        QCursor.setPos(-10, -10)


@pytest.fixture(autouse=True)
def _plain_looks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin and end in the light theme and in English, whatever a test does."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication):
        theme.apply(app, "light")
        speak("en")


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "settings.ini")


@pytest.fixture
def open_window(qtbot: QtBot, preferences: Preferences) -> Iterator[OpenWindow]:
    """Return what opens a window, at rest at step 0 and completely drawn; every one is closed afterwards."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    people: list[Person] = []

    def open_one(
        experiment: Experiment | str = "demo", *, speed: float = math.inf, size: tuple[int, int] = (1280, 800)
    ) -> Person:
        document = Document(load_builtin(experiment) if isinstance(experiment, str) else experiment)
        session = Session()
        preferences.speed = speed
        window = MainWindow(document, session, preferences)
        person = Person(qtbot, window, document, session, preferences)
        people.append(person)
        window.take_size(*size)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        person.sees(lambda: window.is_complete and session.frame is not None and session.status.speed == speed)
        return person

    yield open_one
    for person in people:
        person.document.undo_stack.setClean()  # so that closing asks nothing
        person.window.close()
        person.session.close()
        person.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def slow_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever asks for recorded steps wait for each answer, until he gives up.

    So what many of them are written into is still being written when it is looked at, however fast the machine is.
    """
    given_up = threading.Event()
    rows, frame, close = Recorded.rows, Recorded.frame, Recorded.close

    def slow_rows(recorded: Recorded, steps: Sequence[int]) -> Iterator[Rows]:
        for part in rows(recorded, steps):
            given_up.wait(0.1)
            yield part

    def slow_frame(recorded: Recorded, step: int, input_gradient: bool = False) -> Frame:
        given_up.wait(0.1)
        return frame(recorded, step, input_gradient)

    def give_up(recorded: Recorded) -> None:
        given_up.set()
        close(recorded)

    monkeypatch.setattr(Recorded, "rows", slow_rows)
    monkeypatch.setattr(Recorded, "frame", slow_frame)
    monkeypatch.setattr(Recorded, "close", give_up)
