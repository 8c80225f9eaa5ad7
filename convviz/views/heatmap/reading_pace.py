"""When that is painted which is read, not seen at a glance, but changes with nearly every frame: as it can be read."""

from __future__ import annotations

import math
import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from convviz.views import theme

#: After how many milliseconds without other values all that is read is of the last.
_REST = 250


class ReadingPace(QObject):
    """Tells when what is read, and has changed, is due to be painted again.

    Signals
    -------
    due()
        It is, and counts as painted.
    """

    due = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._painted_at = -math.inf
        self._has_news = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._paint)

    def change(self) -> None:
        """Note that what is read is not that which is painted."""
        self._has_news = True

    def catch_up(self) -> bool:
        """Have it painted, and return True, if it has changed and what is painted could be read by now."""
        is_due = self._has_news and time.monotonic() >= self._painted_at + theme.READABLE
        if is_due:
            self._paint()
        return is_due

    def wait(self) -> None:
        """Have it painted, if it has changed, once there have been no other values for a moment."""
        if self._has_news:
            self._rest.start()

    def _paint(self) -> None:
        self._rest.stop()
        self._painted_at, self._has_news = time.monotonic(), False
        self.due.emit()
