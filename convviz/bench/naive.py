"""Training by the teaching script's plain loops: one window at a time, every sum written out.

How a window is summed up is for the caller to say: by NumPy, or number by number in loops of Python.

It is what the engine is measured against and never used by the program. It shares no code with the engine: convolution
(VALID, with stride), its backward pass (zeros inserted, padded, kernel rotated by 180°), and plain gradient descent on
the sum of squared errors, for a chain of one-channel layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: From a window and a kernel of its shape to the sum of their products.
Sum = Callable[[Array, Array], float]


@dataclass
class NaiveLayer:
    """One kernel (height, width), its stride and its bias."""

    kernel: Array
    stride: int
    bias: float


def by_numpy(window: Array, kernel: Array) -> float:
    """Return the sum of products, by NumPy."""
    return float(np.sum(window * kernel))


def by_loops(window: Array, kernel: Array) -> float:
    """Return the sum of products, number by number."""
    total = 0.0
    for a in range(kernel.shape[0]):
        for b in range(kernel.shape[1]):
            total += window[a, b] * kernel[a, b]
    return total


def _correlate(x: Array, kernel: Array, stride: int = 1, total: Sum = by_numpy) -> Array:
    """Return the windows' sums: ``out[i, j] = Σ x[i·stride + a, j·stride + b] · kernel[a, b]``."""
    height, width = kernel.shape
    rows = (x.shape[0] - height) // stride + 1
    columns = (x.shape[1] - width) // stride + 1
    out = np.zeros((rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            window = x[i * stride : i * stride + height, j * stride : j * stride + width]
            out[i, j] = total(window, kernel)
    return out


def _spread(error: Array, stride: int) -> Array:
    """Return ``error`` with ``stride − 1`` zeros between its elements."""
    height, width = error.shape
    out = np.zeros(((height - 1) * stride + 1, (width - 1) * stride + 1), error.dtype)
    for i in range(height):
        for j in range(width):
            out[i * stride, j * stride] = error[i, j]
    return out


def _input_error(spread_error: Array, kernel: Array, shape: tuple[int, int], total: Sum = by_numpy) -> Array:
    """Return the error of the layer's input: the spread error, padded, under the kernel rotated by 180°."""
    height, width = kernel.shape
    padded = np.zeros((shape[0] + height - 1, shape[1] + width - 1), spread_error.dtype)
    rows, columns = spread_error.shape
    padded[height - 1 : height - 1 + rows, width - 1 : width - 1 + columns] = spread_error
    return _correlate(padded, kernel[::-1, ::-1], total=total)


def train(x: Array, target: Array, layers: list[NaiveLayer], rate: float, steps: int, total: Sum = by_numpy) -> Array:
    """Train ``layers`` in place and return the loss before each update, shape ``(steps,)``."""
    losses = np.empty(steps)
    for step in range(steps):
        maps = [x]
        for layer in layers:
            maps.append(_correlate(maps[-1], layer.kernel, layer.stride, total) + layer.bias)
        residual = maps[-1] - target
        losses[step] = np.sum(residual * residual)
        error = 2 * residual
        updates = []
        for layer, below in zip(reversed(layers), reversed(maps[:-1]), strict=True):
            spread_error = _spread(error, layer.stride)
            height, width = layer.kernel.shape
            reached = below[: spread_error.shape[0] + height - 1, : spread_error.shape[1] + width - 1]
            updates.append((layer, _correlate(reached, spread_error, total=total), np.sum(error)))
            error = _input_error(spread_error, layer.kernel, (below.shape[0], below.shape[1]), total)
        for layer, kernel_gradient, bias_gradient in updates:
            layer.kernel = layer.kernel - rate * kernel_gradient
            layer.bias = layer.bias - rate * bias_gradient
    return losses
