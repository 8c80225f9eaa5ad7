"""The controls that move through the moments of a phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from convviz.i18n import tr
from convviz.number_text import short_number
from convviz.views import theme
from convviz.views.editors.buttons import IconButton, WordButton
from convviz.views.log_scale import LogScale
from convviz.views.panels.microscope.player import SPEEDS
from convviz.views.readout import ReadOut
from convviz.views.slider import Slider

if TYPE_CHECKING:
    from convviz.views.panels.microscope.player import Player

#: Of the slider of speeds.
_SCALE = LogScale(SPEEDS[0], 40)


class StepBar(QWidget):
    """Play, pause, steps, a bar to any cell, and the speed.

    Signals
    -------
    play_asked(), back_asked(), forward_asked(), row_asked(), all_asked()
    position_asked(int)
    """

    play_asked = pyqtSignal()
    back_asked = pyqtSignal()
    forward_asked = pyqtSignal()
    row_asked = pyqtSignal()
    all_asked = pyqtSignal()
    position_asked = pyqtSignal(int)

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._back = IconButton("microscope.back", "earlier", self)
        self._play = IconButton("microscope.play", "play", self)
        self._pause = IconButton("microscope.pause", "pause", self)
        self._forward = IconButton("microscope.forward", "later", self)
        self._row, self._all = (WordButton(name, self) for name in ("microscope.row", "microscope.all"))
        self._scrub = Slider(Qt.Orientation.Horizontal, self)
        self._scrub.setObjectName("microscope.scrub")
        self._scrub.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._where = ReadOut("[1024, 1024] · 1,048,576 / 1,048,576", role="small", parent=self)
        self._where.setObjectName("microscope.where")
        self._speed = Slider(Qt.Orientation.Horizontal, self)
        self._speed.setObjectName("microscope.speed")
        self._speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._speed.setRange(0, _SCALE.position(SPEEDS[-1]))
        self._speed.setFixedWidth(76)
        self._speed_text = ReadOut("0.55 cells/s", role="small", parent=self)
        self._speed_text.setObjectName("microscope.speed_text")
        self._lay_out()
        self._connect()
        self.show_speed()
        self.show_playing(False)
        self.retranslate()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.S, 0, theme.SPACE.S, 0)
        layout.setSpacing(theme.SPACE.XS)
        for button in (self._back, self._play, self._pause, self._forward, self._row, self._all):
            layout.addWidget(button)
        layout.addWidget(self._scrub, 1)
        layout.addWidget(self._where)
        layout.addWidget(self._speed)
        layout.addWidget(self._speed_text)

    def _connect(self) -> None:
        self._back.clicked.connect(self.back_asked)
        self._play.clicked.connect(self.play_asked)
        self._pause.clicked.connect(self.play_asked)
        self._forward.clicked.connect(self.forward_asked)
        self._row.clicked.connect(self.row_asked)
        self._all.clicked.connect(self.all_asked)
        self._scrub.valueChanged.connect(self.position_asked)
        self._speed.valueChanged.connect(self._speed_moved)
        self._player.playing_changed.connect(self.show_playing)

    def show_where(self, text: str) -> None:
        """Show the moment: on the bar, and in words."""
        with QSignalBlocker(self._scrub):
            self._scrub.setRange(0, self._player.count - 1)
            self._scrub.setValue(self._player.position)
        self._where.set_text(text)

    def show_playing(self, playing: bool) -> None:
        """Offer to pause while it plays, and else to play."""
        had_focus = self._play.hasFocus() or self._pause.hasFocus()
        self._play.setVisible(not playing)
        self._pause.setVisible(playing)
        if had_focus:
            (self._pause if playing else self._play).setFocus()

    def show_speed(self) -> None:
        """Show how fast it plays."""
        with QSignalBlocker(self._speed):
            self._speed.setValue(_SCALE.position(self._player.speed))
        self._tell_speed()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._back.describe(tr("One cell back"), tr("One cell back (←; a row: ↑; to the first: Home)"))
        self._forward.describe(tr("One cell forward"), tr("One cell forward (→; a row: ↓; to the last: End)"))
        self._play.describe(tr("Play"), tr("Let the cells follow one another (Space)"))
        self._pause.describe(tr("Pause"), tr("Stop at this cell (Space)"))
        self._row.setText(tr("Row"))
        self._row.setToolTip(tr("Finish this row, or do the whole next one (Shift+→)"))
        self._all.setText(tr("All"))
        self._all.setToolTip(tr("Do all cells at once (End)"))
        self._scrub.setToolTip(tr("The cell: drag to any"))
        self._scrub.setAccessibleName(tr("Cell"))
        self._speed.setToolTip(tr("Speed, 0.5 … 200 cells a second (− +)"))
        self._speed.setAccessibleName(tr("Speed"))
        self.show_speed()

    def _speed_moved(self, value: int) -> None:
        self._player.set_speed(_SCALE.number(value))
        self._tell_speed()

    def _tell_speed(self) -> None:
        self._speed_text.set_text(tr("{speed} cells/s").format(speed=short_number(self._player.speed, 2)))
