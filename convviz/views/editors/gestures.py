"""Which changes belong together: all of one drag, of one held key, of one turn of the wheel are one undo command."""

from __future__ import annotations

from itertools import count

_numbers = count(1)


class Gesture:
    """A movement that makes many changes; its key tells them from those of any other movement."""

    def __init__(self) -> None:
        self._number = 0

    def key(self, name: str) -> str:
        """Return the merge key of the movement that is going on, beginning one if there is none."""
        self._number = self._number or next(_numbers)
        return f"{name}#{self._number}"

    def end(self) -> None:
        """The next change belongs to another movement."""
        self._number = 0
