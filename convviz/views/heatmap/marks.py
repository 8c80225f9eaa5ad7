"""Marks on the cells of a heatmap: what a number is computed from, and what is computed from it.

Colour and form tell the two apart. A cell that the number is computed *from* has a closed frame, one that is computed
*from it* has brackets at its corners, one that only goes with it is dotted. The stronger the mark, the more the cell
contributes: a few cells with room for frames of their own have a fainter one, all others lose more of their colour, and
one outline goes around them. Frames lie along the edges of the cells, so that the numbers in them stay readable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QLine, QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from convviz.views import theme
from convviz.views.heatmap.places import places_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from convviz.engine.explain import Field
    from convviz.views.heatmap.layout import HeatLayout

    Array = NDArray[Any]

#: Smaller cells have no room for frames of their own, and of more cells these would be a lattice: one outline goes
#: around them all.
_FRAMED, _FRAMED_MOST = 14, 36
#: How much of a cell's colour is veiled where it has nothing to do with the number, and where it contributes nothing.
_VEIL, _WEAK_VEIL = 0.62, 0.5
#: Larger regions are outlined by the rectangle around them.
_OUTLINED_MOST = 1 << 14
#: Maps with more cells are not veiled: it would cost more at every frame than the map itself.
_VEILED_MOST = 1 << 18
#: Steps of opacity: all frames of one step are painted at once.
_LEVELS = 6
_FAINTEST = 0.3


@dataclass(frozen=True, eq=False)
class Marking:
    """The marks of one heatmap.

    Attributes
    ----------
    places : (N, 3)
        Channel, row and column of each marked cell, as the heatmap lays them out.
    strength : (N,)
        0 … 1.
    source
        As of `Field`.
    veil : (C, H, W) or None
        How much of each cell is veiled, 0 … 1.
    images
        The veil in the colours of the themes that it was painted in.
    outlines
        The lines around the marked cells, in the place where they were painted last.
    """

    places: Array
    strength: Array
    source: bool | None
    veil: Array | None
    images: dict[str, QImage] = field(default_factory=dict)
    outlines: dict[Hashable, list[QLine]] = field(default_factory=dict)

    @classmethod
    def of(cls, marked: Field, values: Array, veiled: bool) -> Marking:
        """Return the marks of ``marked`` on a heatmap of ``values``."""
        places = places_of(marked.cells, values.shape)
        veil = None
        if values.size <= _VEILED_MOST and (veiled or marked.source is not None):
            channels = values.size // (values.shape[-2] * values.shape[-1])
            veil = np.full((channels, *values.shape[-2:]), _VEIL if veiled else 0.0)
            veil[tuple(places.T)] = 0.0 if marked.source is None else _WEAK_VEIL * (1 - marked.strength)
        return cls(places, marked.strength, marked.source, veil)

    def veiled(self, rgb: Array, shown: range) -> Array:
        """Return colours (N, 3) of the cells of the channels that are shown as they look under the veil."""
        if self.veil is None:
            return rgb
        ground = theme.current().surface
        veil = self.veil[shown.start : shown.stop].reshape(-1, 1)
        return np.asarray(rgb * (1 - veil) + np.array([ground.red(), ground.green(), ground.blue()]) * veil)

    def paint_veil(self, painter: QPainter, layout: HeatLayout) -> None:
        """Veil what has nothing to do with the number."""
        if self.veil is None:
            return
        colours, (_, rows, columns) = theme.current(), self.veil.shape
        image = self.images.get(colours.name)
        if image is None:
            image = self.images[colours.name] = _veil_image(self.veil, colours.surface)
        for channel, tile in zip(layout.shown, layout.tiles, strict=True):
            painter.drawImage(tile, image, QRect(0, channel * rows, columns, rows))

    def paint(self, painter: QPainter, layout: HeatLayout, shape: tuple[int, int, int]) -> None:
        """Frame the marked cells."""
        if min(layout.cell_size(shape)) < _FRAMED or len(self.places) > _FRAMED_MOST:
            _paint_outline(painter, layout, self._outline(layout, shape), self.source)
            return
        shown = (self.places[:, 0] >= layout.first) & (self.places[:, 0] < layout.shown.stop)
        places, strength = self.places[shown], self.strength[shown]
        level = np.ceil(np.clip(strength, 0, 1) * (_LEVELS - 1)).astype(int)
        for step in range(_LEVELS):
            chosen = places[level == step].tolist()
            if chosen:
                opacity = _FAINTEST + (1 - _FAINTEST) * step / (_LEVELS - 1)
                _paint_frames(painter, [layout.cell_rect(shape, *place) for place in chosen], self.source, opacity)

    def _outline(self, layout: HeatLayout, shape: tuple[int, int, int]) -> list[QLine]:
        """Return the line around all marked cells that are shown; found once, since it may be around a million."""
        place = (shape, layout.first, *((tile.x(), tile.y(), tile.width(), tile.height()) for tile in layout.tiles))
        if place not in self.outlines:
            channels = [n for n in np.unique(self.places[:, 0]).tolist() if n in layout.shown]
            lines = [line for channel in channels for line in _outline(layout, shape, self.places, channel)]
            self.outlines.clear()
            self.outlines[place] = lines
        return self.outlines[place]


def _colour_of(source: bool | None) -> QColor:
    """Return the colour of the marks on cells that a number is computed from, goes into (False), or goes with."""
    colours = theme.current()
    return QColor(colours.origin if source else colours.effect)


def paint_pin(painter: QPainter, cell: QRect, tile: QRect) -> None:
    """Paint the cell that is held: a broad frame, and the head of a pin at its corner."""
    colours = theme.current()
    cell = _visible(cell, tile)
    _paint_halo(painter, cell, colours.accent)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inside = theme.scaled(3)
    head = QPointF(min(cell.right(), tile.right() - inside), max(cell.top(), tile.top() + inside))
    painter.setPen(QPen(colours.surface, 1.5))
    painter.setBrush(colours.accent)
    radius = min(4.5 * theme.zoom(), 0.6 * min(cell.width(), cell.height()))  # or it would hide the frame
    painter.drawEllipse(head, radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_spot(painter: QPainter, cell: QRect, tile: QRect) -> None:
    """Paint a cell that is spoken of elsewhere."""
    _paint_halo(painter, _visible(cell, tile), theme.current().text)


def _visible(cell: QRect, tile: QRect) -> QRect:
    """Return a cell, or if it is too small to be seen, the place around it."""
    if min(cell.width(), cell.height()) >= theme.scaled(6):
        return cell
    beyond = theme.scaled(3)
    return cell.adjusted(-beyond, -beyond, beyond, beyond).intersected(tile)


def _paint_halo(painter: QPainter, cell: QRect, colour: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for inset, pen in _rings(colour, theme.current().surface):
        painter.setPen(QPen(pen, 1))
        painter.drawRect(cell.adjusted(inset, inset, -1 - inset, -1 - inset))


def _rings(colour: QColor, ground: QColor) -> list[tuple[int, QColor]]:
    """Return the lines of a frame from outside inwards, and how far inside each is: in a colour, the last as ground."""
    wide = theme.scaled(2)
    return [*((inset, colour) for inset in range(wide)), (wide, ground)]


def _paint_frames(painter: QPainter, rects: list[QRect], source: bool | None, opacity: float) -> None:
    """Paint the frames of cells, ``opacity`` 0 … 1, each within its cell."""
    colour = _colour_of(source)
    colour.setAlphaF(opacity)
    ground = QColor(theme.current().surface)
    ground.setAlphaF(opacity)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for inset, pen in _rings(colour, ground):
        inner = [rect.adjusted(inset, inset, -1 - inset, -1 - inset) for rect in rects]
        painter.setPen(QPen(pen, 1, Qt.PenStyle.DotLine if source is None else Qt.PenStyle.SolidLine))
        if source is False:
            painter.drawLines(*(line for rect in inner for line in _brackets(rect)))
        else:
            painter.drawRects(*inner)


def _paint_outline(painter: QPainter, layout: HeatLayout, lines: list[QLine], source: bool | None) -> None:
    """Paint one line around cells that touch: whole around sources, dashed around effects, dotted around others."""
    if not lines:
        return
    style = {True: Qt.PenStyle.SolidLine, False: Qt.PenStyle.CustomDashLine, None: Qt.PenStyle.DotLine}[source]
    halo = QPen(theme.current().surface, theme.scaled(4), Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap)
    cap = Qt.PenCapStyle.FlatCap if source is False else Qt.PenCapStyle.SquareCap
    pen = QPen(_colour_of(source), theme.scaled(2), style, cap)
    if source is False:
        pen.setDashPattern([2.5, 1.5])
    painter.save()
    painter.setClipRect(layout.cells.adjusted(-1, -1, 1, 1))
    for each in (halo, pen):
        painter.setPen(each)
        painter.drawLines(*lines)
    painter.restore()


def _outline(layout: HeatLayout, shape: tuple[int, int, int], places: Array, channel: int) -> list[QLine]:
    """Return the edges between marked and other cells of a channel."""
    here = places[places[:, 0] == channel][:, 1:]
    low, high = here.min(axis=0), here.max(axis=0) + 1
    inside = np.zeros(tuple(high - low + 2), np.int8)  # with a border of cells that are not
    if inside.size > _OUTLINED_MOST:
        inside[1:-1, 1:-1] = 1
    else:
        inside[tuple((here - low + 1).T)] = 1
    tile = layout.tile(channel)
    rows = np.rint(tile.y() + np.arange(shape[1] + 1) * tile.height() / shape[1]).astype(int)[low[0] : high[0] + 1]
    columns = np.rint(tile.x() + np.arange(shape[2] + 1) * tile.width() / shape[2]).astype(int)[low[1] : high[1] + 1]
    lines = [QLine(x0, y, x1, y) for y, x0, x1 in _edges(inside, rows, columns)]
    return lines + [QLine(x, y0, x, y1) for x, y0, y1 in _edges(inside.T, columns, rows)]


def _edges(inside: Array, across: Array, along: Array) -> list[tuple[int, int, int]]:
    """Return where rows differ from the row before: the place of the line, its beginning and its end."""
    differs = (np.diff(inside, axis=0) != 0).astype(np.int8)
    turns = np.diff(differs[:, 1:-1], axis=1, prepend=0, append=0)
    line, start = np.nonzero(turns == 1)
    _, end = np.nonzero(turns == -1)
    return list(zip(across[line].tolist(), along[start].tolist(), along[end].tolist(), strict=True))


def _brackets(rect: QRect) -> list[QLine]:
    """Return the lines of the four corners of a rectangle."""
    long = max(1, min(rect.width(), rect.height()) * 3 // 10)
    lines = []
    for corner, right, down in (
        (rect.topLeft(), 1, 1),
        (rect.topRight() + QPoint(1, 0), -1, 1),
        (rect.bottomLeft() + QPoint(0, 1), 1, -1),
        (rect.bottomRight() + QPoint(1, 1), -1, -1),
    ):
        lines += [QLine(corner, corner + QPoint(right * long, 0)), QLine(corner, corner + QPoint(0, down * long))]
    return lines


def _veil_image(veil: Array, ground: QColor) -> QImage:
    channels, height, width = veil.shape
    alpha = np.rint(veil.reshape(channels * height, width) * 255)
    pixels = np.empty((channels * height, width, 4), np.uint8)
    pixels[..., 3] = alpha
    for place, part in enumerate((ground.blue(), ground.green(), ground.red())):
        pixels[..., place] = alpha * part / 255
    made = QImage(pixels.tobytes(), width, channels * height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return made.copy()
