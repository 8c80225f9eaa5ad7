"""A matrix as a grid of coloured cells whose numbers are changed where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)

from convviz.engine.errors import ConfigError
from convviz.views.editors.cell_edit import CellEdit
from convviz.views.editors.gestures import Gesture
from convviz.views.editors.matrix_picture import Array, Cell, MatrixPicture
from convviz.views.editors.numbers import parse_typed, shifted, typed_text

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

#: One notch of the wheel or so many pixels of a drag are one step; Shift makes it finer, Ctrl coarser.
STEP = 0.1
_PIXELS_A_STEP = 5
_NOTCH = 120
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_OTHER_KEYS = {
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_F2,
}


@dataclass
class _Drag:
    """A drag that has begun in a cell: where the pointer was, what is left over below a step, and how it started."""

    y: float
    started: float
    moved: bool = False
    rest: float = 0.0


class MatrixGrid(MatrixPicture):
    """The cells of one matrix.

    Typing replaces a number (Enter goes on downwards, Tab to the right, Escape restores), dragging up or down, the
    wheel and Page Up/Page Down change it by steps, the arrow keys move. `edited` tells row, column, new value and merge
    key; the grid shows it when it is given back by `set_values`.
    """

    edited = pyqtSignal(int, int, float, str)
    refused = pyqtSignal(str)
    current_changed = pyqtSignal(int, int)
    copy_wanted = pyqtSignal()
    paste_wanted = pyqtSignal()

    def __init__(self, name: str, signed: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(name, signed, parent)
        self._drag: _Drag | None = None
        self._wheel_rest = 0
        self._gesture = Gesture()
        self._edit: CellEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.SizeVerCursor)

    def set_values(self, values: Array, count: int | None = None) -> None:
        """Show a matrix as `MatrixPicture.set_values`; typing ends where the cells become others."""
        if values.shape != self.shape():
            self._close_edit()
        super().set_values(values, count)
        row, column = self._current
        columns = values.shape[1]
        self._go(*divmod(min(row * columns + min(column, columns - 1), self._count - 1), columns))

    def current(self) -> Cell:
        """Return row and column of the cell that keys act on."""
        return self._current

    def set_current(self, row: int, column: int) -> None:
        """Make another cell the one that keys act on."""
        self._gesture.end()
        self._go(row, column)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fit the height; typing ends when its cell moves."""
        if event is not None and event.size().width() != event.oldSize().width():
            self._close_edit()
            self._fit_height()
        super().resizeEvent(event)

    # the pointer ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of a cell."""
        cell = self._cell_at(event.position()) if event is not None else None
        if event is None or cell is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._close_edit()
        self.set_current(*cell)
        self._drag = _Drag(event.globalPosition().y(), float(self._values[cell]))
        self._held = True

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Change the number by how far the pointer went up or down."""
        if event is None:
            return
        self._hovered = event.position()
        if self._drag is not None:
            distance = self._drag.y - event.globalPosition().y() + self._drag.rest
            notches = int(distance / _PIXELS_A_STEP)
            if notches:
                self._drag.y, self._drag.rest = event.globalPosition().y(), distance - notches * _PIXELS_A_STEP
                self._drag.moved = True
                self._step(notches, event.modifiers())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go of the cell."""
        self._drag, self._held = None, False
        self._gesture.end()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Type over the cell."""
        cell = self._cell_at(event.position()) if event is not None else None
        if cell is not None:
            self.set_current(*cell)
            self._open_edit(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Change the cell under the pointer, if it was pointed at and not merely scrolled beneath the pointer."""
        if event is None:
            return
        cell = self._cell_at(event.position())
        pointed = self._hovered is not None and (self._hovered - event.position()).manhattanLength() < 2
        if cell is None or not (self.hasFocus() or pointed):
            event.ignore()
            return
        event.accept()
        if cell != self._current:
            self.set_current(*cell)
        delta = event.angleDelta()
        self._wheel_rest += delta.y() or delta.x()  # with Shift or Alt some systems turn the wheel sideways
        notches = int(self._wheel_rest / _NOTCH)
        self._wheel_rest -= notches * _NOTCH
        if notches:
            self._step(notches, event.modifiers())

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is pointed at any more, and the movement of a wheel has ended."""
        self._hovered = None
        self._wheel_rest = 0
        if self._drag is None:
            self._gesture.end()
        self.update()
        super().leaveEvent(event)

    # the keyboard -----------------------------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        """Keep the keys that mean something here from the window's shortcuts."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move, step, type, copy, paste."""
        if event is None or not self._handle_key(event):
            super().keyPressEvent(event)

    def _handle_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if not event.isAutoRepeat() and self._drag is None:
            self._gesture.end()
        if self._drag is not None:
            return bool(key == Qt.Key.Key_Escape) and self._take_back()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif key in _ARROWS and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move(*_ARROWS[Qt.Key(key)])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._step(1 if key == Qt.Key.Key_PageUp else -1, event.modifiers())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._emit(0.0, "")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._open_edit(None)
        elif _begins_number(event):
            self._open_edit(event.text())
        else:
            return False
        return True

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show the frame."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Hide the frame; a movement has ended."""
        self._gesture.end()
        self.update()
        super().focusOutEvent(event)

    # changes ----------------------------------------------------------------------------------------------------------

    def _go(self, row: int, column: int) -> None:
        if self._exists(row, column) and (row, column) != self._current:
            self._current = (row, column)
            self.current_changed.emit(row, column)
            self.update()

    def _move(self, down: int, right: int) -> None:
        self.set_current(self._current[0] + down, self._current[1] + right)

    def _advance(self, down: int, right: int) -> None:
        """Go on to the next cell in reading order, or down its column and to the top of the next."""
        columns = self._values.shape[1]
        row, column = self._current
        if right:
            place = (row * columns + column + right) % self._count
            self.set_current(*divmod(place, columns))
        elif self._exists(row + down, column):
            self.set_current(row + down, column)
        else:
            self.set_current(0, (column + 1) % columns)

    def _step(self, notches: int, modifiers: Qt.KeyboardModifier) -> None:
        step = STEP
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            step /= 10
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            step *= 10
        row, column = self._current
        value = shifted(float(self._values[row, column]), notches, step)
        self._emit(value, self._gesture.key(f"{self.objectName()}[{row},{column}]"))

    def _take_back(self) -> bool:
        """End the drag where it started."""
        drag, self._drag, self._held = self._drag, None, False
        if drag is not None and drag.moved:
            row, column = self._current
            self._emit(drag.started, self._gesture.key(f"{self.objectName()}[{row},{column}]"))
        self._gesture.end()
        self.update()
        return True

    def _emit(self, value: float, merge: str) -> None:
        row, column = self._current
        if value != self._values[row, column]:
            self.edited.emit(row, column, value, merge)

    def _open_edit(self, text: str | None) -> None:
        self._close_edit()
        rect = self.cell_rect(*self._current)
        start = typed_text(float(self._values[self._current]), 17) if text is None else text
        self._edit = CellEdit(f"{self.objectName()}.edit", start, typed=text is not None, parent=self)
        self._edit.place(rect, self.rect())
        self._edit.finished.connect(self._finish_edit)
        self._edit.show()
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_edit(self) -> None:
        edit, self._edit = self._edit, None
        if edit is not None:
            if edit.hasFocus():
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            edit.setParent(None)
            edit.deleteLater()

    def _finish_edit(self, text: object, move: QPoint) -> None:
        """Take what was typed (None: Escape), then go where the key pointed."""
        if self._edit is None:
            return
        self._close_edit()
        if text is not None:
            try:
                self._emit(parse_typed(str(text)), "")
            except ConfigError as error:
                self.refused.emit(str(error))
                return
        if not move.isNull():
            self._advance(move.y(), move.x())


def _begins_number(event: QKeyEvent) -> bool:
    return bool(event.text()) and event.text() in "0123456789.,-+−"


def _is_ours(event: QKeyEvent) -> bool:
    """Return whether a key does something in a grid."""
    if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.Paste):
        return True
    if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
        return False
    return event.key() in _ARROWS or event.key() in _OTHER_KEYS or _begins_number(event)
