"""Training by the teaching script's plain loops: one window at a time, every sum written out.

It is what the engine is measured against and never used by the program. It shares no code with the engine: convolution
(VALID, with stride), its backward pass (zeros inserted, padded, kernel rotated by 180°), and plain gradient descent on
the sum of squared errors, for a chain of one-channel layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass
class NaiveLayer:
    """One kernel (height, width), its stride and its bias."""

    kernel: Array
    stride: int
    bias: float


def correlate(x: Array, kernel: Array, stride: int = 1) -> Array:
    """Return the windows' sums: ``out[i, j] = Σ x[i·stride + a, j·stride + b] · kernel[a, b]``."""
    height, width = kernel.shape
    rows = (x.shape[0] - height) // stride + 1
    columns = (x.shape[1] - width) // stride + 1
    out = np.zeros((rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            window = x[i * stride : i * stride + height, j * stride : j * stride + width]
            out[i, j] = np.sum(window * kernel)
    return out


def spread(error: Array, stride: int) -> Array:
    """Return ``error`` with ``stride − 1`` zeros between its elements."""
    height, width = error.shape
    out = np.zeros(((height - 1) * stride + 1, (width - 1) * stride + 1), error.dtype)
    for i in range(height):
        for j in range(width):
            out[i * stride, j * stride] = error[i, j]
    return out


def input_error(spread_error: Array, kernel: Array, shape: tuple[int, int]) -> Array:
    """Return the error of the layer's input: the spread error, padded, under the kernel rotated by 180°."""
    height, width = kernel.shape
    padded = np.zeros((shape[0] + height - 1, shape[1] + width - 1), spread_error.dtype)
    rows, columns = spread_error.shape
    padded[height - 1 : height - 1 + rows, width - 1 : width - 1 + columns] = spread_error
    return correlate(padded, kernel[::-1, ::-1])


def train(x: Array, target: Array, layers: list[NaiveLayer], rate: float, steps: int) -> Array:
    """Train ``layers`` in place and return the loss before each update, shape ``(steps,)``."""
    losses = np.empty(steps)
    for step in range(steps):
        maps = [x]
        for layer in layers:
            maps.append(correlate(maps[-1], layer.kernel, layer.stride) + layer.bias)
        residual = maps[-1] - target
        losses[step] = np.sum(residual * residual)
        error = 2 * residual
        updates = []
        for layer, below in zip(reversed(layers), reversed(maps[:-1]), strict=True):
            spread_error = spread(error, layer.stride)
            height, width = layer.kernel.shape
            reached = below[: spread_error.shape[0] + height - 1, : spread_error.shape[1] + width - 1]
            updates.append((layer, correlate(reached, spread_error), np.sum(error)))
            error = input_error(spread_error, layer.kernel, (below.shape[0], below.shape[1]))
        for layer, kernel_gradient, bias_gradient in updates:
            layer.kernel = layer.kernel - rate * kernel_gradient
            layer.bias = layer.bias - rate * bias_gradient
    return losses
