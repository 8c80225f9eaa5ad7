"""The acts of layers with windows: gathering, spreading, and both at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.acts import Act, Role, Strip
from convviz.engine.walkthrough.moments import Board, Moment, Operand, Phase, Row, Scale, Sum
from convviz.engine.walkthrough.pairing import Pairing
from convviz.engine.walkthrough.sheets import Lattice, Taps
from convviz.engine.walkthrough.stages import UNIT, Stage, kernel_board, result_board, small_board, source_board

if TYPE_CHECKING:
    from convviz.engine.walkthrough.sheets import Mask, Pair, Shares
    from convviz.engine.walkthrough.subject import WindowSubject

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Reading:
    """What lies under a window, channel by channel: values, weights and which values are no inserted zeros."""

    values: Array
    weights: Array
    real: Mask

    @property
    def products(self) -> Array:
        """Value times weight, zero where a zero was put in."""
        products: Array = np.where(self.real, self.values * self.weights, 0)
        return products

    def operands(
        self, value_role: Role, value_scale: Scale, weight_role: Role, weight_scale: Scale
    ) -> tuple[Operand, ...]:
        """Return both factors of every product that is none of an inserted zero."""
        return (
            Operand(self.values[self.real], value_role, value_scale),
            Operand(self.weights[self.real], weight_role, weight_scale),
        )


class Gathering(Stage):
    """A window of weights slides over the source; the sum of the products is one number of the result.

    Forwards the kernel as it is, over the input in its border. Backwards through a convolution the kernel rotated, over
    the error with its zeros, in its border; through a transposed one the kernel as it is, over the error. There, what
    the kernel's gradient gets at the same moment goes with it.
    """

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        height, width = subject.result.shape
        self.phase = Phase(Act.GATHERING if subject.back else Act.WINDOWS, (height, width))
        self._pairing = Pairing(subject, self.phase.shape) if subject.back else None

    def moment(self, position: int) -> Moment:
        """Show the window of one number."""
        subject, cell = self._subject, self.phase.cell(position)
        rows = [self.row(position, subject.result_role)]
        if self._pairing is not None:
            rows.append(self._pairing.row(position, self._sheet(subject.front), self._taps(cell)))
        facts = {"bias": subject.bias is not None, "alone": subject.alone}
        return Moment(self.phase, position, tuple(rows), facts, subject.is_unreached(cell))

    def paired(self, position: int, latest: Pair | None) -> Row:
        """Return what the kernel's gradient gets at the same moment; ``latest`` is the error that is spoken of."""
        assert self._pairing is not None
        subject, cell = self._subject, self.phase.cell(position)
        landing = None if latest is None else _landing(subject, latest, cell)
        return self._pairing.row(position, self._sheet(subject.front), self._taps(cell), landing)

    def row(self, position: int, role: Role) -> Row:
        """Return source, kernel, products and result."""
        subject, cell = self._subject, self.phase.cell(position)
        reading = self._read(self._taps(cell))
        sum_ = self._sum(cell, role, reading)
        boards = (
            *self._factors(cell, reading),
            result_board(
                subject,
                role=role,
                cursor=cell,
                known=position,
                unreached=subject.unreached,
            ),
        )
        facts = {"cell": cell, "count": int(reading.real.sum()), "bias": subject.bias, "value": sum_.total}
        return Row(boards, ("×", "=", "Σ"), sum_, Strip.GATHER if subject.back else None, facts)

    def _factors(self, cell: Pair, reading: Reading) -> tuple[Board, Board, Board]:
        """Return the boards of the source with the window on it, of the kernel, and of the products of the two."""
        subject = self._subject
        front, depth = subject.front, len(subject.chosen)
        source = source_board(
            subject,
            role=subject.bordered_role,
            sheet=self._sheet(front),
            window=self._taps(cell),
            depth=depth,
            moment_cell=lambda row, column: self._window_around((row, column)),
        )
        products = reading.products[subject.chosen.index(front)]
        return (
            source,
            kernel_board(subject, turned=subject.spreads),
            small_board(subject, Role.PRODUCTS, products, subject.product_scale, depth=depth, front=front),
        )

    def _sum(self, cell: Pair, role: Role, reading: Reading) -> Sum:
        """Return how the products, and the bias, make the number."""
        subject, products = self._subject, reading.products
        kernel_role = Role.ROTATED if subject.spreads else Role.KERNEL
        return Sum(
            role,
            cell,
            subject.result_scale,
            reading.operands(subject.bordered_role, subject.source_scale, kernel_role, subject.kernel_scale),
            float(products.sum(dtype=np.float64)) + (subject.bias or 0.0),
            float(subject.result[cell]),
            bias=subject.bias,
            bias_scale=subject.bias_scale,
            zeros=int(reading.real.size - reading.real.sum()),
            parts=_parts(subject, products.sum(axis=(1, 2), dtype=np.float64)),
            board=2,
            cells=np.argwhere(reading.real)[:, 1:] * subject.geometry.dilation,
        )

    def _sheet(self, channel: int) -> Lattice:
        subject = self._subject
        array = subject.source[channel]
        return subject.border_sheet(array) if subject.spreads else subject.big_sheet(array)

    def _taps(self, cell: Pair) -> Taps:
        geometry = self._subject.geometry
        step = (1, 1) if self._subject.spreads else geometry.stride
        return Taps(cell[0] * step[0], cell[1] * step[1], geometry.kernel, geometry.dilation)

    def _window_around(self, place: Pair) -> Pair:
        """Return the window in whose middle a place of the source lies, or the nearest."""
        step = (1, 1) if self._subject.spreads else self._subject.geometry.stride
        reach, last = self._taps((0, 0)).area_size, self.phase.shape
        row, column = (
            min(count - 1, max(0, (n - size // 2) // walk))
            for n, size, walk, count in zip(place, reach, step, last, strict=True)
        )
        return row, column

    def _read(self, taps: Taps) -> Reading:
        subject = self._subject
        under = [self._sheet(channel).under(taps) for channel in subject.chosen]
        kernels = [subject.kernel(channel) for channel in subject.chosen]
        if subject.spreads:
            kernels = [kernel[::-1, ::-1] for kernel in kernels]
        return Reading(
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

    def moment(self, position: int) -> Moment:
        """Show what lands in one cell."""
        cell = self.phase.cell(position)
        subject = self._subject
        facts = {"cell": cell, "bias": subject.bias is not None, "alone": subject.alone}
        return Moment(self.phase, position, (self.row(position),), facts, subject.is_unreached(cell))

    def row(self, position: int) -> Row:
        """Return source, kernel, the share of the source that spread last, and the result so far."""
        subject, cell = self._subject, self.phase.cell(position)
        shares, marks, latest = self._arriving(cell)
        role = Role.SCATTERED if subject.back else Role.OUTPUT
        boards = (
            source_board(subject, cursor=latest, marks=marks, moment_cell=self._first_of),
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
                footprints=tuple(self._footprint(source) for source in sorted(marks, key=lambda mark: mark != latest)),
            ),
        )
        strip = Strip.SCATTER if subject.back and "weight" in subject.params else None
        facts: dict[str, object] = {"cell": cell, "count": len(shares.owner), "back": subject.back}
        if latest is not None:
            tap = _landing(subject, latest, cell)
            given, slope = subject.source[(subject.front, *latest)], self._slope(latest, tap)
            facts |= {"from": latest, "tap": tap, "given": float(given), "slope": slope}
        return Row(boards, ("×", "=", "+"), self._sum(cell, shares, role), strip, facts)

    def latest(self, position: int) -> Pair | None:
        """Return the source that spread last of those that reach a moment's cell."""
        return self._arriving(self.phase.cell(position))[2]

    def _arriving(self, cell: Pair) -> tuple[Shares, tuple[Pair, ...], Pair | None]:
        """Return what lands in a cell, which sources of the channel in front it comes from, and the latest of them."""
        shares = self._subject.shares(np.array([cell]))
        seen = np.flatnonzero(shares.sources[:, 0] == self._subject.front)
        marks = tuple((int(i), int(j)) for _, i, j in shares.sources[seen].tolist())
        if not marks:
            return shares, marks, None
        return shares, marks, marks[int(np.flatnonzero(shares.when[seen] == shares.when[seen].max())[-1])]

    def _slope(self, source: Pair, tap: Pair) -> float:
        subject = self._subject
        weights = subject.kernel(subject.front) if "weight" in subject.params else subject.slopes(subject.front, source)
        return float(weights[tap])

    def _sum(self, cell: Pair, shares: Shares, role: Role) -> Sum:
        subject, products = self._subject, shares.products
        named = (Role.KERNEL, subject.kernel_scale) if "weight" in subject.params else (Role.SHARES, UNIT)
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
            bias_scale=subject.bias_scale,
            parts=_parts(subject, np.array(parts)),
            cells=shares.sources[:, 1:],
        )

    def _weights(self, source: Pair | None) -> Board:
        """Return the kernel; of a layer without one, the slopes of a source by the cells under its window."""
        subject = self._subject
        if "weight" in subject.params:
            return kernel_board(subject)
        if source is None:
            return small_board(subject, Role.SHARES, np.zeros(subject.geometry.kernel), UNIT, known=-1)
        return small_board(subject, Role.SHARES, subject.slopes(subject.front, source), UNIT)

    def _share(self, source: Pair | None, cell: Pair) -> Board:
        """Return what a source spreads, with the tap that lands in ``cell``."""
        subject, geometry = self._subject, self._subject.geometry
        role = Role.SHARE if subject.back else Role.SHARE_INPUT
        if source is None:
            return small_board(subject, role, np.zeros(geometry.kernel), subject.product_scale, known=-1)
        weights = subject.kernel(subject.front) if "weight" in subject.params else subject.slopes(subject.front, source)
        values = weights * subject.source[(subject.front, *source)]
        taps = self._footprint(source)
        landing = (cell[0] - taps.top, cell[1] - taps.left)
        return small_board(subject, role, values, subject.product_scale, cursor=landing)

    def _first_of(self, row: int, column: int) -> Pair:
        """Return the cell of the result at which a source spreads."""
        taps, (rows, columns) = self._footprint((row, column)), self.phase.shape
        return min(rows - 1, max(0, taps.top)), min(columns - 1, max(0, taps.left))

    def _footprint(self, source: Pair) -> Taps:
        return footprint(self._subject, source)


class Meeting(Stage):
    """Gathered by the rotated kernel and spread by the kernel as it is: the same numbers, cell by cell.

    On the same cursor the input's cell meets the same errors: those products are what the kernel's gradient is made of.
    """

    def __init__(self, subject: WindowSubject) -> None:
        self._subject = subject
        self._gathering, self._spreading = Gathering(subject), Spreading(subject)
        self.phase = Phase(Act.MEETING, self._spreading.phase.shape)

    def moment(self, position: int) -> Moment:
        """Show one cell from both sides."""
        apart = self._spreading.moment(position)
        paired = self._gathering.paired(position, self._spreading.latest(position))
        rows = (self._gathering.row(position, Role.GATHERED), *apart.rows, paired)
        return Moment(self.phase, position, rows, apart.facts, apart.unreached)


def footprint(subject: WindowSubject, window: Pair) -> Taps:
    """Return the cells of the big map under one window, those of its border counted negative."""
    geometry = subject.geometry
    top, left = (n * step - before for n, step, before in zip(window, geometry.stride, geometry.before, strict=True))
    return Taps(top, left, geometry.kernel, geometry.dilation)


def _landing(subject: WindowSubject, source: Pair, cell: Pair) -> Pair:
    """Return the tap with which a source's window lies on a cell of the big map."""
    taps = footprint(subject, source)
    return (cell[0] - taps.top) // taps.spacing[0], (cell[1] - taps.left) // taps.spacing[1]


def _parts(subject: WindowSubject, sums: Array) -> tuple[tuple[int, float], ...]:
    """Return each channel with its share of a sum, nothing where there is only one."""
    if len(subject.chosen) == 1:
        return ()
    return tuple((channel, float(part)) for channel, part in zip(subject.chosen, sums, strict=True))
