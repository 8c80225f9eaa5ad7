"""What the keys of the microscope ask for."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt

from convviz.views.panels.microscope.header import PHASES

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent


class Order(Enum):
    """What is asked for: another moment, another pace, another view."""

    BEFORE = auto()
    AFTER = auto()
    ABOVE = auto()
    BELOW = auto()
    FIRST = auto()
    LAST = auto()
    END_OF_ROW = auto()
    PLAY = auto()
    FASTER = auto()
    SLOWER = auto()
    WHOLE = auto()
    STRIP = auto()
    DIRECTION = auto()
    CLOSE = auto()


_ORDERS: dict[int, Order] = {
    Qt.Key.Key_Left: Order.BEFORE,
    Qt.Key.Key_Right: Order.AFTER,
    Qt.Key.Key_Up: Order.ABOVE,
    Qt.Key.Key_Down: Order.BELOW,
    Qt.Key.Key_Home: Order.FIRST,
    Qt.Key.Key_End: Order.LAST,
    Qt.Key.Key_Space: Order.PLAY,
    Qt.Key.Key_Plus: Order.FASTER,
    Qt.Key.Key_Equal: Order.FASTER,
    Qt.Key.Key_Minus: Order.SLOWER,
    Qt.Key.Key_Z: Order.WHOLE,
    Qt.Key.Key_V: Order.STRIP,
    Qt.Key.Key_D: Order.DIRECTION,
    Qt.Key.Key_Escape: Order.CLOSE,
}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)


def order_of(event: QKeyEvent) -> Order | int | None:
    """Return what a key asks for, or the phase that a digit stands for, from 0; None: it means nothing here."""
    key, held = event.key(), event.modifiers()
    if held not in _PLAIN:
        return None
    if Qt.Key.Key_1 <= key < Qt.Key.Key_1 + PHASES:
        return key - Qt.Key.Key_1
    if key == Qt.Key.Key_Right and held == Qt.KeyboardModifier.ShiftModifier:
        return Order.END_OF_ROW
    return _ORDERS.get(key)
