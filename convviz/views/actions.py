"""Everything a person can do in the window, as actions of Qt.

Menus, toolbar, tooltips and the page of shortcuts are all made from the table `ACTIONS`, so that a thing that can be
done has one name, one icon and one shortcut everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction, QKeySequence

from convviz.i18n import tr
from convviz.views import icons, theme
from convviz.views.action_table import ACTIONS, ActionSpec
from convviz.views.action_texts import tooltip

if TYPE_CHECKING:
    from collections.abc import Iterator


#: What goes on while its key is held down. All else is done once: the next repeat would undo it, or ask again.
_REPEATED = frozenset({"undo", "redo", "step", "slower", "faster", "earlier", "later"})
#: What macOS shows in the menu of the application. Left to itself, Qt guesses it from how a text begins.
_ROLES = {"about": QAction.MenuRole.AboutRole, "quit": QAction.MenuRole.QuitRole}


class Actions(QObject):
    """The window's `QAction` objects, by the names of the table."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._specs = {spec.name: spec for spec in ACTIONS}
        self._shown = dict(self._specs)
        self._actions = {spec.name: self._make(spec) for spec in ACTIONS}
        self.retranslate()
        self.recolour()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def enable(self, **states: bool) -> None:
        """Enable or disable actions by name."""
        for name, on in states.items():
            self._actions[name].setEnabled(on)

    def restore(self, name: str) -> None:
        """Let the action ``name`` look and read as the table says again."""
        self._show(self._specs[name])

    def show_as(self, name: str, text: str, help: str, icon: str) -> None:
        """Let the action ``name`` look and read otherwise than the table says, as *play* does while it would pause."""
        spec = self._specs[name]
        self._show(ActionSpec(name, spec.group, text, help, spec.shortcuts, icon, checkable=spec.checkable))

    def explain(self, name: str, sentence: str | None) -> None:
        """Give the tooltip of ``name`` another sentence (None: its own again), until the language changes."""
        action = self._actions[name]
        action.setToolTip(tooltip(sentence or tr(self._shown[name].help), action.shortcut()))

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        for spec in self._shown.values():
            self._write(spec)

    def recolour(self) -> None:
        """Load every icon again in the colours of the current theme."""
        for spec in self._shown.values():
            self._paint(spec)

    def _show(self, spec: ActionSpec) -> None:
        if spec != self._shown[spec.name]:
            self._shown[spec.name] = spec
            self._write(spec)
            self._paint(spec)

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(self)
        action.setObjectName(spec.name)
        action.setMenuRole(_ROLES.get(spec.name, QAction.MenuRole.NoRole))
        action.setCheckable(spec.checkable)
        action.setIconVisibleInMenu(not spec.checkable)  # in its place is the box that is ticked or not
        action.setAutoRepeat(spec.name in _REPEATED)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        return action

    def _write(self, spec: ActionSpec) -> None:
        action = self._actions[spec.name]
        action.setText(tr(spec.text))
        action.setIconText(tr(spec.caption or spec.text).rstrip("…"))
        action.setToolTip(tooltip(tr(spec.help), action.shortcut()))

    def _paint(self, spec: ActionSpec) -> None:
        if spec.icon:
            colours = theme.current()
            self._actions[spec.name].setIcon(icons.icon(spec.icon, colours.text, colours.disabled, colours.accent))
