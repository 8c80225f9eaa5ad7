"""Leads through a lesson: brings about what a scene begins with, sees when its task is done, and cleans up behind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from convviz.engine.errors import ConvvizError
from convviz.engine.frames import State
from convviz.model.lessons.conditions import Seen
from convviz.model.lessons.library import find_lesson
from convviz.model.lessons.reading import read_lesson
from convviz.views.file_messages import not_opened
from convviz.views.focus import laid_out, read_before
from convviz.views.lessons.card import LessonCard
from convviz.views.lessons.places import look_of, spots_of
from convviz.views.lessons.rings import Rings
from convviz.views.limits import LEAST_WITH_INSPECTOR
from convviz.views.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PyQt6.QtWidgets import QMainWindow

    from convviz.engine.frames import Frame
    from convviz.engine.problem import Problem
    from convviz.model.document import Document
    from convviz.model.lessons.lesson import Lesson, Scene, Show
    from convviz.model.session import Session
    from convviz.views.heatmap import Cell
    from convviz.views.lessons.rings import Spot
    from convviz.views.panel_control import PanelControl
    from convviz.views.parts import Parts
    from convviz.views.pointing import Pointed
    from convviz.views.preferences import Preferences


class _Before(NamedTuple):
    """What the window showed when the lesson began."""

    selection: Selection
    mode: Callable[[], None] | None
    shown: int | None
    inspector: bool
    limit: float


class LessonControl(QObject):
    """Shows one lesson at a time.

    The experiments of a lesson are borrowed: the person's own waits with its run, its file and all that can be undone.

    Signals
    -------
    arrived()
        All that the scene begins with is on the screen.
    """

    arrived = pyqtSignal()

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        session: Session,
        preferences: Preferences,
        parts: Parts,
        panels: PanelControl,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._session = window, document, session
        self._preferences, self._parts, self._panels = preferences, parts, panels
        self._lesson: Lesson | None = None
        self._index = 0
        self._before: _Before | None = None
        self._return: _Return | None = None  # to what a lesson that was left began with
        self._is_on_the_way = self._is_setting = False
        self._asked: tuple[int, int] | None = None  # the run and the step at which it was last sent on
        self._is_tainted = False  # a setting was changed while the run went on: its steps are not the lesson's
        self._since = 0
        self._is_done = False
        self._pointed: Pointed | None = None
        self._problem: Problem | None = None  # whose numbers were seen last
        self._card = LessonCard(parts.actions, window)
        self._card.hide()
        self._rings = Rings(window, self._spots)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._arrive)
        self._first = QTimer(self)  # after which the first scene is entered, when the card is on the screen
        self._first.setSingleShot(True)
        self._first.setInterval(0)
        self._first.timeout.connect(lambda: self._enter(0))
        self._card.back_asked.connect(self.back)
        self._card.next_asked.connect(self.forward)
        self._card.leave_asked.connect(self.leave)
        for name, act in {"lesson_back": self.back, "lesson_next": self.forward, "lesson_leave": self.leave}.items():
            parts.actions[name].triggered.connect(act)

    @property
    def is_open(self) -> bool:
        """Whether a lesson is shown."""
        return self._lesson is not None

    @property
    def has_arrived(self) -> bool:
        """Whether all that the scene begins with is on the screen."""
        return self._lesson is not None and not self._is_on_the_way

    @property
    def index(self) -> int:
        """Which scene is shown, counted from 0."""
        return self._index

    @property
    def is_done(self) -> bool:
        """Whether what the scene asks for has been done."""
        return self._is_done

    def open(self, name_or_path: str | Path) -> None:
        """Begin a lesson, a built-in one by its name or one in a file, in place of the one that is shown, if any.

        Where it cannot be read, a message says so, and nothing changes.
        """
        try:
            lesson = read_lesson(find_lesson(name_or_path))
        except ConvvizError as error:
            self._parts.banner.show_message(not_opened(error))
            return
        if self._lesson is None:
            not_back = None if self._return is None else self._return.call_off()
            self._before = not_back or _Before(
                self._panels.inspector.selection(),
                self._mode(),
                self._session.status.shown,
                self._parts.actions["inspector"].isChecked(),
                self._parts.transport.limit,
            )
            self._listen(True)
            self._window.addToolBarBreak(Qt.ToolBarArea.TopToolBarArea)
            self._window.addToolBar(Qt.ToolBarArea.TopToolBarArea, self._card)
        self._lesson, self._index = lesson, 0
        self._parts.banner.dismiss()
        self._is_on_the_way, self._is_done = True, False
        self._rings.clear()
        self._card.show_scene(lesson, 0)
        self._first.start()
        self._card.show()
        read_before(self._panels.stage, laid_out(self._card.page))

    def back(self) -> None:
        """Go to the scene before."""
        if self._lesson is not None and self._index > 0:
            self._enter(self._index - 1)

    def forward(self) -> None:
        """Go to the next scene; after the last, out of the lesson."""
        if self._lesson is None:
            return
        if self._index + 1 < len(self._lesson.scenes):
            self._enter(self._index + 1)
        else:
            self.leave()

    def leave(self) -> None:
        """Take the lesson away, and bring back what was there before it."""
        before, self._before = self._before, None
        if self._lesson is None or before is None:
            return
        self._lesson = None
        self._is_on_the_way = self._is_done = False
        self._first.stop()
        self._soon.stop()
        self._listen(False)
        self._rings.clear()
        self._card.hide()
        self._window.removeToolBarBreak(self._card)
        self._window.removeToolBar(self._card)
        self._enable()
        if self._panels.modes.is_away:
            self._panels.modes.train()
        self._panels.let_go()
        self._parts.banner.dismiss()
        self._session.set_speed(self._preferences.speed)
        for speed in (before.limit, self._preferences.speed):  # where the slider was, though another speed is in force
            self._parts.transport.set_speed(speed)
        self._document.give_back()
        self._panels.select(before.selection)
        self._parts.actions["inspector"].setChecked(before.inspector)
        if before.mode is not None or before.shown is not None:
            self._return = _Return(self._session, before, self)

    def _mode(self) -> Callable[[], None] | None:
        """Return what brings back what is shown in place of the whole network; None: nothing is."""
        modes = self._panels.modes
        return modes.magnify if modes.is_magnifying else modes.survey if modes.is_surveying else None

    def retranslate(self) -> None:
        """Look again where things are: texts are longer or shorter."""
        self._rings.refresh()

    # -- entering a scene ----------------------------------------------------------------------------------------------

    @property
    def _scene(self) -> Scene | None:
        return None if self._lesson is None else self._lesson.scenes[self._index]

    def _enter(self, index: int) -> None:
        if self._lesson is None:
            return
        self._index, self._is_done, self._asked = index, False, None
        self._is_on_the_way = True
        self._first.stop()
        self._soon.stop()
        scene = self._lesson.scenes[index]
        self._card.show_scene(self._lesson, index)
        self._rings.clear()
        self._panels.let_go()
        self._enable()
        start = scene.start
        if start is not None and (
            not self._document.is_borrowed or self._is_tainted or self._document.experiment != start.experiment
        ):
            self._document.borrow(start.experiment.replace())  # a value of its own, and so a run of its own
            self._is_tainted = False
        elif self._session.status.state is State.RUNNING and start is not None:
            self._session.pause()
        self._approach()

    def _approach(self) -> None:
        """Send the run to the step that the scene begins with, and arrive once it is there."""
        scene, session = self._scene, self._session
        awaited = self._first.isActive() or self._soon.isActive()
        if scene is None or not self._is_on_the_way or self._is_setting or awaited:
            return
        status = session.status
        if scene.start is None or self._is_there(scene.start.step, scene.show.step):
            self._soon.start()
            return
        at = (status.run, status.step)
        if session.is_waiting or status.state in (State.RUNNING, State.EMPTY) or at == self._asked:
            return
        self._asked = at
        if status.step > scene.start.step:
            session.reset()
        elif status.step < scene.start.step:
            session.set_speed(math.inf)
            session.run(scene.start.step - status.step)
        else:
            session.show_step(scene.show.step)

    def _is_there(self, step: int, shown: int | None) -> bool:
        """Return whether the run rests at a step, and one of the past, or that one, is on the screen."""
        session = self._session
        status, frame = session.status, session.frame
        if session.is_waiting or status.state in (State.RUNNING, State.EMPTY):
            return False
        if status.state in (State.FAILED, State.DIVERGED):  # it will not come any further
            return status.step <= step
        on_screen = step if shown is None else shown
        return (status.step, status.shown) == (step, shown) and frame is not None and frame.step == on_screen

    def _arrive(self) -> None:
        scene = self._scene
        if scene is None or not self._is_on_the_way:
            return
        self._is_setting = True  # the window passes through what nobody has brought about
        self._set(scene.show)
        self._is_on_the_way = self._is_setting = False
        self._since = self._session.status.step
        self._rings.reveal()
        self._check()
        self.arrived.emit()

    def _set(self, show: Show) -> None:
        """Let the window be as the scene wants it."""
        session, modes = self._session, self._panels.modes
        session.set_speed(self._preferences.speed if show.speed is None else show.speed)
        if show.step is None and session.status.shown is not None:
            session.show_step(None)
        if show.part:
            self._panels.select(Selection(show.part, show.index))
            if self._window.width() >= LEAST_WITH_INSPECTOR:
                self._parts.actions["inspector"].setChecked(True)
        if show.look is not None:
            modes.magnify_layer(show.look.layer, back=show.look.back, act=show.look.act, cell=show.look.cell)
        elif modes.is_away:
            modes.train()

    # -- what happens meanwhile ----------------------------------------------------------------------------------------

    def _listen(self, on: bool) -> None:
        panels = self._panels
        for signal, slot in (
            (self._session.status_changed, self._heed),
            (self._session.frame_changed, self._see),
            (self._document.changed, self._changed),
            (panels.pipeline.pointed, self._point),
            (panels.pipeline.selected, self._rings.refresh),
            (panels.inspector.selected, self._rings.refresh),
            (panels.cursor.held, self._follow),
            (panels.modes.moved, self._follow),
            (panels.files.settling, self.leave),
        ):
            if on:
                signal.connect(slot)
            else:
                signal.disconnect(slot)

    def _follow(self) -> None:
        self._heed()
        self._rings.refresh()

    def _heed(self) -> None:
        """Go on to where the scene begins, or see whether its task is done."""
        if self._is_on_the_way:
            self._approach()
        else:
            self._check()

    def _see(self, frame: Frame) -> None:
        """Look again where things are once there are numbers of another network; else no frame moves anything."""
        if self._is_on_the_way or frame.problem is not self._problem:
            self._problem = frame.problem
            self._follow()

    def _changed(self, old: object, new: object) -> None:
        if not self._document.is_swapping:
            self._is_tainted = True
        self._follow()

    def _point(self, cell: Cell | None) -> None:
        self._pointed = None if cell is None else cell.number
        if not self._is_on_the_way:
            self._check()

    def _check(self) -> None:
        """See whether what the scene asks for has been done; what is done once stays so."""
        scene = self._scene
        if scene is None or scene.task is None or self._is_done or self._is_on_the_way:
            return
        pointed, held = self._pointed, self._panels.cursor.pin
        seen = Seen(
            self._document.experiment,
            self._session.status,
            self._since,
            None if pointed is None else (pointed.tensor, pointed.index),
            None if held is None else (held.tensor, held.index),
            look_of(self._panels.modes),
        )
        if scene.task.until.holds(seen):
            self._is_done = True
            self._card.show_done()

    def _spots(self) -> list[Spot]:
        scene = self._scene
        if scene is None or self._is_on_the_way:
            return []
        return spots_of(scene.marks, self._window, self._panels)

    def _enable(self) -> None:
        on = self._lesson is not None
        self._parts.actions.enable(lesson_back=on and self._index > 0, lesson_next=on, lesson_leave=on)


class _Return(QObject):
    """Looks again at what was looked at before the lesson, once the run from then is back."""

    def __init__(self, session: Session, before: _Before, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._before: _Before | None = before
        session.frame_changed.connect(self._see)

    def call_off(self) -> _Before | None:
        """Do nothing any more; return what is not looked at again yet."""
        before, self._before = self._before, None
        if before is not None:
            self._session.frame_changed.disconnect(self._see)
            self.deleteLater()
        return before

    def _see(self) -> None:
        if self._session.is_waiting:
            return
        before = self.call_off()
        if before is None:
            return
        if before.shown is not None:
            self._session.show_step(before.shown)
        if before.mode is not None:
            before.mode()
