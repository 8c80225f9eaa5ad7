"""Where the numbers of an array are in its heatmap, and back.

An array of up to four dimensions is shown as *channels*, matrices side by side: all its axes but the last two are
counted through as one. A *place* is channel, row and column; an *index* has as many numbers as the array has axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Channel, row and column, from 0.
Place = tuple[int, int, int]
Shape = tuple[int, ...]


def place_of(index: Shape, shape: Shape) -> Place | None:
    """Return the place of a number of an array of ``shape``; None if there is none at this index.

    The index may lack leading axes, which count as 0: a bias (O,) is shown as a row of cells.
    """
    missing = len(shape) - len(index)
    if missing < 0:
        return None
    index = (0,) * missing + tuple(index)
    if not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        return None
    channel = int(np.ravel_multi_index(index[:-2], shape[:-2])) if len(shape) > 2 else 0
    return channel, index[-2], index[-1]


def places_of(cells: NDArray[Any], shape: Shape) -> NDArray[Any]:
    """Return the places (N, 3) of many indices (N, axes), as `place_of` does for one.

    Raises
    ------
    ValueError
        If one of them is not an index of an array of this shape.
    """
    missing = len(shape) - cells.shape[1]
    if missing < 0 or (len(cells) and (cells >= shape[missing:]).any()):
        raise ValueError(f"expected cells of an array of shape {shape}")
    cells = np.concatenate([np.zeros((len(cells), missing), cells.dtype), cells], axis=1)
    channel = np.ravel_multi_index(tuple(cells[:, :-2].T), shape[:-2]) if len(shape) > 2 else 0 * cells[:, 0]
    return np.stack([channel, cells[:, -2], cells[:, -1]], axis=1)


def lead_of(channel: int, shape: Shape) -> Shape:
    """Return the leading indices of a channel of an array of ``shape``; none if that is a matrix."""
    return tuple(int(n) for n in np.unravel_index(channel, shape[:-2])) if len(shape) > 2 else ()


def index_of(place: Place, shape: Shape) -> Shape:
    """Return the index of the number that is shown at a place."""
    return (*lead_of(place[0], shape), *place[1:])
