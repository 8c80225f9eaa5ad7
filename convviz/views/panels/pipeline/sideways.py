"""The upper row where it is wider than the picture: it is scrolled to the side, and says how much more there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PyQt6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QScrollBar, QWidget

from convviz.i18n import ntr, tr
from convviz.views import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PyQt6.QtGui import QResizeEvent

_EDGE = 46  #: how wide the edge is on which it says so
_NOTCH = 120  #: of a wheel
_STEP = 90  #: pixels that the row moves by for one


def edge() -> int:
    """Return how wide the edge is on which it says how much is out of sight."""
    return theme.scaled(_EDGE)


class Sideways(QScrollArea):
    """Shows as much of a row as there is room for, and at its edges how many of its parts are out of sight.

    Parameters
    ----------
    parts
        Returns what is counted of the row as it is now: its layers.
    """

    def __init__(self, name: str, parts: Callable[[], Sequence[QWidget]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._parts = parts
        self._before, self._after = (_More(f"{name}.{side}", side, self) for side in ("before", "after"))
        self._before.clicked.connect(lambda: self._turn(-1))
        self._after.clicked.connect(lambda: self._turn(1))
        self._bar.valueChanged.connect(self.follow)
        self._bar.rangeChanged.connect(self.follow)

    @property
    def _bar(self) -> QScrollBar:
        bar = self.horizontalScrollBar()
        assert bar is not None  # every scroll area has one
        return bar

    def follow(self) -> None:
        """Count what is out of sight."""
        before, after = self._beyond()
        at, height = self._bar.value(), self.height() - (self._bar.height() if self._bar.isVisible() else 0)
        self._before.tell(len(before), at > 0, QRect(0, 0, edge(), height))
        self._after.tell(len(after), at < self._bar.maximum(), QRect(self.width() - edge(), 0, edge(), height))

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.follow()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the edges at the edges."""
        super().resizeEvent(event)
        self.follow()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Move the row with the wheel, however that is turned: up and down there is nothing to be seen."""
        if event is None or self._bar.maximum() == 0:
            super().wheelEvent(event)
            return
        turned = event.angleDelta()
        notches = (turned.x() or turned.y()) / _NOTCH
        self._bar.setValue(self._bar.value() - round(notches * _STEP))
        event.accept()

    def _turn(self, way: int) -> None:
        """Show the page before, or the next one: it begins, or ends, with the first part that is not seen whole."""
        before, after = self._beyond()
        at = self._bar.value() + way * max(_STEP, self.width() - 2 * edge())
        if way > 0 and after:
            at = min(at, max(after[0].x() - edge() - 1, self._bar.value() + _STEP))
        elif way < 0 and before:
            ends = before[-1].geometry().right() + edge() + 2 - self.width()
            at = max(at, min(ends, self._bar.value() - _STEP))
        self._bar.setValue(at)

    def _beyond(self) -> tuple[list[QWidget], list[QWidget]]:
        """Return the parts that are not seen whole, at the left and at the right."""
        at, most = self._bar.value(), self._bar.maximum()
        left, right = at + (edge() if at else 0), at + self.width() - (edge() if at < most else 0)
        parts = self._parts()
        before = [part for part in parts if part.x() < left]
        return before, [part for part in parts if part.geometry().right() >= right and part not in before]


class _More(QAbstractButton):
    """An edge into which the row fades, with an arrow and how many layers are beyond it."""

    def __init__(self, name: str, side: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys go from part to part, and the row goes along
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._leads_on = side == "after"
        self._count = 0
        self.hide()

    def tell(self, count: int, leads_on: bool, place: QRect) -> None:
        """Say how many layers are beyond the edge, and whether there is anything."""
        self._count = count
        if self._leads_on:
            text = ntr("{n} more layer at the right", "{n} more layers at the right", count)
        else:
            text = ntr("{n} more layer at the left", "{n} more layers at the left", count)
        told = text.format(n=count) if count else tr("More of the picture")
        self.setAccessibleName(told)
        self.setToolTip(told)
        self.setGeometry(place)
        self.setVisible(leads_on)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ground that the row fades into, an arrow, and the number."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clear = QColor(colours.surface)
        clear.setAlpha(0)
        inner, outer = (0, self.width()) if self._leads_on else (self.width(), 0)
        fade = QLinearGradient(inner, 0, outer, 0)
        fade.setColorAt(0.0, clear)
        fade.setColorAt(0.45, colours.surface)
        painter.fillRect(self.rect(), fade)
        way = 1 if self._leads_on else -1
        size = theme.zoom()
        middle = QPointF(self.width() / 2 + 7 * way * size, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent if self.underMouse() else colours.raised)
        painter.drawEllipse(middle, 14 * size, 14 * size)
        ink = colours.on_accent if self.underMouse() else colours.accent
        painter.setPen(QPen(ink, 2.2 * size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [(-2.5 * way, -5), (2.5 * way, 0), (-2.5 * way, 5)]
        painter.drawPolyline(QPolygonF([middle + QPointF(x, y) * size for x, y in corners]))
        if not self.underMouse():
            painter.setPen(QPen(colours.outline, 1))
            painter.drawEllipse(middle, 14 * size, 14 * size)
        if self._count:
            painter.setPen(colours.text)
            painter.setFont(theme.font("strong"))
            below = QRect(0, 0, theme.scaled(40), theme.scaled(20))
            below.moveTo(round(middle.x()) - theme.scaled(20), round(middle.y()) + theme.scaled(17))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"+{self._count}")
        painter.end()
