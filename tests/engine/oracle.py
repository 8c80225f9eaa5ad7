"""The convolution written out as nested loops: slow, obvious, and made of nothing that the engine is made of.

All arguments are spelled out: ``pads`` is ``((top, bottom), (left, right))``; ``stride`` and ``dilation`` are pairs.
"""

from __future__ import annotations

import numpy as np


def out_size(x_shape, kernel, stride, pads, dilation):
    sizes = []
    for n, k, s, (before, after), d in zip(x_shape[1:], kernel, stride, pads, dilation, strict=True):
        count = 0
        while count * s + (k - 1) * d < n + before + after:  # the last cell under window `count` is on the map
            count += 1
        sizes.append(count)
    return tuple(sizes)


def products(x_shape, weight_shape, stride, pads, dilation, groups):
    """Yield ``(o, i, j, w, c, row, column)``: weight ``w`` of output ``(o, i, j)`` meets cell ``(c, row, column)``."""
    out_channels, in_group, kh, kw = weight_shape
    height, width = out_size(x_shape, (kh, kw), stride, pads, dilation)
    for o in range(out_channels):
        group = o // (out_channels // groups)
        for i in range(height):
            for j in range(width):
                for c in range(in_group):
                    for u in range(kh):
                        for v in range(kw):
                            row = i * stride[0] + u * dilation[0] - pads[0][0]
                            column = j * stride[1] + v * dilation[1] - pads[1][0]
                            if 0 <= row < x_shape[1] and 0 <= column < x_shape[2]:
                                yield o, i, j, (o, c, u, v), group * in_group + c, row, column


def conv2d(x, weight, bias, stride, pads, dilation, groups):
    y = np.zeros((weight.shape[0], *out_size(x.shape, weight.shape[2:], stride, pads, dilation)))
    for o, i, j, w, c, row, column in products(x.shape, weight.shape, stride, pads, dilation, groups):
        y[o, i, j] += weight[w] * x[c, row, column]
    for o in range(len(y)):
        y[o] += 0 if bias is None else bias[o]
    return y


def conv2d_input_grad(dy, weight, x_shape, stride, pads, dilation, groups):
    dx = np.zeros(x_shape)
    for o, i, j, w, c, row, column in products(x_shape, weight.shape, stride, pads, dilation, groups):
        dx[c, row, column] += weight[w] * dy[o, i, j]
    return dx


def conv2d_weight_grad(x, dy, weight_shape, stride, pads, dilation, groups):
    dweight = np.zeros(weight_shape)
    for o, i, j, w, c, row, column in products(x.shape, weight_shape, stride, pads, dilation, groups):
        dweight[w] += x[c, row, column] * dy[o, i, j]
    return dweight


def reached(x_shape, kernel, stride, pads, dilation):
    mask = np.zeros(x_shape[1:], bool)
    for *_, row, column in products(x_shape, (1, x_shape[0], *kernel), stride, pads, dilation, 1):
        mask[row, column] = True
    return mask
