"""The panel: what is looked at above, the stage, and the controls of time below."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

from PyQt6.QtCore import QEvent, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from convviz.engine.walkthrough import (
    Act,
    Board,
    Walk,
    channels_of,
    walk,
)
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.panels.microscope.aim import View, number_of, other_way, position_of, view_of, view_of_layer
from convviz.views.panels.microscope.header import PHASES, Header
from convviz.views.panels.microscope.keys import is_ours
from convviz.views.panels.microscope.layout import GUTTER
from convviz.views.panels.microscope.player import Player
from convviz.views.panels.microscope.stage import FLOWING, Stage
from convviz.views.panels.microscope.step_bar import StepBar
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PyQt6.QtGui import QHideEvent, QShowEvent

    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough import Channels, Moment, Phase, Role

Direction = Literal["forward", "backward"]

#: What the numbers of the columns take above a board, in pixels.
_NUMBER_HEIGHT = 12

#: Acts whose moments are sides of a border, or angles.
_NO_CELLS = (Act.PADDING, Act.BORDER, Act.ROTATION)


class Microscope(QWidget):
    """One layer of the current frame at work, step by step.

    Signals
    -------
    pointed(Pointed | None)
        The cell under the pointer, if it is one of the frame's.
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
        self._frame: Frame | None = None
        self._walk: Walk | None = None
        self._index, self._back = 0, False
        self._into = 0
        self._of: int | None = None
        self._phase = 0
        self._number: Pointed | None = None
        self._told: Moment | None = None
        self._turned: tuple[View, View] | None = None  # where one is since the way was changed, and where one was
        self._recent: deque[tuple[tuple[Walk, int, int], Moment]] = deque(maxlen=2)
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
        self._header.layer_asked.connect(lambda index: self.show_layer(index, self.direction))
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
    def direction(self) -> Direction:
        """Which way is looked at."""
        return "backward" if self._back else "forward"

    @property
    def layer(self) -> int:
        """Which layer is looked at; the number of layers stands for the loss."""
        return self._index

    @property
    def phase(self) -> int:
        """Which phase is shown, from 0."""
        return self._phase

    @property
    def position(self) -> int:
        """Which moment of the phase is shown, from 0."""
        return self._player.position

    @property
    def shown_phase(self) -> Phase | None:
        """The phase itself, None before there is anything to be seen."""
        return None if self._walk is None else self._walk.phases[self._phase]

    def board_rect(self, role: Role) -> QRect:
        """Return where a board is seen with the numbers of its rows and columns, empty if it is not."""
        place = self._stage.place(role)
        return (
            QRect()
            if place is None
            else place.rect.adjusted(-GUTTER, -_NUMBER_HEIGHT, 0, 0).translated(self._stage.pos())
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
        before = self._frame
        other = before is None or _structure(before) != _structure(frame)
        if before is not None and self._index == len(before.problem.layers):
            self._index = len(frame.problem.layers)  # the loss stays the loss
        self._frame = frame
        self._stage.forget()
        self._header.show_layers(frame)
        if other:
            self._turned = None
            phase = None if self._walk is None else self._walk.phases[self._phase]
            self._take_walk(self._phase, 0, () if phase is None else phase.cell(self._player.position), phase)
        else:
            self._walk = self._made(frame)
            self._show()

    def show_layer(self, index: int, direction: Direction = "forward") -> None:
        """Show a layer, as its result begins to be made; ``index`` = number of layers: the loss."""
        self._player.pause()
        back = direction == "backward"
        self._take_view(View(index, back, 0) if self._frame is None else view_of_layer(self._frame, index, back=back))

    def show_act(self, act: Act, cell: tuple[int, ...] = ()) -> None:
        """Show a phase of the walk, at a cell or from its beginning; nothing where the walk has no such phase."""
        phases = () if self._walk is None else self._walk.phases
        for n, phase in enumerate(phases):
            if phase.act is act:
                self._take_phase(n, cell[-2] * phase.shape[1] + cell[-1] if cell else 0)

    def show_cell(self, pointed: Pointed) -> None:
        """Show how one number of the frame is made; nothing for one of the teacher's, which are only given."""
        frame = self._frame
        if frame is None or pointed.is_taught:
            return
        self._player.pause()
        self._take_view(view_of(frame, pointed))

    def set_spots(self, numbers: Iterable[Pointed]) -> None:
        """Mark numbers that are spoken of elsewhere, wherever they are seen."""
        self._stage.set_spots((number.tensor, number.index) for number in numbers)

    def show_phase(self, phase: int) -> None:
        """Show a phase from its beginning."""
        if self._walk is not None and 0 <= phase < len(self._walk.phases):
            self._take_phase(phase, 0)

    def toggle(self) -> None:
        """Play or pause; at the end of a phase, and where nothing is done in it, play the next one."""
        if self._walk is None:
            return
        if self._player.is_playing:
            self._player.pause()
            return
        phases = self._walk.phases
        ended = self._player.at_end or phases[self._phase].still
        if ended:
            following = (n for n in range(self._phase + 1, len(phases)) if not phases[n].still)
            self._take_phase(next(following, self._phase), 0)
        self._player.play(seen=not ended)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._header.retranslate()
        self._bar.retranslate()
        self._stage.retranslate()
        if self._frame is not None and self._walk is not None:
            self._header.show_layers(self._frame)
            self._header.show_walk(self._walk, self._channels(self._frame))
        self._show()

    def event(self, event: QEvent | None) -> bool:
        """Keep the keys of the microscope from the window's shortcuts while it has the focus."""
        if event is not None and event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if is_ours(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move through moments and phases."""
        if event is None or not is_ours(event) or not self._press(event):
            super().keyPressEvent(event)

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

    def _press(self, event: QKeyEvent) -> bool:
        key, row, at = event.key(), self._row_length(), self._player.position
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        moves = {
            Qt.Key.Key_Left: at - 1,
            Qt.Key.Key_Right: at + 1,
            Qt.Key.Key_Up: at - row,
            Qt.Key.Key_Down: at + row,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._player.count - 1,
        }
        if shifted and key == Qt.Key.Key_Right:
            self._finish_row()
        elif key in moves:
            self._go(moves[Qt.Key(key)])
        elif Qt.Key.Key_1 <= key < Qt.Key.Key_1 + PHASES:
            self.show_phase(key - Qt.Key.Key_1)
        elif key == Qt.Key.Key_Space:
            self.toggle()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            (self._player.slower if key == Qt.Key.Key_Minus else self._player.faster)()
            self._bar.show_speed()
        elif key == Qt.Key.Key_Z:
            self._header.toggle_whole()
        elif key == Qt.Key.Key_V:
            self._stage.next_strip()
        elif key == Qt.Key.Key_D:
            self._set_back(not self._back)
        elif key == Qt.Key.Key_Escape:
            self._close()
        else:
            return False
        return True

    def _close(self) -> None:
        self._player.pause()
        self.closed.emit()

    # what is looked at -----------------------------------------------------------------------------------------------

    def _made(self, frame: Frame) -> Walk:
        return walk(frame, self._index, back=self._back, into=self._into, of=self._of)

    def _channels(self, frame: Frame) -> Channels:
        return channels_of(frame, self._index, back=self._back, into=self._into)

    def _set_back(self, back: bool) -> None:
        """Look at the same cell on the other way; on the way that one has just come from, at all that was seen."""
        if back is self._back or self._frame is None:
            return
        self._player.pause()
        here, turned = self._view, self._turned
        came_back = turned is not None and turned[0] == here
        self._take_view(turned[1] if turned is not None and came_back else other_way(self._frame, here, self._number))
        self._turned = self._view, here

    @property
    def _view(self) -> View:
        return View(self._index, self._back, self._into, self._of, self._phase, self._player.position)

    def _take_view(self, view: View) -> None:
        self._index, self._back, self._into, self._of = view.index, view.back, view.into, view.of
        self._take_walk(view.phase, view.position)

    def _set_into(self, into: int) -> None:
        self._into, self._of = into, None
        self._take_walk(self._phase, self._player.position)

    def _set_of(self, of: int | None) -> None:
        self._of = of
        self._take_walk(self._phase, self._player.position)

    def _take_walk(self, phase: int, position: int, cell: tuple[int, ...] = (), like: Phase | None = None) -> None:
        """Make the plan anew, and be at a moment of it, or at a cell; in a phase ``like`` another, if there is one."""
        frame = self._frame
        if frame is None:
            return
        self._index = min(self._index, len(frame.problem.layers))
        channels = channels_of(frame, self._index, back=self._back, into=0)
        self._into = min(self._into, channels.into - 1)
        found = channels_of(frame, self._index, back=self._back, into=self._into)
        if self._of is not None and (self._of not in found.of or len(found.of) == 1):
            self._of = None
        before, self._walk = self._walk, self._made(frame)
        self._header.show_walk(self._walk, found)
        if before is None or before.index != self._index:
            self.layer_shown.emit(self._index)
        acts = [each.act for each in self._walk.phases]
        phase = acts.index(like.act) if like is not None and like.act in acts else min(phase, len(acts) - 1)
        if cell:
            rows, columns = self._walk.phases[phase].shape
            position = min(cell[0], rows - 1) * columns + min(cell[1], columns - 1)
        self._take_phase(phase, position)

    def _take_phase(self, phase: int, position: int) -> None:
        assert self._walk is not None
        self._phase = phase
        self._header.show_phase(phase)
        chosen = self._walk.phases[phase]
        self._player.set_count(chosen.count, position, chosen.pace)

    # moments ---------------------------------------------------------------------------------------------------------

    def _row_length(self) -> int:
        return 1 if self._walk is None else self._walk.phases[self._phase].shape[1]

    def _go(self, position: int) -> None:
        self._player.go(position)

    def _finish_row(self) -> None:
        row, at = self._row_length(), self._player.position
        end = at - at % row + row - 1
        self._go(end if end > at else end + row)

    def _show(self) -> None:
        if self._walk is None:
            return
        at = self._player.position
        moment = self._moment(at)
        flowing = self._player.is_playing and self._player.speed <= FLOWING and at > 0
        before = self._moment(max(0, at - moment.phase.pace)) if flowing else None
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

    def _moment(self, position: int) -> Moment:
        """Return a moment; the last ones are kept, since while it plays each is painted many times."""
        assert self._walk is not None
        key = (self._walk, self._phase, position)
        for known, moment in self._recent:
            if known == key:
                return moment
        made = self._walk.moment(self._phase, position)
        self._recent.append((key, made))
        return made

    def _stage_pointed(self, board: Board | None, row: int, column: int) -> None:
        index = None if board is None else board.index_of(row, column)
        if board is None or board.tensor is None or index is None:
            self.pointed.emit(None)
        else:
            self.pointed.emit(Pointed(board.tensor, index))

    def _stage_clicked(self, board: Board, row: int, column: int) -> None:
        """Go to the moment that is about the cell."""
        assert self._walk is not None
        position = position_of(self._walk.phases[self._phase], board, row, column)
        if position is not None:
            self._player.pause()
            self._go(position)
            if self._number is not None:
                self.arrived.emit(self._number, True)


def _structure(frame: Frame) -> object:
    """Return what decides which phases there are: a run of the same layers has the same."""
    return frame.problem.layers, frame.problem.network.shapes
