"""What is said of a file that could not be opened or saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.i18n import tr
from convviz.views.banner import Message
from convviz.views.editors.wording import reason_text

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.engine.errors import ConvvizError


def not_opened(error: ConvvizError) -> Message:
    """Return the message that a file could not be opened; the error's sentence names it."""
    return Message(lambda: tr("The file could not be opened. {reason}").format(reason=reason_text(error)))


def not_saved(path: Path, error: ConvvizError | OSError) -> Message:
    """Return the message that ``path`` could not be written, which the system's own sentences do not name."""

    def text() -> str:
        reason = f"{path.name}: {error.strerror or error}" if isinstance(error, OSError) else reason_text(error)
        return tr("The file could not be saved. {reason}").format(reason=reason)

    return Message(text)
