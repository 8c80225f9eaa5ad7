"""The panels of the window, and what goes between them, the document and the session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QStackedWidget

from convviz.engine.explain import Kind
from convviz.engine.explain.tensors import PARAMETER
from convviz.i18n import tr
from convviz.model.branches import Branches
from convviz.model.checking import Checker
from convviz.views.action_table import EXPORTS
from convviz.views.branch_control import BranchControl
from convviz.views.cursor_control import CursorControl
from convviz.views.file_control import FileControl
from convviz.views.focus import laid_out, read_in_order, read_last
from convviz.views.map_control import MapControl
from convviz.views.mode_control import ModeControl
from convviz.views.panels.check import CheckBadge
from convviz.views.panels.explain import ExplainPanel
from convviz.views.panels.inspector import Inspector
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.pipeline import Pipeline
from convviz.views.run_control import RunControl
from convviz.views.selection import Selection
from convviz.views.side import SideColumn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PyQt6.QtCore import QPoint
    from PyQt6.QtWidgets import QMainWindow, QWidget

    from convviz.engine.explain import Tensor
    from convviz.engine.frames import Frame
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.session import Session
    from convviz.views.export_control import ExportControl
    from convviz.views.figures.control import FigureControl
    from convviz.views.lessons import LessonControl
    from convviz.views.parts import Parts
    from convviz.views.pointing import Pointed
    from convviz.views.preferences import Preferences

#: Pixels: wide enough for the equation with the loss beside it, and what is left of a window 640 high; what does not
#: fit there can be scrolled to.
_LEAST_PICTURE = QSize(660, 300)


class PanelControl(QObject):
    """Makes the panels and keeps them, the document and the session in step.

    Attributes
    ----------
    pipeline, loss, inspector, explanation
        The panels.
    cursor
        What points and holds.
    stage, side
        What the pipeline is in, or the microscope or the landscape in its place; the column of the inspector and the
        explanation. Where they go is the window's business, which is asked to ``place`` them before they are filled.
    modes
        What goes from the pipeline to the microscope or the landscape and back.
    files
        What opens, saves and asks.
    checker
        What knows whether the gradients that are shown are right.

    Signals
    -------
    lesson_shown()
        All that a scene of a lesson begins with is on the screen.
    """

    lesson_shown = pyqtSignal()

    def __init__(
        self,
        window: QMainWindow,
        place: Callable[[QWidget, QWidget], None],
        document: Document,
        session: Session,
        preferences: Preferences,
        parts: Parts,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._session = session
        self._preferences, self._parts = preferences, parts
        self.checker = Checker(session, self)
        self._badge = CheckBadge(self.checker, parts.line)
        parts.line.addPermanentWidget(self._badge)
        parts.actions["gradient_check"].triggered.connect(self._badge.open_table)
        parts.actions.enable(gradient_check=True)
        self.pipeline = Pipeline()
        self.pipeline.setMinimumSize(_LEAST_PICTURE)
        self.loss = LossPanel(parts.actions)
        self.pipeline.set_companion(self.loss)
        self.stage = QStackedWidget()
        self.stage.setObjectName("stage")
        self.stage.addWidget(self.pipeline)
        self.side = SideColumn()
        place(self.stage, self.side)
        self.inspector = Inspector(document, self.side.pages)
        self.explanation = ExplainPanel(self.side.pages)
        self.side.fill(self.inspector, self.explanation)
        self.cursor = CursorControl(self.pipeline, self.explanation, parts.line, self)
        self.modes = ModeControl(self.stage, self.pipeline, self.cursor, document, session, parts, self)
        self.files = FileControl(window, document, preferences, parts)
        self._maps = MapControl(window, document, preferences, parts)
        self._exports: ExportControl | None = None
        self._figures: FigureControl | None = None
        self._branches = Branches(document, session, self)
        self._run = RunControl(document, session, self._branches, preferences, parts, self.loss, self)
        self._branch_control = BranchControl(self._branches, session, parts, self.loss, self)
        self._begun = 0
        self._to_begin = [document.experiment]  # those of the runs that were asked for and not yet seen, in this order
        self._lessons: LessonControl | None = None
        self._connect()
        self.pipeline.set_experiment(document.experiment)
        self.loss.set_experiment(document.experiment)
        self.select(Selection("layer", 0))
        parts.actions["input_gradient"].toggled.connect(self._show_input_gradient)
        parts.actions["input_gradient"].setChecked(preferences.input_gradient)
        session.load(document.experiment, play=False)
        parts.actions.enable(microscope=True, landscape=True, input_gradient=True)
        read_in_order([*laid_out(self.loss)[-1:], *laid_out(parts.history)])
        read_last(self._badge)

    def _connect(self) -> None:
        for name in EXPORTS:
            self._parts.actions[name].triggered.connect(partial(self._export, name))
        self._parts.actions["copy_picture"].triggered.connect(self._copy_figure)
        self._parts.actions.enable(copy_picture=True, **dict.fromkeys(EXPORTS, True))
        self.stage.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.stage.customContextMenuRequested.connect(self._open_figure_menu)
        self.pipeline.selected.connect(self.select)
        self.pipeline.named.connect(self._show_parameter)
        self.cursor.held.connect(self._show_held)
        self.explanation.opened.connect(self.modes.magnify)
        self.inspector.selected.connect(self._choose)
        self.inspector.looked_at.connect(self.pipeline.set_selection)
        self.modes.layer_shown.connect(self._show_layer)
        self.modes.step_asked.connect(self._run.look_at)
        self._document.changed.connect(self._follow)
        self._document.opened.connect(self._forget_told)
        self.files.reopened.connect(self._run.forget_steps)
        self._maps.opened.connect(self.select)
        self._maps.parameter_opened.connect(self._show_opened)
        self._maps.experiment_dropped.connect(self.files.open_file)
        self._session.run_started.connect(self._begin_run)
        self._session.frame_changed.connect(self._show_frame)
        self._parts.menus.lesson_chosen.connect(self.open_lesson)
        self._parts.actions["open_lesson"].triggered.connect(self._ask_for_lesson)
        self._parts.actions.enable(open_lesson=True)

    @property
    def lessons(self) -> LessonControl:
        """What leads through lessons; it is made when it is first asked for."""
        if self._lessons is None:
            from convviz.views.lessons import LessonControl

            self._lessons = LessonControl(
                self._window, self._document, self._session, self._preferences, self._parts, self
            )
            self._lessons.arrived.connect(self.lesson_shown)
        return self._lessons

    @property
    def has_lesson(self) -> bool:
        """Whether a lesson is open, and all that its scene begins with is on the screen."""
        return self._lessons is not None and self._lessons.has_arrived

    def open_lesson(self, name_or_path: str | Path) -> None:
        """Begin a lesson."""
        self.lessons.open(name_or_path)

    def _ask_for_lesson(self) -> None:
        from convviz.views.file_dialogs import dialog_to_open

        title, kinds = tr("Open a lesson"), tr("Lessons (*.json)")
        dialog = dialog_to_open(self._window, "lesson_dialog", title, self._preferences.folder, kinds)
        dialog.fileSelected.connect(self.open_lesson)
        dialog.open()

    def look_at(self, step: int | None) -> None:
        """Show a recorded step, or the newest again (None)."""
        self._run.look_at(step)

    def offer_controls(self, on: bool) -> None:
        """Offer what can be pressed besides the picture: the check of the gradients, and how the loss is drawn."""
        self._badge.setVisible(on)
        self.loss.offer_controls(on)

    def leave_lesson(self) -> bool:
        """Leave the lesson, and return whether there was one."""
        is_open = self._lessons is not None and self._lessons.is_open
        if is_open and self._lessons is not None:
            self._lessons.leave()
        return is_open

    def let_go(self) -> None:
        """Hold no number any more."""
        self.cursor.let_go()

    def _export(self, name: str) -> None:
        """Ask where something is to be written, and write it; what that takes is loaded now."""
        if name == "export_picture":
            self._export_figure(self.figures.looked_at(self._window.focusWidget()))
            return
        held = self.cursor.pin
        self._known_exports.ask(name, None if held is None else held.tensor)

    def _export_figure(self, number: int) -> None:
        self._known_exports.ask_for_figure(self.figures, number)

    def _copy_figure(self) -> None:
        """Copy the picture of what has the keys, or else of what is shown as a whole."""
        self.figures.copy(self.figures.looked_at(self._window.focusWidget()))

    def _open_figure_menu(self, place: QPoint) -> None:
        self.figures.open_menu(place)

    @property
    def figures(self) -> FigureControl:
        """What knows of which parts there can be a picture; it is made when it is first asked for."""
        if self._figures is None:
            from convviz.views.figures.control import FigureControl

            self._figures = FigureControl(
                self.stage, self.pipeline, self.loss, self.modes, self._session, self._parts, self
            )
            self._figures.export_asked.connect(self._export_figure)
        return self._figures

    @property
    def _known_exports(self) -> ExportControl:
        if self._exports is None:
            from convviz.views.export_control import ExportControl

            self._exports = ExportControl(
                self._window, self._document, self._session, self._preferences, self._parts, self.pipeline
            )
        return self._exports

    def _show_input_gradient(self, shown: bool) -> None:
        """Show the input's gradient, or not, and have frames carry it only where it is shown."""
        self._preferences.input_gradient = shown
        self.pipeline.show_input_gradient(shown)
        self._session.want_input_gradient(shown)

    def select(self, selection: Selection) -> None:
        """Show the controls of a part of the experiment, and frame it in the picture."""
        self.inspector.show_selection(selection)
        read_last(self._badge)  # behind the controls that were made for it
        self.side.show_controls()
        self._show_selected(selection)

    def _choose(self, selection: Selection) -> None:
        """Show what was selected in the list of the network."""
        self._show_selected(selection)
        read_last(self._badge)
        if selection.kind == "layer":
            self.modes.choose_layer(selection.index)

    def _show_selected(self, selection: Selection) -> None:
        """Show in the picture, or under the microscope, what is selected."""
        self.pipeline.set_selection(selection)
        if selection.kind == "layer":
            self.modes.set_layer(selection.index)

    def _show_layer(self, index: int) -> None:
        """Let the controls be those of the layer that is under the microscope."""
        if index < len(self._document.experiment.layers):
            selection = Selection("layer", index)
            self.pipeline.set_selection(selection)
            self.inspector.show_selection(selection)
            read_last(self._badge)
            self.modes.set_layer(index)

    def _show_held(self, number: Pointed | None) -> None:
        if number is None:
            self.side.show_controls()
        else:
            self._show_parameter(number.tensor)
            self.side.show_explanation()
            read_last(self._badge)  # behind what the explanation offers

    def _show_opened(self, path: str, before: Experiment) -> None:
        """Show the numbers that have come from a file; where they are not to be seen, tell it if kernels have grown."""
        told = self.inspector.show_opened(path, before)
        if told and not self.inspector.isVisible():
            self._parts.line.show_note(lambda: told)

    def _show_parameter(self, tensor: Tensor) -> None:
        """Bring the numbers of a kernel or bias into view among the controls, if they are somebody's to be changed."""
        is_teacher = tensor.kind in (Kind.TEACHER_WEIGHT, Kind.TEACHER_BIAS)
        if is_teacher or tensor.kind in (Kind.WEIGHT, Kind.BIAS):
            self.inspector.show_parameter(tensor.position, PARAMETER[tensor.kind], is_teacher=is_teacher)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        if self._document.is_swapping:
            self._forget_told()
        self.pipeline.set_experiment(new)
        self.loss.set_experiment(new)
        read_last(self._badge)
        if self._branches.follow(old, new, apart=self._document.is_swapping):
            self._to_begin.append(new)
            return
        self._branch_control.forget_begun()
        if self._to_begin:  # which takes the change while it waits
            self._to_begin[-1] = new
        else:
            self.loss.set_run_of(new)

    def _forget_told(self) -> None:
        """Tell no longer what happened to another experiment."""
        self._parts.line.drop_note()

    def _begin_run(self, run: int) -> None:
        """Let the losses be called by the experiment whose run it is; runs are numbered as they are asked for."""
        count = run - self._begun
        self._begun = run
        self.loss.set_run_of(self._to_begin[count - 1])
        del self._to_begin[:count]

    def _show_frame(self, frame: Frame) -> None:
        """Show a frame and paint everything that has changed with it at once, while the training waits for it."""
        if self.modes.is_magnifying:
            self.cursor.set_frame(frame)  # first, for the microscope goes on to numbers of this frame
            self.modes.set_frame(frame)
        elif self.modes.set_frame(frame):
            self.cursor.set_frame(frame)
        QCoreApplication.sendPostedEvents(self._window, QEvent.Type.UpdateRequest)
