"""The column at the right: the controls of what is selected, or where the number comes from that is held."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from convviz.i18n import mark, tr

_TITLES = (mark("Controls"), mark("Number"))


class SideColumn(QWidget):
    """Two pages under tabs, of one width.

    Attributes
    ----------
    pages
        What the pages are to be made in: Qt styles all of a page again when it is made elsewhere and moved.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self._tabs = QTabBar(self)
        self._tabs.setObjectName("side_tabs")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pages = QStackedWidget(self)
        for _ in _TITLES:
            self._tabs.addTab("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addWidget(self.pages, 1)
        self._tabs.currentChanged.connect(self.pages.setCurrentIndex)
        self.retranslate()

    def fill(self, controls: QWidget, explanation: QWidget) -> None:
        """Take the two pages."""
        self.pages.addWidget(controls)
        self.pages.addWidget(explanation)

    def show_controls(self) -> None:
        """Show the controls."""
        self._tabs.setCurrentIndex(0)

    def show_explanation(self) -> None:
        """Show where a number comes from."""
        self._tabs.setCurrentIndex(1)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        for place, title in enumerate(_TITLES):
            self._tabs.setTabText(place, tr(title))
        self._tabs.setTabToolTip(0, tr("What can be changed about the selected part"))
        self._tabs.setTabToolTip(1, tr("Where the number of the clicked cell comes from"))
        self._tabs.setAccessibleName(tr("Controls or number"))
