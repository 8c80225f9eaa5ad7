"""A tensor as a picture, without anybody who points at it."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from convviz.views import drawing_mode, theme
from convviz.views.heatmap.frame import (
    Caption,
    note_texts,
    paint_caption,
    paint_cursor,
    paint_empty,
    paint_frames,
    paint_scale,
)
from convviz.views.heatmap.layout import Form, HeatLayout, lay_out, size_for, strip_height
from convviz.views.heatmap.marks import Marking, paint_pin, paint_spot
from convviz.views.heatmap.picture import Picture
from convviz.views.heatmap.places import lead_of, place_of
from convviz.views.heatmap.reading_pace import ReadingPace
from convviz.views.heatmap.shown import Change, Shown, are_same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convviz.engine.explain import Field
    from convviz.views.colour import Extent, Levels
    from convviz.views.heatmap.number_format import NumberFormat
    from convviz.views.heatmap.places import Place

    Array = NDArray[Any]


class HeatmapView(QWidget):
    """A tensor as coloured cells, painted by hand.

    Only what changed is painted: new values alone repaint the cells; a hidden heatmap does not even make its image.
    What is read, not seen at a glance, follows a few times a second while it changes faster than that can be done: the
    scale, and a number that stands alone.

    Parameters
    ----------
    name
        The tensor's name; also the object name at first.
    form
        How much is said beside the cells.
    ground
        The theme's colour that the heatmap lies on.
    """

    def __init__(
        self, name: str = "", form: Form = Form.FULL, ground: str = "surface", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._form = form
        self._ground = ground
        self._caption = Caption()
        self._shown = Shown()
        self._picture = Picture(self._shown, plain=form is Form.STRIP)
        self._layout: HeatLayout | None = None
        self._cursor: Place | None = None
        self._pin: Place | None = None
        self._spots: tuple[Place, ...] = ()
        self._first = 0  # of the channels that are shown
        self._painted_notes: tuple[str, ...] = ()
        self._noted_format: tuple[int, NumberFormat] | None = None
        self._told = ""
        self._label = 0
        self._focus_shown = False
        self._pace = ReadingPace(self)
        self._pace.due.connect(self._update_scale)

    # what is shown ---------------------------------------------------------------------------------------------------

    def set_text(self, title: str, sentence: str = "", hue: str = "", told: str = "", brief: str = "") -> None:
        """Set what the heatmap is called.

        Parameters
        ----------
        title, sentence
            Its name, and what it is, with its shape.
        hue
            The theme's colour that identifies the tensor; none: nobody's.
        told
            The name away from the heatmap, in `Cell.title`, where ``title`` alone would not say which one is meant.
        brief
            The sentence in fewer words, for where there is little room.
        """
        caption = Caption(title, sentence, brief, hue, self._caption.read_out)
        if caption != self._caption or told != self._told:
            self._caption, self._told = caption, told
            self._describe()
            self._place()

    def set_form(self, form: Form) -> None:
        """Say more or less beside the cells."""
        if form is not self._form:
            self._form = form
            self._place()

    def set_label_width(self, width: int) -> None:
        """Keep ``width`` pixels for the title of a strip, so that strips below each other line up; 0: what it needs."""
        if width != self._label:
            self._label = width
            self._place()

    def title(self) -> str:
        """Return the title."""
        return self._caption.title

    def sentence(self) -> str:
        """Return the sentence under the title."""
        return self._caption.sentence

    def set_values(
        self, values: Array | None, levels: Levels | None = None, signed: bool = False, extent: Extent | None = None
    ) -> None:
        """Show values of shape ``(H, W)``, ``(C, H, W)`` or ``(O, I, H, W)``; None: nothing yet.

        The array is kept, not copied, so it must not be written to afterwards.

        Parameters
        ----------
        levels
            The values at the ends of the scale; by default round numbers just beyond the smallest and largest.
        signed
            Use the diverging colours and a scale that is even about zero.
        extent
            Between which numbers the values lie, where that is known.
        """
        if values is not None and (values.ndim < 2 or values.ndim > 4 or values.size == 0):
            raise ValueError(f"expected (H, W), (C, H, W) or (O, I, H, W), received {values.shape}")
        change = self._shown.take(values, levels, extent, signed=signed)
        if change is Change.NOTHING:
            self._pace.catch_up()
            return
        self._picture.forget(values_alone=change is Change.VALUES)
        if change is Change.SHAPE:
            self._picture.marking, self._pin, self._spots, self._first = None, None, (), 0
            self._place()
        else:
            if change is Change.SCALE or self._picture.is_alone:
                self._pace.change()
            self._update_values()
        self._values_changed(shape_is_same=change is not Change.SHAPE)

    def resemble(self, other: HeatmapView) -> None:
        """Show what another heatmap shows, called by the name that says which one is meant, and with its marks."""
        self._caption = replace(other._caption, title=other._told or other._caption.title, read_out=())
        self._shown = copy(other._shown)
        self._picture = Picture(self._shown)
        self._picture.unreached, self._picture.marking = other._picture.unreached, other._picture.marking
        self._pin, self._spots = other._pin, other._spots
        self._place()

    def extent_of(self, values: Array) -> Extent:
        """Return between which numbers ``values`` lie; of those that are shown it is known."""
        return self._shown.extent_of(values)

    def set_unreached(self, mask: Array | None) -> None:
        """Hatch the cells of an ``(H, W)`` mask, of which nothing goes on. It may come before values of this shape."""
        wanted = mask if mask is not None and mask.any() else None
        if not are_same(wanted, self._picture.unreached):
            self._picture.unreached = wanted
            self._picture.forget_overlay()
            self.update()

    def set_marks(self, field: Field | None, *, veiled: bool = False) -> None:
        """Mark the cells that have to do with a number; None: no marks at all.

        Parameters
        ----------
        field
            The cells, as they stand in the tensor, and how strongly each is marked.
        veiled
            Veil the cells that are not marked.
        """
        if field is None and self._picture.marking is None:
            return
        given = self._shown.given
        self._picture.marking = None if field is None or given is None else Marking.of(field, given, veiled)
        self._update_cells()

    def set_pin(self, index: tuple[int, ...] | None) -> None:
        """Show that a cell is held; None: no one is."""
        place = None if index is None else self._place_of(index)
        if place != self._pin:
            self._pin = place
            if place is not None:
                self._show_channel(place[0])
            self._update_cells()

    def set_spots(self, indices: tuple[tuple[int, ...], ...]) -> None:
        """Show which cells are spoken of."""
        places = (self._place_of(index) for index in indices)
        spots = tuple(place for place in places if place is not None)
        if spots != self._spots:
            self._spots = spots
            self._update_cells()

    def values(self) -> Array | None:
        """Return the array that is shown, as it was set."""
        return self._shown.given

    def levels(self) -> Levels:
        """Return the values at the two ends of the scale."""
        return self._shown.levels

    def is_signed(self) -> bool:
        """Return whether the colours are the diverging ones."""
        return self._shown.signed

    def cell_rect(self, *index: int) -> QRect:
        """Return where a cell is painted, by its index in the array as it was set; empty if it is not shown."""
        place = self._place_of(index)
        layout = self._layout
        if layout is None or place is None or place[0] not in layout.shown:
            return QRect()
        return layout.cell_rect(self._shown.shape, *place)

    def cells_rect(self) -> QRect:
        """Return the part of the widget that the cells fill; empty before it has a size."""
        return QRect() if self._layout is None else self._layout.cells

    def content_rect(self) -> QRect:
        """Return the part of the widget in which something stands."""
        layout = self._layout
        if layout is None:
            return QRect()
        return layout.title.united(layout.sentence).united(layout.cells).united(layout.scale)

    # sizes -----------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a size at which cells are easy to tell apart."""
        if self._form is Form.STRIP:
            return QSize(120, strip_height())
        _, rows, columns = self._shown.shape
        return QSize(*size_for(self._form, self._shown.shape, max(2.0, min(26.0, 200 / max(rows, columns)))))

    def minimumSizeHint(self) -> QSize:
        """Return the size below which nothing can be told apart."""
        return QSize(60, strip_height() if self._form is Form.STRIP else 60)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out anew."""
        self._place()

    # painting --------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint what the event asks for: everything, or the cells alone."""
        layout = self._layout
        if layout is None or event is None:
            return
        painter = QPainter(self)
        try:
            self._paint(painter, layout, event)
        finally:
            painter.end()  # one that is left open would spoil every later painting of the window

    def _paint(self, painter: QPainter, layout: HeatLayout, event: QPaintEvent) -> None:
        if drawing_mode.is_drawn():  # it lies on what is behind it
            self._paint_all(painter, layout)
            return
        enabled = self.isEnabled()
        if not (enabled and layout.cells.contains(event.rect())):
            painter.fillRect(event.rect(), getattr(theme.current(), self._ground))
            painter.setOpacity(1.0 if enabled else 0.45)
            self._paint_around(painter, layout, event.rect())
        if self._shown.given is None:
            paint_empty(painter, layout.cells)
        else:
            ratio = self.devicePixelRatioF()
            self._picture.paint(painter, ratio)
            if not ratio.is_integer():  # a pixel at the edge of the cells belongs to the frame as well
                paint_frames(painter, layout, self._caption.hue, self._focus_shown)
            self._paint_places(painter, layout)
            self._follow_notes(layout, self._picture.number_format(ratio))

    def _paint_all(self, painter: QPainter, layout: HeatLayout) -> None:
        """Paint all but the ground and the frame of the focus; the sentence also while a cell is pointed at."""
        caption = replace(self._caption, read_out=())
        paint_caption(painter, layout, self._form, caption, self._notes(), self._tile_label)
        if self._shown.given is None:
            paint_empty(painter, layout.cells)
            return
        if not layout.scale.isEmpty():
            paint_scale(painter, layout, self._shown.levels, self._shown.signed)
        self._picture.paint(painter, self.devicePixelRatioF())
        painter.translate(drawing_mode.line_shift(), drawing_mode.line_shift())
        paint_frames(painter, layout, self._caption.hue, focused=False)
        self._paint_places(painter, layout)

    def _follow_notes(self, layout: HeatLayout, found: tuple[int, NumberFormat] | None) -> None:
        """Have the sentence painted anew if the numbers are in another format than it tells."""
        if found is not self._noted_format:  # the same one is the same object
            self._noted_format = found
            if self._notes() != self._painted_notes:
                self.update(layout.sentence)

    def _paint_around(self, painter: QPainter, layout: HeatLayout, asked: QRect) -> None:
        """Paint the frames, and caption and scale where they are asked for: text costs more than all of the cells."""
        if asked.intersects(layout.title.united(layout.sentence)):
            self._painted_notes = self._notes()
            paint_caption(painter, layout, self._form, self._caption, self._painted_notes, self._tile_label)
        if self._shown.given is None:
            return
        paint_frames(painter, layout, self._caption.hue, self._focus_shown)
        if asked.intersects(layout.scale):
            paint_scale(painter, layout, self._shown.levels, self._shown.signed)

    def _paint_places(self, painter: QPainter, layout: HeatLayout) -> None:
        """Paint the cell that is pointed at, the one that is held, and those that are spoken of."""
        held = () if self._pin is None else (self._pin,)
        pointed = () if self._cursor is None or self._cursor == self._pin else (self._cursor,)
        for places, paint in ((pointed, paint_cursor), (self._spots, paint_spot), (held, paint_pin)):
            for place in places:
                if place[0] in layout.shown:
                    paint(painter, layout.cell_rect(self._shown.shape, *place), layout.tile(place[0]))

    def _notes(self) -> tuple[str, ...]:
        """Return what stands at the right of the sentence: the factor of the numbers, channels that are left out."""
        layout, values = self._layout, self._shown.values
        if layout is None or values is None or self._form is Form.STRIP:
            return ()
        found = self._picture.number_format(self.devicePixelRatioF())
        return note_texts(layout.shown, len(values), found[1].exponent if found else 0)

    def _tile_label(self, tile: int) -> str:
        if self._shown.given is None or self._layout is None:
            return ""
        return ", ".join(str(n + 1) for n in lead_of(self._layout.first + tile, self._shown.given.shape))

    def changeEvent(self, event: QEvent | None) -> None:
        """Take the colours of another theme, or other fonts."""
        if event is not None and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._picture.forget()
            self._place()
        elif event is not None and event.type() == QEvent.Type.EnabledChange:
            self.update()
        super().changeEvent(event)

    # geometry --------------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        label = self._label or round(theme.metrics("small").horizontalAdvance(self._caption.title)) + theme.SPACE.XS
        layout = lay_out(self.width(), self.height(), self._form, self._shown.shape, self._shown.columns, label)
        self._first = min(self._first, self._shown.shape[0] - len(layout.tiles))
        self._layout = layout._replace(first=self._first)
        self._picture.place(self._layout)
        self.update()

    def _show_channel(self, channel: int) -> None:
        """Show other channels where there is no room for all of them, so that this one is among them."""
        if self._layout is not None and channel not in self._layout.shown:
            count = len(self._layout.tiles)
            self._first = channel // count * count
            self._place()

    def _at(self, point: QPoint) -> Place | None:
        if self._layout is None or self._shown.given is None:
            return None
        return self._layout.cell_at(self._shown.shape, point.x(), point.y())

    def _place_of(self, index: tuple[int, ...]) -> Place | None:
        return None if self._shown.given is None else place_of(index, self._shown.given.shape)

    def _update_values(self) -> None:
        """Paint the cells anew, and the scale with them if it is time; a number that stands alone only then."""
        if self._pace.catch_up():
            return
        if not self._picture.is_alone:
            self._update_cells()
        self._pace.wait()

    def _update_scale(self) -> None:
        """Paint the scale anew, and the cells: as one rectangle, for through a clip of several images are slow."""
        if self._layout is not None:
            self.update(self._layout.cells.united(self._layout.scale))

    def _update_cells(self) -> None:
        if self._layout is not None:
            self.update(self._layout.cells)

    def _values_changed(self, *, shape_is_same: bool) -> None:
        """Tell whoever has to know that other values are shown, perhaps of another shape."""

    def _describe(self) -> None:
        """Tell screen readers what is shown."""
        self.setAccessibleName(self._told or self._caption.title)
        self.setAccessibleDescription(self._caption.sentence)
