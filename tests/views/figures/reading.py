"""Reading pictures that were written as files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from PyQt6.QtCore import QByteArray, QSize, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from pathlib import Path

_SVG = "{http://www.w3.org/2000/svg}"


def texts_in(data: bytes) -> list[str]:
    """Return all that is written in an SVG, in the order in which it was drawn."""
    return [element.text or "" for element in ElementTree.fromstring(data).iter(f"{_SVG}text")]


def count_in(data: bytes, name: str) -> int:
    """Return how many elements of a kind an SVG has."""
    return sum(1 for _ in ElementTree.fromstring(data).iter(_SVG + name))


def numbers_in(data: bytes) -> list[float]:
    """Return those of the texts of an SVG that are numbers."""
    found = []
    for text in texts_in(data):
        try:
            found.append(float(text.replace("−", "-").replace("∞", "inf").replace("≈", "").replace(",", "")))
        except ValueError:
            continue
    return found


def rasterised(data: bytes, size: QSize, factor: float = 1.0) -> QImage:
    """Return an SVG as pixels, so many times as large as it is, on nothing."""
    image = QImage(math.ceil(size.width() * factor), math.ceil(size.height() * factor), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(data))
    assert renderer.isValid()
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def size_of(path: Path) -> tuple[int, int]:
    """Return how many pixels a PNG has."""
    image = QImage(str(path))
    assert not image.isNull()
    return image.width(), image.height()
