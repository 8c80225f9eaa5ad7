"""Drawing a landscape in pixels: the surface, its scale, the axes, the path and the marks on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from convviz.number_text import axis_text, short_number
from convviz.views import drawing_mode, theme
from convviz.views.colour import NOT_FINITE, STEPS, colour_map, image_of
from convviz.views.heatmap.hatch import fill_hatched
from convviz.views.panels.landscape.surface import LossScale, contour, ticks
from convviz.views.scale_bar import paint_scale_bar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convviz.engine.landscape import Window
    from convviz.model.surveying import Survey
    from convviz.views.panels.landscape.wording import AxisNames

Array = NDArray[Any]
Mark = Literal["start", "shown", "live", "teacher"]

#: Pixels: of the scale beside the surface, between things, and about how far apart the numbers of an axis stand.
_BAR, _GAP, _APART = 14, 8, 80
#: How many numbers the upright axis has at most.
_NUMBERS = 12
#: As wide as most numbers of the axis and of the scale, so that nothing beside them moves; longer ones take more room.
_SAMPLES = ("−0.25", "10,000")
#: No pixel farther outside than so many widths of the surface is asked of a painter.
_OUTSIDE = 50.0
#: How many pixels of the colours there are to one of the screen in a picture that may be enlarged.
_FINER = 2
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


def _room(sample: str, numbers: Iterable[float]) -> int:
    """Return how wide the widest of some numbers is, and at least a sample."""
    texts = (sample, *(axis_text(number) for number in numbers))
    return math.ceil(max(theme.number_width(text, "small") for text in texts))


class Places(NamedTuple):
    """Where everything is drawn in a widget.

    Attributes
    ----------
    surface
        The surface itself; axes to the left of it and below, the scale to the right.
    bar
        The colours of the scale.
    window
        The part of the plane that fills the surface.
    up
        The numbers of the upright axis.
    """

    surface: QRectF
    bar: QRectF
    window: Window
    up: tuple[float, ...]

    @classmethod
    def of(cls, width: float, height: float, window: Window, scale: LossScale | None) -> Places:
        """Return the places in a widget of a size, with room for the numbers of the window and of the scale."""
        line = math.ceil(theme.metrics("small").height())
        losses = () if scale is None else scale.levels
        gap, bar, apart = theme.scaled(_GAP), theme.scaled(_BAR), theme.scaled(_APART)
        high = max(height - 3 * line - gap, 1.0)
        up = tuple(ticks(window.bottom, window.top, min(_NUMBERS, max(2, int(high / (0.6 * apart))))))
        left, right = line + _room(_SAMPLES[0], up) + gap, gap + bar + gap + _room(_SAMPLES[1], losses)
        surface = QRectF(left, line, max(width - left - right, 1.0), high)
        return cls(surface, QRectF(surface.right() + gap, surface.top(), bar, surface.height()), window, up)

    def pixels(self, places: Array) -> Array:
        """Return the pixels (…, 2) of ``places`` (…, 2) of the plane; what lies far outside is brought nearer."""
        surface, window = self.surface, self.window
        with np.errstate(all="ignore"):
            x = (places[..., 0] - window.left) / (window.right - window.left)
            y = (places[..., 1] - window.bottom) / (window.top - window.bottom)
            far = np.maximum(np.abs(x - 0.5), np.abs(y - 0.5)) / _OUTSIDE
            nearer = 1 / np.maximum(far, 1.0)  # in the same direction
            x, y = 0.5 + (x - 0.5) * nearer, 0.5 + (y - 0.5) * nearer
        return np.stack([surface.left() + x * surface.width(), surface.bottom() - y * surface.height()], axis=-1)

    def point(self, x: float, y: float) -> QPointF:
        """Return the pixel of one place."""
        at = self.pixels(np.array([x, y]))
        return QPointF(float(at[0]), float(at[1]))

    def place(self, pixel: QPointF) -> tuple[float, float]:
        """Return the place of the plane at a pixel."""
        surface, window = self.surface, self.window
        across = (pixel.x() - surface.left()) / surface.width()
        up = (surface.bottom() - pixel.y()) / surface.height()
        return (
            window.left + across * (window.right - window.left),
            window.bottom + up * (window.top - window.bottom),
        )


# -- the surface -------------------------------------------------------------------------------------------------------


def _surface_image(losses: Array, scale: LossScale | None) -> QImage:
    """Return the colours of losses on a grid, the top row first; what is no finite number has that table's entry."""
    at = np.full(losses.shape, np.nan) if scale is None else scale.positions(losses)
    index = np.where(np.isnan(at), NOT_FINITE, np.nan_to_num(at) * (STEPS - 1) + 0.5).astype(np.uint8)
    return image_of(np.ascontiguousarray(index[::-1]), colour_map())


def draw_surface(painter: QPainter, places: Places, survey: Survey, scale: LossScale | None) -> None:
    """Draw the colours of a survey where its window lies, and its contour lines."""
    window, losses = survey.window, survey.losses
    corners = places.pixels(np.array([[window.left, window.top], [window.right, window.bottom]]))
    area = QRectF(QPointF(*map(float, corners[0])), QPointF(*map(float, corners[1])))
    rows, columns = losses.shape
    painter.save()
    painter.setClipRect(places.surface)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    # from the middle of one pixel of the image to that of another: its numbers stand at the corners of cells
    colours, part = _surface_image(losses, scale), QRectF(0.5, 0.5, columns - 1.0, rows - 1.0)
    if drawing_mode.is_drawn():
        seen = area.intersected(places.surface)
        painter.drawImage(seen, _enlarged(colours, part, area, seen))
    else:
        painter.drawImage(area, colours, part)
    _draw_hatch(painter, places, area, losses)
    if scale is not None:
        _draw_contours(painter, area, losses, scale)
    painter.restore()


def _enlarged(image: QImage, part: QRectF, area: QRectF, seen: QRectF) -> QImage:
    """Return what is seen of ``part`` of an image that fills ``area``, so that no other program has to scale it."""
    made = QImage((seen.size() * _FINER).toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(_FINER, _FINER)
    painter.translate(-seen.topLeft())
    painter.drawImage(area, image, part)
    painter.end()
    return made


def _draw_hatch(painter: QPainter, places: Places, area: QRectF, losses: Array) -> None:
    """Cover every cell that has a corner which is no finite number: it has no contour line either."""
    bad = ~np.isfinite(losses)
    if not bad.any():
        return
    rows, columns = losses.shape
    high, wide = area.height() / (rows - 1), area.width() / (columns - 1)
    covered = QPainterPath()
    covered.setFillRule(Qt.FillRule.WindingFill)
    for row in np.flatnonzero(bad.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], bad[row].astype(np.int8), [0]])))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            left, right = max(first - 1, 0), min(end, columns - 1)
            bottom, top = max(row - 1, 0), min(row + 1, rows - 1)
            covered.addRect(
                QRectF(
                    area.left() + left * wide,
                    area.bottom() - top * high,
                    (right - left) * wide,
                    (top - bottom) * high,
                )
            )
    painter.save()
    painter.fillPath(covered, theme.current().surface)
    painter.setClipPath(covered, Qt.ClipOperation.IntersectClip)
    seen = area.intersected(places.surface).toAlignedRect()  # what is looked at may be far within
    fill_hatched(painter, seen, veiled=False)
    painter.restore()


def _draw_contours(painter: QPainter, area: QRectF, losses: Array, scale: LossScale) -> None:
    at = scale.positions(losses)
    rows, columns = losses.shape
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for level in scale.levels:
        position = scale.position(level)
        pieces = contour(at, position)
        if not len(pieces):
            continue
        x = area.left() + pieces[..., 0].reshape(-1) * (area.width() / (columns - 1))
        y = area.bottom() - pieces[..., 1].reshape(-1) * (area.height() / (rows - 1))
        painter.setPen(QPen(_line_colour(position), 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawPath(pg.functions.arrayToQPath(x, y, connect="pairs"))


def _line_colour(position: float) -> QColor:
    """Return what is seen on the colours of the scale at a position, without being all that is seen."""
    return QColor(0, 0, 0, 90) if colour_map().dark_text[round(position * (STEPS - 1))] else QColor(255, 255, 255, 110)


# -- axes and scale ----------------------------------------------------------------------------------------------------


def draw_axes(painter: QPainter, places: Places, names: AxisNames) -> None:
    """Draw the numbers of both axes, and what the axes are called: the upright one in brief where it is not high."""
    colours, surface, window = theme.current(), places.surface, places.window
    metrics = theme.metrics("small")
    line = math.ceil(metrics.height())
    painter.setFont(theme.font("small"))
    apart = theme.scaled(_APART)
    across = ticks(window.left, window.right, max(2, int(surface.width() / apart)))
    pixels = places.pixels(np.array([[x, window.bottom] for x in across]).reshape(-1, 2))
    painter.setPen(colours.outline)
    painter.drawRect(surface.adjusted(-0.5, -0.5, 0.5, 0.5))
    for (x, _), value in zip(pixels, across, strict=True):
        painter.setPen(colours.outline)
        painter.drawLine(QLineF(x, surface.bottom(), x, surface.bottom() + 3))
        painter.setPen(colours.muted)
        painter.drawText(QRectF(x - apart / 2, surface.bottom() + 4, apart, line), _CENTRE, axis_text(value))
    pixels = places.pixels(np.array([[window.left, y] for y in places.up]).reshape(-1, 2))
    for (_, y), value in zip(pixels, places.up, strict=True):
        painter.setPen(colours.outline)
        painter.drawLine(QLineF(surface.left() - 3, y, surface.left(), y))
        painter.setPen(colours.muted)
        painter.drawText(QRectF(line, y - line / 2, surface.left() - line - 6, line), _RIGHT, axis_text(value))
    painter.setPen(colours.text)
    below = QRectF(surface.left(), surface.bottom() + 4 + line, surface.width(), line)
    painter.drawText(below, _CENTRE, metrics.elidedText(names.across, Qt.TextElideMode.ElideRight, surface.width()))
    high = room_upright(places)
    painter.save()
    painter.translate(0, surface.center().y() + high / 2)
    painter.rotate(-90)
    up = names.up if metrics.horizontalAdvance(names.up) <= high else names.up_brief
    painter.drawText(QRectF(0, 0, high, line), _CENTRE, metrics.elidedText(up, Qt.TextElideMode.ElideRight, high))
    painter.restore()


def room_upright(places: Places) -> float:
    """Return how long the name of the upright axis may be: as far beyond its middle either way as the picture goes."""
    return places.surface.height() + 2 * places.surface.top()


def draw_scale(painter: QPainter, places: Places, scale: LossScale, name: str) -> None:
    """Draw the colours from the least loss to the greatest, with the numbers of the contour lines beside them."""
    colours, bar = theme.current(), places.bar
    line = math.ceil(theme.metrics("small").height())
    painter.save()
    painter.translate(bar.bottomLeft())
    painter.rotate(-90)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    paint_scale_bar(painter, QRectF(0, 0, bar.height(), bar.width()), False)
    painter.restore()
    painter.setPen(colours.outline)
    painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setFont(theme.font("small"))
    painter.setPen(colours.text)
    painter.drawText(QRectF(bar.left(), 0, theme.scaled(200), bar.top() - 2), _LEFT, name)
    free = math.inf
    for level in scale.levels:
        position = scale.position(level)
        y = bar.bottom() - position * bar.height()
        painter.setPen(QPen(_line_colour(position), 1))
        painter.drawLine(QLineF(bar.left(), y, bar.right(), y))
        if y > free or y < bar.top() + line / 2 - 2:
            continue
        painter.setPen(colours.muted)
        painter.drawText(QRectF(bar.right() + 4, y - line / 2, theme.scaled(200), line), _LEFT, axis_text(level))
        free = y - line
    if not scale.levels:
        painter.setPen(colours.muted)
        painter.drawText(QRectF(bar.right() + 4, bar.top(), theme.scaled(200), line), _LEFT, short_number(scale.low, 3))


# -- the path and the marks --------------------------------------------------------------------------------------------


def polygons(pixels: Array) -> list[QPolygonF]:
    """Return the lines through ``pixels`` (K, 2), parted where they are no finite numbers."""
    finite = np.isfinite(pixels).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], finite.astype(np.int8), [0]])))
    return [
        QPolygonF([QPointF(x, y) for x, y in pixels[first:end].tolist()])
        for first, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def draw_path(painter: QPainter, pixels: Array, *, ahead: bool = False) -> None:
    """Draw the way through ``pixels`` (K, 2), light with a dark edge; ``ahead``: what comes after the shown step."""
    style = Qt.PenStyle.DotLine if ahead else Qt.PenStyle.SolidLine
    cap, join = Qt.PenCapStyle.FlatCap if ahead else Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    size = theme.zoom()
    edge = QPen(QColor(0, 0, 0, 150), 3.5 * size, Qt.PenStyle.SolidLine, cap, join)
    for polygon in polygons(pixels):
        if not ahead:
            painter.setPen(edge)
            painter.drawPolyline(polygon)
        painter.setPen(QPen(QColor(255, 255, 255), 1.8 * size, style, cap, join))
        painter.drawPolyline(polygon)


def draw_mark(painter: QPainter, mark: Mark, at: QPointF) -> None:
    """Draw a mark: each has a form of its own besides its colour."""
    painter.save()
    painter.translate(at)
    painter.scale(theme.zoom(), theme.zoom())
    _draw_mark(painter, mark)
    painter.restore()


def _draw_mark(painter: QPainter, mark: Mark) -> None:
    """Draw a mark about the origin."""
    colours = theme.current()
    dark, light = QColor(0, 0, 0, 200), QColor(255, 255, 255)
    painter.setPen(QPen(dark, 1.2))
    if mark == "start":
        painter.setBrush(light)
        painter.drawRect(QRectF(-4, -4, 8, 8))
    elif mark == "teacher":
        painter.setBrush(_strong(colours.teacher))
        painter.setPen(QPen(light, 1.6))
        painter.drawPolygon(QPolygonF([QPointF(*p) for p in ((0, -8), (7, 0), (0, 8), (-7, 0))]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(dark, 0.8))
        painter.drawPolygon(QPolygonF([QPointF(*p) for p in ((0, -9.2), (8.2, 0), (0, 9.2), (-8.2, 0))]))
    elif mark == "live":
        painter.setBrush(light)
        painter.drawEllipse(QPointF(), 4, 4)
    else:
        painter.setBrush(light)
        painter.drawEllipse(QPointF(), 7, 7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_strong(colours.accent))
        painter.drawEllipse(QPointF(), 5, 5)


def _strong(colour: QColor) -> QColor:
    """Return a colour of the theme as it is seen on the surface, which is the same in every theme."""
    return colour if colour.lightnessF() < 0.55 else colour.darker(135)


def draw_cursor(painter: QPainter, places: Places, at: QPointF) -> None:
    """Draw a cross through a place that is pointed at."""
    surface = places.surface
    lines = [
        QLineF(surface.left(), at.y(), surface.right(), at.y()),
        QLineF(at.x(), surface.top(), at.x(), surface.bottom()),
    ]
    for colour, style in ((QColor(0, 0, 0, 120), Qt.PenStyle.SolidLine), (QColor(255, 255, 255), Qt.PenStyle.DashLine)):
        painter.setPen(QPen(colour, 1, style))
        for line in lines:
            painter.drawLine(line)
