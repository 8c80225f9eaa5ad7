"""What the marks on the landscape are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from convviz.views import theme
from convviz.views.heatmap.hatch import hatch
from convviz.views.panels.landscape import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QPaintEvent

    from convviz.views.panels.landscape.drawing import Mark

#: Pixels: of a mark, and from one entry to the next.
_MARK, _APART = 18, 16


class Legend(QWidget):
    """The marks side by side, each with its name; as many as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("landscape.legend")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._entries: tuple[tuple[Mark | Literal["none"], str], ...] = ()

    def set_entries(self, entries: Sequence[tuple[Mark | Literal["none"], str]]) -> None:
        """Show marks (``start``, ``shown``, ``live``, ``teacher``, or ``none`` for no number) and their names."""
        entries = tuple(entries)
        if entries != self._entries:
            self._entries = entries
            self.setAccessibleName(", ".join(name for _, name in entries))
            self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """What stands beside the marks."""
        return tuple(name for _, name in self._entries)

    def sizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(200, max(22, math.ceil(theme.metrics("small").height()) + 4))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        x, middle = float(theme.SPACE.S), self.height() / 2
        mark, apart = theme.scaled(_MARK), theme.scaled(_APART)
        for kind, name in self._entries:
            wide = theme.metrics("small").horizontalAdvance(name)
            if x + mark + wide > self.width():
                break
            if kind == "none":
                self._draw_none(painter, QRectF(x, middle - mark / 3, mark - 2, mark * 2 / 3))
            else:
                drawing.draw_mark(painter, kind, QPointF(x + mark / 2 - 1, middle))
            painter.setPen(theme.current().muted)
            place = QRectF(x + mark + 2, 0, wide + 2, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            x += mark + wide + apart
        painter.end()

    @staticmethod
    def _draw_none(painter: QPainter, rect: QRectF) -> None:
        painter.drawTiledPixmap(rect.toAlignedRect(), hatch(theme.current(), veiled=False))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().outline, 1))
        painter.drawRect(rect)
