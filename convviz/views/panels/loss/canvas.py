"""The inside of the loss plot's axes, as a widget of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from convviz.views import figure, theme

if TYPE_CHECKING:
    from collections.abc import Callable


class Canvas(QWidget):
    """Everything inside the axes. It lies over pyqtgraph's view, whose own way to paint costs more than the curve.

    Parameters
    ----------
    draw
        Draws it into a rectangle.
    """

    def __init__(self, draw: Callable[[QPainter, QRectF], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._draw = draw
        self._is_framed = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_framed(self, on: bool) -> None:
        """Show, or no longer, that keys come here."""
        self._is_framed = on
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw everything."""
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.surface)
        self._draw(painter, QRectF(self.rect()))
        if self._is_framed and not figure.is_drawn():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colours.accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
