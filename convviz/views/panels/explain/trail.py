"""The way from the number that was picked to the one that is explained, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from convviz.i18n import tr
from convviz.views import theme
from convviz.views.editors.buttons import CONTROL_HEIGHT, IconButton
from convviz.views.tooltips import escaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtCore import QEvent
    from PyQt6.QtGui import QResizeEvent

    from convviz.views.pointing import Pointed

_BETWEEN = " › "


class Trail(QWidget):
    """A button that goes back, and the numbers on the way as links.

    Signals
    -------
    gone_back(Pointed)
        An earlier number is wanted again.
    """

    gone_back = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explain.trail")
        self._numbers: list[Pointed] = []
        self._names: list[str] = []
        self._back = IconButton("explain.back", "earlier", self)
        self._links = QLabel(self)
        self._links.setObjectName("explain.links")
        self._links.setTextFormat(Qt.TextFormat.RichText)
        flags = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        self._links.setTextInteractionFlags(flags)
        self._links.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._links.setFixedHeight(CONTROL_HEIGHT)
        theme.set_role(self._links, "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE.XS)
        row.addWidget(self._back)
        row.addWidget(self._links, 1)
        self._back.clicked.connect(lambda: self._go(len(self._numbers) - 2))
        self._links.linkActivated.connect(lambda link: self._go(int(link)))

    def begin(self, number: Pointed) -> None:
        """Start anew at a number."""
        self._numbers = [number]

    def add(self, number: Pointed) -> None:
        """Go on to a number; one that was on the way already is gone back to."""
        if number in self._numbers:
            del self._numbers[self._numbers.index(number) + 1 :]
        else:
            self._numbers.append(number)

    def clear(self) -> None:
        """Forget the way."""
        self._numbers, self._names = [], []

    def keep(self, is_known: Callable[[Pointed], bool]) -> None:
        """Forget those of the numbers that are not known any more."""
        self._numbers = [number for number in self._numbers if is_known(number)]

    def write(self, name_of: Callable[[Pointed], str]) -> None:
        """Write the numbers by their names."""
        self._names = [name_of(number) for number in self._numbers]
        self._back.setEnabled(len(self._numbers) > 1)
        self._write()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._back.describe(tr("Back"), tr("Back to the number before"))
        self._links.setAccessibleName(tr("The way to this number"))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as many names as have room."""
        super().resizeEvent(event)
        self._write()

    def changeEvent(self, event: QEvent | None) -> None:
        """Write in the colours of another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == event.Type.PaletteChange:
            self._write()

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._numbers):
            del self._numbers[place + 1 :]
            self.gone_back.emit(self._numbers[-1])

    def _write(self) -> None:
        """Write the numbers on the way; the last one stands in the panel's head."""
        names, first = self._names[:-1], 0
        advance = theme.metrics("small").horizontalAdvance
        while first < len(names) - 1 and advance(_BETWEEN.join(["…", *names[first:], ""])) > self._links.width():
            first += 1
        accent = theme.current().accent.name()
        places = ([(first - 1, "…")] if first else []) + list(enumerate(names))[first:]
        links = (f'<a href="{place}" style="color:{accent}">{escaped(name)}</a>{_BETWEEN}' for place, name in places)
        self._links.setText("".join(links))
        self._links.setFocusPolicy(Qt.FocusPolicy.StrongFocus if names else Qt.FocusPolicy.NoFocus)
        self._links.setToolTip(_BETWEEN.join(self._names) if names else "")
