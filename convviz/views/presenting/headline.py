"""The numbers that matter, in letters that are read from the last row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from convviz.i18n import tr
from convviz.number_text import loss_text, short_number
from convviz.views import run_words, theme
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent

    from convviz.engine.frames import State
    from convviz.model.document import Document
    from convviz.model.session import Session

#: A number as long as any that must fit, by what it is.
_SAMPLES = {"step": "9,999,999", "loss": "9.999×10⁻¹⁰", "rate": "9.99×10⁻¹⁰", "speed": "999,999 steps/s"}
#: What the run does takes so many widths of a digit at least; where there is less, how fast it goes is left out.
_STATE_DIGITS = 20


class Headline(QFrame):
    """One line: step, loss and learning rate of what is on the screen, how fast the run goes, and what it does."""

    def __init__(self, document: Document, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("headline")
        theme.set_role(self, "panel")
        self._document, self._session = document, session
        self._names = {name: QLabel(self) for name in ("step", "loss", "rate")}
        self._numbers = {name: self._number(name, sample) for name, sample in _SAMPLES.items()}
        self._state = ReadOut(role="heading", align=Qt.AlignmentFlag.AlignRight, parent=self, on="surface")
        self._state.setObjectName("headline.state")
        self._told_at = 0.0
        self._told_state: State | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._write)
        self._lay_out()
        session.status_changed.connect(self._follow)
        session.frame_changed.connect(self._follow)
        self.retranslate()

    def _number(self, name: str, sample: str) -> ReadOut:
        made = ReadOut(sample=sample, role="title", parent=self, on="surface")
        made.setObjectName(f"headline.{name}")
        return made

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.L, theme.SPACE.XS, theme.SPACE.L, 0)
        layout.setSpacing(theme.SPACE.S)
        for name, number in self._numbers.items():
            if name in self._names:
                layout.addWidget(self._names[name], 0, Qt.AlignmentFlag.AlignVCenter)
                theme.set_role(self._names[name], "muted")
            layout.addWidget(number)
        layout.addWidget(self._state, 1)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        for name, text in (("step", tr("step")), ("loss", tr("loss")), ("rate", tr("learning rate"))):
            self._names[name].setText(text)
        self._write()
        self._make_room()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        layout, speed = self.layout(), self._numbers["speed"]
        if layout is None:
            return
        taken = layout.minimumSize().width()  # without what is hidden
        if speed.isHidden():
            taken += speed.minimumSizeHint().width() + layout.spacing()
        state = _STATE_DIGITS * theme.number_width("0", "heading")
        speed.setVisible(taken + state <= self.width())

    def _follow(self) -> None:
        """Tell at once that the run does something else, and its numbers as often as they can be read."""
        wait = self._told_at + theme.READABLE - time.perf_counter()
        if self._session.status.state is not self._told_state or wait <= 0:
            self._write()
        elif not self._later.isActive():
            self._later.start(round(1000 * wait) + 1)

    def _write(self) -> None:
        self._told_at = time.perf_counter()
        status, frame = self._session.status, self._session.frame
        self._told_state = status.state
        self._numbers["speed"].set_text(run_words.rate_text(status))
        self._state.set_text(run_words.state_text(status, self._document.experiment.stop.steps))
        self._state.set_colour(run_words.state_colour(status))
        if frame is None:
            return
        texts = {
            "step": f"{frame.step:,}",
            "loss": loss_text(frame.loss),
            "rate": short_number(frame.learning_rate),
        }
        for name, text in texts.items():
            self._numbers[name].set_text(text)
            self._numbers[name].set_colour("text" if status.shown is None else "accent")
        told = ", ".join(f"{self._names[name].text()} {text}" for name, text in texts.items())
        self.setAccessibleName(f"{told}, {self._state.text()}")
