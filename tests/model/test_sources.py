"""Where maps come from."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.model.sources import PATTERNS, SOURCES, GivenMap, PatternMap, RandomMap
from tests.model.samples import random_source

SHAPES = [(1, 1, 1), (1, 20, 20), (3, 7, 12), (2, 12, 7)]


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_source_has_the_shape_that_it_says_and_makes_it_again(kind: str, shape: tuple[int, int, int]) -> None:
    source = SOURCES[kind].like(RandomMap(size=shape[1:], channels=shape[0]))
    assert source.shape == shape
    first, second = source.make(), source.make()
    assert first.shape == shape
    assert first.dtype == np.float64
    assert np.isfinite(first).all()
    assert first.tobytes() == second.tobytes()
    first += 1  # whoever makes it owns it
    assert source.make().tobytes() == second.tobytes()


def test_the_random_map_is_what_numpy_draws() -> None:
    drawn = RandomMap(mean=1, std=1, size=(20, 20), seed=7).make()
    assert drawn.tobytes() == np.random.default_rng(7).normal(1, 1, (20, 20)).tobytes()


def test_a_random_map_without_deviation_is_even() -> None:
    assert (RandomMap(mean=2.5, std=0).make() == 2.5).all()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"std": -1}, "std"),
        ({"size": 0}, "size"),
        ({"size": (1, 1025)}, "size"),
        ({"size": (1024, 1024), "channels": 5}, "size"),
        ({"channels": 0}, "channels"),
        ({"seed": -1}, "seed"),
        ({"mean": float("nan")}, "mean"),
        ({"mean": 10**400}, "mean"),
    ],
)
def test_a_random_map_out_of_range_is_refused(values: dict, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        RandomMap(**values)
    assert caught.value.field == field


def test_given_numbers_become_channels_of_rows_that_nobody_can_change() -> None:
    values = np.arange(6.0).reshape(2, 3)
    source = GivenMap(values)
    values[0, 0] = 99
    assert source.shape == (1, 2, 3)
    assert source.values.tolist() == [[[0, 1, 2], [3, 4, 5]]]
    with pytest.raises(ValueError, match="read-only"):
        source.values[0, 0, 0] = 1
    assert GivenMap([[1, 2], [3, 4]]).values.dtype == np.float64


def test_given_maps_compare_by_their_numbers() -> None:
    same = GivenMap([[1, 2]]), GivenMap(np.array([[[1.0, 2.0]]]))
    assert same[0] == same[1]
    assert hash(same[0]) == hash(same[1])
    assert same[0] != GivenMap([[1], [2]])
    assert same[0] != GivenMap([[1, 3]])
    assert same[0] != RandomMap()
    assert hash(GivenMap([[0.0]])) == hash(GivenMap([[-0.0]]))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [3]], "the rows have different lengths"),
        ([], "expected at least one number, received an empty array"),
        ([[]], "expected at least one number, received an empty array"),
        ([[1, float("nan")]], "expected finite numbers"),
        ([[1, float("inf")]], "expected finite numbers"),
        ([["1"]], "expected real numbers, received"),
        ([[1j]], "expected real numbers, received complex"),
        ([1, 2], "received an array of 1 dimensions"),
        (5, "received an array of 0 dimensions"),
        ([[[[1]]]], "received an array of 4 dimensions"),
    ],
)
def test_given_numbers_that_are_no_map_are_refused(values: object, message: str) -> None:
    with pytest.raises((ConfigError, ShapeError), match=message) as caught:
        GivenMap(values)
    assert caught.value.field == "values"


def test_a_given_map_of_too_many_numbers_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected at most 4,194,304 numbers, received 4,194,305"):
        GivenMap(np.broadcast_to(np.float64(1), (1, 2**22 + 1)))


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (20, 20), (15, 8)])
def test_every_pattern_lies_between_ground_and_height(pattern: str, size: tuple[int, int]) -> None:
    drawn = PatternMap(pattern=pattern, size=size, low=0.1, high=0.7).make()
    assert drawn.min() >= 0.1
    assert drawn.max() <= 0.7
    if min(size) > 2:
        assert (drawn.min(), drawn.max()) == (0.1, 0.7)  # to the last bit, and both of them are there


def test_patterns_differ_from_each_other() -> None:
    drawn = {PatternMap(pattern=pattern).make().tobytes() for pattern in PATTERNS}
    assert len(drawn) == len(PATTERNS)


def test_patterns_are_what_they_are_called() -> None:
    def draw(pattern: str, **settings: object) -> list:
        return PatternMap(pattern=pattern, **settings).make()[0].tolist()

    assert draw("ramp", size=(1, 5)) == [[0, 0.25, 0.5, 0.75, 1]]
    assert draw("stripes", size=(2, 4), stroke=1) == [[0, 1, 0, 1]] * 2
    assert draw("checkerboard", size=(2, 4), stroke=1) == [[0, 1, 0, 1], [1, 0, 1, 0]]
    assert draw("impulse", size=(3, 3), high=5) == [[0, 0, 0], [0, 5, 0], [0, 0, 0]]
    assert draw("cross", size=(5, 5), stroke=1) == [
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
    ]


@pytest.mark.parametrize("pattern", ["disc", "ring", "cross"])
def test_round_patterns_are_symmetric(pattern: str) -> None:
    drawn = PatternMap(pattern=pattern, size=(21, 21), stroke=3).make()[0]
    assert np.array_equal(drawn, drawn.T)
    assert np.array_equal(drawn, drawn[::-1])


def test_each_further_channel_is_turned_by_a_quarter() -> None:
    drawn = PatternMap(pattern="ramp", size=(4, 6), channels=3).make()
    assert np.array_equal(drawn[0, 0], np.linspace(0, 1, 6))
    assert np.array_equal(drawn[1, :, 0], np.linspace(0, 1, 4)[::-1])
    assert np.array_equal(drawn[2, 0], np.linspace(0, 1, 6)[::-1])


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("seed", range(5))
def test_a_source_of_another_kind_keeps_the_shape(kind: str, seed: int) -> None:
    source = random_source((2, 5, 9), np.random.default_rng(seed))
    assert SOURCES[kind].like(source).shape == (2, 5, 9)


def test_numbers_are_kept_when_a_map_becomes_a_given_one() -> None:
    source = PatternMap()
    assert np.array_equal(GivenMap.like(source).make(), source.make())


def test_a_shape_outside_the_range_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ConvvizError, match="expected a whole number 1 … 1024"):
        RandomMap.like(GivenMap(np.zeros((1, 2000))))
