"""The lower row: reconstruction − target = residual, and beside it whatever the window puts there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from convviz.engine.explain import Kind, Tensor
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.heatmap import Heatmap, show_together
from convviz.views.heatmap.layout import Form, title_height
from convviz.views.panels.pipeline.flow import FRAME, MARGIN, paint_selected
from convviz.views.panels.pipeline.plan_equation import EquationPlan, plan_equation
from convviz.views.panels.pipeline.wording import maps_text
from convviz.views.selection import Selection

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from convviz.views.panels.pipeline.structure import Structure

#: Between a map and the frame that says it is selected, with the frame: it keeps clear of the signs.
_ASIDE = 4


class EquationRow(QWidget):
    """What the student makes, what it should make, and what is left between the two.

    Signals
    -------
    selected(Selection)
        One of the maps was clicked.
    """

    selected = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._structure: Structure | None = None
        self._plan: EquationPlan | None = None
        self._companion: QWidget | None = None
        self._selection: Selection | None = None
        self._reconstruction = self._heatmap("reconstruction", None)  # which map it is depends on the layers
        self._target = self._heatmap("target", Tensor(Kind.TARGET))
        self._residual = self._heatmap("residual", Tensor(Kind.RESIDUAL))

    def _heatmap(self, name: str, tensor: Tensor | None) -> Heatmap:
        made = Heatmap(name, parent=self, tensor=tensor)
        made.setObjectName(f"pipeline.{name}")
        made.clicked.connect(partial(self._choose, name))
        return made

    def _choose(self, name: str, _cell: object = None) -> None:
        self.selected.emit(self._choice(name))

    def _choice(self, name: str) -> Selection:
        last = len(self._structure.layers) - 1 if self._structure is not None else 0
        if name == "reconstruction":
            return Selection("layer", last)
        return Selection("target") if name == "target" else Selection("training", part="loss")

    def set_structure(self, structure: Structure) -> None:
        """Show the output of an experiment."""
        if not structure.looks_like(self._structure):
            for heatmap in (self._reconstruction, self._target, self._residual):
                heatmap.set_values(None)
        self._structure = structure
        self._reconstruction.set_tensor(Tensor(Kind.VALUE, len(structure.layers)))
        self.lay_out()
        self.retranslate()

    def set_companion(self, widget: QWidget | None) -> None:
        """Put a widget to the right of the equation, or take it away."""
        if self._companion is not None and self._companion is not widget and self._companion.parent() is self:
            self._companion.setParent(None)
        self._companion = widget
        if widget is not None and widget.parent() is not self:
            widget.setParent(self)
            widget.show()
        self.lay_out()

    @property
    def companion(self) -> QWidget | None:
        """The widget beside the equation."""
        return self._companion

    def set_selection(self, selection: Selection) -> None:
        """Frame what is selected."""
        self._selection = selection
        self.update()

    def set_frame(self, frame: Frame) -> None:
        """Show the numbers of a step; reconstruction and target on one scale."""
        show_together((self._reconstruction, frame.output), (self._target, frame.target))
        self._residual.set_values(frame.residual, signed=True)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        structure = self._structure
        if structure is None:
            return
        maps = maps_text(structure.shapes[-1])
        made = tr("{maps}, made by the student").format(maps=maps)
        given = tr("{maps}, made by the teacher") if structure.teacher else tr("{maps}, given")
        left = tr("{maps}, reconstruction − target").format(maps=maps)
        self._reconstruction.set_text(tr("Reconstruction"), made, "student", brief=maps)
        self._target.set_text(tr("Target"), given.format(maps=maps), "teacher", brief=maps)
        self._residual.set_text(tr("Residual"), left, brief=maps)

    def heatmaps(self) -> list[Heatmap]:
        """Return the heatmaps of the row, in the order in which they are read."""
        return [self._reconstruction, self._target, self._residual]

    def target_x(self) -> int:
        """Return where, from the left, the line from the upper row arrives."""
        rect = self._reconstruction.geometry()
        return rect.left() + min(rect.width() // 2, theme.scaled(120))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out anew."""
        self.lay_out()

    def lay_out(self) -> None:
        """Give every part its place."""
        if self._structure is None:
            return
        width, height = theme.usual(self.width()) - 2 * MARGIN, theme.usual(self.height()) - 2 * FRAME
        with theme.unzoomed():
            plan = plan_equation(width, height, self._structure.shapes[-1], self._companion is not None)
        self._plan = plan
        heatmaps = (self._reconstruction, self._target, self._residual)
        for heatmap, rect in zip(heatmaps, plan.maps, strict=True):
            heatmap.setGeometry(theme.scaled_alike(rect.translated(MARGIN, FRAME)))
        if self._companion is not None and self._companion.parent() is self:
            self._companion.setGeometry(theme.scaled_rect(plan.companion.translated(MARGIN, FRAME)))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ground, the signs, and the frame of what is selected."""
        if event is None:
            return
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.surface)
        if self._plan is not None:
            painter.setFont(theme.font("title"))
            painter.setPen(colours.muted)
            top = theme.scaled(FRAME) + title_height(Form.FULL)
            high = theme.scaled(20)
            middle = top + self._cells_height() // 2
            for sign, rect in zip(("−", "="), self._plan.signs, strict=True):
                across = theme.scaled_rect(rect.translated(MARGIN, 0))
                place = QRect(across.x(), middle - high, across.width(), 2 * high)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, heatmap in (("target", self._target), ("residual", self._residual)):
            if self._selection == self._choice(name):
                paint_selected(painter, heatmap.geometry(), _ASIDE)
        if self._companion is not None and self._selection == Selection("training"):
            paint_selected(painter, self._companion.geometry(), FRAME)
        painter.end()

    def _cells_height(self) -> int:
        values = self._residual.values()
        if values is None:
            return 60
        first = self._residual.cell_rect(*(0 for _ in values.shape))
        last = self._residual.cell_rect(*(size - 1 for size in values.shape))
        return last.bottom() - first.top() if not last.isEmpty() else 60

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the press, so that the release comes here."""

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Select the map whose title or scale was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        heatmaps = {"reconstruction": self._reconstruction, "target": self._target, "residual": self._residual}
        for name, heatmap in heatmaps.items():
            if heatmap.geometry().contains(event.position().toPoint()):
                self.selected.emit(self._choice(name))
