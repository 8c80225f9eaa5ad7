"""Given numbers after a change of shape: what is there is kept, what is missing is made.

A kernel that grows keeps its middle and gets a border of zeros, one that shrinks loses its border, so that a blur stays
a blur. Channels that are too many are dropped; channels that are missing are drawn from N(0, 1), since nothing would
flow through zeros and they could never learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.errors import ShapeError
from convviz.engine.initializers import Given, Initializer

if TYPE_CHECKING:
    from convviz.engine.initializers import Values

Shape = tuple[int, ...]


def fit_initializer(initializer: Initializer, shape: Shape, seed: tuple[int, ...]) -> Initializer:
    """Return ``initializer``, or, if it holds numbers of another shape, the same numbers brought to ``shape``.

    Numbers with more axes than ``shape`` are left alone: no fitting would make sense of them. Kernels without their
    axis of one channel are given it: once there are more channels, nothing would tell it from the other.
    """
    if not isinstance(initializer, Given) or initializer.values.ndim > len(shape):
        return initializer
    try:
        initializer.check_shape(shape)
    except ShapeError:
        return Given(fit_array(initializer.values, shape, np.random.default_rng(seed)))
    return Given(initializer.values.reshape(shape)) if initializer.lacks_channels(shape) else initializer


def fit_array(values: Values, shape: Shape, rng: np.random.Generator) -> Values:
    """Return ``values`` brought to ``shape``: height and width of a kernel by their middle, channels from the first.

    Parameters
    ----------
    values : (kh, kw), (n, kh, kw), (O, I, kh, kw) or (O,)
        Axes that it lacks in front count as 1; n matrices are kernels of one channel where such are wanted.
    shape
        ``(O, I, kh, kw)`` of a kernel or ``(O,)`` of a bias.
    rng
        Draws the kernels of channels that ``values`` does not have.
    """
    if values.ndim == 3 and len(shape) == 4 and shape[1] == 1:
        values = values[:, None]
    source = values.reshape((1,) * (len(shape) - values.ndim) + values.shape)
    channel_axes = 2 if len(shape) == 4 else len(shape)
    kept = tuple(slice(min(sizes)) for sizes in zip(shape[:channel_axes], source.shape[:channel_axes], strict=True))
    result = rng.normal(size=shape) if len(shape) == 4 else np.zeros(shape)
    result[kept] = 0.0
    middles = [_middle(new, old) for new, old in zip(shape[channel_axes:], source.shape[channel_axes:], strict=True)]
    result[(*kept, *(new for new, _ in middles))] = source[(*kept, *(old for _, old in middles))]
    return result


def _middle(new: int, old: int) -> tuple[slice, slice]:
    """Return where in ``new`` cells the middle of ``old`` cells goes, and which of the old ones that are."""
    common = min(new, old)
    new_start, old_start = (new - common) // 2, (old - common) // 2
    return slice(new_start, new_start + common), slice(old_start, old_start + common)
