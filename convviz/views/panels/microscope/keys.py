"""The keys that the microscope takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt

from convviz.views.panels.microscope.header import PHASES

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent

_KEYS = {
    Qt.Key.Key_Space,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Plus,
    Qt.Key.Key_Equal,
    Qt.Key.Key_Minus,
    Qt.Key.Key_Z,
    Qt.Key.Key_D,
    Qt.Key.Key_V,
    Qt.Key.Key_Escape,
}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)


def is_ours(event: QKeyEvent) -> bool:
    """Return whether a key means something here: moving, playing, a phase, the view."""
    key = event.key()
    return event.modifiers() in _PLAIN and (key in _KEYS or Qt.Key.Key_1 <= key < Qt.Key.Key_1 + PHASES)
