"""The stage: one moment painted, with what is on its way, and the cells under the pointer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from convviz.engine.walkthrough import Board
from convviz.i18n import tr
from convviz.views import drawing_mode, theme
from convviz.views.panels.microscope.arithmetic import agree, paint_sums
from convviz.views.panels.microscope.captions import paint_channel, paint_coordinates, paint_scale, paint_title
from convviz.views.panels.microscope.cells import BoardPainter, Scales, paint_frames, seen_extents
from convviz.views.panels.microscope.curve import paint_curve
from convviz.views.panels.microscope.layout import Crops, Place, arrange
from convviz.views.panels.microscope.motion import Motion
from convviz.views.panels.microscope.overview import Overview
from convviz.views.panels.microscope.partners import Number, Spot, partners, places_of
from convviz.views.panels.microscope.placed import Placed
from convviz.views.panels.microscope.regions import Regions, divide, is_twice
from convviz.views.panels.microscope.sentences import lost_text, moment_text
from convviz.views.panels.microscope.signs import join_level, paint_equality, paint_join
from convviz.views.panels.microscope.strips import Strips
from convviz.views.panels.microscope.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convviz.engine.walkthrough import Moment, Role, Row, Sum

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
#: The smallest and the usual type of the sentence.
_SENTENCE_LEAST, _SENTENCE_TYPE = 12, 16
#: Cells so small that the numbers in them are hard to read, of three rows and of two: fewer are seen at once then.
_CRAMPED, _TINY = 22, 18
#: Moments a second up to which things are seen on their way.
FLOWING = 12.0


class Stage(QWidget):
    """Paints a moment.

    Signals
    -------
    pointed(Board | None, row, column)
        The cell under the pointer; told again where the board is another.
    clicked(Board, row, column)
    asked(Tensor, index)
        A factor of a term was clicked: where it stands in the frame.
    """

    pointed = pyqtSignal(object, int, int)
    clicked = pyqtSignal(object, int, int)
    asked = pyqtSignal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("microscope.stage")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 200)
        self._motion = Motion()
        self._is_framed = False
        self._shown: Moment | None = None
        self._whole = False
        self._zoomed = theme.zoom()  # how many times as large as usual it is drawn
        self._crops: Crops = {}
        self._regions: Regions | None = None
        self._placed = Placed()
        self._scales = Scales()
        self._extents: dict[Role, float] | None = None
        self._painters: dict[tuple[int, int], BoardPainter] = {}
        self._hovered: Spot | None = None
        self._terms = Terms()
        self._spoken: tuple[Number, ...] = ()
        self._strips = Strips(self)
        self._strips.changed.connect(self._choose_rows)
        self._overviews: dict[tuple[int, int], Overview] = {}

    def sizeHint(self) -> QSize:
        """Return a size at which everything can be read."""
        return QSize(1000, 480)

    @property
    def moment(self) -> Moment | None:
        """What is shown."""
        return self._motion.moment

    def next_strip(self) -> None:
        """See the next of the rows alone, or all of them."""
        self._strips.next()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._strips.retranslate()
        for overview in self._overviews.values():
            overview.retranslate()
        self.setAccessibleName(self.sentence())
        self.update()

    def forget(self) -> None:
        """Measure scales anew: the frame is another."""
        self._scales.forget()
        self.update()

    def set_whole(self, whole: bool) -> None:
        """Show whole maps, or a close-up."""
        self._whole = whole
        self._crops.clear()
        self._arrange()

    def show_moment(self, moment: Moment, before: Moment | None, progress: float) -> None:
        """Show a moment, ``progress`` of the way from the one before it."""
        motion, last = Motion(before, moment, progress), self._motion
        self._motion = motion
        if last.moment is moment and last.before is before and last.is_over and motion.is_over:
            return  # nothing moves any more: the picture is the same
        if last.moment is None or last.moment.phase != moment.phase:
            self._crops.clear()
        self._arrange()

    def sentence(self) -> str:
        """Return the sentence about this moment."""
        return "" if self._shown is None else moment_text(self._shown)

    def sums(self) -> tuple[Sum, ...]:
        """Return the arithmetic that is written out."""
        return tuple(row.sum for row in self.rows() if row.sum is not None)

    def rows(self) -> tuple[Row, ...]:
        """Return the rows that are seen."""
        return () if self._shown is None else self._shown.rows

    def term_rects(self, line: int) -> dict[int, QRect]:
        """Return where the terms of a sum are written, by the number of the term."""
        return self._terms.rects(line)

    def place(self, role: Role) -> Place | None:
        """Return where the board of a role lies, None if it is not on the stage."""
        return self._placed.of(role)

    def places(self) -> list[list[Place]]:
        """Return where everything lies, row by row, as at the usual size."""
        return [list(row) for row in self._placed.rows]

    def set_spots(self, numbers: Iterable[Number]) -> None:
        """Mark numbers of the frame that are spoken of elsewhere."""
        self._spoken = tuple(numbers)
        self.update()

    def overview(self, role: Role) -> Overview | None:
        """Return the small picture of the whole map of a role, None where all of it is seen."""
        for overview in self._overviews.values():
            if not overview.isHidden() and overview.board is not None and overview.board.role is role:
                return overview
        return None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the moment, as at the usual size, by a painter that draws all of it as large as it is to be."""
        painter = QPainter(self)
        painter.scale(self._zoomed, self._zoomed)
        ratio = self.devicePixelRatioF() * self._zoomed
        with theme.unzoomed():
            self._paint(painter, ratio)
        painter.end()

    def _paint(self, painter: QPainter, ratio: float) -> None:
        colours = theme.current()
        painter.fillRect(self._inside.adjusted(0, 0, 1, 1), colours.surface)
        if self.moment is None or self._regions is None:
            painter.setPen(colours.muted)
            painter.drawText(self._inside, _CENTRE, tr("no values yet"))
            return
        self._paint_sentence(painter, self.moment, self._regions)
        for number, row in enumerate(self._placed.rows):
            joins = self.rows()[number].joins
            for n, place in enumerate(row):
                self._paint_place(painter, place, (number, n), ratio)
                if n < len(joins):
                    paint_join(painter, place, row[n + 1], joins[n], join_level(row, row[n + 1]))
        if is_twice(self.rows()):
            one, other = self.sums()[:2]
            upper, lower = (row[-1] for row in self._placed.rows[:2])
            paint_equality(painter, upper, lower, equal=agree(one.total, other.total))
        if self._placed.rows:
            self._motion.paint_cells(painter, self._placed.rows[0], self._scales)
        self._paint_hovered(painter)
        sums = self.sums()
        self._terms = Terms()
        if sums:
            rect, growth, lost = self._regions.sums, self._regions.growth, lost_text(self.moment)
            written = paint_sums(painter, rect, sums, self._scales, growth=growth, lost=lost)
            self._terms = Terms(self.rows(), written)
        if self._is_framed and not drawing_mode.is_drawn():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colours.accent)
            painter.drawRect(self._inside.adjusted(0, 0, -1, -1))

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show that keys come here, if the Tab key has brought them: they do by themselves most of the time."""
        super().focusInEvent(event)
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._is_framed = event is not None and event.reason() in reasons
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Show that they do not."""
        super().focusOutEvent(event)
        self._is_framed = False
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._crops.clear()
        self._arrange()

    def changeEvent(self, event: QEvent | None) -> None:
        """Paint in the colours of a new theme, or larger."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.update()
        elif event is not None and event.type() == QEvent.Type.StyleChange and theme.zoom() != self._zoomed:
            self._zoomed = theme.zoom()
            self._crops.clear()
            self._arrange()
        super().changeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Tell which cell is pointed at; with the button held, go there."""
        if event is None:
            return
        point = self._point_of(event)
        self._point_at(point)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._click_at(point)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Go to the cell, or ask for the number that is a factor of a term."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            point = self._point_of(event)
            self._click_at(point)
            term = self._terms.at(point)
            number = None if term is None else self._terms.number(term)
            if number is not None:
                self.asked.emit(*number)

    def leaveEvent(self, event: QEvent | None) -> None:
        """Point at nothing."""
        self._set_hovered(None)
        super().leaveEvent(event)

    # painting --------------------------------------------------------------------------------------------------------

    def _paint_sentence(self, painter: QPainter, moment: Moment, regions: Regions) -> None:
        colours = theme.current()
        rect = QRect(regions.sentence)
        rect.setRight(rect.right() - paint_channel(painter, rect, moment.boards, regions.growth))
        painter.setPen(colours.warning if moment.unreached else colours.text)
        largest = min(round(_SENTENCE_TYPE * regions.growth), rect.height() - 5)
        sizes = range(largest, _SENTENCE_LEAST - 1, -1)
        text = self.sentence()
        fitting = (n for n in sizes if theme.metrics("heading", n).horizontalAdvance(text) <= rect.width())
        pixels = next(fitting, sizes[-1])
        painter.setFont(theme.font("heading", pixels))
        metrics = theme.metrics("heading", pixels)
        painter.drawText(rect, _LEFT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))

    def _paint_place(self, painter: QPainter, place: Place, key: tuple[int, int], ratio: float) -> None:
        if not isinstance(place.item, Board):
            paint_curve(painter, place.rect, place.item)
            return
        if self._extents is None:
            self._extents = seen_extents(self._placed)
        if key not in self._painters:
            self._painters[key] = BoardPainter(self._scales)
        painted = self._painters[key]
        painted.paint(painter, self._motion.turned(place), ratio, self._extents)
        if place.item.turn is None:
            paint_coordinates(painter, place, place.item, ratio)
            row, number = key
            paint_frames(painter, place, self._motion.window_of(place.item, self.rows()[row], number))
        left = paint_title(painter, place, place.item, painted.exponent)
        if place.item.turn is None:
            scale = place.item.scale
            paint_scale(painter, place, left, self._scales.levels(scale), signed=scale.signed)

    def _paint_hovered(self, painter: QPainter) -> None:
        rows, colours = self.rows(), theme.current()
        marked = {spot for number in self._spoken for spot in places_of(rows, number)}
        if self._hovered is not None:
            marked |= {self._hovered, *partners(rows, self._hovered)}
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for spot in marked:
            place = self._placed.holding(spot)
            if place is None:
                continue
            rect = place.cell_rect(*spot[2:]).adjusted(2, 2, -2, -2)
            for colour, width in ((colours.surface, 4.0), (colours.text, 2.0)):
                painter.setPen(QPen(colour, width, join=Qt.PenJoinStyle.MiterJoin))
                painter.drawRect(rect)

    # geometry: all of it as at the usual size ------------------------------------------------------------------------

    @property
    def _inside(self) -> QRect:
        return QRect(0, 0, int(self.width() / self._zoomed), int(self.height() / self._zoomed))

    def _point_of(self, event: QMouseEvent) -> QPoint:
        return (event.position() / self._zoomed).toPoint()

    def _arrange(self) -> None:
        moment = self.moment
        if moment is not None:
            named = len(moment.rows) > 1
            for rows in self._strips.choices(moment.rows):
                self._shown = replace(moment, rows=rows)
                self._regions = regions = divide(self._inside.size(), rows, named=named, whole=self._whole)
                places = arrange(
                    self._shown, regions.boards, whole=self._whole, crops=self._crops, growth=regions.growth
                )
                self._placed = Placed(places)
                side = min(place.side for place in self._placed)
                if len(rows) == 1 or side >= (_CRAMPED if len(rows) > 2 else _TINY):
                    break
            self._extents = None  # they are measured when it is painted
            self._strips.show_rows(moment.rows, self.rows(), regions.tabs)
            self._put_overviews()
            self._follow_hovered()
            self.setAccessibleName(self.sentence())
        self.update()

    def _choose_rows(self) -> None:
        self._crops.clear()
        self._arrange()

    def _put_overviews(self) -> None:
        """Show beside every close-up of a map where it is."""
        cropped = {key: place for key, place in self._placed.numbered() if place.is_cropped}
        for key, overview in self._overviews.items():
            if key not in cropped:
                overview.hide()
        for key, place in cropped.items():
            if key not in self._overviews:
                self._overviews[key] = Overview(self._scales, self)
                self._overviews[key].asked.connect(self.clicked)
            self._overviews[key].show_place(place)

    def _point_at(self, point: QPoint) -> None:
        self._set_hovered(self._placed.at(point) or self._term_at(point))

    def _term_at(self, point: QPoint) -> Spot | None:
        """Return the cell of the term under a point, if it is seen."""
        term = self._terms.at(point)
        spot = None if term is None else self._terms.spot(term)
        hand = Qt.CursorShape.PointingHandCursor if spot is not None else Qt.CursorShape.ArrowCursor
        if hand != self.cursor().shape():
            self.setCursor(hand)
        return spot if spot is not None and self._placed.holding(spot) is not None else None

    def _set_hovered(self, hovered: Spot | None) -> None:
        if hovered == self._hovered:
            return
        self._hovered = hovered
        self.update()
        self._tell_hovered()

    def _follow_hovered(self) -> None:
        """Tell again what is pointed at: the cell may show another number now, or not be seen any more."""
        if self._hovered is None:
            return
        if self._placed.holding(self._hovered) is None:
            self._set_hovered(None)
        else:
            self._tell_hovered()

    def _tell_hovered(self) -> None:
        hovered = self._hovered
        if hovered is None:
            self.pointed.emit(None, 0, 0)
        else:
            self.pointed.emit(self._placed.rows[hovered[0]][hovered[1]].item, hovered[2], hovered[3])

    def _click_at(self, point: QPoint) -> None:
        found = self._placed.at(point)
        if found is not None:
            self.clicked.emit(self._placed.rows[found[0]][found[1]].item, found[2], found[3])
