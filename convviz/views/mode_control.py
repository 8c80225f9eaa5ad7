"""The modes of the one window: the network as it trains, one layer under the microscope, or the loss landscape."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from convviz.views.focus import laid_out, read_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PyQt6.QtWidgets import QStackedWidget, QWidget

    from convviz.engine.acts import Act
    from convviz.engine.frames import Frame
    from convviz.model.document import Document
    from convviz.model.session import Session
    from convviz.views.cursor_control import CursorControl
    from convviz.views.landscape_control import LandscapeControl
    from convviz.views.panels.microscope import Microscope
    from convviz.views.panels.pipeline import Pipeline
    from convviz.views.parts import Parts
    from convviz.views.pointing import Pointed


class ModeControl(QObject):
    """Shows one of the modes and hands the frames to it alone: what is hidden costs nothing.

    Parameters
    ----------
    stage
        What the modes are shown in, one on top of the other. The pipeline is in it already.

    Signals
    -------
    layer_shown(int)
        Another layer is under the microscope; the number of layers stands for the loss.
    step_asked(object)
        A step of the path through the landscape is wanted on the screen; None: the newest.
    moved()
        Another mode is shown, or something else is under the microscope.
    """

    layer_shown = pyqtSignal(int)
    step_asked = pyqtSignal(object)
    moved = pyqtSignal()

    def __init__(
        self,
        stage: QStackedWidget,
        pipeline: Pipeline,
        cursor: CursorControl,
        document: Document,
        session: Session,
        parts: Parts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._pipeline, self._cursor, self._session, self._parts = pipeline, cursor, session, parts
        self._document = document
        self._microscope: Microscope | None = None
        self._landscape: LandscapeControl | None = None
        self._layer = 0
        self._is_layer_newer = False  # a layer was selected since the number was held
        self._wish: int | None = None  # a layer that is to be shown as soon as a frame has it
        self._is_led = False  # what the microscope shows is being chosen for it
        self._stage = stage
        self._beneath: QWidget | None = None  # over which mode the present one was asked for; None: over the network
        parts.actions["microscope"].triggered.connect(self._toggle)
        parts.actions["landscape"].triggered.connect(self._toggle_landscape)
        parts.actions["let_go"].triggered.connect(self._let_go)
        parts.actions["alone"].triggered.connect(self._toggle_part)
        pipeline.alone_changed.connect(self._enable)
        pipeline.opened.connect(self._open)
        cursor.held.connect(self._follow)
        cursor.spoken.connect(self._speak)
        self._enable()

    @property
    def is_magnifying(self) -> bool:
        """Whether the microscope is shown."""
        return self._microscope is not None and self._stage.currentWidget() is self._microscope

    @property
    def is_surveying(self) -> bool:
        """Whether the landscape is shown."""
        return self._landscape is not None and self._stage.currentWidget() is self._landscape.panel

    @property
    def is_away(self) -> bool:
        """Whether something else is shown than the whole network."""
        return self.is_magnifying or self.is_surveying

    @property
    def microscope(self) -> Microscope | None:
        """The microscope, None before it has been asked for."""
        return self._microscope

    def choose_layer(self, index: int) -> None:
        """Let the microscope begin with a layer that was selected, though a number may be held."""
        self._is_layer_newer = True
        self.set_layer(index)

    def set_layer(self, index: int) -> None:
        """Say which layer the microscope begins with where no number is held; if it is shown, it goes there."""
        self._layer, self._wish = index, None
        microscope, frame = self._microscope, self._session.frame
        if not self.is_magnifying or microscope is None or frame is None or microscope.layer == index:
            return
        if index < len(frame.problem.layers):
            microscope.show_layer(index, back=microscope.back)
        else:
            self._wish = index

    def set_frame(self, frame: Frame) -> bool:
        """Show a frame, and return whether it is one of the experiment that is shown."""
        if self.is_magnifying and self._microscope is not None:
            wish, self._wish = self._wish, None
            if wish is None or wish >= len(frame.problem.layers):
                self._microscope.set_frame(frame)
                return True
            with self._leading():
                self._microscope.set_frame(frame)
                self._microscope.show_layer(wish, back=self._microscope.back)
            self._tell_layer(wish)
            return True
        if self.is_surveying:  # it follows the session by itself
            return True
        return self._pipeline.set_frame(frame)

    def magnify(self, number: Pointed | None = None) -> None:
        """Show a number under the microscope; None: the selected layer."""
        frame = self._session.frame
        if frame is None:
            self._parts.actions["microscope"].setChecked(False)
            return
        microscope = self._made()
        with self._leading():
            microscope.set_frame(frame)
            if number is not None:
                microscope.show_cell(number)
            else:
                microscope.show_layer(min(self._layer, len(frame.problem.layers) - 1))
        self._tell_layer(microscope.layer)
        self._lay_over(microscope)
        self.take_keys()
        self._enable()

    def magnify_layer(self, index: int, *, back: bool, act: Act | None, cell: tuple[int, ...]) -> None:
        """Show a layer under the microscope, the number of layers for the loss, on one of its ways.

        ``act`` is the phase, None for the one that makes the result; ``cell`` row and column that it is at. A step back
        leads to the network, whatever was shown before.
        """
        frame = self._session.frame
        if frame is None:
            return
        self._layer, self._wish = min(index, len(frame.problem.layers) - 1), None
        self.magnify()
        microscope = self._made()
        with self._leading():
            microscope.show_layer(index, back=back)
            shown = microscope.shown_phase
            if (act is not None or cell) and shown is not None:
                microscope.show_act(act or shown.act, cell)
        self._beneath = None
        self._tell_layer(microscope.layer)

    def take_keys(self) -> None:
        """Let keys go to what is shown."""
        if self.is_magnifying and self._microscope is not None:
            self._microscope.take_keys()
        elif self.is_surveying and self._landscape is not None:
            self._landscape.panel.take_keys()
        else:
            self._pipeline.setFocus()

    def survey(self) -> None:
        """Show the loss landscape about the step that is shown."""
        if self._session.frame is None:
            self._parts.actions["landscape"].setChecked(False)
            return
        if self._landscape is None:
            from convviz.views.landscape_control import LandscapeControl

            self._landscape = LandscapeControl(self._document, self._session, self)
            self._landscape.panel.closed.connect(self._step_back)
            self._landscape.panel.step_asked.connect(self.step_asked)
            self._stage.addWidget(self._landscape.panel)
            read_before(self._pipeline, laid_out(self._landscape.panel))
        self._cursor.look_at(None)
        if self._pipeline.companion is not None:
            self._landscape.panel.set_companion(self._pipeline.companion)
        self._lay_over(self._landscape.panel)
        self.take_keys()
        self._enable()

    def train(self) -> None:
        """Show the whole network again."""
        self._beneath = None
        self._cursor.look_at(None)
        self._pipeline.take_back()
        self._stage.setCurrentWidget(self._pipeline)
        if self._session.frame is not None:
            self._pipeline.set_frame(self._session.frame)
        self._cursor.refresh()
        self.take_keys()
        self._enable()

    def _lay_over(self, mode: QWidget) -> None:
        """Show a mode over the one that is shown, or, where that was shown over it, instead of that."""
        over = self._stage.currentWidget()
        if over is not mode:
            self._beneath = None if over is self._pipeline or self._beneath is mode else over
        self._stage.setCurrentWidget(mode)

    def _step_back(self) -> None:
        """Show again what the present mode was shown over, as it was left."""
        beneath, microscope, frame = self._beneath, self._microscope, self._session.frame
        if beneath is None or frame is None:
            self.train()
            return
        self._beneath = None
        self._cursor.look_at(None)
        if microscope is not None and beneath is microscope:
            with self._leading():
                microscope.set_frame(frame)
                if microscope.layer < len(frame.problem.layers) and microscope.layer != self._layer:
                    microscope.show_layer(self._layer, back=microscope.back)  # which was selected in the meantime
            self._tell_layer(microscope.layer)
        self._stage.setCurrentWidget(beneath)
        self._cursor.refresh()
        self.take_keys()
        self._enable()

    def _made(self) -> Microscope:
        if self._microscope is None:
            from convviz.views.panels.microscope import Microscope

            self._microscope = Microscope()
            self._microscope.closed.connect(self._step_back)
            self._microscope.pointed.connect(self._cursor.look_at)
            self._microscope.arrived.connect(self._arrive)
            self._microscope.asked.connect(self._hold)
            self._microscope.layer_shown.connect(self._tell_layer)
            self._microscope.moved.connect(self.moved)
            self._stage.addWidget(self._microscope)
            read_before(self._pipeline, laid_out(self._microscope))
        return self._microscope

    @contextmanager
    def _leading(self) -> Iterator[None]:
        """Keep what the microscope says of its own way from being taken for what somebody asked of it."""
        before, self._is_led = self._is_led, True
        try:
            yield
        finally:
            self._is_led = before

    def _toggle(self) -> None:
        if self.is_magnifying:
            self._step_back()
        else:
            number = self._cursor.pin
            self.magnify(None if self._is_layer_newer or number is None or number.is_taught else number)

    def _toggle_landscape(self) -> None:
        if self.is_surveying:
            self._step_back()
        else:
            self.survey()

    def _toggle_part(self) -> None:
        if self._pipeline.part_alone is None:
            self._pipeline.show_alone()
        else:
            self._pipeline.show_all()

    def _open(self, number: Pointed) -> None:
        """Show a number of the picture under the microscope, which has nothing to show of those that are given."""
        if not number.is_taught:
            self.magnify(number)

    def _let_go(self) -> None:
        if self.is_away:
            self._step_back()
        elif self._pipeline.part_alone is not None:
            self._pipeline.show_all()
        else:
            self._cursor.let_go()

    def _follow(self, number: Pointed | None) -> None:
        """Let the microscope go to a number that was asked for in the explanation."""
        self._is_layer_newer = False
        if self.is_magnifying and self._microscope is not None and number is not None and not self._is_led:
            with self._leading():
                self._microscope.show_cell(number)
            self._tell_layer(self._microscope.layer)
        self._enable()

    def _tell_layer(self, index: int) -> None:
        if not self._is_led:  # else it is told on arrival
            self.layer_shown.emit(index)

    def _speak(self, numbers: tuple[Pointed, ...]) -> None:
        if self._microscope is not None:
            self._microscope.set_spots(numbers)

    def _arrive(self, number: Pointed, clicked: bool) -> None:
        """Let the number that is held follow the microscope's cursor; a click on a cell holds it."""
        if self._is_led or not self.is_magnifying:
            return
        if clicked:
            self._hold(number)
        else:
            self._cursor.move(number)

    def _hold(self, number: Pointed) -> None:
        """Hold a number, and leave the microscope where it is."""
        with self._leading():
            self._cursor.hold(number)

    def _enable(self) -> None:
        actions = self._parts.actions
        actions["microscope"].setChecked(self.is_magnifying)
        actions["landscape"].setChecked(self.is_surveying)
        alone = self._pipeline.part_alone is not None
        actions["alone"].setChecked(alone)
        actions.enable(alone=not self.is_away, let_go=self.is_away or alone or self._cursor.pin is not None)
        self.moved.emit()
