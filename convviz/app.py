"""Puts the program together: the one place that knows every layer.

What is imported inside functions here is imported late on purpose: the window's frame is on the screen before NumPy,
the engine and the plot are loaded. For the same reason the values that the frame is made of are named tuples: to make
one data class, and first to load what makes them, takes several times as long.
"""

from __future__ import annotations

import gc
import math
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PyQt6 import sip
from PyQt6.QtCore import QCoreApplication, QEvent, QSocketNotifier
from PyQt6.QtWidgets import QApplication

from convviz.i18n import tr
from convviz.resources import is_builtin, lesson_files
from convviz.signals import ending_signals
from convviz.views import theme
from convviz.views.banner import Message
from convviz.views.language import speak
from convviz.views.limits import LEAST_SIZE, SCALE_VARIABLE, scale_in_force, size_at_scale
from convviz.views.main_window import MainWindow
from convviz.views.preferences import Preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from convviz.engine.frames import Status
    from convviz.model.document import Document
    from convviz.model.session import Session

_INTERRUPTED = 130  #: what a shell reports of a program that Ctrl+C ended


def run_window(
    experiment: str | None = None,
    *,
    size: tuple[int, int] | None = None,
    after: int = 0,
    scale: float | None = None,
    theme: str | None = None,
    language: str | None = None,
    preferences: Preferences | None = None,
    lesson: str | None = None,
    present: bool = False,
) -> int:
    """Open the window and return when it is closed.

    Parameters
    ----------
    experiment
        A built-in experiment's name or a file; None: the demo.
    size
        Width and height in pixels, whatever the scale; None: as it was left.
    after
        Steps to be made at once.
    scale, theme, language
        For this time; None: what is remembered.
    lesson
        A built-in lesson's name or a file, to begin with; None: none.
    present
        Begin with the picture alone and large: on the whole screen, or where a size was asked for, as large as that.

    Raises
    ------
    ShapeError, ConfigError
        If the experiment or the lesson cannot be opened; no window has been shown then.
    """
    with _no_search_for_garbage() as leave_be:
        preferences = preferences or Preferences()
        if scale is None and preferences.scale != 1:
            scale = preferences.scale
        app = application(scale=scale)
        dress(app, theme or preferences.theme, language or preferences.language)
        document = None if experiment is None or is_builtin(experiment) else document_of(experiment)
        if lesson is not None and lesson not in lesson_files():
            check_lesson(lesson)
        window = MainWindow(None, None, preferences)
        window.completed.connect(leave_be)
        if size is not None:
            # The command line has refused what is too small for its own scale, but cannot know of one remembered.
            window.take_size(*map(max, size_at_scale(size, scale_in_force()), map(min, size, LEAST_SIZE)))
        opening = _Opening(window, preferences, document, experiment, after, lesson)
        if present:
            opening.present(full_screen=size is None)
        window.painted.connect(opening.fill)
        try:
            with _reported_errors(window), leaving_when_told(app):
                window.show()
                code = app.exec()
        finally:
            opening.close()
            delete(window)
    return code


def delete(window: MainWindow) -> None:
    """Delete the window at once: one that outlived the application, as the interpreter ends, would crash it."""
    window.stop_presenting()  # which concerns the whole application
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


class _Opening:
    """Fills the window once its frame is on the screen."""

    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        document: Document | None,
        experiment: str | None,
        after: int,
        lesson: str | None = None,
    ) -> None:
        self._window = window
        self._preferences = preferences
        self._document = document
        self._experiment = experiment
        self._after = after
        self._lesson = lesson
        self._session: Session | None = None
        self._has_run = False
        self._is_presented = self._on_full_screen = False

    def present(self, *, full_screen: bool) -> None:
        """Present as soon as there is something to be seen."""
        self._is_presented, self._on_full_screen = True, full_screen

    def fill(self) -> None:
        """Import the rest of the program, open the experiment and show it."""
        document = self._document or document_of(self._experiment)
        self._session = make_session()
        self._window.attach(document, self._session)
        gc.freeze()  # before the event loop rests for the first time
        self._window.tell_if_too_large()
        if self._is_presented:
            self._window.present(full_screen=self._on_full_screen)
        if self._lesson is not None:
            self._window.open_lesson(self._lesson)
            return
        if self._after:
            self._session.status_changed.connect(self._slow_down)
            self._session.set_speed(math.inf)
            self._session.run(self._after)

    def _slow_down(self, status: Status) -> None:
        """Go on at the person's own speed once the first steps have been made, or the run rests before.

        Not by waiting for it: an event loop within the main one forgets that the program was told to quit.
        """
        from convviz.engine.frames import State
        from convviz.model.waiting import has_made

        running = status.state is State.RUNNING
        self._has_run = self._has_run or running
        rests = (self._has_run and not running) or has_made(status, self._after)
        if self._session is not None and rests:
            self._session.status_changed.disconnect(self._slow_down)
            self._session.set_speed(self._preferences.speed)

    def close(self) -> None:
        """End the training, also where the window was not closed but the program told to leave."""
        if self._session is not None:
            self._session.close()


def application(platform: str | None = None, scale: float | None = None) -> QApplication:
    """Return the application; a new one draws everything ``scale`` times as large (None: as the desktop says)."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if scale is not None:
        os.environ[SCALE_VARIABLE] = f"{scale:g}"
    # The style is named here because Python's names for all that QStyle has are loaded once a style is asked for.
    arguments = [sys.argv[0], "-style", theme.STYLE, *(("-platform", platform) if platform else ())]
    app = QApplication(arguments)
    app.setApplicationName("convviz")
    app.setDesktopFileName("convviz")
    return app


def dress(app: QApplication, theme_name: str, language: str) -> None:
    """Give the application its colours, and every sentence its language; "system" is that of the desktop."""
    theme.apply(app, theme_name)
    speak(language)


def document_of(experiment: str | None) -> Document:
    """Open a built-in experiment by its name, or a file; None: the demo.

    Raises
    ------
    ShapeError, ConfigError
        If there is none, or it does not hold an experiment.
    """
    from convviz.model.document import Document
    from convviz.model.files import find_experiment, read_experiment

    path = find_experiment(experiment)
    if experiment is None or is_builtin(experiment):
        return Document(read_experiment(path))
    document = Document()
    document.open(path)
    return document


def check_lesson(name_or_path: str) -> None:
    """Raise `ConvvizError` if there is no lesson of that name, or a file does not hold one."""
    from convviz.model.lessons.library import find_lesson
    from convviz.model.lessons.reading import read_lesson

    read_lesson(find_lesson(name_or_path))


def make_session() -> Session:
    """Return a session, whose thread and engine are loaded now."""
    from convviz.model.session import Session

    return Session()


@contextmanager
def _no_search_for_garbage() -> Iterator[Callable[[], None]]:
    """Spare the start the search for garbage, and give what spares it to all later ones as well.

    Next to nothing of what a start makes is garbage: it is modules, classes and the window. To look through it again
    and again delays the window, and later the training.
    """
    gc.disable()  # the threads keep it so, and have the window collect; see `convviz.engine.worker`
    try:
        yield gc.freeze
    finally:
        gc.unfreeze()
        gc.enable()


@contextmanager
def _reported_errors(window: MainWindow) -> Iterator[None]:
    """Show an error that nobody caught, instead of ending the program as PyQt would."""
    before = sys.excepthook

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            told = f"{kind.__name__}: {error}"
            window.show_message(
                Message(
                    lambda: tr("The program made a mistake. Nothing is lost, and you can save. {error}").format(
                        error=told
                    ),
                    subject="program",
                )
            )
        else:
            QApplication.exit(_INTERRUPTED)

    sys.excepthook = report
    try:
        yield
    finally:
        sys.excepthook = before


@contextmanager
def leaving_when_told(app: QApplication) -> Iterator[None]:
    """Have the application leave its event loops, all of them, at Ctrl+C and where else it is told to end.

    It has a code of its own for each; to end at once would leave half of a file behind that is being written.

    Python acts on a signal only while Python code runs, which an idle window does not. The signal therefore also
    writes to a line that Qt watches; that wakes Python up without a timer that would run all the time.
    """
    with _line() as (reading, writing, read):
        notifier = QSocketNotifier(sip.voidptr(reading), QSocketNotifier.Type.Read, app)
        notifier.activated.connect(read)
        descriptor = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        handlers = {
            number: signal.signal(number, lambda number, frame: app.exit(128 + number)) for number in ending_signals()
        }
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(descriptor)
            notifier.setEnabled(False)
            notifier.deleteLater()


@contextmanager
def _line() -> Iterator[tuple[int, int, Callable[[], object]]]:
    """Give the two ends of a line that never blocks, and what reads from it."""
    if sys.platform == "win32":  # Qt watches nothing else there; elsewhere a pipe saves loading the module
        import socket

        out, into = socket.socketpair()
        with out, into:
            out.setblocking(False)
            into.setblocking(False)
            yield out.fileno(), into.fileno(), lambda: out.recv(64)
        return
    reading, writing = os.pipe()
    try:
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        yield reading, writing, lambda: os.read(reading, 64)
    finally:
        os.close(reading)
        os.close(writing)
