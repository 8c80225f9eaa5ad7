"""Whether a run has come to a standstill: a state in which nothing is learned any more, and what holds it there.

All outputs of a ReLU are 0, say: then no gradient passes it, the layers before it never change again, and those after
it, which are given nothing but zeros, learn at most a bias. Once that has settled, the run goes on without an effect.
"""

from __future__ import annotations

import time
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convviz.engine.frames import State
from convviz.engine.stopping import StopConditions
from convviz.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.frames import Frame
    from convviz.engine.layers import Layer
    from convviz.engine.problem import Problem

#: An update changes nothing if it moves no parameter by more than this share of the largest, or so many roundings.
_STILL, _JITTER = 1e-12, 4
#: A target is reached if no residual is more than so many roundings of the largest number.
_ROUNDINGS = 64
#: How many steps a trial makes, and how many at a time; most networks that die have done so after a few.
_TRIAL, _AT_ONCE = 200, 20
#: The most numbers in all maps of a network that is tried: only such a one is laid out in no time.
_TRIED = 1 << 14


class Obstacle(Enum):
    """What holds a run, as a sentence's part that names the layer."""

    OUTPUTS = mark("every output of {layer} is 0, so no gradient passes it")
    SLOPE = mark("{layer} has the slope 0 wherever an error arrives, so no gradient passes it")
    WEIGHTS = mark("every weight of {layer} is 0, so no gradient passes it")
    PASSAGE = mark("no gradient passes {layer}")
    GRADIENTS = mark("every gradient is 0")


class Standstill(NamedTuple):
    """Why nothing is learned.

    Attributes
    ----------
    obstacle
    layer
        The index of the layer that no gradient passes; None: there is none, `Obstacle.GRADIENTS`.
    """

    obstacle: Obstacle
    layer: int | None = None


def blockade(frame: Frame) -> Standstill | None:
    """Return what keeps the gradient from the first layer that learns, or from all; None: it comes through.

    Where it comes through, or the target is reached, this takes no more than a few microseconds for small maps.
    """
    layers, grads = frame.problem.layers, frame.value_grads
    learning = [index for index, layer in enumerate(layers) if layer.parametrised and _factor(layer)]
    if not learning or not _arrives(frame, len(layers)):
        return None
    if _arrives(frame, learning[0] + 1):
        moved = any(grad.any() for index in learning for grad in frame.gradients[index].values())
        return None if moved else Standstill(Obstacle.GRADIENTS)
    layer = next(index for index in reversed(range(len(grads))) if not _arrives(frame, index))
    return Standstill(_obstacle(frame, layer), layer)


def standstill(frame: Frame) -> Standstill | None:
    """Return why nothing is learned any more; None: the next update still moves something, or all is learned.

    What an optimizer remembers can move parameters whose gradient is 0, and so does weight decay; the update that would
    come next is made for trial, with no smaller rate than that which is set: a schedule may have it at 0.
    """
    found = blockade(frame)
    if found is None or _is_reached(frame):
        return None
    from convviz.engine.explain.update import next_parameters  # late, for it is seldom asked for

    network = frame.problem.network
    rate = max(frame.learning_rate, frame.problem.optimizer.learning_rate)
    after = network.pack(next_parameters(replace(frame, learning_rate=rate)))
    before = network.pack(frame.parameters)
    with np.errstate(all="ignore"):
        moved = np.abs(after - before).max(initial=0.0)
        share = max(_STILL, _JITTER * np.finfo(before.dtype).eps)
        return found if moved <= share * np.abs(before).max(initial=0.0) else None


def last_open(frame_of: Callable[[int], Frame], newest: int) -> int | None:
    """Return the last step before a blockade that is there at step ``newest``; None: it is there from the beginning.

    It is searched for by halving, so that few of the frames are made.
    """
    if blockade(frame_of(0)) is not None:
        return None
    came, held = 0, newest
    while held - came > 1:
        middle = (came + held) // 2
        came, held = (middle, held) if blockade(frame_of(middle)) is None else (came, middle)
    return came


class Trial(Enum):
    """What becomes of a run with another learning rate."""

    LEARNS = "learns"
    DIVERGES = "diverges"
    DIES = "dies"
    UNKNOWN = "unknown"  #: there was not the time to find out


def try_rate(problem: Problem, rate: float, seconds: float) -> Trial:
    """Return what becomes, in its first steps, of a run of ``problem`` with the learning rate ``rate``.

    It takes about ``seconds`` at most; a network that is too large is not tried at all.
    """
    if sum(int(np.prod(shape)) for shape in problem.network.shapes) > _TRIED:
        return Trial.UNKNOWN
    from convviz.engine.trainer import Trainer

    end = time.perf_counter() + seconds
    trainer = Trainer(replace(problem, optimizer=problem.optimizer.replace(learning_rate=rate), stop=StopConditions()))
    while trainer.current_step < _TRIAL:
        if time.perf_counter() >= end:
            return Trial.UNKNOWN
        trainer.run(_AT_ONCE)
        if trainer.state is State.DIVERGED:
            return Trial.DIVERGES
    return Trial.LEARNS if blockade(trainer.frame()) is None else Trial.DIES


def _factor(layer: Layer) -> float:
    """Return what a layer multiplies the learning rate by; one of 0 is not to learn."""
    return float(getattr(layer, "rate", 1.0))


def _arrives(frame: Frame, index: int) -> bool:
    """Return whether there is an error at map ``index``; that of the input may not have been asked for."""
    grad = frame.value_grads[index]
    return grad is None or bool(grad.any())


def _is_reached(frame: Frame) -> bool:
    """Return whether the reconstruction is the target, up to rounding."""
    largest = max(np.abs(frame.target).max(initial=0.0), np.abs(frame.output).max(initial=0.0))
    limit = _ROUNDINGS * np.finfo(frame.residual.dtype).eps * largest
    return bool(np.abs(frame.residual).max(initial=0.0) <= limit)


def _obstacle(frame: Frame, layer: int) -> Obstacle:
    if (weight := frame.parameters[layer].get("weight")) is not None and not weight.any():
        return Obstacle.WEIGHTS
    if not frame.problem.layers[layer].pointwise:
        return Obstacle.PASSAGE
    return Obstacle.SLOPE if frame.values[layer + 1].any() else Obstacle.OUTPUTS
