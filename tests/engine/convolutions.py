"""Convolutions of many sizes, and memory for them."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from convviz.engine.convolution import Geometry, Operands
from convviz.engine.memory import Buffer, sorted_columns


def geometries(count, seed, largest=18):
    """Yield random geometries, with paddings larger than kernels, remainders, gaps and groups among them."""
    draw = random.Random(seed)
    while count:
        groups = draw.choice([1, 1, 2, 3])
        size = (draw.randint(1, largest), draw.randint(1, largest))
        kernel, stride, dilation = ((draw.randint(1, most), draw.randint(1, most)) for most in (5, 4, 4))
        before = (draw.randint(0, 4), draw.randint(0, 4))
        padded = [n + p + draw.randint(0, 3) for n, p in zip(size, before, strict=True)]
        out = [(padded[n] - dilation[n] * (kernel[n] - 1) - 1) // stride[n] + 1 for n in (0, 1)]
        if min(out) < 1:
            continue
        count -= 1
        yield Geometry(
            channels=groups * draw.randint(1, 3),
            size=size,
            out_channels=groups * draw.randint(1, 3),
            out_size=(out[0], out[1]),
            kernel=kernel,
            stride=stride,
            before=before,
            dilation=dilation,
            groups=groups,
        )


def operands(geometry, rng, bias=True, constant=False, dtype=np.float64):
    """Return memory with random numbers in all of it, also where results will go."""
    inside, outside = (geometry.channels, *geometry.size), (geometry.out_channels, *geometry.out_size)
    buffers = [Buffer(shape, dtype) for shape in (inside, outside, inside, outside)]
    for buffer in buffers:
        buffer.flat[:] = rng.normal(size=buffer.flat.size)
    weights = rng.normal(size=(2, geometry.out_channels, geometry.taps + bias)).astype(dtype)
    return Operands(*buffers, weight=weights[0], dweight=weights[1], bias=bias, constant=constant)


def with_sorted_columns(memory, *names, modulus):
    """Return operands with the same numbers, the columns of some maps sorted by their remainder."""
    changed = {}
    for name in names:
        plain = getattr(memory, name)
        order = sorted_columns(*plain.shape[1:], modulus)
        changed[name] = Buffer(plain.shape, plain.flat.dtype, order)
        changed[name].flat[:] = plain.flat.reshape(plain.shape[0], -1)[:, order.cells].reshape(-1)
        assert np.array_equal(changed[name].array, plain.array)
    return replace(memory, **changed)
