"""Whom the wheel turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PyQt6.QtGui import QWheelEvent
    from PyQt6.QtWidgets import QWidget as _Widget
else:
    _Widget = object  # the widget is the class that this one is mixed into


class TurnedWithFocus(_Widget):
    """A control that the wheel turns only where the focus is; else what it lies in scrolls, and nothing changes.

    To be named before the class of the control.
    """

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Turn only with the focus."""
        if event is not None and not self.hasFocus():
            event.ignore()
            return
        super().wheelEvent(event)
