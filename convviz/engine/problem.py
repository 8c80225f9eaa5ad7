"""What is to be learned, from where, and how: the arrays and specs that a run starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from convviz.engine.arrays import in_format, map_array, read_only, real_array
from convviz.engine.errors import ConfigError, ShapeError, inside
from convviz.engine.initializers import Zeros
from convviz.engine.losses import Loss, SumSquaredError
from convviz.engine.network import Network
from convviz.engine.optimizers import SGD, ConstantRate, Optimizer, Schedule
from convviz.engine.settings import check_items, check_type
from convviz.engine.stopping import StopConditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.layers import Layer

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be learned, from where, and how: arrays and specs, nothing random left in it.

    The arrays are copied, read-only, in the wanted format, in which every number has to be finite.

    Attributes
    ----------
    input : (C, H, W)
    target : (C, H, W)
        Of the shape of the network's output.
    layers
    initial
        The parameters at step 0, one mapping per layer.
    teacher
        The parameters that made the target, laid out alike, though with a bias perhaps where the student has none;
        None if nobody knows them.
    loss, optimizer, schedule, stop
    dtype
        float64 or float32: the format of every number but the losses, which are float64.
    network
        The layers, fitted to the input.

    Raises
    ------
    ShapeError, ConfigError
        If the parts do not go together, one is not of its type, or something is no real and finite number.
    """

    input: Array
    target: Array
    layers: tuple[Layer, ...]
    initial: tuple[Mapping[str, Array], ...]
    teacher: tuple[Mapping[str, Array], ...] | None = None
    loss: Loss = field(default_factory=SumSquaredError)
    optimizer: Optimizer = field(default_factory=SGD)
    schedule: Schedule = field(default_factory=ConstantRate)
    stop: StopConditions = field(default_factory=StopConditions)
    dtype: DTypeLike = np.float64
    network: Network = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name, cls in {"loss": Loss, "optimizer": Optimizer, "schedule": Schedule, "stop": StopConditions}.items():
            check_type(getattr(self, name), cls, name)
        given = map_array(self.input, "input")
        network = Network(self.layers, given.shape, self.dtype)
        target = map_array(self.target, "target")
        if target.shape != network.shapes[-1]:
            raise ShapeError(
                "the target is {received}, but the network makes {expected}",
                field="target",
                expected="×".join(map(str, network.shapes[-1])),
                received="×".join(map(str, target.shape)),
            )
        own = {
            "network": network,
            "layers": network.layers,
            "dtype": network.dtype,
            "input": _as(given, network.dtype, "input"),
            "target": _as(target, network.dtype, "target"),
            "initial": _parameters(network, _mappings(self.initial, "initial"), "initial"),
            "teacher": None if self.teacher is None else _teacher(network, _mappings(self.teacher, "teacher")),
        }
        for name, value in own.items():
            object.__setattr__(self, name, value)

    @cached_property
    def teacher_values(self) -> tuple[Array, ...] | None:
        """The teacher's maps, laid out like a frame's; None if they do not lead to the target.

        A teacher may have biases that the layers have not.
        """
        if self.teacher is None:
            return None
        values = self.network.forward(self.teacher, self.input)
        return values if np.allclose(values[-1], self.target, rtol=1e-4, atol=1e-6) else None


def frozen(parameters: Sequence[Mapping[str, Array]]) -> tuple[Mapping[str, Array], ...]:
    """Return read-only copies of the parameters of all layers."""
    return tuple(MappingProxyType({name: read_only(a) for name, a in layer.items()}) for layer in parameters)


def _as(array: Array, dtype: DTypeLike, name: str) -> Array:
    with inside(name):
        return in_format(array, dtype)


def _mappings(given: Sequence[Mapping[str, Array]], name: str) -> tuple[Mapping[str, Array], ...]:
    """Return what was given for each layer, each of it by name."""
    layers = check_items(given, name)
    for index, layer in enumerate(layers):
        check_type(layer, Mapping, f"{name}[{index}]")
    return layers


def _parameters(network: Network, given: Sequence[Mapping[str, Array]], name: str) -> tuple[Mapping[str, Array], ...]:
    real = [
        {key: real_array(values, f"{name}[{index}].{key}") for key, values in layer.items()}
        for index, layer in enumerate(given)
    ]
    with np.errstate(over="ignore"):  # the check finds it
        flat = network.pack(real)
    if not np.isfinite(flat).all():
        raise ConfigError("{name}: expected finite numbers, received infinity or NaN", field=name, name=name)
    return frozen(network.views(flat))


def _teacher(network: Network, given: Sequence[Mapping[str, Array]]) -> tuple[Mapping[str, Array], ...]:
    """Check the teacher's parameters as those of a network that has a bias wherever the teacher has one."""
    if len(given) == len(network.layers):
        layers = [
            layer.replace(bias=Zeros()) if "bias" in own and getattr(layer, "bias", own) is None else layer
            for layer, own in zip(network.layers, given, strict=True)
        ]
        network = Network(layers, network.shapes[0], network.dtype)
    return _parameters(network, given, "teacher")
