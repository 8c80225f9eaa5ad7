"""The stage: one scene painted, with what is on its way, and the cells under the pointer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from convviz.engine.walkthrough import Act, Area, Board
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.colour import format_number
from convviz.views.panels.microscope.arithmetic import LINE, agree, paint_sums
from convviz.views.panels.microscope.captions import paint_coordinates, paint_title
from convviz.views.panels.microscope.cells import BoardPainter, Scales, paint_frames
from convviz.views.panels.microscope.curve import paint_curve
from convviz.views.panels.microscope.layout import GUTTER, JOIN, Crops, Place, arrange
from convviz.views.panels.microscope.wording import scene_text

if TYPE_CHECKING:
    from convviz.engine.walkthrough import Role, Scene, Sum

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_SENTENCE = 26
_MARGIN = 10
#: Room at the right of two rows for the sign that joins them.
_EQUALITY = 22
#: A stage lower than this has no room for a sentence above two rows.
_CROWDED = 400
#: The share of a moment's time that something takes to arrive.
_ARRIVAL = 0.55
#: Moments a second up to which things are seen on their way.
FLOWING = 12.0


class Stage(QWidget):
    """Paints a scene.

    Signals
    -------
    pointed(Board | None, row, column)
        The cell under the pointer.
    clicked(Board, row, column)
    """

    pointed = pyqtSignal(object, int, int)
    clicked = pyqtSignal(object, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("microscope.stage")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 200)
        self._scene: Scene | None = None
        self._before: Scene | None = None
        self._progress = 1.0
        self._whole = False
        self._crops: Crops = {}
        self._places: list[list[Place]] = []
        self._scales = Scales()
        self._painters: dict[tuple[int, int], BoardPainter] = {}
        self._hovered: tuple[int, int, int, int] | None = None

    def sizeHint(self) -> QSize:
        """Return a size at which everything can be read."""
        return QSize(1000, 480)

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    def forget(self) -> None:
        """Measure scales anew: the frame is another."""
        self._scales.forget()
        self.update()

    def set_whole(self, whole: bool) -> None:
        """Show whole maps, or a close-up."""
        self._whole = whole
        self._crops.clear()
        self._arrange()

    def show_scene(self, scene: Scene, before: Scene | None, progress: float) -> None:
        """Show a moment, ``progress`` of the way from the one before it."""
        if self._scene is None or scene.phase != self._scene.phase:
            self._crops.clear()
        arrived = min(progress, self._progress) >= _ARRIVAL and scene.phase.act is not Act.ROTATION
        if scene is self._scene and before is self._before and (arrived or before is None):
            self._progress = progress
            return  # nothing moves any more: the picture is the same
        self._scene, self._before, self._progress = scene, before, progress
        self._arrange()
        self.setAccessibleName(scene_text(scene))

    def sentence(self) -> str:
        """Return the sentence about this moment."""
        return "" if self._scene is None else scene_text(self._scene)

    def sums(self) -> tuple[Sum, ...]:
        """Return the arithmetic that is written out."""
        return () if self._scene is None else tuple(row.sum for row in self._scene.rows if row.sum is not None)

    def place(self, role: Role) -> Place | None:
        """Return where the board of a role lies, None if it is not on the stage."""
        for row in self._places:
            for place in row:
                if isinstance(place.item, Board) and place.item.role is role:
                    return place
        return None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the scene."""
        painter = QPainter(self)
        colours = theme.current()
        painter.fillRect(self.rect(), colours.surface)
        if self._scene is None:
            painter.setPen(colours.muted)
            painter.drawText(self.rect(), _CENTRE, tr("no values yet"))
            return
        if self._sentence_height():
            self._paint_sentence(painter)
        for number, row in enumerate(self._places):
            joins = self._scene.rows[number].joins
            for n, place in enumerate(row):
                self._paint_place(painter, place, (number, n))
                if n < len(joins):
                    self._paint_join(painter, place, row[n + 1], joins[n])
        if len(self._places) == 2:
            self._paint_equality(painter)
        self._paint_on_the_way(painter)
        self._paint_hovered(painter)
        sums = self.sums()
        if sums:
            paint_sums(painter, self._sums_rect(), sums, self._scales, unreached=self._scene.unreached)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._crops.clear()
        self._arrange()

    def changeEvent(self, event: QEvent | None) -> None:
        """Paint in the colours of a new theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Tell which cell is pointed at; with the button held, go there."""
        if event is None:
            return
        self._point_at(event.position().toPoint())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._click_at(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Go to the cell."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._click_at(event.position().toPoint())

    def leaveEvent(self, event: QEvent | None) -> None:
        """Point at nothing."""
        self._set_hovered(None)
        super().leaveEvent(event)

    # painting --------------------------------------------------------------------------------------------------------

    def _paint_sentence(self, painter: QPainter) -> None:
        colours = theme.current()
        painter.setFont(theme.font("heading"))
        assert self._scene is not None
        painter.setPen(colours.warning if self._scene.unreached else colours.text)
        rect = QRect(_MARGIN, 4, self.width() - 2 * _MARGIN, _SENTENCE)
        text = theme.metrics("heading").elidedText(self.sentence(), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _LEFT, text)

    def _paint_place(self, painter: QPainter, place: Place, key: tuple[int, int]) -> None:
        if not isinstance(place.item, Board):
            paint_curve(painter, place.rect, place.item)
            return
        painted = self._painters.setdefault(key, BoardPainter(self._scales))
        painted.paint(painter, _turning(place, self._before, self._progress), self.devicePixelRatioF())
        if place.item.turn is None:
            paint_coordinates(painter, place, place.item, self.devicePixelRatioF())
            paint_frames(painter, place, self._window_at(place.item, key))
        paint_title(painter, place, place.item)

    def _paint_join(self, painter: QPainter, left: Place, right: Place, sign: str) -> None:
        middle = QRect(right.rect.left() - GUTTER - JOIN, 0, JOIN, 40)
        if isinstance(right.item, Board) and right.item.turn is not None:
            middle.moveLeft(left.rect.right() + 4)  # clear of the corners that turn
        middle.moveTop(left.rect.top() + min(left.rect.height(), right.rect.height()) // 2 - 20)
        painter.setPen(theme.current().text)
        painter.setFont(theme.font("title") if len(sign) == 1 else theme.font("strong"))
        painter.drawText(middle, _CENTRE, sign)

    def _paint_equality(self, painter: QPainter) -> None:
        """Paint the sign between the two maps that are the same."""
        upper, lower = (row[-1] for row in self._places)
        sums = self.sums()
        equal = len(sums) == 2 and agree(sums[0].total, sums[1].total)
        colours = theme.current()
        colour = colours.good if equal else colours.bad
        x = max(upper.rect.right(), lower.rect.right()) + _EQUALITY // 2
        y = (upper.rect.bottom() + lower.rect.top()) // 2
        for shift in (-5, 3):
            painter.fillRect(QRect(x + shift, y - 18, 4, 36), colour)

    def _paint_on_the_way(self, painter: QPainter) -> None:
        """Paint the cell that moves to its place among the zeros."""
        scene = self._scene
        assert scene is not None
        way = self._arrived(_ARRIVAL)
        if scene.phase.act not in (Act.INSERTION, Act.DILATION) or way >= 1 or not self._places:
            return
        start, end = self._places[0]
        if not isinstance(start.item, Board) or start.item.cursor is None or not isinstance(end.item, Board):
            return
        if end.item.cursor is None:
            return
        one, other = start.cell_rect(*start.item.cursor), end.cell_rect(*end.item.cursor)
        value = float(start.item.sheet.crop(Area(*start.item.cursor, 1, 1))[0, 0])
        fill, ink = self._scales.colours(start.item.scale, value)
        painter.fillRect(other.adjusted(1, 1, 0, 0), theme.current().hover)
        rect = QRect(one)
        rect.moveTopLeft(_between(one.topLeft(), other.topLeft(), way))
        painter.fillRect(rect, fill)
        painter.setPen(QPen(theme.current().accent, 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.setPen(ink)
        painter.setFont(theme.font("strong", max(9, round(start.side * 0.34))))
        painter.drawText(rect, _CENTRE, format_number(value, 2))

    def _paint_hovered(self, painter: QPainter) -> None:
        if self._hovered is None:
            return
        row, n, at_row, at_column = self._hovered
        place = self._places[row][n]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().text, 1.5))
        painter.drawRect(place.cell_rect(at_row, at_column))

    def _arrived(self, share: float) -> float:
        """Return how far what moves has come, when it takes ``share`` of a moment's time."""
        if self._before is None:
            return 1.0
        way = min(1.0, self._progress / share)
        return way * way * (3 - 2 * way)

    def _window_at(self, board: Board, key: tuple[int, int]) -> tuple[float, float] | None:
        """Return where a window is that slides along its row; to the next row it jumps."""
        if board.window is None:
            return None
        end = (float(board.window.top), float(board.window.left))
        if self._before is None or key[0] >= len(self._before.rows):
            return end
        items = self._before.rows[key[0]].items
        earlier = items[key[1]] if key[1] < len(items) else None
        if not isinstance(earlier, Board) or earlier.window is None or earlier.window.top != board.window.top:
            return end
        way = self._arrived(_ARRIVAL)
        return end[0], earlier.window.left + (end[1] - earlier.window.left) * way

    # geometry --------------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        if self._scene is not None:
            lines = len(self.sums())
            right = _MARGIN + (_EQUALITY if len(self._scene.rows) == 2 else 0)
            room = self.rect().adjusted(_MARGIN, self._sentence_height() + 6, -right, -_MARGIN - lines * LINE)
            self._places = arrange(self._scene, room, whole=self._whole, crops=self._crops)
            if self._hovered is not None and not self._still_there(self._hovered):
                self._hovered = None
        self.update()

    def _sentence_height(self) -> int:
        """Return the room of the sentence, which gives way to two rows where there is little."""
        crowded = self._scene is not None and len(self._scene.rows) == 2 and self.height() < _CROWDED
        return 0 if crowded else _SENTENCE

    def _still_there(self, hovered: tuple[int, int, int, int]) -> bool:
        row, n, at_row, at_column = hovered
        return (
            row < len(self._places)
            and n < len(self._places[row])
            and self._places[row][n].area.holds(at_row, at_column)
        )

    def _sums_rect(self) -> QRect:
        height = len(self.sums()) * LINE
        return QRect(_MARGIN, self.height() - height - 6, self.width() - 2 * _MARGIN, height)

    def _at(self, point: QPoint) -> tuple[int, int, int, int] | None:
        for row, places in enumerate(self._places):
            for n, place in enumerate(places):
                cell = place.cell_at(point)
                if cell is not None and isinstance(place.item, Board) and place.item.turn is None:
                    return row, n, *cell
        return None

    def _point_at(self, point: QPoint) -> None:
        self._set_hovered(self._at(point))

    def _set_hovered(self, hovered: tuple[int, int, int, int] | None) -> None:
        if hovered == self._hovered:
            return
        self._hovered = hovered
        self.update()
        if hovered is None:
            self.pointed.emit(None, 0, 0)
        else:
            self.pointed.emit(self._places[hovered[0]][hovered[1]].item, hovered[2], hovered[3])

    def _click_at(self, point: QPoint) -> None:
        found = self._at(point)
        if found is not None:
            self.clicked.emit(self._places[found[0]][found[1]].item, found[2], found[3])


def _turning(place: Place, before: Scene | None, way: float) -> Place:
    """Return the place of a kernel on its way from the turn before to the one that is due."""
    board = place.item
    if not isinstance(board, Board) or board.turn is None or before is None:
        return place
    earlier = next((b.turn for b in before.boards if b.turn is not None), board.turn)
    return replace(place, item=replace(board, turn=earlier + (board.turn - earlier) * way))


def _between(one: QPoint, other: QPoint, way: float) -> QPoint:
    return QPoint(round(one.x() + (other.x() - one.x()) * way), round(one.y() + (other.y() - one.y()) * way))
