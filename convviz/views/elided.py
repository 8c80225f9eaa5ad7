"""A list to choose from that ends a text it has no room for with an ellipsis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

if TYPE_CHECKING:
    from PyQt6.QtGui import QPaintEvent

#: What the frame of a list and its arrow take from its width at most.
_FRAME = 40
#: At the end of a name: it has changes that are not saved.
STAR = "*"


class ElidedBox(QComboBox):
    """Shortens what is chosen where Qt would cut it off within a letter, and keeps the star behind a name."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the box, and as much of its text as there is room for."""
        text = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        if not text or (
            self.currentIndex() >= 0 and self.fontMetrics().horizontalAdvance(text) < self.width() - _FRAME
        ):
            super().paintEvent(event)  # and spare the start the names of all that QStyle has
            return
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style = self.style()
        if style is not None:
            field = style.subControlRect(
                QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
            )
            option.currentText = self.shortened(text, field.width())
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def shortened(self, text: str, room: int) -> str:
        """Return the text, or as much of its beginning as fits, with the star that it ends with."""
        metrics = self.fontMetrics()
        end = STAR if text.endswith(STAR) else ""
        if not end or metrics.horizontalAdvance(text) <= room:
            return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        room -= metrics.horizontalAdvance(end)
        return metrics.elidedText(text.removesuffix(end), Qt.TextElideMode.ElideRight, room) + end
