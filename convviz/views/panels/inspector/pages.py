"""The pages of the inspector: what can be set of the input, the target, the training, and of a layer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QVBoxLayout, QWidget

from convviz.engine.settings import Setting, settings_of
from convviz.i18n import mark, ntr, tr
from convviz.model.experiment import Experiment, Stage, shape_text
from convviz.views.editors.forms import Convert, Form, SpecField
from convviz.views.editors.showing import set_shown
from convviz.views.panels.inspector.missed import missed_along, missed_text
from convviz.views.panels.inspector.parameters import Parameters, makes_parameter
from convviz.views.selection import Selection
from convviz.views.theme import SPACE, set_role

if TYPE_CHECKING:
    from convviz.engine.layers import Layer
    from convviz.views.editors.field import Field
    from convviz.views.selection import SelectionKind

#: The experiment's settings on the pages of the input and of the target, and those at the end of the training's; all
#: others are the training's, so that a new one has its place at once. The layers have pages of their own.
_INPUT = ("input",)
_TARGET = ("target", "teacher_seed")
_DRAWS_NOTHING = mark("Nothing is drawn with it now: everything is given, or has a seed of its own")
_LAST = ("name", "notes")
_LAYERS = "stages"

_TITLES = {"input": mark("Input"), "target": mark("Target"), "training": mark("Training")}
_FROM_TEACHER = mark("A map of {shape}, made by the teacher, to be reproduced")
_GIVEN_TARGET = mark("A given map of {shape}, to be reproduced")


class Page(QWidget):
    """One page.

    ``edited``, ``refused`` and ``told`` as in `Field`; ``numbers_edited(path, array, merge)`` for the numbers of a
    parameter, and ``reseeded(path)`` for other random ones.
    """

    edited = pyqtSignal(str, object, str)
    refused = pyqtSignal(str, str)
    told = pyqtSignal(str, str)
    numbers_edited = pyqtSignal(str, object, str)
    reseeded = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(SPACE.M, SPACE.S, SPACE.M, SPACE.M)
        self.column.setSpacing(SPACE.S)

    def leave_right(self, margin: int) -> None:
        """Keep ``margin`` pixels free at the right."""
        self.column.setContentsMargins(SPACE.M, SPACE.S, margin, SPACE.M)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the settings of ``experiment`` without emitting anything."""
        raise NotImplementedError

    def locate(self, path: str) -> QWidget | None:
        """Return the control at ``path``."""
        raise NotImplementedError

    def selection_at(self, control: QWidget) -> Selection:
        """Return what a control of the page is about."""
        raise NotImplementedError

    def show_role(self, *, is_teacher: bool) -> None:
        """Show the student's parameters or the teacher's, if the page has any."""

    def numbers_of(self, path: str) -> tuple[QWidget, QWidget] | None:
        """Return what the numbers of the parameter at ``path`` begin and end with; None where they are not shown."""
        return None

    def retranslate(self) -> None:
        """Say everything in the current language."""
        raise NotImplementedError

    def _take(self, form: Form | Field) -> None:
        form.edited.connect(self.edited)
        form.refused.connect(self.refused)
        form.told.connect(self.told)
        self.column.addWidget(form)

    def _divide(self) -> None:
        line = QFrame(self)
        set_role(line, "divider")
        self.column.addWidget(line)


class SettingsPage(Page):
    """Some of the experiment's own settings."""

    def __init__(
        self, kind: SelectionKind, groups: tuple[tuple[str, ...], ...], convert: Convert, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._forms: list[Form] = []
        for group in groups:
            if self._forms:
                self._divide()
            form = Form("", Experiment, convert, shown=partial(_is_in, group), parent=self)
            self._forms.append(form)
            self._take(form)
        self.column.addStretch(1)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the settings of ``experiment`` without emitting anything."""
        for form in self._forms:
            form.set_value(experiment)
            for name, draws in {"seed": experiment.draws_student, "teacher_seed": experiment.draws_teacher}.items():
                if name in form.fields:
                    form.fields[name].restrict("" if draws else _DRAWS_NOTHING)

    def locate(self, path: str) -> QWidget | None:
        """Return the control at ``path``."""
        found = (form.locate(path) for form in self._forms)
        return next((field.control() for field in found if field is not None), None)

    def selection_at(self, control: QWidget) -> Selection:
        """Return what a control of the page is about."""
        found = (form.fields["loss"] for form in self._forms if "loss" in form.fields)
        loss = next(found, None)
        return Selection(self._kind, part="loss" if loss is not None and loss.isAncestorOf(control) else "")

    def retranslate(self) -> None:
        """Say everything in the current language."""
        for form in self._forms:
            form.retranslate()


def _is_in(group: tuple[str, ...], name: str, described: Setting) -> bool:
    return name in group


class LayerPage(Page):
    """The settings of one layer, and the parameters that student and teacher have in it."""

    def __init__(self, index: int, convert: Convert, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = f"layers.{index}"
        self._index = index
        self._convert = convert
        self._type: type[Layer] | None = None
        self._parameters: Parameters | None = None
        described = settings_of(Stage)["layer"]
        self._layer = SpecField(
            self._path,
            described,
            convert,
            shown=lambda _, described: not makes_parameter(described),
            indented=False,
            parent=self,
        )
        self._take(self._layer)
        self.column.addStretch(1)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the layer without emitting anything."""
        layer = experiment.layers[self._index]
        self._layer.set_value(layer)
        if type(layer) is not self._type:
            self._type = type(layer)
            self._replace_parameters(experiment)
        if self._parameters is not None:
            self._parameters.set_experiment(experiment)

    def locate(self, path: str) -> QWidget | None:
        """Return the control at ``path``."""
        field = self._layer if path == self._path else self._layer.locate(path)
        if field is not None:
            return field.control()
        return self._parameters.locate(path) if self._parameters is not None else None

    def selection_at(self, control: QWidget) -> Selection:
        """Return what a control of the page is about."""
        return Selection("layer", self._index)

    def show_role(self, *, is_teacher: bool) -> None:
        """Show the student's parameters or the teacher's."""
        if self._parameters is not None:
            self._parameters.show_role(is_teacher=is_teacher)

    def numbers_of(self, path: str) -> tuple[QWidget, QWidget] | None:
        """Return what the numbers of the parameter at ``path`` begin and end with; None where they are not shown."""
        return None if self._parameters is None else self._parameters.numbers_of(path)

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self._layer.retranslate()
        if self._parameters is not None:
            self._parameters.retranslate()

    def _replace_parameters(self, experiment: Experiment) -> None:
        if self._parameters is not None:
            self._parameters.blockSignals(True)
            self.column.removeWidget(self._parameters)
            self._parameters.hide()  # or a layout that was about to show it would make a window of it
            self._parameters.setParent(None)
            self._parameters.deleteLater()
            self._parameters = None
        layer = experiment.layers[self._index]
        if not layer.parametrised:
            return
        parameters = Parameters(self._index, experiment, self._convert, self)
        parameters.edited.connect(self.edited)
        parameters.refused.connect(self.refused)
        parameters.told.connect(self.told)
        parameters.numbers_edited.connect(self.numbers_edited)
        parameters.reseeded.connect(self.reseeded)
        parameters.retranslate()
        self.column.insertWidget(self.column.count() - 1, parameters)
        set_shown(parameters, True)
        self._parameters = parameters


def make_page(selection: Selection, convert: Convert, parent: QWidget | None = None) -> Page:
    """Return the page of what is selected."""
    if selection.kind == "layer":
        return LayerPage(selection.index, convert, parent)
    if selection.kind == "input":
        return SettingsPage("input", (_INPUT,), convert, parent)
    if selection.kind == "target":
        return SettingsPage("target", (_TARGET,), convert, parent)
    elsewhere = {*_INPUT, *_TARGET, *_LAST, _LAYERS}
    training = tuple(name for name in settings_of(Experiment) if name not in elsewhere)
    return SettingsPage("training", (training, _LAST), convert, parent)


def title_of(selection: Selection, experiment: Experiment) -> str:
    """Return what is selected, as a heading."""
    if selection.kind == "layer":
        layer = experiment.layers[selection.index]
        return tr("Layer {number}: {layer}").format(number=selection.index + 1, layer=tr(layer.label))
    return tr(_TITLES[selection.kind])


def sentence_of(selection: Selection, experiment: Experiment) -> str:
    """Return a sentence about what is selected, with its shape."""
    shapes = experiment.shapes()
    if selection.kind == "input":
        return tr("A map of {shape}, which goes into the network").format(shape=shape_text(shapes[0]))
    if selection.kind == "target":
        source = _FROM_TEACHER if experiment.target is None else _GIVEN_TARGET
        return tr(source).format(shape=shape_text(shapes[-1]))
    if selection.kind == "training":
        count = sum(layer.parameter_size(s) for layer, s in zip(experiment.layers, shapes, strict=False))
        return ntr(
            "How the student's {count} parameter is changed from step to step",
            "How the student's {count} parameters are changed from step to step",
            count,
        ).format(count=f"{count:,}")
    layer, in_shape, out_shape = experiment.layers[selection.index], *shapes[selection.index : selection.index + 2]
    mask = layer.unreached(in_shape)
    values = {"output": shape_text(out_shape), "input": shape_text(in_shape)}
    if mask is None:
        return tr("Makes {output} out of {input}").format(**values)
    missed = missed_text(*missed_along(mask))
    if not missed and layer.adjoint:
        text = tr("Makes {output} out of {input}; every cell goes into it")
    elif not missed:
        text = tr("Makes {output} out of {input}; every input cell is used")
    elif layer.adjoint:
        text = tr("Makes {output} out of {input}; cut off is all that these spread: {missed}")
    else:
        text = tr("Makes {output} out of {input}; no window reaches {missed}")
    return text.format(missed=missed, **values)
