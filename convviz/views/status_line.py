"""The status bar: the cell under the pointer, what the run does, how far it has come, how fast it goes; messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QGridLayout, QProgressBar, QStatusBar, QWidget

from convviz.i18n import tr
from convviz.views import theme
from convviz.views.banner import Banner
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from collections.abc import Callable

_RIGHT = Qt.AlignmentFlag.AlignRight
_HEIGHT = 36  #: for two lines that can be read from afar
_ABOVE = 3  #: what Qt keeps free above all that is in a status bar
_UPPER, _LOWER = 20, 14  #: what the run does and how fast, over how far it has come and how long it will take
_FINENESS = 1000  #: positions of the progress bar
_NOTE_TIME = 8000  #: milliseconds for which a note is shown


class StatusLine(QStatusBar):
    """Read-outs in places that never move.

    Attributes
    ----------
    banner
        Where messages are shown that stay until they are dealt with.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self._pointed = ReadOut(parent=self, on="window", wraps=True)
        self._pointed.setObjectName("pointed")
        self._pointed.setFixedHeight(_HEIGHT - _ABOVE)
        self._state = ReadOut(sample="finished: 9,999,999 steps were made", align=_RIGHT, parent=self, on="window")
        self._state.setObjectName("state")
        self._progress = QProgressBar(self)
        self._progress.setObjectName("progress")
        self._progress.setRange(0, _FINENESS)
        self._progress.setTextVisible(False)
        self._left = ReadOut(sample="99 min 59 s left", role="small", align=_RIGHT, parent=self, on="window")
        self._left.setObjectName("time_left")
        self._rate = ReadOut(sample="999,999 steps/s", align=_RIGHT, parent=self, on="window")
        self._rate.setObjectName("rate")
        self._cell = ""
        self._is_pointed = False
        self._note: Callable[[], str] | None = None
        self._hint = ""
        self._note_time = QTimer(self)
        self._note_time.setObjectName("note_time")
        self._note_time.setSingleShot(True)
        self._note_time.setInterval(_NOTE_TIME)
        self._note_time.timeout.connect(self.drop_note)
        self._run = QWidget(self)
        self._lay_out()
        self.banner = Banner(self, self._run)
        self.show_progress(0.0)
        self.retranslate()

    def _lay_out(self) -> None:
        """Put what the run does, and how fast, in pairs at the right of what is pointed at."""
        self.addWidget(self._pointed, 1)
        pairs = QGridLayout(self._run)
        pairs.setContentsMargins(0, 0, 0, 0)
        pairs.setHorizontalSpacing(theme.SPACE.L)
        pairs.setVerticalSpacing(0)
        for column, (upper, lower) in enumerate(((self._state, self._progress), (self._rate, self._left))):
            upper.setFixedHeight(_UPPER)
            lower.setFixedHeight(_LOWER)
            pairs.addWidget(upper, 0, column)
            pairs.addWidget(lower, 1, column, _RIGHT if lower is self._left else Qt.AlignmentFlag(0))
        self.addPermanentWidget(self._run)
        self.setContentsMargins(theme.SPACE.S, 0, theme.SPACE.S, 0)
        self.setFixedHeight(_HEIGHT)

    def tell_alone(self, alone: bool) -> None:
        """Tell nothing but what is pointed at and messages, and that in large letters; or all of it again."""
        self._run.setVisible(not alone)
        self._pointed.set_role("heading" if alone else "body")

    def show_cell(self, text: str, *, is_pointed: bool = True) -> None:
        """Tell what is under the pointer, or only held; empty: nothing is."""
        told = text, is_pointed and bool(text)
        if told != (self._cell, self._is_pointed):
            self._cell, self._is_pointed = told
            self._write()

    def show_note(self, text: Callable[[], str]) -> None:
        """Tell for a while what has happened, except where something is pointed at; in the current language."""
        self._note = text
        self._note_time.start()
        self._write()

    def drop_note(self, text: Callable[[], str] | None = None) -> None:
        """Do not tell it any longer; if ``text`` is given, only if it is that."""
        if text is None or text is self._note:
            self._note = None
            self._write()

    def show_hint(self, text: str) -> None:
        """Tell ``text`` for as long as it is true, while there is nothing else to be told; empty: nothing is to be."""
        if text != self._hint:
            self._hint = text
            self._write()

    def _write(self) -> None:
        self.banner.read_instead(self._cell if self._is_pointed else "")
        note = None if self._is_pointed else self._note
        told = self._cell if note is None else note()
        self._pointed.set_text(told or self._hint)
        self._pointed.set_colour("text" if note is None and told else "accent")

    def set_idle_text(self, text: str) -> None:
        """Tell ``text`` while nothing is under the pointer."""
        self._pointed.set_idle_text(text)

    def show_state(self, text: str, colour: str) -> None:
        """Tell what the run does, in the theme's colour of that name."""
        self._state.set_text(text)
        self._state.set_colour(colour)

    def show_rate(self, text: str) -> None:
        """Tell how fast it goes."""
        self._rate.set_text(text)

    def show_progress(self, share: float, left: str = "") -> None:
        """Show how much of a run is done, 0 … 1, and the time that is left."""
        self._progress.setValue(round(share * _FINENESS))
        self._left.set_text(left)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._progress.setAccessibleName(tr("Progress of the run"))
        self._progress.setToolTip(tr("Progress of the run"))
        self._write()
