"""The panel with the list of layers and the controls of what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from convviz.engine.errors import ConvvizError
from convviz.engine.layers import LAYERS
from convviz.engine.settings import Setting, Spec, settings_of
from convviz.engine.shapes import size_text
from convviz.i18n import tr
from convviz.model.experiment import TEACHER_SETTINGS, Experiment, Stage
from convviz.views.editors.note import Note
from convviz.views.editors.showing import lay_out_now
from convviz.views.editors.wording import capitalised, error_text, inside_sentence, layer_of
from convviz.views.panels.inspector import edits
from convviz.views.panels.inspector.outline import Outline
from convviz.views.panels.inspector.pages import Page, make_page, sentence_of, title_of
from convviz.views.panels.inspector.sight import Sight
from convviz.views.seeds import another_seed
from convviz.views.selection import Selection
from convviz.views.theme import SPACE, metrics, set_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PyQt6.QtGui import QResizeEvent, QShowEvent

    from convviz.model.document import Document

#: The height of the page of what is selected, before the list of the network is made shorter for its sake.
_PAGE_LEAST = 48


class Inspector(QWidget):
    """Shows what is selected and proposes every change of it to the document.

    A change that is not possible is explained beside its control, which goes back to what it was. `selected` tells
    that the person picked something else in the list; `looked_at` that the focus is on a control of another part.
    """

    selected = pyqtSignal(object)
    looked_at = pyqtSignal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self._document = document
        self._selection = Selection("training")
        self._page: Page | None = None
        self._outline = Outline(self)
        self._title = QLabel(self)
        self._sentence = QLabel(self)
        self._scroll = QScrollArea(self)
        self._sight = Sight(self._scroll, self._numbers_of)
        self._note = Note("inspector.note", self)
        self._lay_out()
        self._outline.selected.connect(self._pick)
        self._outline.added.connect(self._add)
        self._outline.removed.connect(self._remove)
        self._outline.moved.connect(self._move)
        document.changed.connect(self._follow)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)
        self._name()
        self.show_selection(self._first_selection())

    def selection(self) -> Selection:
        """Return what is shown."""
        return self._selection

    def show_selection(self, selection: Selection) -> None:
        """Show the controls of ``selection`` without emitting anything; of the last layer if there are not so many.

        What was being typed is finished first, for the thing that it was typed for.
        """
        focused = QApplication.focusWidget()
        if focused is not None and self._scroll.isAncestorOf(focused):
            focused.clearFocus()
        self._show(selection.whole)

    def show_parameter(self, layer: int, name: str, *, is_teacher: bool) -> None:
        """Bring the numbers of a parameter into view, the student's or the teacher's, where ``layer`` is shown.

        ``name`` is ``weight`` or ``bias``. Where the panel itself is not to be seen, that is done once it is.
        """
        if self._page is not None and self._selection == Selection("layer", layer):
            self._page.show_role(is_teacher=is_teacher)
            self._sight.show(f"layers.{layer}.{TEACHER_SETTINGS[name] if is_teacher else name}")

    def show_opened(self, path: str, before: Experiment) -> str:
        """Bring the numbers of the parameter at ``path`` into view, which have come into the layer from elsewhere.

        Return the sentence that tells how they have resized the kernels since ``before``, which is shown beside them
        where the panel is to be seen; empty: they have not.
        """
        _, layer, name = path.split(".")
        role = {setting: own for own, setting in TEACHER_SETTINGS.items()}
        self.show_parameter(int(layer), role.get(name, name), is_teacher=name in role)
        return self._tell_of_size(path, before)

    def _show(self, selection: Selection) -> None:
        if selection.kind == "layer":
            selection = Selection("layer", min(selection.index, len(self._document.experiment.stages) - 1))
        self._note.hide()
        if selection != self._selection or self._page is None:
            self._selection = selection
            self._sight.forget()
            self._replace_page()
        self._refresh()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Let the list of the network have its share of the height."""
        super().resizeEvent(event)
        words = self._title.sizeHint().height() + self._sentence.height() + 3 * SPACE.S
        self._outline.set_room(self.height(), self.height() - words - _PAGE_LEAST)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Bring into view what was asked for while nobody looked."""
        super().showEvent(event)
        self._sight.bring()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self._name()
        if self._page is not None:
            self._page.retranslate()
        self._refresh()

    # inside -----------------------------------------------------------------------------------------------------------

    def _name(self) -> None:
        self.setAccessibleName(tr("Controls"))
        self._outline.retranslate()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE.S, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(SPACE.M, 0, SPACE.M, SPACE.XS)
        top.setSpacing(2)
        set_role(self._title, "heading")
        set_role(self._sentence, "small")
        self._sentence.setWordWrap(True)
        # Two lines are kept for the sentence, so that a longer one moves nothing.
        self._sentence.setFixedHeight(round(2 * metrics("small").lineSpacing()) + 2)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._outline)
        top.addSpacing(SPACE.XS)
        top.addWidget(self._title)
        top.addWidget(self._sentence)
        column.addLayout(top)
        line = QFrame(self)
        set_role(line, "divider")
        column.addWidget(line)
        self._scroll.setObjectName("inspector.scroll")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls to the control that has the focus
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self._scroll.verticalScrollBar()
        assert bar is not None
        bar.rangeChanged.connect(self._leave_room)
        column.addWidget(self._scroll, 1)
        self.setMinimumWidth(292)

    def _leave_room(self) -> None:
        """Let the scroll bar stand in the page's margin, so that no control moves when it comes or goes."""
        bar = self._scroll.verticalScrollBar()
        if self._page is not None and bar is not None:
            beside = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
            self._page.leave_right(max(0, SPACE.M - beside))

    def _numbers_of(self, path: str) -> tuple[QWidget, QWidget] | None:
        return None if self._page is None else self._page.numbers_of(path)

    def _first_selection(self) -> Selection:
        return Selection("layer", 0) if self._document.experiment.stages else Selection("training")

    def _replace_page(self) -> None:
        page = make_page(self._selection, self._convert, self._scroll.viewport())
        page.edited.connect(self._edit)
        page.refused.connect(self._refuse)
        page.told.connect(self._tell)
        page.numbers_edited.connect(self._edit_numbers)
        page.reseeded.connect(self._reseed)
        page.retranslate()  # first: what the experiment adds to the page is named as it is made
        page.set_experiment(self._document.experiment)
        if self._page is not None:
            self._page.blockSignals(True)
        old = self._scroll.takeWidget()
        self._page = page
        self._scroll.setWidget(page)
        self._leave_room()
        if old is not None:
            old.deleteLater()

    def _refresh(self) -> None:
        experiment = self._document.experiment
        self._outline.set_experiment(experiment)
        self._outline.set_selection(self._selection)
        self._title.setText(title_of(self._selection, experiment))
        self._sentence.setText(sentence_of(self._selection, experiment))

    def _follow(self, old: Experiment, new: Experiment) -> None:
        """Show a changed experiment, whoever changed it."""
        self._note.hide()
        count = len(new.stages)
        if self._selection.kind == "layer" and self._selection.index >= count:
            self._show(Selection("layer", count - 1))
            self.selected.emit(self._selection)
            return
        if self._page is not None:
            self._page.set_experiment(new)
        self._refresh()

    def _follow_focus(self, _: QWidget | None, focused: QWidget | None) -> None:
        """Tell which part of the training a control is about."""
        page = self._page
        if page is None or focused is None or not page.isAncestorOf(focused):
            return
        self._sight.forget_but(focused)
        if self._selection.kind == "training":
            self.looked_at.emit(page.selection_at(focused))

    def _pick(self, selection: Selection) -> None:
        self.show_selection(selection)
        self.selected.emit(self._selection)

    # proposals --------------------------------------------------------------------------------------------------------

    def _propose(self, path: str, make: Callable[[], Experiment], text: str, merge: str = "") -> bool:
        """Propose what ``make`` returns; where it is impossible, say so at ``path`` and show what still holds."""
        try:
            self._document.propose(make(), text, merge or None)
        except ConvvizError as error:
            self._refuse(path, self._explained(path, error))
            return False
        return True

    def _edit(self, path: str, value: object, merge: str) -> None:
        self._propose(
            path, lambda: edits.with_value(self._document.experiment, path, value), self._change_text(path), merge
        )

    def _edit_numbers(self, path: str, numbers: NDArray[Any], merge: str) -> None:
        before = self._document.experiment
        if self._propose(path, lambda: edits.with_numbers(before, path, numbers), self._change_text(path), merge):
            self._tell_of_size(path, before)

    def _reseed(self, path: str) -> None:
        seed = another_seed(getattr(edits.value_at(self._document.experiment, path), "seed", None))
        self._propose(path, lambda: edits.seeded(self._document.experiment, path, seed), self._change_text(path))

    def _convert(self, path: str, old: Spec | None, cls: type[Spec]) -> Spec:
        return edits.converted(self._document.experiment, path, old, cls)

    def _add(self, kind: str) -> None:
        cls, stages = LAYERS[kind], self._document.experiment.stages
        index = self._selection.index + 1 if self._selection.kind == "layer" else len(stages)
        index = 0 if self._selection.kind == "input" else index
        text = tr("Add: {layer}").format(layer=tr(cls.label))
        if self._propose("layers.add", lambda: edits.with_new_layer(self._document.experiment, index, cls), text):
            self._pick(Selection("layer", index))

    def _remove(self) -> None:
        index = self._selection.index
        text = tr("Remove layer {number}").format(number=index + 1)
        self._propose("layers.remove", lambda: edits.without_layer(self._document.experiment, index), text)

    def _move(self, path: str, index: int, to: int) -> None:
        text = tr("Move layer {number}").format(number=index + 1)
        if self._propose(path, lambda: self._document.experiment.move_stage(index, to), text):
            self._pick(Selection("layer", to))

    def _refuse(self, path: str, sentence: str) -> None:
        """Show what still holds, and beside the control why nothing else does."""
        if self._page is not None:
            self._page.set_experiment(self._document.experiment)
        self._refresh()
        control = self._page.locate(path) if self._page is not None else None
        if control is None:
            control = self._outline.locate(path) or self._title
        self._scroll.ensureWidgetVisible(control, 0, SPACE.S)
        self._note.show_at(control, capitalised(sentence))

    def _tell(self, path: str, sentence: str) -> None:
        """Show beside the control what became of an edit, unless that was refused, which has been said."""
        ends = self._numbers_of(path)
        control = ends[1] if ends is not None else None if self._page is None else self._page.locate(path)
        if control is not None and not self._note.isVisible():
            lay_out_now(control)
            self._note.show_at(control, sentence)

    def _tell_of_size(self, path: str, before: Experiment) -> str:
        """Say beside the control, and return, that kernels have another size than ``before``, if they have."""
        sizes = [edits.kernel_size(experiment, path) for experiment in (before, self._document.experiment)]
        if sizes[0] == sizes[1]:
            return ""
        told = _resized_text(*map(size_text, sizes), with_teacher=before.target is None)
        if self.isVisible():
            self._tell(path, told)
        return told

    def _explained(self, path: str, error: ConvvizError) -> str:
        """Return the error's sentence in the words of the controls, naming the layer if it is another one."""
        sentence = error_text(error, path.rpartition(".")[2], self._setting(path))
        layer = layer_of(error)
        if layer is None or path.split(".")[:2] == ["layers", str(layer)]:
            return sentence
        return tr("Layer {number}: {sentence}").format(number=layer + 1, sentence=sentence)

    def _change_text(self, path: str) -> str:
        names = path.split(".")
        label = inside_sentence(tr(self._setting(path).label))
        if names[0] == "layers":
            return tr("Change {setting} of layer {number}").format(setting=label, number=int(names[1]) + 1)
        return tr("Change {setting}").format(setting=label)

    def _setting(self, path: str) -> Setting:
        """Return the description of the setting at ``path``."""
        parent, _, name = path.rpartition(".")
        if parent == "layers":
            return settings_of(Stage)["layer"]
        if name.startswith("teacher_"):
            owner: type[Spec] = Stage if parent.startswith("layers") else Experiment
        else:
            owner = type(edits.value_at(self._document.experiment, parent)) if parent else Experiment
        return settings_of(owner)[name]


def _resized_text(before: str, now: str, *, with_teacher: bool) -> str:
    """Return that the kernels of a layer have another size, which all of them share."""
    if with_teacher:
        told = tr(
            "The layer's kernels are {now} now, not {before}, the student's and the teacher's. "
            "Undoing brings them back as they were."
        )
    else:
        told = tr("The layer's kernels are {now} now, not {before}. Undoing brings them back as they were.")
    return told.format(now=now, before=before)
