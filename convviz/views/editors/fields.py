"""The controls of plain settings: numbers, choices, switches, texts, pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from convviz.engine.errors import ConfigError
from convviz.i18n import mark, tr
from convviz.views.editors.buttons import Choice, IconButton
from convviz.views.editors.field import Field
from convviz.views.editors.gestures import Gesture
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.editors.showing import set_shown
from convviz.views.log_scale import LogScale
from convviz.views.seeds import another_seed
from convviz.views.slider import Slider
from convviz.views.theme import SPACE, metrics, set_role
from convviz.views.wheel import TurnedWithFocus

if TYPE_CHECKING:
    from PyQt6.QtGui import QFocusEvent, QKeyEvent

    from convviz.engine.settings import Setting

#: Of sliders over exponents: every power of ten has a position, whatever the limits.
_SCALE = LogScale(1.0, 50)


class NumberField(Field):
    """A number, whole or not. An optional one may be left empty."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        self._box = NumberBox(path, Range.of(described), self)
        self._describes(self._box)
        self._unit = QLabel(self)
        set_role(self._unit, "small")
        self._controls = self._row(self._box)
        self._controls.addWidget(self._unit)
        self._box.edited.connect(lambda value, merge: self.edited.emit(path, value, merge))
        self._box.refused.connect(lambda sentence: self.refused.emit(path, sentence))

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        self._box.set_value(value)

    def retranslate(self) -> None:
        """Say everything in the current language."""
        super().retranslate()
        self._box.set_placeholder(tr(self.described.absent) if self.described.optional else "")
        self._unit.setText(tr(self.described.unit))
        set_shown(self._unit, bool(self.described.unit))


class SeedField(NumberField):
    """A seed: a number, and dice that throw another."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        self._dice = IconButton(f"{path}.dice", "new_seed", self)
        self._controls.addWidget(self._dice)
        self._dice.clicked.connect(lambda: self.edited.emit(path, another_seed(self._box.value()), ""))

    def retranslate(self) -> None:
        """Say everything in the current language."""
        super().retranslate()
        self._dice.describe(tr("New seed"), tr("Draw another seed: other random numbers"))


def has_slider(described: Setting) -> bool:
    """Return whether a number is set with a slider over its exponent."""
    bounded = described.minimum is not None and described.minimum > 0 and described.maximum is not None
    return described.kind == "float" and described.logarithmic and bounded and not described.optional


class LogSlider(TurnedWithFocus, Slider):
    """A slider over the exponent of a positive number."""

    moved = pyqtSignal(float, str)

    def __init__(self, name: str, described: Setting, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if described.minimum is None or described.maximum is None or described.minimum <= 0:
            raise ConfigError("{name}: a slider over the exponent needs two ends above zero", name=name)
        self.setRange(_SCALE.position(described.minimum), _SCALE.position(described.maximum))
        self.setSingleStep(_SCALE.per_decade // 10)
        self.setPageStep(_SCALE.per_decade)
        self._gesture = Gesture()
        self.actionTriggered.connect(self._act)
        self.sliderReleased.connect(self._gesture.end)

    def show_number(self, number: float | None) -> None:
        """Move to ``number`` without emitting anything."""
        if number is not None and number > 0 and not self.isSliderDown():
            self.setValue(_SCALE.position(number))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Every key pressed anew begins a new movement."""
        if event is not None and not event.isAutoRepeat():
            self._gesture.end()
        super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        """End the movement of a wheel."""
        if not self.isSliderDown():
            self._gesture.end()
        super().leaveEvent(event)

    def _act(self, action: int) -> None:
        """Emit the number under the handle."""
        self.moved.emit(_SCALE.number(self.sliderPosition()), self._gesture.key(self.objectName()))


class LogField(NumberField):
    """A number whose size matters more than its digits: typed freely, or set with a slider over the exponent."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        self._slider = LogSlider(f"{path}.slider", described, self)
        self._describes(self._slider)
        self._column.addWidget(self._slider)
        self._slider.moved.connect(self._moved)

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        super().set_value(value)
        self._slider.show_number(value)

    def _moved(self, value: float, merge: str) -> None:
        self._box.set_value(value)
        self.edited.emit(self.path, value, merge)


class BoolField(Field):
    """A switch."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        self._box = QCheckBox(self)
        self._box.setObjectName(path)
        self._describes(self._box)
        self._row(self._box)
        self._box.clicked.connect(lambda checked: self.edited.emit(path, checked, ""))

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        self._box.setChecked(bool(value))


class ChoiceField(Field):
    """One of a few names."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        self._box = Choice(path, self)
        self._names: tuple[str | None, ...] = (*((None,) if described.optional else ()), *described.choices)
        self._box.addItems([""] * len(self._names))
        self._describes(self._box)
        self._row(self._box)
        self._box.activated.connect(lambda index: self.edited.emit(path, self._names[index], ""))

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        self._box.setCurrentIndex(self._names.index(value))

    def retranslate(self) -> None:
        """Say everything in the current language."""
        super().retranslate()
        for index, name in enumerate(self._names):
            self._box.setItemText(index, tr(self.described.absent) if name is None else tr(name))


class _Line(QLineEdit):
    """A line of text that is finished by Enter or when the focus leaves; Escape restores it."""

    finished = pyqtSignal(str)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.editingFinished.connect(self._finish)
        self._kept = self._shown = ""  # the text that was given, and what the control makes of it: no edit of anybody's

    def show_text(self, text: str) -> None:
        """Show ``text`` without emitting anything."""
        if (self._kept, self._shown) != (text, self.text()):
            self.setText(text)
            self.setCursorPosition(0)
        self._kept, self._shown = text, self.text()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape restores the text."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.show_text(self._kept)
            event.ignore()  # so that the window takes the focus
            return
        super().keyPressEvent(event)

    def _finish(self) -> None:
        if self.text() != self._shown:
            self._kept = self._shown = self.text()
            self.finished.emit(self._kept)


class _Lines(QPlainTextEdit):
    """A few lines of text that are finished when the focus leaves; Escape restores them."""

    finished = pyqtSignal(str)

    def __init__(self, name: str, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(round(metrics().lineSpacing() * lines) + 2 * SPACE.S)
        self._kept = self._shown = ""  # the text that was given, and what the control makes of it: no edit of anybody's

    def show_text(self, text: str) -> None:
        """Show ``text`` without emitting anything."""
        if (self._kept, self._shown) != (text, self.toPlainText()):
            self.setPlainText(text)
        self._kept, self._shown = text, self.toPlainText()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape restores the text."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.show_text(self._kept)
            event.ignore()  # so that the window takes the focus
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Take what was written."""
        super().focusOutEvent(event)
        if self.toPlainText() != self._shown:
            self._kept = self._shown = self.toPlainText()
            self.finished.emit(self._kept)


class TextField(Field):
    """A text of one line, or of several below its label.

    The texts of the built-in experiments are message ids, and are shown in the current language.
    """

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        self._text: _Line | _Lines
        if described.lines == 1:
            self._text = _Line(path, self)
            self._row(self._text)
        else:
            self._text = _Lines(path, described.lines, self)
            self._row()
            self._column.addWidget(self._text)
        self._describes(self._text)
        self._value = ""
        self._text.finished.connect(lambda text: self.edited.emit(path, text, ""))

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        self._value = value or ""
        self._text.show_text(tr(self._value))

    def retranslate(self) -> None:
        """Say everything in the current language."""
        super().retranslate()
        self._text.show_text(tr(self._value))


class PairField(Field):
    """Two whole numbers, vertical × horizontal, changed together while the link between them is down."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        limits = Range.of(described)
        self._boxes = (NumberBox(f"{path}.vertical", limits, self), NumberBox(f"{path}.horizontal", limits, self))
        self._describes(self._boxes[0], mark("vertical"))
        self._describes(self._boxes[1], mark("horizontal"))
        self._link = IconButton(f"{path}.link", "link", self)
        self._link.setCheckable(True)
        self._link.setFixedWidth(24)
        self._link.setChecked(True)
        self._shown: tuple[int, int] | None = None
        row = self._row(self._boxes[0])
        row.addWidget(QLabel("×", self))
        row.addWidget(self._boxes[1], 1)
        row.addWidget(self._link)
        for place, box in enumerate(self._boxes):
            box.edited.connect(lambda value, merge, place=place: self._edit(place, value, merge))
            box.refused.connect(lambda sentence: self.refused.emit(path, sentence))

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        if value != self._shown and value[0] != value[1]:
            self._link.setChecked(False)
        self._shown = value
        for box, number in zip(self._boxes, value, strict=True):
            box.set_value(number)

    def retranslate(self) -> None:
        """Say everything in the current language."""
        super().retranslate()
        self._link.describe(tr("The same for both"), tr("While this is down, both numbers change together"))

    def _edit(self, place: int, value: int, merge: str) -> None:
        other = value if self._link.isChecked() else self._boxes[1 - place].value()
        self.edited.emit(self.path, (value, other) if place == 0 else (other, value), merge)
