"""Whose a key is: the field's that is being typed in, another control's, or the run's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSpinBox, QApplication, QComboBox, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    _SpinBox = QAbstractSpinBox
else:
    _SpinBox = object  # the box is the class that this one is mixed into

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: With them, typing in a field comes to an end; and they lead from it to the next.
ENDS_TYPING = (*_ENTER, Qt.Key.Key_Escape)
_ONWARD = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class TypedNumber(_SpinBox):
    """A box for a number in which typing comes to an end: by Enter, by Escape, and by the space bar, which plays.

    A number that is not possible stays in the box, to be typed again. In every other case the key goes on to the
    window, which takes the focus: with it in the box, the next key that means something for the run would replace the
    number. To be named before the class of the box.
    """

    def take_typed(self) -> bool:
        """Take what was typed, and return whether it is a number that is possible here."""
        raise NotImplementedError

    def forget_typed(self) -> None:
        """Show again what was there before anything was typed."""
        raise NotImplementedError

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """See the keys that come here: only now, since a look at every event makes a page of boxes slow to open."""
        self.installEventFilter(self)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """See keys no longer."""
        self.removeEventFilter(self)
        super().focusOutEvent(event)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Leave the space bar, which is in no number, to the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_space(event):
            event.setAccepted(not self._is_taken())
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """End the typing, or go on with it."""
        if event is None or _is_space(event):  # which comes here only after a number that is not possible
            return
        if event.key() in _ENTER and not self._is_taken():
            return
        if event.key() == Qt.Key.Key_Escape:
            self.forget_typed()
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _is_taken(self) -> bool:
        """Take what was typed, or let it be typed anew."""
        taken = self.take_typed()
        if not taken:
            self.selectAll()
        return taken


class Typing:
    """Takes keys back from a field that was typed in, and remembers the field, so that Tab goes on from there.

    Parameters
    ----------
    take_keys
        Gives the focus to what is looked at.
    """

    def __init__(self, take_keys: Callable[[], None]) -> None:
        self._take_keys = take_keys
        self._left: QWidget | None = None

    def end(self) -> bool:
        """Give the focus to what is looked at if a field has it, and return whether one had."""
        field = QApplication.focusWidget()
        if field is None or not _types_text(field):
            return False
        self._take_keys()
        self._left = field
        return True

    def claims(self, event: QKeyEvent) -> bool:
        """Return whether a key that may be a shortcut is wanted for something else; the space bar may be used up."""
        self._go_back(event)
        if not (_is_space(event) and self.end()):  # after a number that was typed, and has been taken
            return _is_wanted(event)
        looked_at = QApplication.focusWidget()
        return looked_at is not None and QApplication.sendEvent(looked_at, event) and event.isAccepted()

    def _go_back(self, event: QKeyEvent) -> None:
        """Go back to the field for a Tab, before that goes on to the next; any other key shows that it is done with."""
        if event.key() == Qt.Key.Key_Shift:  # the beginning of Shift+Tab
            return
        field, self._left = self._left, None
        if field is not None and event.key() in _ONWARD and not sip.isdeleted(field) and field.isVisible():
            field.setFocus(Qt.FocusReason.OtherFocusReason)


def _is_space(event: QKeyEvent) -> bool:
    """Return whether it is the space bar alone."""
    return event.key() == Qt.Key.Key_Space and not event.modifiers()


def _types_text(widget: QWidget | None) -> bool:
    """Return whether a control is one that text is typed into."""
    return widget is not None and widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def _is_wanted(event: QKeyEvent) -> bool:
    """Return whether the focused control has a use of its own for a key that is also a shortcut."""
    focused = QApplication.focusWidget()
    if isinstance(focused, QComboBox) and event.modifiers() == Qt.KeyboardModifier.AltModifier:
        return event.key() == Qt.Key.Key_Down  # which opens its list
    if focused is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    if event.key() == Qt.Key.Key_Space:
        return isinstance(focused, (QAbstractButton, QComboBox)) or _selects(focused)
    if event.key() == Qt.Key.Key_Escape:
        return _types_text(focused)
    if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
        return isinstance(focused, (QComboBox, QAbstractItemView))
    if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        return isinstance(focused, (QComboBox, QAbstractItemView)) or _types_text(focused)
    return _types_text(focused) and bool(QKeySequence(event.key()).toString()) and event.text().isprintable()


def _selects(widget: QWidget) -> bool:
    """Return whether the space bar would select a row of a list: one that is selected stays so."""
    if not isinstance(widget, QAbstractItemView):
        return False
    selection = widget.selectionModel()
    return selection is None or not selection.isSelected(widget.currentIndex())
