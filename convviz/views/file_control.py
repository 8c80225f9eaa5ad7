"""Between the document and the window: opening, saving, and what the window is called."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from convviz.engine.errors import ConvvizError
from convviz.i18n import tr
from convviz.model.files import builtin_names, load_builtin, own_notes
from convviz.views.elided import STAR
from convviz.views.file_dialogs import dialog_to_open, dialog_to_save
from convviz.views.file_messages import not_opened, not_saved
from convviz.views.picture import save_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtWidgets import QMainWindow

    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.views.banner import Message
    from convviz.views.parts import Parts
    from convviz.views.preferences import Preferences


class FileControl(QObject):
    """Opens and saves experiments, asks before changes are lost, and says what went wrong without losing anything.

    Signals
    -------
    reopened()
        An experiment was opened with which the run that there is could go on: it is to begin anew nevertheless.
    settling()
        Another experiment, or nothing more, is about to be shown: what was only borrowed is to be given back.
    """

    reopened = pyqtSignal()
    settling = pyqtSignal()

    def __init__(self, window: QMainWindow, document: Document, preferences: Preferences, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._preferences = preferences
        self._actions = parts.actions
        self._menus = parts.menus
        self._transport = parts.transport
        self._line = parts.line
        self._banner = parts.banner
        self._builtin = builtin_names()
        self._connect()
        parts.menus.set_recent(preferences.recent)
        self.retranslate()
        self._undo_texts()

    def _connect(self) -> None:
        actions = self._actions
        for name, act in {
            "open": self._ask_for_file,
            "save": self._save_clicked,
            "save_as": self._save_as_clicked,
            "save_picture": self._ask_for_picture,
            "undo": self._document.undo,
            "redo": self._document.redo,
        }.items():
            actions[name].triggered.connect(act)
        actions.enable(open=True, save=True, save_as=True, save_picture=True)
        self._menus.experiment_chosen.connect(self.open_builtin)
        self._menus.file_chosen.connect(self.open_file)
        self._transport.experiment_chosen.connect(self.open_builtin)
        self._document.changed.connect(self._changed)
        self._document.path_changed.connect(self._entitle)
        self._document.edits_changed.connect(self._edited)

    @property
    def is_unsettled(self) -> bool:
        """Whether there are changes that would be lost."""
        return self._document.is_modified

    def open_builtin(self, name: str) -> None:
        """Open the built-in experiment ``name``, once unsaved changes have been dealt with."""
        self.settle(partial(self._open_builtin, name))

    def open_file(self, path: Path) -> None:
        """Open the experiment in a file, once unsaved changes have been dealt with."""
        self.settle(partial(self._open_file, path))

    def settle(self, then: Callable[[], object]) -> None:
        """Call ``then`` when no unsaved changes are left that could be lost; ask first if there are some.

        Where it is called off, the window names again what is open.
        """
        self.settling.emit()
        if not self.is_unsettled:
            then()
            return
        from convviz.views.dialogs import ask_about_changes

        ask_about_changes(
            self._window,
            self._shown_name(),
            save=partial(self._save, then),
            discard=then,
            cancel=self._entitle,
        )

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        names = {name: tr(text) for name, text in self._builtin.items()}
        self._menus.set_experiments(names)
        self._transport.set_experiments(names)
        self._undo_texts()
        self._entitle()

    # -- opening -------------------------------------------------------------------------------------------------------

    def _ask_for_file(self) -> None:
        title, kinds = tr("Open an experiment"), tr("Experiments (*.json)")
        dialog = dialog_to_open(self._window, "open_dialog", title, self._preferences.folder, kinds)
        dialog.fileSelected.connect(self._file_selected)
        dialog.open()

    def _file_selected(self, name: str) -> None:
        self.open_file(Path(name))

    def _open_builtin(self, name: str) -> None:
        before = self._document.experiment
        self._document.open_experiment(load_builtin(name))
        self._opened(before)

    def _open_file(self, path: Path) -> None:
        before = self._document.experiment
        try:
            self._document.open(path)
        except ConvvizError as error:
            self._complain(not_opened(error))
            return
        self._remember(path)
        self._opened(before)

    def _opened(self, before: Experiment) -> None:
        self._banner.dismiss()
        self._entitle()
        if not before.needs_rebuild(self._document.experiment):
            self.reopened.emit()

    # -- saving --------------------------------------------------------------------------------------------------------

    def _save_clicked(self) -> None:
        self._save(None)

    def _save_as_clicked(self) -> None:
        self._ask_where_to_save(None)

    def _save(self, then: Callable[[], object] | None) -> None:
        if self._document.path is None:
            self._ask_where_to_save(then)
        else:
            self._write(self._document.path, then)

    def _ask_where_to_save(self, then: Callable[[], object] | None) -> None:
        title, kinds = tr("Save the experiment"), tr("Experiments (*.json)")
        dialog = dialog_to_save(self._window, "save_dialog", title, self._preferences.folder, kinds)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(self._document.path.name if self._document.path else "experiment.json")
        dialog.fileSelected.connect(lambda name: self._write(Path(name), then))
        dialog.rejected.connect(self._entitle)
        dialog.open()

    def _write(self, path: Path, then: Callable[[], object] | None) -> None:
        try:
            self._document.save(path)
        except (ConvvizError, OSError) as error:
            self._complain(not_saved(path, error))
            return
        self._remember(path)
        if self._banner.subject == "file":  # it tells of an earlier attempt
            self._banner.dismiss()
        self._entitle()
        if then is not None:
            then()

    def _ask_for_picture(self) -> None:
        title, kinds = tr("Save picture of the window"), tr("Pictures (*.png *.svg *.pdf)")
        dialog = dialog_to_save(self._window, "picture_dialog", title, self._preferences.folder, kinds)
        dialog.setDefaultSuffix("png")
        dialog.selectFile("convviz.png")
        dialog.fileSelected.connect(self._picture_selected)
        dialog.open()

    def _picture_selected(self, name: str) -> None:
        try:
            save_picture(self._window, Path(name))
        except OSError as error:
            self._complain(not_saved(Path(name), error))

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _remember(self, path: Path) -> None:
        self._preferences.remember_file(path)
        self._menus.set_recent(self._preferences.recent)

    def _complain(self, message: Message) -> None:
        self._banner.show_message(message)
        self._entitle()

    def _changed(self, old: object, new: object) -> None:
        self._entitle()

    def _edited(self) -> None:
        self._entitle()
        self._undo_texts()

    def _shown_name(self) -> str:
        if self._document.path is not None:
            return self._document.path.name
        return tr(self._document.experiment.name) or tr("untitled")

    def _entitle(self) -> None:
        """Tell everywhere what is open, and whether it has changes that are not saved."""
        document = self._document
        known = {text: name for name, text in self._builtin.items()}
        name = self._shown_name()
        builtin = known.get(document.experiment.name) if document.path is None else None
        if document.is_modified:  # what was told about it may not be true any more
            builtin, told = None, tr("{name}, with changes that are not saved").format(name=name)
            name += STAR
        else:
            notes = document.experiment.notes if builtin else own_notes(document.experiment)
            told = tr(notes) if notes else ""
        self._line.set_idle_text(told)
        about = told or tr("What comes in, which layers there are, and what is to be learned")
        self._transport.set_experiment(builtin, name, about)
        self._window.setWindowTitle(tr("{name}[*] – convviz").format(name=self._shown_name()))
        self._window.setWindowModified(document.is_modified)

    def _undo_texts(self) -> None:
        stack = self._document.undo_stack
        for name, able, told, text in (
            ("undo", stack.canUndo(), tr("Undo: {change}"), stack.undoText()),
            ("redo", stack.canRedo(), tr("Redo: {change}"), stack.redoText()),
        ):
            self._actions[name].setEnabled(able)
            self._actions.explain(name, told.format(change=text) if able and text else None)
