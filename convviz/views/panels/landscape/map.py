"""The picture of the landscape, and the hand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QWidget

from convviz.engine.landscape import Window
from convviz.i18n import tr
from convviz.views import drawing_mode, theme
from convviz.views.panels.landscape import drawing
from convviz.views.panels.landscape.drawing import Places
from convviz.views.panels.landscape.path import nearest_step
from convviz.views.panels.landscape.surface import LossScale
from convviz.views.panels.landscape.wording import AxisNames

if TYPE_CHECKING:
    from PyQt6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent

    from convviz.model.surveying import Place, Survey, Track

Array = NDArray[Any]
Spot = tuple[float, float]

#: A press and a release no further apart are a click; a click no further from the path asks for its step. In pixels.
_CLICK, _REACH = 4.0, 10.0
#: By what a notch of the wheel, and a key, makes the range smaller; how much of it the whole may become or shrink to.
_ZOOM, _MOST, _LEAST = 1.25, 1e4, 1e-6
#: How many key presses it takes across the picture, and how many with Shift.
_PRESSES, _LEAPS = 80, 8
#: From this level on, a survey takes the place of an older one of another part of the plane.
_FINE = 3
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_UNKNOWN = Window(-1.0, 1.0, -1.0, 1.0)


class LandscapeMap(QWidget):
    """A plane of parameters, coloured by the loss, with the path of the run on it.

    Signals
    -------
    pointed(object)
        The place (x, y) under the pointer, or to which keys have led; None: there is none.
    step_asked(int)
        A step of the path is wanted on the screen.
    window_asked(Window)
        Another part of the plane is to be seen.
    whole_asked()
        All of the path is to be seen again.
    placed(tuple)
        The student is to start at a place (x, y).
    """

    pointed = pyqtSignal(object)
    step_asked = pyqtSignal(int)
    window_asked = pyqtSignal(object)
    whole_asked = pyqtSignal()
    placed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("landscape.map")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 140)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._survey: Survey | None = None
        self._older: Survey | None = None  # a finer one of the same plane, until there is one of what is seen now
        self._scale: LossScale | None = None
        self._track: Track | None = None
        self._marks: dict[drawing.Mark, Place] = {}
        self._names = AxisNames()
        self._window = _UNKNOWN
        self._whole = _UNKNOWN  # what was seen before somebody zoomed
        self._spot: Spot | None = None
        self._by_keys = False
        self._near: int | None = None
        self._pressed: tuple[QPointF, Window] | None = None
        self._dragged = False
        self._ground: QPixmap | None = None

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def window_shown(self) -> Window:
        """The part of the plane that is seen."""
        return self._window

    @property
    def spot(self) -> Spot | None:
        """The place that is pointed at, by the pointer or by keys."""
        return self._spot

    @property
    def near(self) -> int | None:
        """The step of the path that a click would show; None: the pointer is not near the path."""
        return self._near if self._spot is not None and not self._by_keys else None

    @property
    def places(self) -> Places:
        """Where everything is drawn."""
        return Places.of(self.width(), self.height(), self._window, self._scale)

    def set_survey(self, survey: Survey | None, names: AxisNames) -> None:
        """Show what was measured; the axes are called ``names``."""
        before, self._survey, self._names = self._survey, survey, names
        self._scale = None if survey is None else LossScale.of(survey.losses)
        if survey is None:
            self._spot = None
        elif before is None or before.number != survey.number:
            other = before is None or before.plane is not survey.plane
            self._older = None if other or before is None or before.level < _FINE else before
            if other:
                self._spot = self._pressed = None  # what was held was the plane before
                self._whole = survey.window
            if other or self._pressed is None:
                self._window = survey.window
        if survey is None or survey.level >= _FINE:
            self._older = None
        self._draw_again()

    def set_run(self, track: Track | None, marks: dict[drawing.Mark, Place]) -> None:
        """Show where the run has been, and where what is marked lies."""
        self._track, self._marks = track, marks
        self.update()

    def sees(self, x: float, y: float) -> bool:
        """Return whether a place lies in the part of the plane that is seen."""
        window = self._window
        return window.left <= x <= window.right and window.bottom <= y <= window.top

    def sizeHint(self) -> QSize:
        """Return a size at which it reads well."""
        return QSize(720, 420)

    def step_at(self, pixel: QPointF) -> int | None:
        """Return the step of the path that is nearest to a pixel; None: none is near."""
        found = self._nearest(pixel)
        return None if found is None or found[1] > _REACH else found[0]

    def _nearest(self, pixel: QPointF) -> tuple[int, float] | None:
        """Return the step of the path nearest to a pixel, and how many pixels away it is."""
        track = self._track
        if track is None or self._survey is None or track.plane is not self._survey.plane:
            return None
        return nearest_step(self.places.pixels(track.places), track.steps, (pixel.x(), pixel.y()))

    # -- drawing -------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw what has not changed from memory, and over it the path, the marks and the cursor."""
        painter = QPainter(self)
        if drawing_mode.is_drawn():
            self._draw_ground(painter)
        else:
            if self._ground is None:
                self._ground = self._drawn_ground()
            painter.drawPixmap(0, 0, self._ground)
        if self._survey is not None:
            self._draw_run(painter)
        painter.end()

    def _drawn_ground(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(theme.current().surface)
        painter = QPainter(ground)
        self._draw_ground(painter)
        painter.end()
        return ground

    def _draw_ground(self, painter: QPainter) -> None:
        """Draw all but the run."""
        survey, places = self._survey, self.places
        if survey is None:
            return
        painter.fillRect(places.surface, theme.current().window)
        drawing.draw_surface(painter, places, survey, self._scale)
        if self._older is not None:
            drawing.draw_surface(painter, places, self._older, self._scale)
        drawing.draw_axes(painter, places, self._names)
        if self._scale is not None:
            drawing.draw_scale(painter, places, self._scale, tr("loss"))

    def _draw_run(self, painter: QPainter) -> None:
        places = self.places
        painter.save()
        painter.setClipRect(places.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_path(painter, places)
        for mark in ("teacher", "start", "live", "shown"):
            place = self._marks.get(mark)
            if place is not None and np.isfinite((place.x, place.y)).all():
                drawing.draw_mark(painter, mark, places.point(place.x, place.y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._spot is not None and not drawing_mode.is_drawn():
            drawing.draw_cursor(painter, places, places.point(*self._spot))
        painter.restore()
        if self.hasFocus() and not drawing_mode.is_drawn():
            painter.setPen(theme.current().accent)
            painter.drawRect(places.surface.adjusted(-1.5, -1.5, 1.5, 1.5))

    def _draw_path(self, painter: QPainter, places: Places) -> None:
        track, shown = self._track, self._marks.get("shown")
        if track is None or self._survey is None or track.plane is not self._survey.plane:
            return
        pixels = places.pixels(track.places)
        if shown is None:
            drawing.draw_path(painter, pixels)
            return
        at = places.pixels(np.array([[shown.x, shown.y]]))
        past = track.steps <= shown.step
        drawing.draw_path(painter, np.concatenate([at, pixels[~past]]), ahead=True)
        drawing.draw_path(painter, np.concatenate([pixels[past], at]))

    def _draw_again(self) -> None:
        self._ground = None
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Draw anew in the new size."""
        super().resizeEvent(event)
        self._draw_again()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme, or of how large everything is drawn."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw_again()

    # -- the hand ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the plane."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self._is_inside(event.position()):
            self._pressed, self._dragged = (event.position(), self._window), False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move the plane, or point at a place."""
        if event is None:
            return
        position = event.position()
        if self._pressed is not None:
            start, window = self._pressed
            way = position - start
            self._dragged = self._dragged or way.manhattanLength() >= _CLICK
            if self._dragged:
                surface = self.places.surface
                across = -way.x() / surface.width() * (window.right - window.left)
                up = way.y() / surface.height() * (window.top - window.bottom)
                self._see(
                    Window(window.left + across, window.right + across, window.bottom + up, window.top + up), ask=False
                )
                return
        inside = self._is_inside(position)
        self._near = self.step_at(position) if inside else None
        self._point(self.places.place(position) if inside else None)
        self.setCursor(Qt.CursorShape.CrossCursor if self._near is None else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let the plane go; after a click, ask for the step that was clicked."""
        pressed, self._pressed = self._pressed, None
        if event is None or pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._dragged:
            self.window_asked.emit(self._window)
            return
        step = self.step_at(event.position())
        if step is not None:
            self.step_asked.emit(step)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Let the student start there, unless it is the path that is clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton or not self._is_inside(event.position()):
            return
        if self.step_at(event.position()) is None:
            self.placed.emit(self.places.place(event.position()))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Look closer, or at more, about the pointer."""
        if event is None or self._survey is None:
            return
        notches = event.angleDelta().y() / 120
        if notches and self._is_inside(event.position()):
            self._zoom(_ZOOM**-notches, self.places.place(event.position()))
        event.accept()

    def leaveEvent(self, event: QEvent | None) -> None:
        """Point nowhere any more."""
        super().leaveEvent(event)
        if not self._by_keys:
            self._point(None)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show that keys come here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Show that they do not."""
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the cursor, look closer, ask for a step, or let the student start at the cursor."""
        if event is None or self._survey is None or not self._press(event):
            super().keyPressEvent(event)

    def _press(self, event: QKeyEvent) -> bool:
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shifted, plain = held == Qt.KeyboardModifier.ShiftModifier, not held
        if key in _ARROWS and (plain or shifted):
            self._move(*_ARROWS[Qt.Key(key)], _LEAPS if shifted else _PRESSES)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal) and (plain or shifted):
            self._zoom(1 / _ZOOM, self._spot or self._middle)
        elif key == Qt.Key.Key_Minus and plain:
            self._zoom(_ZOOM, self._spot or self._middle)
        elif key == Qt.Key.Key_0 and plain:
            self.whole_asked.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._spot is not None:
            found = self._nearest(self.places.point(*self._spot))
            if held == Qt.KeyboardModifier.ControlModifier:
                self.placed.emit(self._spot)
            elif plain and found is not None:
                self.step_asked.emit(found[0])
        else:
            return False
        return True

    @property
    def _middle(self) -> Spot:
        window = self._window
        return (window.left + window.right) / 2, (window.bottom + window.top) / 2

    def _move(self, across: int, up: int, presses: int) -> None:
        """Lead the cursor a little on; it begins at the step that is shown."""
        window, shown = self._window, self._marks.get("shown")
        x, y = self._spot or ((shown.x, shown.y) if shown is not None else self._middle)
        x += across * (window.right - window.left) / presses
        y += up * (window.top - window.bottom) / presses
        self._by_keys = True
        self._take((min(max(x, window.left), window.right), min(max(y, window.bottom), window.top)))

    def _point(self, spot: Spot | None) -> None:
        self._by_keys = False
        self._take(spot)

    def _take(self, spot: Spot | None) -> None:
        if self._survey is not None and spot != self._spot:
            self._spot = spot
            self.pointed.emit(spot)
            self.update()

    def _zoom(self, factor: float, about: Spot) -> None:
        window, whole = self._window, self._whole
        width = (window.right - window.left) * factor
        if not _LEAST < width / (whole.right - whole.left) < _MOST or (factor < 1 and window.is_finest):
            return
        x, y = about
        self._see(
            Window(
                x + (window.left - x) * factor,
                x + (window.right - x) * factor,
                y + (window.bottom - y) * factor,
                y + (window.top - y) * factor,
            )
        )

    def _see(self, window: Window, *, ask: bool = True) -> None:
        """Show another part of the plane, of what is known at first."""
        self._window = window
        self._draw_again()
        if ask:
            self.window_asked.emit(window)

    def _is_inside(self, position: QPointF) -> bool:
        surface: QRectF = self.places.surface
        return self._survey is not None and surface.contains(position)
