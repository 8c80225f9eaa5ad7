"""A small picture of a whole map beside its close-up: where the close-up is, and a way to any other part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QEnterEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from convviz.engine.walkthrough import Board
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.colour import colour_map, packed, to_index

if TYPE_CHECKING:
    from convviz.views.panels.microscope.cells import Scales
    from convviz.views.panels.microscope.layout import Place

#: Its longer side, at rest and with the pointer over it.
SMALL, _LARGE = 26, 190
#: The smallest that the close-up is drawn, in pixels.
_LEAST = 5


def extent(board: Board, longer: int) -> tuple[int, int]:
    """Return width and height of the small picture of a map whose longer side is given."""
    rows, columns = board.sheet.size
    width, height = (max(8, round(longer * n / max(rows, columns))) for n in (columns, rows))
    return width, height


class Overview(QWidget):
    """The whole of a map that is seen in a close-up; it grows under the pointer.

    Signals
    -------
    asked(Board, row, column)
        Somebody pressed on a cell, or dragged to it.
    """

    asked = pyqtSignal(object, int, int)

    def __init__(self, scales: Scales, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("microscope.overview")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._scales = scales
        self._place: Place | None = None
        self._image: tuple[object, QImage] | None = None
        self._is_large = False
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setAccessibleName(tr("Where the close-up is"))
        self.setToolTip(tr("The whole map; the frame marks the part that is seen. Press anywhere to go there"))

    @property
    def board(self) -> Board | None:
        """The map."""
        return self._place.item if self._place is not None and isinstance(self._place.item, Board) else None

    def show_place(self, place: Place) -> None:
        """Show the map of a close-up, at the right of it."""
        self._place = place
        self._put()
        self.show()
        self.update()

    def spot(self, row: int, column: int) -> QPoint:
        """Return where a cell of the map lies."""
        return self._at(row + 0.5, column + 0.5).toPoint()

    def cell_at(self, point: QPoint) -> tuple[int, int]:
        """Return the cell of the map at a point, the nearest there is."""
        assert self.board is not None
        rows, columns = self.board.sheet.size
        row, column = int(point.y() * rows // self.height()), int(point.x() * columns // self.width())
        return min(rows - 1, max(0, row)), min(columns - 1, max(0, column))

    def enterEvent(self, event: QEnterEvent | None) -> None:
        """Grow."""
        self._resize(large=True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        """Shrink."""
        self._resize(large=False)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Go there."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._ask(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Go along while the button is held."""
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event.position().toPoint())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the map, what is seen of it, and the cursor."""
        place, board = self._place, self.board
        if place is None or board is None:
            return
        painter, colours = QPainter(self), theme.current()
        painter.drawImage(self.rect(), self._painted(board))
        area = place.area
        seen = QRectF(self._at(area.top, area.left), self._at(area.bottom, area.right))
        if min(seen.width(), seen.height()) < _LEAST:
            centre = seen.center()
            seen = QRectF(centre.x() - _LEAST / 2, centre.y() - _LEAST / 2, _LEAST, _LEAST)
        for colour, width in ((colours.surface, 3.0), (colours.accent, 1.6)):
            painter.setPen(QPen(colour, width, join=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(seen.intersected(QRectF(self.rect()).adjusted(0.5, 0.5, -1.5, -1.5)))
        if board.cursor is not None and self._is_large:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(colours.accent)
            painter.setPen(QPen(colours.surface, 1.5))
            painter.drawEllipse(QPointF(self.spot(*board.cursor)), 4, 4)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.outline, 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _ask(self, point: QPoint) -> None:
        if self.board is not None:
            self.asked.emit(self.board, *self.cell_at(point))

    def _at(self, row: float, column: float) -> QPointF:
        assert self.board is not None
        rows, columns = self.board.sheet.size
        return QPointF(column / columns * self.width(), row / rows * self.height())

    def _resize(self, *, large: bool) -> None:
        self._is_large = large
        self._put()
        self.raise_()
        self.update()

    def _put(self) -> None:
        """Lie at the upper right of the close-up; where that is too far right, over it."""
        if self._place is None or self.board is None:
            return
        width, height = extent(self.board, _LARGE if self._is_large else SMALL)
        corner = self._place.rect.topRight() + QPoint(3, 0)
        room = self.parentWidget()
        assert room is not None
        right, bottom = theme.usual(room.width()) - width - 2, theme.usual(room.height()) - height - 2
        x, y = max(0, min(corner.x(), right)), max(0, min(corner.y(), bottom))
        self.setGeometry(theme.scaled_rect(QRect(x, y, width, height)))

    def _painted(self, board: Board) -> QImage:
        """Return the map a pixel a cell, or less; what is not known yet is left empty."""
        levels, colours = self._scales.levels(board.scale), theme.current()
        key = (self.size(), levels, colours.name, board.known, *board.sheet.identity)
        if self._image is None or self._image[0] != key:
            rows, columns = (
                np.linspace(0, n - 1, min(n, room)).round().astype(np.intp)
                for n, room in zip(board.sheet.size, (self.height(), self.width()), strict=True)
            )
            values, real = board.sheet.sample(rows, columns)
            pixels = colour_map(board.scale.signed).packed.take(to_index(values.astype(np.float64), levels))
            pixels[~real] = packed(colours.hover)
            if board.known is not None:
                later = rows[:, None] * board.sheet.size[1] + columns > board.known
                pixels[later] = packed(colours.window)
            height, width = pixels.shape
            data = pixels.astype(np.uint32, copy=False).tobytes()
            self._image = key, QImage(data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        return self._image[1]
