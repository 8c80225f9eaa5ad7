"""The list of what there is to set: the input, the layers in order, the target, the training."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QDropEvent, QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from convviz.engine.layers import LAYERS
from convviz.engine.settings import settings_of
from convviz.engine.shapes import size_text
from convviz.i18n import tr
from convviz.model.experiment import Experiment, shape_text
from convviz.number_text import short_number
from convviz.views import theme
from convviz.views.editors.buttons import IconButton
from convviz.views.editors.wording import summary_text
from convviz.views.selection import Selection
from convviz.views.theme import SPACE, set_role

_ROW = 24
#: Between the border of the list and its rows.
_INSET = 2
#: Before it scrolls, the list shows so many rows, and more where they take no more than this share of the panel.
_ROWS, _SHARE = 6, 1 / 3
#: In a low panel it shows fewer, and with still fewer rows than these it is not worth its room.
_FEWEST_ROWS = 2
#: What asks for a move by dragging.
_DRAG = "layers.drag"
_NOTE = Qt.ItemDataRole.UserRole
_WHAT = Qt.ItemDataRole.UserRole + 1
_SIZE = Qt.ItemDataRole.UserRole + 2


class Outline(QWidget):
    """The list, and the buttons that add, remove and move layers.

    ``moved(path, index, to)`` names the control that asks for the move, see `locate`.
    """

    selected = pyqtSignal(object)
    added = pyqtSignal(str)
    removed = pyqtSignal()
    moved = pyqtSignal(str, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment: Experiment | None = None
        self._selection = Selection("training")
        self._most_rows = _ROWS
        self._title = QLabel(self)
        set_role(self._title, "strong")
        self._add = IconButton("layers.add", "add", self)
        self._remove = IconButton("layers.remove", "remove", self)
        self._up = IconButton("layers.up", "move_up", self)
        self._down = IconButton("layers.down", "move_down", self)
        self._list = _List(self)
        self._menu = QMenu(self)
        self._lay_out()
        self._list.currentRowChanged.connect(self._select_row)
        self._list.moved.connect(partial(self.moved.emit, _DRAG))
        self._remove.clicked.connect(self.removed)
        self._up.clicked.connect(lambda: self._move(self._up, -1))
        self._down.clicked.connect(lambda: self._move(self._down, 1))

    def set_room(self, height: int, left: int) -> None:
        """Show as many rows as suit a panel so high, in which so many pixels are left; none where these are too few."""
        self._most_rows = max(_ROWS, int(height * _SHARE) // _ROW)
        head = self._add.sizeHint().height() + SPACE.XS + 2 * (_INSET + 1)
        self._most_rows = min(self._most_rows, max(0, (left - head) // _ROW))
        self.setVisible(self._most_rows >= _FEWEST_ROWS)
        self._fit()

    def set_experiment(self, experiment: Experiment) -> None:
        """Show what is in ``experiment`` without emitting anything."""
        self._experiment = experiment
        rows = _rows(experiment)
        blocked = self._list.blockSignals(True)
        while self._list.count() > len(rows):
            self._list.takeItem(self._list.count() - 1)
        while self._list.count() < len(rows):
            self._list.addItem(QListWidgetItem())
        for place, (what, name, size, note) in enumerate(rows):
            item = self._list.item(place)
            assert item is not None
            text = f"{name} {size}".rstrip()
            item.setText(text)
            item.setData(_SIZE, size)
            item.setData(_NOTE, note)
            item.setData(_WHAT, what)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text}, {note}")
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags | Qt.ItemFlag.ItemIsDragEnabled if what.kind == "layer" else flags)
        self._list.blockSignals(blocked)
        self._fit()
        self.set_selection(self._selection)

    def set_selection(self, selection: Selection) -> None:
        """Mark what is selected without emitting anything."""
        self._selection = selection
        blocked = self._list.blockSignals(True)
        for place in range(self._list.count()):
            item = self._list.item(place)
            if item is not None and item.data(_WHAT) == selection:
                self._list.setCurrentItem(item)
        self._list.blockSignals(blocked)
        count = len(self._experiment.stages) if self._experiment is not None else 0
        on_layer = selection.kind == "layer"
        self._remove.setEnabled(on_layer)
        self._up.setEnabled(on_layer and selection.index > 0)
        self._down.setEnabled(on_layer and selection.index < count - 1)

    def locate(self, path: str) -> QWidget | None:
        """Return the control at ``path``: a button, or the list for what was dragged in it."""
        if path == _DRAG:
            return self._list
        buttons = (self._add, self._remove, self._up, self._down)
        return next((button for button in buttons if button.objectName() == path), None)

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self._title.setText(tr("Network"))
        self._list.setAccessibleName(tr("Network"))
        self._add.describe(tr("Add a layer"), tr("Add a layer after the selected one"))
        self._remove.describe(tr("Remove the layer"), tr("Remove the selected layer"))
        self._up.describe(tr("Move the layer up"), tr("Move the selected layer towards the input"))
        self._down.describe(tr("Move the layer down"), tr("Move the selected layer towards the reconstruction"))
        self._menu.clear()
        for kind, cls in LAYERS.items():
            action = self._menu.addAction(tr(cls.label))
            assert action is not None
            action.setObjectName(f"layers.add.{kind}")
            action.setToolTip(summary_text(cls))
            action.triggered.connect(lambda _=False, kind=kind: self.added.emit(kind))
        if self._experiment is not None:
            self.set_experiment(self._experiment)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.XS)
        bar = QHBoxLayout()
        bar.setSpacing(0)
        bar.addWidget(self._title, 1)
        for button in (self._add, self._remove, self._up, self._down):
            bar.addWidget(button)
        column.addLayout(bar)
        column.addWidget(self._list)
        self._menu.setToolTipsVisible(True)
        self._add.open_menu(self._menu)

    def _fit(self) -> None:
        self._list.setFixedHeight(min(self._list.count(), self._most_rows) * _ROW + 2 * (_INSET + 1))
        if (chosen := self._list.currentItem()) is not None:
            self._list.scrollToItem(chosen)

    def _select_row(self, row: int) -> None:
        item = self._list.item(row)
        if item is not None:
            self.selected.emit(item.data(_WHAT))

    def _move(self, button: QWidget, by: int) -> None:
        self.moved.emit(button.objectName(), self._selection.index, self._selection.index + by)


def _rows(experiment: Experiment) -> list[tuple[Selection, str, str, str]]:
    """Return what each row stands for, its name, the size of its kernel, and the note at its right end."""
    shapes = experiment.shapes()
    rows = [(Selection("input"), tr("Input"), "", shape_text(shapes[0]))]
    for index, layer in enumerate(experiment.layers):
        kernel = size_text(layer.kernel) if "kernel" in settings_of(type(layer)) else ""  # type: ignore[attr-defined]
        name = tr("{number}  {layer}").format(number=index + 1, layer=tr(layer.label))
        rows.append((Selection("layer", index), name, kernel, shape_text(shapes[index + 1])))
    rows.append((Selection("target"), tr("Target"), "", shape_text(shapes[-1])))
    rate = short_number(experiment.optimizer.learning_rate)
    rows.append((Selection("training"), tr("Training"), "", tr("rate {rate}").format(rate=rate)))
    return rows


class _List(QListWidget):
    """Rows of which the layers can be dragged to another place among themselves."""

    moved = pyqtSignal(int, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self.setItemDelegate(_Row(self))
        self._entered = -1
        viewport = self.viewport()
        assert viewport is not None
        viewport.setMouseTracking(True)
        self.entered.connect(self._enter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setUniformItemSizes(True)
        self.setViewportMargins(_INSET, _INSET, _INSET, _INSET)

    def pointed_row(self) -> int:
        """Return the row under the pointer, or -1."""
        viewport = self.viewport()
        return self._entered if viewport is not None and viewport.underMouse() else -1

    def _enter(self, index: QModelIndex) -> None:
        self._entered = index.row()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Ask for the move; the rows follow the experiment."""
        if event is None:
            return
        dragged, below = self.currentItem(), self.itemAt(event.position().toPoint())
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if dragged is None or dragged.data(_WHAT).kind != "layer":
            return
        start = dragged.data(_WHAT).index
        layers = sum(1 for row in range(self.count()) if self._what(row).kind == "layer")
        gap = layers
        if below is not None:
            row = self.row(below)
            half = event.position().y() > self.visualItemRect(below).center().y()
            gap = row - 1 + half  # the input is row 0
        to = max(0, min(layers, gap))
        to -= to > start
        if to != start:
            self.moved.emit(start, to)

    def _what(self, row: int) -> Selection:
        item = self.item(row)
        assert item is not None
        what = item.data(_WHAT)
        assert isinstance(what, Selection)
        return what


class _Row(QStyledItemDelegate):
    """Draws a name at the left and a note at the right.

    The state that comes with the option is not asked for: naming one has Python's names for all that QStyle has loaded.
    """

    def __init__(self, rows: _List) -> None:
        super().__init__(rows)
        self._list = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the height of a row."""
        return QSize(80, _ROW)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row."""
        if painter is None:
            return
        colours = theme.current()
        rect = QRect(option.rect).adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = index.row() == self._list.currentRow()
        if chosen or index.row() == self._list.pointed_row():
            painter.setBrush(colours.accent_soft if chosen else colours.hover)
            painter.drawRoundedRect(rect, 4, 4)
        if chosen:
            painter.setBrush(colours.accent)
            painter.drawRoundedRect(QRect(rect.left(), rect.top() + 4, 3, rect.height() - 8), 1.5, 1.5)
        text_rect = rect.adjusted(SPACE.S, 0, -SPACE.S, 0)
        note = str(index.data(_NOTE))
        painter.setFont(theme.font("small"))
        painter.setPen(colours.muted)
        painter.drawText(text_rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
        room = text_rect.width() - round(theme.metrics("small").horizontalAdvance(note)) - SPACE.S
        role: theme.FontRole = "strong" if chosen else "body"
        painter.setFont(theme.font(role))
        painter.setPen(colours.text)
        text = _shortened(str(index.data()), str(index.data(_SIZE)), role, room)
        painter.drawText(text_rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


def _shortened(text: str, size: str, role: theme.FontRole, room: int) -> str:
    """Return as much of a text as there is room for, with the size of the kernel at its end left whole."""
    metrics = theme.metrics(role)
    end = f" {size}" if size else ""
    name = text.removesuffix(end)
    if metrics.horizontalAdvance(text) <= room:
        return text
    return metrics.elidedText(name, Qt.TextElideMode.ElideRight, room - round(metrics.horizontalAdvance(end))) + end
