"""Scales of losses and lines of equal loss, against what geometry says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from convviz.views.panels.landscape.surface import LossScale, contour, ticks


def grid(function, rows=41, columns=61):
    y, x = np.mgrid[-1 : 1 : rows * 1j, -2 : 2 : columns * 1j]
    return function(x, y)


def in_plane(pieces, rows=41, columns=61):
    return pieces[..., 0] * 4 / (columns - 1) - 2, pieces[..., 1] * 2 / (rows - 1) - 1


def ends(pieces):
    """Return the points at which a line does not go on."""
    points, counts = np.unique(np.round(pieces.reshape(-1, 2), 9), axis=0, return_counts=True)
    assert counts.max() <= 2
    return points[counts == 1]


def test_the_line_of_a_cone_is_a_circle():
    pieces = contour(grid(np.hypot), 0.7013)
    x, y = in_plane(pieces)
    assert np.hypot(x, y) == pytest.approx(0.7013, abs=2e-3)
    length = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)).sum()
    assert length == pytest.approx(2 * math.pi * 0.7013, rel=1e-3)
    assert not len(ends(pieces))  # it is closed


def test_the_line_of_a_ramp_is_straight_and_ends_at_the_edges():
    pieces = contour(grid(lambda x, y: 2 * x + y), 0.3107)
    x, y = in_plane(pieces)
    assert 2 * x + y == pytest.approx(0.3107)
    assert len(ends(pieces)) == 2


@pytest.mark.parametrize("sign", [1, -1])
def test_at_a_saddle_the_middle_decides(sign):
    high = contour(np.array([[1.0, 0.0], [0.0, 1.0]]) * sign, 0.4 * sign)
    low = contour(np.array([[1.0, 0.0], [0.0, 1.0]]) * sign, 0.6 * sign)
    assert len(high) == len(low) == 2
    # a middle of 0.5 joins the two ones over 0.4, and parts them over 0.6: the lines go round the other corners
    assert sorted(np.round(high.mean(axis=1)).tolist()) == [[0, 1], [1, 0]]
    assert sorted(np.round(low.mean(axis=1)).tolist()) == [[0, 0], [1, 1]]


def test_a_cell_with_a_corner_that_is_no_number_has_no_line():
    values = grid(lambda x, y: x + 0 * y)
    values[10, 30] = np.nan
    rows = in_plane(contour(values, 0.01))[1]
    assert len(contour(values, 0.01)) == 38
    assert not ((rows > -0.549) & (rows < -0.451)).any()
    assert not len(contour(np.full((3, 4), np.nan), 0.0))


def test_every_level_lies_between_the_ends_and_is_round():
    for low, high in ((0.5, 20_000), (3.0, 4.0), (1e-9, 1e9), (1e-3, 0.05), (17, 18_000), (1e-11, 0.7)):
        scale = LossScale.of(np.array([low, high]))
        assert 3 <= len(scale.levels) <= 12, (low, high)
        for level in scale.levels:
            assert low <= level <= high
            assert float(f"{level:.3g}") == pytest.approx(level)


def test_wide_ranges_are_logarithmic_and_narrow_ones_are_not():
    wide, narrow = LossScale.of(np.array([1.0, 10.0, 100.0])), LossScale.of(np.array([10.0, 12.0, 20.0]))
    assert wide.log
    assert not narrow.log
    assert wide.positions(np.array([1.0, 10.0, 100.0])) == pytest.approx([0, 0.5, 1])
    assert narrow.positions(np.array([10.0, 15.0, 20.0])) == pytest.approx([0, 0.5, 1])


def test_a_loss_of_zero_lies_at_the_end_of_a_logarithmic_scale():
    scale = LossScale.of(np.array([0.0, 1e-3, 1.0]))
    assert scale.log
    assert scale.position(0.0) == 0
    assert scale.position(1.0) == 1


def test_what_is_no_number_has_no_position():
    scale = LossScale.of(np.array([np.nan, 1.0, 2.0, np.inf]))
    assert (scale.low, scale.high) == (1, 2)
    assert np.isnan(scale.positions(np.array([np.nan, np.inf, -np.inf]))).all()
    assert LossScale.of(np.array([np.nan, np.inf])) is None


@pytest.mark.parametrize("losses", [[0.0, 0.0], [3.0, 3.0], [1e308, 1e308], [0.0, 1e-320], [1e300, 1.7e308]])
def test_flat_and_extreme_losses_have_a_scale(losses):
    scale = LossScale.of(np.array(losses))
    positions = scale.positions(np.array(losses))
    assert ((positions >= 0) & (positions <= 1)).all()
    assert all(map(math.isfinite, scale.levels))


def test_ticks_are_round_and_not_too_many():
    assert ticks(-4.9, 0.82, 6) == [-4, -3, -2, -1, 0]
    assert ticks(0, 1, 5) == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    for low, high in ((0.0, 1e-7), (1e6, 1e6 + 3), (-5e49, 2e49)):
        for most in (2, 5, 12):
            found = ticks(low, high, most)
            assert 1 <= len(found) <= most
            assert all(low <= tick <= high for tick in found)
    assert ticks(1, 1, 5) == []
    assert ticks(0, math.inf, 5) == []


@pytest.mark.parametrize("sign", [1, -1])
def test_a_line_around_a_few_places_is_no_line(sign):
    """About a minimum or a maximum that lies between the places of the grid it has the form of these."""

    def cone(x, y):
        return sign * np.hypot(x - 0.013, y + 0.021)

    step = 2 / 40
    for radius in (0.5 * step, 0.9 * step, 1.2 * step):
        assert not len(contour(grid(cone), sign * radius))
    around = contour(grid(cone), sign * 3 * step)
    x, y = in_plane(around)
    assert np.hypot(x - 0.013, y + 0.021) == pytest.approx(3 * step, abs=0.15 * step)
    assert not len(ends(around))


def test_lines_beside_one_that_is_left_out_stay():
    values = grid(np.hypot)
    values[5, 5] = 0.0  # a speck of its own
    assert np.array_equal(contour(values, 0.7013), contour(grid(np.hypot), 0.7013))


def test_at_every_piece_the_higher_side_is_the_right_one():
    values = np.random.default_rng(4).normal(size=(30, 40))  # with both kinds of saddle
    pieces = contour(values, 0.0)
    way = pieces[:, 1] - pieces[:, 0]
    middle = pieces.mean(axis=1)
    right = middle + 1e-3 * np.stack([way[:, 1], -way[:, 0]], axis=1) / np.hypot(*way.T)[:, None]
    column, row = np.minimum(np.floor(middle).astype(int).T, [[38], [28]])
    corners = np.stack([np.stack([column + i, row + j], axis=1) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))])
    nearest = np.abs(corners - right).sum(axis=2).argmin(axis=0)
    at = corners[nearest, np.arange(len(pieces))]
    few = np.hypot(*way.T) < 0.5  # which cut off the nearest corner
    assert few.sum() > 50
    signs = np.sign(((at - middle) * (right - middle)).sum(axis=1))
    assert np.array_equal(signs[few] > 0, values[at[few, 1], at[few, 0]] > 0)
