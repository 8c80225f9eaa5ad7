"""The line that appears over a cell while its number is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QRect, Qt, pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QWidget

from convviz.i18n import tr
from convviz.views import theme

if TYPE_CHECKING:
    from PyQt6.QtGui import QFocusEvent, QKeyEvent

_ROOM = 72
_HEIGHT = 24


class CellEdit(QLineEdit):
    """A number being typed.

    ``finished(text, move)``: the text (None where Escape was pressed), and where to go on: one right, left or down, or
    nowhere.
    """

    finished = pyqtSignal(object, QPoint)

    def __init__(self, name: str, text: str, typed: bool, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAccessibleName(tr("Value of the cell"))
        self.setFont(theme.font("body"))
        self.setStyleSheet("QLineEdit { min-height: 0; padding: 0 2px; border-radius: 3px; }")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if not typed:
            self.selectAll()

    def place(self, cell: QRect, within: QRect) -> None:
        """Lie over ``cell``, wider where it is small, and inside ``within``."""
        rect = QRect(0, 0, max(cell.width(), _ROOM), max(cell.height(), _HEIGHT))
        rect.moveCenter(cell.center())
        rect.moveLeft(max(within.left(), min(rect.left(), within.right() - rect.width() + 1)))
        rect.moveTop(max(within.top(), min(rect.top(), within.bottom() - rect.height() + 1)))
        self.setGeometry(rect)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Finish by Enter, give up by Escape."""
        key = event.key() if event is not None else None
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit(self.text(), QPoint(0, 1))
        elif key == Qt.Key.Key_Escape:
            self.finished.emit(None, QPoint())
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Finish by Tab or Shift+Tab, which go on to the next cell or back."""
        self.finished.emit(self.text(), QPoint(1 if next else -1, 0))
        return True

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Finish when something else is clicked."""
        super().focusOutEvent(event)
        if event is None or event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.finished.emit(self.text(), QPoint())
