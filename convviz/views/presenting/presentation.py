"""What is done to the window for a presentation, and undone after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6 import sip
from PyQt6.QtCore import QByteArray, QChildEvent, QEvent, QObject, QRect, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from convviz.i18n import mark
from convviz.views import theme
from convviz.views.presenting.blank import Blank
from convviz.views.presenting.headline import Headline
from convviz.views.presenting.pointer import Pointer
from convviz.views.presenting.sizes import FixedSizes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PyQt6.QtCore import QSize

    from convviz.model.document import Document
    from convviz.model.session import Session
    from convviz.views.panel_control import PanelControl
    from convviz.views.parts import Parts

#: Everything is drawn so many times as large as this window, in pixels, goes into the screen: it has room for all.
_ROOM = (1040, 640)
#: At most so many times as large.
_MOST = 4.0
#: Pixels of a window that are to be on a screen at least, in both directions, for a hand to take hold of it.
_HOLD = 100
#: What would show something beside the picture, or has no meaning while there is nothing else.
_AWAY = ("inspector", "full_screen", "reset_layout")
_OWN = ("blank", "spotlight")
#: What the keys of a clicker do where there is no lesson to go through.
_CLICKER = {
    "lesson_back": (mark("Back to how it began"), mark("Show step 0, as long as there is no lesson"), "first"),
    "lesson_next": (
        mark("Go on"),
        mark("Show the newest step again, or else play and pause, as long as there is no lesson"),
        "play",
    ),
}


class _Before(NamedTuple):
    state: Qt.WindowState
    geometry: QRect
    columns: QByteArray
    focused: QWidget | None
    is_part_alone: bool


class Presentation(QObject):
    """Shows the picture alone and large, with the numbers that matter over it and what is pointed at under it.

    Parameters
    ----------
    columns, column
        The picture beside the inspector; what the picture is in, from top to bottom.
    full_screen
        Take the whole screen. Else it is as large as the window is.
    """

    def __init__(
        self,
        window: QMainWindow,
        columns: QSplitter,
        column: QVBoxLayout,
        document: Document,
        session: Session,
        panels: PanelControl,
        parts: Parts,
        *,
        full_screen: bool,
    ) -> None:
        super().__init__(window)
        self._window, self._columns, self._column = window, columns, column
        self._session, self._panels, self._parts = session, panels, parts
        self._sizes = FixedSizes()
        self._before = _Before(
            window.windowState(),
            window.geometry(),
            columns.saveState(),
            QApplication.focusWidget(),
            panels.pipeline.part_alone is not None,
        )
        self._hidden = [part for part in (window.menuBar(), parts.transport, parts.history, panels.side) if part]
        self._is_full = full_screen
        self._begin()
        self._headline = Headline(document, session, window)
        column.insertWidget(0, self._headline)
        screen = window.screen()
        self._draw_for(screen.size() if full_screen and screen is not None else window.size())
        self._blank = Blank(window)
        self._pointer = Pointer(window, ringed=True)
        self._acts = {
            "lesson_back": self._go_back,
            "lesson_next": self._go_on,
            "blank": self._blank.cover,
            "spotlight": self._pointer.toggle,
        }
        window.installEventFilter(self)
        self._connect()

    def _begin(self) -> None:
        for part in self._hidden:
            part.hide()
        self._panels.offer_controls(False)
        self._parts.line.tell_alone(True)
        self._parts.actions.enable(**dict.fromkeys(_AWAY, False), **dict.fromkeys(_OWN, True))
        if self._is_full:
            self._window.setWindowState(self._before.state | Qt.WindowState.WindowFullScreen)

    def _connect(self) -> None:
        actions = self._parts.actions
        for name, act in self._acts.items():
            actions[name].triggered.connect(act)
        actions["lesson_leave"].enabledChanged.connect(self._follow_lesson)
        self._panels.stage.currentChanged.connect(self._fit)
        self._follow_lesson()

    def end(self) -> None:
        """Leave everything as it was."""
        actions, window, before = self._parts.actions, self._window, self._before
        window.removeEventFilter(self)
        self._panels.stage.currentChanged.disconnect(self._fit)
        actions["lesson_leave"].enabledChanged.disconnect(self._follow_lesson)
        for name, act in self._acts.items():
            actions[name].triggered.disconnect(act)
        if not self._has_lesson:
            actions.enable(**dict.fromkeys(_CLICKER, False))
        for name in _CLICKER:
            actions.restore(name)
        actions.enable(**dict.fromkeys(_AWAY, True), **dict.fromkeys(_OWN, False))
        self._blank.uncover()
        self._pointer.end()
        for own in (self._headline, self._blank):
            own.hide()
            own.deleteLater()
        self._column.removeWidget(self._headline)
        if not before.is_part_alone:
            self._panels.pipeline.show_all()
        self._sizes.give_back()
        _draw_larger(1.0)
        self._parts.line.tell_alone(False)
        self._panels.offer_controls(True)
        for part in self._hidden:
            part.setVisible(part is not self._panels.side or actions["inspector"].isChecked())
        if self._is_full:
            window.setWindowState(before.state)
            if before.state == Qt.WindowState.WindowNoState:
                window.setGeometry(_on_a_screen(before.geometry))
        self._columns.restoreState(before.columns)
        if before.focused is not None and not sip.isdeleted(before.focused) and before.focused.isVisible():
            before.focused.setFocus()
        self.deleteLater()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the size of the window, and the theme, and let a dialog have room for its larger letters."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._fit()  # before the window lays itself out, and so it does only once
        elif isinstance(event, QChildEvent) and event.polished():
            child = event.child()
            if isinstance(child, QWidget) and child.isWindow():
                self._sizes.enlarge((child,), theme.zoom())
        elif event is not None and event.type() == QEvent.Type.PaletteChange:
            self._pointer.refresh()
        return False

    def _fit(self) -> None:
        """Draw everything as large as there is room for it; what is shown for the first time, too."""
        self._draw_for(self._window.size())
        self._blank.fit()

    def _draw_for(self, size: QSize) -> None:
        factor = fitting_zoom(size)
        _draw_larger(factor, self._hidden)
        self._sizes.enlarge((self._panels.stage, self._parts.line), factor)

    # -- what is asked for -----------------------------------------------------------------------------------------

    @property
    def _has_lesson(self) -> bool:
        return self._parts.actions["lesson_leave"].isEnabled()

    def _follow_lesson(self) -> None:
        """Leave the keys of a clicker to a lesson while there is one."""
        actions = self._parts.actions
        for name, looks in _CLICKER.items():
            if self._has_lesson:
                actions.restore(name)
            else:
                actions.show_as(name, *looks)
                actions.enable(**{name: True})

    def _go_on(self) -> None:
        """Show the newest step again, or else play and pause."""
        if self._has_lesson:
            return
        if self._session.status.shown is not None:
            self._panels.look_at(None)
        else:
            self._parts.actions["play"].trigger()

    def _go_back(self) -> None:
        """Show how the run began."""
        if not self._has_lesson:
            self._panels.look_at(0)


def fitting_zoom(size: QSize) -> float:
    """Return how many times as large everything is drawn in a window of a size."""
    return min(_MOST, max(1.0, min(size.width() / _ROOM[0], size.height() / _ROOM[1])))


def _on_a_screen(geometry: QRect) -> QRect:
    """Return the geometry of a window, in the middle of the primary screen if its own has been taken away meanwhile."""
    places = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    seen = [place.intersected(geometry) for place in places]
    if not places or any(min(part.width(), part.height()) >= _HOLD for part in seen):
        return geometry
    moved = QRect(geometry)
    moved.setSize(geometry.size().boundedTo(places[0].size()))
    moved.moveCenter(places[0].center())
    return moved


def _draw_larger(factor: float, away: Iterable[QWidget] = ()) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        theme.set_zoom(app, factor, away)
