"""The experiment as a document: one value at a time, edited by proposals, with undo and redo for everything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QUndoCommand, QUndoStack

from convviz.engine.errors import ConfigError
from convviz.model.files import load_builtin, read_experiment, write_experiment

if TYPE_CHECKING:
    from collections.abc import Hashable

    from convviz.model.experiment import Experiment

#: What Qt compares before it asks two commands to merge; −1 never merges.
_MERGES, _STANDS_ALONE = 1, -1


class Document(QObject):
    """Holds the one valid experiment that is being looked at, and how it came to be.

    Parameters
    ----------
    experiment
        What it begins with; None: the built-in demo.
    """

    #: The experiment before and after, of any change: an edit, its undoing, or the opening of another one.
    changed = pyqtSignal(object, object)
    #: `path` is another one, or none.
    path_changed = pyqtSignal()
    #: Another experiment was opened; the edits of the one before are gone.
    opened = pyqtSignal()
    #: `is_modified`, or what can be undone or redone, has changed. To be preferred to the signals of `undo_stack`,
    #: which tells of its own end when it can no longer be asked.
    edits_changed = pyqtSignal()

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = self._saved = load_builtin() if experiment is None else experiment
        self._path: Path | None = None
        self._undo_stack = self._made_stack()
        self._own: _Own | None = None
        self._is_swapping = False

    @property
    def experiment(self) -> Experiment:
        """The experiment as it is now; always valid."""
        return self._experiment

    @property
    def undo_stack(self) -> QUndoStack:
        """The edits since the experiment was opened. Undo and redo through it; make edits with `propose`."""
        return self._undo_stack

    @property
    def is_borrowed(self) -> bool:
        """Whether the experiment is one that was borrowed, and the person's own waits."""
        return self._own is not None

    @property
    def is_swapping(self) -> bool:
        """Whether the change that is being told of is to a borrowed experiment, or back to the person's own.

        Its run is another one then, also where the two experiments are alike.
        """
        return self._is_swapping

    @property
    def path(self) -> Path | None:
        """The file that the experiment was read from or written to last; None: it has none yet."""
        return self._path

    @property
    def is_modified(self) -> bool:
        """Whether the experiment differs from what was opened or saved last."""
        return not self._undo_stack.isClean() and self._experiment != self._saved

    def propose(self, new: Experiment, text: str, merge: Hashable | None = None) -> None:
        """Make ``new`` the experiment, as one step that can be undone; an equal one changes nothing.

        Parameters
        ----------
        new
            The experiment as it would be.
        text
            What the edit does, translated, as it will stand in the menu behind 'Undo'.
        merge
            Proposals that follow each other with the same key, such as those of one drag, are undone as one; None:
            this one stands alone.

        Raises
        ------
        ShapeError, ConfigError
            If `Experiment.validate` refuses it; nothing has changed then. Where the teacher makes numbers that are
            not finite, which only the run finds out, `Session.failed` tells.
        """
        new.validate()
        if new != self._experiment:
            self._undo_stack.push(_Edit(self, self._experiment, new, text, merge))

    def turn_to(self, experiment: Experiment, text: str) -> None:
        """Make an experiment whose run is another branch of the present one the document, as one step to be undone.

        It may be equal to the present one, but is not the same object.
        """
        self._undo_stack.push(_Edit(self, self._experiment, experiment, text, None))

    def open(self, path: str | Path) -> None:
        """Make the experiment of a file the document, with nothing to undo.

        Raises
        ------
        ShapeError, ConfigError
            If the file holds no valid experiment; nothing has changed then.
        """
        path = Path(path)
        self._begin(read_experiment(path), path)

    def open_experiment(self, experiment: Experiment) -> None:
        """Make an experiment that has no file the document, with nothing to undo.

        Raises
        ------
        ShapeError, ConfigError
            If it is not valid; nothing has changed then.
        """
        experiment.validate()
        self._begin(experiment, None)

    def borrow(self, experiment: Experiment) -> None:
        """Show an experiment for a while, with edits of its own; the person's waits, and nothing happens to it.

        Where one is borrowed already, this one takes its place.

        Raises
        ------
        ShapeError, ConfigError
            If it is not valid; nothing has changed then.
        """
        experiment.validate()
        if self._own is None:
            self._own = _Own(self._experiment, self._saved, self._path, self._undo_stack)
        else:
            self._drop_stack()
        self._swap(experiment, experiment, None, self._made_stack())

    def give_back(self) -> None:
        """Have the person's own experiment again: the very object, with its file and all that can be undone."""
        if self._own is not None:
            own, self._own = self._own, None
            self._drop_stack()
            self._swap(*own)

    def undo(self) -> None:
        """Undo the last edit."""
        self._undo_stack.undo()

    def redo(self) -> None:
        """Make the edit again that was undone last."""
        self._undo_stack.redo()

    def save(self, path: str | Path | None = None) -> None:
        """Write the experiment to ``path``, which becomes the document's; None: where it was last.

        Raises
        ------
        ShapeError, ConfigError
            If it cannot be written; the file is as it was, and the document still counts as modified.
        """
        target = self._path if path is None else Path(path)
        if target is None:
            raise ConfigError("expected the name of a file to save to, received none")
        write_experiment(target, self._experiment)
        self._set_path(target)
        self._saved = self._experiment
        self._undo_stack.setClean()

    def _begin(self, experiment: Experiment, path: Path | None) -> None:
        old, self._experiment = self._experiment, experiment
        self._saved = experiment
        self._undo_stack.clear()
        self._set_path(path)
        self.changed.emit(old, experiment)
        self.opened.emit()

    def _made_stack(self) -> QUndoStack:
        stack = QUndoStack(self)
        for signal in (
            stack.cleanChanged,
            stack.canUndoChanged,
            stack.canRedoChanged,
            stack.undoTextChanged,
            stack.redoTextChanged,
        ):
            signal.connect(self._tell_of_edits)
        return stack

    def _drop_stack(self) -> None:
        self._undo_stack.blockSignals(True)  # it tells of its own end
        self._undo_stack.deleteLater()

    def _swap(self, experiment: Experiment, saved: Experiment, path: Path | None, stack: QUndoStack) -> None:
        old, self._experiment, self._undo_stack = self._experiment, experiment, stack
        self._saved = saved
        self._set_path(path)
        self.edits_changed.emit()
        self._is_swapping = True
        try:
            self.changed.emit(old, experiment)
        finally:
            self._is_swapping = False

    def _tell_of_edits(self) -> None:
        self.edits_changed.emit()

    def _set_path(self, path: Path | None) -> None:
        if path != self._path:
            self._path = path
            self.path_changed.emit()

    def _show(self, experiment: Experiment) -> None:
        old, self._experiment = self._experiment, experiment
        self.changed.emit(old, experiment)


class _Own(NamedTuple):
    """What is the person's, while another experiment is borrowed."""

    experiment: Experiment
    saved: Experiment
    path: Path | None
    stack: QUndoStack


class _Edit(QUndoCommand):
    """From one experiment to another, and back."""

    def __init__(self, document: Document, old: Experiment, new: Experiment, text: str, merge: Hashable | None) -> None:
        super().__init__(text)
        self._document = document
        self._old, self._new, self._merge = old, new, merge

    def id(self) -> int:
        return _STANDS_ALONE if self._merge is None else _MERGES

    def redo(self) -> None:
        self._document._show(self._new)

    def undo(self) -> None:
        self._document._show(self._old)

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        if not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)  # dragged back to where it began: nothing to undo
        return True
