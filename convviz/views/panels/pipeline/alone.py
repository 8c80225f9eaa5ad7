"""One part of the picture alone, as large as there is room for: a map, the kernels of a layer, or the loss."""

from __future__ import annotations

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.heatmap.layout import BORDER
from convviz.views.panels.pipeline.card import LayerCard

#: Around the part, in pixels.
_MARGIN = int(theme.SPACE.XL)
#: Narrowest map: what its words need.
_LEAST = 280


class Alone(QWidget):
    """Borrows a part of the picture and covers all others with it.

    It is the part itself, not a copy: it goes on following the run, and to be pointed at, held and marked.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("pipeline.alone")
        self._part: QWidget | None = None
        self._home: QWidget | None = None
        self.hide()

    @property
    def part(self) -> QWidget | None:
        """What is shown alone."""
        return self._part

    def show_part(self, part: QWidget) -> None:
        """Show a part in place of whatever was shown."""
        self.give_back()
        focused = part.isAncestorOf(self.focusWidget()) or part.hasFocus()
        self._part, self._home = part, part.parentWidget()
        part.setParent(self)
        part.show()
        self.show()
        self.place()
        self.raise_()
        if focused:
            part.setFocus()

    def give_back(self) -> None:
        """Put the part where it was, unless it is elsewhere; whoever has places for what is there gives it its own."""
        part, home, self._part, self._home = self._part, self._home, None, None
        self.hide()
        if part is not None and part.parentWidget() is self:
            part.setParent(home)
            part.show()

    def place(self) -> None:
        """Let the part have all the room there is."""
        around, part = self.parentWidget(), self._part
        if around is None or part is None:
            return
        self.setGeometry(around.rect())
        margin = theme.scaled(_MARGIN)
        room = self.rect().adjusted(margin, margin, -margin, -margin)
        if isinstance(part, LayerCard):
            part.fill(room)
            return
        part.setGeometry(room)
        if isinstance(part, Heatmap):  # whose cells begin at the left
            wide = max(part.cells_rect().width() + 2 * BORDER, min(room.width(), theme.scaled(_LEAST)))
            part.setGeometry(QRect(room.center().x() - wide // 2, room.y(), wide, room.height()))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().surface)
        painter.end()
