"""Arrays as text, the way NumPy prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.i18n import tr

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: Of more numbers than these, only so many rows and columns at each edge are printed.
_MOST, _EDGE = 1000, 3


def matrix_text(array: NDArray[Any], *, digits: int = 4) -> str:
    """Return a matrix row by row, each on a line of its own however wide it is.

    A map ``(C, H, W)`` or a weight ``(O, I, kh, kw)`` of one channel is printed as its matrix; with several channels,
    one matrix after another, each under its index. Of more than a thousand numbers only the edges are printed. Where
    some printed number would look like zero and is not, all of the matrix is printed with powers of ten.
    """
    leading = array.shape[:-2]
    if all(length == 1 for length in leading):
        matrix = array.reshape(array.shape[-2:]) if array.ndim > 1 else array
        if _has_false_zeros(matrix, digits):
            return np.array2string(
                matrix,
                max_line_width=10_000,
                threshold=_MOST,
                edgeitems=_EDGE,
                formatter={"float_kind": lambda number: f"{number: .{digits}e}"},
            )
        return np.array2string(
            matrix,
            precision=digits,
            suppress_small=True,
            max_line_width=10_000,
            floatmode="fixed",
            threshold=_MOST,
            edgeitems=_EDGE,
        )
    parts = []
    for index in np.ndindex(*leading):
        label = tr("channel {index}") if len(leading) == 1 else tr("filter and channel {index}")
        parts.append(f"{label.format(index=', '.join(map(str, index)))}\n{matrix_text(array[index], digits=digits)}")
    return "\n".join(parts)


def _has_false_zeros(matrix: NDArray[Any], digits: int) -> bool:
    """Return whether a number that is printed would look like zero and is not."""
    printed = matrix
    if matrix.size > _MOST:
        for axis, length in enumerate(matrix.shape):
            if length > 2 * _EDGE:
                printed = printed.take([*range(_EDGE), *range(-_EDGE, 0)], axis)
    sizes = np.abs(printed)
    least = float(sizes[sizes > 0].min(initial=np.inf))
    return float(f"{least:.{digits}f}") == 0
