"""What a person does with files of their own: makes them, chooses them, and answers what is asked about a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QImage
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
)

from convviz.model.sources import GivenMap
from convviz.views.picture_dialog import PictureDialog
from tests.views.hands import choose_file, choose_item, type_over

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.views.conftest import Person


def picture(folder: Path, rows: int = 48, columns: int = 64, grey: bool = False, name: str = "cat.png") -> Path:
    """Write a picture of random cells."""
    colours = np.random.default_rng(0).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    if grey:
        colours[...] = colours[..., :1]
    image = QImage(colours.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    assert image.save(str(folder / name))
    return folder / name


def array(folder: Path, values: Any, name: str = "a.npy") -> Path:
    np.save(folder / name, values)
    return folder / name


def a_dialog_has_gone(person: Person) -> None:
    """Do what a window system does when a dialog has gone."""
    front = QApplication.activeModalWidget() or person.window
    front.activateWindow()
    person.sees(front.isActiveWindow)


def choose(person: Person, action: str, path: Path) -> None:
    """Choose a file in the dialog that an action of the menu opens."""
    person.find(QAction, action).trigger()
    select(person, path)


def select(person: Person, path: Path) -> None:
    dialog = person.dialog(QFileDialog, "numbers_dialog")
    choose_file(dialog, path)
    person.sees(lambda: person.window.findChild(QFileDialog, "numbers_dialog") is None)
    a_dialog_has_gone(person)


class Asked:
    """The dialog about a picture, as somebody uses it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.dialog = person.dialog(PictureDialog, "picture_as_map")
        self.dialog.activateWindow()
        person.sees(self.dialog.isActiveWindow)

    def pick(self, name: str, text: str) -> None:
        choose_item(self.person.find(QComboBox, f"picture_as_map.{name}"), text)

    def type_into(self, name: str, text: str) -> None:
        type_over(self.box(name), text, Qt.Key.Key_Tab)

    def box(self, name: str) -> QAbstractSpinBox:
        return self.person.find(QAbstractSpinBox, f"picture_as_map.{name}")

    def size(self) -> tuple[str, str]:
        return self.box("rows").text(), self.box("columns").text()

    def outcome(self) -> str:
        return self.person.find(QLabel, "picture_as_map.outcome").text()

    def opening(self) -> QAbstractButton:
        buttons = self.dialog.findChild(QDialogButtonBox)
        assert buttons is not None
        return buttons.button(QDialogButtonBox.StandardButton.Open)

    def open(self) -> None:
        self.person.bot.mouseClick(self.opening(), Qt.MouseButton.LeftButton)
        self.gone()

    def gone(self) -> None:
        self.person.sees(lambda: self.person.window.findChild(PictureDialog, "picture_as_map") is None)
        a_dialog_has_gone(self.person)


def made(person: Person, role: str = "input") -> NDArray[np.float64]:
    source = getattr(person.document.experiment, role)
    assert isinstance(source, GivenMap)
    return source.values
