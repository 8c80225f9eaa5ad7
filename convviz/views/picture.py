"""What a widget shows, as a file."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from PyQt6.QtCore import QBuffer, QIODevice

from convviz.i18n import tr
from convviz.storage import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from PyQt6.QtWidgets import QWidget


def save_picture(widget: QWidget, path: Path, size: tuple[int, int] | None = None) -> None:
    """Write a PNG picture of a widget, all of it or nothing.

    Parameters
    ----------
    size
        Width and height of the picture in pixels, where the widget is a part of a pixel too large for it.

    Raises
    ------
    OSError
        If it cannot be written; what stood there before still does.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture = widget.grab()
    if size is not None:
        picture = picture.copy(0, 0, *size)
    if not picture.save(buffer, "PNG"):
        raise OSError(errno.ENOMEM, tr("the picture could not be drawn"), str(path))
    with replacing(path) as temporary:  # and by Python, which says why it cannot write
        temporary.write_bytes(buffer.data().data())
