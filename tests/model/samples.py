"""Random settings of anything that describes itself, from a seed: what a test over all registries is fed with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError, ConvvizError
from convviz.engine.initializers import Given, Initializer
from convviz.engine.layers import LAYERS, ReLU
from convviz.engine.settings import settings_of
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin
from convviz.model.fitting import fit_array
from convviz.model.sources import SOURCES, GivenMap

if TYPE_CHECKING:
    from convviz.engine.settings import Setting, Spec
    from convviz.model.sources import Source

#: Numbers that a careless writer would change: signed zero, the smallest, the largest, and those without a short form.
AWKWARD = [
    -0.0,
    0.0,
    5e-324,
    -2.2250738585072014e-308,
    1.7976931348623157e308,
    0.1,
    1 / 3,
    2.0**53,
    1e22,
    -1e16,
    123456789.0,
]


def awkward_array(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return numbers of every magnitude, with some awkward ones among them."""
    values = rng.normal(size=shape) * 10.0 ** rng.integers(-20, 20, shape)
    chosen = rng.random(shape) < 0.3
    values[chosen] = rng.choice(AWKWARD, int(chosen.sum()))
    return values


def random_spec(cls: type[Spec], rng: np.random.Generator) -> Spec:
    """Return a random valid instance of a class."""
    for _ in range(200):
        values = {name: random_value(described, rng) for name, described in settings_of(cls).items()}
        try:
            return cls(**values)
        except ConvvizError:
            continue  # settings that do not go together, such as Nesterov without momentum
    raise AssertionError(f"no valid settings found for {cls.__name__}")


def random_value(described: Setting, rng: np.random.Generator) -> Any:
    """Return a random value of a setting."""
    if described.optional and rng.random() < 0.4:
        return None
    return _MAKERS[described.kind](described, rng)


def _int(described: Setting, rng: np.random.Generator) -> int:
    low = int(described.minimum or 0)
    high = min(described.maximum if described.maximum is not None else low + 5, low + 5)
    return int(rng.integers(low, int(high) + 1))


def _float(described: Setting, rng: np.random.Generator) -> float:
    low = described.minimum if described.minimum is not None else -1e3
    high = described.maximum if described.maximum is not None else 1e3
    share = rng.choice([0.0, 1.0, rng.random(), rng.random() * 1e-6])
    return float(np.clip(low + share * (high - low), low, high))


def _padding(described: Setting, rng: np.random.Generator) -> Any:
    a, b, c, d = (int(n) for n in rng.integers(0, 3, 4))
    choices = ["same", "full", "valid", a, (a, b), ((a, b), (c, d))]
    return choices[rng.integers(len(choices))]


def _spec(described: Setting, rng: np.random.Generator) -> Spec:
    registry = described.registry()
    return random_spec(registry[rng.choice(list(registry))], rng)


_MAKERS = {
    "int": _int,
    "seed": _int,
    "float": _float,
    "bool": lambda described, rng: bool(rng.integers(2)),
    "text": lambda described, rng: rng.choice(["", "卷积 3×3", 'a "quoted"\n\\line\t', "\U0001f600\x7f\u2028"]).item(),
    "choice": lambda described, rng: rng.choice(described.choices).item(),
    "pair": lambda described, rng: (_int(described, rng), _int(described, rng)),
    "padding": _padding,
    "array": lambda described, rng: awkward_array(rng, tuple(rng.integers(1, 4, 2))),
    "spec": _spec,
}


def random_layer(cls: type[Any], rng: np.random.Generator, in_shape: tuple[int, int, int]) -> Any:
    """Return a random layer that fits an input of ``in_shape``, its given kernel and bias included."""
    for _ in range(300):
        layer = random_spec(cls, rng)
        try:
            layer.output_shape(in_shape)
            return layer.replace(**_fitting(layer, layer, in_shape, rng))
        except ConvvizError:
            continue
    raise AssertionError(f"no {cls.__name__} found that fits {in_shape}")


def random_stage(cls: type[Any], rng: np.random.Generator, in_shape: tuple[int, int, int]) -> Stage:
    """Return a random layer that fits, with a random teacher that fits."""
    layer = random_layer(cls, rng, in_shape)
    stage = random_spec(Stage, rng).replace(layer=layer)
    fitting = _fitting(stage.teacher_layer(), stage.teacher_layer(), in_shape, rng)
    return stage.replace(**{f"teacher_{name}": value for name, value in fitting.items()})


def _fitting(layer: Any, source: Any, in_shape: tuple[int, int, int], rng: np.random.Generator) -> dict[str, Given]:
    return {
        name: Given(fit_array(awkward_array(rng, (1,) * len(shape)), shape, rng))
        for name, shape in layer.parameter_shapes(in_shape).items()
        if isinstance(getattr(source, name), Given)
    }


def with_student(experiment: Experiment, index: int, **parameters: Any) -> Experiment:
    """Return the experiment with another initial ``weight`` or ``bias`` of one layer: an initialiser, or numbers."""
    stage = experiment.stages[index]
    return experiment.with_stage(index, stage.replace(layer=stage.layer.replace(**_initializers(parameters))))


def dying(rate: float = 1e-3) -> Experiment:
    """Return the demo with a ReLU after its first layer, all of whose outputs are soon 0 at this rate.

    At a rate ten times as large it diverges, and with a tenth of it, it learns.
    """
    demo = load_builtin("demo").insert_stage(1, Stage(layer=ReLU()))
    return demo.replace(seed=0, optimizer=demo.optimizer.replace(learning_rate=rate))


def with_teacher(experiment: Experiment, index: int, **parameters: Any) -> Experiment:
    """Return the experiment with another ``weight`` or ``bias`` of the teacher in one layer, given alike."""
    changes = {f"teacher_{name}": value for name, value in _initializers(parameters).items()}
    return experiment.with_stage(index, experiment.stages[index].replace(**changes))


def _initializers(parameters: dict[str, Any]) -> dict[str, Initializer]:
    return {name: each if isinstance(each, Initializer) else Given(each) for name, each in parameters.items()}


def random_experiment(cls: type[Any], rng: np.random.Generator) -> Experiment:
    """Return a random valid experiment whose first layer is of class ``cls``, with anything else in it."""
    size = (int(rng.integers(12, 16)), int(rng.integers(12, 16)))
    channels = int(rng.integers(1, 4))
    first = random_stage(cls, rng, (channels, *size))
    between = first.layer.output_shape((channels, *size))
    second = random_stage(LAYERS[rng.choice(list(LAYERS))], rng, between) if min(between[1:]) > 8 else None
    values = {
        name: random_value(described, rng)
        for name, described in settings_of(Experiment).items()
        if name not in ("input", "stages", "target")
    }
    stages = (first,) if second is None else (first, second)
    experiment = Experiment(input=random_source((channels, *size), rng), stages=stages, **values)
    if rng.random() < 0.3:
        experiment = experiment.replace(target=random_source(experiment.shapes()[-1], rng))
    try:
        experiment.validate()
    except ConfigError:  # some of the awkward numbers are beyond float32
        experiment = experiment.replace(dtype="float64")
        experiment.validate()
    return experiment


def random_source(shape: tuple[int, int, int], rng: np.random.Generator) -> Source:
    """Return a random source of ``shape``."""
    cls = SOURCES[rng.choice(list(SOURCES))]
    if cls is GivenMap:
        return GivenMap(awkward_array(rng, shape))
    return random_spec(cls, rng).replace(channels=shape[0], size=shape[1:])
