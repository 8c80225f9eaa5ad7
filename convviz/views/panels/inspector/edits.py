"""What an edit in the inspector makes of the experiment. No widgets: from one value to the next.

A path says where a setting lies: ``optimizer.learning_rate``, ``input.size``, ``layers.0.stride`` (of the layer
itself), ``layers.0.teacher_weight.std`` (of its stage), ``layers.0`` (the layer as a whole).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.engine.initializers import Given, Normal
from convviz.engine.layers import Layer
from convviz.engine.settings import Spec, default_of, settings_of
from convviz.engine.shapes import size_text
from convviz.i18n import mark
from convviz.model.experiment import TEACHER_SETTINGS, Experiment, Stage
from convviz.model.sources import GivenMap, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

#: What the leading axes of a kernel are called: which of the layer's maps each number belongs to.
_OUT_AXIS, _IN_AXIS = mark("Output"), mark("Input")

#: From a stage's setting for the teacher to the name of the parameter that it makes.
_TAUGHT = {setting: name for name, setting in TEACHER_SETTINGS.items()}


def value_at(experiment: Experiment, path: str) -> Any:
    """Return what lies at ``path``."""
    value, rest = _start(experiment, path)
    for name in rest:
        value = getattr(value, name)
    return value


def with_value(experiment: Experiment, path: str, value: Any) -> Experiment:
    """Return the experiment with another value at ``path``, and given kernels fitted to what it changes.

    Raises
    ------
    ConfigError, ShapeError
        If the setting cannot have this value.
    """
    names = path.split(".")
    if names[0] != "layers":
        changed: Experiment = _replaced(experiment, names, value)
        return changed.fitted()
    index = int(names[1])
    stage, rest = experiment.stages[index], names[2:]
    if rest and rest[0] in _TAUGHT:
        return experiment.with_stage(index, _replaced(stage, rest, value)).fitted()
    return experiment.with_layer(index, _replaced(stage.layer, rest, value))


def with_numbers(experiment: Experiment, path: str, numbers: NDArray[Any]) -> Experiment:
    """Return the experiment with given numbers as the parameter whose initialiser lies at ``path``.

    A kernel of another size makes the layer's kernel that size, for student and teacher.

    Raises
    ------
    ShapeError
        If the layer cannot take that many numbers.
    """
    _, place, name = path.split(".")
    index = int(place)
    sized = _with_size_of(experiment, index, name, numbers)
    expected = parameter_shape(sized, path)
    if numbers.shape != expected:
        raise ShapeError(
            "the layer needs {expected} numbers here, received {received}",
            expected=size_text(expected),
            received=size_text(numbers.shape),
        )
    return with_value(sized, path, Given(numbers))


def parameter_shape(experiment: Experiment, path: str) -> tuple[int, ...]:
    """Return the shape of the parameter whose initialiser lies at ``path``; ``()`` where the layer has none."""
    _, place, name = path.split(".")
    stage, in_shape = experiment.stages[int(place)], experiment.shapes()[int(place)]
    layer = stage.teacher_layer() if name in _TAUGHT else stage.layer
    return layer.parameter_shapes(in_shape).get(_TAUGHT.get(name, name), ())


def kernel_size(experiment: Experiment, path: str) -> tuple[int, ...]:
    """Return rows and columns of the kernel of the layer in which ``path`` lies; ``()`` where it has none."""
    size: tuple[int, ...] = getattr(experiment.layers[int(path.split(".")[1])], "kernel", ())
    return size


def has_effect(experiment: Experiment, path: str) -> bool:
    """Return whether the initialiser at ``path`` makes anything: a teacher has no bias where the student has none."""
    layer, _, name = path.rpartition(".")
    return name not in _TAUGHT or value_at(experiment, f"{layer}.{_TAUGHT[name]}") is not None


def parameters(experiment: Experiment, index: int, teacher: bool) -> dict[str, NDArray[Any]]:
    """Return what the initialisers of a layer make, by their names in a path: ``weight`` or ``teacher_weight``, …."""
    if not teacher:
        return experiment.student_parameters()[index]
    made = experiment.teacher_parameters()
    return {} if made is None else {TEACHER_SETTINGS[name]: numbers for name, numbers in made[index].items()}


def parameter(experiment: Experiment, path: str) -> NDArray[Any] | None:
    """Return the numbers that the initialiser at ``path`` makes; None where there are none."""
    _, index, name = path.split(".")
    return parameters(experiment, int(index), teacher=name in _TAUGHT).get(name)


def weight_axes(experiment: Experiment, path: str) -> tuple[str, str]:
    """Return what the two leading axes of the kernel at ``path`` are; a transposed convolution has them swapped."""
    layer = experiment.layers[int(path.split(".")[1])]
    return (_IN_AXIS, _OUT_AXIS) if getattr(layer, "out_axis", 0) else (_OUT_AXIS, _IN_AXIS)


def seeded(experiment: Experiment, path: str, seed: int) -> Experiment:
    """Return the experiment with random numbers drawn from ``seed`` by the initialiser at ``path``."""
    initializer = value_at(experiment, path)
    if "seed" in settings_of(type(initializer)):
        return with_value(experiment, path, initializer.replace(seed=seed))
    return with_value(experiment, path, Normal(seed=seed))


def converted(experiment: Experiment, path: str, old: Spec | None, cls: type[Spec]) -> Spec:
    """Return a value of type ``cls`` for ``path``, as like ``old`` as it can be.

    Numbers stay what they are where they become given; a layer's settings are changed until the experiment is possible.
    """
    if issubclass(cls, Source):
        return cls.like(old if isinstance(old, Source) else GivenMap(experiment.build().target))
    if issubclass(cls, Given):
        return Given(_present(experiment, path))
    if issubclass(cls, Layer):
        index = int(path.split(".")[1])
        return _first_possible(_layers_like(old, cls), lambda layer: experiment.with_layer(index, layer))
    return _like(old, cls)


def with_new_layer(experiment: Experiment, index: int, cls: type[Layer]) -> Experiment:
    """Return the experiment with a layer of type ``cls`` before stage ``index``, small enough for the map there.

    Raises
    ------
    ShapeError, ConfigError
        If there is none that would go together with the other layers.
    """
    layer = _first_possible(_layers_like(None, cls), lambda layer: experiment.insert_stage(index, Stage(layer=layer)))
    return experiment.insert_stage(index, Stage(layer=layer))


def without_layer(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment without one layer.

    Raises
    ------
    ConfigError
        If it is the last.
    """
    if len(experiment.stages) == 1:
        raise ConfigError("a network needs at least one layer; add another before removing this one")
    return experiment.remove_stage(index)


def _start(experiment: Experiment, path: str) -> tuple[Any, list[str]]:
    names = path.split(".")
    if names[0] != "layers":
        return experiment, names
    stage, rest = experiment.stages[int(names[1])], names[2:]
    return (stage, rest) if rest and rest[0] in _TAUGHT else (stage.layer, rest)


def _replaced(spec: Any, names: list[str], value: Any) -> Any:
    if not names:
        return value
    inner = value if len(names) == 1 else _replaced(getattr(spec, names[0]), names[1:], value)
    return spec.replace(**{names[0]: inner})


def _with_size_of(experiment: Experiment, index: int, name: str, numbers: NDArray[Any]) -> Experiment:
    """Return the experiment with the layer's kernel as large as ``numbers``, if that is a kernel of another size."""
    layer: Any = experiment.layers[index]
    is_weight = name in ("weight", TEACHER_SETTINGS["weight"]) and numbers.ndim == 4
    if not is_weight or "kernel" not in settings_of(type(layer)):
        return experiment
    size = numbers.shape[-2:]
    if name == "weight":
        return experiment.with_layer(index, layer.replace(kernel=numbers))
    return experiment if layer.kernel == size else experiment.with_layer(index, layer.replace(kernel=size))


def _present(experiment: Experiment, path: str) -> NDArray[Any]:
    numbers = parameter(experiment, path)
    return np.zeros(parameter_shape(experiment, path) or (1,)) if numbers is None else numbers


def _like(old: Spec | None, cls: type[Spec]) -> Spec:
    """Return a ``cls`` with the settings of ``old`` that mean the same in both, which equal defaults are a sign of."""
    if old is None:
        return cls()
    shared = {
        name: getattr(old, name)
        for name in settings_of(type(old)).keys() & settings_of(cls).keys()
        if default_of(type(old), name) == default_of(cls, name)
    }
    try:
        return cls(**shared)
    except ConvvizError:
        return cls()


def _layers_like(old: Spec | None, cls: type[Layer]) -> Iterator[Layer]:
    """Yield layers of type ``cls`` to try: the wanted one, then ones that take less of the map, or keep its size."""
    wanted: Any = _like(old, cls)
    yield wanted
    names = settings_of(cls).keys()
    if "kernel" not in names:
        return
    kernel: tuple[int, int] = wanted.kernel
    same = {"stride": (1, 1), "padding": "same"} if {"stride", "padding"} <= names else {}
    for side in range(max(kernel), 0, -1):
        size = (min(side, kernel[0]), min(side, kernel[1]))
        for changes in ({}, {"stride": (1, 1)} if "stride" in names else {}, same):
            try:
                yield wanted.replace(kernel=size, **changes)
            except ConvvizError:
                continue


def _first_possible(layers: Iterator[Layer], make: Any) -> Layer:
    first: ConvvizError | None = None
    for layer in layers:
        try:
            make(layer).validate()
        except ConvvizError as error:
            first = first or error
        else:
            return layer
    assert first is not None  # there is always one to try
    raise first
