"""Products of matrices, cut so that BLAS is fastest.

OpenBLAS has kernels for small products that copy neither side before they multiply, and that are two to five times as
fast where the result has few rows. Which products count as small is up to it: such as need no more multiplications
than `LARGEST`, and, where the right side is transposed, those whose result has no more numbers than `LARGEST_RESULT`
and is summed over at least `SHORTEST_SUM` each. What is beyond is computed here in pieces, a few columns of the result
at a time. With another BLAS, pieces cost a little more than the whole.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from convviz.engine.convolution.base import Calls
    from convviz.engine.memory import Array

LARGEST, LARGEST_RESULT, SHORTEST_SUM = 1_000_000, 1200, 32
#: A result is not cut into more pieces than this, and only between columns that are so many apart.
MOST_PIECES, _GRAIN = 8, 4


def multiply(left: Array, right: Array, out: Array) -> Calls:
    """Return the calls of ``out[...] = left @ right`` for stacks of matrices (…, rows, columns)."""
    pieces = _pieces(left, right)
    if len(pieces) > 1:
        return tuple(partial(np.matmul, left, right[..., piece], out[..., piece]) for piece in pieces)
    if left.ndim > 3 or left.shape[0] != 1:
        return (partial(np.matmul, left, right, out),)
    # `ndarray.dot` does less than `np.matmul` before it calls BLAS, and is faster for a vector than for one row.
    if left.shape[1] == 1:
        return (partial(left[0, 0].dot, right[0], out[0, 0]),)
    return (partial(left[0].dot, right[0], out[0]),)


def _pieces(left: Array, right: Array) -> list[slice]:
    """Return the columns of the result that are computed together."""
    (rows, inner), columns = left.shape[-2:], right.shape[-1]
    transposed = right.strides[-1] != right.itemsize
    if rows == 1 or columns == 0 or (transposed and inner < SHORTEST_SUM):
        return [slice(None)]
    most = LARGEST // (rows * inner)
    if transposed:
        most = min(most, LARGEST_RESULT // rows)
    count = -(-columns // max(1, most))
    width = -(-columns // count)
    width = min(-(-width // _GRAIN) * _GRAIN, max(most, width))
    if count > MOST_PIECES:
        return [slice(None)]
    return [slice(start, start + width) for start in range(0, columns, width)]
