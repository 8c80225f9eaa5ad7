"""What becomes of a dialog in which a file is chosen, once it is closed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QEvent, QPointF, Qt, QTimer
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QAbstractButton, QApplication, QDialogButtonBox, QFileDialog, QMessageBox, QWidget

from convviz.views.file_dialogs import dialog_to_save

if TYPE_CHECKING:
    from pathlib import Path

    from PyQt6.QtCore import QObject
    from pytestqt.qtbot import QtBot


def _save_button(dialog: QFileDialog) -> QAbstractButton:
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    button = buttons.button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    return button


def _click(dialog: QFileDialog) -> list[QMouseEvent]:
    button, left, nothing = _save_button(dialog), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = QPointF(button.mapTo(dialog, button.rect().center()))
    on_screen = QPointF(button.mapToGlobal(button.rect().center()))
    return [
        QMouseEvent(kind, at, at, on_screen, left, held, nothing)
        for kind, held in (
            (QEvent.Type.MouseButtonPress, left),
            (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
        )
    ]


def test_a_double_click_on_save_saves_once_and_asks_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    window, written, asked = QWidget(), [], []
    qtbot.addWidget(window)
    window.show()
    dialog = dialog_to_save(window, "save_dialog", "Save", str(tmp_path), "Texts (*.txt)")
    dialog.selectFile("new.txt")

    def write(name: str) -> None:
        written.append(name)
        (tmp_path / "new.txt").write_text("new", encoding="utf-8")

    def look() -> None:
        question = QApplication.activeModalWidget()
        if isinstance(question, QMessageBox):
            asked.append(question.text())
            question.reject()

    dialog.fileSelected.connect(write)
    dialog.open()
    qtbot.waitExposed(dialog)
    looking = QTimer()
    looking.timeout.connect(look)
    looking.start(5)
    ended: list[QObject | None] = []
    dialog.destroyed.connect(ended.append)
    for event in (*_click(dialog), *_click(dialog)):
        QCoreApplication.postEvent(dialog.windowHandle(), event)
    qtbot.waitUntil(lambda: bool(ended))
    assert written == [str(tmp_path / "new.txt")]
    assert asked == []


#: Asks for a file, answers with one that is there, and closes the dialog while that asks if it is to be replaced.
_CLOSED_WHILE_IT_ASKS = """
import sys
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QMessageBox, QWidget
from convviz.views.file_dialogs import dialog_to_save

app = QApplication([])
window = QWidget()
window.show()
dialog = dialog_to_save(window, "save_dialog", "Save", sys.argv[1], "Texts (*.txt)")
dialog.selectFile("there.txt")
dialog.destroyed.connect(lambda: (print("gone"), app.quit()))

def close():
    print(type(app.activeModalWidget()) is QMessageBox)
    dialog.reject()

def save():
    QTimer.singleShot(0, close)
    dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save).click()
    print("answered")

QTimer.singleShot(0, save)
dialog.open()
app.exec()
"""


def test_a_dialog_that_is_closed_while_it_asks_outlives_its_question(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("there", encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-c", _CLOSED_WHILE_IT_ASKS, str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["True", "answered", "gone"]
