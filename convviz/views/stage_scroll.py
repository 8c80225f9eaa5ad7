"""What the stage is in: where there is not the height that it needs, it is scrolled, and the window does not grow."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

#: The least that is seen of it, in pixels.
_LEAST = 120


class StageScroll(QScrollArea):
    """Shows a widget as large as there is room for, and scrolls it up and down where that is less than it needs."""

    def __init__(self, shown: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(shown)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)

    def minimumSizeHint(self) -> QSize:
        """Return the width of what is shown, which is not scrolled to the side, with the bar's, and little height."""
        shown, bar = self.widget(), self.verticalScrollBar()
        if shown is None or bar is None:
            return super().minimumSizeHint()
        least = shown.minimumSizeHint().expandedTo(shown.minimumSize())
        return QSize(least.width() + bar.sizeHint().width(), min(_LEAST, least.height()))

    def event(self, event: QEvent | None) -> bool:
        """Tell when what is shown needs another width."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)

    def _follow_focus(self, old: QWidget | None, focused: QWidget | None) -> None:
        """Bring into sight what a key has led to from outside: Qt does so only where a key leads on from within.

        What has been clicked on is seen, and stays under the pointer; and what is higher than there is room stays.
        """
        if old is None or focused is None or self.isAncestorOf(old) or not self.isAncestorOf(focused):
            return
        viewport = self.viewport()
        fits = viewport is not None and focused.height() <= viewport.height()
        if fits and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.ensureWidgetVisible(focused)
