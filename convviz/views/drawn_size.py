"""How large everything is drawn on a screen, and what is said when that changes or leaves no room for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.i18n import tr
from convviz.views.banner import Message
from convviz.views.limits import LEAST_SIZE, scale_in_force

if TYPE_CHECKING:
    from PyQt6.QtGui import QScreen


def fits(screen: QScreen | None, factor: float) -> bool:
    """Return whether a screen is large enough for the window if everything is drawn so many times as large as usual."""
    if screen is None:
        return True
    room, (width, height) = screen.availableSize() * (scale_in_force() / factor), LEAST_SIZE
    return room.width() >= width and room.height() >= height


def wanted_message(factor: float, *, possible: bool) -> Message:
    """Return what is said to somebody who wants everything larger, or smaller, from the next start on."""

    def text() -> str:
        told = tr("From its next start on, convviz draws everything at {percent} of its usual size.")
        refused = tr("At {percent} of its usual size the window would be larger than this screen.")
        return (told if possible else refused).format(percent=f"{factor:.0%}")

    return Message(text, "info", "scale")


def too_large_message(factor: float) -> Message:
    """Return what is said where the screen has no room for the window."""

    def text() -> str:
        told = tr(
            "At {percent} of its usual size the window is larger than this screen: choose less under View > Size."
        )
        return told.format(percent=f"{factor:.0%}")

    return Message(text, "warning", "scale")
