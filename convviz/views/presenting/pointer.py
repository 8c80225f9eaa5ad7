"""The pointer as it is seen from afar: in a large soft ring, and out of the way while it rests.

The ring is part of the pointer's own picture. One that was drawn over the window would have all that lies under it
painted anew with every move of the hand.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QCursor, QGuiApplication, QPainter, QPen, QPixmap, QPolygonF, QRadialGradient
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.views import theme

#: Pixels: the radius of the ring, and how thick it is.
_RADIUS, _THICK = 34, 4
#: The outline of the arrow in its middle, whose tip is what points.
_ARROW = ((0, 0), (0, 17), (4, 13.5), (6.5, 19.5), (9, 18.5), (6.5, 12.5), (12, 12.5))
_REST = 3000  #: milliseconds without a move after which the pointer is hidden


class Pointer(QObject):
    """Takes care of the pointer over a window.

    Parameters
    ----------
    ringed
        Whether there is a ring at first.
    """

    def __init__(self, window: QWidget, *, ringed: bool) -> None:
        super().__init__(window)
        self._window = window
        self._ringed, self._hidden = ringed, False
        self._at = QCursor.pos()
        self._had_hover = window.testAttribute(Qt.WidgetAttribute.WA_Hover)
        window.setAttribute(Qt.WidgetAttribute.WA_Hover)  # it hears of every move, also over what is in it
        window.installEventFilter(self)
        self._rest = QTimer(self)
        self._rest.setObjectName("pointer_rest")
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._hide)
        QApplication.setOverrideCursor(self._cursor())
        self._rest.start()

    def toggle(self) -> None:
        """Draw a ring around the pointer, or none."""
        self._ringed = not self._ringed
        self._show()

    def refresh(self) -> None:
        """Draw it in the colours and the size that things have now."""
        self._show()

    def end(self) -> None:
        """Leave the pointer as the window system has it."""
        self._rest.stop()
        self._window.removeEventFilter(self)
        self._window.setAttribute(Qt.WidgetAttribute.WA_Hover, self._had_hover)
        QApplication.restoreOverrideCursor()
        self.deleteLater()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Show the pointer whenever it moves."""
        if event is not None and event.type() == QEvent.Type.WindowDeactivate:
            self._show()  # a dialog has opened, which the pointer is needed for
        elif event is not None and event.type() in (QEvent.Type.HoverMove, QEvent.Type.HoverEnter):
            at = QCursor.pos()
            if at != self._at or self._hidden:
                self._at = at
                self._rest.start()
                if self._hidden:
                    self._show()
        return False

    def _show(self) -> None:
        self._hidden = False
        QApplication.changeOverrideCursor(self._cursor())
        self._rest.start()

    def _hide(self) -> None:
        if not self._window.isActiveWindow():
            self._rest.start()
            return
        self._hidden = True
        QApplication.changeOverrideCursor(QCursor(Qt.CursorShape.BlankCursor))

    def _cursor(self) -> QCursor:
        if not self._ringed:
            return QCursor(Qt.CursorShape.ArrowCursor)
        picture = _ringed_arrow(self._window.devicePixelRatioF())
        if QGuiApplication.platformName() == "xcb":
            picture.setDevicePixelRatio(1)  # or it would be drawn beside what it points at: X11 counts device pixels
        middle = round(picture.deviceIndependentSize().width() / 2)
        return QCursor(picture, middle, middle)


def _ringed_arrow(ratio: float) -> QPixmap:
    """Return an arrow in a soft ring, with its tip in the middle, for ``ratio`` device pixels a pixel."""
    size = theme.zoom()
    side = 2 * (_RADIUS + _THICK) * size
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    painter.scale(size, size)
    colours = theme.current()
    glow, clear = QColor(colours.accent), QColor(colours.accent)
    glow.setAlpha(70)
    clear.setAlpha(0)
    fading = QRadialGradient(QPointF(), _RADIUS)
    fading.setColorAt(0.35, clear)
    fading.setColorAt(1.0, glow)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fading)
    painter.drawEllipse(QPointF(), _RADIUS, _RADIUS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((colours.surface, _THICK + 2), (colours.accent, _THICK)):
        painter.setPen(QPen(colour, wide))
        painter.drawEllipse(QRectF(-_RADIUS, -_RADIUS, 2 * _RADIUS, 2 * _RADIUS))
    painter.setPen(QPen(QColor(255, 255, 255), 1.2, join=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QColor(0, 0, 0))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in _ARROW]))
    painter.end()
    return picture
