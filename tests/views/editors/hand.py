"""Somebody at an editor of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLineEdit, QToolButton, QWidget

from convviz.views.editors.matrix_grid import MatrixGrid

if TYPE_CHECKING:
    from convviz.views.editors.matrix import MatrixEditor

W = TypeVar("W", bound=QWidget)


class Hand:
    """Somebody at an editor whose edits are taken as they come, like the document does."""

    def __init__(self, editor: MatrixEditor, values: Any) -> None:
        self.editor = editor
        self.values = np.array(values, dtype=np.float64)
        self.merges: list[str] = []
        self.refused: list[str] = []
        self.told: list[str] = []
        self.accept = True
        editor.set_values(self.values)
        editor.retranslate()
        editor.edited.connect(self._take)
        editor.refused.connect(self.refused.append)
        editor.told.connect(self.told.append)

    def _take(self, values: Any, merge: str) -> None:
        if self.accept:
            self.values = values
            self.merges.append(merge)
        self.editor.set_values(self.values)

    @property
    def grid(self) -> MatrixGrid:
        return self.find(MatrixGrid, "k.cells")

    def find(self, kind: type[W], name: str) -> W:
        found = self.editor.findChild(kind, name)
        assert found is not None, name
        return found

    def spot(self, row: int, column: int) -> QPoint:
        return self.grid.cell_rect(row, column).center()

    def click(self, row: int, column: int) -> None:
        QTest.mouseClick(self.grid, Qt.MouseButton.LeftButton, pos=self.spot(row, column))

    def line(self) -> QLineEdit | None:
        return self.grid.findChild(QLineEdit, "k.cells.edit")

    def keys(self, text: str, then: Qt.Key) -> None:
        """Type into whatever is there: the first character opens the line."""
        for letter in text:
            QTest.keyClicks(self.line() or self.grid, letter)
        QTest.keyClick(self.line() or self.grid, then)

    def menu(self, name: str, button: str = "more") -> QAction:
        menu = self.find(QToolButton, f"k.cells.{button}").menu()
        assert menu is not None
        menu.aboutToShow.emit()
        action = menu.findChild(QAction, f"k.cells.{name}")
        assert action is not None, name
        return action

    def paste(self, text: str) -> None:
        clipboard().setText(text)
        QTest.keySequence(self.grid, "Ctrl+V")


def clipboard() -> Any:
    return QGuiApplication.clipboard()
