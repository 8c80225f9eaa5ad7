"""A message beside the control that it is about."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QApplication, QLabel, QWidget

from convviz.views import theme
from convviz.views.theme import SPACE, set_role

_ARROW = 6
_WIDEST = 400
_DONE = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.Wheel)


class Note(QLabel):
    """Says why something is not possible, under the control where it was tried.

    It lies over the panel instead of pushing it down, so that nothing moves, and goes when it is clicked, or when
    somebody types, clicks or turns the wheel anywhere in the panel.

    Parameters
    ----------
    name
        What it is called.
    panel
        The widget that it lies over.
    """

    def __init__(self, name: str, panel: QWidget) -> None:
        super().__init__(panel)
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setContentsMargins(SPACE.M, SPACE.S + _ARROW, SPACE.M, SPACE.S)
        self.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self, "warning")
        self._panel = panel
        self._target_x = 0
        self._upwards = False
        self.hide()

    def show_at(self, control: QWidget, sentence: str) -> None:
        """Show ``sentence`` under ``control``, or above it where there is no room."""
        self.setText(sentence)
        self.setAccessibleName(sentence)
        room = self._panel.width() - 2 * SPACE.S
        width = min(room, _WIDEST)
        height = self.heightForWidth(width)
        corner = control.mapTo(self._panel, QPoint(0, 0))
        left = SPACE.S + max(0, min(corner.x() - SPACE.S, room - width))
        below = corner.y() + control.height()
        self._upwards = below + height > self._panel.height() and corner.y() >= height
        top = corner.y() - height if self._upwards else min(below, self._panel.height() - height)
        if self._upwards:
            self.setContentsMargins(SPACE.M, SPACE.S, SPACE.M, SPACE.S + _ARROW)
        else:
            self.setContentsMargins(SPACE.M, SPACE.S + _ARROW, SPACE.M, SPACE.S)
        self.setGeometry(left, max(0, top), width, height)
        self._target_x = max(SPACE.L, min(corner.x() + min(20, control.width() // 2) - left, width - SPACE.L))
        self.raise_()
        self.show()
        # Not at once: the key or click that led here is still on its way through the parents of its widget.
        QTimer.singleShot(0, self._watch)

    def _watch(self) -> None:
        app = QApplication.instance()
        if app is not None and self.isVisible():
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Go as soon as something else is done in the panel, which goes on undisturbed."""
        done = event is not None and event.type() in _DONE
        if done and isinstance(watched, QWidget) and watched is not self and self._panel.isAncestorOf(watched):
            self.hide()
        return False

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Stop watching."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Go when clicked."""
        self.hide()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the card with a small arrow to the control, then the text."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        card.adjust(0, 0 if self._upwards else _ARROW, 0, -_ARROW if self._upwards else 0)
        edge = card.bottom() if self._upwards else card.top()
        tip = edge + _ARROW if self._upwards else edge - _ARROW
        painter.setPen(QPen(colours.warning, 1.5))
        painter.setBrush(colours.surface)
        painter.drawRoundedRect(card, 6, 6)
        x = float(self._target_x)
        painter.setPen(Qt.PenStyle.NoPen)
        inside = edge + (-1.0 if self._upwards else 1.0)
        painter.drawPolygon(QPolygonF([QPointF(x - 6, inside), QPointF(x, tip), QPointF(x + 6, inside)]))
        painter.setPen(QPen(colours.warning, 1.5))
        painter.drawPolyline(QPolygonF([QPointF(x - 6, edge), QPointF(x, tip), QPointF(x + 6, edge)]))
        painter.end()
        super().paintEvent(event)
