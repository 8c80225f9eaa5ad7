"""Convolution and its two gradients as plain functions of arrays, and the three steps of the way back.

Convolution is cross-correlation, as in every framework: nothing is turned round on the way forward. For arrays
``(channels, height, width)`` and weights ``(out_channels, in_channels / groups, kh, kw)``

    y[o, i, j] = bias[o] + Σ weight[o, c, u, v] · x[c, i·stride + u·dilation − top, j·stride + v·dilation − left]

float32 arguments give a float32 result; everything else is computed in float64. No argument is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.arrays import map_array, number_array, shape_of, weight_array
from convviz.engine.convolution import Geometry, Operands, bind
from convviz.engine.errors import ShapeError
from convviz.engine.memory import Array, Buffer, run
from convviz.engine.settings import Setting, check_value
from convviz.engine.shapes import LARGEST, Shape, Window, size_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, DTypeLike

_COUNT = Setting("", "", "pair", minimum=0, maximum=LARGEST)
_GROUPS = Setting("", "", "int", minimum=1)


def conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Return the convolution of a map.

    Parameters
    ----------
    x : (C, H, W)
    weight : (O, C / groups, kh, kw)
    bias : (O,), optional
    stride, dilation
        An int, or a pair (vertical, horizontal).
    padding
        Also ``((top, bottom), (left, right))``, ``"valid"``, ``"same"`` or ``"full"`` (see `Window`).
    groups
        The channels fall into this many groups that are convolved apart.

    Returns
    -------
    (O, H', W') array
        float32 where all arguments are, else float64.

    Raises
    ------
    ShapeError
        If the sizes do not go together, or an array is empty.
    ConfigError
        If an argument is of a wrong type, not finite, or beyond `convviz.engine.shapes.LARGEST`.
    """
    values, weights = map_array(x, "x"), weight_array(weight)
    offsets = None if bias is None else number_array(bias, "bias")
    geometry = plan(values.shape, weights.shape, stride, padding, dilation, groups)
    if offsets is not None and offsets.shape != weights.shape[:1]:
        raise ShapeError(
            "bias: expected {expected} numbers, one for each output channel, received shape {received}",
            field="bias",
            expected=weights.shape[0],
            received=offsets.shape,
        )
    return convolve(geometry, values, weights, offsets)


def conv2d_input_grad(
    dy: ArrayLike,
    weight: ArrayLike,
    x_shape: Sequence[int],
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Return the derivative by ``x`` of a loss whose derivative by ``conv2d(x, weight, …)`` is ``dy``.

    It is the adjoint of `conv2d` in its first argument. Cells that no window reaches get zero.

    Parameters
    ----------
    dy : (O, H', W')
    weight : (O, C / groups, kh, kw)
    x_shape
        ``(C, H, W)``.
    stride, padding, dilation, groups
        As given to `conv2d`.

    Returns
    -------
    (C, H, W) array
        float32 where both arguments are, else float64.

    Raises
    ------
    ShapeError, ConfigError
        As `conv2d`.
    """
    error, weights = map_array(dy, "dy"), weight_array(weight)
    geometry = plan(shape_of(x_shape, 3, "x_shape"), weights.shape, stride, padding, dilation, groups)
    _check_error(error, geometry)
    operands = _operands(geometry, _common(error, weights))
    operands.dy.array[...] = error
    _set_weight(operands, geometry, weights)
    run(bind(geometry, operands).input_grad())
    return operands.dx.array.copy()


def conv2d_weight_grad(
    x: ArrayLike,
    dy: ArrayLike,
    weight_shape: Sequence[int],
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Return the derivative by ``weight`` of a loss whose derivative by ``conv2d(x, weight, …)`` is ``dy``.

    Parameters
    ----------
    x : (C, H, W)
    dy : (O, H', W')
    weight_shape
        ``(O, C / groups, kh, kw)``.
    stride, padding, dilation, groups
        As given to `conv2d`.

    Returns
    -------
    (O, C / groups, kh, kw) array
        float32 where both arguments are, else float64.

    Raises
    ------
    ShapeError, ConfigError
        As `conv2d`.
    """
    values, error = map_array(x, "x"), map_array(dy, "dy")
    geometry = plan(values.shape, shape_of(weight_shape, 4, "weight_shape"), stride, padding, dilation, groups)
    _check_error(error, geometry)
    operands = _operands(geometry, _common(values, error))
    operands.x.array[...] = values
    operands.dy.array[...] = error
    bound = bind(geometry, operands)
    run((*bound.unfold(), *bound.weight_grad()))
    return weight_view(operands.dweight, geometry).copy(order="C")


def insert_zeros(x: ArrayLike, count: Any) -> Array:
    """Return a map with ``count`` zeros between neighbouring rows and columns.

    Parameters
    ----------
    x : (H, W) or (C, H, W)
    count
        At least 0; an int, or a pair (between rows, between columns).

    Returns
    -------
    (…, H + (H − 1) · count, W + (W − 1) · count) array
        float32 where ``x`` is, else float64.

    Raises
    ------
    ShapeError
        If ``x`` is empty, or neither a map nor a stack of maps.
    ConfigError
        If ``x`` holds something other than finite numbers, or ``count`` is of a wrong type,
        below 0 or beyond `convviz.engine.shapes.LARGEST`.
    """
    values = map_array(x, "x", dimensions=(2, 3))
    rows, columns = check_value(count, _COUNT, "count")
    return spaced(values, (rows, columns))


def pad_zeros(x: ArrayLike, left_right: Any, top_bottom: Any) -> Array:
    """Return a map with a border of zeros.

    Parameters
    ----------
    x : (H, W) or (C, H, W)
    left_right, top_bottom
        Columns and rows to add, at least 0: an int for both sides, or a pair.

    Returns
    -------
    (…, top + H + bottom, left + W + right) array
        float32 where ``x`` is, else float64.

    Raises
    ------
    ShapeError
        If ``x`` is empty, or neither a map nor a stack of maps.
    ConfigError
        If ``x`` holds something other than finite numbers, or a number to add is of a wrong type,
        below 0 or beyond `convviz.engine.shapes.LARGEST`.
    """
    values = map_array(x, "x", dimensions=(2, 3))
    left, right = check_value(left_right, _COUNT, "left_right")
    top, bottom = check_value(top_bottom, _COUNT, "top_bottom")
    return np.pad(values, [(0, 0)] * (values.ndim - 2) + [(top, bottom), (left, right)])


def rotate_180(x: ArrayLike) -> Array:
    """Return a map, or a kernel, turned by half a turn: its last row first, and its last column first.

    Parameters
    ----------
    x : (H, W) or (C, H, W)

    Returns
    -------
    (…, H, W) array
        float32 where ``x`` is, else float64.

    Raises
    ------
    ShapeError
        If ``x`` is empty, or neither a map nor a stack of maps.
    ConfigError
        If ``x`` holds something other than finite numbers.
    """
    return map_array(x, "x", dimensions=(2, 3))[..., ::-1, ::-1].copy()


def convolve(geometry: Geometry, x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Return the convolution of a map whose sizes are known to go together; the numbers may be anything."""
    operands = _operands(geometry, _common(x, weight, bias), bias=bias is not None)
    operands.x.array[...] = x
    _set_weight(operands, geometry, weight)
    if bias is not None:
        operands.weight[:, -1] = bias
    bound = bind(geometry, operands)
    run((*bound.unfold(), *bound.product()))
    return operands.y.array.copy()


def spaced(x: Array, count: tuple[int, int]) -> Array:
    """Return ``x`` with so many zeros between neighbouring rows and columns."""
    height, width = x.shape[-2:]
    rows, columns = count
    result = np.zeros((*x.shape[:-2], height + (height - 1) * rows, width + (width - 1) * columns), x.dtype)
    result[..., :: rows + 1, :: columns + 1] = x
    return result


def plan(
    x_shape: tuple[int, ...],
    weight_shape: tuple[int, ...],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Geometry:
    """Return the geometry of a convolution of a ``(C, H, W)`` map by ``(O, C / groups, kh, kw)`` weights.

    Raises
    ------
    ShapeError, ConfigError
        As `conv2d`.
    """
    groups = check_value(groups, _GROUPS, "groups")
    window = Window(weight_shape[2:], stride, padding, dilation)
    check_groups(x_shape[0], weight_shape[0], groups)
    if weight_shape[1] * groups != x_shape[0]:
        raise ShapeError(
            "weight: expected {expected} input channels (channels of the input: {channels}, groups: {groups}), "
            "received {received}",
            field="weight",
            expected=x_shape[0] // groups,
            channels=x_shape[0],
            groups=groups,
            received=weight_shape[1],
        )
    return window_geometry(window, (x_shape[0], x_shape[1], x_shape[2]), weight_shape[0], groups)


def window_geometry(window: Window, in_shape: Shape, out_channels: int, groups: int) -> Geometry:
    """Return the geometry of a convolution whose channels and groups are known to go together."""
    channels, height, width = in_shape
    (top, _), (left, _) = window.pads(height, width)
    return Geometry(
        channels=channels,
        size=(height, width),
        out_channels=out_channels,
        out_size=window.output_size(height, width),
        kernel=window.kernel,
        stride=window.stride,
        before=(top, left),
        dilation=window.dilation,
        groups=groups,
    )


def check_groups(channels: int, out_channels: int, groups: int) -> None:
    """Raise `ShapeError` unless ``groups`` divides both numbers of channels."""
    if channels % groups or out_channels % groups:
        raise ShapeError(
            "{channels} input and {out_channels} output channels do not fall into {groups} equal groups; "
            "possible: {possible}",
            field="groups",
            channels=channels,
            out_channels=out_channels,
            groups=groups,
            possible=", ".join(str(n) for n in range(1, channels + 1) if channels % n == 0 and out_channels % n == 0),
        )


def weight_view(weight: Array, geometry: Geometry) -> Array:
    """Return ``(…, O, taps)`` or ``(…, O, taps + 1)`` as a ``(…, O, C / groups, kh, kw)`` view of the weights in it."""
    rows, columns = geometry.kernel
    shape = (*weight.shape[:-1], rows, geometry.in_group, columns)
    return np.swapaxes(weight[..., : geometry.taps].reshape(shape), -3, -2)


def _check_error(error: Array, geometry: Geometry) -> None:
    expected = (geometry.out_channels, *geometry.out_size)
    if error.shape != expected:
        raise ShapeError(
            "dy: expected the output's shape {expected}, received {received}",
            field="dy",
            expected=size_text(expected),
            received=size_text(error.shape),
        )


def _common(*arrays: Array | None) -> DTypeLike:
    return np.result_type(*(array.dtype for array in arrays if array is not None))


def _operands(geometry: Geometry, dtype: DTypeLike, bias: bool = False) -> Operands:
    inside, outside = (geometry.channels, *geometry.size), (geometry.out_channels, *geometry.out_size)
    filters = (geometry.out_channels, geometry.taps + bias)
    return Operands(
        x=Buffer(inside, dtype),
        y=Buffer(outside, dtype),
        dx=Buffer(inside, dtype),
        dy=Buffer(outside, dtype),
        weight=np.zeros(filters, dtype),
        dweight=np.zeros(filters, dtype),
        bias=bias,
    )


def _set_weight(operands: Operands, geometry: Geometry, weight: Array) -> None:
    weight_view(operands.weight, geometry)[...] = weight
