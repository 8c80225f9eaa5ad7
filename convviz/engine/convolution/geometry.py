"""Where each tap of each window reads: the index arithmetic that every strategy shares.

Along one axis, window ``o`` reads with tap ``k`` the cell ``i = o · stride + k · dilation − before``, where ``before``
is the padding. Solved for the window: cell ``i`` is read with tap ``k`` by window

    o = (i + before − k · dilation) / stride,    if that is an integer.

Divide both parts by the stride: ``i + before = a · stride + r`` and ``k · dilation = j · stride + s``, with remainders
``r`` and ``s``. Then ``o`` is an integer exactly if ``r = s``, and it is ``a − j``. So the cells of the input fall into
*phases* ``r`` (the polyphase components of the map). A tap contributes to one phase only, that of its remainder ``s``.
Within a phase, the input gradient is a correlation of the error with stride 1 and the offsets ``−j``, and all phases
read the same cells of the error. That is why the input gradient of a strided layer needs no zeros inserted.
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
        """How many taps further on a window reads a cell again that has the same remainder modulo the step."""
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
    """One axis of the input gradient: which cells of the error and which taps it is the sum of (see above).

    Attributes
    ----------
    first, count
        The quotients ``a`` of the input's cells are ``first … first + count − 1``.
    offsets
        The quotients ``j`` of all taps, filled up to an arithmetic sequence and descending, so that ``a − j`` ascends.
    residues
        The phases that some tap has, ascending; a cell of any other is read by no window.
    of_tap
        For every tap the indices of its quotient in ``offsets`` and of its remainder in ``residues``.
    """

    first: int
    count: int
    offsets: tuple[int, ...]
    residues: tuple[int, ...]
    of_tap: tuple[Pair, ...]


@dataclass(frozen=True)
class Geometry:
    """The sizes of one convolution, which have been checked to go together.

    Attributes
    ----------
    channels, size
        Of the input; a size is (rows, columns), as are all pairs.
    out_channels, out_size
        Of the output.
    kernel, stride, dilation
    before
        Rows of padding above the input and columns at its left. How much is padded at the other sides follows from
        the sizes.
    groups
        Of channels, which are convolved apart.
    """

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
        """The number of weights of one filter, and of products in one output cell without its bias."""
        return self.in_group * self.kernel[0] * self.kernel[1]

    @property
    def windows(self) -> int:
        """The number of cells of one output channel."""
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
        """The cells of an input channel, phase by phase and row by row within each.

        In a map stored in this order, the input gradient is computed in place. None: the phases differ in size, do not
        begin at the same quotient, or some have no taps.
        """
        for size, stride, before, phases in zip(self.size, self.stride, self.before, self.phases, strict=True):
            if size % stride or before % stride or len(phases.residues) < stride:
                return None
        (down, across), (v, h) = self.phases, self.stride
        cells = np.arange(self.size[0] * self.size[1]).reshape(down.count, v, across.count, h)
        return cells.transpose(1, 3, 0, 2).ravel()

    def back_weights(self) -> Indices:
        """Return where each weight goes in the left matrix of the input gradient: flat indices into it.

        They are in the order of a layer's parameters, (out_channels, kh, in_group, kw). The matrix is (groups,
        in_group, phases down, phases across, offsets down, out_group, offsets across): the first of these after the
        groups are its rows, one for each phase of each input channel, and the last three its columns, one for each row
        of an unfolded error.
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
        """Return which quotients ``a`` of axis ``n`` are cells of the input in a phase, and which cells these are.

        ``quotients`` is a slice of the range 0 … count. Of the slices returned, the first indexes the quotients that it
        selects, and the second the rows or columns of the input.
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
