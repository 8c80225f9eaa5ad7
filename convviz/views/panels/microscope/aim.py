"""What is looked at: which number of the frame a moment is about, and which moment a cell belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough import (
    Act,
    Board,
    Lattice,
    Role,
    channels_of,
    channels_of_bias,
    channels_of_weight,
    walk,
)
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough import Moment, Phase

#: Acts in whose last moment the engine's result is complete, in the order in which a cell is looked for.
_MAKING = (Act.MEETING, Act.GATHERING, Act.SPREADING, Act.WINDOWS, Act.FUNCTION, Act.DERIVATIVE, Act.SLOPE)
_KERNELS = (Kind.WEIGHT, Kind.WEIGHT_GRAD, Kind.NEXT_WEIGHT)
_BIASES = (Kind.BIAS, Kind.BIAS_GRAD, Kind.NEXT_BIAS)


@dataclass(frozen=True)
class View:
    """Layer, way, channels, phase and moment: all that is chosen."""

    index: int
    back: bool
    into: int
    of: int | None = None
    phase: int = 0
    position: int = 0


def view_of_layer(frame: Frame, index: int, *, back: bool) -> View:
    """Return what is seen of a layer first: how the first number of its result is made, which is what it is for."""
    view = View(index, back, 0)
    acts = [phase.act for phase in _phases(frame, view)]
    return replace(view, phase=next((n for n, act in enumerate(acts) if act in _MAKING), 0))


def view_of(frame: Frame, number: Pointed) -> View:
    """Return where a number of the frame, not one of the teacher's, is seen being made."""
    kind, position, index = number.tensor.kind, number.tensor.position, number.index
    if kind in _KERNELS:
        view = View(position, True, *channels_of_weight(frame, position, (index[0], index[1])))
        return _at(frame, view, Act.WEIGHTS, index[2:])
    if kind in _BIASES:
        view = View(position, True, *channels_of_bias(frame, position, index[0]))
        return _at(frame, view, Act.WEIGHTS)
    if kind is Kind.VALUE_GRAD:
        return _making(frame, View(position, True, index[0]), index[1:])
    if kind is Kind.VALUE and position > 0:
        return _making(frame, View(position - 1, False, index[0]), index[1:])
    if kind is Kind.VALUE:
        return _given(frame, View(0, False, 0), index)
    return _at(frame, View(len(frame.problem.layers), False, index[0] if index else 0), None, index[1:] or (0, 0))


def other_way(frame: Frame, view: View, number: Pointed | None) -> View:
    """Return the view of the same place in the other direction: for a value its derivative, and the reverse.

    ``number`` is the one that is looked at. If there is none, or it is one of the kernel's gradient, which is not made
    in the other direction, the view is that of a layer that was just chosen.
    """
    if number is None or number.tensor.kind in (Kind.WEIGHT_GRAD, Kind.BIAS_GRAD):
        return view_of_layer(frame, view.index, back=not view.back)
    other = View(view.index, not view.back, 0)
    if number.tensor.kind is Kind.WEIGHT:
        return view_of(frame, number)
    if view.index == len(frame.problem.layers):
        return _at(frame, replace(other, into=number.index[0]), None, number.index[1:])
    if (number.tensor.position == view.index) is other.back:  # the source of one direction is the result of the other
        return _making(frame, replace(other, into=number.index[0]), number.index[1:])
    return _given(frame, other, number.index)


def _making(frame: Frame, view: View, cell: tuple[int, ...]) -> View:
    """Return where a cell of the result is made."""
    acts = [phase.act for phase in _phases(frame, view)]
    return _at(frame, view, next(act for act in acts if act in _MAKING), cell)


def _given(frame: Frame, view: View, place: tuple[int, ...]) -> View:
    """Return where a number is seen that a layer begins with: in whatever channel it lies in front."""
    count = channels_of(frame, view.index, back=view.back).into
    read = [channels_of(frame, view.index, back=view.back, into=into).of for into in range(count)]
    into = next((into for into, channels in enumerate(read) if place[0] in channels), 0)
    of = place[0] if place[0] in read[into][1:] else None
    return _at(frame, replace(view, into=into, of=of), None, place[1:])


def _at(frame: Frame, view: View, act: Act | None, cell: tuple[int, ...] = ()) -> View:
    """Return the moment of a cell in an act (None: the first one), or its last moment."""
    phases = _phases(frame, view)
    number = 0 if act is None else next(n for n, phase in enumerate(phases) if phase.act is act)
    phase = phases[number]
    position = cell[0] * phase.shape[1] + cell[1] if cell else phase.count - 1
    return replace(view, phase=number, position=position)


def _phases(frame: Frame, view: View) -> tuple[Phase, ...]:
    return walk(frame, view.index, back=view.back, into=view.into, of=view.of).phases


def number_of(moment: Moment) -> Pointed | None:
    """Return the number of the frame that a moment is about: that of the last board with a cursor on one."""
    row = moment.rows[0]
    if row.sum is not None and row.sum.role is Role.BIAS_GRAD:
        error = row.items[0]
        assert isinstance(error, Board)
        assert error.tensor is not None
        return Pointed(Tensor(Kind.BIAS_GRAD, error.tensor.position - 1), error.lead)
    for board in reversed(row.items):
        if isinstance(board, Board) and board.cursor is not None and board.tensor is not None:
            index = board.index_of(*board.cursor)
            if index is not None:
                return Pointed(board.tensor, index)
    return None


def position_of(phase: Phase, board: Board, row: int, column: int) -> int | None:
    """Return the moment of a cell: its own in the result, that of its window where windows lie on it."""
    if board.moment_cell is not None:
        row, column = board.moment_cell(row, column)
    elif board.sheet.size != phase.shape:
        if not isinstance(board.sheet, Lattice) or board.sheet.source.shape != phase.shape:
            return None
        source = board.sheet.source_of(row, column)
        if source is None:
            return None
        row, column = source
    return row * phase.shape[1] + column
