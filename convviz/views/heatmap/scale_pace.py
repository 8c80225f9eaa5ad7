"""When a scale is painted that changes with nearly every frame: as often as its numbers can be read."""

from __future__ import annotations

import math
import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from convviz.views import theme

#: After how many milliseconds without other values the scale of the last ones is painted.
_REST = 250


class ScalePace(QObject):
    """Tells when a scale that has changed is due to be painted again.

    Signals
    -------
    due()
        It is, and counts as painted.
    """

    due = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._painted_at = -math.inf
        self._has_changed = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._paint)

    def change(self) -> None:
        """Note that the scale is another than is painted."""
        self._has_changed = True

    def catch_up(self) -> bool:
        """Have it painted, and return True, if it has changed and the painted one has been there long enough."""
        is_due = self._has_changed and time.monotonic() >= self._painted_at + theme.READABLE
        if is_due:
            self._paint()
        return is_due

    def wait(self) -> None:
        """Have it painted, if it has changed, once there have been no other values for a moment."""
        if self._has_changed:
            self._rest.start()

    def _paint(self) -> None:
        self._rest.stop()
        self._painted_at, self._has_changed = time.monotonic(), False
        self.due.emit()
