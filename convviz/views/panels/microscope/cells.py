"""Boards painted: colours, numbers, what is put in, what is not known yet, and the marks of what takes part."""

from __future__ import annotations

from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from convviz.engine.walkthrough import Board, Lattice, Role, Scale
from convviz.views import drawing_mode, theme
from convviz.views.colour import Levels, calm_levels, colour_map, entry_of, extent_of, levels_of, packed, to_index
from convviz.views.heatmap.cell_numbers import CellNumbers
from convviz.views.heatmap.glyphs import atlas
from convviz.views.heatmap.hatch import fill_hatched
from convviz.views.heatmap.number_format import NumberFormat, choose_format
from convviz.views.heatmap.shapes import paint_cells
from convviz.views.panels.microscope.layout import EDGE, EDGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convviz.engine.walkthrough import Taps
    from convviz.views.panels.microscope.layout import Place

Array = NDArray[Any]

#: Cells from this size on are parted by hairlines, and have a zero written into them.
_PARTED, _ZERO = 9, 16
#: The largest type of numbers in cells, as a share of the cell's height.
_TYPE, _LARGEST = 0.4, 30
#: More footprints than these would hide what they lie on: the latest alone is framed then; more marks, as one.
_FOOTPRINTS, _MARKS = 9, 36
#: How much of its colour a cell keeps whose sum has only begun.
_PALE = 0.45

#: Boards whose numbers are the same ones, or are compared, and so are written alike.
_ALIKE = {
    Role.PADDED_INPUT: Role.INPUT,
    Role.SPREAD_INPUT: Role.INPUT,
    Role.PADDED_ERROR: Role.ERROR,
    Role.SPREAD_ERROR: Role.ERROR,
    Role.DILATED: Role.KERNEL,
    Role.ROTATED: Role.KERNEL,
    Role.SCATTERED: Role.GATHERED,
    Role.TARGET: Role.RECONSTRUCTION,
}


class Scales:
    """The levels of each scale, measured once for the arrays of one frame."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[int, ...], bool], tuple[Levels, tuple[Array, ...]]] = {}

    def forget(self) -> None:
        """Measure anew: there are other arrays."""
        self._known.clear()

    def levels(self, scale: Scale) -> Levels:
        """Return the values at both ends of a scale."""
        key = (tuple(id(array) for array in scale.arrays), scale.signed)
        if key not in self._known:
            measured = calm_levels(*levels_of(*scale.arrays, signed=scale.signed), signed=scale.signed)
            self._known[key] = measured, scale.arrays  # held, so that no other array gets their ids
        return self._known[key][0]

    def colours(self, scale: Scale, value: float) -> tuple[QColor, QColor]:
        """Return the colour of a number, and black or white to write on it."""
        table, index = colour_map(scale.signed), entry_of(value, self.levels(scale))
        return table.colour(index), QColor(0, 0, 0) if table.dark_text[index] else QColor(255, 255, 255)


def seen_extents(places: Iterable[Place]) -> dict[Role, float]:
    """Return for boards of every role the largest number that is written into their cells.

    Their digits are for what is seen: the largest of the whole map may be a thousand times as large.
    """
    found: dict[Role, float] = {}
    for place in places:
        if isinstance(place.item, Board):
            role = _ALIKE.get(place.item.role, place.item.role)
            values = place.item.sheet.crop(place.area)[_State(place.item, place).written]
            found[role] = max(found.get(role, 0.0), extent_of(values).magnitude)
    return found


class BoardPainter:
    """Paints the cells of one place on the stage, again and again.

    Attributes
    ----------
    exponent
        Of the power of ten that the numbers painted last are to be multiplied by.
    """

    def __init__(self, scales: Scales) -> None:
        self._scales = scales
        self._numbers = CellNumbers()
        self.exponent = 0

    def paint(self, painter: QPainter, place: Place, ratio: float, extents: Mapping[Role, float]) -> None:
        """Paint the board of ``place``; ``extents``: the largest numbers that are seen."""
        board = place.item
        assert isinstance(board, Board)
        self.exponent = 0
        low, _ = self._scales.levels(board.scale)
        extent = extents[_ALIKE.get(board.role, board.role)]
        found = _number_format(extent, board.scale.signed or low < 0, place.side, ratio)
        if board.turn is not None:
            self._paint_turning(painter, place, board, found)
            return
        _paint_depth(painter, place, board)
        values = board.sheet.crop(place.area).astype(np.float64, copy=False)
        state = _State(board, place)
        index = to_index(values, self._scales.levels(board.scale))
        table = colour_map(board.scale.signed)
        pixels = table.packed.take(index)
        _recolour(pixels, state)
        _draw_cells(painter, place, pixels, ratio)
        if max(board.extra):
            _paint_extra(painter, place, board)
        if board.unreached is not None:
            _paint_unreached(painter, place, board.unreached, state.known | board.forming)
        if found is not None:
            self._paint_numbers(painter, place, board, (values, index), state, (*found, ratio))
        if place.side >= _ZERO and found is not None:  # like the numbers beside them
            _paint_zeros(painter, place, state.zeros & state.known & ~state.absent, ratio)

    def _paint_numbers(
        self,
        painter: QPainter,
        place: Place,
        board: Board,
        crop: tuple[Array, Array],
        state: _State,
        form: tuple[int, NumberFormat, float],
    ) -> None:
        """Write the numbers of a crop, of which values and colours are given, in type and format of a screen."""
        values, index = crop
        written = state.written
        if not written.any():
            return
        rows, columns = np.nonzero(written)
        centres = np.stack(
            [place.rect.x() + (columns + 0.5) * place.side, place.rect.y() + (rows + 0.5) * place.side], axis=1
        )
        dark = colour_map(board.scale.signed).dark_text.take(index[written])
        dark = np.where(state.forming[written], not theme.current().dark, dark)
        pixels, shape, ratio = form
        self.exponent = shape.exponent
        self._numbers.draw(painter, atlas(pixels, ratio), shape, values[written], centres, dark)

    def _paint_turning(
        self, painter: QPainter, place: Place, board: Board, found: tuple[int, NumberFormat] | None
    ) -> None:
        """Paint a kernel whose cells travel round its centre, upright all the way."""
        assert isinstance(board.sheet, Lattice)
        assert board.turn is not None
        centre = QRectF(place.rect).center()
        angle = np.pi * board.turn
        painter.setPen(QPen(theme.current().border, 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.rect)
        pixels, shape = found or (0, None)
        self.exponent = 0 if shape is None else shape.exponent
        size = place.side * max(abs(np.cos(angle)), abs(np.sin(angle))) - 1  # so that none covers another
        painter.setFont(theme.font("body", max(1, round(pixels * (size + 1) / place.side))))
        for (u, v), value in np.ndenumerate(board.sheet.source):
            row, column = board.sheet.place_of(u, v)
            spot = QPointF(place.cell_rect(row, column).center()) - centre
            x = spot.x() * np.cos(angle) - spot.y() * np.sin(angle) + centre.x() + 0.5
            y = spot.x() * np.sin(angle) + spot.y() * np.cos(angle) + centre.y() + 0.5
            fill, ink = self._scales.colours(board.scale, float(value))
            cell = QRectF(x - size / 2, y - size / 2, size, size)
            painter.fillRect(cell, fill)
            if shape is not None:
                painter.setPen(ink)
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
                painter.drawText(cell, flags, shape.text(float(value)))


class _State:
    """What is known of each cell of a crop."""

    def __init__(self, board: Board, place: Place) -> None:
        area = place.area
        shape = (area.rows, area.columns)
        self.zeros = ~board.sheet.numbers(area)
        self.known = np.ones(shape, np.bool_)
        if board.known is not None:
            rows, columns = np.ogrid[area.top : area.bottom, area.left : area.right]
            self.known = rows * board.sheet.size[1] + columns <= board.known
        self.forming = ~self.known if board.forming else np.zeros(shape, np.bool_)
        self.absent = _absent_sides(board, place) if board.sides < 4 else np.zeros(shape, np.bool_)
        if board.empty:
            self.absent = self.absent | self.zeros

    @property
    def written(self) -> Array:
        """Which cells have a number in them."""
        return (self.known | self.forming) & ~self.zeros & ~self.absent


def _absent_sides(board: Board, place: Place) -> Array:
    """Return the cells of a border whose side has not been put on yet."""
    sheet, area = board.sheet, place.area
    assert isinstance(sheet, Lattice)
    rows, columns = np.ogrid[area.top : area.bottom, area.left : area.right]
    last = sheet.place_of(sheet.source.shape[0] - 1, sheet.source.shape[1] - 1)
    outside = (rows < sheet.first[0], columns < sheet.first[1], rows > last[0], columns > last[1])
    absent = np.zeros((area.rows, area.columns), np.bool_)
    for side in outside[board.sides :]:
        absent |= side
    return absent


def _number_format(extent: float, signed: bool, side: int, ratio: float) -> tuple[int, NumberFormat] | None:
    """Return type and format of numbers in square cells: as large as they fit, to be read from far."""
    found = choose_format(extent, signed, side, side, ratio)
    if found is None:
        return None
    pixels, shape = found
    while pixels < min(_LARGEST, side * _TYPE) and atlas(pixels + 1, ratio).width_of(shape) <= side - 7:
        pixels += 1
    return pixels, shape


def _recolour(pixels: Array, state: _State) -> None:
    """Give cells that hold no number of the map the colours of what they are."""
    colours = theme.current()
    ground, put_in = colours.window, colours.hover
    if state.forming.any():
        pixels[state.forming] = _mixed(pixels[state.forming], colours.surface, _PALE)
    pixels[state.zeros] = packed(put_in)
    pixels[~state.known & ~state.forming] = packed(ground)
    pixels[state.absent] = packed(colours.surface)


def _mixed(pixels: Array, ground: QColor, share: float) -> Array:
    result = np.full(pixels.shape, 0xFF000000, np.uint32)
    for shift, part in ((16, ground.red()), (8, ground.green()), (0, ground.blue())):
        own = (pixels >> np.uint32(shift)) & np.uint32(255)
        result |= (own * share + part * (1 - share)).astype(np.uint32) << np.uint32(shift)
    return result


def _draw_cells(painter: QPainter, place: Place, pixels: Array, ratio: float) -> None:
    """Draw a pixel a cell, with hairlines between large ones; made in memory, since drawing lines takes longer."""
    if drawing_mode.is_drawn():
        _draw_shapes(painter, place, pixels)
        return
    side = round(place.side * ratio)
    data = pixels.astype(np.uint32, copy=False).repeat(side, axis=0).repeat(side, axis=1)
    if place.side >= _PARTED:
        line = packed(theme.current().surface)
        data[side::side] = line
        data[:, side::side] = line
    height, width = data.shape
    image = QImage(data.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    painter.drawImage(place.rect, image)


def _draw_shapes(painter: QPainter, place: Place, pixels: Array) -> None:
    """Draw the same for a picture that may be enlarged."""
    rows, columns = (np.arange(n + 1) * place.side for n in pixels.shape)
    paint_cells(painter, pixels, place.rect.x() + columns, place.rect.y() + rows)
    if place.side >= _PARTED:
        line, wide, high = theme.current().surface, int(columns[-1]), int(rows[-1])
        for x in columns[1:-1].tolist():
            painter.fillRect(QRect(place.rect.x() + x, place.rect.y(), 1, high), line)
        for y in rows[1:-1].tolist():
            painter.fillRect(QRect(place.rect.x(), place.rect.y() + y, wide, 1), line)


def _paint_zeros(painter: QPainter, place: Place, zeros: Array, ratio: float) -> None:
    """Write a zero into the cells that were put in."""
    corners = [place.rect.topLeft() + place.side * QPoint(column, row) for row, column in np.argwhere(zeros).tolist()]
    if drawing_mode.is_drawn():
        for corner in corners:
            _write_zero(painter, QRect(corner, QSize(place.side, place.side)), theme.current())
        return
    tile = _zero_tile(place.side, ratio, theme.current().name)
    for corner in corners:
        painter.drawPixmap(corner, tile)


@lru_cache(maxsize=32)
def _zero_tile(side: int, ratio: float, name: str) -> QPixmap:
    tile = QPixmap(round(side * ratio), round(side * ratio))
    tile.setDevicePixelRatio(ratio)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    _write_zero(painter, QRect(0, 0, side, side), theme.THEMES[name])
    painter.end()
    return tile


def _write_zero(painter: QPainter, cell: QRect, colours: theme.Theme) -> None:
    painter.setFont(theme.font("body", max(9, min(_LARGEST, round(cell.height() * 0.36)))))
    painter.setPen(colours.muted)
    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, "0")


def _paint_depth(painter: QPainter, place: Place, board: Board) -> None:
    """Paint the edges of the channels that lie under the one that is seen."""
    colours = theme.current()
    painter.setPen(QPen(colours.outline, 1))
    painter.setBrush(colours.raised)
    for n in range(min(board.depth, EDGES) - 1, 0, -1):
        painter.drawRect(place.rect.translated(EDGE * n, EDGE * n).adjusted(0, 0, -1, -1))


def _paint_extra(painter: QPainter, place: Place, board: Board) -> None:
    """Stripe the part of a border that a remainder of the stride adds, once its sides are there."""
    (rows, columns), (below, beside), area = board.sheet.size, board.extra, place.area
    for there, top, left in ((board.sides > 2, rows - below, 0), (board.sides > 3, 0, columns - beside)):
        corner = place.cell_rect(max(top, area.top), max(left, area.left)).topLeft()
        if there:
            fill_hatched(painter, QRect(corner, place.rect.bottomRight()).intersected(place.rect), veiled=False)


def _paint_unreached(painter: QPainter, place: Place, unreached: Array, shown: Array) -> None:
    area = place.area
    here = unreached[area.top : area.bottom, area.left : area.right] & shown
    for row, column in np.argwhere(here).tolist():
        cell = place.cell_rect(area.top + row, area.left + column)
        fill_hatched(painter, cell.adjusted(1, 1, 0, 0), veiled=False)


def paint_frames(painter: QPainter, place: Place, window: tuple[float, float] | None) -> None:
    """Paint the marks over the cells; ``window`` is where the window is on its way."""
    board = place.item
    assert isinstance(board, Board)
    colours = theme.current()
    painter.save()
    painter.setClipRect(place.rect.adjusted(-3, -3, 3, 3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for taps in board.footprints if len(board.footprints) <= _FOOTPRINTS else board.footprints[:1]:
        _frame(painter, _taps_rect(place, taps), colours.teacher, 2)
    marks = [place.cell_rect(*mark) for mark in board.marks]
    if len(marks) > _MARKS:
        marks = [reduce(QRect.united, marks)]
    for rect in marks:
        _frame(painter, rect, colours.teacher, 2)
    if board.window is not None and window is not None:
        _paint_window(painter, place, board.window, window)
    if board.cursor is not None:
        _frame(painter, place.cell_rect(*board.cursor), colours.accent, 3)
    painter.restore()


def _paint_window(painter: QPainter, place: Place, taps: Taps, at: tuple[float, float]) -> None:
    colours = theme.current()
    rows, columns = taps.area_size
    corner = place.cell_rect(*at)
    rect = QRect(corner.x(), corner.y(), columns * place.side, rows * place.side)
    if max(taps.spacing) > 1 and place.side >= _PARTED and taps.count[0] * taps.count[1] <= 4096:
        painter.setPen(QPen(colours.accent, 1.5))
        for row in range(0, rows, taps.spacing[0]):
            for column in range(0, columns, taps.spacing[1]):
                painter.drawRect(place.cell_rect(at[0] + row, at[1] + column).adjusted(2, 2, -2, -2))
    _frame(painter, rect, colours.accent, 4)


def _taps_rect(place: Place, taps: Taps) -> QRect:
    rows, columns = taps.area_size
    corner = place.cell_rect(taps.top, taps.left)
    return QRect(corner.x(), corner.y(), columns * place.side, rows * place.side)


def _frame(painter: QPainter, rect: QRect, colour: QColor, width: int) -> None:
    """Paint a frame that is seen on every colour: a light line, and the colour on it."""
    painter.setPen(QPen(theme.current().surface, width + 2, Qt.PenStyle.SolidLine, join=Qt.PenJoinStyle.MiterJoin))
    painter.drawRect(rect)
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, join=Qt.PenJoinStyle.MiterJoin))
    painter.drawRect(rect)
