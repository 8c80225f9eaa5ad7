"""Experiments of every form that the picture has to cope with."""

from __future__ import annotations

import numpy as np

from convviz.engine.layers import (
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
)
from convviz.engine.optimizers import SGD
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import GivenMap, RandomMap


def experiment(*layers: Layer, size: tuple[int, int] = (20, 20), channels: int = 1) -> Experiment:
    return Experiment(
        input=RandomMap(size=size, channels=channels),
        stages=tuple(Stage(layer=layer) for layer in layers),
        optimizer=SGD(learning_rate=1e-6),
    )


EXPERIMENTS = {
    "demo": experiment(Conv2d((3, 3)), Conv2d((4, 4), stride=2)),
    "one layer, with a remainder": experiment(Conv2d((3, 3), stride=2)),
    "no bias": experiment(Conv2d((3, 3), bias=None), Conv2d((2, 2))),
    "two layers and a ReLU": experiment(Conv2d((3, 3)), ReLU(), Conv2d((3, 3)), size=(16, 16)),
    "pooling": experiment(Conv2d((3, 3)), ReLU(), MaxPool2d(), Conv2d((3, 3))),
    "four convolutions": experiment(*(Conv2d((3, 3)) for _ in range(4))),
    "six layers": experiment(Conv2d((3, 3)), Sigmoid(), Conv2d((3, 3)), Tanh(), AvgPool2d(), Conv2d((3, 3))),
    "five layers": experiment(
        Conv2d((3, 3), out_channels=4),
        MaxPool2d(),
        ConvTranspose2d((3, 3), out_channels=2, stride=2),
        AvgPool2d(),
        Conv2d((2, 2)),
    ),
    "eight layers": experiment(*(Conv2d((3, 3)) for _ in range(8)), size=(24, 24)).replace(
        optimizer=SGD(learning_rate=1e-12)
    ),
    "eight channels": experiment(Conv2d((3, 3), out_channels=8), LeakyReLU(), Conv2d((4, 4), stride=2), size=(24, 24)),
    "colours": experiment(
        Conv2d((5, 5), out_channels=16), ReLU(), Conv2d((3, 3), out_channels=3), size=(32, 32), channels=3
    ),
    "sixteen channels": experiment(
        Conv2d((3, 3), out_channels=16),
        ReLU(),
        Conv2d((3, 3), out_channels=16),
        Tanh(),
        Conv2d((3, 3), out_channels=3),
        channels=3,
    ),
    "rectangles": experiment(Conv2d((3, 5)), Conv2d((5, 3), stride=(2, 1)), size=(30, 44)),
    "transposed": experiment(Conv2d((4, 4), stride=4), ConvTranspose2d((3, 3), stride=2)),
    "a long row": experiment(Conv2d((1, 9)), Conv2d((1, 7), stride=(1, 2)), size=(1, 200)),
    "a long column": experiment(Conv2d((9, 3)), Conv2d((11, 1)), size=(100, 3)),
    "one number": experiment(Conv2d((1, 1)), size=(1, 1)).replace(optimizer=SGD(learning_rate=0.1)),
    "many filters": experiment(Conv2d((3, 3), out_channels=256), Conv2d((4, 4), stride=2)),
    "large": experiment(Conv2d((7, 7)), Conv2d((8, 8), stride=2), size=(256, 256)),
    "given target": experiment(Conv2d((3, 3)), size=(10, 10)).replace(
        target=GivenMap(np.linspace(0.0, 1.0, 64).reshape(8, 8))
    ),
}
