"""The one cursor through everything: which number is pointed at or held, and what follows from it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from convviz.engine.errors import ConvvizError
from convviz.engine.explain import array_of, explain, fields
from convviz.i18n import tr
from convviz.number_text import format_number
from convviz.views.heatmap.cell import Cell, cell_text
from convviz.views.panels.explain import is_in, lost_text, number_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convviz.engine.frames import Frame
    from convviz.views.panels.explain import ExplainPanel
    from convviz.views.panels.pipeline import Pipeline
    from convviz.views.pointing import Pointed
    from convviz.views.status_line import StatusLine

#: The marks of a number that takes longer than ``_CHEAP`` seconds are not made for every frame, but take at most
#: ``_SHARE`` of the time. Those of one that takes longer than ``DEAR`` seconds, which would be felt, are made only when
#: no frame has come for ``_REST`` milliseconds.
_CHEAP = 0.004
_SHARE = 0.2
DEAR, _REST = 0.05, 300


class CursorControl(QObject):
    """Keeps the marks in the picture, the explanation and the status line at the number that is pointed at.

    A number that is held goes before one under the pointer; whoever points elsewhere meanwhile reads what stands there.

    Signals
    -------
    held(Pointed | None)
        Another number is held, or none any more.
    spoken(tuple[Pointed, ...])
        Numbers that are pointed at in the explanation.
    """

    held = pyqtSignal(object)
    spoken = pyqtSignal(object)

    def __init__(self, pipeline: Pipeline, panel: ExplainPanel, line: StatusLine, parent: QObject) -> None:
        super().__init__(parent)
        self._pipeline, self._panel, self._line = pipeline, panel, line
        self._frame: Frame | None = None
        self._cell: Cell | None = None
        self._under: Pointed | None = None  # what is pointed at where the picture is not shown
        self._pin: Pointed | None = None
        self._spots: tuple[Pointed, ...] = ()
        self._marked: Pointed | None = None
        self._due = 0.0
        self._is_dear = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._catch_up)
        pipeline.pointed.connect(self._point)
        pipeline.pinned.connect(self.hold)
        panel.followed.connect(self._follow)
        panel.spotted.connect(self._spot)
        panel.closed.connect(self.let_go)

    @property
    def pin(self) -> Pointed | None:
        """The number that is held."""
        return self._pin

    def hold(self, number: Pointed) -> None:
        """Hold a number until another is held or it is let go of."""
        if self._frame is not None:
            self._panel.show_number(number, self._frame)
            self._take(number)

    def move(self, number: Pointed) -> None:
        """Hold another number than the one that is held, without asking anyone to look at it."""
        frame = self._frame
        if frame is not None and self._pin is not None and number != self._pin and is_in(frame, number):
            self._panel.show_number(number, frame)
            self._pin, self._spots = number, ()
            self._mark()
            self._tell()

    def look_at(self, number: Pointed | None) -> None:
        """Tell of a number that is pointed at elsewhere than in the picture, as long as it is."""
        self._under = number
        self._tell()

    def let_go(self) -> None:
        """Hold nothing any more."""
        if self._pin is not None:
            self._take(None)
            self._panel.show_number(None, None)

    def set_frame(self, frame: Frame) -> None:
        """Follow to another frame, which the picture shows already."""
        self._frame = frame
        if self._pin is not None and not is_in(frame, self._pin):
            self.let_go()
        self._tell()
        if self._is_dear:
            self._later.start(_REST)
        elif time.perf_counter() < self._due:
            self._later.start(max(1, round(1000 * (self._due - time.perf_counter()))))
        else:
            self._catch_up()

    def refresh(self) -> None:
        """Mark anew: the picture is looked at again, or its heatmaps are others."""
        self._marked = None
        self._catch_up()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._tell()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _follow(self, number: Pointed) -> None:
        """Hold a number that was asked for in the explanation."""
        self._take(number)

    def _take(self, number: Pointed | None) -> None:
        self._pin, self._spots = number, ()
        self._is_dear = False
        self._pipeline.set_spots(())
        self._mark()
        self._tell()
        self.held.emit(number)

    def _point(self, cell: Cell | None) -> None:
        self._cell = cell
        self._tell()
        number = None if cell is None else cell.number
        if self._pin is None and number != self._marked:
            self._mark()

    def _spot(self, numbers: Iterable[Pointed]) -> None:
        self._spots = tuple(numbers)
        self._pipeline.set_spots(self._spots)
        self.spoken.emit(self._spots)
        self._tell()

    def _catch_up(self) -> None:
        start = time.perf_counter()  # the other clocks of Windows go in steps of 16 ms
        if self._frame is not None:
            self._panel.set_frame(self._frame)
        if self._pin is not None or self._cell is not None:
            self._mark()
        taken = time.perf_counter() - start
        self._is_dear = taken > DEAR
        self._due = start + taken / _SHARE if taken > _CHEAP else 0.0

    def _mark(self) -> None:
        number = self._pin or (None if self._cell is None else self._cell.number)
        self._marked = number
        if number is None or self._frame is None or not is_in(self._frame, number):
            self._pipeline.set_marks({})
        elif self._pipeline.isVisible():
            self._pipeline.set_marks(fields(self._frame, number.tensor, number.index), self._pin)

    def _tell(self) -> None:
        """Say in the status line what is pointed at, or else spoken of, or else held."""
        if not self._pipeline.isVisible():
            self._line.show_cell(self._text_without_picture(), is_pointed=self._under is not None)
            return
        if self._cell is None and self._pin is None and not self._spots:
            self._line.show_cell("")
            return
        cell = self._cell
        numbers = (*self._spots[:1], self._pin) if cell is None else ()
        for number in numbers:
            cell = cell or (None if number is None else self._pipeline.cell_of(number))
        text = "" if cell is None else cell_text(cell, channels=True)
        number = None if cell is None else cell.number
        frame = self._frame
        if frame is not None and number is not None and is_in(frame, number):
            text = _with_remark(text, frame, number)
        self._line.show_cell(text, is_pointed=self._cell is not None)

    def _text_without_picture(self) -> str:
        frame = self._frame
        numbers = (self._under, *self._spots[:1], self._pin)
        number = next((n for n in numbers if n is not None and frame is not None and is_in(frame, n)), None)
        if frame is None or number is None:
            return ""
        value = format_number(_value(frame, number), 8)
        text = tr("{number}: {value}").format(number=number_name(frame, number), value=value)
        return _with_remark(text, frame, number)


def _with_remark(text: str, frame: Frame, number: Pointed) -> str:
    """Return the text about a number with a remark if nothing is computed from it."""
    lost = lost_text(frame, number)
    return tr("{cell} · {remark}").format(cell=text, remark=lost) if lost else text


def _value(frame: Frame, number: Pointed) -> float:
    try:
        return float(array_of(frame, number.tensor)[number.index])
    except ConvvizError:  # it is in no array of the frame
        return explain(frame, number.tensor, number.index).value
