"""What becomes of an array when other numbers are put into it: pasted, or from a file."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.engine.errors import ConfigError
from convviz.engine.shapes import size_text
from convviz.model.fitting import fit_array

Array = NDArray[Any]


class Taken(NamedTuple):
    """The array with the numbers in it.

    Attributes
    ----------
    values
        All of it.
    corner
        The first row and column of what was replaced, where that is not the whole of a matrix.
    """

    values: Array
    corner: tuple[int, int] | None = None


def taken(values: Array, place: tuple[int, ...], numbers: Array, cell: tuple[int, int] | None = None) -> Taken:
    """Return ``values``, ``(n,)`` to ``(O, I, h, w)``, with ``numbers`` in place of one matrix, or of the whole.

    Parameters
    ----------
    place
        The leading indices of the matrix.
    numbers
        A matrix, or as many dimensions as ``values`` has, which stand for the whole; for a vector, as many numbers.
        Three dimensions are the whole of ``(O, 1, h, w)`` or ``(1, I, h, w)``, too, if they have as many matrices.
    cell
        As of `with_matrix`.

    Raises
    ------
    ConfigError
        If they are too many or too few for a vector, or neither a matrix nor the whole; or as `with_matrix`.
    """
    own = values.ndim
    if own < 2:
        if numbers.size != values.size:
            raise ConfigError(
                "expected {expected:,} numbers, received {received:,}", expected=values.size, received=numbers.size
            )
        return Taken(numbers.reshape(values.shape))
    if numbers.ndim == own:
        return Taken(numbers)
    lead = values.shape[:-2]
    if numbers.ndim == 3 and 1 in lead and len(numbers) == math.prod(lead):
        return Taken(numbers.reshape(*lead, *numbers.shape[1:]))
    while numbers.ndim > 2 and numbers.shape[0] == 1:
        numbers = numbers[0]
    if numbers.ndim > 2:
        raise ConfigError(
            "expected a matrix, or all numbers ({expected}) as {levels} levels of lists; received {received}",
            expected=size_text(values.shape),
            levels=own,
            received=size_text(numbers.shape),
        )
    return with_matrix(values, place, np.atleast_2d(numbers), cell)


def with_matrix(values: Array, place: tuple[int, ...], matrix: Array, cell: tuple[int, int] | None = None) -> Taken:
    """Return ``values`` with ``matrix`` at ``place``, and all other numbers kept.

    A single matrix takes the size of the new one. Where there are several, which are of one size, a larger one has
    zeros put around the others, and a smaller one goes into its place as into a spreadsheet: from ``cell`` on, row and
    column, or as far before it as it has to.

    Raises
    ------
    ConfigError
        If one of several is smaller and there is no ``cell``, or smaller one way and larger the other.
    """
    size = values.shape[-2:]
    is_larger = all(new >= old for new, old in zip(matrix.shape, size, strict=True))
    if is_larger or math.prod(values.shape[:-2]) == 1:
        made = _fit_to(values, (*values.shape[:-2], *matrix.shape))
        made[place] = matrix
        return Taken(made)
    if cell is None or any(new > old for new, old in zip(matrix.shape, size, strict=True)):
        raise ConfigError(
            "expected {expected} numbers, or more rows and columns, for one of {count} that are of one size; "
            "received {received}",
            expected=size_text(size),
            count=math.prod(values.shape[:-2]),
            received=size_text(matrix.shape),
        )
    row, column = (min(first, old - new) for first, old, new in zip(cell, size, matrix.shape, strict=True))
    made = np.array(values, dtype=np.float64)
    made[place][row : row + matrix.shape[0], column : column + matrix.shape[1]] = matrix
    return Taken(made, (row, column))


def _fit_to(values: Array, shape: tuple[int, ...]) -> Array:
    """Return a copy of ``values`` whose matrices have the size of ``shape``, their middles kept."""
    flat = values.reshape(-1, *values.shape[-2:])
    fitted = [fit_array(matrix[None, None], (1, 1, *shape[-2:]), np.random.default_rng(0))[0, 0] for matrix in flat]
    return np.array(fitted, dtype=np.float64).reshape(shape)
