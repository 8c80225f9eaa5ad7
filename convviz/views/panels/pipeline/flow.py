"""The upper row: from the input through the layers, read like a line of text."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from convviz.engine.explain import Kind, Tensor
from convviz.i18n import tr
from convviz.views import drawing_mode, theme
from convviz.views.heatmap import Form, Heatmap
from convviz.views.panels.pipeline.card import LayerCard
from convviz.views.panels.pipeline.items import numbered_cell
from convviz.views.panels.pipeline.plan import FlowPlan, plan_flow
from convviz.views.panels.pipeline.wording import map_text
from convviz.views.selection import Selection

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from convviz.views.panels.pipeline.division import Way
    from convviz.views.panels.pipeline.structure import Structure

#: Around the row, and below it, where the line turns to the row beneath.
MARGIN = int(theme.SPACE.L)
GUTTER = 28
#: How far the frame around a map and its gradient is from them; and an arrow from what it joins, at least and at most.
_FRAME_ASIDE, _ARROW_GAP = 5, (2, 5)
#: How long an arrow's head is, and at most as a part of the arrow's last stretch.
_HEAD, _HEAD_MOST = 7, 0.75
#: Around a map, where the frame runs that says it is selected.
FRAME = 6


class FlowRow(QWidget):
    """The input, each layer, and each map between two layers.

    Signals
    -------
    selected(Selection)
        A column was clicked.
    named(Tensor)
        As of a `LayerCard`.
    """

    selected = pyqtSignal(object)
    named = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._structure: Structure | None = None
        self._plan: FlowPlan | None = None
        self._zoom = 1.0  # at which it was carried out
        self._maps: list[Heatmap] = []
        self._gradients: dict[int, Heatmap] = {}  # by the number of the map
        self._cards: list[LayerCard] = []
        self._selection: Selection | None = None
        self._target_x = 0

    # contents --------------------------------------------------------------------------------------------------------

    def set_structure(self, structure: Structure) -> None:
        """Show the columns of an experiment; those of the same form are kept, with their numbers."""
        if not structure.looks_like(self._structure):
            self._rebuild(structure)
        self._structure = structure
        for card, part in zip(self._cards, structure.layers, strict=True):
            card.set_part(part)
        for heatmap, part in zip(self._maps, structure.layers, strict=True):
            heatmap.set_unreached(part.unreached())
        self.retranslate()

    def _rebuild(self, structure: Structure) -> None:
        for old in (*self._maps, *self._gradients.values(), *self._cards):
            old.hide()
            old.setParent(None)
            old.deleteLater()
        count = len(structure.layers)
        names = ["input", *(f"map{index}" for index in range(1, count))]
        self._maps, self._cards, self._gradients = [], [], {}
        for index, (name, part) in enumerate(zip(names, structure.layers, strict=True)):
            self._maps.append(self._heatmap(name, Form.FULL, Tensor(Kind.VALUE, index)))
            if index or structure.input_gradient:
                gradient = Tensor(Kind.VALUE_GRAD, index)
                self._gradients[index] = self._heatmap(f"{name}.gradient", Form.TILE, gradient)
            card = LayerCard(index, part, structure.teacher, self)
            card.chosen.connect(partial(self.selected.emit, Selection("layer", index)))
            card.named.connect(self.named)
            card.set_selected(self._selection == Selection("layer", index))
            self._cards.append(card)
        for widget in (*self._maps, *self._cards):
            widget.show()
        self._plan = None

    def _heatmap(self, name: str, form: Form, tensor: Tensor) -> Heatmap:
        made = Heatmap(name, form, parent=self, tensor=tensor)
        made.setObjectName(f"pipeline.{name}")
        # A map is the work of the layer before it; clicking it shows what can be changed about it.
        choice = Selection("layer", tensor.position - 1) if tensor.position else Selection("input")
        made.clicked.connect(partial(self._choose, choice))
        return made

    def _choose(self, choice: Selection, _cell: object = None) -> None:
        self.selected.emit(choice)

    def heatmaps(self) -> list[Heatmap]:
        """Return every heatmap in the row."""
        of_cards = (heatmap for card in self._cards for heatmap in card.heatmaps())
        return [*self._maps, *self._gradients.values(), *of_cards]

    def cards(self) -> list[LayerCard]:
        """Return the layers, from left to right."""
        return list(self._cards)

    def set_selection(self, selection: Selection) -> None:
        """Frame what is selected."""
        self._selection = selection
        for index, card in enumerate(self._cards):
            card.set_selected(selection == Selection("layer", index))
        self.update()

    def part_of(self, selection: Selection) -> QWidget | None:
        """Return the card, or the input, that shows what is selected; None if that is not in the row."""
        cards = (card for index, card in enumerate(self._cards) if selection == Selection("layer", index))
        return self._maps[0] if self._maps and selection == Selection("input") else next(cards, None)

    def set_frame(self, frame: Frame) -> None:
        """Show the numbers of a step."""
        for heatmap, values in zip(self._maps, frame.values[:-1], strict=True):
            heatmap.set_values(values)
        for index, heatmap in self._gradients.items():
            heatmap.set_values(frame.value_grads[index], signed=True)
        teachers = frame.teacher if frame.teacher is not None else (None,) * len(self._cards)
        for card, student, taught, gradient in zip(
            self._cards, frame.parameters, teachers, frame.gradients, strict=True
        ):
            card.show_numbers(student, taught, gradient)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        if self._structure is None:
            return
        for index, heatmap in enumerate(self._maps):
            title = tr("Map {number}").format(number=index) if index else tr("Input")
            heatmap.set_text(title, map_text(self._structure.shapes[index]))
        for index, heatmap in self._gradients.items():
            told = tr("Gradient of map {number}").format(number=index) if index else tr("Gradient of the input")
            heatmap.set_text(tr("Gradient"), "", "gradient", told)

    def focus_order(self) -> list[QWidget]:
        """Return the widgets in the order in which they are read."""
        order: list[QWidget] = []
        for index, (heatmap, card) in enumerate(zip(self._maps, self._cards, strict=True)):
            gradients = [self._gradients[index]] if index in self._gradients else []
            order += [heatmap, *gradients, *card.focus_order()]
        return order

    # geometry --------------------------------------------------------------------------------------------------------

    def plan(self, width: int, height: int, way: Way | None) -> int:
        """Lay the columns out for ``width`` × ``height`` pixels, by a way; return the width that the row takes.

        All three are as at the usual size, whatever the zoom.
        """
        if self._structure is None:
            return width
        items = self._structure.items(numbered_cell())
        with theme.unzoomed():
            plan = plan_flow(width - 2 * MARGIN, height - theme.SPACE.M, items, way)
        if (plan, theme.zoom()) != (self._plan, self._zoom):
            self._plan, self._zoom = plan, theme.zoom()
            self._place(plan)
        return plan.width + 2 * MARGIN

    def forget_places(self) -> None:
        """Give everything its place anew with the next plan: something was elsewhere meanwhile."""
        self._plan = None

    def set_target_x(self, x: int) -> None:
        """Set where, from the left, the line arrives that goes to the row beneath."""
        self._target_x = x
        self.update()

    def _place(self, plan: FlowPlan) -> None:
        maps, cards = plan.columns[::2], plan.columns[1::2]
        for heatmap, column in zip(self._maps, maps, strict=True):
            heatmap.setGeometry(_placed_alike(column.rect))
        for index, heatmap in self._gradients.items():
            gradient = maps[index].gradient
            heatmap.setGeometry(_placed_alike(gradient))
            heatmap.setVisible(not gradient.isEmpty())
        for card, column in zip(self._cards, cards, strict=True):
            card.place(column, _placed(QRect(0, 0, 1, 1)).topLeft(), plan.dense)
        self.update()

    # painting --------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ground, the arrows between the columns, and the frame of a selected map."""
        if event is None:
            return
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._plan is not None:
            self._paint_pairs(painter, self._plan)
            self._paint_arrows(painter, self._plan)
        if self._selection == Selection("input") and self._maps:
            paint_selected(painter, self._maps[0].geometry())
        painter.end()

    def _paint_pairs(self, painter: QPainter, plan: FlowPlan) -> None:
        """Frame each map with its gradient: arrows lead to both together."""
        painter.setPen(QPen(theme.current().border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for column in plan.columns:
            if not column.gradient.isEmpty():
                aside, above = theme.scaled(_FRAME_ASIDE) + 0.5, theme.scaled(3) + 0.5
                rect = QRectF(_placed(column.whole)).adjusted(-aside, -above, aside, above)
                painter.drawRoundedRect(rect, 8, 8)

    def _paint_arrows(self, painter: QPainter, plan: FlowPlan) -> None:
        rects = [_placed(column.whole) for column in plan.columns]
        y = theme.scaled(plan.arrow + theme.SPACE.M)
        frames = [0 if column.gradient.isEmpty() else theme.scaled(_FRAME_ASIDE) + 1 for column in plan.columns]
        for (one, left), (next_one, right) in pairwise(zip(rects, frames, strict=True)):
            start, end = one.right() + 1 + left, next_one.left() - right
            room = (end - start) // 8  # where that is dear, an arrow is worth more of it
            gap = max(theme.scaled(_ARROW_GAP[0]), min(theme.scaled(_ARROW_GAP[1]), room))
            _paint_arrow(painter, [(start + gap, y), (end - gap, y)])
        last = rects[-1]
        turn, floor = last.right() + theme.scaled(16), self.height() - theme.scaled(GUTTER) // 2 - 1
        path = [(last.right() + 1, y), (turn, y), (turn, floor), (self._target_x, floor)]
        _paint_arrow(painter, [*path, (self._target_x, self.height() - 3)])

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the press, so that the release comes here."""

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Select the map whose title or scale was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        for index, heatmap in enumerate(self._maps):
            if heatmap.geometry().contains(event.position().toPoint()):
                self.selected.emit(Selection("layer", index - 1) if index else Selection("input"))


def _placed(rect: QRect) -> QRect:
    """Return where in the row something lies that a plan has at ``rect``."""
    return QRect() if rect.isEmpty() else theme.scaled_rect(rect.translated(MARGIN, theme.SPACE.M))


def _placed_alike(rect: QRect) -> QRect:
    """Return the same of a map: a map and its gradient are of one size."""
    return QRect() if rect.isEmpty() else theme.scaled_alike(rect.translated(MARGIN, theme.SPACE.M))


def _paint_arrow(painter: QPainter, points: list[tuple[int, int]]) -> None:
    """Paint an arrow along points, with rounded turns."""
    colours, size = theme.current(), theme.zoom()
    corners = [QPointF(x + 0.5, y + 0.5) for x, y in points]
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        path.lineTo(_towards(corner, before, 8 * size))
        path.quadTo(corner, _towards(corner, after, 8 * size))
    end, before = corners[-1], corners[-2]
    length = max(abs(end.x() - before.x()), abs(end.y() - before.y()))
    back = end + (before - end) * (min(_HEAD * size, _HEAD_MOST * length) / length if length else 0.0)
    path.lineTo((end + back) / 2)
    painter.setPen(QPen(colours.outline, 1.5 * size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    along = QPointF(end - back)
    aside = QPointF(-along.y(), along.x()) * 0.6
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.outline)
    painter.drawPolygon(QPolygonF([end, back + aside, back - aside]))


def _towards(start: QPointF, end: QPointF, distance: float) -> QPointF:
    step = end - start
    length = max(abs(step.x()), abs(step.y()))
    return start + step * (min(distance, length / 2) / length) if length else QPointF(start)


def paint_selected(painter: QPainter, rect: QRect, aside: int = FRAME) -> None:
    """Paint the frame that says a map is selected, ``aside`` pixels from it at the left and at the right."""
    if drawing_mode.is_drawn():
        return
    colours = theme.current()
    aside, above = theme.scaled(aside), theme.scaled(FRAME)
    painter.setPen(QPen(colours.accent, 2 * theme.zoom()))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(1 - aside, 1 - above, aside - 1, above - 1), 6, 6)
