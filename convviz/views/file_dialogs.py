"""The dialogs in which a file is chosen, in the language of the window."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QLocale, Qt
from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from convviz.i18n import language, tr


def file_dialog(parent: QWidget, name: str, title: str, folder: str, kinds: str) -> QFileDialog:
    """Return a dialog that deletes itself once it is closed, to be opened by whoever wants the answer.

    Parameters
    ----------
    name
        Its object name.
    folder
        What it shows first.
    kinds
        Which files it shows, as Qt writes that: ``Pictures (*.png *.bmp)``.
    """
    dialog = QFileDialog(parent, title, folder, kinds)
    dialog.setObjectName(name)
    dialog.finished.connect(partial(_end, dialog))
    dialog.setLocale(QLocale(language()))
    label = QFileDialog.DialogLabel
    for which, text in (  # which Qt's own translations lack
        (label.LookIn, tr("Look in:")),
        (label.FileName, tr("File name:")),
        (label.FileType, tr("Files of type:")),
    ):
        dialog.setLabelText(which, text)
    return dialog


def dialog_to_open(parent: QWidget, name: str, title: str, folder: str, kinds: str) -> QFileDialog:
    """Return a dialog, as `file_dialog`, in which a file that is there is chosen."""
    dialog = file_dialog(parent, name, title, folder, kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return dialog


def dialog_to_save(parent: QWidget, name: str, title: str, folder: str, kinds: str) -> QFileDialog:
    """Return a dialog, as `file_dialog`, in which a file to be written is named."""
    dialog = file_dialog(parent, name, title, folder, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    return dialog


def patterns(endings: tuple[str, ...]) -> str:
    """Return what a dialog takes to show files that end so; in capitals, too, for some systems tell the two apart."""
    return " ".join(f"*.{ending} *.{ending.upper()}" for ending in endings)


def _end(dialog: QFileDialog, _: int) -> None:
    """Delete a dialog that was closed, but not while it asks if a file is to be replaced.

    Qt's question is a child of the dialog and lies on the stack: to delete it with the dialog would crash the program.
    """
    dialog.setEnabled(False)  # the second of two clicks may be on its way, and would ask about the file just written
    question = dialog.findChild(QMessageBox, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if question is None:
        dialog.deleteLater()
        return
    question.destroyed.connect(dialog.deleteLater)
    question.reject()
