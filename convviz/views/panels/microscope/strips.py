"""The names of rows that go on side by side, and which of them are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QWidget

from convviz.engine.walkthrough import Strip
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.panels.microscope.wording import STRIPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.walkthrough import Row

#: The room that the names take at the left of the rows.
TAB = 24
_GAP = 4
_RADIUS = 5
#: Sizes of type: the largest in which the name fits.
_TYPE = (13, 12, 11, 10, 9)


class StripTab(QAbstractButton):
    """The name of a row, written upwards; it is checked while the row is seen."""

    def __init__(self, strip: Strip, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"microscope.strip.{strip.value}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._strip = strip
        self.hide()

    def sizeHint(self) -> QSize:
        """Return the room that the name takes."""
        return QSize(TAB - _GAP, round(theme.metrics("strong", 12).horizontalAdvance(self.text())) + 2 * _GAP)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setText(tr(STRIPS[self._strip]))
        self.setAccessibleName(self.text())
        self.setToolTip(tr("See this row alone, large; again: all rows that there is room for (V)"))
        self.update()

    def nextCheckState(self) -> None:
        """Leave it to the strips which of them are checked."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Write the name upwards."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hot = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(colours.accent if hot else colours.border, 1))
        painter.setBrush(colours.accent_soft if self.isChecked() else colours.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.setPen(colours.accent if self.isChecked() else colours.muted)
        room = self.height() - 4
        sizes = [theme.scaled(pixels) for pixels in _TYPE]
        fitting = (n for n in sizes if theme.metrics("strong", n).horizontalAdvance(self.text()) <= room)
        pixels = next(fitting, sizes[-1])
        painter.setFont(theme.font("strong", pixels))
        painter.translate(0, self.height())
        painter.rotate(-90)
        text = theme.metrics("strong", pixels).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(0, 0, self.height(), self.width()), Qt.AlignmentFlag.AlignCenter, text)


class Strips(QWidget):
    """The column of names. One row can be seen alone.

    Signals
    -------
    changed()
        Another choice of rows.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("microscope.strips")
        self._alone: Strip | None = None
        self._there: tuple[Strip, ...] = ()
        self._tabs = {strip: StripTab(strip, self) for strip in Strip}
        for strip, tab in self._tabs.items():
            tab.clicked.connect(lambda _checked, strip=strip: self._choose(strip))
        self.retranslate()

    def choices(self, rows: Sequence[Row]) -> list[tuple[Row, ...]]:
        """Return which rows could be seen, the most wanted choice first."""
        alone = tuple(row for row in rows if row.strip is self._alone is not None)
        if alone:
            return [alone]
        return [tuple(rows[: len(rows) - n]) for n in range(len(rows))]

    def show_rows(self, rows: Sequence[Row], seen: Sequence[Row], rect: QRect) -> None:
        """Name the rows there are, if there are several, within ``rect``."""
        self._there = tuple(row.strip for row in rows if row.strip is not None)
        self.setVisible(len(self._there) > 1)
        if self.isHidden():
            return
        self.setGeometry(theme.scaled_rect(rect))
        shown = {row.strip for row in seen}
        height = (rect.height() + _GAP) // len(self._there)
        for strip, tab in self._tabs.items():
            tab.setVisible(strip in self._there)
            tab.setChecked(strip in shown)
            if strip in self._there:
                place = QRect(0, self._there.index(strip) * height, TAB - _GAP, height - _GAP)
                tab.setGeometry(theme.scaled_rect(place))

    def next(self) -> None:
        """See the next of the rows alone; after the last, all."""
        order: list[Strip | None] = [None, *self._there]
        at = order.index(self._alone) if self._alone in order else 0
        self._alone = order[(at + 1) % len(order)]
        self.changed.emit()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        for tab in self._tabs.values():
            tab.retranslate()

    def _choose(self, strip: Strip) -> None:
        self._alone = None if self._alone is strip else strip
        self.changed.emit()
