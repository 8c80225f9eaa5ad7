"""The note that tells of a run which an edit has ended: another one has begun at step 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from convviz.views import run_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.session import Session
    from convviz.views.status_line import StatusLine


class RestartNote(QObject):
    """Shows the note in the status line once the new run is there, and takes it away where an earlier run comes back.

    The edits of one drag are undone together, and lead back to the run before the first of them.
    """

    def __init__(self, document: Document, session: Session, line: StatusLine, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._session, self._line = document, session, line
        self._left = 0  # the steps of the run that a change has ended, until that is told
        self._was_edit = False  # that change was none of the whole document
        self._words: Callable[[int], str] = run_words.left_text
        self._note: Callable[[], str] | None = None
        self._told_edit, self._told_steps = (0, 0), 0
        session.run_started.connect(self._tell)
        document.changed.connect(self._follow)
        document.opened.connect(self._forget)
        document.edits_changed.connect(self._note_edit)

    def note_reset(self, steps: int) -> None:
        """Note that a reset leaves so many steps behind, which can be undone as an edit can."""
        self._left, self._was_edit, self._words = steps, True, run_words.reset_text

    def _follow(self, old: Experiment, new: Experiment) -> None:
        """Note how many steps a change leaves behind."""
        if self._document.is_swapping:
            self._forget()
        if self._document.is_swapping or old.needs_rebuild(new):
            self._left, self._words = self._session.status.step, run_words.left_text
            self._was_edit = False

    def _forget(self) -> None:
        """Take no edit of another experiment for the one that was told of."""
        self._told_edit, self._told_steps = (0, 0), 0

    def _note_edit(self) -> None:
        """Note that an edit made the change: at the opening of another experiment the edits end before it."""
        self._was_edit = True

    def _tell(self) -> None:
        stack = self._document.undo_stack
        steps, edit = self._left, (stack.count(), stack.index())
        self._left = 0
        if edit == self._told_edit:
            steps = max(steps, self._told_steps)
        if self._session.status.step:
            if self._note is not None:
                self._line.drop_note(self._note)
        elif steps and self._was_edit:
            self._told_edit, self._told_steps = edit, steps
            words = self._words
            self._note = lambda: words(steps)
            self._line.show_note(self._note)
