"""Networks after some steps on random numbers, and all the numbers that they have."""

from __future__ import annotations

import numpy as np

from convviz.engine import (
    SGD,
    AvgPool2d,
    ConfigError,
    Conv2d,
    ConvTranspose2d,
    LeakyReLU,
    MaxPool2d,
    Problem,
    ReLU,
    Sigmoid,
    StopConditions,
    SumSquaredError,
    Tanh,
    Trainer,
)
from convviz.engine.explain import Kind, Tensor, array_of

NETWORKS = {
    "demo": (Conv2d(3), Conv2d(4, stride=2)),
    "remainder": (Conv2d((2, 3), stride=(3, 2)), Conv2d(2)),
    "channels": (Conv2d(3, 4, padding=1), ReLU(), Conv2d(3, 2, groups=2, dilation=2)),
    "max": (Conv2d(2, 2), MaxPool2d(2), Sigmoid()),
    "mean": (Conv2d(2, 2, bias=None), AvgPool2d(3, stride=2, padding=1, count_padding=False), LeakyReLU()),
    "transposed": (Conv2d(3, 2, stride=2), ConvTranspose2d(3, 2, stride=2, padding=1)),
}


def trained(layers, *, loss=None, optimizer=None, steps=3, dtype=np.float64, weight=None):
    """The frame after some steps of a network on random numbers, with all weights the same if one is given."""
    rng = np.random.default_rng(11)
    x = rng.normal(1, 1, (2, 9, 10)) if layers[0].bias is None else rng.normal(1, 1, (1, 11, 10))
    shapes = [x.shape]
    for layer in layers:
        shapes.append(layer.output_shape(shapes[-1]))
    target = rng.normal(size=shapes[-1])
    initial = [layer.init(rng, shape) for layer, shape in zip(layers, shapes, strict=False)]
    if weight is not None:
        initial = [{name: np.full_like(array, weight) for name, array in params.items()} for params in initial]
    problem = Problem(
        input=x,
        target=target,
        layers=layers,
        initial=initial,
        loss=loss or SumSquaredError(),
        optimizer=optimizer or SGD(learning_rate=1e-4),
        stop=StopConditions(steps=100),
        dtype=dtype,
    )
    trainer = Trainer(problem)
    trainer.run(steps)
    return trainer.frame(input_gradient=True), trainer


def tensors(frame):
    """Every array that the frame has."""
    found = []
    for kind in Kind:
        for position in range(len(frame.values)):
            tensor = Tensor(kind, position)
            try:
                array = array_of(frame, tensor)
            except ConfigError:
                continue
            if position == 0 or kind not in (Kind.LOSS, Kind.TARGET, Kind.RESIDUAL):
                found.append((tensor, array))
    return found


def some_indices(array, rng, count=6):
    flat = rng.permutation(array.size)[:count]
    corners = [0, array.size - 1]
    return [tuple(int(i) for i in np.unravel_index(n, array.shape)) for n in (*corners, *flat)]


def size_of(explanation):
    return max((np.abs(part.terms).sum() for part in explanation.parts), default=abs(explanation.value)) or 1.0


def draw_layer(rng, channels):
    """Draw a layer that reads so many channels."""

    def pair(low, high):
        return tuple(int(n) for n in rng.integers(low, high + 1, size=2))

    kind = rng.integers(8)
    if kind <= 2:
        groups = int(rng.choice([n for n in (1, 2, 3) if channels % n == 0]))
        padding = tuple(pair(0, 2) for _ in range(2))
        bias = {} if rng.random() < 0.7 else {"bias": None}
        return Conv2d(
            pair(1, 4),
            groups * int(rng.integers(1, 3)),
            stride=pair(1, 3),
            padding=padding,
            dilation=pair(1, 2),
            groups=groups,
            **bias,
        )
    if kind == 3:
        return ConvTranspose2d(pair(1, 3), int(rng.integers(1, 3)), stride=pair(1, 3), dilation=pair(1, 2))
    if kind == 4:
        return MaxPool2d(pair(1, 3), stride=pair(1, 3))
    if kind == 5:
        return AvgPool2d(pair(2, 3), stride=pair(1, 2), padding=1, count_padding=bool(rng.integers(2)))
    return rng.choice([ReLU(), LeakyReLU(), Sigmoid(), Tanh()])
