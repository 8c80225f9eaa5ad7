"""The kernel's gradient as one correlation, a tap at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.acts import Act, Role
from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough.moments import Board, Moment, Operand, Phase, Row, Scale, Sum
from convviz.engine.walkthrough.sheets import Lattice, Taps
from convviz.engine.walkthrough.stages import Stage
from convviz.engine.walkthrough.windows import Reading

if TYPE_CHECKING:
    from convviz.engine.walkthrough.sheets import Pair
    from convviz.engine.walkthrough.subject import WindowSubject

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class _Side:
    """One of the two maps that are correlated."""

    role: Role
    tensor: Tensor
    map: Array
    scale: Scale


class Weights(Stage):
    """The kernel's gradient, tap by tap: the big map correlated with the small one and its zeros; then the bias's."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        small, big = (subject.front, subject.into) if subject.spreads else (subject.into, subject.front)
        self._small, self._big = small, big
        self._lead = (small, big % subject.geometry.in_group)
        gradients = subject.frame.gradients[subject.index]
        self._gradient, self._bias = gradients["weight"], gradients.get("bias")
        self._scale = Scale.of(subject.frame, Tensor(Kind.WEIGHT_GRAD, subject.index))
        self.phase = Phase(Act.WEIGHTS, subject.geometry.kernel, extra=int(self._bias is not None))

    def moment(self, position: int) -> Moment:
        """Show the products of one tap, or the sum that is the bias's gradient."""
        kernel = self._subject.geometry.kernel
        if position >= kernel[0] * kernel[1]:
            return self._bias_moment(position)
        return self._tap_moment(position, self.phase.cell(position))

    def _tap_moment(self, position: int, tap: Pair) -> Moment:
        subject, geometry = self._subject, self._subject.geometry
        big, small = self._sides
        top, left = tap[0] * geometry.dilation[0], tap[1] * geometry.dilation[1]
        taps = Taps(top, left, geometry.out_size, geometry.stride)
        sheet, walks = subject.big_sheet(big.map), small.map
        values, real = sheet.under(taps)
        reading = Reading(values[None], walks[None], real[None])
        boards = (
            Board(big.role, sheet, big.scale, big.tensor, (self._big,), window=taps),
            Board(small.role, subject.small_sheet(walks), small.scale, small.tensor, (self._small,)),
            self._gradient_board(tap, position),
        )
        factors = reading.operands(big.role, big.scale, small.role, small.scale)
        sum_ = Sum(
            Role.WEIGHT_GRAD,
            tap,
            self._scale,
            factors if subject.spreads else factors[::-1],  # the input first
            float(reading.products.sum(dtype=np.float64)),
            float(self._gradient[(*self._lead, *tap)]),
            zeros=int(real.size - real.sum()),
            cells=np.argwhere(real) * geometry.stride + (top, left),
        )
        return Moment(self.phase, position, (Row(boards, ("×", "Σ"), sum_),), {"tap": tap})

    @cached_property
    def _sides(self) -> tuple[_Side, _Side]:
        """The big map, which is read, and the small one, which walks over it with its zeros: input and error."""
        subject, index = self._subject, self._subject.index
        x, error = Tensor(Kind.VALUE, index), Tensor(Kind.VALUE_GRAD, index + 1)
        if subject.spreads:
            read = (Role.PADDED_INPUT if subject.pads else Role.INPUT, x, subject.x[self._big])
            walks = (Role.SPREAD_ERROR, error, subject.dy[self._small])
        else:
            read = (Role.PADDED_ERROR if subject.pads else Role.ERROR, error, subject.dy[self._big])
            walks = (Role.SPREAD_INPUT, x, subject.x[self._small])
        return _Side(*read, Scale.of(subject.frame, read[1])), _Side(*walks, Scale.of(subject.frame, walks[1]))

    def _gradient_board(self, tap: Pair | None, position: int) -> Board:
        tensor = Tensor(Kind.WEIGHT_GRAD, self._subject.index)
        sheet = Lattice.of(self._gradient[self._lead])
        return Board(Role.WEIGHT_GRAD, sheet, self._scale, tensor, self._lead, cursor=tap, known=position)

    def _bias_moment(self, position: int) -> Moment:
        subject = self._subject
        assert self._bias is not None
        channel = self._small if subject.spreads else self._big
        error, scale, tensor = subject.dy[channel], subject.source_scale, subject.source_tensor
        grad = self._bias[channel : channel + 1]
        own = Scale.of(subject.frame, Tensor(Kind.BIAS_GRAD, subject.index))
        bias = Board(Role.BIAS_GRAD, Lattice.of(grad[None]), own, cursor=(0, 0), known=0)
        boards = (
            Board(Role.ERROR, Lattice.of(error), scale, tensor, (channel,)),
            self._gradient_board(None, position),
            bias,
        )
        total = float(error.sum(dtype=np.float64))
        sum_ = Sum(
            Role.BIAS_GRAD,
            (),
            own,
            (Operand(error.reshape(-1), Role.ERROR, scale),),
            total,
            float(grad[0]),
        )
        return Moment(self.phase, position, (Row(boards, ("", "Σ"), sum_),), {"bias": True})
