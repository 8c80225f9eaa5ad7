"""What a layer's parameters start from, for student and teacher each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QFrame, QTabBar, QVBoxLayout, QWidget

from convviz.engine.initializers import INITIALIZERS
from convviz.engine.settings import Setting, settings_of
from convviz.i18n import mark, tr
from convviz.model.experiment import TEACHER_SETTINGS, Experiment, Stage
from convviz.views import theme
from convviz.views.editors.forms import Convert, SpecField
from convviz.views.editors.kernel import KernelEditor
from convviz.views.editors.matrix import MatrixEditor
from convviz.views.editors.showing import set_shown
from convviz.views.focus import laid_out, read_in_order
from convviz.views.panels.inspector import edits
from convviz.views.theme import SPACE, set_role

if TYPE_CHECKING:
    from convviz.engine.layers import Layer

_ROLES = {
    "student": (mark("Student (initial)"), mark("What the student starts from; training changes it")),
    "teacher": (mark("Teacher"), mark("What makes the target; training does not change it")),
}
_NO_TEACHER = mark("The target is given, so there is no teacher")


class Parameters(QWidget):
    """Two pages, student and teacher, with every parameter's numbers and the way they are made.

    Signals as in `Page`.
    """

    edited = pyqtSignal(str, object, str)
    refused = pyqtSignal(str, str)
    told = pyqtSignal(str, str)
    numbers_edited = pyqtSignal(str, object, str)
    reseeded = pyqtSignal(str)

    def __init__(self, index: int, experiment: Experiment, convert: Convert, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worn: theme.Theme | None = theme.current()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.S)
        self._tabs = QTabBar(self)
        self._tabs.setObjectName(f"layers.{index}.role")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._column.addWidget(self._tabs)
        self._index, self._experiment, self._convert = index, experiment, convert
        self._roles: dict[int, _Role] = {}  # by the place of their tab, from when they are first asked for
        for _ in _ROLES:
            self._tabs.addTab("")
        self._tabs.currentChanged.connect(self._show_role)
        self._show_role(0)
        self._put_chips()

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the parameters without emitting anything."""
        self._experiment = experiment
        has_teacher = experiment.target is None
        self._tabs.setTabEnabled(1, has_teacher)
        _, told = _ROLES["teacher"]
        self._tabs.setTabToolTip(1, tr(told if has_teacher else _NO_TEACHER))
        if not has_teacher and self._tabs.currentIndex() == 1:
            self._tabs.setCurrentIndex(0)
        for place, role in self._roles.items():
            if place == 0 or has_teacher:
                role.set_experiment(experiment)

    def show_role(self, *, is_teacher: bool) -> None:
        """Show the student's parameters or the teacher's."""
        if not is_teacher or self._tabs.isTabEnabled(1):
            self._tabs.setCurrentIndex(int(is_teacher))

    def numbers_of(self, path: str) -> tuple[QWidget, QWidget] | None:
        """Return what the numbers of the parameter at ``path`` begin and end with; None where they are not shown."""
        found = (role.numbers_of(path) for role in self._roles.values() if not role.isHidden())
        return next((ends for ends in found if ends is not None), None)

    def locate(self, path: str) -> QWidget | None:
        """Return the control at ``path``."""
        found = (role.locate(path) for role in self._roles.values())
        return next((control for control in found if control is not None), None)

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self._tabs.setAccessibleName(tr("Student or teacher"))
        for place, (label, help) in enumerate(_ROLES.values()):
            self._tabs.setTabText(place, tr(label))
            self._tabs.setTabToolTip(place, tr(help if self._tabs.isTabEnabled(place) else _NO_TEACHER))
        for role in self._roles.values():
            role.retranslate()

    def changeEvent(self, event: QEvent | None) -> None:
        """Take the chips in the colours of a new theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange and self._worn is not theme.current():
            self._put_chips()
        super().changeEvent(event)

    def _put_chips(self) -> None:
        self._worn = theme.current()
        for place, name in enumerate(_ROLES):
            self._tabs.setTabIcon(place, _chip(getattr(self._worn, name)))

    def _show_role(self, place: int) -> None:
        if place not in self._roles:
            self._roles[place] = self._make_role(teacher=place == 1)
        for at, role in self._roles.items():
            set_shown(role, at == place)

    def _make_role(self, teacher: bool) -> _Role:
        settings = _parameter_settings(type(self._experiment.layers[self._index]))
        if teacher:
            stage = settings_of(Stage)
            settings = {taught: stage[taught] for name, taught in TEACHER_SETTINGS.items() if name in settings}
        role = _Role(self._index, settings, self._experiment, self._convert, teacher, self)
        role.edited.connect(self.edited)
        role.refused.connect(self.refused)
        role.told.connect(self.told)
        role.numbers_edited.connect(self.numbers_edited)
        role.reseeded.connect(self.reseeded)
        role.set_experiment(self._experiment)
        role.retranslate()
        role.resize(self.size())  # as wide as it is to be, before it is laid out for the first time
        self._column.addWidget(role)
        read_in_order([self._tabs, *laid_out(role)])
        return role


class _Role(QWidget):
    """The parameters of the student or of the teacher."""

    edited = pyqtSignal(str, object, str)
    refused = pyqtSignal(str, str)
    told = pyqtSignal(str, str)
    numbers_edited = pyqtSignal(str, object, str)
    reseeded = pyqtSignal(str)

    def __init__(
        self,
        index: int,
        settings: dict[str, Setting],
        experiment: Experiment,
        convert: Convert,
        teacher: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._index = index
        self._teacher = teacher
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.S)
        self._fields: dict[str, SpecField] = {}
        self._editors: dict[str, MatrixEditor] = {}
        for name, described in settings.items():
            if self._fields:
                line = QFrame(self)
                set_role(line, "divider")
                column.addWidget(line)
            path = f"layers.{index}.{name}"
            field = SpecField(path, described, convert, shown=lambda _, inner: inner.kind != "array", parent=self)
            field.edited.connect(self.edited)
            field.refused.connect(self.refused)
            editor = self._make_editor(path, experiment)
            if isinstance(editor, KernelEditor):
                column.addWidget(editor)
            else:
                field.put_below_type(editor)
            column.addWidget(field)
            self._fields[path], self._editors[path] = field, editor

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the parameters without emitting anything."""
        made = edits.parameters(experiment, self._index, self._teacher)
        for path, field in self._fields.items():
            field.set_value(edits.value_at(experiment, path))
            field.setEnabled(edits.has_effect(experiment, path))
            numbers = made.get(path.rpartition(".")[2])
            set_shown(self._editors[path], numbers is not None)
            if numbers is not None:
                self._editors[path].set_values(numbers)

    def locate(self, path: str) -> QWidget | None:
        """Return the control at ``path``."""
        for own, field in self._fields.items():
            inner = field.locate(path)
            if inner is not None:
                return inner.control()
            if own == path:
                return field.control()
        return None

    def numbers_of(self, path: str) -> tuple[QWidget, QWidget] | None:
        """Return what the numbers of the parameter at ``path`` begin and end with; None where they are not shown.

        Numbers that are no kernel stand below how they are made, which has their name beside it.
        """
        editor = self._editors.get(path)
        if editor is None or editor.isHidden():
            return None
        return (editor if isinstance(editor, KernelEditor) else self._fields[path]), editor

    def retranslate(self) -> None:
        """Say everything in the current language."""
        for path, field in self._fields.items():
            field.retranslate()
            self._editors[path].describe(tr(field.described.label), tr(field.described.help))
            self._editors[path].retranslate()

    def _make_editor(self, path: str, experiment: Experiment) -> MatrixEditor:
        editor: MatrixEditor
        if len(edits.parameter_shape(experiment, path)) == 4:
            editor = kernel = KernelEditor(path, edits.weight_axes(experiment, path), self)
            kernel.reseeded.connect(lambda: self.reseeded.emit(path))
        else:
            editor = MatrixEditor(path, compact=True, parent=self)
        editor.edited.connect(lambda numbers, merge: self.numbers_edited.emit(path, numbers, merge))
        editor.refused.connect(lambda sentence: self.refused.emit(path, sentence))
        editor.told.connect(lambda sentence: self.told.emit(path, sentence))
        return editor


def _parameter_settings(cls: type[Layer]) -> dict[str, Setting]:
    """Return the settings of a layer that make parameters: those that hold an initialiser."""
    return {name: described for name, described in settings_of(cls).items() if makes_parameter(described)}


def makes_parameter(described: Setting) -> bool:
    """Return whether a setting holds an initialiser."""
    return described.registry is not None and described.registry() is INITIALIZERS


def _chip(colour: QColor) -> QIcon:
    """Return a small square in an identity's colour."""
    image = QPixmap(24, 24)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(4, 4, 16, 16), 5, 5)
    painter.end()
    return QIcon(image)
