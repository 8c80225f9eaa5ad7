"""The panels of the window, and what goes between them, the document and the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QEvent, QObject

from convviz.model.checking import Checker
from convviz.views.file_control import FileControl
from convviz.views.heatmap.cell import Cell, cell_text
from convviz.views.panels.check import CheckBadge
from convviz.views.panels.inspector import Inspector
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.pipeline import Pipeline
from convviz.views.run_control import RunControl
from convviz.views.selection import Selection

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow

    from convviz.engine.frames import Frame
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.session import Session
    from convviz.views.parts import Parts
    from convviz.views.preferences import Preferences

_LEAST_PICTURE = 300  #: pixels: what is left of a window 640 high; what does not fit there can be scrolled to


class PanelControl(QObject):
    """Makes the panels and keeps them, the document and the session in step.

    Attributes
    ----------
    pipeline, loss, inspector
        The panels; where they go is the window's business.
    files
        What opens, saves and asks.
    checker
        What knows whether the gradients that are shown are right.
    """

    def __init__(
        self, window: QMainWindow, document: Document, session: Session, preferences: Preferences, parts: Parts
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._session = session
        self._line = parts.line
        self.pipeline = Pipeline()
        self.pipeline.setMinimumHeight(_LEAST_PICTURE)
        self.loss = LossPanel(parts.actions)
        self.pipeline.set_companion(self.loss)
        self.inspector = Inspector(document)
        self.files = FileControl(window, document, preferences, parts)
        self._run = RunControl(document, session, preferences, parts, self.loss, self)
        self.checker = Checker(session, self)
        parts.line.addPermanentWidget(CheckBadge(self.checker, parts.line))
        self._connect()
        self.pipeline.set_experiment(document.experiment)
        self._select(Selection("layer", 0))
        session.load(document.experiment, play=False)

    def _connect(self) -> None:
        self.pipeline.selected.connect(self._select)
        self.pipeline.pointed.connect(self._point)
        self.inspector.selected.connect(self.pipeline.set_selection)
        self._document.changed.connect(self._follow)
        self.files.reopened.connect(self._session.reset)
        self._session.frame_changed.connect(self._show_frame)

    def _select(self, selection: Selection) -> None:
        self.pipeline.set_selection(selection)
        self.inspector.show_selection(selection)

    def _point(self, cell: Cell | None) -> None:
        self._line.show_cell("" if cell is None else cell_text(cell, channels=True))

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self.pipeline.set_experiment(new)
        self._session.follow(old, new)

    def _show_frame(self, frame: Frame) -> None:
        """Show a frame and paint everything that has changed with it at once, while the training waits for it."""
        self.pipeline.set_frame(frame)
        QCoreApplication.sendPostedEvents(self._window, QEvent.Type.UpdateRequest)
