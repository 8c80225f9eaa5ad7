"""The small controls that panels have in common: a button with an icon, one with a word, and a list to choose from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget

from convviz.views import theme
from convviz.views.elided import ElidedBox
from convviz.views.icons import icon
from convviz.views.theme import set_role
from convviz.views.wheel import TurnedWithFocus

if TYPE_CHECKING:
    from PyQt6.QtGui import QIcon

#: Of every control of one line.
CONTROL_HEIGHT = 28
_ICON = 18  #: in it, where it is a button
#: What the frame of an open list takes from its width.
_LIST_MARGIN = 16


class IconButton(QToolButton):
    """A button that shows an icon; what it does is said in its tooltip, and to a screen reader."""

    def __init__(self, name: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icon_name = icon_name
        self.setAutoRaise(True)
        self.take_size(CONTROL_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(self, "icon")
        self._load()

    def take_size(self, side: int) -> None:
        """Be ``side`` pixels wide and high, and the icon as large as suits that."""
        icon = round(side * _ICON / CONTROL_HEIGHT)
        self.setIconSize(QSize(icon, icon))
        self.setFixedSize(side, side)

    def open_menu(self, menu: QMenu) -> None:
        """Open ``menu`` when pressed; the icon alone says so."""
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def describe(self, name: str, help: str = "") -> None:
        """Say what the button does, in a few words and in a sentence."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(help)
        self.setToolTip(help or name)

    def changeEvent(self, event: QEvent | None) -> None:
        """Take the icon in the colours of a new theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._load()
        super().changeEvent(event)

    def _load(self) -> None:
        self.setIcon(_icon(self._icon_name, theme.current()))


class WordButton(QToolButton):
    """A button that shows a word, with a frame, so that it is not taken for a label; ``role`` is one of the theme's."""

    def __init__(self, name: str, parent: QWidget | None = None, role: str = "button") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        set_role(self, role)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)


@cache
def _icon(name: str, colours: theme.Theme) -> QIcon:
    """Return an icon in the colours of a theme; a palette changes far more often than a theme does."""
    return icon(name, colours.text, colours.disabled, colours.accent)


class Choice(TurnedWithFocus, ElidedBox):
    """A list to choose from that never asks for more width than it is given, and leaves the wheel to the panel."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def showPopup(self) -> None:
        """Open the list as wide as its longest entry."""
        view = self.view()
        if view is not None:
            view.setMinimumWidth(view.sizeHintForColumn(0) + _LIST_MARGIN)
        super().showPopup()
