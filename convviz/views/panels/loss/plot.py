"""The picture of the loss over the steps.

pyqtgraph gives the axes, zooming and moving. The curve and its marks are one canvas that draws itself in pixels: a
frame costs one polyline of at most two points a pixel column, whatever the length of the series. The range of the
losses follows the curve by itself, so it is the plot's own, and its numbers are drawn by hand: while a loss falls by
decades it changes often, and pyqtgraph takes longer for each change than the whole window for a frame.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, pyqtSignal

from convviz.i18n import tr
from convviz.views import drawing_mode, theme
from convviz.views.panels.loss import ranges
from convviz.views.panels.loss.axis import Axis
from convviz.views.panels.loss.canvas import Canvas
from convviz.views.panels.loss.curves import Curves
from convviz.views.panels.loss.drawing import DOT, Mapping, draw_grid, draw_mark
from convviz.views.panels.loss.keys import steps_after
from convviz.views.panels.loss.numbers import GAP, LossNumbers, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PyQt6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
    from PyQt6.QtWidgets import QWidget

    from convviz.model.series import LossSeries
    from convviz.views.panels.loss.kept import KeptCurve

#: As wide as the longest number, so that a longer one moves nothing; and the room of the axis' name beside it, which is
#: left out where the plot is narrow.
_SAMPLE, _NAME_WIDTH = "7.5×10⁻³⁰⁰", 16
_NARROW = 300
#: A press and a release that are no further apart are a click, in pixels.
_CLICK = 4
#: How long a picture of a curve that grows stands at least, in seconds.
_CALM = 0.1

pg.setConfigOptions(exitCleanup=False)  # its clean-up at exit is for scripts without a main loop


def _numbers_width() -> int:
    return math.ceil(theme.number_width(_SAMPLE, "small"))


class LossPlot(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph ships no types
    """The curve of a `LossSeries`, with the live step and the shown step marked.

    Signals
    -------
    pointed(object)
        The step under the pointer, or None.
    step_asked(object)
        A step of the curve was clicked and is wanted on the screen; None: the live one is wanted again.
    zoomed(bool)
        Whether less, or something else, than the whole curve is shown.
    resized()
        `inside` is another place.
    """

    pointed = pyqtSignal(object)
    step_asked = pyqtSignal(object)
    zoomed = pyqtSignal(bool)
    resized = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._canvas: Canvas | None = None
        super().__init__(parent)
        self._axes = {"left": Axis("left"), "bottom": Axis("bottom")}
        self._box = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self._curves = Curves()
        self._log = False
        self._zoom = theme.zoom()
        self._goal: int | None = None
        self._shown: int | None = None
        self._under: int | None = None
        self._is_zoomed = False
        self._pressed: QPointF | None = None
        self._left: tuple[int | None] | None = None  # the step that was shown before a click asked for another
        self._range: ranges.Range = (0.0, 1.0)
        self._drawn: tuple[object, ...] | None = None  # what could be seen when it was drawn last
        self._drawn_at = -math.inf
        self._lay_out()
        self._canvas = Canvas(self.draw, self.viewport())
        self._numbers = LossNumbers(self.viewport())
        self._box.sigResized.connect(self._place_canvas)
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)
        self._box.sigXRangeChanged.connect(self._draw_again)
        self.setMouseTracking(True)
        self.restyle()
        self.refresh()

    def _lay_out(self) -> None:
        """Put the axes around the box: what of pyqtgraph's PlotItem is wanted, without its menus and buttons."""
        layout = pg.GraphicsLayout()
        layout.setSpacing(0)
        layout.addItem(self._axes["left"], 0, 0)
        layout.addItem(self._box, 0, 1)
        layout.addItem(self._axes["bottom"], 1, 1)
        for axis in self._axes.values():
            axis.linkToView(self._box)
        self._axes["left"].setStyle(showValues=False)
        self._box.setMouseEnabled(x=True, y=False)  # the values fit themselves to the steps that are seen
        self._box.disableAutoRange()
        self._room = layout
        self.setCentralItem(layout)

    def set_series(self, series: LossSeries) -> None:
        """Draw ``series`` from now on; call `refresh` whenever it has changed."""
        self._curves.series = series
        self.refresh()

    def set_kept(self, curves: Iterable[KeptCurve]) -> None:
        """Draw these curves behind that of the series."""
        self._curves.lay_behind(curves)
        self.refresh()

    def set_log(self, on: bool) -> None:
        """Draw the logarithm of the loss, or the loss itself."""
        self._log = on
        self._axes["left"].log = on
        self._range = ranges.value_range(np.empty(0), on)  # what it was means nothing on the other scale
        self.retranslate()
        self.refresh()
        self._place_numbers()

    def set_marks(self, live: tuple[int, float] | None, goal: int | None, shown: int | None) -> None:
        """Say where the run is, up to which step it goes, and which step of the past is shown; None: nowhere, none.

        ``live`` is the newest step with its loss, which the series does not have yet: it holds the losses *before* each
        update.
        """
        self._curves.live, self._goal, self._shown = live, goal, shown

    def refresh(self) -> None:
        """Draw again. The axis of steps has headroom, because each change of it lays out all of its labels again."""
        wanted = ranges.step_range(self._curves.last + 1, self._goal)
        if not self._is_zoomed and tuple(self._box.viewRange()[0]) != wanted:
            self._box.setXRange(*wanted, padding=0)
        self._draw_again()

    def follow(self) -> None:
        """Draw again if what has come since the last drawing can be seen, and not more often than the eye follows.

        A long curve grows by parts of a pixel. What is left out is drawn by the next call, or by `refresh` when the
        series has come to rest.
        """
        if time.perf_counter() < self._drawn_at + _CALM:
            return
        seen = self._seen()
        if seen is None or seen != self._drawn:
            self.refresh()

    def _seen(self) -> tuple[object, ...] | None:
        """Return what tells one picture of a growing series from another: the live mark, to a pixel. None: all do."""
        steps = self._box.viewRange()[0]
        outgrown = not self._is_zoomed and (self._curves.newest > steps[1] or (self._goal or 0) > steps[1])
        if self._canvas is None or self._curves.live is None or outgrown or not math.isfinite(self._curves.live[1]):
            return None
        mapping = self._mapping(QRectF(self._canvas.area))
        step, loss = self._curves.live
        return round(mapping.x_of(step)), round(mapping.y_of(loss)), self._goal, self._shown

    def _draw_again(self) -> None:
        """Take the points, and draw them once the event loop comes to it."""
        self._drawn_at = time.perf_counter()
        self._take_points()
        self._drawn = self._seen()
        if self._canvas is not None:
            self._canvas.update()

    def _place_canvas(self) -> None:
        """Lay the canvas over the inside of the axes, and the numbers beside it."""
        if self._canvas is not None:
            inside = self.mapFromScene(self._box.sceneBoundingRect()).boundingRect()
            edge = theme.scaled(DOT + 1)
            self._canvas.lay_over(inside, min(edge, GAP), edge)  # up to where the numbers stand
            self._place_numbers()
            self.resized.emit()

    @property
    def inside(self) -> QRect:
        """The place of the inside of the axes."""
        return QRect() if self._canvas is None else self._canvas.inside

    def _place_numbers(self) -> None:
        if self._canvas is not None:
            inside = self._canvas.inside
            height = self._box.height()
            mapping = self._mapping(QRectF(0.0, 0.0, self._box.width(), height))
            labels = labels_of(self._ticks(height), self._range[1] - self._range[0], self._log)
            self._numbers.place(inside, _numbers_width(), labels, mapping)

    def reset_zoom(self) -> None:
        """Show the whole curve again."""
        self._set_zoomed(False)
        self.refresh()

    def restyle(self) -> None:
        """Take the colours and fonts of the current theme."""
        colours = theme.current()
        self.setBackground(colours.surface)
        half = theme.scaled(24)  # of a label, at either end
        self._room.setContentsMargins(0, theme.scaled(8), half, 0)
        self._axes["bottom"].setHeight(theme.scaled(34))
        for axis in self._axes.values():
            axis.setPen(pg.mkPen(colours.border))
            axis.setTextPen(pg.mkPen(colours.muted))
            axis.setStyle(tickFont=theme.font("small"), tickLength=-4, tickTextOffset=4, hideOverlappingLabels=half)
        self._numbers.update()
        self.retranslate()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        style = {"color": theme.current().muted.name(), "font-size": f"{theme.font_size('small')}px"}
        self._axes["bottom"].setLabel(tr("step"), **style)
        self._axes["left"].setLabel(tr("loss (logarithmic)") if self._log else tr("loss"), **style)
        self._name_axis()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the axes; in a picture of its own on a ground that is not kept as pixels."""
        if not drawing_mode.is_drawn():
            super().paintEvent(event)
            return
        kept = self.cacheMode()
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        super().paintEvent(event)
        self.setCacheMode(kept)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Name the vertical axis where there is room."""
        super().resizeEvent(event)
        if self._canvas is not None:
            self._name_axis()
            self._draw_again()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme, or of how large all is drawn."""
        super().changeEvent(event)
        if event is None or self._canvas is None:
            return
        is_larger = event.type() == QEvent.Type.StyleChange and theme.zoom() != self._zoom
        if event.type() == QEvent.Type.PaletteChange or is_larger:
            self._zoom = theme.zoom()
            self.restyle()
            self._draw_again()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show that keys come here, unless a click has brought them."""
        super().focusInEvent(event)
        if self._canvas is not None and event is not None:
            self._canvas.set_framed(event.reason() != Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Show that they do not."""
        super().focusOutEvent(event)
        if self._canvas is not None:
            self._canvas.set_framed(False)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Show fewer or more steps, or others."""
        if event is None:
            return
        seen, whole = tuple(self._box.viewRange()[0]), ranges.step_range(self._curves.last + 1, self._goal)
        about = self._curves.newest if self._shown is None else self._shown
        held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        wanted = None if held else steps_after(event.key(), seen, whole, float(about))
        if wanted is None:
            super().keyPressEvent(event)
        elif wanted == whole:
            self.reset_zoom()
        elif wanted != seen:
            self._set_zoomed(True)
            self._box.setXRange(*wanted, padding=0)

    # -- axes ----------------------------------------------------------------------------------------------------------

    def _name_axis(self) -> None:
        name = theme.metrics("small").horizontalAdvance(self._axes["left"].labelText)
        wide = self.width() >= theme.scaled(_NARROW) and name <= self.height() - self._axes["bottom"].height()
        self._axes["left"].showLabel(wide)
        self._axes["left"].setWidth(_numbers_width() + (theme.scaled(_NAME_WIDTH) if wide else 0))

    def _take_points(self) -> None:
        """Take what is to be drawn of the curves, and fit the vertical axis to it."""
        losses = self._curves.take(self._box.viewRange()[0], 2 * max(8, int(self._box.width())))
        fitting = ranges.value_range(losses, self._log)
        if fitting != self._range:
            self._range = fitting
            self._place_numbers()

    def _mapping(self, area: QRectF) -> Mapping:
        return Mapping(area, self._box.viewRange()[0], self._range, self._log)

    def _ticks(self, height: float) -> list[tuple[float, list[float]]]:
        """Return the ticks of the vertical axis: those that have a line, and on a logarithmic axis those between."""
        levels: list[tuple[float, list[float]]] = self._axes["left"].tickValues(*self._range, height)
        return levels

    def _moved_by_hand(self, axes: object) -> None:
        self._set_zoomed(True)

    def _set_zoomed(self, on: bool) -> None:
        if on != self._is_zoomed:
            self._is_zoomed = on
            self.zoomed.emit(on)

    # -- drawing -------------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw grid, curve and marks into ``area``, the inside of the axes; a dot on their edge reaches beyond it."""
        mapping = self._mapping(area)
        painter.setClipRect(area)
        draw_grid(painter, mapping, self._ticks(area.height())[0][1])
        if self._curves.last < 0:
            painter.setPen(theme.current().muted)
            painter.setFont(theme.font("body"))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, wrapped, tr("The loss is drawn here while the student learns"))
        self._curves.draw(painter, mapping)
        colours, pen = theme.current(), Qt.PenStyle
        self._draw_mark(painter, mapping, self._curves.newest, self._curves.newest, colours.curve, pen.DotLine)
        self._draw_mark(painter, mapping, self._shown, self._curves.newest, colours.accent, pen.SolidLine)
        self._draw_mark(painter, mapping, self._under, self._curves.last, colours.muted, pen.DashLine)

    def _draw_mark(
        self, painter: QPainter, mapping: Mapping, step: int | None, last: int, colour: QColor, style: Qt.PenStyle
    ) -> None:
        """Mark a step, if it is one from 0 to ``last``; one that somebody chose is marked on the others, too."""
        if step is None or not 0 <= step <= last:
            return
        draw_mark(painter, mapping, step, self._curves.loss(step), colour, style, cross=style is Qt.PenStyle.DashLine)
        if style is not Qt.PenStyle.DotLine:
            self._curves.draw_dots(painter, mapping, step)

    # -- the pointer ---------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Mark the step under the pointer."""
        super().mouseMoveEvent(event)
        if event is not None:
            self._point_at(self._step_at(event.position(), self._curves.last))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Mark no step any more."""
        super().leaveEvent(event)
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Remember where the press was."""
        super().mousePressEvent(event)
        self._pressed = event.position() if event is not None else None
        self._left = None

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Ask for the step that was clicked."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if event is None or event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        step = self._step_at(event.position(), self._curves.newest)
        if step is not None and (event.position() - pressed).manhattanLength() < _CLICK:
            self._left = (self._shown,)
            self.step_asked.emit(step)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Show the whole curve, and again the step that was shown before the first of the two clicks asked for its own.

        That one is not kept waiting for a second: a single click takes effect at once.
        """
        super().mouseDoubleClickEvent(event)
        self.reset_zoom()
        if self._left is not None:
            self.step_asked.emit(*self._left)

    def _step_at(self, position: QPointF, last: int) -> int | None:
        """Return the step at a position, or ``last`` (−1: there is none) beyond that; None outside of the axes."""
        inside = self._box.mapFromScene(self.mapToScene(position.toPoint()))
        if last < 0 or not self._box.rect().contains(inside):
            return None
        (left, right), _ = self._box.viewRange()
        step: int = round(left + (right - left) * inside.x() / self._box.rect().width())
        return min(max(step, 0), last)

    def _point_at(self, step: int | None) -> None:
        if step != self._under:
            self._under = step
            self.pointed.emit(step)
            self._draw_again()
