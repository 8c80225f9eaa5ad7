"""The complete window, opened to be measured: what a person sees, with a training thread and files of its own."""

from __future__ import annotations

import math
import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PyQt6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer, pyqtBoundSignal
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.engine.frames import Frame, State, Status
from convviz.i18n import tr
from convviz.model.document import Document
from convviz.model.session import Session
from convviz.views import theme
from convviz.views.main_window import MainWindow
from convviz.views.preferences import Preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from convviz.model.experiment import Experiment

W = TypeVar("W", bound=QWidget)

_SIZE = (1280, 800)
#: How long anything may take to happen, in seconds.
_PATIENCE = 120.0


class StageError(Exception):
    """The window did not do what it was asked."""


def _application() -> QApplication:
    """Return the application; without a display, unless ``QT_QPA_PLATFORM`` names one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if os.environ.setdefault("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # it complains of having no window manager
    return QApplication(["convviz"])


class Stage:
    """A window at rest, complete and painted, whose training goes as fast as it can.

    Attributes
    ----------
    window, session
    """

    def __init__(self, window: MainWindow, session: Session) -> None:
        self.window = window
        self.session = session

    def child(self, kind: type[W], name: str) -> W:
        """Return the window's control of this name."""
        found: W | None = self.window.findChild(kind, name)
        if found is None:
            raise StageError(name)
        return found

    def wait(self, seconds: float) -> None:
        """Let events happen for a time."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), Qt.TimerType.PreciseTimer, loop.quit)
        loop.exec()

    def until(self, holds: Callable[[], bool], *signals: pyqtBoundSignal) -> None:
        """Let events happen until ``holds`` does, which is asked when one of ``signals`` comes."""
        loop = QEventLoop()

        def look(*_: object) -> None:
            if holds():
                loop.quit()

        for signal in signals:
            signal.connect(look)
        if not holds():
            QTimer.singleShot(round(_PATIENCE * 1000), loop.quit)
            loop.exec()
        for signal in signals:
            signal.disconnect(look)
        if not holds():
            raise StageError(tr("the window did not answer within {seconds} s").format(seconds=f"{_PATIENCE:g}"))

    def rest(self, step: int | None = None) -> None:
        """Wait until the run rests, at ``step`` if that is given, and its picture is on the screen."""

        def rests() -> bool:
            status, frame = self.session.status, self.session.frame
            resting = status.state is not State.RUNNING and status.state is not State.EMPTY
            return resting and frame is not None and frame.step == (status.step if step is None else step)

        self.until(rests, self.session.frame_changed, self.session.status_changed)

    def paint(self) -> float:
        """Have everything painted that waits for it, as the event loop would next, and return the time."""
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.UpdateRequest)
        return time.perf_counter()

    def show(self, status: Status, frame: Frame) -> float:
        """Show a report of the run, as the session does, and return how many seconds it took until it was painted."""
        session, began = self.session, time.perf_counter()
        session.status_changed.emit(status)
        session.losses_changed.emit()
        session.frame_changed.emit(frame)
        return self.paint() - began


@contextmanager
def opened(experiment: Experiment) -> Iterator[Stage]:
    """Open the complete window for ``experiment``; it is closed at the end."""
    app = _application()
    theme.apply(app, "light")
    with tempfile.TemporaryDirectory(prefix="convviz-") as folder:
        preferences = Preferences(Path(folder) / "settings.ini")
        preferences.speed = math.inf
        document, session = Document(experiment), Session()
        window = MainWindow(document, session, preferences)
        stage = Stage(window, session)
        try:
            window.take_size(*_SIZE)
            window.show()
            window.activateWindow()
            stage.until(lambda: window.is_complete, window.completed)
            stage.until(lambda: math.isinf(session.status.speed), session.status_changed)
            stage.rest(0)
            yield stage
        finally:
            window.close()
            session.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
