"""The cells of a heatmap as pixels: colours, values, hatching and marks, kept until one of them changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap

from convviz.views import drawing_mode, theme
from convviz.views.colour import colour_map, dark_text_on, reduce_to, to_index
from convviz.views.heatmap.cell_numbers import CellNumbers
from convviz.views.heatmap.glyphs import atlas
from convviz.views.heatmap.hatch import fill_hatched, hatch
from convviz.views.heatmap.layout import cell_edges, cells_of_pixels
from convviz.views.heatmap.number_format import NumberFormat, choose_format, choose_plain_format
from convviz.views.heatmap.shapes import paint_cells, runs_of
from convviz.views.heatmap.single import paint_single

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convviz.views.heatmap.layout import HeatLayout
    from convviz.views.heatmap.marks import Marking
    from convviz.views.heatmap.shown import Shown

    Array = NDArray[Any]

#: Cells from this size on are parted by hairlines; those of a strip, of which all may be as light as the ground, by
#: lines that are seen on it.
_PARTED, _PARTED_IN_STRIP = 11, 3
#: So many times finer than on the screen is a map with more cells than pixels in a picture that may be enlarged.
_FINER = 4


class Picture:
    """Paints the cells of one heatmap.

    The owner sets the attributes and calls what makes the picture forget that which they, and what is shown, affect.

    Parameters
    ----------
    shown
        The values of the cells, and their scale.
    plain
        It is a strip. There is no place to tell a factor of the numbers: a single number is written out in full, and
        several are written without one, or left away.

    Attributes
    ----------
    unreached : (H, W) bool or None
        Cells of which nothing comes to the next map: hatched.
    marking
        The marks on cells, or None.
    """

    def __init__(self, shown: Shown, plain: bool = False) -> None:
        self._shown = shown
        self._plain = plain
        self.unreached: Array | None = None
        self.marking: Marking | None = None
        self._layout: HeatLayout | None = None
        self._pixels: Array = np.empty((0, 0, 0), np.uint32)
        self._image = QImage()  # of these pixels, which are its memory
        self._is_made = False
        self._index: Array = np.empty((0, 0, 0), np.uint8)
        self._numbers = CellNumbers()
        self._centres: Array = np.empty((0, 2))
        self._overlay: QPixmap | None = None
        self._ratio = 1.0
        self._format: tuple[int, NumberFormat] | None = None
        self._format_known = False

    def forget(self, *, values_alone: bool = False) -> None:
        """Make the picture again at the next painting: the values, the levels or the theme have changed.

        ``values_alone``: nothing else has. Where none lies beyond the levels, the format of the numbers stays.
        """
        self._is_made = False
        self._format_known = self._format_known and values_alone and not (self._shown.exceeded or self._plain)

    def forget_overlay(self) -> None:
        """Draw what lies over the colours again at the next painting."""
        self._overlay = None

    def place(self, layout: HeatLayout) -> None:
        """Take another layout."""
        self._layout = layout
        self._is_made = False
        self._format_known = False
        self._centres = np.empty((0, 2))
        self._overlay = None

    @property
    def is_alone(self) -> bool:
        """Whether there is a single number, written out."""
        return self._plain and self._shown.values is not None and self._shown.values.size == 1

    def number_format(self, ratio: float) -> tuple[int, NumberFormat] | None:
        """Return the size of type and the format of the numbers in the cells, or None where they do not fit."""
        if not self._format_known or ratio != self._ratio:
            self._ratio = ratio
            self._format = self._choose(ratio)
            self._format_known = True
        return self._format

    def _choose(self, ratio: float) -> tuple[int, NumberFormat] | None:
        if self._layout is None or self._shown.values is None or not self._layout.tiles:
            return None
        width, height = self._layout.cell_size(self._shown.shape)
        low, high = self._shown.levels
        # The levels stand still while the values move, and so does a format made from them.
        extent = max(abs(low), abs(high), self._shown.extent.magnitude if self._shown.exceeded else 0.0)
        signed = self._shown.signed or low < 0
        if self._plain:
            return choose_plain_format(self._shown.extent.magnitude and extent, signed, width, height, ratio)
        return choose_format(extent, signed, width, height, ratio)

    def paint(self, painter: QPainter, ratio: float) -> None:
        """Paint the cells of every channel that is shown."""
        layout = self._layout
        if layout is None or self._shown.values is None:
            return
        if self.is_alone:
            value = float(self._shown.values[0, 0, 0])
            paint_single(painter, layout.cells, value, self._shown.levels, colour_map(self._shown.signed), ratio)
        elif drawing_mode.is_drawn():
            self._draw_cells(painter, layout, ratio)
        else:
            self._paint_cells(painter, layout, ratio)
        if self.marking is not None:
            shift = drawing_mode.line_shift()
            painter.translate(shift, shift)
            self.marking.paint(painter, layout, self._shown.shape)
            painter.translate(-shift, -shift)

    def _paint_cells(self, painter: QPainter, layout: HeatLayout, ratio: float) -> None:
        if not self._is_made:
            self._make_image(layout)
            self._is_made = True
        for channel, tile in enumerate(layout.tiles):
            painter.drawImage(tile, self._image, QRect(0, channel * tile.height(), tile.width(), tile.height()))
        if self.marking is not None:
            self.marking.paint_veil(painter, layout)
        if ratio != self._ratio:  # the window has gone to another screen
            self._overlay = None
        overlay = self._overlay_of(layout, ratio)
        if overlay is not None:
            painter.drawPixmap(layout.cells.topLeft(), overlay)
        found = self.number_format(ratio)
        if found is not None:
            self._paint_numbers(painter, layout, found, ratio)

    def _draw_cells(self, painter: QPainter, layout: HeatLayout, ratio: float) -> None:
        """Draw for a picture that may be enlarged what `_paint_cells` puts together from pixels."""
        assert self._shown.values is not None
        shown = self._shown.values[layout.first : layout.shown.stop]
        tile = layout.tiles[0]
        index = to_index(reduce_to(shown, _FINER * tile.height(), _FINER * tile.width()), self._shown.levels)
        table, is_whole = colour_map(self._shown.signed), index.shape == shown.shape
        colours = table.packed.take(index)
        if self.marking is not None and is_whole:
            rgb = self.marking.veiled(table.rgb.take(index.reshape(-1), axis=0), layout.shown)
            colours = _packed(rgb).reshape(index.shape)
        for pixels, tile in zip(colours, layout.tiles, strict=True):
            paint_cells(painter, pixels, *_edges(tile, pixels.shape))
        if self.marking is not None and not is_whole:
            self.marking.paint_veil(painter, layout)
        if self._is_parted(layout):
            self._paint_lines(painter, layout)
        if (unreached := self._unreached_here()) is not None:
            for tile in layout.tiles:
                columns, rows = _edges(tile, unreached.shape)
                for row, first, end in runs_of(unreached):
                    corners = QPointF(columns[first], rows[row]), QPointF(columns[end], rows[row + 1])
                    fill_hatched(painter, QRectF(*corners), veiled=True)
        found = self.number_format(ratio)
        if found is not None:
            self._index, self._is_made = index, False
            self._paint_numbers(painter, layout, found, ratio)

    def _make_image(self, layout: HeatLayout) -> None:
        """Colour the pixels of all channels, one below the other.

        Every pixel is laid out here, not by the painter: that scales slowly, and its rounding drifts from that of the
        pointer.
        """
        assert self._shown.values is not None
        tile = layout.tiles[0]
        shown = self._shown.values[layout.first : layout.shown.stop]
        if shown.shape[1] > tile.height() or shown.shape[2] > tile.width():
            shown = reduce_to(shown, tile.height(), tile.width())
        self._index = to_index(shown, self._shown.levels, self._shown.extent)
        self._reserve((len(shown), tile.height(), tile.width()))
        colours = colour_map(self._shown.signed).packed.take(self._index)
        if shown.shape[2] < tile.width():
            colours = colours.take(cells_of_pixels(tile.width(), shown.shape[2]), axis=2)
        colours.take(cells_of_pixels(tile.height(), shown.shape[1]), axis=1, out=self._pixels, mode="clip")

    def _reserve(self, shape: tuple[int, int, int]) -> None:
        if self._pixels.shape != shape:
            self._pixels = np.empty(shape, np.uint32)
            channels, height, width = shape
            self._image = _image_on(self._pixels.reshape(channels * height, width), QImage.Format.Format_RGB32)

    def _overlay_of(self, layout: HeatLayout, ratio: float) -> QPixmap | None:
        """Return what lies over the colours at every frame: drawn once, because translucent lines are slow to draw."""
        if self._overlay is not None:
            return self._overlay
        parted, unreached = self._is_parted(layout), self._unreached_here()
        if parted or unreached is not None:
            self._overlay = QPixmap(layout.cells.size() * ratio)
            self._overlay.setDevicePixelRatio(ratio)
            self._overlay.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._overlay)
            painter.translate(-QPointF(layout.cells.topLeft()))
            if parted:
                self._paint_lines(painter, layout)
            if unreached is not None:
                self._paint_unreached(painter, layout, unreached)
            painter.end()
        return self._overlay

    def _is_parted(self, layout: HeatLayout) -> bool:
        return min(layout.cell_size(self._shown.shape)) >= (_PARTED_IN_STRIP if self._plain else _PARTED)

    def _unreached_here(self) -> Array | None:
        """Return the cells to be hatched, if they are those of an array of this shape."""
        unreached = self.unreached
        return unreached if unreached is not None and unreached.shape == self._shown.shape[1:] else None

    def _paint_lines(self, painter: QPainter, layout: HeatLayout) -> None:
        line = QColor(theme.current().outline if self._plain else theme.current().surface)
        line.setAlpha(110)
        _, rows, columns = self._shown.shape
        for channel, tile in zip(layout.shown, layout.tiles, strict=True):
            for column in range(1, columns):
                x = layout.cell_rect(self._shown.shape, channel, 0, column).x()
                painter.fillRect(QRect(x, tile.y(), 1, tile.height()), line)
            for row in range(1, rows):
                y = layout.cell_rect(self._shown.shape, channel, row, 0).y()
                painter.fillRect(QRect(tile.x(), y, tile.width(), 1), line)

    def _paint_numbers(
        self, painter: QPainter, layout: HeatLayout, found: tuple[int, NumberFormat], ratio: float
    ) -> None:
        assert self._shown.values is not None
        if len(self._centres) == 0:
            self._centres = self._cell_centres(layout)
        pixels, shape = found
        dark = self._dark_text(layout.shown)
        values = self._shown.values[layout.first : layout.shown.stop].ravel()
        fitting = self._shown.extent.finite
        self._numbers.draw(painter, atlas(pixels, ratio), shape, values, self._centres, dark, fitting=fitting)

    def _dark_text(self, shown: range) -> Array:
        """Return where black is easier to read than white, cell by cell."""
        table, index = colour_map(self._shown.signed), self._index.ravel()
        if self.marking is None or self.marking.veil is None:
            return table.dark_text.take(index)
        return dark_text_on(self.marking.veiled(table.rgb.take(index, axis=0), shown))

    def _cell_centres(self, layout: HeatLayout) -> Array:
        _, rows, columns = self._shown.shape
        parts = []
        for tile in layout.tiles:
            x = tile.x() + (np.arange(columns) + 0.5) * tile.width() / columns
            y = tile.y() + (np.arange(rows) + 0.5) * tile.height() / rows
            parts.append(np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=-1).reshape(-1, 2))
        return np.concatenate(parts)

    def _paint_unreached(self, painter: QPainter, layout: HeatLayout, unreached: Array) -> None:
        """Hatch, pixel by pixel, what shows unreached cells: in a large map there may be very many."""
        for tile in layout.tiles:
            height, width = tile.height(), tile.width()
            pixels = np.zeros((height, width), np.uint32)
            image = _image_on(pixels, QImage.Format.Format_ARGB32_Premultiplied)
            stripes = QPainter(image)
            stripes.setBrushOrigin(-tile.x(), -tile.y())
            stripes.fillRect(image.rect(), QBrush(hatch(theme.current(), veiled=True)))
            stripes.end()
            pixels[~_on_pixels(unreached, height, width)] = 0
            painter.drawImage(tile.topLeft(), image)


def _packed(rgb: Array) -> Array:
    """Return colours (N, 3) of 0 … 255 as the pixels (N,) of an image."""
    red, green, blue = np.rint(rgb).astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue, np.uint32)


def _edges(tile: QRect, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Return where the edges of the columns and the rows of a channel lie, one more than there are of each."""
    rows, columns = shape
    if rows > tile.height() or columns > tile.width():
        return (
            np.linspace(tile.x(), tile.x() + tile.width(), columns + 1),
            np.linspace(tile.y(), tile.y() + tile.height(), rows + 1),
        )
    return (
        tile.x() + cell_edges(tile.width(), columns),
        tile.y() + cell_edges(tile.height(), rows),
    )


def _image_on(pixels: Array, form: QImage.Format) -> QImage:
    """Return the image whose memory are these pixels (height, width) of 32 bits, which must outlive it."""
    height, width = pixels.shape
    memory: Any = sip.voidptr(pixels.ctypes.data)
    return QImage(memory, width, height, 4 * width, form)


def _on_pixels(mask: Array, height: int, width: int) -> Array:
    """Return which pixels (height, width) show a cell of a mask; of several cells on one pixel, any counts."""
    for axis, pixels in enumerate((height, width)):
        cells = mask.shape[axis]
        if cells > pixels:
            mask = np.logical_or.reduceat(mask, np.arange(pixels) * cells // pixels, axis=axis)
        else:
            mask = mask.take(cells_of_pixels(pixels, cells), axis=axis)
    return mask
