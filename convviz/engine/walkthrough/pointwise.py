"""The acts of layers that treat every number by itself, and of the loss."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.acts import Act, Role
from convviz.engine.explain import Factor, Kind, Part, Tensor, loss_factors
from convviz.engine.walkthrough.moments import Board, Curve, Moment, Operand, Phase, Row, Scale, Sum
from convviz.engine.walkthrough.sheets import Area, Lattice
from convviz.engine.walkthrough.stages import UNIT, Stage, result_board, source_board

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough.sheets import Pair
    from convviz.engine.walkthrough.subject import Subject

Array = NDArray[Any]

#: Points that a curve is drawn through.
_POINTS = 161
#: Squares of larger numbers, and distances between them, are not finite any more.
_LARGEST = 1e150


class Pointwise(Stage):
    """A function of each number; backwards, the error times the function's slope there."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        height, width = subject.result.shape
        self.phase = Phase(Act.DERIVATIVE if subject.back else Act.FUNCTION, (height, width))
        self._curve: tuple[Array, Array] | None = None

    def moment(self, position: int) -> Moment:
        """Show one number going through."""
        subject, cell = self._subject, self.phase.cell(position)
        index = (subject.into, *cell)
        slope = float(subject.links(np.array([index])).slope[0])
        at, made = float(subject.x[index]), float(subject.y[index])
        curve = Curve(*self._sampled(), (at, made), slope if subject.back else None)
        boards = (
            source_board(subject, cursor=cell),
            curve,
            result_board(subject, cursor=cell, known=position),
        )
        value = float(subject.result[cell])
        given = Operand(subject.source[index][None], subject.source_role, subject.source_scale)
        if subject.back:
            operands = (given, Operand(np.array([slope]), Role.SHARES, UNIT))
            total = float(given.values[0] * slope)
            sum_ = Sum(subject.result_role, cell, subject.result_scale, operands, total, value)
        else:
            sum_ = Sum(
                subject.result_role, cell, subject.result_scale, (given,), value, value, function=subject.layer.kind
            )
        facts = {"cell": cell, "x": at, "y": made, "slope": slope}
        return Moment(self.phase, position, (Row(boards, ("→", "→"), sum_),), facts)

    def _sampled(self) -> tuple[Array, Array]:
        """Return the layer's function over the range of its input."""
        if self._curve is None:
            low, high = _range(self._subject.x)
            x = np.linspace(low, high, _POINTS)
            y, _ = self._subject.layer.forward({}, x.reshape(1, 1, -1))
            self._curve = x, y.reshape(-1)
        return self._curve


class Residual(Stage):
    """Reconstruction minus target."""

    def __init__(self, frame: Frame, channel: int) -> None:
        self._frame, self._channel = frame, channel
        self.phase = Phase(Act.RESIDUAL, (frame.residual.shape[1], frame.residual.shape[2]))

    def moment(self, position: int) -> Moment:
        """Show one cell of all three."""
        frame, channel, cell = self._frame, self._channel, self.phase.cell(position)
        index = (channel, *cell)
        shared = Scale.of(frame, Tensor(Kind.TARGET))
        made = Board(
            Role.RECONSTRUCTION,
            Lattice.of(frame.output[channel]),
            shared,
            Tensor(Kind.VALUE, len(frame.problem.layers)),
            (channel,),
            cursor=cell,
        )
        wanted = Board(
            Role.TARGET, Lattice.of(frame.target[channel]), shared, Tensor(Kind.TARGET), (channel,), cursor=cell
        )
        left = _residual_board(frame, channel, cursor=cell, known=position)
        total = float(frame.output[index] - frame.target[index])
        operands = tuple(
            Operand(np.array([float(array[index])]), role, shared)
            for array, role in ((frame.output, Role.RECONSTRUCTION), (frame.target, Role.TARGET))
        )
        sum_ = Sum(
            Role.RESIDUAL, cell, left.scale, operands, total, float(frame.residual[index]), function="difference"
        )
        return Moment(self.phase, position, (Row((made, wanted, left), ("−", "="), sum_),), {"cell": cell})


class LossCells(Stage):
    """What each cell adds to the loss; backwards, how the loss changes with it."""

    def __init__(self, frame: Frame, channel: int, *, back: bool) -> None:
        self._frame, self._channel, self._back = frame, channel, back
        self.phase = Phase(Act.SLOPE if back else Act.CONTRIBUTION, frame.residual.shape[1:])
        self._curve: tuple[Array, Array] | None = None

    def moment(self, position: int) -> Moment:
        """Show one cell."""
        frame, channel, cell = self._frame, self._channel, self.phase.cell(position)
        index = (channel, *cell)
        at, added = float(frame.residual[index]), float(self._contributions[index])
        slopes = loss_factors(frame, index, slopes=True)
        slope = _product([factor.values for factor in slopes])
        factors = slopes if self._back else loss_factors(frame, index, slopes=False)
        operands = tuple(self._operand(factor) for factor in factors)
        made = self._made(cell, position)
        total = _product([operand.values for operand in operands])
        value = float(made.sheet.crop(Area(*cell, 1, 1))[0, 0])
        curve = Curve(*self._sampled(), (at, added), slope if self._back else None)
        row = Row(
            (_residual_board(frame, channel, cursor=cell), curve, made),
            ("→", "→"),
            Sum(made.role, cell, made.scale, operands, total, value),
        )
        facts = {
            "cell": cell,
            "residual": at,
            "loss": frame.loss,
            "so far": float(self._running[np.ravel_multi_index(index, frame.residual.shape)]),
            "slope": slope,
        }
        return Moment(self.phase, position, (row,), facts)

    def _made(self, cell: Pair, position: int) -> Board:
        """Return the board of what is made: the error, or what each cell adds."""
        frame, lead = self._frame, (self._channel,)
        if self._back:
            error = frame.value_grads[-1]
            assert error is not None  # only the input's may be left out
            tensor = Tensor(Kind.VALUE_GRAD, len(frame.problem.layers))
            scale = Scale.of(frame, tensor)
            return Board(Role.ERROR, Lattice.of(error[lead]), scale, tensor, lead, cursor=cell, known=position)
        added = self._contributions
        scale = Scale((added,), signed=False)
        return Board(Role.CONTRIBUTION, Lattice.of(added[lead]), scale, cursor=cell, known=position)

    @cached_property
    def _contributions(self) -> Array:
        return _terms(self._frame, self._frame.residual)

    @cached_property
    def _running(self) -> Array:
        sums: Array = np.cumsum(self._contributions.reshape(-1), dtype=np.float64)
        return sums

    def _operand(self, factor: Factor) -> Operand:
        if factor.tensor is not None:
            return Operand(factor.values, Role.RESIDUAL, Scale.of(self._frame, factor.tensor))
        return Operand(factor.values, Role.SHARES, Scale((np.array([-2.0, 2.0]),), signed=True))

    def _sampled(self) -> tuple[Array, Array]:
        """Return what a residual adds to the loss, over the range of the residuals."""
        if self._curve is None:
            low, high = _range(self._frame.residual)
            reach = max(-low, high)
            x = np.linspace(-reach, reach, _POINTS)
            self._curve = x, _terms(self._frame, x)
        return self._curve


def _residual_board(frame: Frame, channel: int, *, cursor: Pair, known: int | None = None) -> Board:
    """Return the board of the residual."""
    scale = Scale.of(frame, Tensor(Kind.RESIDUAL))
    sheet = Lattice.of(frame.residual[channel])
    return Board(Role.RESIDUAL, sheet, scale, Tensor(Kind.RESIDUAL), (channel,), cursor=cursor, known=known)


def _terms(frame: Frame, residuals: Array) -> Array:
    """Return what each residual adds to the loss, which is of as many as the frame has."""
    factors = frame.problem.loss.factors(residuals.reshape(-1), frame.residual.size)
    return Part(tuple(Factor(values) for values in factors)).terms.reshape(residuals.shape)


def _product(factors: Sequence[Array]) -> float:
    return float(np.prod([values[0] for values in factors]))


def _range(values: Array) -> tuple[float, float]:
    """Return the range of a curve's axis: a little more than the values that it can be drawn for, with zero in it."""
    drawn = values[np.abs(values) < _LARGEST]  # nothing that is not finite is
    low, high = (float(drawn.min()), float(drawn.max())) if drawn.size else (-1.0, 1.0)
    low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin
