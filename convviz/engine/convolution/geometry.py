"""Where each tap of each window reads: the index arithmetic that every strategy shares.

Along one axis, window ``o`` reads with tap ``k`` the cell ``i = o · stride + k · dilation − before``. Turned round, the
cell ``i`` is read by tap ``k`` of window ``o = (i + before − k · dilation) / stride`` wherever that is whole. With
``i + before = a · stride + r`` and ``k · dilation = j · stride + r'`` it is whole exactly where ``r = r'``, and then
``o = a − j``. So the cells fall into *phases* ``r``, within a phase the gradient is a correlation of the error with
stride 1 and offsets ``−j``, and all phases read the same error cells. That is why a strided layer's input gradient
needs no zeros inserted: tap ``k`` belongs to phase ``k · dilation mod stride`` and offset ``k · dilation div stride``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Axis:
    """How one axis of a map is read: tap ``t`` of window ``n`` reads cell ``first + n · step + t · spacing``.

    A cell outside ``0 … size − 1`` is border, and zero.
    """

    size: int
    count: int
    step: int
    first: int
    spacing: int
    taps: int

    @property
    def stop(self) -> int:
        """One more than the last cell that is read."""
        return self.first + (self.count - 1) * self.step + (self.taps - 1) * self.spacing + 1

    @property
    def offsets(self) -> tuple[int, ...]:
        """The cell that each tap of window 0 reads."""
        return tuple(self.first + t * self.spacing for t in range(self.taps))

    @property
    def period(self) -> int:
        """After how many taps a window reads a column again that has the same remainder modulo the step."""
        return self.step // gcd(self.step, self.spacing)

    @property
    def borderless(self) -> bool:
        """Whether every cell that is read lies on the map."""
        return self.first >= 0 and self.stop <= self.size

    def inside(self, tap: int) -> Pair:
        """Return the range ``start, stop`` of the windows for which the tap lies on the map."""
        offset = self.offsets[tap]
        start = max(0, -(offset // self.step))
        stop = min(self.count, (self.size - 1 - offset) // self.step + 1)
        return start, max(start, stop)

    def cells(self) -> Indices:
        """Return the (taps, windows) cells that are read, −1 for the border."""
        cells = self.first + np.arange(self.count) * self.step + np.arange(self.taps)[:, None] * self.spacing
        return np.where((cells >= 0) & (cells < self.size), cells, -1)


@dataclass(frozen=True)
class Phases:
    """One axis of the way back: which error cells and which taps make the gradient of each input cell.

    Attributes
    ----------
    first, count
        The quotients ``a`` of the input's cells are ``first … first + count − 1``.
    offsets
        All ``j`` and what lies between them at equal distances, descending, so that the error is read forwards.
    residues
        All ``r`` that some tap has, ascending; an input cell of another phase is never read.
    of_tap
        For every tap its index in ``offsets`` and in ``residues``.
    """

    first: int
    count: int
    offsets: tuple[int, ...]
    residues: tuple[int, ...]
    of_tap: tuple[Pair, ...]


@dataclass(frozen=True)
class Geometry:
    """The sizes of one convolution, all checked before: ``channels`` → ``out_channels`` and ``size`` → ``out_size``."""

    channels: int
    size: Pair
    out_channels: int
    out_size: Pair
    kernel: Pair
    stride: Pair = (1, 1)
    before: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    @property
    def in_group(self) -> int:
        """Input channels of one group."""
        return self.channels // self.groups

    @property
    def out_group(self) -> int:
        """Output channels of one group."""
        return self.out_channels // self.groups

    @property
    def taps(self) -> int:
        """Products in one output: the weights of one filter."""
        return self.in_group * self.kernel[0] * self.kernel[1]

    @property
    def windows(self) -> int:
        """Cells of one output channel."""
        return self.out_size[0] * self.out_size[1]

    @cached_property
    def axes(self) -> tuple[Axis, Axis]:
        """How the forward pass reads the input, down and across."""
        down, across = (
            Axis(
                size=self.size[n],
                count=self.out_size[n],
                step=self.stride[n],
                first=-self.before[n],
                spacing=self.dilation[n],
                taps=self.kernel[n],
            )
            for n in (0, 1)
        )
        return down, across

    @cached_property
    def phases(self) -> tuple[Phases, Phases]:
        """How the input gradient reads the error, down and across."""
        return self._phases(0), self._phases(1)

    @cached_property
    def back_axes(self) -> tuple[Axis, Axis]:
        """How one phase of the input gradient reads the error, down and across."""
        down, across = (
            Axis(
                size=self.out_size[n],
                count=phases.count,
                step=1,
                first=phases.first - phases.offsets[0],
                spacing=phases.offsets[0] - phases.offsets[1] if len(phases.offsets) > 1 else 1,
                taps=len(phases.offsets),
            )
            for n, phases in enumerate(self.phases)
        )
        return down, across

    @cached_property
    def phase_order(self) -> Indices | None:
        """The cells of a channel of the input by phases, row by row within each; None where some are in no phase.

        In this order the phases that the way back makes need not be brought to their places.
        """
        for size, stride, before, phases in zip(self.size, self.stride, self.before, self.phases, strict=True):
            if size % stride or before % stride or len(phases.residues) < stride:
                return None
        (down, across), (v, h) = self.phases, self.stride
        cells = np.arange(self.size[0] * self.size[1]).reshape(down.count, v, across.count, h)
        return cells.transpose(1, 3, 0, 2).ravel()

    def back_weights(self) -> Indices:
        """Return where each weight goes in the matrix of the way back.

        Weights are counted as they lie in a layer's parameters, (out_channels, kh, in_group, kw). The matrix is
        (groups, in_group, rv, rh, jv, out_group, jh): its rows are the phases of the input's channels, its columns
        the products that an unfolded error has.
        """
        down, across = self.phases
        shape = (
            self.groups,
            self.in_group,
            len(down.residues),
            len(across.residues),
            len(down.offsets),
            self.out_group,
            len(across.offsets),
        )
        out, row, channel, column = np.indices(
            (self.out_channels, self.kernel[0], self.in_group, self.kernel[1]), sparse=True
        )
        of_row, of_column = np.array(down.of_tap)[row], np.array(across.of_tap)[column]
        position = (
            out // self.out_group,
            channel,
            of_row[..., 1],
            of_column[..., 1],
            of_row[..., 0],
            out % self.out_group,
            of_column[..., 0],
        )
        return np.ravel_multi_index(np.broadcast_arrays(*position), shape)

    def landing(self, n: int, quotients: slice, residue: int) -> tuple[slice, slice]:
        """Return which of some quotients of axis ``n`` lie on the input in a phase, and at which cells.

        ``quotients`` is a slice of 0 … count; the first slice returned counts from its start.
        """
        phases, stride = self.phases[n], self.stride[n]
        numbers = range(phases.count)[quotients]
        start = (phases.first + numbers.start) * stride + residue - self.before[n]
        step = stride * numbers.step
        skip = max(0, -(start // step))
        count = max(0, min(len(numbers), -(-(self.size[n] - start) // step)) - skip)
        begin = start + skip * step
        return slice(skip, skip + count), slice(begin, begin + count * step, step)

    def _phases(self, n: int) -> Phases:
        stride, before = self.stride[n], self.before[n]
        first = before // stride
        count = (self.size[n] - 1 + before) // stride - first + 1
        quotients = [divmod(k * self.dilation[n], stride) for k in range(self.kernel[n])]
        last = quotients[-1][0]
        distance = gcd(*(j for j, _ in quotients)) or 1
        offsets = range(last, -1, -distance)
        residues = sorted({r for _, r in quotients})
        of_tap = tuple((offsets.index(j), residues.index(r)) for j, r in quotients)
        return Phases(first, count, tuple(offsets), tuple(residues), of_tap)
