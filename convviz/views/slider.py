"""A slider that goes where it is clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

if TYPE_CHECKING:
    from PyQt6.QtCore import QPoint


class Slider(QSlider):
    """A horizontal slider whose handle comes to a click anywhere beside it, and is in the hand from there on.

    Qt's own moves by a page instead, which nobody who points at a place can have meant. Keys and wheel are Qt's.
    """

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Bring the handle under the pointer, then let it be pressed there."""
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        if not self._handle_rect().contains(event.position().toPoint()):
            self.setSliderPosition(self._value_at(event.position().toPoint()))
            # Where there are few values, the nearest is not quite at the pointer, and Qt would not find the handle.
            event = _moved_to(QPointF(self._handle_rect().center()), event)
        super().mousePressEvent(event)

    def _value_at(self, place: QPoint) -> int:
        option, groove, handle = self._option(), self._part(QStyle.SubControl.SC_SliderGroove), self._handle_rect()
        return QStyle.sliderValueFromPosition(
            self.minimum(),
            self.maximum(),
            place.x() - groove.left() - handle.width() // 2,
            groove.width() - handle.width(),
            option.upsideDown,
        )

    def _handle_rect(self) -> QRect:
        return self._part(QStyle.SubControl.SC_SliderHandle)

    def _part(self, part: QStyle.SubControl) -> QRect:
        style = self.style()
        if style is None:
            return QRect()
        return style.subControlRect(QStyle.ComplexControl.CC_Slider, self._option(), part, self)

    def _option(self) -> QStyleOptionSlider:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return option


def _moved_to(place: QPointF, event: QMouseEvent) -> QMouseEvent:
    """Return the same event at another place of the widget."""
    return QMouseEvent(
        event.type(),
        place,
        event.scenePosition(),
        event.globalPosition(),
        event.button(),
        event.buttons(),
        event.modifiers(),
    )
