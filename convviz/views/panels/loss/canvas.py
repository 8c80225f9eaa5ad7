"""The inside of the loss plot's axes with its edge, as a widget of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QLineF, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from convviz.views import drawing_mode, theme

if TYPE_CHECKING:
    from collections.abc import Callable


class Canvas(QWidget):
    """Everything inside the axes. It lies over pyqtgraph's view, whose own way to paint costs more than the curve.

    It reaches beyond them, so that a dot on an axis is a whole one, and draws the lines of the axes, which it covers.

    Parameters
    ----------
    draw
        Draws it into a rectangle.
    """

    def __init__(self, draw: Callable[[QPainter, QRectF], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._draw = draw
        self._is_framed = False
        self._inside = QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def inside(self) -> QRect:
        """The place of the inside of the axes in the view."""
        return self._inside

    def lay_over(self, inside: QRect, left: int, edge: int) -> None:
        """Lie over ``inside`` and so many pixels around it: ``left``, and ``edge`` at the other sides."""
        self._inside = inside
        self.setGeometry(inside.adjusted(-left, -edge, edge, edge))

    @property
    def area(self) -> QRect:
        """The inside of the axes, in the canvas' own pixels."""
        return self._inside.translated(-self.pos())

    def set_framed(self, on: bool) -> None:
        """Show, or no longer, that keys come here."""
        self._is_framed = on
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw everything."""
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.surface)
        area = self.area
        painter.setPen(QPen(colours.border, 1))
        axes = QRectF(area).adjusted(-0.5, 0, 0, 0.5)
        painter.drawLine(QLineF(axes.topLeft(), axes.bottomLeft()))
        painter.drawLine(QLineF(axes.bottomLeft(), axes.bottomRight()))
        self._draw(painter, QRectF(area))
        if self._is_framed and not drawing_mode.is_drawn():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colours.accent)
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.end()
