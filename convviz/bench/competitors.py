"""Those that the engine is measured against, each made to do the same work from the same numbers.

A competitor is built from a `Problem` and called with a number of steps; it goes on from where it stopped and returns
the loss before each update.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convviz.bench.naive import NaiveLayer, Sum, by_numpy, train
from convviz.engine import Conv2d, Problem, ReLU, Trainer
from convviz.i18n import tr

Array = NDArray[Any]
Competitor = Callable[[int], Array]

#: Relative agreement of the losses that a competitor must reach before it is timed, by number format.
_TOLERANCE = {"float64": 1e-9, "float32": 2e-3}


class OtherWorkError(Exception):
    """A competitor does not do the same work: its losses are others."""


def engine(problem: Problem) -> Competitor:
    """Return the engine itself, keeping every loss and every parameter as it always does."""
    trainer = Trainer(problem)

    def run(count: int) -> Array:
        before = trainer.current_step
        trainer.run(count)
        return np.asarray(trainer.losses[before:])

    return run


def naive(problem: Problem, total: Sum = by_numpy) -> Competitor:
    """Return the plain loops, with what sums up a window; one-channel chains of convolutions only."""
    layers = [
        NaiveLayer(parameters["weight"][0, 0].copy(), layer.stride[0], float(parameters["bias"][0]))
        for layer, parameters in zip(problem.layers, problem.initial, strict=True)
        if isinstance(layer, Conv2d)
    ]

    def run(count: int) -> Array:
        return train(problem.input[0], problem.target[0], layers, problem.optimizer.learning_rate, count, total)

    return run


def has_torch() -> bool:
    """Return whether PyTorch is installed."""
    return importlib.util.find_spec("torch") is not None


def torch_threads() -> tuple[int, ...]:
    """Return the numbers of threads that PyTorch may use: one, and one for each core. The better one counts."""
    return tuple(sorted({1, os.cpu_count() or 1}))


def torch(problem: Problem, threads: int) -> Competitor:
    """Return PyTorch as its users write it: autograd and `torch.optim.SGD`, with a number of threads."""
    import torch as pytorch

    dtype = pytorch.float64 if problem.dtype == np.float64 else pytorch.float32
    modules: list[Any] = []
    channels = problem.input.shape[0]
    for layer, parameters in zip(problem.layers, problem.initial, strict=True):
        if isinstance(layer, Conv2d):
            module: Any = pytorch.nn.Conv2d(
                channels, layer.out_channels, layer.kernel, stride=layer.stride, dtype=dtype
            )
            with pytorch.no_grad():
                module.weight.copy_(pytorch.tensor(np.ascontiguousarray(parameters["weight"])))
                module.bias.copy_(pytorch.tensor(np.ascontiguousarray(parameters["bias"])))
            channels = layer.out_channels
            modules.append(module)
        elif isinstance(layer, ReLU):
            modules.append(pytorch.nn.ReLU())
    network = pytorch.nn.Sequential(*modules)
    x = pytorch.tensor(np.ascontiguousarray(problem.input))[None]
    target = pytorch.tensor(np.ascontiguousarray(problem.target))[None]
    optimizer = pytorch.optim.SGD(network.parameters(), lr=problem.optimizer.learning_rate)

    def run(count: int) -> Array:
        pytorch.set_num_threads(threads)
        losses = []
        for _ in range(count):
            optimizer.zero_grad()
            loss = ((network(x) - target) ** 2).sum()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return np.asarray(pytorch.stack(losses).to(pytorch.float64).numpy())

    return run


def check_same_losses(ours: Array, theirs: Array, dtype: str) -> float:
    """Return the worst relative difference of two loss series; `OtherWorkError` if it is above `_TOLERANCE`."""
    worst = float(np.max(np.abs(ours - theirs) / np.abs(theirs))) if ours.shape == theirs.shape else np.inf
    if not worst <= _TOLERANCE[dtype]:  # NaN is not either
        raise OtherWorkError(
            tr("The losses differ by {difference} ({dtype}): this is not the same work, so it is not timed").format(
                difference=f"{worst:.1e}", dtype=dtype
            )
        )
    return worst
