"""The numbers at the vertical axis of the loss plot."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from convviz.number_text import axis_text, wants_powers
from convviz.views import theme
from convviz.views.panels.loss import ranges

if TYPE_CHECKING:
    from PyQt6.QtCore import QRect

    from convviz.views.panels.loss.drawing import Mapping

#: Each number and the value at which it stands: first those that have a line, then those between.
Labels = list[list[tuple[str, float]]]

#: Between the numbers and the axis; and how far one may reach beyond its end, which is half of its height.
GAP, _OVERHANG = 4, 6
#: How far two numbers are apart at least, as a share of the height of their type: exponents stand high.
_LINE = 0.9
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
#: What share of the axis numbers between the lines may fill together with those at the lines, of which there are at
#: least so many.
_FULL = ((6, 0.2), (4, 0.4), (2, 0.6), (0, 0.8))


def labels_of(ticks: list[tuple[float, list[float]]], span: float, log: bool) -> Labels:
    """Return the labels of ``ticks``, level by level; ``log``: of logarithms, on an axis of ``span`` decades."""
    levels = [values for _, values in ticks]
    if not log:
        powers = wants_powers(chain(*levels))
        return [[(axis_text(value, powers=powers), value) for value in values] for values in levels]
    powers = wants_powers(10.0 ** min(value, 300.0) for value in chain(*levels))
    texts = [[(ranges.log_tick_text(value, span, powers=powers), value) for value in values] for values in levels]
    return [[(text, value) for text, value in level if text] for level in texts]


class LossNumbers(QWidget):
    """The numbers at the vertical axis, drawn by hand."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._levels: Labels = []
        self._mapping: Mapping | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def place(self, inside: QRect, most: int, levels: Labels, mapping: Mapping) -> None:
        """Lay the numbers beside the axis, no wider than they are, nor than ``most``: they cover the axis' name.

        Parameters
        ----------
        inside
            The inside of the axes.
        mapping
            From values to heights there.
        """
        self._levels, self._mapping = levels, mapping
        widest = max((theme.number_width(text, "small") for level in levels for text, _ in level), default=0.0)
        right, over = inside.left() - GAP, theme.scaled(_OVERHANG)
        left = max(0, right - min(math.ceil(widest), most))
        self.setGeometry(left, inside.top() - over, right - left, inside.height() + 2 * over)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Write every number at its height."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().surface)
        painter.setPen(theme.current().muted)
        painter.setFont(theme.font("small"))
        height = max(1, self.height() - 2 * theme.scaled(_OVERHANG))
        written, line = 0, _LINE * theme.metrics("small").height()
        for number, labels in enumerate(self._levels):
            room = next(share for count, share in _FULL if written >= count) * height
            written += len(labels)
            if number and line * written >= room:
                break
            every = math.ceil(line / self._apart(labels, height))  # at lines that are closer than a number is high
            for text, value in labels[::every]:
                self._write(painter, text, value)
        painter.end()

    def _apart(self, labels: list[tuple[str, float]], height: int) -> float:
        """Return how far the numbers at lines stand apart, in pixels; ``height`` where there is but one."""
        if self._mapping is None or len(labels) < 2:
            return height
        last, first = (self._mapping.height_of(labels[at][1]) for at in (-1, 0))
        return max(1.0, abs(last - first) / (len(labels) - 1))

    def _write(self, painter: QPainter, text: str, value: float) -> None:
        width = self.width()
        if self._mapping is not None and theme.number_width(text, "small") <= width:  # half a number is a wrong one
            top = self._mapping.height_of(value)  # of the number: its middle stands by so much lower
            painter.drawText(QRectF(0.0, top, width, 2 * theme.scaled(_OVERHANG)), _AT_RIGHT, text)
