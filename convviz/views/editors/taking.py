"""What becomes of an array when other numbers are put into it: pasted, or from a file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.errors import ConfigError
from convviz.model.fitting import fit_array

Array = NDArray[Any]


def taken(values: Array, place: tuple[int, ...], numbers: Array) -> Array:
    """Return ``values``, ``(n,)`` to ``(O, I, h, w)``, with ``numbers`` in place of one matrix, or of the whole.

    Parameters
    ----------
    place
        The leading indices of the matrix.
    numbers
        A matrix, or as many dimensions as ``values`` has, which stand for the whole; for a vector, as many numbers.

    Raises
    ------
    ConfigError
        If they are too many or too few for a vector, or neither a matrix nor the whole.
    """
    own = values.ndim
    if own < 2:
        if numbers.size != values.size:
            raise ConfigError(
                "expected {expected:,} numbers, received {received:,}", expected=values.size, received=numbers.size
            )
        return numbers.reshape(values.shape)
    if numbers.ndim == own:
        return numbers
    while numbers.ndim > 2 and numbers.shape[0] == 1:
        numbers = numbers[0]
    if numbers.ndim > 2:
        raise ConfigError(
            "expected a matrix, or all channels as {expected} levels of lists; received {received} levels",
            expected=own,
            received=numbers.ndim,
        )
    return with_matrix(values, place, np.atleast_2d(numbers))


def with_matrix(values: Array, place: tuple[int, ...], matrix: Array) -> Array:
    """Return ``values`` with ``matrix`` at ``place``; if its size is new, the others are brought to it."""
    made = _fit_to(values, (*values.shape[:-2], *matrix.shape))
    made[place] = matrix
    return made


def _fit_to(values: Array, shape: tuple[int, ...]) -> Array:
    """Return a copy of ``values`` whose matrices have the size of ``shape``, their middles kept."""
    flat = values.reshape(-1, *values.shape[-2:])
    fitted = [fit_array(matrix[None, None], (1, 1, *shape[-2:]), np.random.default_rng(0))[0, 0] for matrix in flat]
    return np.array(fitted, dtype=np.float64).reshape(shape)
