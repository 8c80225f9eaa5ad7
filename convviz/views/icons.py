"""The program's icons: drawings in one colour, given the colour of the theme when they are loaded."""

from __future__ import annotations

from functools import cache, lru_cache

from PyQt6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from convviz.resources import resource
from convviz.views import drawing_mode


def icon(name: str, colour: QColor, disabled: QColor, active: QColor | None = None) -> QIcon:
    """Return ``resources/icons/<name>.svg`` in ``colour``, in ``disabled`` where its control cannot be used.

    ``active`` is the colour while a checkable control is on (None: the same as ``colour``). Nothing is drawn before it
    is shown, and then in the size that is shown.
    """
    return QIcon(_Engine(name, colour, disabled, active or colour))


class _Engine(QIconEngine):
    """Draws an icon when it is asked for."""

    def __init__(self, name: str, colour: QColor, disabled: QColor, active: QColor) -> None:
        super().__init__()
        self._parts = name, colour, disabled, active

    def clone(self) -> QIconEngine:
        return _Engine(*self._parts)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return pixmap(self._parts[0], self._colour(mode, state), min(size.width(), size.height()))

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        device = painter.device() if painter is not None else None
        if painter is None or device is None:
            return
        side = min(rect.width(), rect.height())
        place = QRect(0, 0, side, side)
        place.moveCenter(rect.center())
        if drawing_mode.is_drawn():
            _render(self._parts[0], self._colour(mode, state).name(), painter, QRectF(place))
            return
        ratio = device.devicePixelRatioF()
        drawn = self.pixmap(rect.size() * ratio, mode, state)
        drawn.setDevicePixelRatio(ratio)
        painter.drawPixmap(place, drawn)

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        _, colour, disabled, active = self._parts
        if mode == QIcon.Mode.Disabled:
            return disabled
        return active if state == QIcon.State.On else colour


def pixmap(name: str, colour: QColor, size: int) -> QPixmap:
    """Return the icon ``name`` as a square of ``size`` pixels; everything drawn in ``currentColor`` is ``colour``."""
    if size < 1:  # a control that is squeezed to nothing
        return QPixmap()
    return QPixmap(_rendered(name, colour.name(), size))


@lru_cache(maxsize=256)
def _rendered(name: str, colour: str, size: int) -> QPixmap:
    """Return an icon that is kept: its drawing is read anew for each picture, and a control asks whenever it paints."""
    image = QPixmap(size, size)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _render(name, colour, painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def _render(name: str, colour: str, painter: QPainter, place: QRectF) -> None:
    source = _drawing(name).replace("currentColor", colour)
    QSvgRenderer(QByteArray(source.encode())).render(painter, place)


def window_icon() -> QIcon:
    """Return the program's own mark, which keeps its colours."""
    return icon("convviz", QColor(), QColor())


@cache
def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")
