"""The step of a path at which somebody points."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.views.panels.landscape.path import nearest_step


def test_a_path_of_one_step_is_near_by_its_distance():
    assert nearest_step(np.array([[1.0, 1.0]]), np.array([7]), (4.0, 5.0)) == (7, 5.0)


@pytest.mark.parametrize(
    ("at", "step", "away"),
    [
        ((0.0, 2.0), 0, 2.0),
        ((3.0, 1.0), 6, 1.0),  # three tenths of the way to step 20
        ((10.0, 6.0), 26, 0.0),  # on the second line, six tenths of the way to step 30
        ((13.0, 14.0), 30, 5.0),  # beyond the end: 3 to the right and 4 above
    ],
)
def test_it_is_found_on_the_lines_between_the_corners(at, step, away):
    points, steps = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]), np.array([0, 20, 30])
    assert nearest_step(points, steps, at) == (step, pytest.approx(away))


def test_it_agrees_with_looking_at_very_many_places_of_the_path():
    rng = np.random.default_rng(3)
    points, steps = rng.normal(size=(12, 2)), np.arange(12) * 1000
    fine = np.linspace(0, 11, 110_001)
    path = np.stack([np.interp(fine, np.arange(12), points[:, axis]) for axis in range(2)], axis=1)
    for at in rng.normal(size=(20, 2)):
        away = np.linalg.norm(path - at, axis=1)
        step, found = nearest_step(points, steps, (at[0], at[1]))
        assert found == pytest.approx(away.min(), abs=1e-3)
        assert step == pytest.approx(1000 * fine[away.argmin()], abs=1)


def test_a_step_that_rests_and_one_that_is_lost_are_passed_over():
    points = np.array([[0.0, 0.0], [0.0, 0.0], [4.0, 0.0], [np.nan, np.inf]])
    assert nearest_step(points, np.arange(4), (3.0, 0.0)) == (2, 0.0)
