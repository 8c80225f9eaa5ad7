"""The acts of layers with windows: gathering, spreading, both at once, and the kernel's gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough.scenes import Act, Board, Operand, Phase, Role, Row, Scale, Scene, Sum
from convviz.engine.walkthrough.sheets import Lattice, Taps
from convviz.engine.walkthrough.stages import Stage, kernel_board, result_board, small_board, source_board

if TYPE_CHECKING:
    from convviz.engine.walkthrough.sheets import Mask, Pair, Shares
    from convviz.engine.walkthrough.subject import WindowSubject

Array = NDArray[Any]

#: The colours of shares: 1 / n of a mean, 0 and 1 of a choice.
_UNIT = Scale((np.array([-1.0, 1.0]),), signed=True)


@dataclass(frozen=True, eq=False)
class _Reading:
    """What lies under a window, channel by channel: values, weights and which values are no inserted zeros."""

    values: Array
    weights: Array
    real: Mask

    @property
    def products(self) -> Array:
        with np.errstate(all="ignore"):
            products: Array = np.where(self.real, self.values * self.weights, 0)
        return products

    def operands(
        self, value_role: Role, value_scale: Scale, weight_role: Role, weight_scale: Scale
    ) -> tuple[Operand, ...]:
        return (
            Operand(self.values[self.real], value_role, value_scale),
            Operand(self.weights[self.real], weight_role, weight_scale),
        )


class Gathering(Stage):
    """A window of weights slides over the source; the sum of the products is one number of the result.

    Forwards the kernel as it is, over the input in its border. Backwards through a convolution the kernel turned, over
    the error with its zeros, in its border.
    """

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        height, width = subject.result.shape
        self.phase = Phase(Act.GATHERING if subject.back else Act.WINDOWS, (height, width))

    def scene(self, position: int) -> Scene:
        """Show the window of one number."""
        row = self.row(position, self._subject.result_role)
        return Scene(self.phase, position, (row,), {"bias": self._subject.bias is not None})

    def row(self, position: int, role: Role) -> Row:
        """Return source, kernel, products and result."""
        subject, cell = self._subject, self.phase.cell(position)
        taps = self._taps(cell)
        reading = self._read(taps)
        front = subject.chosen.index(subject.front)
        padded = subject.bordered_role
        boards = (
            source_board(
                subject, role=padded, sheet=self._sheet(subject.front), window=taps, depth=len(subject.chosen)
            ),
            kernel_board(subject, turned=subject.spreads),
            small_board(
                subject,
                Role.PRODUCTS,
                reading.products[front],
                subject.product_scale,
                depth=len(subject.chosen),
                front=subject.front,
            ),
            result_board(
                subject,
                role=role,
                cursor=cell,
                known=position,
                unreached=subject.unreached if subject.spreads else None,
            ),
        )
        kernel_role = Role.ROTATED if subject.spreads else Role.KERNEL
        total = float(reading.products.sum(dtype=np.float64)) + (subject.bias or 0.0)
        sum_ = Sum(
            role,
            cell,
            subject.result_scale,
            reading.operands(padded, subject.source_scale, kernel_role, subject.kernel_scale),
            total,
            float(subject.result[cell]),
            bias=subject.bias,
            zeros=int(reading.real.size - reading.real.sum()),
            parts=_parts(subject, reading.products.sum(axis=(1, 2), dtype=np.float64)),
        )
        return Row(boards, ("×", "=", "Σ"), sum_)

    def _sheet(self, channel: int) -> Lattice:
        subject = self._subject
        array = subject.source[channel]
        return subject.border_sheet(array) if subject.spreads else subject.big_sheet(array)

    def _taps(self, cell: Pair) -> Taps:
        geometry = self._subject.geometry
        step = (1, 1) if self._subject.spreads else geometry.stride
        return Taps(cell[0] * step[0], cell[1] * step[1], geometry.kernel, geometry.dilation)

    def _read(self, taps: Taps) -> _Reading:
        subject = self._subject
        under = [self._sheet(channel).under(taps) for channel in subject.chosen]
        kernels = [subject.kernel(channel) for channel in subject.chosen]
        if subject.spreads:
            kernels = [kernel[::-1, ::-1] for kernel in kernels]
        return _Reading(
            np.stack([values for values, _ in under]), np.stack(kernels), np.stack([real for _, real in under])
        )


class Spreading(Stage):
    """Every cell of the source spreads its share over the result; the cursor goes over the result.

    A source has spread once the cursor has reached the first cell of its share. So whatever lies at the cursor and
    behind it has received everything, and is the engine's number.
    """

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        height, width = subject.result.shape
        self.phase = Phase(Act.SPREADING, (height, width))

    def scene(self, position: int) -> Scene:
        """Show what lands in one cell."""
        cell = self.phase.cell(position)
        missed = self._subject.unreached
        unreached = missed is not None and bool(missed[cell])
        return Scene(self.phase, position, (self.row(position),), {"cell": cell}, unreached)

    def row(self, position: int) -> Row:
        """Return source, kernel, the share of the source that spread last, and the result so far."""
        subject, cell = self._subject, self.phase.cell(position)
        shares = subject.shares(np.array([cell]))
        seen = np.flatnonzero(shares.sources[:, 0] == subject.front)
        marks = tuple((int(i), int(j)) for _, i, j in shares.sources[seen].tolist())
        latest = marks[int(np.flatnonzero(shares.when[seen] == shares.when[seen].max())[-1])] if marks else None
        role = Role.SCATTERED if subject.back else Role.OUTPUT
        boards = (
            source_board(subject, cursor=latest, marks=marks),
            self._weights(latest),
            self._share(latest, cell),
            result_board(
                subject,
                role=role,
                sheet=subject.scattered(position),
                cursor=cell,
                known=position,
                forming=True,
                unreached=subject.unreached,
                footprints=tuple(self._footprint(source) for source in marks),
            ),
        )
        return Row(boards, ("×", "=", "+"), self._sum(cell, shares, role))

    def _sum(self, cell: Pair, shares: Shares, role: Role) -> Sum:
        subject, products = self._subject, shares.products
        named = (Role.KERNEL, subject.kernel_scale) if "weight" in subject.params else (Role.SHARES, _UNIT)
        weights = Operand(shares.slope, *named)
        parts = [products[shares.sources[:, 0] == channel].sum(dtype=np.float64) for channel in subject.chosen]
        return Sum(
            role,
            cell,
            subject.result_scale,
            (Operand(shares.given, subject.source_role, subject.source_scale), weights),
            float(products.sum(dtype=np.float64)) + (subject.bias or 0.0),
            float(subject.result[cell]),
            bias=subject.bias,
            parts=_parts(subject, np.array(parts)),
        )

    def _weights(self, source: Pair | None) -> Board:
        """Return the kernel; of a layer without one, the cells under the window of a source."""
        subject = self._subject
        if "weight" in subject.params:
            return kernel_board(subject)
        return window_board(subject, subject.front, source)

    def _share(self, source: Pair | None, cell: Pair) -> Board:
        """Return what a source spreads, with the tap that lands in ``cell``."""
        subject, geometry = self._subject, self._subject.geometry
        role = Role.SHARE if subject.back else Role.SHARE_INPUT
        if source is None:
            return small_board(subject, role, np.zeros(geometry.kernel), subject.product_scale, known=-1)
        weights = subject.kernel(subject.front) if "weight" in subject.params else subject.slopes(subject.front, source)
        with np.errstate(all="ignore"):
            values = weights * subject.source[(subject.front, *source)]
        taps = self._footprint(source)
        landing = (cell[0] - taps.top, cell[1] - taps.left)
        return small_board(subject, role, values, subject.product_scale, cursor=landing)

    def _footprint(self, source: Pair) -> Taps:
        return footprint(self._subject, source)


class Meeting(Stage):
    """Gathered by the turned kernel and spread by the kernel as it is: the same numbers, cell by cell."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        self._gathering, self._spreading = Gathering(subject), Spreading(subject)
        self.phase = Phase(Act.MEETING, self._spreading.phase.shape)

    def scene(self, position: int) -> Scene:
        """Show one cell from both sides."""
        apart = self._spreading.scene(position)
        rows = (self._gathering.row(position, Role.GATHERED), *apart.rows)
        return Scene(self.phase, position, rows, apart.facts, apart.unreached)


class Choosing(Stage):
    """A window slides over the input; its number is the largest cell, or the mean of all."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        height, width = subject.result.shape
        self.phase = Phase(Act.WINDOWS, (height, width))

    def scene(self, position: int) -> Scene:
        """Show the window of one number."""
        subject, cell = self._subject, self.phase.cell(position)
        geometry = subject.geometry
        taps = Taps(cell[0] * geometry.stride[0], cell[1] * geometry.stride[1], geometry.kernel, geometry.dilation)
        padded = subject.big_sheet(subject.source[subject.front])
        links = subject.links(np.array([[subject.into, *cell]]))
        values = subject.source[tuple(links.cells.T)]
        chooses = subject.layer.chooses
        chosen = int(np.argmax(links.slope)) if chooses else None
        operands = [Operand(values, Role.INPUT, subject.source_scale)]
        if chosen is None:
            operands.append(Operand(links.slope, Role.SHARES, _UNIT))
            total = float((values * links.slope).sum(dtype=np.float64))
        else:
            total = float(values[chosen])
        boards = (
            source_board(subject, role=subject.bordered_role, sheet=padded, window=taps),
            window_board(subject, subject.front, cell),
            result_board(subject, cursor=cell, known=position),
        )
        sum_ = Sum(
            Role.OUTPUT,
            cell,
            subject.result_scale,
            tuple(operands),
            total,
            float(subject.result[cell]),
            zeros=int(geometry.taps - len(values)),
            chosen=chosen,
        )
        row = Row(boards, ("→", "max" if chooses else "mean"), sum_)
        return Scene(self.phase, position, (row,), {"cell": cell, "chooses": chooses})


class Weights(Stage):
    """The kernel's gradient, tap by tap: the big map correlated with the small one and its zeros; then the bias's."""

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        small, big = (subject.front, subject.into) if subject.spreads else (subject.into, subject.front)
        self._small, self._big = small, big
        self._lead = (small, big % subject.geometry.in_group)
        gradients = subject.frame.gradients[subject.index]
        self._gradient, self._bias = gradients["weight"], gradients.get("bias")
        self.phase = Phase(Act.WEIGHTS, subject.geometry.kernel, extra=int(self._bias is not None))

    def scene(self, position: int) -> Scene:
        """Show the products of one tap, or the sum that is the bias's gradient."""
        kernel = self._subject.geometry.kernel
        if position >= kernel[0] * kernel[1]:
            return self._bias_scene(position)
        subject, tap, geometry = self._subject, self.phase.cell(position), self._subject.geometry
        read, walks = (subject.x, subject.dy) if subject.spreads else (subject.dy, subject.x)
        sheet, small = subject.big_sheet(read[self._big]), walks[self._small]
        top, left = tap[0] * geometry.dilation[0], tap[1] * geometry.dilation[1]
        taps = Taps(top, left, geometry.out_size, geometry.stride)
        values, real = sheet.under(taps)
        reading = _Reading(values[None], small[None], real[None])
        names = (Role.INPUT, Role.SPREAD_ERROR) if subject.spreads else (Role.ERROR, Role.SPREAD_INPUT)
        if subject.pads:
            names = (Role.PADDED_INPUT if subject.spreads else Role.PADDED_ERROR, names[1])
        places = ((Kind.VALUE, 0), (Kind.VALUE_GRAD, 1)) if subject.spreads else ((Kind.VALUE_GRAD, 1), (Kind.VALUE, 0))
        tensors = tuple(Tensor(kind, subject.index + above) for kind, above in places)
        scales = (Scale((read,), not subject.spreads), Scale((walks,), subject.spreads))
        boards = (
            Board(names[0], sheet, scales[0], tensors[0], (self._big,), window=taps),
            Board(names[1], subject.small_sheet(small), scales[1], tensors[1], (self._small,)),
            self._gradient_board(tap, position),
        )
        sum_ = Sum(
            Role.WEIGHT_GRAD,
            tap,
            Scale((self._gradient,), signed=True),
            reading.operands(names[0], scales[0], names[1], scales[1]),
            float(reading.products.sum(dtype=np.float64)),
            float(self._gradient[(*self._lead, *tap)]),
            zeros=int(real.size - real.sum()),
        )
        return Scene(self.phase, position, (Row(boards, ("×", "Σ"), sum_),), {"tap": tap})

    def _gradient_board(self, tap: Pair | None, position: int) -> Board:
        tensor = Tensor(Kind.WEIGHT_GRAD, self._subject.index)
        sheet = Lattice.of(self._gradient[self._lead])
        scale = Scale((self._gradient,), signed=True)
        return Board(Role.WEIGHT_GRAD, sheet, scale, tensor, self._lead, cursor=tap, known=position)

    def _bias_scene(self, position: int) -> Scene:
        subject = self._subject
        assert self._bias is not None
        channel = self._small if subject.spreads else self._big
        error, scale = subject.dy[channel], Scale((subject.dy,), signed=True)
        tensor = Tensor(Kind.VALUE_GRAD, subject.index + 1)
        grad = self._bias[channel : channel + 1]
        own = Scale((self._bias,), signed=True)
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
        return Scene(self.phase, position, (Row(boards, ("", "Σ"), sum_),), {"bias": True})


def window_board(subject: WindowSubject, channel: int, window: Pair | None) -> Board:
    """Return the input's cells under a window, those marked whose share in its number is not zero."""
    geometry = subject.geometry
    scale = Scale((subject.x,), signed=False)
    if window is None:
        return small_board(subject, Role.WINDOW, np.zeros(geometry.kernel), scale, known=-1)
    taps = footprint(subject, window)
    sheet = Lattice.of(subject.x[channel])
    inside = Lattice(sheet.source, taps.area_size, (-taps.top, -taps.left))
    slopes = subject.slopes(channel, window)
    down, across = geometry.dilation
    marks = tuple((int(u) * down, int(v) * across) for u, v in np.argwhere(slopes != 0))
    return Board(
        Role.WINDOW,
        inside,
        scale,
        Tensor(Kind.VALUE, subject.index),
        (channel,),
        marks=marks,
    )


def footprint(subject: WindowSubject, window: Pair) -> Taps:
    """Return the cells of the big map under one window, those of its border counted negative."""
    geometry = subject.geometry
    top, left = (n * step - before for n, step, before in zip(window, geometry.stride, geometry.before, strict=True))
    return Taps(top, left, geometry.kernel, geometry.dilation)


def _parts(subject: WindowSubject, sums: Array) -> tuple[tuple[int, float], ...]:
    """Return each channel with its share of a sum, nothing where there is only one."""
    if len(subject.chosen) == 1:
        return ()
    return tuple((channel, float(part)) for channel, part in zip(subject.chosen, sums, strict=True))
