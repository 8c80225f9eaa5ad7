"""Where the window is on the screen and how large, from one start to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PyQt6.QtCore import QRect
    from PyQt6.QtWidgets import QWidget

    from convviz.views.preferences import Preferences

_FIRST_SIZE = QSize(1280, 800)
#: Pixels by which a window may be elsewhere or smaller than it was left though nobody touched it: where everything is
#: drawn half as large again, say, window managers of X11 round its size, and always down.
_ROUNDING = 2


class Place:
    """Puts a window where it was left, and remembers where it is left.

    Parameters
    ----------
    window
        A window that has not been shown yet.
    """

    def __init__(self, window: QWidget, preferences: Preferences) -> None:
        self._window, self._preferences = window, preferences
        if not window.restoreGeometry(preferences.layout("geometry")):
            self._take_first_size()
        self._before, self._state = window.normalGeometry(), window.windowState()

    def remember(self) -> None:
        """Begin there on the next start."""
        if not self._is_untouched():
            self._preferences.set_layout("geometry", self._window.saveGeometry())

    def _is_untouched(self) -> bool:
        """Return whether it need not be remembered again; what was rounded off would be more from start to start."""
        if self._preferences.layout("geometry").isEmpty() or self._state != self._window.windowState():
            return False
        return _distance(self._before, self._window.normalGeometry()) <= _ROUNDING

    def _take_first_size(self) -> None:
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry().size() if screen is not None else _FIRST_SIZE
        self._window.resize(_FIRST_SIZE.boundedTo(room))
        if room.width() < _FIRST_SIZE.width() or room.height() < _FIRST_SIZE.height():
            self._window.setWindowState(Qt.WindowState.WindowMaximized)


def _distance(one: QRect, other: QRect) -> int:
    """Return by how much two rectangles differ at most, in place and size."""
    return max(abs(a - b) for a, b in zip(one.getRect(), other.getRect(), strict=True))
