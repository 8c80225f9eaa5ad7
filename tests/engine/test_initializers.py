from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import INITIALIZERS, ConfigError, Constant, Given, Glorot, He, Normal, ShapeError, Uniform, Zeros
from convviz.engine.settings import settings_of

SHAPE = (40, 5, 5, 4)
FANS = (100, 800)


@pytest.fixture(params=INITIALIZERS.values(), ids=INITIALIZERS)
def initializer(request):
    return request.param()


def test_kinds_are_the_names_in_files():
    assert list(INITIALIZERS) == ["normal", "uniform", "glorot", "he", "zeros", "constant", "given"]
    assert all(cls.kind == kind for kind, cls in INITIALIZERS.items())


def test_samples_are_new_float64_arrays(initializer, rng):
    first, second = (initializer.sample(rng, SHAPE, *FANS) for _ in range(2))
    assert first.shape == SHAPE
    assert first.dtype == np.float64
    assert first.flags.writeable
    assert not np.shares_memory(first, second)


def test_the_generator_decides_unless_there_is_a_seed(initializer):
    def sample(spec, seed):
        return spec.sample(np.random.default_rng(seed), (3, 3), 9, 9)

    assert np.array_equal(sample(initializer, 1), sample(initializer, 1))
    if "seed" in settings_of(type(initializer)):
        assert not np.array_equal(sample(initializer, 1), sample(initializer, 2))
        seeded = initializer.replace(seed=5)
        assert np.array_equal(sample(seeded, 1), sample(seeded, 2))
        assert not np.array_equal(sample(seeded, 1), sample(seeded.replace(seed=6), 1))


def test_a_seed_leaves_the_generator_alone(rng):
    before = rng.bit_generator.state
    Normal(seed=1).sample(rng, (3, 3), 9, 9)
    assert rng.bit_generator.state == before


@pytest.mark.parametrize(
    ("initializer", "mean", "deviation"),
    [
        (Normal(), 0, 1),
        (Normal(mean=2, std=0.5), 2, 0.5),
        (Uniform(), 0, 2 / np.sqrt(12)),
        (Uniform(low=1, high=3), 2, 2 / np.sqrt(12)),
        (Glorot(), 0, np.sqrt(2 / sum(FANS))),
        (He(), 0, np.sqrt(2 / FANS[0])),
        (Constant(value=0.25), 0.25, 0),
        (Zeros(), 0, 0),
    ],
    ids=repr,
)
def test_means_and_deviations_are_those_that_are_promised(initializer, mean, deviation, rng):
    values = initializer.sample(rng, SHAPE, *FANS)
    spread = deviation / np.sqrt(values.size)
    assert abs(values.mean() - mean) <= 5 * spread
    assert abs(values.std() - deviation) <= 5 * spread


def test_uniform_numbers_keep_within_their_bounds(rng):
    assert np.abs(Glorot().sample(rng, SHAPE, *FANS)).max() <= np.sqrt(6 / sum(FANS))
    values = Uniform(low=-0.5, high=2).sample(rng, SHAPE, *FANS)
    assert values.min() >= -0.5
    assert values.max() < 2


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (2.5, (3, 1, 2, 2)),
        ([[1, 2], [3, 4]], (2, 2)),
        ([[1, 2], [3, 4]], (1, 1, 2, 2)),
        ([1, 2], (2,)),
        (np.arange(8).reshape(2, 1, 2, 2), (2, 1, 2, 2)),
    ],
)
def test_given_values_fit(values, shape, rng):
    sample = Given(values).sample(rng, shape, 1, 1)
    assert sample.shape == shape
    assert np.array_equal(sample, np.broadcast_to(values, shape))


@pytest.mark.parametrize(
    ("values", "shape"),
    [([[1, 2], [3, 4]], (2, 1, 2, 2)), ([[1, 2], [3, 4]], (1, 1, 3, 2)), ([1, 2], (1,)), ([[[1, 2]]], (1, 2))],
)
def test_given_values_that_do_not_fit_say_both_shapes(values, shape, rng):
    given = Given(values)
    for attempt in (given.check_shape, lambda shape: given.sample(rng, shape, 1, 1)):
        with pytest.raises(ShapeError) as caught:
            attempt(shape)
        assert "×".join(map(str, shape)) in str(caught.value)
        assert "×".join(map(str, np.shape(values))) in str(caught.value)


@pytest.mark.parametrize(
    "values", [["a"], [1j], [True], np.ones(2, bool), [np.nan], [np.inf], [10**400], {1: 2}, None, "3"]
)
def test_given_refuses_what_is_not_numbers(values):
    with pytest.raises(ConfigError) as caught:
        Given(values)
    assert caught.value.field == "values"


@pytest.mark.parametrize("values", [[], [[]], [[1, 2], [3]]])
def test_given_refuses_what_is_no_array(values):
    with pytest.raises(ShapeError) as caught:
        Given(values)
    assert caught.value.field == "values"


def test_given_numbers_fit_a_number_format_or_not():
    for values in (3.4e38, [0.0, -3e38], [1e-300]):
        Given(values).check_format(np.float32)
    with pytest.raises(ConfigError, match=r"that float32 can hold, up to 3.4e\+38, received -1e\+39"):
        Given([1.0, -1e39]).check_format(np.float32)
    Given([1.0, -1e39]).check_format(np.float64)


def test_given_is_a_value():
    numbers = np.array([[1.0, 0.0]])
    given = Given(numbers)
    numbers[...] = 7
    assert given == Given([[1, 0]])
    assert hash(given) == hash(Given(np.array([[1, -0.0]], np.float32)))
    assert given != Given([[1, 1]])
    assert given != Given([1, 0])
    assert given != Zeros()
    with pytest.raises(ValueError, match="read-only"):
        given.values[0, 0] = 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: Normal(std=-1),
        lambda: Normal(mean=np.nan),
        lambda: Normal(seed=-1),
        lambda: Normal(seed=1.5),
        lambda: Uniform(low=1, high=0),
        lambda: Constant(value=np.inf),
        lambda: Constant(value="1"),
    ],
)
def test_impossible_settings_are_refused(make):
    with pytest.raises(ConfigError):
        make()
