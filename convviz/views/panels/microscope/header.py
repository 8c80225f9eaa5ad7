"""What is looked at: the layer, the direction, the channels; and the chips of the phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from convviz.engine.walkthrough import Act
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.editors.buttons import Choice, IconButton, WordButton
from convviz.views.panels.microscope.wording import HELP, act_text, layer_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough import Channels, Walk

#: Chips that there are: the longest walk has as many phases.
PHASES = 6


class Header(QWidget):
    """Chooses what the microscope shows.

    Signals
    -------
    layer_asked(int), direction_asked(bool), into_asked(int), of_asked(object), phase_asked(int), whole_asked(bool)
        Another layer; whether back; the result's channel; the only channel of the source's, or None; a phase; whether
        whole maps are to be seen.
    close_asked()
    """

    layer_asked = pyqtSignal(int)
    direction_asked = pyqtSignal(bool)
    into_asked = pyqtSignal(int)
    of_asked = pyqtSignal(object)
    phase_asked = pyqtSignal(int)
    whole_asked = pyqtSignal(bool)
    close_asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer = Choice("microscope.layer", self)
        self._layer.setMinimumWidth(110)
        self._layer.setMaximumWidth(300)
        self._layer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._directions = QButtonGroup(self)
        self._forward, self._backward = (self._toggle(f"microscope.{name}") for name in ("forwards", "backwards"))
        for value, button in enumerate((self._forward, self._backward)):
            self._directions.addButton(button, value)
        self._into_label, self._of_label = QLabel(self), QLabel(self)
        self._into, self._of = Choice("microscope.into", self), Choice("microscope.of", self)
        for box in (self._into, self._of):
            box.setFixedWidth(96)
        for label in (self._into_label, self._of_label):
            theme.set_role(label, "small")
        self._whole = self._toggle("microscope.whole")
        self._close = IconButton("microscope.close", "dismiss", self)
        self._chips = QButtonGroup(self)
        for n in range(PHASES):
            self._chips.addButton(self._toggle(f"microscope.phase{n + 1}", "chip"), n)
        self._walk: Walk | None = None
        self._lay_out()
        self._connect()
        self.retranslate()

    def _toggle(self, name: str, role: str = "button") -> WordButton:
        button = WordButton(name, self, role)
        button.setCheckable(True)
        return button

    def _lay_out(self) -> None:
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for line in (upper, lower):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(theme.SPACE.XS)
        upper.addWidget(self._layer, 4)
        for widget in (self._forward, self._backward, self._of_label, self._of):
            upper.addWidget(widget)
        upper.addWidget(self._into_label)
        upper.addWidget(self._into)
        upper.addStretch(1)
        upper.addWidget(self._whole)
        upper.addWidget(self._close)
        for chip in self._chips.buttons():
            lower.addWidget(chip)
        lower.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.S, theme.SPACE.XS, theme.SPACE.S, 0)
        layout.setSpacing(2)
        layout.addLayout(upper)
        layout.addLayout(lower)

    def _connect(self) -> None:
        self._layer.activated.connect(self.layer_asked)
        self._directions.idClicked.connect(lambda value: self.direction_asked.emit(bool(value)))
        self._into.activated.connect(self.into_asked)
        self._of.activated.connect(lambda row: self.of_asked.emit(self._of.itemData(row)))
        self._chips.idClicked.connect(self.phase_asked)
        self._whole.toggled.connect(self.whole_asked)
        self._close.clicked.connect(self.close_asked)

    def toggle_whole(self) -> None:
        """Press the button for whole maps."""
        self._whole.toggle()

    def show_layers(self, frame: Frame) -> None:
        """Offer the layers of a network, and its loss."""
        texts = [layer_text(layer, n) for n, layer in enumerate(frame.problem.layers, 1)]
        texts.append(tr("Loss: {name}").format(name=tr(frame.problem.loss.label)))
        if texts != [self._layer.itemText(n) for n in range(self._layer.count())]:
            chosen = self._layer.currentIndex()
            with QSignalBlocker(self._layer):
                self._layer.clear()
                self._layer.addItems(texts)
                self._layer.setCurrentIndex(chosen)  # where the walk is the same one, nobody shows it again

    def show_walk(self, walk: Walk, channels: Channels) -> None:
        """Show what is looked at."""
        self._walk = walk
        with QSignalBlocker(self._layer):
            self._layer.setCurrentIndex(walk.index)
        (self._backward if walk.back else self._forward).setChecked(True)
        self._fill(self._into, self._into_label, [(tr("channel {n}").format(n=n + 1), n) for n in range(channels.into)])
        self._into.setCurrentIndex(walk.into)
        sources: list[tuple[str, object]] = [(tr("channel {n}").format(n=n + 1), n) for n in channels.of]
        if len(sources) > 1:
            sources.insert(0, (tr("all, added"), None))
        self._fill(self._of, self._of_label, sources)
        self._of.setCurrentIndex(max(0, self._of.findData(walk.of)) if walk.of is not None else 0)
        self._into_label.setText(tr("gradient") if walk.back else tr("output"))
        self._of_label.setText(tr("error") if walk.back else tr("input"))
        for n, button in enumerate(self._chips.buttons()):
            button.setVisible(n < len(walk.phases))
            if n < len(walk.phases):
                act = walk.phases[n].act
                button.setText(tr("{n} {phase}").format(n=n + 1, phase=act_text(walk.phases[n])))
                button.setToolTip(tr("{help} ({key})").format(help=tr(HELP[act]), key=n + 1))
        layout = self.layout()
        if layout is not None:
            layout.activate()  # at once: other chips are wider

    def show_phase(self, phase: int) -> None:
        """Show which phase it is."""
        button = self._chips.button(phase)
        if button is not None:
            button.setChecked(True)
        if self._walk is not None and self._walk.of is None:
            # A kernel joins two channels: where all are added, its gradient is that of the one in front.
            alone = self._walk.phases[phase].act is Act.WEIGHTS and self._of.count() > 1
            with QSignalBlocker(self._of):
                self._of.setCurrentIndex(1 if alone else 0)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._layer.setAccessibleName(tr("Layer"))
        self._layer.setToolTip(tr("The layer that is looked at"))
        self._forward.setText(tr("Forward"))
        self._forward.setToolTip(tr("How the layer makes its output (D changes the direction)"))
        self._backward.setText(tr("Backward"))
        self._backward.setToolTip(tr("How the layer hands the error back (D changes the direction)"))
        self._into.setAccessibleName(tr("Channel of the result"))
        self._into.setToolTip(tr("The channel of the result that is looked at"))
        self._of.setAccessibleName(tr("Channel it is made from"))
        self._of.setToolTip(tr("One channel that the result is made from, or all of them, added"))
        self._whole.setText(tr("Whole maps"))
        self._whole.setToolTip(tr("See all of the maps instead of the cells around the window (Z)"))
        self._close.describe(tr("Close"), tr("Leave the microscope (Esc)"))

    @staticmethod
    def _fill(box: Choice, label: QLabel, entries: Sequence[tuple[str, object]]) -> None:
        """Offer entries; there is nothing to choose from one."""
        if [text for text, _ in entries] != [box.itemText(n) for n in range(box.count())]:
            with QSignalBlocker(box):
                box.clear()
                for text, data in entries:
                    box.addItem(text, data)
        box.setVisible(len(entries) > 1)
        label.setVisible(len(entries) > 1)
