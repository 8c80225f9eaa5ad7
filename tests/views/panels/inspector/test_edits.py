from __future__ import annotations

import numpy as np
import pytest

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.engine.initializers import INITIALIZERS, Given, He, Normal, Uniform, Zeros
from convviz.engine.layers import LAYERS, Conv2d, ConvTranspose2d, ReLU
from convviz.engine.optimizers import OPTIMIZERS, SGD, Adam
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import SOURCES, GivenMap, PatternMap, RandomMap
from convviz.views.panels.inspector import edits
from tests.views.panels.inspector.conftest import TWO_LAYERS


def test_paths_lead_to_layers_stages_and_the_experiment() -> None:
    experiment = edits.with_value(TWO_LAYERS, "layers.1.stride", (3, 3))
    assert experiment.layers[1].stride == (3, 3)
    assert edits.value_at(experiment, "layers.1.stride") == (3, 3)
    experiment = edits.with_value(experiment, "layers.0.teacher_weight", Normal(2.0))
    experiment = edits.with_value(experiment, "layers.0.teacher_weight.std", 0.5)
    assert experiment.stages[0].teacher_weight == Normal(2.0, 0.5)
    assert experiment.layers[0].weight == Normal()
    experiment = edits.with_value(experiment, "optimizer.learning_rate", 1e-3)
    assert experiment.optimizer == SGD(1e-3)
    experiment = edits.with_value(experiment, "layers.0", ReLU())
    assert experiment.layers[0] == ReLU()


def test_a_larger_kernel_keeps_its_numbers_in_the_middle() -> None:
    experiment = TWO_LAYERS.with_layer(0, Conv2d(np.arange(9.0).reshape(3, 3)))
    larger = edits.with_value(experiment, "layers.0.kernel", (5, 5))
    expected = np.zeros((5, 5))
    expected[1:4, 1:4] = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(edits.parameter(larger, "layers.0.weight")[0, 0], expected)
    smaller = edits.with_value(experiment, "layers.0.kernel", (1, 1))
    np.testing.assert_array_equal(edits.parameter(smaller, "layers.0.weight"), [[[[4]]]])


def test_more_channels_of_the_input_fit_the_given_kernels() -> None:
    experiment = TWO_LAYERS.with_layer(0, Conv2d(np.ones((3, 3))))
    wider = edits.with_value(experiment, "input.channels", 2)
    wider.validate()
    np.testing.assert_array_equal(edits.parameter(wider, "layers.0.weight")[0, 0], np.ones((3, 3)))


@pytest.mark.parametrize("role", ["weight", "teacher_weight"])
def test_numbers_of_another_size_make_the_kernel_that_size(role: str) -> None:
    numbers = np.arange(10.0).reshape(1, 1, 5, 2)
    experiment = edits.with_numbers(TWO_LAYERS, f"layers.0.{role}", numbers)
    experiment.validate()
    assert experiment.layers[0].kernel == (5, 2)
    np.testing.assert_array_equal(edits.parameter(experiment, f"layers.0.{role}"), numbers)


def test_a_whole_array_of_another_number_of_filters_makes_so_many() -> None:
    numbers = np.random.default_rng(0).normal(size=(3, 1, 2, 2))
    experiment = edits.with_numbers(TWO_LAYERS, "layers.0.weight", numbers)
    assert experiment.shapes()[1] == (3, 19, 19)
    np.testing.assert_array_equal(edits.parameter(experiment, "layers.0.weight"), numbers)


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="needs 1×1×3×3 numbers here, received 1×2×3×3"):
        edits.with_numbers(TWO_LAYERS, "layers.0.weight", np.ones((1, 2, 3, 3)))
    with pytest.raises(ShapeError, match="needs 1 numbers here, received 2"):
        edits.with_numbers(TWO_LAYERS, "layers.0.bias", np.ones(2))


@pytest.mark.parametrize("role", ["weight", "bias", "teacher_weight", "teacher_bias"])
def test_numbers_that_become_given_are_the_same_numbers(role: str) -> None:
    experiment = edits.with_value(TWO_LAYERS, f"layers.0.{role}", He(seed=3))
    path = f"layers.0.{role}"
    given = edits.converted(experiment, path, He(seed=3), Given)
    changed = edits.with_value(experiment, path, given)
    np.testing.assert_array_equal(edits.parameter(changed, path), edits.parameter(experiment, path))


def test_a_missing_bias_becomes_given_zeros() -> None:
    experiment = TWO_LAYERS.with_layer(0, Conv2d(3, out_channels=4, bias=None))
    given = edits.converted(experiment, "layers.0.bias", None, Given)
    changed = edits.with_value(experiment, "layers.0.bias", given)
    changed.validate()
    np.testing.assert_array_equal(edits.parameter(changed, "layers.0.bias"), np.zeros(4))


def test_settings_that_mean_the_same_survive_another_type() -> None:
    assert edits.converted(TWO_LAYERS, "layers.0.weight", Normal(seed=7), Uniform) == Uniform(seed=7)
    adam = edits.converted(TWO_LAYERS, "optimizer", SGD(1e-6, momentum=0.5, clip=2.0), Adam)
    assert adam == Adam(clip=2.0)  # a good rate for the one is none for the other
    layer = edits.converted(TWO_LAYERS, "layers.0", Conv2d(5, bias=None), ConvTranspose2d)
    assert layer == ConvTranspose2d(5, bias=None)
    assert edits.converted(TWO_LAYERS, "layers.0.bias", None, Zeros) == Zeros()


@pytest.mark.parametrize("cls", SOURCES.values(), ids=lambda cls: cls.kind)
def test_another_kind_of_input_or_target_keeps_the_shape(cls: type) -> None:
    for old in (RandomMap(size=(9, 7), channels=2), PatternMap(size=(9, 7)), GivenMap(np.ones((9, 7)))):
        assert edits.converted(TWO_LAYERS, "input", old, cls).shape == old.shape
    target = edits.converted(TWO_LAYERS, "target", None, cls)
    assert target.shape == (1, 8, 8)
    TWO_LAYERS.replace(target=target).validate()


def test_a_given_target_begins_as_the_teachers() -> None:
    target = edits.converted(TWO_LAYERS, "target", None, GivenMap)
    np.testing.assert_array_equal(target.make(), TWO_LAYERS.build().target)


@pytest.mark.parametrize("cls", INITIALIZERS.values(), ids=lambda cls: cls.kind)
def test_a_seed_draws_random_numbers_whatever_there_was(cls: type) -> None:
    experiment = edits.with_value(TWO_LAYERS, "layers.0.weight", cls())
    one, two = (
        edits.parameter(edits.seeded(experiment, "layers.0.weight", seed), "layers.0.weight") for seed in (1, 2)
    )
    assert not np.array_equal(one, two)


@pytest.mark.parametrize("side", [1, 2, 3, 8, 20])
@pytest.mark.parametrize("cls", LAYERS.values(), ids=lambda cls: cls.kind)
def test_a_new_layer_fits_the_map_that_is_there(cls: type, side: int) -> None:
    experiment = Experiment(input=RandomMap(size=(side, side)), stages=(Stage(layer=Conv2d(1)),))
    for index in (0, 1):
        added = edits.with_new_layer(experiment, index, cls)
        added.validate()
        assert isinstance(added.layers[index], cls)


@pytest.mark.parametrize("cls", LAYERS.values(), ids=lambda cls: cls.kind)
def test_a_new_layer_keeps_the_size_that_a_given_target_needs(cls: type) -> None:
    experiment = TWO_LAYERS.replace(target=GivenMap(np.ones((8, 8))))
    added = edits.with_new_layer(experiment, 2, cls)
    added.validate()
    assert added.shapes()[-1] == (1, 8, 8)


def test_a_layer_that_cannot_fit_is_refused() -> None:
    experiment = TWO_LAYERS.with_layer(1, Conv2d(18))
    assert edits.with_new_layer(experiment, 1, Conv2d).layers[1].output_shape((1, 18, 18)) == (1, 18, 18)
    full = Experiment(stages=tuple(Stage(layer=ReLU()) for _ in range(64)))
    with pytest.raises(ConvvizError, match="64 layers"):
        edits.with_new_layer(full, 0, ReLU)


def test_the_last_layer_stays() -> None:
    one = edits.without_layer(TWO_LAYERS, 0)
    assert len(one.stages) == 1
    with pytest.raises(ConfigError, match="at least one layer"):
        edits.without_layer(one, 0)


def test_every_optimizer_can_be_chosen() -> None:
    for cls in OPTIMIZERS.values():
        assert isinstance(edits.converted(TWO_LAYERS, "optimizer", SGD(), cls), cls)
