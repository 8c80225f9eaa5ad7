"""A matrix drawn as a grid of coloured cells with their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from convviz.number_text import brief_number, short_number
from convviz.views import colour, theme

Array = NDArray[Any]
Cell = tuple[int, int]

#: Largest cell, and the least and the greatest height of a grid.
_WIDEST, _HIGHEST, _LOWEST, _TALLEST = 64, 34, 12, 264
#: Cells smaller than this are drawn without lines between them.
_LINES_FROM = 7
#: How wide it is in the inspector: it is already as high as it will be there when it is laid out for the first time.
_USUAL_WIDTH = 270


class MatrixPicture(QWidget):
    """The cells of one matrix: where they are, and how they look.

    Parameters
    ----------
    signed
        Whether zero is the middle of the colours.
    """

    def __init__(self, name: str, signed: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._signed = signed
        self._values: Array = np.zeros((1, 1))
        self._count: int = 1
        self._levels = (-1.0, 1.0)
        self._current: Cell = (0, 0)
        self._held = False
        self._hovered: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.resize(_USUAL_WIDTH, self.height())

    def set_values(self, values: Array, count: int | None = None) -> None:
        """Show a matrix ``(rows, columns)``; with ``count``, only its first cells exist (a vector in several rows)."""
        self._values = values
        self._count = int(values.size) if count is None else count
        low, high = colour.levels_of(values.flat[: self._count], signed=self._signed)
        self._levels = colour.calm_levels(low, high, self._signed)
        self._fit_height()
        self.update()

    def shape(self) -> tuple[int, int]:
        """Return the number of rows and columns."""
        rows, columns = map(int, self._values.shape)
        return rows, columns

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a cell is on the widget."""
        width, height = self._cell_size()
        return QRectF(1 + column * width, 1 + row * height, width, height).toRect()

    # geometry ---------------------------------------------------------------------------------------------------------

    def _cell_size(self) -> tuple[float, float]:
        """Return how wide and high a cell is: a square, but for wide ones that hold a number."""
        rows, columns = self._values.shape
        width = min((self.width() - 2) / columns, _WIDEST)
        height = min(max(width, _LOWEST / rows), _HIGHEST, _TALLEST / rows)
        holds_numbers = width >= _HIGHEST and height >= theme.metrics("small").height()
        return (width if holds_numbers else min(width, height), height)

    def _cell_at(self, point: QPointF) -> Cell | None:
        width, height = self._cell_size()
        row, column = int((point.y() - 1) // height), int((point.x() - 1) // width)
        return (row, column) if self._exists(row, column) else None

    def _exists(self, row: int, column: int) -> bool:
        rows, columns = self.shape()
        return 0 <= row < rows and 0 <= column < columns and row * columns + column < self._count

    def _fit_height(self) -> None:
        """Be as high as the rows are at this width."""
        self.setFixedHeight(round(self._cell_size()[1] * self._values.shape[0]) + 2)

    def sizeHint(self) -> QSize:
        """Return a width that a narrow panel has room for."""
        return QSize(240, self.height())

    def minimumSizeHint(self) -> QSize:
        """Ask for little width."""
        return QSize(120, self.height())

    # painting ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the cells, their numbers where they fit, and the current one's frame."""
        painter = QPainter(self)
        colours = theme.current()
        width, height = self._cell_size()
        rows, columns = self._values.shape
        index = colour.to_index(self._values, self._levels)
        area = QRectF(1, 1, columns * width, rows * height)
        if min(width, height) < _LINES_FROM:
            painter.drawImage(area, colour.image_of(index, colour.colour_map(self._signed)))
        else:
            self._paint_cells(painter, index)
        painter.setPen(QPen(colours.border, 1))
        if self._count == rows * columns:
            painter.drawRect(area)
        if self.hasFocus() or self._held:
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRect(QRectF(self.cell_rect(*self._current)).adjusted(1, 1, 0, 0))
        elif self._hovered is not None and (cell := self._cell_at(self._hovered)) is not None:
            painter.setPen(QPen(colours.muted, 1))
            painter.drawRect(QRectF(self.cell_rect(*cell)).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_cells(self, painter: QPainter, index: NDArray[np.uint8]) -> None:
        table = colour.colour_map(self._signed)
        columns = self._values.shape[1]
        digits = self._digits()
        painter.setFont(theme.font("small"))
        for place in range(self._count):
            row, column = divmod(place, columns)
            rect = self.cell_rect(row, column).adjusted(0, 0, -1, -1)
            entry = int(index[row, column])
            painter.fillRect(rect, table.colour(entry))
            if digits is not None:
                painter.setPen(colour.text_colour(entry, self._signed))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, _cell_text(self._values[row, column], digits))

    def _digits(self) -> int | None:
        """Return how many significant digits all cells have room for; 0: numbers as brief as can be; None: none."""
        width, height = self._cell_size()
        if height < theme.metrics("small").height() or width < 16:
            return None
        values = self._values.flat[: self._count]
        for digits in (3, 2, 1, 0):
            widest = max(theme.metrics("small").horizontalAdvance(_cell_text(v, digits)) for v in values)
            if widest <= width - 4:
                return digits
        return None


def _cell_text(value: float, digits: int) -> str:
    """Return a number for a cell, with so many digits; 0: as brief as can be."""
    return short_number(float(value), digits) if digits else brief_number(float(value))
