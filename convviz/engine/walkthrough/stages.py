"""The acts that layers have in common: showing a map, spreading it, putting a border around it, turning a kernel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.acts import Act, Role
from convviz.engine.explain import Kind, Rule, Tensor, explain
from convviz.engine.walkthrough.moments import Board, Moment, Operand, Phase, Row, Scale, Sum
from convviz.engine.walkthrough.sheets import Lattice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convviz.engine.walkthrough.sheets import Pair
    from convviz.engine.walkthrough.subject import Subject, WindowSubject

Array = NDArray[Any]

#: The colours of shares and slopes: 1 / n of a mean, 0 and 1 of a choice.
UNIT = Scale((np.array([-1.0, 1.0]),), signed=True)
#: Moments of a half turn, the first and the last included: 15° from one to the next.
_TURN = 13
#: Sides of a border, in the order in which they are put on: top, left, bottom, right.
_SIDES = 4


class Stage(ABC):
    """One act of a walk-through."""

    phase: Phase

    @abstractmethod
    def moment(self, position: int) -> Moment:
        """Return one moment."""


class Source(Stage):
    """The map that all begins with."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        shape = subject.source.shape
        self.phase = Phase(Act.ERROR if subject.back else Act.INPUT, (shape[1], shape[2]), still=True)

    def moment(self, position: int) -> Moment:
        """Show one of its cells."""
        subject, cell = self._subject, self.phase.cell(position)
        board = source_board(subject, cursor=cell)
        facts = {"cell": cell, "value": float(subject.source[(subject.front, *cell)])}
        return Moment(self.phase, position, (Row((board,), (), self._sum(cell)),), facts)

    def _sum(self, cell: Pair) -> Sum | None:
        """Return where an error comes from; of a value, its own layer tells."""
        subject = self._subject
        if not subject.back:
            return None
        index = (subject.front, *cell)
        told = explain(subject.frame, subject.source_tensor, index)
        if told.rule is not Rule.SUM or len(told.parts) != 1:
            return None
        roles = {Kind.WEIGHT: Role.KERNEL, Kind.VALUE_GRAD: Role.ERROR, Kind.RESIDUAL: Role.RESIDUAL}
        operands = []
        for factor in told.parts[0].factors:
            role = Role.SHARES if factor.tensor is None else roles.get(factor.tensor.kind, Role.SHARES)
            scale = UNIT if factor.tensor is None else Scale.of(subject.frame, factor.tensor)
            operands.append(Operand(factor.values, role, scale))
        value = float(subject.source[index])
        return Sum(Role.ERROR, cell, subject.source_scale, tuple(operands), told.total, value)


class Insertion(Stage):
    """Zeros between the cells."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        shape, stride = subject.geometry.out_size, subject.geometry.stride
        self.phase = Phase(Act.INSERTION, shape, still=max(stride) == 1, pace=shape[1])

    def moment(self, position: int) -> Moment:
        """Put one more cell into its place."""
        subject, cell = self._subject, self.phase.cell(position)
        sheet = subject.small_sheet(subject.source[subject.front])
        row, column = sheet.place_of(*cell)
        spread = Board(
            Role.SPREAD_ERROR,
            sheet,
            subject.source_scale,
            subject.source_tensor,
            (subject.front,),
            cursor=(row, column),
            known=row * sheet.size[1] + column,
            depth=len(subject.chosen),
            front=subject.front,
        )
        value = float(subject.source[(subject.front, *cell)])
        facts = {"stride": subject.geometry.stride, "from": cell, "to": (row, column), "value": value}
        return Moment(self.phase, position, (Row((source_board(subject, cursor=cell), spread), ("→",)),), facts)


class Border(Stage):
    """Zeros around the cells: those of the way forward around a big map, those of the way back around a small one."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        self._backwards = subject.spreads
        facts = self._facts()
        (above, below), (left, right) = facts["sides"]
        bare = not any((above, below, left, right, *facts["extra"]))
        self.phase = Phase(Act.BORDER if self._backwards else Act.PADDING, (1, 1 if bare else _SIDES), still=bare)

    def moment(self, position: int) -> Moment:
        """Put on one more side."""
        subject = self._subject
        array = subject.source[subject.front]
        sheet = subject.border_sheet(array) if self._backwards else subject.big_sheet(array)
        role = Role.PADDED_ERROR if subject.back else Role.PADDED_INPUT
        facts = self._facts()
        sides = _SIDES if self.phase.still else position + 1
        board = source_board(subject, role=role, sheet=sheet, sides=sides, extra=facts["extra"])
        return Moment(self.phase, position, (Row((board,), ()),), facts)

    def _facts(self) -> Mapping[str, Any]:
        subject, geometry = self._subject, self._subject.geometry
        sides = subject.border() if self._backwards else subject.window.pads(*geometry.size)
        return {
            "sides": sides,
            "kernel": geometry.kernel,
            "dilation": geometry.dilation,
            "padding": subject.window.pads(*geometry.size),
            "extra": subject.window.remainder(*geometry.size) if self._backwards else (0, 0),
        }


class Rotation(Stage):
    """The kernel, rotated by 180°."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        self.phase = Phase(Act.ROTATION, (1, _TURN))

    def moment(self, position: int) -> Moment:
        """Turn it a little further."""
        subject = self._subject
        turn = position / (_TURN - 1)
        boards = (kernel_board(subject), kernel_board(subject, turn=turn))
        kernel = subject.kernel(subject.front)
        corner = (kernel.shape[0] - 1, kernel.shape[1] - 1)
        facts = {"angle": round(180 * turn), "value": float(kernel[0, 0]), "to": corner}
        return Moment(self.phase, position, (Row(boards, ("→",)),), facts)


class Dilation(Stage):
    """Gaps between the taps of the kernel."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        self.phase = Phase(Act.DILATION, subject.geometry.kernel)

    def moment(self, position: int) -> Moment:
        """Put one more tap into its place."""
        subject, cell = self._subject, self.phase.cell(position)
        spread = kernel_board(subject, role=Role.DILATED)
        assert isinstance(spread.sheet, Lattice)
        row, column = spread.sheet.place_of(*cell)
        moved = kernel_board(
            subject, role=Role.DILATED, cursor=(row, column), known=row * spread.sheet.size[1] + column
        )
        plain = kernel_board(subject, sheet=Lattice.of(subject.kernel(subject.front)), cursor=cell)
        value = float(subject.kernel(subject.front)[cell])
        facts = {"dilation": subject.geometry.dilation, "from": cell, "to": (row, column), "value": value}
        return Moment(self.phase, position, (Row((plain, moved), ("→",)),), facts)


def source_board(subject: Subject, **changes: Any) -> Board:
    """Return the board of what the result is made from."""
    channel = subject.front
    given: dict[str, Any] = {
        "role": subject.source_role,
        "sheet": Lattice.of(subject.source[channel]),
        "scale": subject.source_scale,
        "tensor": subject.source_tensor,
        "lead": (channel,),
        "depth": len(subject.chosen),
        "front": channel,
    }
    return Board(**{**given, **changes})


def result_board(subject: Subject, **changes: Any) -> Board:
    """Return the board of the result."""
    given: dict[str, Any] = {
        "role": subject.result_role,
        "sheet": Lattice.of(subject.result),
        "scale": subject.result_scale,
        "tensor": subject.result_tensor,
        "lead": (subject.into,),
    }
    return Board(**{**given, **changes})


def kernel_board(subject: WindowSubject, *, turned: bool = False, **changes: Any) -> Board:
    """Return the board of a kernel with its dilation, as it is, rotated, or on its way there (``turn``)."""
    channel, kernel = subject.front, subject.kernel(subject.front)
    if turned:
        kernel = kernel[::-1, ::-1]
    given: dict[str, Any] = {
        "role": Role.ROTATED if turned or "turn" in changes else Role.KERNEL,
        "sheet": Lattice.of(kernel, subject.geometry.dilation),
        "scale": subject.kernel_scale,
        "tensor": None if turned else Tensor(Kind.WEIGHT, subject.index),
        "lead": subject.weight_lead(channel),
        "depth": len(subject.chosen),
        "front": channel,
    }
    return Board(**{**given, **changes})


def small_board(subject: WindowSubject, role: Role, values: Array, scale: Scale, **changes: Any) -> Board:
    """Return the board of numbers (kh, kw) in the shape of the kernel."""
    return Board(role, Lattice.of(values, subject.geometry.dilation), scale, **changes)
