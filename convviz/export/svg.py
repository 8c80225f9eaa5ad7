"""From a drawing to pixels. Qt is imported only when pixels are wanted, and no window or display is needed."""

from __future__ import annotations

import sys

from convviz.engine.errors import ConfigError

#: The application made here, if one was: Qt allows one in a process, and destroying it takes every object with it.
_kept: list[object] = []


def svg_to_png(drawing: str, size: tuple[int, int], scale: float) -> bytes:
    """Return an SVG document as a PNG file's bytes, ``scale`` pixels to the unit of ``size`` (width, height)."""
    from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PyQt6.QtGui import QGuiApplication, QImage, QPainter
    from PyQt6.QtSvg import QSvgRenderer

    if QGuiApplication.instance() is None:  # text needs one
        _kept.append(QGuiApplication([*sys.argv[:1], "-platform", "offscreen"]))
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    if not renderer.isValid():
        raise ConfigError("the drawing is not valid SVG", field="drawing")
    image = QImage(round(size[0] * scale), round(size[1] * scale), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())
