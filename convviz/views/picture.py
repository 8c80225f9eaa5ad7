"""What a widget shows, as a file."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PyQt6.QtCore import QBuffer, QIODevice

from convviz.i18n import tr
from convviz.storage import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PyQt6.QtGui import QImage, QPixmap
    from PyQt6.QtWidgets import QWidget

#: What a picture is written as, by the ending of its file's name; as the last where it has none of them.
PICTURES = (".svg", ".pdf", ".png")


def save_picture(widget: QWidget, path: Path, size: tuple[int, int] | None = None) -> None:
    """Write a picture of a widget with all that is in it, all of it or nothing; the ending of the name says which.

    Parameters
    ----------
    size
        Width and height of a PNG in pixels, where the widget is a part of a pixel too large for it.

    Raises
    ------
    OSError
        If it cannot be written; what stood there before still does.
    """
    ending = path.suffix.lower()
    if ending in (".svg", ".pdf"):
        from convviz.views.figures.drawn import Figure

        write_picture(path, Figure((widget,), widget.windowTitle(), whole=True).file(ending, widget.width())())
        return
    picture = widget.grab()
    with naming(path):
        made = png(picture if size is None else picture.copy(0, 0, *size))
    write_picture(path, made)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an error that is raised while a picture is drawn name the file that it was drawn for."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def png(picture: QImage | QPixmap) -> bytes:
    """Return pixels as a PNG file.

    Raises
    ------
    OSError
        If there are none.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, "PNG"):
        raise OSError(errno.ENOMEM, tr("the picture could not be drawn"))
    return bytes(buffer.data().data())


def write_picture(path: Path, data: bytes) -> None:
    """Write a file, all of it or nothing; by Python, which says why it cannot write."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)
