"""What is different with other values, and the scale that they have."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.views.heatmap.shown import Change, Shown, are_same


@pytest.fixture
def shown():
    made = Shown()
    made.take(np.array([[0.0, 7.0], [3.0, 9.5]]))
    return made


def test_nothing_is_one_cell_on_a_scale_from_0_to_1():
    shown = Shown()
    assert (shown.shape, shown.columns, shown.levels, shown.values) == ((1, 1, 1), 0, (0.0, 1.0), None)
    assert shown.take(None) is Change.NOTHING


def test_the_scale_ends_just_beyond_the_values(shown):
    assert shown.levels[0] == 0.0
    assert 9.5 <= shown.levels[1] <= 10.0
    assert not shown.exceeded


def test_the_same_array_and_an_equal_one_change_nothing(shown):
    equal = shown.given.copy()
    assert shown.take(shown.given) is Change.NOTHING
    assert shown.take(equal) is Change.NOTHING
    assert shown.given is equal  # by which it is known the next time


def test_other_values_on_the_same_scale_change_the_values_alone(shown):
    assert shown.take(np.array([[9.5, 0.0], [0.0, 0.0]])) is Change.VALUES


@pytest.mark.parametrize("settings", [{"signed": True}, {"levels": (0.0, 5.0)}])
def test_another_scale_is_a_change_also_of_the_same_array(shown, settings):
    given = shown.given
    assert shown.take(given, **settings) is Change.SCALE
    assert shown.exceeded is ("levels" in settings)
    assert shown.take(given, **settings) is Change.NOTHING


@pytest.mark.parametrize(("levels", "beyond"), [((0.0, 9.5), False), ((-20.0, 20.0), False), ((0.5, 20.0), True)])
def test_levels_that_are_given_may_be_exceeded(shown, levels, beyond):
    shown.take(shown.given.copy(), levels)
    assert shown.exceeded is beyond


def test_a_scale_of_its_own_comes_back_after_one_that_was_given(shown):
    own = shown.levels
    assert shown.take(shown.given, (0.0, 50.0)) is Change.SCALE
    assert shown.take(shown.given) is Change.SCALE
    assert shown.levels == own


def test_another_shape_is_a_change_whatever_the_scale(shown):
    assert shown.take(np.array([[0.0, 9.5]])) is Change.SHAPE
    assert shown.take(None) is Change.SHAPE


def test_channels_are_counted_through_all_axes_but_the_last_two():
    shown = Shown()
    shown.take(np.arange(24.0).reshape(2, 3, 2, 2))
    assert (shown.shape, shown.columns) == ((6, 2, 2), 3)
    np.testing.assert_array_equal(shown.values[4], shown.given[1, 1])
    shown.take(np.zeros((3, 2, 2)))
    assert (shown.shape, shown.columns) == ((3, 2, 2), 0)


def test_the_extent_of_what_is_shown_is_known_and_that_of_others_is_measured(shown):
    assert shown.extent_of(shown.given) is shown.extent
    other = shown.extent_of(np.array([[-2.0, 4.0]]))
    assert (other.low, other.high) == (-2.0, 4.0)


def test_large_arrays_count_as_different_without_a_look():
    assert are_same(np.zeros((8, 8)), np.zeros((8, 8)))
    assert not are_same(np.zeros((300, 300)), np.zeros((300, 300)))
    assert not are_same(np.zeros((8, 8)), None)
