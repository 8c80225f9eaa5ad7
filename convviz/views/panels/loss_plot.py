"""The picture of the loss over the steps.

pyqtgraph gives the axes, zooming and moving. The curve and its marks are one item that draws itself in pixels: a frame
costs one polyline of at most two points a pixel column, whatever the length of the series.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from convviz.i18n import tr
from convviz.model.series import LossSeries
from convviz.views import theme
from convviz.views.panels import loss_scale

Array = NDArray[Any]

_LEFT_AXIS_WIDTH = 62  #: as wide as the longest label, so that a longer number moves nothing
_RANGE_INTERVAL = 0.1  #: seconds between two changes of an axis: each has all labels laid out again

pg.setConfigOptions(exitCleanup=False)  # its clean-up at exit is for scripts without a main loop


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis that writes its numbers as the rest of the window does."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.log = False
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the ticks; on a logarithmic axis the range is that of the logarithms."""
        if self.log:
            return loss_scale.log_ticks(minVal, maxVal)
        levels: list[tuple[float, list[float]]] = super().tickValues(minVal, maxVal, size)
        return levels[:1]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the labels of ``values``."""
        if self.log:
            low, high = self.range
            return [loss_scale.log_tick_text(value, high - low) for value in values]
        return [loss_scale.axis_text(value) for value in values]


class _Curve(QGraphicsItem):
    """The curve, the grid behind it and the marks on it, in the pixels of the view box it lies in."""

    def __init__(self, plot: LossPlot, box: pg.ViewBox) -> None:
        super().__init__(box)
        self._plot = plot
        self._box = box

    def boundingRect(self) -> QRectF:
        """Return the whole inside of the axes."""
        return QRectF(self._box.rect())

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        """Draw everything."""
        if painter is not None:
            self._plot.draw(painter, self.boundingRect())


class LossPlot(pg.PlotWidget):  # type: ignore[misc]
    """The curve of a `LossSeries`, with the live step and the shown step marked.

    Signals
    -------
    pointed(object)
        The step under the pointer, or None.
    step_clicked(int)
        A step of the curve was clicked.
    zoomed(bool)
        Whether less, or something else, than the whole curve is shown.
    """

    pointed = pyqtSignal(object)
    step_clicked = pyqtSignal(int)
    zoomed = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._axes = {"left": _Axis("left"), "bottom": _Axis("bottom")}
        super().__init__(parent, axisItems=self._axes)
        self._series = LossSeries()
        self._log = False
        self._live: tuple[int, float] | None = None
        self._goal: int | None = None
        self._shown: int | None = None
        self._under: int | None = None
        self._is_zoomed = False
        self._changed_at = -math.inf
        self._box: pg.ViewBox = self.getPlotItem().getViewBox()
        self._set_up_axes()
        self._curve = _Curve(self, self._box)
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)
        self._box.sigXRangeChanged.connect(self._fit_values)
        self.setMouseTracking(True)
        self.restyle()
        self.retranslate()
        self.refresh(force=True)

    def _set_up_axes(self) -> None:
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setContentsMargins(0, 8, 24, 0)  # room for half a label at either end
        self._box.setMouseEnabled(x=True, y=False)  # the values fit themselves to the steps that are seen
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0)
        self._axes["left"].setWidth(_LEFT_AXIS_WIDTH)
        self._axes["bottom"].setHeight(34)

    def set_series(self, series: LossSeries) -> None:
        """Draw ``series`` from now on; call `refresh` whenever it has changed."""
        self._series = series
        self.refresh(force=True)

    def set_log(self, on: bool) -> None:
        """Draw the logarithm of the loss, or the loss itself."""
        self._log = on
        self._axes["left"].log = on
        self.retranslate()
        self.refresh(force=True)

    def set_marks(self, live: tuple[int, float] | None, goal: int | None, shown: int | None) -> None:
        """Say where the run is, up to which step it goes, and which step of the past is shown; None: nowhere, none.

        ``live`` is the newest step with its loss, which the series does not have yet: it holds the losses *before* each
        update.
        """
        self._live, self._goal, self._shown = live, goal, shown

    def refresh(self, *, force: bool = False) -> None:
        """Draw again; axes follow at most ten times a second unless ``force``."""
        now = time.monotonic()
        if force or now - self._changed_at >= _RANGE_INTERVAL:
            if not self._is_zoomed:
                self._set_range(x=loss_scale.step_range(self._newest + 1, self._goal))
            self._fit_values()
        self.viewport().update()

    def reset_zoom(self) -> None:
        """Show the whole curve again."""
        self._set_zoomed(False)
        self.refresh(force=True)

    def restyle(self) -> None:
        """Take the colours and fonts of the current theme."""
        colours = theme.current()
        self.setBackground(colours.surface)
        for axis in self._axes.values():
            axis.setPen(pg.mkPen(colours.border))
            axis.setTextPen(pg.mkPen(colours.muted))
            axis.setStyle(tickFont=theme.font("small"), tickLength=-4, tickTextOffset=4, hideOverlappingLabels=False)
        self._label()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._label()

    def _label(self) -> None:
        style = {"color": theme.current().muted.name(), "font-size": f"{theme.FONT_SIZES['small']}px"}
        self._axes["bottom"].setLabel(tr("step"), **style)
        self._axes["left"].setLabel(tr("loss, logarithmic") if self._log else tr("loss"), **style)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "_curve"):
            self.restyle()

    # -- axes ----------------------------------------------------------------------------------------------------------

    def _set_range(self, x: loss_scale.Range | None = None, y: loss_scale.Range | None = None) -> None:
        old_x, old_y = self._box.viewRange()
        wanted = {}
        if x is not None and not np.allclose(x, old_x, rtol=1e-9, atol=0):
            wanted["xRange"] = x
        if y is not None and not np.allclose(y, old_y, rtol=1e-9, atol=0):
            wanted["yRange"] = y
        if wanted:
            self._changed_at = time.monotonic()
            self._box.setRange(padding=0, disableAutoRange=True, **wanted)

    def _fit_values(self) -> None:
        _, values = self._visible(256)
        self._set_range(y=loss_scale.value_range(values, self._log))

    def _moved_by_hand(self, axes: object) -> None:
        self._set_zoomed(True)

    def _set_zoomed(self, on: bool) -> None:
        if on != self._is_zoomed:
            self._is_zoomed = on
            self.zoomed.emit(on)

    def _visible(self, points: int) -> tuple[Array, Array]:
        (low, high), _ = self._box.viewRange()
        last = len(self._series)
        start = int(np.clip(math.floor(low) - 1, 0, last))
        stop = int(np.clip(math.ceil(high) + 2, start, last))
        steps, values = self._series.envelope(points, start, stop)
        if self._live is not None and stop == last <= high + 1:
            return np.append(steps, self._live[0]), np.append(values, self._live[1])
        return steps, values

    @property
    def _newest(self) -> int:
        """The newest step whose loss is known; −1: none is."""
        return self._live[0] if self._live is not None else len(self._series) - 1

    def _loss(self, step: int) -> float:
        if self._live is not None and step == self._live[0]:
            return self._live[1]
        return float(self._series.values()[step])

    # -- drawing -------------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw grid, curve and marks into ``area``, the inside of the axes."""
        (left, right), (bottom, top) = self._box.viewRange()
        to_pixels = _Mapping(area, left, right, bottom, top)
        self._draw_grid(painter, to_pixels)
        if self._newest < 0:
            painter.setPen(theme.current().muted)
            painter.setFont(theme.font("body"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tr("The loss is drawn here while the student learns"))
            return
        self._draw_curve(painter, to_pixels)
        self._draw_marks(painter, to_pixels)

    def _draw_grid(self, painter: QPainter, to_pixels: _Mapping) -> None:
        painter.setPen(QPen(theme.current().grid, 1))
        area = to_pixels.area
        levels = self._axes["left"].tickValues(to_pixels.bottom, to_pixels.top, area.height())
        lines = [
            QLineF(area.left(), y, area.right(), y)
            for _, values in levels[:1]
            for y in (round(float(to_pixels.y(value))) + 0.5 for value in values)
        ]
        for line in lines:
            painter.drawLine(line)

    def _draw_curve(self, painter: QPainter, to_pixels: _Mapping) -> None:
        steps, values = self._visible(2 * max(8, int(to_pixels.area.width())))
        finite = np.isfinite(values)
        steps, values = steps[finite], values[finite]
        positions = loss_scale.on_axis(values, self._log, to_pixels.bottom)
        heights = to_pixels.y(positions)
        polygon = _polygon(to_pixels.x(steps), heights)
        painter.setPen(QPen(theme.current().curve, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.drawPolyline(polygon)
        if np.abs(np.diff(heights)).sum() < 4 * to_pixels.area.height():
            # A wider pen costs twenty times as much. A calm curve can be made stronger by drawing it twice.
            painter.drawPolyline(polygon.translated(0.4, 0.6))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_marks(self, painter: QPainter, to_pixels: _Mapping) -> None:
        colours = theme.current()
        self._mark(painter, to_pixels, self._newest, colours.curve, Qt.PenStyle.DotLine)
        if self._shown is not None:
            self._mark(painter, to_pixels, self._shown, colours.accent, Qt.PenStyle.SolidLine)
        if self._under is not None:
            y = self._mark(painter, to_pixels, self._under, colours.muted, Qt.PenStyle.DashLine)
            if y is not None:
                painter.drawLine(QLineF(to_pixels.area.left(), y, to_pixels.area.right(), y))

    def _mark(
        self, painter: QPainter, to_pixels: _Mapping, step: int, colour: QColor, style: Qt.PenStyle
    ) -> float | None:
        """Draw a vertical line at ``step`` and a dot where it meets the curve; return the dot's height."""
        if not 0 <= step <= self._newest:
            return None
        x = round(float(to_pixels.x(step))) + 0.5
        value = np.array([self._loss(step)])
        painter.setPen(QPen(colour, 1, style))
        painter.drawLine(QLineF(x, to_pixels.area.top(), x, to_pixels.area.bottom()))
        if not np.isfinite(value[0]):
            return None
        y = float(to_pixels.y(loss_scale.on_axis(value, self._log, to_pixels.bottom))[0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(colour)
        painter.setPen(QPen(theme.current().surface, 1))
        painter.drawEllipse(QPointF(x, y), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(colour, 1, style))
        return y

    # -- the pointer ---------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Mark the step under the pointer."""
        super().mouseMoveEvent(event)
        if event is not None:
            self._point_at(self._step_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Mark no step any more."""
        super().leaveEvent(event)
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Remember where the press was: a click is a press and a release at one place."""
        self._pressed = event.position() if event is not None else QPointF()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Ask for the step that was clicked."""
        super().mouseReleaseEvent(event)
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        step = self._step_at(event.position())
        if step is not None and (event.position() - self._pressed).manhattanLength() < 4:
            self.step_clicked.emit(step)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Show the whole curve."""
        super().mouseDoubleClickEvent(event)
        self.reset_zoom()

    def _step_at(self, position: QPointF) -> int | None:
        inside = self._box.mapFromScene(self.mapToScene(position.toPoint()))
        if self._newest < 0 or not self._box.rect().contains(inside):
            return None
        (left, right), _ = self._box.viewRange()
        step: int = round(left + (right - left) * inside.x() / self._box.rect().width())
        return min(max(step, 0), self._newest)

    def _point_at(self, step: int | None) -> None:
        if step != self._under:
            self._under = step
            self.pointed.emit(step)
            self.viewport().update()


class _Mapping:
    """Positions on the axes as pixels of the area inside them."""

    def __init__(self, area: QRectF, left: float, right: float, bottom: float, top: float) -> None:
        self.area = area
        self.left, self.right, self.bottom, self.top = left, right, bottom, top

    def x(self, step: Any) -> Any:
        """Return the horizontal pixel of a step, or of an array of them."""
        return self.area.left() + (step - self.left) * (self.area.width() / (self.right - self.left))

    def y(self, position: Any) -> Any:
        """Return the vertical pixel of a position; far outside is brought near, where the painter can count."""
        share = (position - self.bottom) / (self.top - self.bottom)
        return self.area.bottom() - np.clip(share, -2.0, 3.0) * self.area.height()


def _polygon(x: Array, y: Array) -> QPolygonF:
    polygon: QPolygonF = pg.functions.create_qpolygonf(len(x))
    points = pg.functions.ndarray_from_qpolygonf(polygon)
    points[:, 0], points[:, 1] = x, y
    return polygon
