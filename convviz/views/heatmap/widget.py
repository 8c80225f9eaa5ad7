"""The widget that shows one tensor and can be pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt, pyqtSignal

from convviz.i18n import tr
from convviz.views.action_texts import with_own_keys
from convviz.views.heatmap.cell import Cell, cell_text, place_texts
from convviz.views.heatmap.layout import Form
from convviz.views.heatmap.places import index_of, lead_of
from convviz.views.heatmap.view import HeatmapView

if TYPE_CHECKING:
    from PyQt6.QtCore import QPoint, QRect
    from PyQt6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent
    from PyQt6.QtWidgets import QWidget

    from convviz.engine.explain import Tensor
    from convviz.views.heatmap.places import Place

_STEPS: dict[int, tuple[int, int, int]] = {
    Qt.Key.Key_Left: (0, 0, -1),
    Qt.Key.Key_Right: (0, 0, 1),
    Qt.Key.Key_Up: (0, -1, 0),
    Qt.Key.Key_Down: (0, 1, 0),
    Qt.Key.Key_PageUp: (-1, 0, 0),
    Qt.Key.Key_PageDown: (1, 0, 0),
    Qt.Key.Key_Home: (0, 0, -(10**9)),
    Qt.Key.Key_End: (0, 0, 10**9),
}
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Heatmap(HeatmapView):
    """A tensor as coloured cells, each of which can be pointed at with the mouse or the keyboard.

    Parameters
    ----------
    name
        The tensor's name in `Cell.name`; also the object name at first.
    form
        How much is said beside the cells.
    ground
        The theme's colour that the heatmap lies on.
    tensor
        The array of a frame that it shows, in `Cell.tensor`.

    Signals
    -------
    pointed(Cell | None)
        The pointer or the cursor is on another cell, or the cell's value has changed; None: on no cell any more.
    clicked(Cell)
        A cell was clicked, or Space was pressed on it.
    stepped(Cell)
        A key has led to the cell.
    opened(Cell)
        A cell was clicked twice, or Enter was pressed on it.
    """

    pointed = pyqtSignal(object)
    clicked = pyqtSignal(object)
    stepped = pyqtSignal(object)
    opened = pyqtSignal(object)

    def __init__(
        self,
        name: str = "",
        form: Form = Form.FULL,
        ground: str = "surface",
        parent: QWidget | None = None,
        tensor: Tensor | None = None,
    ) -> None:
        super().__init__(name, form, ground, parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tensor = tensor

    @property
    def tensor(self) -> Tensor | None:
        """The array of a frame that is shown."""
        return self._tensor

    def set_tensor(self, tensor: Tensor) -> None:
        """Say which array of a frame is shown."""
        self._tensor = tensor

    def cell(self, index: tuple[int, ...]) -> Cell | None:
        """Return the cell at the place that a number has in its array; None if it is not there."""
        place = self._place_of(index)
        return None if place is None else self._cell(place)

    def matrix_near(self, point: QPoint) -> tuple[tuple[int, ...], QRect]:
        """Return the leading indices of the matrix that lies nearest to a point, and where its cells are."""
        if self._layout is None or self._shown.given is None:
            return (), self.rect()
        tiles = zip(self._layout.shown, self._layout.tiles, strict=True)
        channel, tile = min(tiles, key=lambda shown: _distance(shown[1], point))
        return lead_of(channel, self._shown.given.shape), tile

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Tell which cell the pointer is on."""
        place = None if event is None else self._at(event.position().toPoint())
        if place != self._cursor:
            self._point(place)

    def enterEvent(self, event: QEnterEvent | None) -> None:
        """Tell which cell the pointer has come to: where a drag from elsewhere ends, no move follows."""
        super().enterEvent(event)
        place = None if event is None else self._at(event.position().toPoint())
        if place is not None and place != self._cursor:
            self._point(place)

    def leaveEvent(self, event: QEvent | None) -> None:
        """Tell that the pointer is on no cell any more."""
        self._point(None)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Tell which cell was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        place = self._at(event.position().toPoint())
        if place is not None:
            self.clicked.emit(self._cell(place))
        elif self._is_count(event.position().toPoint()):
            self._turn_page()
        else:
            event.ignore()  # the title and the scale belong to whatever holds the heatmap

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Tell which cell was clicked twice."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseDoubleClickEvent(event)
            return
        place = self._at(event.position().toPoint())
        if place is None:
            event.ignore()
        else:
            self.opened.emit(self._cell(place))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the press on a cell or a count, so that the release comes here as well; leave others to the holder."""
        if event is not None:
            point = event.position().toPoint()
            event.setAccepted(self._at(point) is not None or self._is_count(point))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the cursor, with Ctrl over as many channels as are shown; Enter opens, Space clicks, Escape lets go."""
        if event is None:
            return
        key = event.key()  # a plain number: keyboards have keys that Qt has no name for
        if key in _STEPS and self._shown.given is not None:
            self._focus_shown = True
            channels, rows, columns = _STEPS[key]
            if self._layout is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                channels *= len(self._layout.tiles)
            self._step(channels, rows, columns)
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self._point(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._shown.given is not None:
            self.opened.emit(self._cell(self._cursor or self._pin or (0, 0, 0)))
        elif key == Qt.Key.Key_Space and self._shown.given is not None:
            self.clicked.emit(self._cell(self._cursor or self._pin or (0, 0, 0)))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show the focus where it came by the keyboard; one that came by a click needs no showing."""
        self._focus_shown = event is not None and event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Take the cursor away with the focus."""
        self._focus_shown = False
        self._point(None)
        self.update()

    def _step(self, channels: int, rows: int, columns: int) -> None:
        start = self._pin or self._cursor
        place = (0, 0, 0) if start is None else self._moved(start, (channels, rows, columns))
        self._show_channel(place[0])
        self._point(place)
        self.stepped.emit(self._cell(place))

    def _moved(self, start: Place, by: Place) -> Place:
        moved = (a + b for a, b in zip(start, by, strict=True))
        channel, row, column = (min(max(0, n), size - 1) for n, size in zip(moved, self._shown.shape, strict=True))
        return channel, row, column

    def _place(self) -> None:
        super()._place()
        self.setToolTip(self._tip())

    def _tip(self) -> str:
        """Return how those channels are reached that there is no room for."""
        if not self._leaves_out() or self._layout is None:
            return ""
        told = tr(
            "{first} to {last} of {all} are shown. "
            "A click on the count, Ctrl+Page Down and Ctrl+Page Up show the others."
        )
        shown = self._layout.shown
        return with_own_keys(told).format(first=shown.start + 1, last=shown.stop, all=self._shown.shape[0])

    def _leaves_out(self) -> bool:
        return self._layout is not None and len(self._layout.tiles) < self._shown.shape[0]

    def _is_count(self, point: QPoint) -> bool:
        """Return whether there stands, or would stand if there were room, how many channels are shown."""
        if self._layout is None or not self._leaves_out():
            return False
        line = self._layout.sentence
        return line.contains(point) and point.x() > line.center().x()

    def _turn_page(self) -> None:
        """Show the channels after those that are shown; after the last, the first."""
        if self._layout is not None:
            after = self._layout.shown.stop
            self._show_channel(after if after < self._shown.shape[0] else 0)

    def _values_changed(self, *, shape_is_same: bool) -> None:
        self._point(self._cursor if shape_is_same else None)

    def _point(self, place: Place | None) -> None:
        if place is None and self._cursor is None:
            return
        self._cursor = place
        cell = None if place is None else self._cell(place)
        self._caption.read_out = () if cell is None else place_texts(cell)
        if self._layout is not None:
            self.update(self._layout.cells.united(self._layout.sentence))
        if self.hasFocus():
            self._describe()
        self.pointed.emit(cell)

    def _cell(self, place: Place) -> Cell:
        given = self._shown.given
        assert given is not None
        numbers = index_of(place, given.shape)
        return Cell(
            self._name, numbers, float(given[numbers]), self._told or self._caption.title, given.shape, self._tensor
        )

    def _describe(self) -> None:
        super()._describe()
        if self._cursor is not None and self.hasFocus():
            self.setAccessibleDescription(cell_text(self._cell(self._cursor)))


def _distance(rect: QRect, point: QPoint) -> int:
    """Return how far a point is from a rectangle, in pixels to the side and up or down together; inside it, 0."""
    across = max(rect.left() - point.x(), point.x() - rect.right(), 0)
    return across + max(rect.top() - point.y(), point.y() - rect.bottom(), 0)
