"""Arrays that come from a caller, which are checked, and arrays that are given away, which nobody can write to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from convviz.engine.memory import Array


def map_array(x: ArrayLike, name: str, dimensions: tuple[int, ...] = (3,)) -> Array:
    """Return ``x`` as a finite float array of one of these numbers of dimensions, by default ``(C, H, W)``.

    Raises
    ------
    ShapeError
        If it has another number of dimensions, and as `number_array` does.
    ConfigError
        As `number_array` does.
    """
    array = number_array(x, name)
    if array.ndim not in dimensions:
        raise ShapeError(
            "{name}: expected an array of shape {expected}, received shape {received}",
            field=name,
            name=name,
            expected=" | ".join({2: "(H, W)", 3: "(C, H, W)"}[n] for n in dimensions),
            received=array.shape,
        )
    return array


def weight_array(weight: ArrayLike) -> Array:
    """Return ``weight`` as a finite float array ``(O, C / groups, kh, kw)``, or raise as `map_array` does."""
    array = number_array(weight, "weight")
    if array.ndim != 4:
        raise ShapeError(
            "{name}: expected an array of shape {expected}, received shape {received}",
            field="weight",
            name="weight",
            expected="(O, C, kh, kw)",
            received=array.shape,
        )
    return array


def number_array(values: ArrayLike, name: str) -> Array:
    """Return numbers as a float32 (if they are) or float64 array, which may be the one that was passed.

    Raises
    ------
    ConfigError
        If they are not real numbers, truth values for instance, or not finite.
    ShapeError
        If there are none, or rows differ in length.
    """
    array = real_array(values, name)
    if array.size == 0:
        raise ShapeError(
            "{name}: expected at least one number, received an empty array of shape {received}",
            field=name,
            name=name,
            received=array.shape,
        )
    with np.errstate(over="ignore"):  # of a wider format: the check below finds it
        array = array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
    finite = np.isfinite(array)
    if not finite.all():
        place = np.unravel_index(int(np.argmin(finite)), array.shape)
        raise ConfigError(
            "{name}: expected finite numbers, received {received} at {place}",
            field=name,
            name=name,
            received=float(array[place]),
            place=tuple(int(n) for n in place),
        )
    return array


def real_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return real numbers, finite or not, as an array of whatever format, which may be the one that was passed.

    Raises
    ------
    ConfigError, ShapeError
        As `number_array`, but for numbers that are not finite, or not there.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ShapeError("{name}: the rows have different lengths", field=name, name=name) from error
    if array.dtype.kind not in "iuf":
        raise ConfigError(
            "{name}: expected real numbers, received {received}", field=name, name=name, received=array.dtype.name
        )
    return array


def given_array(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return numbers as a new read-only float64 array, or raise as `number_array` does."""
    result = number_array(values, name).astype(np.float64, order="C")
    result.setflags(write=False)
    return result


def in_format(array: Array, dtype: DTypeLike) -> Array:
    """Return finite numbers as a new read-only array of another format.

    Raises
    ------
    ConfigError
        If one of them is too large for it.
    """
    with np.errstate(over="ignore"):  # the check finds it
        result: Array = np.array(array, dtype, order="C")
    finite = np.isfinite(result)
    if not finite.all():
        raise ConfigError(
            "expected numbers that {dtype} can hold, up to {expected:.3g}, received {received:g}",
            dtype=result.dtype.name,
            expected=float(np.finfo(result.dtype).max),
            received=float(array.flat[int(np.argmin(finite))]),
        )
    result.setflags(write=False)
    return result


def float_format(dtype: DTypeLike) -> np.dtype[Any]:
    """Return float64 or float32, or raise `ConfigError` for any other format, or what is none."""
    try:
        known = np.dtype(dtype)
    except (TypeError, ValueError) as error:
        raise _no_format(repr(dtype)) from error
    if known not in (np.float64, np.float32):
        raise _no_format(str(known))
    return known


def _no_format(received: str) -> ConfigError:
    return ConfigError("dtype: expected float64 or float32, received {received}", field="dtype", received=received)


def shape_of(shape: Sequence[int], dimensions: int, name: str) -> tuple[int, ...]:
    """Return a shape of so many sizes, all of them positive integers, or raise `ShapeError`."""
    try:
        sizes = tuple(shape)
    except TypeError:
        sizes = ()
    integers = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0 for n in sizes)
    if len(sizes) != dimensions or not integers:
        raise ShapeError(
            "{name}: expected {expected} positive integers, received {received}",
            field=name,
            name=name,
            expected=dimensions,
            received=shape,
        )
    return tuple(int(n) for n in sizes)


def read_only(array: Array) -> Array:
    """Return a copy of ``array`` that can be handed to another thread: contiguous and not writeable."""
    return sealed(np.array(array, order="C"))


def sealed(array: Array) -> Array:
    """Return ``array`` itself, which nobody else holds, and which nobody can write to any more."""
    array.setflags(write=False)
    return array
