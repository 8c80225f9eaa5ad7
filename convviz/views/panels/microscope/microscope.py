"""The panel: what is looked at above, the stage, and the controls of time below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QRect, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from convviz.engine.walkthrough import Act
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.panels.microscope.aim import View, number_of, other_way, position_of, view_of, view_of_layer
from convviz.views.panels.microscope.header import Header
from convviz.views.panels.microscope.keys import Order, order_of
from convviz.views.panels.microscope.layout import GUTTER
from convviz.views.panels.microscope.player import Player
from convviz.views.panels.microscope.sight import Sight
from convviz.views.panels.microscope.stage import FLOWING, Stage
from convviz.views.panels.microscope.step_bar import StepBar
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PyQt6.QtGui import QHideEvent, QShowEvent

    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough import Board, Moment, Phase, Role, Walk

#: What the numbers of the columns take above a board, in pixels.
_NUMBER_HEIGHT = 12

#: Acts whose moments are sides of a border, or angles.
_NO_CELLS = (Act.PADDING, Act.BORDER, Act.ROTATION)


class Microscope(QWidget):
    """One layer of the current frame at work, step by step.

    Signals
    -------
    pointed(Pointed | None)
        The number under the pointer is another, or none of the frame's any more.
    arrived(Pointed, bool)
        The number that the moment is about is another, and time does not go on; and whether a cell was clicked.
    asked(Pointed)
        A factor of a sum was clicked: that number is to be explained.
    layer_shown(int)
        Another layer is looked at; the number of layers stands for the loss.
    moved()
        Something else is shown than before.
    closed()
        Escape, or the button: back to what was shown before.
    """

    pointed = pyqtSignal(object)
    arrived = pyqtSignal(object, bool)
    asked = pyqtSignal(object)
    layer_shown = pyqtSignal(int)
    moved = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("microscope")
        self._sight = Sight()
        self._number: Pointed | None = None
        self._under: Pointed | None = None
        self._told: Moment | None = None
        self._turned: tuple[View, View] | None = None  # the view after the direction was changed, and before
        self._player = Player(self)
        self._header = Header(self)
        self._stage = Stage(self)
        self._bar = StepBar(self._player, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, theme.SPACE.XS)
        layout.setSpacing(theme.SPACE.XS)
        layout.addWidget(self._header)
        layout.addWidget(self._stage, 1)
        layout.addWidget(self._bar)
        self._connect()

    def _connect(self) -> None:
        self._header.layer_asked.connect(lambda index: self.show_layer(index, back=self.back))
        for asked in (self._header.layer_asked, self._header.into_asked, self._header.of_asked):
            asked.connect(lambda: self._stage.setFocus())  # the keys are for the stage again
        self._header.direction_asked.connect(self._set_back)
        self._header.into_asked.connect(self._set_into)
        self._header.of_asked.connect(self._set_of)
        self._header.phase_asked.connect(self.show_phase)
        self._header.whole_asked.connect(self._stage.set_whole)
        self._header.close_asked.connect(self._close)
        self._stage.pointed.connect(self._stage_pointed)
        self._stage.clicked.connect(self._stage_clicked)
        self._stage.asked.connect(lambda tensor, index: self.asked.emit(Pointed(tensor, index)))
        self._player.moved.connect(self._show)
        self._bar.play_asked.connect(self.toggle)
        self._bar.back_asked.connect(lambda: self._go(self._player.position - 1))
        self._bar.forward_asked.connect(lambda: self._go(self._player.position + 1))
        self._bar.row_asked.connect(self._finish_row)
        self._bar.all_asked.connect(lambda: self._go(self._player.count - 1))
        self._bar.position_asked.connect(self._go)

    @property
    def back(self) -> bool:
        """Whether the way back is looked at."""
        return self._sight.view.back

    @property
    def layer(self) -> int:
        """Which layer is looked at; the number of layers stands for the loss."""
        return self._sight.view.index

    @property
    def phase(self) -> int:
        """Which phase is shown, from 0."""
        return self._sight.view.phase

    @property
    def position(self) -> int:
        """Which moment of the phase is shown, from 0."""
        return self._player.position

    @property
    def shown_phase(self) -> Phase | None:
        """The phase itself, None before there is anything to be seen."""
        return self._sight.phase

    def board_rect(self, role: Role) -> QRect:
        """Return where a board is seen with the numbers of its rows and columns, empty if it is not."""
        place = self._stage.place(role)
        return (
            QRect()
            if place is None
            else theme.scaled_rect(place.rect.adjusted(-GUTTER, -_NUMBER_HEIGHT, 0, 0)).translated(self._stage.pos())
        )

    @property
    def number(self) -> Pointed | None:
        """The number of the frame that the moment is about, if there is one."""
        return self._number

    @property
    def is_playing(self) -> bool:
        """Whether the moments follow one another by themselves."""
        return self._player.is_playing

    def set_frame(self, frame: Frame) -> None:
        """Show the numbers of ``frame``, at the same phase and cell as before."""
        before = self._sight.walk
        is_other = self._sight.set_frame(frame, self._player.position)
        self._stage.forget()
        self._header.show_layers(frame)
        if is_other:
            self._turned = None
            self._show_walk(before)
        else:
            self._show()

    def show_layer(self, index: int, *, back: bool = False) -> None:
        """Show a layer, as its result begins to be made; ``index`` = number of layers: the loss."""
        self._player.pause()
        frame = self._sight.frame
        self._look(View(index, back, 0) if frame is None else view_of_layer(frame, index, back=back))

    def show_act(self, act: Act, cell: tuple[int, ...]) -> None:
        """Show a phase of the walk, at a cell or from its beginning; nothing where the walk has no such phase."""
        phases = () if self._sight.walk is None else self._sight.walk.phases
        for n, phase in enumerate(phases):
            if phase.act is act:
                self._take_phase(n, cell[-2] * phase.shape[1] + cell[-1] if cell else 0)

    def show_cell(self, pointed: Pointed) -> None:
        """Show how one number of the frame is made; nothing for one of the teacher's, which are only given."""
        frame = self._sight.frame
        if frame is None or pointed.is_taught:
            return
        self._player.pause()
        self._look(view_of(frame, pointed))

    def set_spots(self, numbers: Iterable[Pointed]) -> None:
        """Mark numbers that are spoken of elsewhere, wherever they are seen."""
        self._stage.set_spots((number.tensor, number.index) for number in numbers)

    def show_phase(self, phase: int) -> None:
        """Show a phase from its beginning."""
        if self._sight.walk is not None and 0 <= phase < len(self._sight.walk.phases):
            self._take_phase(phase, 0)

    def toggle(self) -> None:
        """Play or pause; at the end of a phase, and where nothing is done in it, play the next one."""
        if self._sight.walk is None:
            return
        if self._player.is_playing:
            self._player.pause()
            return
        phases, phase = self._sight.walk.phases, self.phase
        ended = self._player.at_end or phases[phase].still
        if ended:
            following = (n for n in range(phase + 1, len(phases)) if not phases[n].still)
            self._take_phase(next(following, phase), 0)
        self._player.play(seen=not ended)

    def picture(self) -> tuple[QWidget, ...]:
        """Return what a picture of the microscope consists of: all but the controls."""
        return (self._stage,)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._header.retranslate()
        self._bar.retranslate()
        self._stage.retranslate()
        if self._sight.frame is not None and self._sight.walk is not None:
            self._header.show_layers(self._sight.frame)
            self._header.show_walk(self._sight.walk, self._sight.channels)
            self._header.show_phase(self.phase)
        self._show()

    def event(self, event: QEvent | None) -> bool:
        """Keep the keys of the microscope from the window's shortcuts while it has the focus."""
        if event is not None and event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if order_of(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move through moments and phases."""
        order = None if event is None else order_of(event)
        if order is None:
            super().keyPressEvent(event)
        elif isinstance(order, Order):
            self._obey(order)
        else:
            self.show_phase(order)

    def take_keys(self) -> None:
        """Let the keys move through the moments. No focus proxy does: the Tab key would come to it in its own place."""
        self._stage.setFocus()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take the keys."""
        super().showEvent(event)
        self.take_keys()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Stop time while nobody looks."""
        self._player.pause()
        super().hideEvent(event)

    def _obey(self, order: Order) -> None:
        row, at = self._row_length(), self._player.position
        moments = {
            Order.BEFORE: at - 1,
            Order.AFTER: at + 1,
            Order.ABOVE: at - row,
            Order.BELOW: at + row,
            Order.FIRST: 0,
            Order.LAST: self._player.count - 1,
        }
        match order:
            case Order.END_OF_ROW:
                self._finish_row()
            case Order.PLAY:
                self.toggle()
            case Order.FASTER | Order.SLOWER:
                (self._player.faster if order is Order.FASTER else self._player.slower)()
                self._bar.show_speed()
            case Order.WHOLE:
                self._header.toggle_whole()
            case Order.STRIP:
                self._stage.next_strip()
            case Order.DIRECTION:
                self._set_back(not self._sight.view.back)
            case Order.CLOSE:
                self._close()
            case _:
                self._go(moments[order])

    def _close(self) -> None:
        self._player.pause()
        self.closed.emit()

    # what is looked at -----------------------------------------------------------------------------------------------

    def _set_back(self, back: bool) -> None:
        """Look at the same cell on the other way; on the way that one has just come from, at all that was seen."""
        frame = self._sight.frame
        if back is self._sight.view.back or frame is None:
            return
        self._player.pause()
        here, turned = self._view, self._turned
        came_back = turned is not None and turned[0] == here
        self._look(turned[1] if turned is not None and came_back else other_way(frame, here, self._number))
        self._turned = self._view, here

    @property
    def _view(self) -> View:
        """All that is chosen, at the moment that is shown."""
        return replace(self._sight.view, position=self._player.position)

    def _set_into(self, into: int) -> None:
        self._look(replace(self._view, into=into, of=None))

    def _set_of(self, of: int | None) -> None:
        self._look(replace(self._view, of=of))

    def _look(self, view: View) -> None:
        before = self._sight.walk
        self._sight.look(view)
        self._show_walk(before)

    def _show_walk(self, before: Walk | None) -> None:
        """Show that another walk is looked at than ``before``."""
        walk, view = self._sight.walk, self._sight.view
        if walk is None:
            return
        self._header.show_walk(walk, self._sight.channels)
        if before is None or before.index != walk.index:
            self.layer_shown.emit(walk.index)
        self._take_phase(view.phase, view.position)

    def _take_phase(self, phase: int, position: int) -> None:
        self._sight.choose_phase(phase)
        self._header.show_phase(phase)
        chosen = self._sight.phase
        assert chosen is not None
        self._player.set_count(chosen.count, position, chosen.pace)

    # moments ---------------------------------------------------------------------------------------------------------

    def _row_length(self) -> int:
        return 1 if self._sight.phase is None else self._sight.phase.shape[1]

    def _go(self, position: int) -> None:
        self._player.go(position)

    def _finish_row(self) -> None:
        row, at = self._row_length(), self._player.position
        end = at - at % row + row - 1
        self._go(end if end > at else end + row)

    def _show(self) -> None:
        if self._sight.walk is None:
            return
        at = self._player.position
        moment = self._sight.moment(at)
        flowing = self._player.is_playing and self._player.speed <= FLOWING and at > 0
        before = self._sight.moment(max(0, at - moment.phase.pace)) if flowing else None
        is_other_moment, self._told = moment is not self._told, moment
        self._stage.show_moment(moment, before, self._player.progress)
        row, column = moment.phase.cell(at)
        where = {"row": row + 1, "column": column + 1, "n": f"{at + 1:,}", "count": f"{self._player.count:,}"}
        text = tr("{n} / {count}") if moment.phase.act in _NO_CELLS else tr("[{row}, {column}] · {n} / {count}")
        if moment.phase.still:
            text = "" if moment.phase.act in _NO_CELLS else "[{row}, {column}]"
        self._bar.show_where(text.format(**where))
        if not self._player.is_playing:
            number = number_of(moment)
            is_other = number is not None and number != self._number
            self._number = number
            if is_other:
                self.arrived.emit(number, False)
        if is_other_moment:
            self.moved.emit()

    def _stage_pointed(self, board: Board | None, row: int, column: int) -> None:
        under = None
        if board is not None and board.tensor is not None:
            index = board.index_of(row, column)
            under = None if index is None else Pointed(board.tensor, index)
        if under != self._under:
            self._under = under
            self.pointed.emit(under)

    def _stage_clicked(self, board: Board, row: int, column: int) -> None:
        """Go to the moment that is about the cell."""
        assert self._sight.phase is not None
        position = position_of(self._sight.phase, board, row, column)
        if position is not None:
            self._player.pause()
            self._go(position)
            if self._number is not None:
                self.arrived.emit(self._number, True)
