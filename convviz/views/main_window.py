"""The window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication, QFrame, QMainWindow, QSplitter, QVBoxLayout, QWidget

from convviz.views import theme
from convviz.views.action_table import WAITING
from convviz.views.actions import Actions
from convviz.views.history_bar import HistoryBar
from convviz.views.icons import window_icon
from convviz.views.keys import ENDS_TYPING, Typing
from convviz.views.language import speak
from convviz.views.limits import LEAST_SIZE, LEAST_WITH_INSPECTOR, scale_in_force
from convviz.views.menus import Menus
from convviz.views.parts import Parts
from convviz.views.place import Place
from convviz.views.stage_scroll import StageScroll
from convviz.views.status_line import StatusLine
from convviz.views.transport import TransportBar
from convviz.views.unkept import UnkeptNote

if TYPE_CHECKING:
    from pathlib import Path

    from PyQt6.QtGui import QCloseEvent

    from convviz.model.document import Document
    from convviz.model.session import Session
    from convviz.views.banner import Message
    from convviz.views.figures.control import FigureControl
    from convviz.views.lessons import LessonControl
    from convviz.views.panel_control import PanelControl
    from convviz.views.preferences import Preferences
    from convviz.views.presenting import Presentation

_INSPECTOR_WIDTH = 303
#: The size below which the window is only where that is asked for.
_LEAST_SIZE = QSize(*LEAST_SIZE)
_LEAST_HEIGHT = 440
_MENU_HEIGHT = 28  #: whatever the script: Chinese letters are taller, and nothing is to move


class MainWindow(QMainWindow):
    """The one window: menus and toolbar, the picture with the loss under it, the inspector, the history, the status.

    Its frame needs nothing but Qt and is on the screen at once. The panels come when it is given the document and the
    session, here or later to `attach`.

    Signals
    -------
    painted()
        The window is on the screen for the first time.
    completed()
        Every panel has all of its contents.
    checked()
        The check of what is shown has gone on, or come to an end.
    lesson_shown()
        All that a scene of a lesson begins with is on the screen.
    """

    painted = pyqtSignal()
    completed = pyqtSignal()
    checked = pyqtSignal()
    lesson_shown = pyqtSignal()

    _was_painted = False  # of the class, because Qt sends events to the window before __init__ has come to an end

    def __init__(self, document: Document | None, session: Session | None, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowIcon(window_icon())
        self.setWindowTitle("convviz")
        self._preferences = preferences
        self._document: Document | None = None
        self._session: Session | None = None
        self._panels: PanelControl | None = None
        self._presentation: Presentation | None = None
        self._may_close = False
        self._typing = Typing(self._take_keys)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.setObjectName("columns")
        self._picture = QFrame()
        self._column = QVBoxLayout(self._picture)
        self.setMinimumHeight(_LEAST_HEIGHT)  # which would else follow what is shown, and the window with it
        self._parts = self._make_parts()
        self._lay_out()
        self._connect()
        self._restore()
        if document is not None and session is not None:
            self.attach(document, session)

    def attach(self, document: Document, session: Session) -> None:
        """Fill the window with the panels that show ``document`` and ``session``, which is the window's to close."""
        from convviz.views.panel_control import PanelControl

        self._document, self._session = document, session
        self._panels = PanelControl(self, self._place, document, session, self._preferences, self._parts)
        self._panels.side.setVisible(self._parts.actions["inspector"].isChecked())
        self._place_columns()
        self._panels.stage.show()  # last, when its size is known: to lay it out costs most
        self._panels.loss.plotted.connect(self.completed)
        self._panels.checker.changed.connect(self.checked)
        self._panels.lesson_shown.connect(self.lesson_shown)
        self._parts.actions.enable(present=True)
        self._panels.pipeline.setFocus()  # not the first control of the toolbar, which would take the space bar

    def take_size(self, width: int, height: int) -> None:
        """Be so many pixels wide and high, whatever the screen; without the inspector where it would not fit."""
        self.setWindowState(Qt.WindowState.WindowNoState)
        if width < LEAST_WITH_INSPECTOR:
            self._parts.actions["inspector"].setChecked(False)
        if width < _LEAST_SIZE.width() or height < _LEAST_SIZE.height():
            self.setMinimumSize(width, height)
        self.resize(width, height)

    @property
    def is_complete(self) -> bool:
        """Whether every panel has all of its contents."""
        return self._panels is not None and self._panels.loss.has_plot

    @property
    def is_checked(self) -> bool:
        """Whether it is known of what is shown if it is right."""
        return self._panels is not None and self._panels.checker.is_settled

    @property
    def lessons(self) -> LessonControl:
        """What leads through lessons.

        Raises
        ------
        RuntimeError
            If the window has not been filled yet.
        """
        if self._panels is None:
            raise RuntimeError("a window has lessons once it has panels")
        return self._panels.lessons

    @property
    def figures(self) -> FigureControl:
        """What knows of which parts of the window there can be a picture.

        Raises
        ------
        RuntimeError
            If the window has not been filled yet.
        """
        if self._panels is None:
            raise RuntimeError("a window has parts once it has panels")
        return self._panels.figures

    @property
    def has_lesson(self) -> bool:
        """Whether all that a scene of a lesson begins with is on the screen."""
        return self._panels is not None and self._panels.has_lesson

    def open_lesson(self, name_or_path: str | Path) -> None:
        """Begin a lesson, a built-in one by its name or one in a file."""
        if self._panels is not None:
            self._panels.open_lesson(name_or_path)

    @property
    def is_presenting(self) -> bool:
        """Whether the picture is shown alone and large."""
        return self._presentation is not None

    def present(self, *, full_screen: bool = True) -> None:
        """Show the picture alone and large, on the whole screen or as large as the window is."""
        panels, document, session = self._panels, self._document, self._session
        if panels is None or document is None or session is None or self._presentation is not None:
            return
        from convviz.views.presenting import Presentation

        self._presentation = Presentation(
            self, self._columns, self._column, document, session, panels, self._parts, full_screen=full_screen
        )
        self._parts.actions["present"].setChecked(True)

    def stop_presenting(self) -> bool:
        """Show everything as it was before the presentation, and return whether there was one."""
        presentation, self._presentation = self._presentation, None
        if presentation is not None:
            presentation.end()
        self._parts.actions["present"].setChecked(False)
        return presentation is not None

    def show_message(self, message: Message) -> None:
        """Show a message that stays until it is dealt with."""
        self._parts.banner.show_message(message)

    # -- the frame -----------------------------------------------------------------------------------------------------

    def _make_parts(self) -> Parts:
        bar = self.menuBar()
        if bar is None:
            raise RuntimeError("a main window has a menu bar")
        bar.setFixedHeight(_MENU_HEIGHT)
        actions, line = Actions(self), StatusLine(self)
        return Parts(
            actions=actions,
            menus=Menus(bar, actions),
            transport=TransportBar(actions, self),
            history=HistoryBar(actions, self._picture),
            line=line,
            banner=line.banner,
        )

    def _lay_out(self) -> None:
        self.addToolBar(self._parts.transport)
        self.setStatusBar(self._parts.line)
        theme.set_role(self._picture, "panel")
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch()
        self._column.addWidget(self._parts.history)
        self._columns.addWidget(self._picture)
        self._columns.setStretchFactor(0, 1)
        self._columns.setCollapsible(0, False)
        self.setCentralWidget(self._columns)

    def _connect(self) -> None:
        actions = self._parts.actions
        self.addActions(list(actions))
        for name, act in {
            "quit": self.close,
            "reset_layout": self._reset_layout,
            "shortcuts": self._show_shortcuts,
            "about": self._show_about,
        }.items():
            actions[name].triggered.connect(act)
        actions["inspector"].toggled.connect(self._show_inspector)
        actions["full_screen"].triggered.connect(self._set_full_screen)
        actions["present"].triggered.connect(self._toggle_presentation)
        actions["log_loss"].toggled.connect(self._remember_log)
        self._parts.menus.scale_asked.connect(self.set_scale)
        self._parts.menus.theme_asked.connect(self.set_theme)
        self._parts.menus.language_asked.connect(self.set_language)
        UnkeptNote(self._preferences, self._parts.banner, self)
        actions.enable(**dict.fromkeys(WAITING, False))

    def set_scale(self, factor: float) -> None:
        """Have everything drawn larger from the next start on: Qt takes a size once, when a program starts."""
        from convviz.views import drawn_size

        possible = drawn_size.fits(self.screen(), factor)
        if possible:
            self._preferences.scale = factor
        self._show_choices()
        self.show_message(drawn_size.wanted_message(factor, possible=possible))

    def tell_if_too_large(self) -> None:
        """Say so if everything is drawn so large that the screen has no room for the window."""
        factor = scale_in_force()
        if factor == 1:
            return
        from convviz.views import drawn_size

        if not drawn_size.fits(self.screen(), factor):
            self.show_message(drawn_size.too_large_message(factor))

    def set_theme(self, name: str) -> None:
        """Wear the theme ``light``, ``dark`` or ``system`` from now on."""
        self._preferences.theme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)
        self._show_choices()

    def set_language(self, code: str) -> None:
        """Speak the language ``code``, or the system's, from now on."""
        self._preferences.language = code
        speak(code)
        self.retranslate()

    def retranslate(self) -> None:
        """Read every text in the window again in the current language."""
        children = [child for child in self.findChildren(QObject) if hasattr(child, "retranslate")]
        for child in children:
            if not sip.isdeleted(child):  # some make their own children anew
                child.retranslate()
        self._show_choices()

    def _show_choices(self) -> None:
        preferences = self._preferences
        self._parts.menus.show_choices(preferences.scale, preferences.theme, preferences.language)

    def _show_shortcuts(self) -> None:
        from convviz.views.dialogs import ShortcutsPage

        self._open(ShortcutsPage(self._parts.actions, self))

    def _show_about(self) -> None:
        from convviz.views.dialogs import AboutBox

        self._open(AboutBox(self))

    def _open(self, dialog: QWidget) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    # -- layout --------------------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        preferences, actions = self._preferences, self._parts.actions
        actions["log_loss"].setChecked(preferences.log_loss)
        actions["inspector"].setChecked(preferences.show_inspector)
        self._parts.transport.set_run_length(preferences.run_length)
        self._parts.transport.set_speed(preferences.speed)
        self._show_choices()
        self._place_on_screen = Place(self, preferences)
        actions["full_screen"].setChecked(self.isFullScreen())

    def _place(self, stage: QWidget, side: QWidget) -> None:
        """Put the picture and the column beside it where they belong, not to be seen before they are filled."""
        for part in (stage, side):
            part.hide()
        self._column.insertWidget(0, StageScroll(stage, self._picture), 1)
        self._columns.addWidget(side)
        self._columns.setCollapsible(1, False)

    def _place_columns(self) -> None:
        if not self._columns.restoreState(self._preferences.layout("columns")):
            self._columns.setSizes([self.width() - _INSPECTOR_WIDTH, _INSPECTOR_WIDTH])

    def _reset_layout(self) -> None:
        self._preferences.forget_layout()
        self._parts.actions["inspector"].setChecked(True)
        self._place_columns()

    def _remember(self) -> None:
        preferences = self._preferences
        self._place_on_screen.remember()
        if self._panels is not None:
            preferences.set_layout("columns", self._columns.saveState())
        preferences.show_inspector = self._parts.actions["inspector"].isChecked()
        preferences.flush()

    def _remember_log(self, on: bool) -> None:
        self._preferences.log_loss = on

    def _show_inspector(self, on: bool) -> None:
        if self._panels is not None:
            self._panels.side.setVisible(on and not self.is_presenting)

    def _toggle_presentation(self, on: bool) -> None:
        if on:
            self.present()
        else:
            self.stop_presenting()

    def _set_full_screen(self, on: bool) -> None:
        state = self.windowState()
        full = Qt.WindowState.WindowFullScreen
        self.setWindowState(state | full if on else state & ~full)

    # -- events --------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        """Tell of the first painting, and leave keys to those who need them more than a shortcut does."""
        if event is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._typing.claims(event):
            event.accept()
            return True
        handled = super().event(event)
        if not self._was_painted and event.type() == QEvent.Type.UpdateRequest:
            self._was_painted = True
            QTimer.singleShot(0, self._tell_painted)
        return handled

    def _tell_painted(self) -> None:
        """A method of the window, so that the timer dies with it."""
        self.painted.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Give the focus to what is looked at when typing in a field has come to an end, so that keys are the run's.

        An Escape that has nothing else to do leaves the presentation, or else the lesson, or else the full screen.
        """
        super().keyPressEvent(event)
        if event is None or event.key() not in ENDS_TYPING:
            return
        if self._typing.end():
            return
        if event.key() == Qt.Key.Key_Escape and not self._leave_mode() and self.isFullScreen():
            self._set_full_screen(False)

    def _leave_mode(self) -> bool:
        """Leave the presentation, or else the lesson, and return whether there was either."""
        return self.stop_presenting() or self._leave_lesson()

    def _leave_lesson(self) -> bool:
        return self._panels is not None and self._panels.leave_lesson()

    def _take_keys(self) -> None:
        if self._panels is not None:
            self._panels.modes.take_keys()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme, and of the window's state."""
        super().changeEvent(event)
        if event is None or not hasattr(self, "_parts"):
            return
        if event.type() == QEvent.Type.PaletteChange:
            self._parts.actions.recolour()
            self._parts.menus.recolour()
        elif event.type() == QEvent.Type.WindowStateChange:
            self._parts.actions["full_screen"].setChecked(self.isFullScreen())

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Ask about unsaved changes, then end the training and remember the window."""
        if event is None:
            return
        self.stop_presenting()  # or its size would be remembered
        self._leave_lesson()  # what is the person's own may have changes
        if self._panels is not None and self._panels.files.is_unsettled and not self._may_close:
            event.ignore()
            self._panels.files.settle(self._close_for_good)
            return
        if self._session is not None:
            self._session.close()
        self._remember()
        event.accept()

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()
