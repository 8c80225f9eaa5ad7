"""A button that says which branch of the run is shown, and lists them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget

from convviz.i18n import tr
from convviz.views import theme
from convviz.views.action_texts import keys_text
from convviz.views.icons import icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.views.actions import Actions

_SIZE = QSize(64, 28)


class BranchButton(QToolButton):
    """Opens the list of branches, which is asked for when it opens.

    Signals
    -------
    listing()
        The list is about to be seen: `offer` what there is.
    chosen(int)
        The branch of that place in the list is wanted.
    """

    listing = pyqtSignal()
    chosen = pyqtSignal(int)

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("branches")
        self._actions = actions
        self._number, self._count = 1, 1
        self._menu = QMenu(self)
        self._menu.setObjectName("branch_menu")
        self._group = QActionGroup(self._menu)
        self._menu.aboutToShow.connect(self.listing)
        self._menu.triggered.connect(self._triggered)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setStyleSheet("QToolButton { padding: 0 2px; } QToolButton::menu-indicator { image: none; }")
        self.setIconSize(QSize(16, 16))
        self.setFixedSize(_SIZE)
        self._recolour()
        self.retranslate()

    def show_position(self, number: int, count: int) -> None:
        """Say that the branch of that number, from 1, is the present one of so many."""
        self._number, self._count = number, count
        self.retranslate()

    def offer(self, texts: Sequence[str]) -> None:
        """List the branches, in their order."""
        self._menu.clear()
        for place, text in enumerate(texts):
            action = QAction(text, self._menu)
            action.setCheckable(True)
            action.setChecked(place + 1 == self._number)
            action.setData(place)
            self._group.addAction(action)
            self._menu.addAction(action)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setEnabled(self._count > 1)
        self.setText(f"{self._number}/{self._count}")
        if self._count > 1:
            told = tr("Branch {number} of {count}: choose the one to go to ({previous} {next})").format(
                number=self._number,
                count=self._count,
                previous=keys_text(self._actions["previous_branch"].shortcut()),
                next=keys_text(self._actions["next_branch"].shortcut()),
            )
        else:
            told = tr("This run has one branch. Show an earlier step and continue from there ({keys}) to have two.")
            told = told.format(keys=keys_text(self._actions["continue"].shortcut()))
        self.setToolTip(told)
        self.setAccessibleName(told)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        colours = theme.current()
        self.setIcon(icon("branch", colours.text, colours.disabled))

    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(action.data())
