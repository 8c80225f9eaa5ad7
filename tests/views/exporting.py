"""Exporting by hand: what is asked, where it is written, and when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QDialogButtonBox, QFileDialog

from convviz.views.action_table import EXPORTS
from convviz.views.animation_dialog import AnimationDialog
from convviz.views.editors.buttons import Choice
from convviz.views.editors.number_box import NumberBox
from tests.views import hands

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import Person


def is_idle(person: Person) -> bool:
    return all(person.find(QAction, name).isEnabled() for name in EXPORTS)


def choose_file(person: Person, path: Path) -> None:
    hands.choose_file(person.dialog(QFileDialog, "export_dialog"), path)


def ask_for_animation(person: Person, part: str = "", **numbers: float) -> AnimationDialog:
    """Open the dialog of an animation and type numbers into its fields."""
    person.find(QAction, "export_animation").trigger()
    dialog = person.dialog(AnimationDialog, "animation_dialog")
    if part:
        choice = dialog.findChild(Choice, "animation.part")
        assert choice is not None
        choice.setCurrentIndex(choice.findText(part))
    for name, number in numbers.items():
        box = dialog.findChild(NumberBox, f"animation.{name}")
        assert box is not None
        box.setFocus()
        box.selectAll()
        person.bot.keyClicks(box, str(number))
        box.take_typed()
    return dialog


def save_animation(dialog: AnimationDialog) -> None:
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    button = buttons.button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    assert button.isEnabled()
    button.click()


def trained(person: Person, steps: int) -> Person:
    person.session.run(steps)
    person.sees_step(steps)
    return person
