"""The arrays of a frame, each by a name that can be pointed at."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.engine.errors import ConfigError

if TYPE_CHECKING:
    from convviz.engine.frames import Frame

Array = NDArray[Any]
Index = tuple[int, ...]


class Kind(Enum):
    """What an array of a frame is."""

    VALUE = "value"  #: the input (position 0) or the output of a layer (1 …)
    VALUE_GRAD = "value_grad"  #: the derivative of the loss by a value
    WEIGHT = "weight"
    BIAS = "bias"
    WEIGHT_GRAD = "weight_grad"
    BIAS_GRAD = "bias_grad"
    TEACHER_WEIGHT = "teacher_weight"
    TEACHER_BIAS = "teacher_bias"
    NEXT_WEIGHT = "next_weight"  #: what the weight will be after this step's update
    NEXT_BIAS = "next_bias"
    TARGET = "target"
    RESIDUAL = "residual"
    LOSS = "loss"  #: one number, index ()


#: Which parameter, as layers name it, an array of a kind belongs to.
PARAMETER = {
    Kind.WEIGHT: "weight",
    Kind.BIAS: "bias",
    Kind.WEIGHT_GRAD: "weight",
    Kind.BIAS_GRAD: "bias",
    Kind.TEACHER_WEIGHT: "weight",
    Kind.TEACHER_BIAS: "bias",
    Kind.NEXT_WEIGHT: "weight",
    Kind.NEXT_BIAS: "bias",
}

#: The kinds that the update makes anew, each by the one that it makes it of.
UPDATED = {Kind.NEXT_WEIGHT: Kind.WEIGHT, Kind.NEXT_BIAS: Kind.BIAS}


class Tensor(NamedTuple):
    """One array of a frame.

    Attributes
    ----------
    kind
    position
        For values and their gradients: 0 is the input, *n* the output of the *n*-th layer. For parameters: the layer's
        index, from 0. Else 0.
    """

    kind: Kind
    position: int = 0


def array_of(frame: Frame, tensor: Tensor) -> Array:
    """Return the array that ``tensor`` names, shape () for the loss.

    The arrays of `Kind.NEXT_WEIGHT` and `Kind.NEXT_BIAS` are not part of a frame: `convviz.engine.explain.update`
    computes them.

    Raises
    ------
    ConfigError
        If the frame has no such array.
    """
    found = find_array(frame, tensor)
    if found is None:
        raise _not_there(frame, tensor)
    return found


def _not_there(frame: Frame, tensor: Tensor) -> ConfigError:
    return ConfigError(
        "the frame of step {step} has no {kind} {position}",
        step=frame.step,
        kind=tensor.kind.value,
        position=tensor.position,
    )


def check_index(frame: Frame, tensor: Tensor, index: Index) -> Index:
    """Return ``index`` as ints, or raise `ConfigError` if it is not the place of one number of the array ``tensor``.

    That may be one which is made only when it is asked for, and is laid out like one that the frame has: a parameter
    after its update, or the derivative by the input.
    """
    alike = Tensor(UPDATED.get(tensor.kind, tensor.kind), tensor.position)
    array = find_array(frame, Tensor(Kind.VALUE) if alike == Tensor(Kind.VALUE_GRAD) else alike)
    if array is None:
        raise _not_there(frame, tensor)
    numbers = tuple(int(i) for i in index)
    if (
        numbers != tuple(index)
        or len(numbers) != array.ndim
        or any(not 0 <= i < n for i, n in zip(numbers, array.shape, strict=True))
    ):
        raise ConfigError(
            "{tensor} has the shape {shape}: expected an index within it, received {received}",
            tensor=tensor.kind.value,
            shape=array.shape,
            received=tuple(index),
        )
    return numbers


def find_array(frame: Frame, tensor: Tensor) -> Array | None:
    """Return the array that ``tensor`` names, None if the frame has no such array."""
    kind, position = tensor.kind, tensor.position
    if kind is Kind.LOSS:
        return np.asarray(frame.loss)
    if kind in (Kind.TARGET, Kind.RESIDUAL):
        return frame.target if kind is Kind.TARGET else frame.residual
    if position < 0:
        return None
    if kind in (Kind.VALUE, Kind.VALUE_GRAD):
        maps = frame.values if kind is Kind.VALUE else frame.value_grads
        return maps[position] if position < len(maps) else None
    if kind in (Kind.TEACHER_WEIGHT, Kind.TEACHER_BIAS):
        layers = frame.teacher or ()
    elif kind in (Kind.WEIGHT_GRAD, Kind.BIAS_GRAD):
        layers = frame.gradients
    elif kind in (Kind.WEIGHT, Kind.BIAS):
        layers = frame.parameters
    else:
        return None
    return layers[position].get(PARAMETER[kind]) if position < len(layers) else None
