"""The badge in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QWidget

from convviz.i18n import tr
from convviz.views import theme
from convviz.views.panels.check import wording

if TYPE_CHECKING:
    from convviz.model.checking import Checker
    from convviz.views.panels.check.table import CheckTable

_PADDING = theme.SPACE.S
_RADIUS = 4
#: As long as any that must fit; the first in every language, so that another language moves nothing.
_SAMPLE, _SAMPLE_ERROR, _SAMPLE_LAYER = "✓ gradients right within 9×10⁻⁹⁹", "9×10⁻⁹⁹", "12"


class CheckBadge(QAbstractButton):
    """Says by colour, sign and words whether the gradients on the screen are right; pressed, it shows the whole check.

    Its size does not depend on what it says; what does not fit is shortened, and its tooltip has the whole of it.
    """

    def __init__(self, checker: Checker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("check_badge")
        self._checker = checker
        self._table: CheckTable | None = None
        self._colour = "muted"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self.open_table)
        checker.changed.connect(self._show)
        self.retranslate()

    def open_table(self) -> None:
        """Show the whole check, in a window of its own that is opened once."""
        if self._table is None:
            from convviz.views.panels.check.table import CheckTable

            self._table = CheckTable(self._checker, self.window())
            self._table.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._table.finished.connect(self._forget_table)
        self._table.show()
        self._table.raise_()
        self._table.activateWindow()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setFixedSize(self.sizeHint())  # else a button that says something else has the whole window laid out
        self._show()

    def sizeHint(self) -> QSize:
        """Return the size of the longest of the common texts."""
        metrics = theme.metrics("body")
        texts = (
            _SAMPLE,
            "✓ " + tr("gradients right within {error}").format(error=_SAMPLE_ERROR),
            "✗ " + tr("gradients wrong: {place}").format(place=wording.layers_text([_SAMPLE_LAYER])),
            "! " + tr("gradients cannot be checked"),
            tr("nothing to check yet"),
        )
        width = max(metrics.horizontalAdvance(text) for text in texts)
        return QSize(round(width) + 2 * _PADDING + 2, round(metrics.height()) + 4)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Be pressed by Enter too."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the text, and the ground and the frame that say what can be done."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.rect().adjusted(1, 1, -1, -1)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.pressed if self.isDown() else colours.hover)
            painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        self._paint_text(painter, frame.adjusted(_PADDING - 1, 0, 1 - _PADDING, 0))
        painter.end()

    def _paint_text(self, painter: QPainter, room: QRect) -> None:
        colour: QColor = getattr(theme.current(), self._colour)
        painter.setPen(colour)
        painter.setFont(theme.font("body"))
        shown = theme.metrics("body").elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)

    def _show(self) -> None:
        finding = self._checker.finding
        text = wording.badge_text(finding, self._checker.progress)
        colour = "muted" if finding is None else wording.COLOURS[finding.verdict]
        if (text, colour) != (self.text(), self._colour):  # a step that was checked again mostly says the same
            self._colour = colour
            self.setText(text)
            self.setAccessibleName(text)
            self.update()
        details = [] if finding is None else wording.summary_lines(finding)
        help_text = tr("Click to see the whole check.")
        self.setToolTip("\n".join((text, *details, help_text)))
        self.setAccessibleDescription("\n".join((*details, help_text)))

    def _forget_table(self) -> None:
        self._table = None
