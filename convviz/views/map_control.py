"""What lets a person's own files into the window; what opens them is loaded when the first one comes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtGui import QDropEvent

from convviz.views.editors.wanted import FileWanted

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow

    from convviz.model.document import Document
    from convviz.views.own_files import OwnFiles, Role
    from convviz.views.parts import Parts
    from convviz.views.preferences import Preferences


class MapControl(QObject):
    """Takes what is dropped anywhere in the window, what the menu asks for, and what editors ask for.

    Signals
    -------
    opened(Selection)
        The input, the target or a parameter of a layer has come from a file.
    parameter_opened(str, Experiment)
        After `opened`, where it is a parameter: its path in the experiment, and the experiment before.
    experiment_dropped(Path)
        What was dropped is an experiment.
    """

    opened = pyqtSignal(object)
    parameter_opened = pyqtSignal(str, object)
    experiment_dropped = pyqtSignal(object)

    def __init__(self, window: QMainWindow, document: Document, preferences: Preferences, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._preferences, self._parts = preferences, parts
        self._opener: OwnFiles | None = None
        parts.actions["open_input"].triggered.connect(partial(self._ask_for_map, "input"))
        parts.actions["open_target"].triggered.connect(partial(self._ask_for_map, "target"))
        parts.actions.enable(open_input=True, open_target=True)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @property
    def _files(self) -> OwnFiles:
        """What opens files; it is made when it is first asked for."""
        if self._opener is None:
            from convviz.views.own_files import OwnFiles

            self._opener = OwnFiles(self._window, self._document, self._preferences, self._parts)
            self._opener.opened.connect(self.opened)
            self._opener.parameter_opened.connect(self.parameter_opened)
            self._opener.experiment_dropped.connect(self.experiment_dropped)
        return self._opener

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take what is dropped, and what editors ask for."""
        if isinstance(event, FileWanted):
            self._files.ask_for_numbers(event)
            return True
        if isinstance(event, QDropEvent):  # a drag that enters or moves is one, too
            return self._files.take_drop(event)
        if self._opener is not None and event is not None and event.type() == QEvent.Type.DragLeave:
            self._opener.unmark()
        return super().eventFilter(watched, event)

    def _ask_for_map(self, role: Role) -> None:
        self._files.ask_for_map(role)
