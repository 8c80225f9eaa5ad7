"""The way back through a layer of kernels as one does it by hand, with every intermediate, to be looked at.

A convolution hands its error δ back in four steps: zeros are inserted between its cells (stride − 1), a border of zeros
is put around it (span − 1, less what the forward pass padded, and at the bottom and right as much more as the stride
left over), the kernel is rotated by 180°, and slides over it with stride 1. The weight gradient is the input, padded as
on the way forward, correlated with the zero-inserted error, which steps by the dilation. A transposed convolution does
the same on the way forward, with its input in place of the error.

These are the same numbers as the engine's own gradients, which take a shorter way; the tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.errors import ShapeError
from convviz.engine.ops import convolve, plan, spaced
from convviz.engine.shapes import size_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from convviz.engine.convolution import Geometry
    from convviz.engine.layers.filters import FilterLayer
    from convviz.engine.memory import Array
    from convviz.engine.shapes import Pads


@dataclass(frozen=True)
class Trace:
    """Every intermediate of the gradients of one layer of kernels.

    What is *spread* is the error of a convolution, and the input of a transposed one; it has S channels, and makes a
    map of T channels: the input gradient of the one, the output (before the bias) of the other.

    Attributes
    ----------
    spread : (S, h, w)
    inserted : (S, …)
        ``spread`` with stride − 1 zeros between its cells.
    border : ((top, bottom), (left, right))
        The zeros around ``inserted``. Negative: cells that only the padding would get are cut off instead.
    padded : (S, …)
        ``inserted`` within its border.
    rotated : (T, S / groups, kh, kw)
        The kernels rotated by 180°, ordered by the channel that they make.
    dilation
        The distance of the kernel's taps as it slides.
    result : (T, H, W)
        ``padded`` correlated with ``rotated``, at stride 1.
    reached : (H, W)
        False for the cells of ``result`` that no window reaches: they are exactly zero.
    correlated : (T, …)
        What the weight gradient is read from, padded as on the way forward and without the remainder: the input of a
        convolution, the error of a transposed one.
    input_grad, weight_grad, bias_grad
        The gradients. ``input_grad`` is ``result`` for a convolution; ``bias_grad`` is None without a bias.
    """

    spread: Array
    inserted: Array
    border: Pads
    padded: Array
    rotated: Array
    dilation: tuple[int, int]
    result: Array
    reached: NDArray[np.bool_]
    correlated: Array
    input_grad: Array
    weight_grad: Array
    bias_grad: Array | None


def trace(layer: FilterLayer, params: Mapping[str, Array], x: Array, dy: Array) -> Trace:
    """Return every intermediate of a layer's gradients.

    Parameters
    ----------
    layer
        A convolution or a transposed convolution.
    params
        ``weight`` and, unless the layer has none, ``bias``.
    x : (C, H, W)
        The layer's input.
    dy : (O, H', W')
        The derivative of the loss by its output.

    Raises
    ------
    ShapeError
        If the arrays do not have the shapes that the layer gives them.
    """
    with np.errstate(all="ignore"):  # a run that diverged is looked at as well
        return _trace(layer, params, x, dy)


def _trace(layer: FilterLayer, params: Mapping[str, Array], x: Array, dy: Array) -> Trace:
    in_shape = (x.shape[0], x.shape[1], x.shape[2])
    _check("weight", params["weight"].shape, layer.weight_shape(in_shape))
    _check("dy", dy.shape, layer.output_shape(in_shape))
    geometry = layer.geometry(in_shape)
    spread, other = (x, dy) if layer.adjoint else (dy, x)
    weight = params["weight"]
    inserted = spaced(spread, (geometry.stride[0] - 1, geometry.stride[1] - 1))
    border = _border(geometry, inserted)
    padded = _framed(inserted, border)
    rotated = _turned(weight, geometry)
    sliding = plan(padded.shape, rotated.shape, dilation=geometry.dilation, groups=geometry.groups)
    result = convolve(sliding, padded, rotated)
    correlated = _framed(other, _read(geometry))
    return Trace(
        spread=spread,
        inserted=inserted,
        border=border,
        padded=padded,
        rotated=rotated,
        dilation=geometry.dilation,
        result=result,
        reached=_reached(geometry),
        correlated=correlated,
        input_grad=convolve(geometry, other, weight) if layer.adjoint else result,
        weight_grad=_weight_grad(correlated, inserted, geometry),
        bias_grad=dy.sum(axis=(1, 2)) if "bias" in params else None,
    )


def _border(geometry: Geometry, inserted: Array) -> Pads:
    """Return the border with which a window at stride 1 makes a map of the size that the convolution read."""
    sides = []
    for n, axis in enumerate(geometry.axes):
        span = (axis.taps - 1) * axis.spacing + 1
        before = span - 1 - geometry.before[n]
        sides.append((before, geometry.size[n] + span - 1 - inserted.shape[n + 1] - before))
    return sides[0], sides[1]


def _read(geometry: Geometry) -> Pads:
    """Return the border (negative: what is left out) of the map that the windows read, first cell to last."""
    down, across = ((-axis.first, axis.stop - axis.size) for axis in geometry.axes)
    return down, across


def _framed(x: Array, border: Pads) -> Array:
    """Return ``x`` within zeros, or with what is beyond a negative border cut off."""
    inner, outer = [slice(None)], [(0, 0)]
    for size, (before, after) in zip(x.shape[1:], border, strict=True):
        inner.append(slice(max(0, -before), max(0, size + min(0, after))))
        outer.append((max(0, before), max(0, after)))
    framed: Array = np.pad(x[tuple(inner)], outer)
    return framed


def _turned(weight: Array, geometry: Geometry) -> Array:
    """Return (T, S / groups, kh, kw): each kernel rotated, and what it was made from in place of what it made."""
    groups, (kh, kw) = geometry.groups, geometry.kernel
    grouped = weight[..., ::-1, ::-1].reshape(groups, geometry.out_group, geometry.in_group, kh, kw)
    return np.ascontiguousarray(grouped.swapaxes(1, 2)).reshape(geometry.channels, geometry.out_group, kh, kw)


def _weight_grad(read: Array, inserted: Array, geometry: Geometry) -> Array:
    """Return (S, T / groups, kh, kw): for each tap the sum of the error's products with the cells under it."""
    groups, (height, width) = geometry.groups, inserted.shape[1:]
    errors = inserted.reshape(groups, geometry.out_group, -1)
    maps = read.reshape(groups, geometry.in_group, *read.shape[1:])
    result = np.empty((groups, geometry.out_group, geometry.in_group, *geometry.kernel), read.dtype)
    for u in range(geometry.kernel[0]):
        for v in range(geometry.kernel[1]):
            top, left = u * geometry.dilation[0], v * geometry.dilation[1]
            under = maps[:, :, top : top + height, left : left + width].reshape(groups, geometry.in_group, -1)
            result[..., u, v] = errors @ under.swapaxes(1, 2)
    return result.reshape(geometry.out_channels, geometry.in_group, *geometry.kernel)


def _reached(geometry: Geometry) -> NDArray[np.bool_]:
    masks = []
    for axis in geometry.axes:
        mask = np.zeros(axis.size + 1, np.bool_)  # the last stands for the border
        mask[axis.cells()] = True
        masks.append(mask[: axis.size])
    return np.logical_and.outer(masks[0], masks[1])


def _check(name: str, received: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if received != expected:
        raise ShapeError(
            "{name}: expected shape {expected}, received {received}",
            field=name,
            name=name,
            expected=size_text(expected),
            received=size_text(received),
        )
