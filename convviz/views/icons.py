"""The program's icons: drawings in one colour, given the colour of the theme when they are loaded."""

from __future__ import annotations

from functools import cache

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from convviz.resources import resource

#: Sizes, in device pixels, that every icon is drawn at: tool buttons and menus, at one and at two pixels a point.
_SIZES = (16, 20, 32, 40)


def icon(name: str, colour: QColor, disabled: QColor, active: QColor | None = None) -> QIcon:
    """Return ``resources/icons/<name>.svg`` in ``colour``, in ``disabled`` where its control cannot be used.

    ``active`` is the colour while a checkable control is on (None: the same as ``colour``).
    """
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(pixmap(name, colour, size))
        result.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled)
        if active is not None:
            result.addPixmap(pixmap(name, active, size), QIcon.Mode.Normal, QIcon.State.On)
    return result


def pixmap(name: str, colour: QColor, size: int) -> QPixmap:
    """Return the icon ``name`` as a square of ``size`` pixels; everything drawn in ``currentColor`` is ``colour``."""
    image = QPixmap(size, size)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    source = _drawing(name).replace("currentColor", colour.name())
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def window_icon() -> QIcon:
    """Return the program's own mark, which keeps its colours."""
    result = QIcon()
    for size in (16, 32, 64, 128):
        result.addPixmap(pixmap("convviz", QColor(), size))
    return result


@cache
def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")
