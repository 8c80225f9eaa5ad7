"""What is said where nothing can be remembered until the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from convviz.i18n import tr
from convviz.views.banner import Message

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.views.banner import Banner
    from convviz.views.preferences import Preferences


class UnkeptNote(QObject):
    """Says once, when something should have been kept, that it is not, though not in place of what is to be dealt with.

    A message about a size for the next start is no such thing: it is not true then.
    """

    def __init__(self, preferences: Preferences, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._preferences, self._banner = preferences, banner
        preferences.unkept.connect(self._tell)

    def _tell(self, path: Path) -> None:
        if self._banner.subject not in ("", "scale"):
            return
        self._preferences.unkept.disconnect(self._tell)

        def text() -> str:
            told = tr("What you choose in the window lasts until you close it: {file} cannot be written.")
            return told.format(file=path)

        self._banner.show_message(Message(text, "info", "preferences"))
