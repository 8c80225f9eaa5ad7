"""Every layer, loss, optimizer, schedule, initialiser and source there is has code that gives its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from convviz.engine import INITIALIZERS, LAYERS, LOSSES, OPTIMIZERS, SCHEDULES, SGD, Conv2d, Given, StopConditions
from convviz.engine.errors import ConvvizError
from convviz.engine.settings import settings_of
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import SOURCES, RandomMap
from tests.export.code.running import repeats
from tests.model.samples import random_value

if TYPE_CHECKING:
    from convviz.engine.settings import Spec

#: Settings of each kind that are tried.
COUNT = 25


def experiment(*stages: Stage, **settings: object) -> Experiment:
    made = stages or (Stage(layer=Conv2d(kernel=3)), Stage(layer=Conv2d(kernel=2)))
    usual = {"optimizer": SGD(learning_rate=1e-5), "stop": StopConditions(steps=4)}
    return Experiment(**{"input": RandomMap(size=(9, 8), seed=3), "stages": made, **usual, **settings})


def layers_of(cls: type[Any], rng: np.random.Generator, shape: tuple[int, int, int]) -> Any:
    """Yield layers with random settings that fit a map of ``shape``."""
    count = 0
    while count < COUNT:
        described = {name: each for name, each in settings_of(cls).items() if each.kind != "spec"}
        settings = {name: random_value(each, rng) for name, each in described.items()}
        if "out_channels" in settings:
            settings["groups"] = int(rng.choice([1, 1, 2]))
            settings["out_channels"] = settings["groups"] * int(rng.integers(1, 3))
            settings["rate"] = float(rng.choice([0.0, 1.0, 2.0]))
            settings["bias"] = None if rng.random() < 0.4 else INITIALIZERS["normal"]()
        for name in ("kernel", "stride", "dilation"):
            if name in settings:
                settings[name] = tuple(int(n) for n in rng.integers(1, 4, 2))
        try:
            layer = cls(**settings)
            layer.output_shape(shape)
        except ConvvizError:
            continue
        count += 1
        yield layer


@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer(framework: str, kind: str) -> None:
    rng = np.random.default_rng(8)
    for layer in layers_of(LAYERS[kind], rng, (2, 8, 7)):
        around = (Stage(layer=Conv2d(kernel=2, out_channels=2)), Stage(layer=layer), Stage(layer=Conv2d(kernel=1)))
        repeats(experiment(*around), framework)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer_as_the_first(framework: str, kind: str) -> None:
    rng = np.random.default_rng(9)
    for layer in list(layers_of(LAYERS[kind], rng, (2, 9, 8)))[:8]:
        stages = (Stage(layer=layer), Stage(layer=Conv2d(kernel=1)))
        repeats(experiment(*stages, input=RandomMap(size=(9, 8), channels=2)), framework)


def settings_samples(cls: type[Spec], rng: np.random.Generator) -> list[Any]:
    """Return the class as it is by default, and with random settings."""
    made: list[Any] = [cls()]
    while len(made) < COUNT:
        changes = {
            name: random_value(each, rng)
            for name, each in settings_of(cls).items()
            if name not in ("learning_rate", "epsilon", "values")
        }
        try:
            made.append(cls(**changes))
        except ConvvizError:
            continue
    return made


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss(framework: str, kind: str) -> None:
    for loss in settings_samples(LOSSES[kind], np.random.default_rng(1)):
        repeats(experiment(loss=loss), framework)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_every_optimizer(framework: str, kind: str) -> None:
    for optimizer in settings_samples(OPTIMIZERS[kind], np.random.default_rng(2)):
        rate = 1e-5 if kind == "sgd" else 1e-3
        repeats(experiment(optimizer=optimizer.replace(learning_rate=rate), stop=StopConditions(steps=12)), framework)


@pytest.mark.parametrize("kind", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_schedule(framework: str, kind: str, optimizer: str) -> None:
    for schedule in settings_samples(SCHEDULES[kind], np.random.default_rng(3))[:8]:
        near = {name: 5 for name in ("every", "period") if name in settings_of(SCHEDULES[kind])}
        low = {"floor": 1e-6} if "floor" in settings_of(SCHEDULES[kind]) else {}
        for rate in (0.0, 1.0):
            stages = (Stage(layer=Conv2d(kernel=3, rate=rate)), Stage(layer=Conv2d(kernel=2)))
            repeats(
                experiment(
                    *stages,
                    schedule=schedule.replace(**near, **low),
                    optimizer=OPTIMIZERS[optimizer](learning_rate=1e-5),
                    stop=StopConditions(steps=14),
                ),
                framework,
            )


@pytest.mark.parametrize("kind", INITIALIZERS)
@pytest.mark.parametrize("seed", [None, 5])
def test_every_initialiser(framework: str, kind: str, seed: int | None) -> None:
    cls = INITIALIZERS[kind]
    if seed is not None and "seed" not in settings_of(cls):
        pytest.skip("it draws nothing")
    made = Given(np.arange(9.0).reshape(3, 3)) if cls is Given else cls(**({"seed": seed} if seed else {}))
    bias = Given(0.25) if cls is Given else made
    stage = Stage(layer=Conv2d(kernel=3, weight=made, bias=bias), teacher_weight=made, teacher_bias=bias)
    repeats(experiment(stage, Stage(layer=Conv2d(kernel=2)), seed=4, teacher_seed=6), framework)


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source(framework: str, kind: str) -> None:
    first = SOURCES[kind].like(RandomMap(size=(7, 6), channels=2, seed=9))
    choices = {name: each.choices for name, each in settings_of(SOURCES[kind]).items() if each.choices}
    sources = [first, *(first.replace(**{name: choice}) for name, every in choices.items() for choice in every)]
    for source in sources:
        stages = (Stage(layer=Conv2d(kernel=3)),)
        target = SOURCES[kind].like(RandomMap(size=(5, 4)))
        repeats(experiment(*stages, input=source, optimizer=SGD(learning_rate=1e-9)), framework)
        repeats(experiment(*stages, input=source, target=target, optimizer=SGD(learning_rate=1e-9)), framework)
