"""Where in the window a file would go that is dragged over it, and the mark that shows it."""

from __future__ import annotations

from typing import NamedTuple

from PyQt6.QtCore import QPoint, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from convviz.engine.explain import Kind, Tensor
from convviz.i18n import mark, tr
from convviz.views import theme
from convviz.views.editors.matrix import MatrixEditor
from convviz.views.heatmap import Heatmap

#: What can be set from a file: what lies at these names in a layer's path, and what it is called when that was done.
PARAMETERS = {
    Kind.WEIGHT: ("weight", mark("Open {file} as the student's kernel of layer {number}")),
    Kind.TEACHER_WEIGHT: ("teacher_weight", mark("Open {file} as the teacher's kernel of layer {number}")),
    Kind.BIAS: ("bias", mark("Open {file} as the student's bias of layer {number}")),
    Kind.TEACHER_BIAS: ("teacher_bias", mark("Open {file} as the teacher's bias of layer {number}")),
}
_INPUT = Tensor(Kind.VALUE, 0)
#: How far the mark lies around what it marks, and around its words.
_AROUND, _PAD = 3, 5


class DropPlace(NamedTuple):
    """What lies under the pointer.

    Attributes
    ----------
    widget
        An editor, or the heatmap of the input, of the target, of a kernel or of a bias; anything else is the window.
    rect
        What is marked of it, in its own coordinates.
    matrix
        The leading indices of the kernel, where there are several.
    """

    widget: QWidget
    rect: QRect
    matrix: tuple[int, ...] = ()

    @property
    def tensor(self) -> Tensor | None:
        """The array that would be another; None for an editor."""
        return self.widget.tensor if isinstance(self.widget, Heatmap) else None


def place_at(window: QWidget, ground: QWidget, point: QPoint, *, numbers: bool) -> DropPlace:
    """Return where a file would go that is let go of at a point of the window.

    Parameters
    ----------
    ground
        What stands for the input where that is not to be seen.
    numbers
        The file holds numbers and is no picture: it can become a kernel or a bias.
    """
    widget: QWidget | None = window.childAt(point)
    while widget is not None:
        if isinstance(widget, MatrixEditor):
            return DropPlace(widget, widget.rect())
        tensor = widget.tensor if isinstance(widget, Heatmap) else None
        if isinstance(widget, Heatmap) and tensor is not None:
            if tensor.kind is Kind.TARGET:
                return DropPlace(widget, widget.rect())
            if tensor.kind in PARAMETERS and numbers:
                matrix, rect = widget.matrix_near(widget.mapFrom(window, point))
                return DropPlace(widget, rect, matrix)
        widget = widget.parentWidget()
    shown = (one for one in window.findChildren(Heatmap) if one.tensor == _INPUT and not one.visibleRegion().isEmpty())
    found = next(shown, ground)
    return DropPlace(found, found.rect())


class DropMark(QWidget):
    """A frame around where a file would go, and what it would be there. It lies over the window and takes nothing.

    Parameters
    ----------
    ground
        The part of the window in which the words stay: no control around it is covered.
    """

    def __init__(self, window: QWidget, ground: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("drop_mark")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._window, self._ground = window, ground
        self._framed = QRect()
        self._words = QRect()
        self._text = ""
        self.hide()

    def show_at(self, place: DropPlace, name: str) -> None:
        """Mark a place, where the file would be what is called ``name``."""
        self._text = tr("Opens as: {place}").format(place=name)
        seen = place.rect & place.widget.visibleRegion().boundingRect()
        around = QRect(place.widget.mapTo(self._window, seen.topLeft()), seen.size())
        around.adjust(-_AROUND, -_AROUND, _AROUND, _AROUND)
        around &= self._window.rect()
        words = self._placed_words(around)
        whole = around.united(words)
        self._framed, self._words = around.translated(-whole.topLeft()), words.translated(-whole.topLeft())
        self.setAccessibleName(self._text)
        self.setGeometry(whole)
        self.show()
        self.raise_()
        self.update()

    def framed(self) -> QRect:
        """Return what is framed, in the window."""
        return self._framed.translated(self.pos())

    def text(self) -> str:
        """Return what is written at the frame."""
        return self._text

    def words(self) -> QRect:
        """Return where that is written, in the window."""
        return self._words.translated(self.pos())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the frame, and the words at it on a ground of their own."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent, 3))
        painter.drawRoundedRect(QRectF(self._framed).adjusted(1.5, 1.5, -1.5, -1.5), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent)
        painter.drawRoundedRect(self._words, 5, 5)
        painter.setPen(colours.on_accent)
        painter.setFont(theme.font("strong"))
        painter.drawText(self._words, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()

    def _placed_words(self, around: QRect) -> QRect:
        """Return where the words have room: above a frame, or else below it, or else in its middle."""
        metrics = theme.metrics("strong")
        wide, high = round(metrics.horizontalAdvance(self._text)) + 4 * _PAD, round(metrics.height()) + _PAD
        room = QRect(self._ground.mapTo(self._window, QPoint()), self._ground.size())
        left = max(0, min(around.left(), self._window.width() - wide))
        if around.top() - high >= room.top():
            return QRect(left, around.top() - high, wide, high)
        if around.bottom() + high <= room.bottom():
            return QRect(left, around.bottom() + 1, wide, high)
        words = QRect(0, 0, wide, high)
        words.moveCenter(around.center())
        return words
