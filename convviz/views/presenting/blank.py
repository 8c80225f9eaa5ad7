"""Nothing to be seen for a while, so that everybody looks at who speaks."""

from __future__ import annotations

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from convviz.i18n import tr
from convviz.views import theme


class Blank(QWidget):
    """Covers a window until a key or a button of the mouse is pressed, which does nothing else then.

    What comes to lie over the window meanwhile, such as the rings of a lesson, lies under this all the same.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("blank")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._focused: QWidget | None = None
        self.hide()
        self.retranslate()

    def cover(self) -> None:
        """Cover the window."""
        window = self.parentWidget()
        if window is None or not self.isHidden():
            return
        self._focused = window.focusWidget()
        self.fit()
        self.show()
        self.raise_()
        self.setFocus()
        for watched in (window, *self._others()):
            watched.installEventFilter(self)

    def fit(self) -> None:
        """Be as large as the window is."""
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())

    def uncover(self) -> None:
        """Show the window again."""
        if self.isHidden():
            return
        for watched in (self.parentWidget(), *self._others()):
            if watched is not None:
                watched.removeEventFilter(self)
        self.hide()
        if self._focused is not None and not sip.isdeleted(self._focused):
            self._focused.setFocus()

    def _others(self) -> list[QWidget]:
        """Return what else lies in the window, or over it."""
        window = self.parentWidget()
        return (
            [child for child in window.children() if isinstance(child, QWidget) and child is not self] if window else []
        )

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay over all of the window."""
        if watched is None or event is None:
            return False
        window = self.parentWidget()
        if watched is not window:
            if event.type() == QEvent.Type.ZOrderChange:
                self.raise_()
        elif event.type() == QEvent.Type.Resize:
            self.fit()
        elif event.type() == QEvent.Type.ChildPolished:
            for other in self._others():
                other.installEventFilter(self)  # which watches nothing twice
            self.raise_()
        return False

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setAccessibleName(tr("Blank screen; any key brings the picture back"))

    def event(self, event: QEvent | None) -> bool:
        """Take every key, also one that is a shortcut elsewhere."""
        if event is not None and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Show the window again."""
        if event is not None and event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt):
            self.uncover()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Show the window again."""
        self.uncover()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().window)
        painter.end()
