"""Output-size arithmetic: how a window of a given kernel, stride, padding and dilation walks over a map.

Along one axis of ``n`` cells, padded by ``before`` and ``after``, a kernel of ``k`` taps at distance ``dilation`` spans
``dilation · (k − 1) + 1`` cells, and makes ``(n + before + after − span) // stride + 1`` windows. What the division
leaves over is the remainder: cells at the end that no window reaches, whose gradient is zero.

The named paddings are PyTorch's: ``"valid"`` is none; ``"same"`` keeps the size, puts the odd cell of an even kernel at
the bottom and right, and needs stride 1; ``"full"`` is span − 1 on every side, so that every window that
touches the map counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError, ShapeError
from convviz.engine.settings import Setting, check_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

Pair = tuple[int, int]
Pads = tuple[Pair, Pair]
Shape = tuple[int, int, int]

#: Bound of every number that says how a window walks: far beyond any map, and far from overflow.
LARGEST = 1 << 24

_SIZE = Setting("", "", "pair", minimum=1, maximum=LARGEST)
_PADDING = Setting("", "", "padding", minimum=0, maximum=LARGEST)


@dataclass(frozen=True)
class Window:
    """A window that walks over a map.

    Parameters
    ----------
    kernel, stride, dilation
        An int, or a pair (vertical, horizontal); each 1 … `LARGEST`.
    padding
        An int, a pair, ``((top, bottom), (left, right))``, ``"valid"``, ``"same"`` or ``"full"``.

    Raises
    ------
    ConfigError
        If one of them is none of these.
    """

    kernel: Any
    stride: Any = (1, 1)
    padding: Any = ((0, 0), (0, 0))
    dilation: Any = (1, 1)

    def __post_init__(self) -> None:
        for name, described in (
            ("kernel", _SIZE),
            ("stride", _SIZE),
            ("padding", _PADDING),
            ("dilation", _SIZE),
        ):
            object.__setattr__(self, name, check_value(getattr(self, name), described, name))
        if self.padding == "same" and self.stride != (1, 1):
            raise ConfigError(
                'padding "same" needs stride 1, received stride {stride}',
                field="padding",
                stride=size_text(self.stride),
            )

    @property
    def span(self) -> Pair:
        """Rows and columns from the kernel's first tap to its last, inclusive."""
        return (
            self.dilation[0] * (self.kernel[0] - 1) + 1,
            self.dilation[1] * (self.kernel[1] - 1) + 1,
        )

    def pads(self, height: int, width: int) -> Pads:
        """Return the border around a map as ``((top, bottom), (left, right))``."""
        if self.padding == "same":
            vertical, horizontal = (span - 1 for span in self.span)
            return (vertical // 2, vertical - vertical // 2), (horizontal // 2, horizontal - horizontal // 2)
        if self.padding == "full":
            vertical, horizontal = (span - 1 for span in self.span)
            return (vertical, vertical), (horizontal, horizontal)
        return self.padding  # type: ignore[no-any-return]

    def output_size(self, height: int, width: int) -> Pair:
        """Return the number of windows ``(down, across)`` that a map of ``height`` × ``width`` holds.

        Raises
        ------
        ShapeError
            If not even one fits; it says what would.
        """
        padded = self._padded(height, width)
        (rows, columns), (down, across) = self.span, self.stride
        if rows > padded[0] or columns > padded[1]:
            raise self._does_not_fit(height, width)
        return (padded[0] - rows) // down + 1, (padded[1] - columns) // across + 1

    def border(self, height: int, width: int) -> int:
        """Return how many cells of border the padding puts around a map."""
        rows, columns = self._padded(height, width)
        return rows * columns - height * width

    def remainder(self, height: int, width: int) -> Pair:
        """Return how many of the last rows and columns of the padded map lie behind every window."""
        self.output_size(height, width)
        padded = self._padded(height, width)
        return (padded[0] - self.span[0]) % self.stride[0], (padded[1] - self.span[1]) % self.stride[1]

    def reached(self, height: int, width: int) -> NDArray[np.bool_]:
        """Return a (height, width) mask, True where at least one window reads the cell.

        Besides the remainder, a stride or a dilation that steps over cells leaves some unread.
        """
        masks = []
        for size, (cells, inside) in zip((height, width), self._read(height, width), strict=True):
            mask = np.zeros(size, np.bool_)
            mask[cells[inside]] = True
            masks.append(mask)
        return np.logical_and.outer(masks[0], masks[1])

    def reads(self, height: int, width: int) -> NDArray[np.bool_]:
        """Return a mask of the output, True where the window reads at least one cell, not the border alone."""
        (_, down), (_, across) = self._read(height, width)
        return np.logical_and.outer(down.any(axis=1), across.any(axis=1))

    def _read(self, height: int, width: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.bool_]]]:
        """Yield, down and across, the cells (windows, taps) that windows read, and which of them are in the map."""
        counts, pads = self.output_size(height, width), self.pads(height, width)
        for axis, size in enumerate((height, width)):
            windows = np.arange(counts[axis])[:, None] * self.stride[axis]
            cells = windows + np.arange(self.kernel[axis]) * self.dilation[axis] - pads[axis][0]
            yield cells, (cells >= 0) & (cells < size)

    def part(self, height: int, width: int, rows: slice) -> tuple[Window, slice] | None:
        """Return the window that makes some ``rows`` of the output, and the rows of the map over which it walks then.

        What no window reads, between them or behind the last, is left to the part above. None: there are no such rows,
        only border.
        """
        (top, _), sides = self.pads(height, width)
        first, after = rows.start * self.stride[0] - top, rows.stop * self.stride[0] - top
        end = after - self.stride[0] + self.span[0]
        start = max(0, first) if rows.start else 0
        stop = height if rows.stop == self.output_size(height, width)[0] else min(height, max(end, after))
        if stop <= start:
            return None
        return replace(self, padding=((max(0, -first), max(0, end - height)), sides)), slice(start, stop)

    def _padded(self, height: int, width: int) -> Pair:
        if height < 1 or width < 1:
            raise ShapeError(
                "expected a map of at least 1×1 cells, received {received}", received=size_text((height, width))
            )
        (top, bottom), (left, right) = self.pads(height, width)
        return height + top + bottom, width + left + right

    def _does_not_fit(self, height: int, width: int) -> ShapeError:
        padded = self._padded(height, width)
        largest = tuple((padded[axis] - 1) // self.dilation[axis] + 1 for axis in (0, 1))
        smallest = tuple(max(0, -(-(self.span[axis] - size) // 2)) for axis, size in enumerate((height, width)))
        values: dict[str, object] = {
            "kernel": size_text(self.kernel),
            "span": size_text(self.span),
            "input": size_text((height, width)),
            "padding": padding_text(self.padding),
            "largest": size_text(largest),
            "smallest": padding_text(tuple((n, n) for n in smallest)),
        }
        if self.span == self.kernel:
            return ShapeError(
                "kernel {kernel} does not fit input {input} (padding {padding}): "
                "a kernel up to {largest} would fit, or this kernel with padding {smallest}",
                field="kernel",
                **values,
            )
        return ShapeError(
            "kernel {kernel} does not fit input {input} (padding {padding}): with its dilation it spans {span}; "
            "a kernel up to {largest} would fit, or this kernel with padding {smallest}",
            field="kernel",
            **values,
        )


def transposed_size(window: Window, output_padding: Pair, height: int, width: int) -> Pair:
    """Return the size of a transposed convolution's output.

    Along each axis ``(n − 1) · stride − before − after + span + output_padding``: the size of a map from which an
    ordinary convolution by the same window makes ``n`` windows.

    Raises
    ------
    ShapeError
        If the padding takes all of it away.
    """
    pads = window.pads(height, width)
    sizes = tuple(
        (n - 1) * window.stride[axis] - sum(pads[axis]) + window.span[axis] + output_padding[axis]
        for axis, n in enumerate((height, width))
    )
    if min(sizes) < 1:
        raise ShapeError(
            "padding {padding} leaves nothing of the output, which is {whole} without padding",
            field="padding",
            padding=padding_text(window.padding),
            whole=size_text(tuple(size + sum(pad) for size, pad in zip(sizes, pads, strict=True))),
        )
    return sizes[0], sizes[1]


def size_text(sizes: Sequence[int]) -> str:
    """Return ``(5, 4)`` as ``5×4``."""
    return "×".join(str(n) for n in sizes)


def pair_text(pair: Sequence[int]) -> str:
    """Return ``(2, 2)`` as ``2`` and ``(1, 2)`` as ``1×2``."""
    return str(pair[0]) if pair[0] == pair[1] else size_text(pair)


def padding_text(padding: Any) -> str:
    """Return a padding as briefly as it can be written: ``0``, ``(1, 2)`` or ``((0, 1), (2, 2))``."""
    if isinstance(padding, str):
        return f'"{padding}"'
    (top, bottom), (left, right) = padding
    if top == bottom == left == right:
        return str(top)
    return f"({top}, {left})" if (top, left) == (bottom, right) else str(padding)
