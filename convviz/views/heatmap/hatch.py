"""The stripes of cells that nothing comes of in the next map, or that nothing comes to."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QLineF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from convviz.views import drawing_mode, theme

if TYPE_CHECKING:
    from PyQt6.QtCore import QRect


@cache
def hatch(colours: theme.Theme, *, veiled: bool) -> QPixmap:
    """Return the stripes; ``veiled``: over a veil that takes the colour of a cell back, for cells of any size."""
    side, pen = _look(colours, veiled=veiled)
    made = QPixmap(side, side)
    made.fill(_veil(colours) if veiled else Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    for shift in (-side, 0, side):
        painter.drawLine(shift, side, shift + side, 0)
    painter.end()
    return made


def fill_hatched(painter: QPainter, rect: QRect | QRectF, *, veiled: bool) -> None:
    """Fill a rectangle with stripes that go on in the one beside it; with lines where they may be enlarged."""
    colours = theme.current()
    if drawing_mode.is_drawn():
        _draw_stripes(painter, QRectF(rect), colours, veiled=veiled)
    else:
        painter.fillRect(rect, QBrush(hatch(colours, veiled=veiled)))


def _look(colours: theme.Theme, *, veiled: bool) -> tuple[int, QPen]:
    """Return how far the stripes are apart, and with what they are drawn."""
    return (6, QPen(colours.muted, 1.2)) if veiled else (8, QPen(colours.disabled, 1.4))


def _veil(colours: theme.Theme) -> QColor:
    veil = QColor(colours.surface)
    veil.setAlpha(150)
    return veil


def _draw_stripes(painter: QPainter, rect: QRectF, colours: theme.Theme, *, veiled: bool) -> None:
    apart, pen = _look(colours, veiled=veiled)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if veiled:
        painter.fillRect(rect, _veil(colours))
    painter.setPen(pen)
    # Along a stripe, x + y stays the same.
    first = math.floor((rect.left() + rect.top()) / apart) + 1
    for both in range(first * apart, math.ceil(rect.right() + rect.bottom()), apart):
        left, right = max(rect.left(), both - rect.bottom()), min(rect.right(), both - rect.top())
        painter.drawLine(QLineF(left, both - left, right, both - right))
    painter.restore()
