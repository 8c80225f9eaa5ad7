"""An inspector on a real document, and somebody who uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLabel, QListWidget, QTabBar, QToolButton, QWidget

from convviz.engine.initializers import Given
from convviz.engine.layers import Conv2d
from convviz.model.document import Document
from convviz.model.experiment import Experiment, Stage
from convviz.views.editors.matrix_grid import MatrixGrid
from convviz.views.editors.number_box import NumberBox
from convviz.views.panels.inspector import Inspector
from convviz.views.selection import Selection
from tests.views.hands import choose_item, type_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)

#: The same shapes as the demo: 20×20 → 18×18 → 8×8.
TWO_LAYERS = Experiment(stages=(Stage(layer=Conv2d(3)), Stage(layer=Conv2d(4, stride=2))))


@dataclass
class Person:
    """Somebody at the inspector: uses its controls by their names, and reads what it says."""

    document: Document
    inspector: Inspector

    @property
    def experiment(self) -> Experiment:
        return self.document.experiment

    @property
    def undos(self) -> int:
        return self.document.undo_stack.count()

    def show(self, kind: str, index: int = 0) -> None:
        self.inspector.show_selection(Selection(kind, index))

    def find(self, kind: type[W], name: str) -> W:
        found = self.inspector.findChild(kind, name)
        assert found is not None, f"no {kind.__name__} {name!r}"
        return found

    def type(self, name: str, text: str) -> None:
        type_over(self.find(NumberBox, name), text)

    def choose(self, name: str, text: str) -> None:
        choose_item(self.find(QComboBox, name), text)

    def click(self, name: str) -> None:
        button = self.find(QAbstractButton, name)
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def pick_from_menu(self, button: str, action: str) -> None:
        menu = self.find(QToolButton, button).menu()
        assert menu is not None
        menu.aboutToShow.emit()
        found = menu.findChild(QAction, action)
        assert found is not None, action
        assert found.isEnabled(), action
        found.trigger()

    def show_student(self, index: int = 0) -> None:
        self._click_tab(f"layers.{index}.role", 0)

    def show_teacher(self, index: int = 0) -> None:
        self._click_tab(f"layers.{index}.role", 1)

    def _click_tab(self, name: str, place: int) -> None:
        tabs = self.find(QTabBar, name)
        QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(place).center())

    def cells(self, name: str) -> MatrixGrid:
        return self.find(MatrixGrid, f"{name}.cells")

    def click_cell(self, name: str, row: int, column: int) -> None:
        grid = self.cells(name)
        QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(row, column).center())

    def type_cell(self, name: str, row: int, column: int, text: str) -> None:
        self.click_cell(name, row, column)
        self.type(f"{name}.cells.value", text)

    def paste(self, name: str, text: str) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(text)
        self.click_cell(name, 0, 0)
        QTest.keySequence(self.cells(name), "Ctrl+V")

    def row(self, index: int) -> str:
        item = self.find(QListWidget, "outline").item(index)
        assert item is not None
        return item.text()

    def rows(self) -> list[str]:
        return [self.row(index) for index in range(self.find(QListWidget, "outline").count())]

    @property
    def note(self) -> str:
        """What the message says; empty while there is none."""
        note = self.find(QLabel, "inspector.note")
        return note.text() if note.isVisible() else ""

    def undo(self) -> None:
        self.document.undo_stack.undo()

    def redo(self) -> None:
        self.document.undo_stack.redo()


@pytest.fixture
def at(qtbot: QtBot) -> Iterator[Callable[[Experiment], Person]]:
    """Return what shows an inspector of an experiment, 300 wide."""
    people: list[Person] = []

    def shown(experiment: Experiment) -> Person:
        person = Person(document := Document(experiment), Inspector(document))
        people.append(person)
        qtbot.addWidget(person.inspector)
        person.inspector.resize(300, 700)
        with qtbot.waitActive(person.inspector):
            person.inspector.show()
            person.inspector.activateWindow()
        return person

    yield shown
    people.clear()


@pytest.fixture
def person(at: Callable[[Experiment], Person]) -> Person:
    return at(TWO_LAYERS)


def given(values: Any) -> Given:
    return Given(np.asarray(values, dtype=np.float64))
