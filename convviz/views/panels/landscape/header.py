"""How the plane lies: what is chosen above the landscape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from convviz.i18n import tr
from convviz.views import theme
from convviz.views.action_texts import with_own_keys
from convviz.views.editors.buttons import Choice, IconButton, WordButton
from convviz.views.panels.landscape.wording import KINDS, parameter_texts

if TYPE_CHECKING:
    from convviz.engine.problem import Problem
    from convviz.model.surveying import Kind

#: How many parameters a list offers at most, the first of each layer; more nobody looks through.
_OFFERED = 600


class Header(QWidget):
    """Chooses the plane.

    Signals
    -------
    kind_asked(str), weights_asked(int, int)
        Another way for the plane to lie; two other parameters.
    fit_asked()
        The plane is to go through the step that is shown.
    start_asked()
        The student is to start at the place that is pointed at.
    close_asked()
    """

    kind_asked = pyqtSignal(str)
    weights_asked = pyqtSignal(int, int)
    fit_asked = pyqtSignal()
    start_asked = pyqtSignal()
    close_asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = Choice("landscape.kind", self)
        self._kind.setMinimumWidth(150)
        self._kind.setMaximumWidth(230)
        self._across, self._up = Choice("landscape.across", self), Choice("landscape.up", self)
        for box in (self._across, self._up):
            box.setMinimumWidth(110)
            box.setMaximumWidth(150)
            box.hide()
        for box in (self._kind, self._across, self._up):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit, self._start = (WordButton(f"landscape.{name}", self) for name in ("fit", "start_here"))
        self._start.setEnabled(False)
        self._close = IconButton("landscape.close", "dismiss", self)
        self._problem: Problem | None = None
        self._offered = 0  # of each layer; 0: all
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.S, theme.SPACE.XS, theme.SPACE.S, 0)
        layout.setSpacing(theme.SPACE.XS)
        layout.addWidget(self._kind, 3)
        layout.addWidget(self._across, 3)
        layout.addWidget(self._up, 3)
        layout.addStretch()
        layout.addWidget(self._fit)
        layout.addWidget(self._start)
        layout.addWidget(self._close)
        for kind in KINDS:
            self._kind.addItem("", kind)
        self._kind.activated.connect(lambda row: self.kind_asked.emit(self._kind.itemData(row)))
        for box in (self._across, self._up):
            box.activated.connect(self._ask_weights)
        self._fit.clicked.connect(self.fit_asked)
        self._start.clicked.connect(self.start_asked)
        self._close.clicked.connect(self.close_asked)
        self.retranslate()

    def show_choice(self, kind: Kind, weights: tuple[int, int], problem: Problem | None, *, taught: bool) -> None:
        """Show how the plane lies; a plane through the teacher is offered only where there is one."""
        self._kind.setCurrentIndex(self._kind.findData(kind))
        view = self._kind.view()
        rows = getattr(view, "setRowHidden", None)
        if rows is not None:
            rows(self._kind.findData("teacher"), not taught)
        for box in (self._across, self._up):
            box.setVisible(kind == "weights")
        if problem is not None and problem is not self._problem and kind == "weights":
            self._problem = problem
            self._fill()
        for box, place in zip((self._across, self._up), weights, strict=True):
            box.setCurrentIndex(box.findData(place))

    def set_startable(self, on: bool) -> None:
        """Say whether a place is pointed at from which the student could start."""
        self._start.setEnabled(on)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        for row, (name, help) in enumerate(KINDS.values()):
            self._kind.setItemText(row, tr(name))
            self._kind.setItemData(row, tr(help), Qt.ItemDataRole.ToolTipRole)
        self._kind.setAccessibleName(tr("Plane"))
        self._kind.setToolTip(tr("How the plane lies in the space of all parameters"))
        self._describe_boxes()
        self._fit.setText(tr("Through this step"))
        self._fit.setToolTip(
            tr("Lay the plane through the step that is shown, look at all of the path, and follow the run (0)")
        )
        self._start.setText(tr("Start here"))
        at_once = tr(
            "Let the student start at the cross; a double click on the picture, or Ctrl+Enter, does so at once"
        )
        self._start.setToolTip(with_own_keys(at_once))
        self._close.describe(tr("Close"), tr("Leave the landscape (Esc)"))
        if self._problem is not None:
            self._fill()

    def _fill(self) -> None:
        problem = self._problem
        assert problem is not None
        stretches = [stretch for stretch in problem.network.stretches if stretch.stop > stretch.start]
        most = max(1, _OFFERED // max(1, len(stretches)))
        offered = [place for each in stretches for place in range(each.start, min(each.stop, each.start + most))]
        texts = parameter_texts(problem, offered)
        for box in (self._across, self._up):
            chosen = box.currentData()
            with QSignalBlocker(box):
                box.clear()
                for place in offered:
                    box.addItem(texts[place], place)
                box.setCurrentIndex(box.findData(chosen))
        self._offered = most if len(offered) < problem.network.size else 0
        self._describe_boxes()

    def _describe_boxes(self) -> None:
        """Say what the lists of parameters are, and if they do not have all of them, which."""
        for box, name, help in (
            (self._across, tr("Parameter to the right"), tr("The parameter that grows to the right")),
            (self._up, tr("Parameter upwards"), tr("The parameter that grows upwards")),
        ):
            first = tr("{help}; the list has the first {count} of each layer").format(help=help, count=self._offered)
            box.setAccessibleName(name)
            box.setToolTip(first if self._offered else help)

    def _ask_weights(self) -> None:
        """Ask for two parameters; who chooses the same for both axes wants to swap them."""
        across, up = self._across.currentData(), self._up.currentData()
        self.weights_asked.emit(across, up)
