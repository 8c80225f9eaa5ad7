"""What an editor cannot do by itself and asks of the window it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class FileWanted(QEvent):
    """The numbers at ``path`` in the experiment are to be read from a file that the person is asked for.

    It goes straight to the window: no form or page between has anything to add. ``take`` puts numbers into the editor,
    as if they had been pasted.
    """

    TYPE = QEvent.Type(QEvent.registerEventType())

    def __init__(self, path: str, take: Callable[[NDArray[Any]], None]) -> None:
        super().__init__(self.TYPE)
        self.path = path
        self.take = take
