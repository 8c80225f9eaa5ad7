"""Every walk through networks of every kind."""

from __future__ import annotations

from convviz.engine import (
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
)
from convviz.engine.walkthrough import Area, channels_of, walk

CLOSE = {"rtol": 1e-12, "atol": 1e-12}

NETWORKS = {
    "demo": (Conv2d(3), Conv2d(4, stride=2)),
    "remainder": (Conv2d((2, 3), stride=(3, 2)), Conv2d(2)),
    "padded beyond the kernel": (Conv2d(2, padding=2), Conv2d((1, 2), 1, stride=(2, 3), padding=((3, 0), (1, 2)))),
    "dilated": (Conv2d(3, 2, dilation=2), Conv2d((2, 3), 1, stride=2, dilation=(3, 1), padding=1)),
    "steps over cells": (Conv2d(2, 1, stride=3), Conv2d(1, 1, stride=2)),
    "channels": (Conv2d(3, 4, padding=1), ReLU(), Conv2d(3, 2, groups=2, dilation=2)),
    "max": (Conv2d(2, 2), MaxPool2d(2), Sigmoid()),
    "overlapping max": (Conv2d(2, 2), MaxPool2d(3, stride=1, padding=1, dilation=2), Tanh()),
    "mean": (Conv2d(2, 2, bias=None), AvgPool2d(3, stride=2, padding=1, count_padding=False), LeakyReLU()),
    "transposed": (Conv2d(3, 2, stride=2), ConvTranspose2d(3, 2, stride=2, padding=1)),
    "transposed with holes": (Conv2d(3, 2, stride=2), ConvTranspose2d(2, 2, stride=3, output_padding=1, groups=2)),
    "transposed and cut off": (Conv2d(3, 2), ConvTranspose2d(2, padding=3, bias=None)),
}


def all_walks(frame):
    """Every walk of a frame: all layers and the loss, both ways, all channels, one or all of the source."""
    for index in range(len(frame.problem.layers) + 1):
        for back in (False, True):
            for into in range(channels_of(frame, index, back=back).into):
                of = channels_of(frame, index, back=back, into=into).of
                for only in (None, of[-1]):
                    yield walk(frame, index, back=back, into=into, of=only)


def whole(board):
    return board.sheet.crop(Area(0, 0, *board.sheet.size))
