"""The cells of a map as shapes, for a picture that may be enlarged: sharp at any size.

Few cells are rectangles, which a drawing program can take apart. Many would make a file that no program opens with
ease; they are one image in which each cell is so many pixels that its edges are seen sharp also where a viewer smooths
the image.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[Any]

#: Maps with more cells are an image, whose longer side has about so many pixels, if there are not more cells.
_RECTANGLES_MOST, _IMAGE_LONG = 1024, 640
#: How far a cell reaches under its neighbour at the right and the one below, in pixels: where two edges only touch, a
#: viewer lets the ground shine through.
_UNDER = 0.5


def paint_cells(painter: QPainter, pixels: Array, columns: Array, rows: Array) -> None:
    """Paint cells in their colours.

    Parameters
    ----------
    pixels : (H, W)
        Colours as ``ColourMap.packed`` has them.
    columns : (W + 1,), rows : (H + 1,)
        Where the edges of the cells lie.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if pixels.size > _RECTANGLES_MOST:
        place = QRectF(columns[0], rows[0], columns[-1] - columns[0], rows[-1] - rows[0])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixels.shape[1] > place.width())
        painter.drawImage(place, _enlarged(pixels))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        for row, line in enumerate(pixels):
            bottom = rows[row + 1] + (_UNDER if row + 1 < len(pixels) else 0.0)
            for first, end in _runs(line):
                right = columns[end] + (_UNDER if end < len(line) else 0.0)
                painter.setBrush(QColor(int(line[first]) & 0xFFFFFF))
                painter.drawRect(QRectF(columns[first], rows[row], right - columns[first], bottom - rows[row]))
    painter.restore()


def runs_of(mask: Array) -> Iterator[tuple[int, int, int]]:
    """Yield where cells of a mask (H, W) stand side by side: the row, the first column, and the one after the last."""
    for row in np.flatnonzero(mask.any(axis=1)).tolist():
        for first, end in _runs(mask[row]):
            if mask[row, first]:
                yield row, first, end


def _runs(line: Array) -> Iterator[tuple[int, int]]:
    """Yield the beginning and the end of every row of equal values."""
    edges = [0, *(np.flatnonzero(line[1:] != line[:-1]) + 1).tolist(), len(line)]
    yield from pairwise(edges)


def _enlarged(pixels: Array) -> QImage:
    """Return colours as an image; those of a map are so few that a byte says which, which is quicker to write."""
    times = max(1, _IMAGE_LONG // max(pixels.shape))
    pixels = pixels.astype(np.uint32, copy=False)
    colours, index = np.unique(pixels, return_inverse=True)
    is_indexed = len(colours) <= 256
    data: Array = index.reshape(pixels.shape).astype(np.uint8) if is_indexed else pixels
    data = data.repeat(times, axis=0).repeat(times, axis=1)
    height, width = data.shape
    form = QImage.Format.Format_Indexed8 if is_indexed else QImage.Format.Format_RGB32
    image = QImage(data.tobytes(), width, height, data.itemsize * width, form).copy()
    if is_indexed:
        image.setColorTable(colours.tolist())
    return image
