"""The functions that a script in NumPy may call: a script contains those of them that it does call.

They are written to be read. Windows that slide over a map, and their reverse, are all that convolution and pooling
need.
"""

from __future__ import annotations

import re
from textwrap import dedent

#: The source of each function by its name, in the order in which they may call one another.
_HELPERS: dict[str, str] = {
    "windows": '''
        def windows(x, kernel, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), border=0):
            """Return what lies under the window: (channels, rows, columns, window rows, window columns)."""
            x = np.pad(x, ((0, 0), *padding), constant_values=border)
            span = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
            every = sliding_window_view(x, span, (1, 2))
            return every[:, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
    ''',
    "scatter": '''
        def scatter(shares, size, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1)):
            """Return a map of what windows give to its cells, added up: the reverse of `windows`."""
            channels, rows, columns, kernel_rows, kernel_columns = shares.shape
            (top, bottom), (left, right) = padding
            padded = np.zeros((channels, top + size[0] + bottom, left + size[1] + right), shares.dtype)
            for i in range(kernel_rows):
                for j in range(kernel_columns):
                    down = slice(i * dilation[0], i * dilation[0] + rows * stride[0], stride[0])
                    across = slice(j * dilation[1], j * dilation[1] + columns * stride[1], stride[1])
                    padded[:, down, across] += shares[:, :, :, i, j]
            return padded[:, top : top + size[0], left : left + size[1]]
    ''',
    "conv2d": '''
        def conv2d(x, weight, **how):
            """Return the sum of what lies under the window times the kernel, at every place."""
            return np.einsum("oiuv,ircuv->orc", weight, windows(x, weight.shape[2:], **how))
    ''',
    "conv2d_weight_grad": '''
        def conv2d_weight_grad(x, dy, kernel, **how):
            """Return the derivative by the kernel: each weight's inputs times the errors they led to."""
            return np.einsum("orc,ircuv->oiuv", dy, windows(x, kernel, **how))
    ''',
    "conv2d_input_grad": '''
        def conv2d_input_grad(dy, weight, size, **how):
            """Return the derivative by the input: each error spreads over the map by the kernel."""
            return scatter(np.einsum("oiuv,orc->ircuv", weight, dy), size, **how)
    ''',
    "grouped": '''
        def grouped(function, groups, *arrays, **how):
            """Return what a function makes of each group of channels by itself."""
            parts = zip(*(np.split(array, groups) for array in arrays))
            return np.concatenate([function(*part, **how) for part in parts])
    ''',
    "max_pool2d": '''
        def max_pool2d(x, kernel, **how):
            """Return the largest cell under the window at every place."""
            return windows(x, kernel, **how, border=-np.inf).max(axis=(3, 4))
    ''',
    "max_pool2d_grad": '''
        def max_pool2d_grad(x, dy, kernel, **how):
            """Return the derivative by the input: each error goes to its window's (first) largest cell."""
            under = windows(x, kernel, **how, border=-np.inf)
            largest = under.reshape(*dy.shape, -1).argmax(axis=-1)
            wins = np.eye(kernel[0] * kernel[1], dtype=bool)[largest].reshape(under.shape)
            return scatter(np.where(wins, dy[..., None, None], 0), x.shape[1:], **how)
    ''',
    "cells_under": '''
        def cells_under(x, kernel, **how):
            """Return how many cells of the map, not of its border, lie under the window at every place."""
            return windows(np.ones_like(x), kernel, **how).sum(axis=(3, 4))
    ''',
    "avg_pool2d": '''
        def avg_pool2d(x, kernel, cells, **how):
            """Return the sum of what lies under the window, divided by the number of cells that count."""
            return windows(x, kernel, **how).sum(axis=(3, 4)) / cells
    ''',
    "avg_pool2d_grad": '''
        def avg_pool2d_grad(x, dy, kernel, cells, **how):
            """Return the derivative by the input: each error in equal shares for the cells under its window."""
            shares = (dy / cells)[..., None, None] * np.ones(kernel, dy.dtype)
            return scatter(shares, x.shape[1:], **how)
    ''',
}


def helpers_for(body: str) -> list[str]:
    """Return the sources of the functions that a script's ``body`` calls, and of those that they call."""
    needed: set[str] = set()
    for name in reversed(_HELPERS):  # each is called by later ones only, and by the body
        texts = [body, *(_HELPERS[other] for other in needed)]
        if any(re.search(rf"(?<!def )\b{name}\b(?=[(,])", text) for text in texts):
            needed.add(name)
    return [dedent(source).strip() for name, source in _HELPERS.items() if name in needed]
