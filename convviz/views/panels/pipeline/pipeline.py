"""The panel: the line of layers above, the equation below."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, QTimer, pyqtSignal
from PyQt6.QtGui import QCursor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.engine.explain import Kind, Tensor
from convviz.views import theme
from convviz.views.focus import read_in_order
from convviz.views.heatmap import Heatmap
from convviz.views.panels.pipeline.alone import Alone
from convviz.views.panels.pipeline.card import LayerCard
from convviz.views.panels.pipeline.equation import EquationRow
from convviz.views.panels.pipeline.flow import FRAME, GUTTER, MARGIN, FlowRow
from convviz.views.panels.pipeline.items import numbered_cell
from convviz.views.panels.pipeline.plan_stage import Arrangement, arrange
from convviz.views.panels.pipeline.sideways import Sideways, edge
from convviz.views.panels.pipeline.structure import Structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PyQt6.QtCore import pyqtBoundSignal

    from convviz.engine.explain import Field
    from convviz.engine.frames import Frame
    from convviz.engine.problem import Problem
    from convviz.model.experiment import Experiment
    from convviz.views.heatmap import Cell
    from convviz.views.pointing import Pointed
    from convviz.views.selection import Selection

_SCROLL_BAR = 10
#: A window whose edge is dragged changes by at most so many pixels at a time; one that is maximized, by more.
_DRAGGED = 128


class Pipeline(QWidget):
    """The network as a picture that is read from left to right.

    Signals
    -------
    alone_changed(bool)
        One part is shown alone, or all of them again.
    selected(Selection)
        A layer, or the input, the target or the residual was clicked.
    named(Tensor)
        Then: what was clicked of a layer was the title or the scale of a kernel, or the name of a bias.
    pointed(Cell | None)
        The cell under the pointer, or under the cursor of the keyboard; again whenever its value changes.
    pinned(Pointed)
        A cell was clicked, or keys have led to it.
    opened(Pointed)
        A cell was clicked twice, or Enter was pressed on it.
    """

    alone_changed = pyqtSignal(bool)
    selected = pyqtSignal(object)
    named = pyqtSignal(object)
    pointed = pyqtSignal(object)
    pinned = pyqtSignal(object)
    opened = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pipeline")
        self._structure: Structure | None = None
        self._fitting: Problem | None = None  # whose frames are of this structure
        self._flow = FlowRow()
        self._equation = EquationRow(self)
        self._scroll = Sideways("pipeline.scroll", self._flow.cards, self)
        self._scroll.setWidget(self._flow)
        for row in (self._flow, self._equation):
            row.selected.connect(self._select)
        self._flow.named.connect(self.named)
        self._alone = Alone(self)
        self._selection: Selection | None = None
        self._selects = False  # what is clicked here
        self._input_gradient = False
        self._arrangement: Arrangement | None = None
        self._placed = QSize()  # the size for which that was found
        self._zoom = 1.0  # and the zoom
        self._usual: tuple[tuple[QSize, float], Arrangement] | None = None  # where, and how, it was before a zoom
        self._settling = QTimer(self)  # as long as the window finds its places, no edge is dragged
        self._settling.setSingleShot(True)
        self._settling.setInterval(0)
        self._heatmaps: dict[Tensor, Heatmap] = {}
        self._connected: list[Heatmap] = []

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the columns of ``experiment``. Numbers come with the next frame; where nothing moves, the old stay."""
        self._show(Structure.of(experiment, self._input_gradient))

    def show_input_gradient(self, shown: bool) -> None:
        """Show the input's gradient beside the input, or not; frames have to carry it from now on."""
        self._input_gradient = shown
        if self._structure is not None:
            self._show(self._structure._replace(input_gradient=shown))

    def _show(self, structure: Structure) -> None:
        stays = structure.looks_like(self._structure)
        if not stays:
            self.show_all()
        self._flow.set_structure(structure)
        self._equation.set_structure(structure)
        if not stays:
            self._order_focus()
            self._arrangement = self._usual = None
        self._structure, self._fitting = structure, None
        self._connect()
        self._place()
        if not stays:
            self._reveal()

    def _order_focus(self) -> None:
        below = self._equation.heatmaps()  # which stay, and so hold the picture's place among the window's controls
        read_in_order([below[0], *self._flow.focus_order(), *below])

    def _connect(self) -> None:
        """Listen to the heatmaps, of which some may be new."""
        heatmaps = [*self._flow.heatmaps(), *self._equation.heatmaps()]
        for heatmap in heatmaps:
            if heatmap not in self._connected:
                heatmap.pointed.connect(self.pointed)
                heatmap.clicked.connect(partial(_tell, self.pinned))
                heatmap.stepped.connect(partial(_tell, self.pinned))
                heatmap.opened.connect(partial(_tell, self.opened))
        self._connected = heatmaps
        self._heatmaps = {heatmap.tensor: heatmap for heatmap in heatmaps if heatmap.tensor is not None}

    def heatmaps(self) -> list[Heatmap]:
        """Return all heatmaps of arrays, in the order in which they are read."""
        return list(self._heatmaps.values())

    def named_heatmaps(self) -> dict[str, Heatmap]:
        """Return the same by the names that they have on the command line, such as ``residual``."""
        return {heatmap.objectName().removeprefix("pipeline."): heatmap for heatmap in self.heatmaps()}

    def set_marks(self, marks: Mapping[Tensor, Field], pinned: Pointed | None = None) -> None:
        """Mark cells in every heatmap that shows one of the arrays; ``pinned`` is held, and the rest is veiled."""
        for tensor, heatmap in self._heatmaps.items():
            field = marks.get(tensor)
            own = pinned is not None and pinned.tensor == tensor
            related = field is not None and (field.source is not None or len(field.cells) > 1)
            heatmap.set_marks(None if own else field, veiled=pinned is not None and related)
            heatmap.set_pin(pinned.index if pinned is not None and own else None)

    def set_spots(self, spots: Iterable[Pointed]) -> None:
        """Show which cells are spoken of elsewhere."""
        spots = tuple(spots)
        for tensor, heatmap in self._heatmaps.items():
            heatmap.set_spots(tuple(spot.index for spot in spots if spot.tensor == tensor))

    def heatmap_of(self, tensor: Tensor) -> Heatmap | None:
        """Return the heatmap that shows an array of the frame, or None if none does."""
        return self._heatmaps.get(tensor)

    def cell_of(self, number: Pointed) -> Cell | None:
        """Return the cell in which a number of the frame stands, or None if no heatmap shows it."""
        heatmap = self._heatmaps.get(number.tensor)
        return None if heatmap is None else heatmap.cell(number.index)

    def set_frame(self, frame: Frame) -> bool:
        """Show the numbers of a step, and return True; one of another experiment than is shown is passed over."""
        if self._structure is None:
            return False
        if frame.problem is not self._fitting:  # the same for all frames of a run
            if not self._structure.fits(frame):
                return False
            self._fitting = frame.problem
        self._flow.set_frame(frame)
        self._equation.set_frame(frame)
        return True

    def set_selection(self, selection: Selection) -> None:
        """Frame what is selected, and where it was selected elsewhere, bring it into view."""
        is_other = selection != self._selection
        self._selection = selection
        self._flow.set_selection(selection)
        self._equation.set_selection(selection)
        if is_other and not self._selects:
            self._reveal()

    def _select(self, selection: Selection) -> None:
        """Ask for a selection; the row does not move then, or a second click would hit something else."""
        self._selects = True
        try:
            self.selected.emit(selection)
        finally:
            self._selects = False

    def _reveal(self) -> None:
        """Scroll the row so far that what is selected is seen as a whole, with its frame."""
        part = None if self._selection is None else self._flow.part_of(self._selection)
        if part is not None and self._scroll.isVisible():
            self._scroll.ensureWidgetVisible(part, edge() + 2, 0)

    @property
    def part_alone(self) -> QWidget | None:
        """The part that is shown alone, None while all of them are shown."""
        return self._alone.part

    def show_alone(self) -> None:
        """Show one part alone: that under the pointer, or else with the focus, or else the selected one."""
        part = self._part_at_hand()
        if part is None:
            self.alone_changed.emit(self._alone.part is not None)
            return
        self._alone.show_part(part)
        for row in (self._scroll, self._equation):
            row.hide()  # what is hidden costs nothing
        self.alone_changed.emit(True)

    def show_all(self) -> None:
        """Show all parts again."""
        if self._alone.part is None:
            return
        self._alone.give_back()
        for row in (self._scroll, self._equation):
            row.show()
        self._flow.forget_places()
        self._equation.lay_out()
        self._place()
        self._order_focus()
        self.alone_changed.emit(False)

    def _part_at_hand(self) -> QWidget | None:
        pointed = self.childAt(self.mapFromGlobal(QCursor.pos())) if self.underMouse() else None
        for at_hand in (pointed, QApplication.focusWidget()):
            if (part := self._part_around(at_hand)) is not None:
                return part
        choice = self._selection
        if choice is None or (choice.kind == "training" and not choice.part):
            return self._equation.companion
        shown_by = {"target": Tensor(Kind.TARGET), "training": Tensor(Kind.RESIDUAL)}
        tensor = shown_by.get(choice.kind, Tensor(Kind.VALUE, choice.index + 1))  # of a layer, the map that it makes
        return self._part_around(self._flow.part_of(choice)) or self._heatmaps.get(tensor)

    def _part_around(self, widget: QWidget | None) -> QWidget | None:
        """Return the part that a widget is, or is in: kernels stay beside one another."""
        if widget is None or not self.isAncestorOf(widget):
            return None
        while widget is not None and widget is not self:
            if isinstance(widget, LayerCard) and widget.has_kernels:
                return widget
            on_a_card = isinstance(widget.parentWidget(), LayerCard)
            if widget is self._equation.companion or (isinstance(widget, Heatmap) and not on_a_card):
                return widget
            widget = widget.parentWidget()
        return None

    def set_companion(self, widget: QWidget | None) -> None:
        """Put a widget (the loss) into the room to the right of the equation, or take it away."""
        self._equation.set_companion(widget)
        self._arrangement = None
        self._place()

    def picture(self) -> tuple[QWidget, ...]:
        """Return what a picture of the network consists of."""
        return (self,)

    @property
    def companion(self) -> QWidget | None:
        """The widget beside the equation. While nobody sees the picture it may be shown elsewhere."""
        return self._equation.companion

    def take_back(self) -> None:
        """Show the companion here again, beside the equation or alone as before, where it was elsewhere meanwhile."""
        companion = self._equation.companion
        if companion is None or companion.parentWidget() is self._alone:
            return
        self._equation.set_companion(companion)
        if self._alone.part is companion:
            self._alone.show_part(companion)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._flow.retranslate()
        self._equation.retranslate()
        self._scroll.retranslate()

    def sizeHint(self) -> QSize:
        """Return a size at which the default experiment reads well."""
        return QSize(970, 680)

    def minimumSizeHint(self) -> QSize:
        """Return the size below which it does not read at all."""
        return QSize(520, 400)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out anew."""
        self._place()

    def changeEvent(self, event: QEvent | None) -> None:
        """Lay out anew where everything is drawn larger."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.StyleChange and theme.zoom() != self._zoom:
            if self._zoom == 1 and self._arrangement is not None:
                self._usual = (QSize(self._placed), 1.0), self._arrangement  # to come back to
            self._arrangement = None
            self._equation.lay_out()
            self._place()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ground."""
        if event is not None:
            painter = QPainter(self)
            painter.fillRect(event.rect(), theme.current().surface)
            painter.end()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Lay out what was changed while nobody looked, and give the keyboard the order that Qt forgets in between."""
        self._place()
        self._order_focus()

    def _place(self) -> None:
        if self._structure is None or not self.isVisible():
            return
        # planned as at the usual size: what is drawn larger is the same picture
        width, height = theme.usual(self.width()), theme.usual(self.height()) - theme.SPACE.M
        structure, companion = self._structure, self._equation.companion is not None
        inner, rows = width - 2 * MARGIN, height - GUTTER - theme.SPACE.M
        change = self.size() - self._placed
        is_dragged = max(abs(change.width()), abs(change.height())) <= _DRAGGED
        self._placed, self._zoom = self.size(), theme.zoom()
        kept = self._arrangement if is_dragged and not self._settling.isActive() else None
        if kept is None:
            self._settling.start()
        if kept is None and self._usual is not None and self._usual[0] == (self.size(), theme.zoom()):
            kept = self._usual[1]
        items = structure.items(numbered_cell())
        with theme.unzoomed():
            self._arrangement = arrange(inner, rows, items, structure.shapes[-1], companion, kept)
        lower, way = self._arrangement.lower, self._arrangement.way
        upper = height - lower
        taken = self._flow.plan(width, upper - GUTTER, way)
        if taken > width:
            taken = self._flow.plan(width, upper - GUTTER - _SCROLL_BAR, way)
        above, wide = theme.scaled(upper - FRAME), self.width()
        self._equation.setGeometry(0, above, wide, theme.scaled(lower + 2 * FRAME))
        self._scroll.setGeometry(0, 0, wide, above)
        is_wider = taken > width
        self._flow.resize(theme.scaled(taken) if is_wider else wide, above - (_SCROLL_BAR if is_wider else 0))
        self._flow.set_target_x(self._equation.target_x())
        self._scroll.follow()
        self._alone.place()


def _tell(signal: pyqtBoundSignal, cell: Cell) -> None:
    """Pass on which number a cell shows."""
    if cell.number is not None:
        signal.emit(cell.number)
