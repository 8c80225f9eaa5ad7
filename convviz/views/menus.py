"""The menu bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QMenuBar

from convviz.i18n import LANGUAGES, mark, tr
from convviz.views import theme
from convviz.views.action_table import EXPORTS, GROUPS
from convviz.views.icons import icon
from convviz.views.preferences import SYSTEM
from convviz.views.speed import OFFERED, speed_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from convviz.views.actions import Actions

#: What each menu shows, in order: an action, ``-`` for a line between, ``>name`` for a menu in the menu.
_CONTENTS = {
    "file": (
        ">new",
        "open",
        ">recent",
        "-",
        "open_input",
        "open_target",
        "-",
        "save",
        "save_as",
        "save_picture",
        ">export",
        "-",
        "quit",
    ),
    "edit": ("undo", "redo", "-", "copy_picture"),
    "run": ("play", "step", "run_n", "-", "reset", "new_seed", "-", "slower", "faster", ">speed", "free"),
    "history": ("first", "earlier", "later", "replay", "-", "live", "continue", "-", "previous_branch", "next_branch"),
    "view": (
        "microscope",
        "landscape",
        "let_go",
        "-",
        "input_gradient",
        "keep_curve",
        "forget_curves",
        "log_loss",
        "reset_zoom",
        "-",
        "gradient_check",
        "-",
        "inspector",
        "reset_layout",
        "full_screen",
        "-",
        "present",
        "alone",
        ">presentation",
        "-",
        ">scale",
        ">theme",
        ">language",
    ),
    "help": (
        ">lessons",
        "open_lesson",
        "lesson_back",
        "lesson_next",
        "lesson_leave",
        "-",
        "shortcuts",
        "-",
        "about",
    ),
}
_SUBMENUS = {
    "new": (mark("New from"), "new"),
    "recent": (mark("Open recent"), "history"),
    "export": (mark("Export"), "export"),
    "speed": (mark("Speed"), "faster"),
    "presentation": (mark("While presenting"), "present"),
    "scale": (mark("Size"), "scale"),
    "theme": (mark("Theme"), "theme"),
    "language": (mark("Language"), "language"),
    "lessons": (mark("Lessons"), "lesson"),
}
_THEMES = {SYSTEM: mark("System"), "light": mark("Light"), "dark": mark("Dark")}
_SCALES = {factor: f"{factor:.0%}" for factor in (1.0, 1.25, 1.5, 1.75, 2.0)}


class Menus(QObject):
    """Fills a menu bar from the table of actions, and asks by signals for what is chosen from the lists in it.

    Signals
    -------
    experiment_chosen(str), file_chosen(object)
        A built-in experiment by name; the path of a file opened before.
    lesson_chosen(str)
        A built-in lesson by name.
    speed_asked(float), scale_asked(float), theme_asked(str), language_asked(str)
        What was chosen; ``system`` for the desktop's theme or language.
    """

    experiment_chosen = pyqtSignal(str)
    file_chosen = pyqtSignal(object)
    lesson_chosen = pyqtSignal(str)
    speed_asked = pyqtSignal(float)
    scale_asked = pyqtSignal(float)
    theme_asked = pyqtSignal(str)
    language_asked = pyqtSignal(str)

    def __init__(self, bar: QMenuBar, actions: Actions) -> None:
        super().__init__(bar)
        self._actions = actions
        self._menus: dict[str, QMenu] = {}
        self._submenus: dict[str, QMenu] = {}
        self._texts: dict[QAction, str] = {}
        for group, contents in _CONTENTS.items():
            self._menus[group] = menu = QMenu(bar)
            menu.setObjectName(f"menu_{group}")
            menu.setToolTipsVisible(True)
            bar.addMenu(menu)
            self._fill(menu, contents)
        self._scales = self._choices("scale", _SCALES)
        self._themes = self._choices("theme", _THEMES)
        self._languages = self._choices("language", {SYSTEM: mark("System"), **LANGUAGES})
        self._speeds = self._fill_speeds()
        self._fill(self._submenus["export"], EXPORTS)
        self._fill(self._submenus["presentation"], ("blank", "spotlight"))
        for name, told in (
            ("new", self._experiment_triggered),
            ("recent", self._file_triggered),
            ("speed", self._speed_triggered),
            ("scale", self._scale_triggered),
            ("theme", self._theme_triggered),
            ("language", self._language_triggered),
            ("lessons", self._lesson_triggered),
        ):
            self._submenus[name].triggered.connect(told)
        self._submenus["lessons"].aboutToShow.connect(self._fill_lessons)
        self.set_recent(())
        self.retranslate()
        self.recolour()

    def set_experiments(self, names: Mapping[str, str]) -> None:
        """Offer the built-in experiments: what each is called on screen, by its name."""
        menu = self._submenus["new"]
        menu.clear()
        for name, text in names.items():
            action = menu.addAction(text)
            if action is not None:
                action.setObjectName(f"new_{name}")
                action.setData(name)

    def set_recent(self, paths: Iterable[Path]) -> None:
        """Offer files that were opened before."""
        menu = self._submenus["recent"]
        menu.clear()
        for path in paths:
            action = menu.addAction(path.name)
            if action is not None:
                action.setData(path)
                action.setToolTip(str(path))
        menu.setEnabled(not menu.isEmpty())

    def show_choices(self, scale: float, theme_name: str, language: str) -> None:
        """Mark the size, the theme and the language that were chosen."""
        chosen: object
        for group, chosen in ((self._scales, scale), (self._themes, theme_name), (self._languages, language)):
            for action in group.actions():
                action.setChecked(action.data() == chosen)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        for name, menu in self._menus.items():
            menu.setTitle(tr(GROUPS[name]))
        for name, menu in self._submenus.items():
            menu.setTitle(tr(_SUBMENUS[name][0]))
        for action, text in self._texts.items():
            action.setText(text if action.data() in LANGUAGES or action.data() in _SCALES else tr(text))
        for action in self._speeds:
            action.setText(speed_text(action.data()))

    def recolour(self) -> None:
        """Load every icon again in the colours of the current theme."""
        colours = theme.current()
        for name, menu in self._submenus.items():
            menu.setIcon(icon(_SUBMENUS[name][1], colours.text, colours.disabled))

    def _fill(self, menu: QMenu, contents: Iterable[str]) -> None:
        for entry in contents:
            if entry == "-":
                menu.addSeparator()
            elif entry.startswith(">"):
                name = entry[1:]
                self._submenus[name] = submenu = QMenu(menu)
                submenu.setObjectName(f"menu_{name}")
                submenu.setToolTipsVisible(True)
                menu.addMenu(submenu)
            else:
                menu.addAction(self._actions[entry])

    def _choices(self, name: str, texts: Mapping[Any, str]) -> QActionGroup:
        """Fill a submenu with choices of which one is marked."""
        group = QActionGroup(self)
        for data, text in texts.items():
            action = self._submenus[name].addAction(text)
            if action is not None:
                action.setObjectName(f"{name}_{data}")
                action.setCheckable(True)
                action.setData(data)
                group.addAction(action)
                self._texts[action] = text
        return group

    def _fill_speeds(self) -> list[QAction]:
        speeds = []
        for speed in OFFERED:
            action = self._submenus["speed"].addAction("")
            if action is not None:
                action.setData(speed)
                speeds.append(action)
        return speeds

    def _fill_lessons(self) -> None:
        """Name the lessons; their files are looked at only when somebody wants one."""
        from convviz.model.lessons.library import lesson_titles

        menu = self._submenus["lessons"]
        menu.clear()
        for name, title in lesson_titles().items():
            action = menu.addAction(tr(title))
            if action is not None:
                action.setObjectName(f"lesson_{name}")
                action.setData(name)

    def _experiment_triggered(self, action: QAction) -> None:
        self.experiment_chosen.emit(action.data())

    def _file_triggered(self, action: QAction) -> None:
        self.file_chosen.emit(action.data())

    def _lesson_triggered(self, action: QAction) -> None:
        self.lesson_chosen.emit(action.data())

    def _speed_triggered(self, action: QAction) -> None:
        self.speed_asked.emit(action.data())

    def _scale_triggered(self, action: QAction) -> None:
        self.scale_asked.emit(action.data())

    def _theme_triggered(self, action: QAction) -> None:
        self.theme_asked.emit(action.data())

    def _language_triggered(self, action: QAction) -> None:
        self.language_asked.emit(action.data())
