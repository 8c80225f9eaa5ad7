"""Rings in the accent colour around what a scene is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QRegion
from PyQt6.QtWidgets import QScrollArea, QWidget

from convviz.views import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Pixels: between a ring and what it is around, and of the ring, where there is room and where there is none; of the
#: ring's edges, which part it from whatever lies there.
_WIDE, _TIGHT, _EDGE = (2, 3), (0, 2), 1
_ROUND = 5

#: What may have moved a part of the window.
_MOVING = frozenset(
    {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest}
)


class Spot(NamedTuple):
    """A widget, and the part of it that is meant, in its own coordinates.

    ``tight``: others are so close that the ring must not take much room.
    """

    widget: QWidget
    rect: QRect
    tight: bool = False


class Ring(QWidget):
    """One ring. Nothing but the ring itself is painted, or takes part when what lies under it is painted anew."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lesson.ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner, self._thick = QRect(), _WIDE[1]
        self.hide()

    def surround(self, rect: QRect, tight: bool) -> None:
        """Be around ``rect`` of the parent."""
        gap, self._thick = map(theme.scaled, _TIGHT if tight else _WIDE)
        aside = gap + self._thick + 2 * _EDGE
        outer = rect.adjusted(-aside, -aside, aside, aside)
        if outer != self.geometry() or rect != self._inner:
            self._inner = rect
            self.setGeometry(outer)
            inside = self.rect().adjusted(aside, aside, -aside, -aside)
            self.setMask(QRegion(self.rect()).subtracted(QRegion(inside)))
        self.raise_()
        self.show()

    @property
    def inner(self) -> QRect:
        """What it is around, in the parent's coordinates."""
        return self._inner

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ring between its edges."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.current()
        aside = _EDGE + self._thick / 2
        line = QRectF(self.rect()).adjusted(aside, aside, -aside, -aside)
        for colour, width in ((colours.surface, self._thick + 2 * _EDGE), (colours.accent, self._thick)):
            painter.setPen(QPen(colour, width))
            painter.drawRoundedRect(line, _ROUND, _ROUND)
        painter.end()


class Rings(QObject):
    """Keeps a ring around each of the spots, wherever the layout of the window puts them.

    Parameters
    ----------
    window
        What they lie over.
    find
        Returns the spots as they are now; those that are not to be seen get no ring.
    """

    def __init__(self, window: QWidget, find: Callable[[], Sequence[Spot]]) -> None:
        super().__init__(window)
        self._window, self._find = window, find
        self._rings: list[Ring] = []
        self._watched: list[QWidget] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._place)

    def refresh(self) -> None:
        """Look again where the spots are, once everything that happens now has happened."""
        self._soon.start()

    def reveal(self) -> None:
        """Scroll so far that each of the spots is seen."""
        for widget, rect, _ in self._find():
            above = widget.parentWidget()
            while above is not None:
                if isinstance(above, QScrollArea) and (inner := above.widget()) is not None:
                    centre = widget.mapTo(inner, rect.center())
                    above.ensureVisible(
                        centre.x(), centre.y(), rect.width() // 2 + theme.SPACE.S, rect.height() // 2 + theme.SPACE.S
                    )
                above = above.parentWidget()
        self.refresh()

    def clear(self) -> None:
        """Take all rings away."""
        self._soon.stop()
        self._watch([])
        for ring in self._rings:
            ring.hide()
            ring.deleteLater()
        self._rings = []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow what moves."""
        if event is not None and event.type() in _MOVING:
            self.refresh()
        return False

    def _place(self) -> None:
        spots = list(self._find())
        self._watch([spot.widget for spot in spots])
        seen = [(rect, spot.tight) for spot in spots if not (rect := self._seen(spot.widget, spot.rect)).isEmpty()]
        while len(self._rings) < len(seen):
            self._rings.append(Ring(self._window))
        for ring, (rect, tight) in zip(self._rings, seen, strict=False):
            ring.surround(rect, tight)
        for ring in self._rings[len(seen) :]:
            ring.hide()

    def _seen(self, widget: QWidget, rect: QRect) -> QRect:
        """Return what is seen of a spot, in the window's coordinates."""
        if not widget.isVisible():
            return QRect()
        at: QWidget | None = widget
        while at is not None and at is not self._window:
            rect = rect.intersected(at.rect()).translated(at.pos())
            at = at.parentWidget()
        return QRect() if at is None else rect.intersected(self._window.rect())

    def _watch(self, widgets: Sequence[QWidget]) -> None:
        """Hear of what moves these widgets, or what they are in."""
        wanted: list[QWidget] = []
        for widget in widgets:
            at: QWidget | None = widget
            while at is not None and at is not self._window and at not in wanted:
                wanted.append(at)
                at = at.parentWidget()
        for each in self._watched:
            if not sip.isdeleted(each):  # controls are made anew when another part is selected
                each.removeEventFilter(self)
        for each in wanted:
            each.installEventFilter(self)
        self._watched = wanted
