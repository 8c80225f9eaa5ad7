"""What a run keeps of every step: its loss, its parameters, and the learning rates.

Losses are all kept. Of the states (parameters and what the optimizer remembers) as many rows are kept as the budget
allows: when it is used up, every second row is dropped and from then on only every second, fourth, … step is stored. A
step in between is computed again from the stored one before it, with the learning rates that were used, and is bit for
bit what it was.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.memory import lengthened

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

Array = NDArray[Any]

#: Room for this many losses is reserved once a run has more than a few; most runs never have more.
ROOM = 1 << 22
#: Rows are stored in blocks of about this many bytes, so that growing never copies what is there.
_BLOCK = 1 << 20


class History:
    """The states of every step, or of every second, fourth, … of them.

    Parameters
    ----------
    width
        Numbers in a state.
    dtype
        Their format.
    budget
        The most bytes that all stored states take; at least two rows are always kept.

    Attributes
    ----------
    steps
        How many steps were recorded, stored or not.
    stride
        How many steps lie between one stored state and the next: 1, 2, 4, …
    """

    def __init__(self, width: int, dtype: DTypeLike, budget: int) -> None:
        row = max(1, width * np.dtype(dtype).itemsize)
        self._width, self._dtype = width, dtype
        self._capacity = max(2, budget // row // 2 * 2)
        self._block = min(self._capacity, max(2, _BLOCK // row // 2 * 2))  # even, as thinning wants it
        self._blocks: list[Array] = []
        self._stored = 0
        self.steps = 0
        self.stride = 1

    @property
    def nbytes(self) -> int:
        """The bytes that the stored states take."""
        return self._stored * self._width * np.dtype(self._dtype).itemsize

    def append(self, states: Array) -> None:
        """Record the states (K, width) of the next K steps."""
        first, end = self.steps, self.steps + len(states)
        while (step := self._stored * self.stride) < end:
            if self._stored == self._capacity:
                self._thin()
                continue
            block, row = divmod(self._stored, self._block)
            if block == len(self._blocks):
                self._blocks.append(np.empty((self._block, self._width), self._dtype))
            room = min(self._block - row, self._capacity - self._stored)
            rows = states[step - first :: self.stride][:room]
            self._blocks[block][row : row + len(rows)] = rows
            self._stored += len(rows)
        self.steps = end

    def nearest(self, step: int) -> tuple[int, Array]:
        """Return the last stored step that is not after ``step``, and its state (width,), a view."""
        index = min(step // self.stride, self._stored - 1)
        block, row = divmod(index, self._block)
        return index * self.stride, self._blocks[block][row]

    def spread(self, most: int) -> list[int]:
        """Return at most ``most`` of the stored steps: half of them evenly spread, half ever denser to the first."""
        last = (self._stored - 1) * self.stride
        if last < 0:
            return []
        half = max(1, most // 2)
        wanted = np.append(np.linspace(0, last, half), np.geomspace(1, last + 1, half) - 1)
        return [int(row) * self.stride for row in np.unique(np.rint(wanted / self.stride))]

    def truncate(self, steps: int) -> None:
        """Forget all but the first ``steps`` steps."""
        self.steps = steps
        self._stored = -(-steps // self.stride)
        del self._blocks[-(-self._stored // self._block) :]
        if not steps:
            self.stride = 1

    def copy(self, steps: int) -> History:
        """Return a history of its own of the first ``steps`` steps."""
        copied = History(self._width, self._dtype, 0)
        copied._capacity, copied._block, copied.stride, copied.steps = self._capacity, self._block, self.stride, steps
        copied._stored = -(-steps // self.stride)
        copied._blocks = [block.copy() for block in self._blocks[: -(-copied._stored // self._block)]]
        return copied

    def _thin(self) -> None:
        """Drop every second row."""
        self._stored = -(-self._stored // 2)
        self.stride *= 2
        half = self._block // 2
        blocks = self._blocks
        for index in range(len(blocks)):
            into = blocks[index // 2]
            if index % 2:
                into[half:] = blocks[index][::2]
            else:
                into[:half] = blocks[index][::2]
        del self._blocks[-(-self._stored // self._block) :]


class Series:
    """Numbers that are appended in pieces and read as one array."""

    def __init__(self) -> None:
        self._memory = np.empty(1024, np.float64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, numbers: NDArray[np.float64]) -> None:
        """Add ``numbers`` (K,) at the end."""
        end = self._count + len(numbers)
        if end > len(self._memory):
            self._memory = lengthened(self._memory, self._count, end, ROOM)
        self._memory[self._count : end] = numbers
        self._count = end

    @property
    def nbytes(self) -> int:
        """The bytes that they take."""
        return 8 * self._count

    def truncate(self, count: int) -> None:
        """Forget all but the first ``count``. Arrays that `values` returned before keep what they had."""
        self._memory = np.append(self._memory[:count], np.empty(1024, np.float64))
        self._count = count

    def copy(self, count: int) -> Series:
        """Return a series of its own of the first ``count``."""
        copied = Series()
        copied.append(self._memory[:count])
        return copied

    def values(self) -> NDArray[np.float64]:
        """Return all of them, read-only, without a copy."""
        view = self._memory[: self._count]
        view.setflags(write=False)
        return view


class RateLog:
    """Which learning rate was set at which step."""

    def __init__(self, rate: float) -> None:
        self._steps = [0]
        self._rates = [rate]

    def set(self, step: int, rate: float) -> None:
        """Let ``rate`` hold from ``step`` on, whatever was set there or later."""
        index = bisect_right(self._steps, step - 1)
        del self._steps[index:], self._rates[index:]
        if not index or self._rates[-1] != rate:
            self._steps.append(step)
            self._rates.append(rate)

    def copy(self) -> RateLog:
        """Return a log of its own."""
        copied = RateLog(0.0)
        copied._steps, copied._rates = [*self._steps], [*self._rates]
        return copied

    def at(self, step: int) -> tuple[float, int | None]:
        """Return the rate that was set at ``step``, and the next step at which another one was (None: never)."""
        index = bisect_right(self._steps, step)
        return self._rates[index - 1], self._steps[index] if index < len(self._steps) else None
