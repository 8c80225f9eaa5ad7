"""Whole forms from the description of a class: a row for every setting, and nested settings below their own type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from convviz.engine.errors import ConvvizError
from convviz.engine.settings import Setting, Spec, settings_of
from convviz.i18n import tr
from convviz.views.editors.arrays import ArrayField
from convviz.views.editors.buttons import Choice
from convviz.views.editors.field import Field
from convviz.views.editors.fields import (
    BoolField,
    ChoiceField,
    LogField,
    NumberField,
    PairField,
    SeedField,
    TextField,
    has_slider,
)
from convviz.views.editors.padding import PaddingField
from convviz.views.editors.showing import set_shown
from convviz.views.editors.wording import help_lines, summary_text
from convviz.views.focus import laid_out, read_in_order
from convviz.views.theme import SPACE, set_role
from convviz.views.tooltips import paragraphs

#: ``(path, the value there now, the class wanted) -> a value of that class`` for a person who chose another type.
Convert = Callable[[str, "Spec | None", type[Spec]], Spec]

Shown = Callable[[str, Setting], bool]

_UNBOUNDED = 16_777_215  # Qt's own greatest width
_TOOLTIP = Qt.ItemDataRole.ToolTipRole

_FIELDS: dict[str, type[Field]] = {
    "int": NumberField,
    "seed": SeedField,
    "float": NumberField,
    "bool": BoolField,
    "text": TextField,
    "choice": ChoiceField,
    "pair": PairField,
    "padding": PaddingField,
    "array": ArrayField,
}


class Form(QWidget):
    """The controls of one class of settings, in the order of its fields.

    Parameters
    ----------
    prefix
        Path of the value whose settings these are; ``""`` for the experiment itself.
    cls
        The class.
    convert
        Makes a value of another type.
    shown
        Tells by name and description which settings are shown here; None: all.
    """

    edited = pyqtSignal(str, object, str)
    refused = pyqtSignal(str, str)
    told = pyqtSignal(str, str)

    def __init__(
        self,
        prefix: str,
        cls: type[Spec],
        convert: Convert,
        *,
        level: int = 0,
        shown: Shown | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.XS)
        self.fields: dict[str, Field] = {}
        for name, described in settings_of(cls).items():
            if shown is not None and not shown(name, described):
                continue
            path = f"{prefix}.{name}" if prefix else name
            field = make_field(path, described, convert, level, parent=self)
            field.edited.connect(self.edited)
            field.refused.connect(self.refused)
            field.told.connect(self.told)
            column.addWidget(field)
            self.fields[name] = field

    def set_value(self, spec: Spec) -> None:
        """Show the settings of ``spec`` without emitting anything."""
        for name, field in self.fields.items():
            field.set_value(getattr(spec, name))

    def retranslate(self) -> None:
        """Say everything in the current language."""
        for field in self.fields.values():
            field.retranslate()

    def locate(self, path: str) -> Field | None:
        """Return the field at ``path`` or the one that it lies in."""
        for field in self.fields.values():
            if isinstance(field, SpecField):
                inner = field.locate(path)
                if inner is not None:
                    return inner
            if path == field.path:
                return field
        return None


class SpecField(Field):
    """A value that has settings of its own: its type, and below it the settings of that type.

    ``shown`` is as in `Form`, for the settings below; ``indented`` is whether they stand a little to the right.
    """

    def __init__(
        self,
        path: str,
        described: Setting,
        convert: Convert,
        level: int = 0,
        shown: Shown | None = None,
        indented: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(path, described, level, parent)
        self._inner_level = level + 1 if indented else level
        self._convert = convert
        self._shown = shown
        self._value: Spec | None = None
        self._form: Form | None = None
        self._types: list[type[Spec] | None] = [None] if described.optional else []
        self._combo: Choice | None = None
        self._types += described.registry().values() if described.registry is not None else ()
        if len(self._types) < 2:  # nothing to choose: a heading over the settings
            self._row()
            self._label.setMaximumWidth(_UNBOUNDED)
            self._label.setWordWrap(False)
            set_role(self._label, "strong")
            return
        self._combo = Choice(path, self)
        self._combo.addItems([""] * len(self._types))
        self._describes(self._combo)
        self._row(self._combo)
        self._combo.activated.connect(self._choose)

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything; the settings below change with its type."""
        if type(value) is not type(self._value):
            self._replace_form(value)
        self._value = value
        if self._combo is not None:
            self._combo.setCurrentIndex(self._types.index(None if value is None else type(value)))
            self._say_type()
        if self._form is not None:
            self._form.set_value(value)

    def control(self) -> QWidget:
        """Return the list of types, or the heading where there is but one."""
        return self._combo if self._combo is not None else self._label

    def put_below_type(self, widget: QWidget) -> None:
        """Put a widget between the type and the settings below it."""
        self._column.insertWidget(1, widget)

    def locate(self, path: str) -> Field | None:
        """Return the field at ``path`` among the settings below."""
        return self._form.locate(path) if self._form is not None else None

    def retranslate(self) -> None:
        """Say everything in the current language."""
        super().retranslate()
        if self._combo is not None:
            for index, cls in enumerate(self._types):
                self._combo.setItemText(index, tr(self.described.absent) if cls is None else tr(cls.label))
                self._combo.setItemData(index, "" if cls is None else summary_text(cls), _TOOLTIP)
            self._say_type()
        if self._form is not None:
            self._form.retranslate()

    def _choose(self, index: int) -> None:
        cls = self._types[index]
        if cls is not None and type(self._value) is cls:
            return
        try:
            value = None if cls is None else self._convert(self.path, self._value, cls)
        except ConvvizError as error:
            self.set_value(self._value)
            self.refused.emit(self.path, str(error))
            return
        self.edited.emit(self.path, value, "")

    def _say_type(self) -> None:
        """Put what this type is into the tooltip."""
        if self._combo is not None and self._value is not None:
            self._combo.setToolTip(paragraphs(*help_lines(self.described), tr(type(self._value).summary)))

    def _replace_form(self, value: Spec | None) -> None:
        if self._form is not None:
            self._form.blockSignals(True)  # what was being typed there has nothing to apply to any more
            self._column.removeWidget(self._form)
            self._form.hide()  # or a layout that was about to show it would make a window of it
            self._form.setParent(None)
            self._form.deleteLater()
            self._form = None
        if value is None:
            return
        form = Form(self.path, type(value), self._convert, level=self._inner_level, shown=self._shown, parent=self)
        form.edited.connect(self.edited)
        form.refused.connect(self.refused)
        form.told.connect(self.told)
        form.retranslate()
        self._column.addWidget(form)
        set_shown(form, True)
        self._form = form
        read_in_order(laid_out(self))


def make_field(
    path: str,
    described: Setting,
    convert: Convert,
    level: int = 0,
    parent: QWidget | None = None,
) -> Field:
    """Return the control of a setting; call its `Field.retranslate` once it is complete.

    ``specs`` has none: a list of layers is edited where it is shown.
    """
    if described.kind == "spec":
        return SpecField(path, described, convert, level, parent=parent)
    if has_slider(described):
        return LogField(path, described, level, parent)
    return _FIELDS[described.kind](path, described, level, parent)
