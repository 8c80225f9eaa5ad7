"""A box for one number, whole or not, of any size, typed freely or stepped."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QValidator
from PyQt6.QtWidgets import QAbstractSpinBox, QLineEdit, QSizePolicy, QWidget

from convviz.engine.errors import ConfigError
from convviz.views.editors.buttons import CONTROL_HEIGHT
from convviz.views.editors.gestures import Gesture
from convviz.views.editors.numbers import default_step, magnified, parse_typed, parse_whole, shifted, typed_text
from convviz.views.keys import TypedNumber
from convviz.views.theme import metrics
from convviz.views.wheel import TurnedWithFocus

if TYPE_CHECKING:
    from convviz.engine.settings import Setting

Number = int | float

#: How far a number that was taken may lie from what was typed: whoever receives it may hold it in single precision.
_ROUNDING, _LEAST_SINGLE = 2.0**-23, 2.0**-149


class Range(NamedTuple):
    """What a box steps over. Typing may go beyond it: whoever receives the number says what is possible."""

    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    logarithmic: bool = False
    optional: bool = False

    @classmethod
    def of(cls, described: Setting) -> Range:
        """Return the range of a setting, of one of its two numbers if it is a pair."""
        return cls(
            integer=described.kind != "float",
            minimum=described.minimum,
            maximum=described.maximum,
            step=described.step,
            logarithmic=described.logarithmic,
            optional=described.optional and described.kind != "pair",
        )

    def stepped(self, value: Number | None, notches: int) -> Number:
        """Return the value ``notches`` steps away, held within the range; a missing one begins at its low end."""
        if value is None:
            return self._held(0.0 if self.minimum is None else self.minimum)
        if self.logarithmic and value > 0:
            return self._held(magnified(value, notches))
        step = self.step if self.step is not None else (1.0 if self.integer else default_step(value))
        return self._held(shifted(value, notches, step))

    def _held(self, value: float) -> Number:
        low = value if self.minimum is None else max(value, self.minimum)
        held = low if self.maximum is None else min(low, self.maximum)
        return round(held) if self.integer else float(held)


class NumberBox(TypedNumber, TurnedWithFocus, QAbstractSpinBox):
    """A number field that takes what people type (``3e-5``, ``0,5``, ``1/9``) and leaves its own digits alone.

    Only the person's edits are emitted: `edited` with the value (None where the field may be empty and is) and a merge
    key, ``""`` for a typed value; `refused` with a sentence where the text is no number; `typing` while it is not yet
    known what the number will be. The wheel turns only a box that has the focus, so that scrolling past it changes
    nothing.
    """

    typing = pyqtSignal()
    edited = pyqtSignal(object, str)
    refused = pyqtSignal(str)

    def __init__(self, name: str, limits: Range, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._range = limits
        self._value: Number | None = None
        self._gesture = Gesture()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccelerated(True)
        # Not QLineEdit.isModified, which QAbstractSpinBox clears before it tells that editing is finished.
        self._typed = False
        self._line().textEdited.connect(self._note_typing)
        self.editingFinished.connect(self.take_typed)

    def value(self) -> Number | None:
        """Return the value shown, with all of its digits."""
        return self._value

    def set_value(self, value: Number | None) -> None:
        """Show ``value`` without emitting anything."""
        if value != self._value:
            self._gesture.end()
        self._value = value
        self._show()

    def set_placeholder(self, text: str) -> None:
        """Say what an empty field means."""
        self._line().setPlaceholderText(text)

    def set_limits(self, limits: Range) -> None:
        """Step over another range from now on."""
        self._range = limits

    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None  # every QAbstractSpinBox is made with one
        return line

    def _show(self) -> None:
        text = "" if self._value is None else typed_text(self._value)
        self._typed = False
        if self._line().text() != text:
            self._line().setText(text)
            if not self.hasFocus():
                self._line().setCursorPosition(0)  # the first digits are seen where not all of them fit
        self.update()

    def _note_typing(self) -> None:
        self._typed = True
        self.typing.emit()

    @property
    def is_typing(self) -> bool:
        """Whether something was typed that has not been taken yet."""
        return self._typed

    def take_typed(self) -> bool:
        """Emit what was typed, if anything was, and return whether it is possible."""
        if not self._typed:
            return True
        text = self._line().text().strip()
        try:
            value = None if not text and self._range.optional else self._parsed(text)
        except ConfigError as error:
            self._show()
            self.refused.emit(str(error))
            return False
        self._emit(value, "")
        return self._holds(value)

    def forget_typed(self) -> None:
        """Show the value again."""
        if self._typed:
            self._show()

    def _holds(self, value: Number | None) -> bool:
        """Return whether the value shown is ``value``, or what single precision makes of it."""
        if value is None or self._value is None or self._range.integer:
            return self._value == value
        return math.isclose(self._value, value, rel_tol=_ROUNDING, abs_tol=_LEAST_SINGLE)

    def _parsed(self, text: str) -> Number:
        return parse_whole(text) if self._range.integer else parse_typed(text)

    def _emit(self, value: Number | None, merge: str) -> None:
        """Show and emit a new value; whoever finds it impossible puts the old one back with `set_value`."""
        changed = value != self._value
        self._value = value
        self._show()
        if not merge:
            self._gesture.end()
        if changed:
            self.edited.emit(value, merge)

    # Qt's own interface -----------------------------------------------------------------------------------------------

    def stepBy(self, steps: int) -> None:
        """Move by ``steps``; what was typed so far counts."""
        base = self._value
        if self._typed:
            try:
                base = self._parsed(self._line().text())
            except ConfigError:
                base = self._value
        self._emit(self._range.stepped(base, steps), self._gesture.key(self.objectName()))
        self._line().selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Allow stepping as far as the range goes."""
        flag = QAbstractSpinBox.StepEnabledFlag
        if self._value is None:
            return flag.StepUpEnabled
        allowed = flag.StepNone
        if self._range.stepped(self._value, 1) != self._value:
            allowed |= flag.StepUpEnabled
        if self._range.stepped(self._value, -1) != self._value:
            allowed |= flag.StepDownEnabled
        return allowed

    def validate(self, text: str | None, position: int) -> tuple[QValidator.State, str, int]:
        """Let every text be typed; `refused` says what is wrong with it once it is finished."""
        return QValidator.State.Acceptable, text or "", position

    def sizeHint(self) -> QSize:
        """Return room for a number in scientific notation, the same for every value."""
        return QSize(round(metrics().horizontalAdvance("−1.2345e−10")) + 30, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return room for three digits."""
        return QSize(round(metrics().horizontalAdvance("000")) + 30, CONTROL_HEIGHT)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Leave undo and redo to the document unless there is typing to take back."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            undoing = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            if undoing and not self._typed:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Every key pressed anew begins a new movement."""
        if event is not None and not event.isAutoRepeat():
            self._gesture.end()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Every press of a step button begins a new movement."""
        self._gesture.end()
        super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        """End the movement of a wheel."""
        self._gesture.end()
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """End the movement, and commit what was typed (Qt tells by ``editingFinished``)."""
        self._gesture.end()
        super().focusOutEvent(event)
