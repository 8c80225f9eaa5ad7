from __future__ import annotations

import numpy as np
import pytest

from convviz.engine.history import History, RateLog, Series
from tests.engine.histories import filled, states


@pytest.mark.parametrize("sizes", [(1,), (7,), (128,), (3, 100, 1)], ids=str)
@pytest.mark.parametrize("rows", [2, 3, 8, 50, 1000])
@pytest.mark.parametrize("steps", [1, 2, 9, 100, 999])
def test_the_nearest_stored_step_is_never_far(sizes, rows, steps):
    history = filled(steps, rows, sizes)
    assert history.steps == steps
    assert history.stride == 1 or steps / history.stride >= rows // 2 // 2
    for step in range(steps):
        stored, state = history.nearest(step)
        assert step - history.stride < stored <= step
        assert np.array_equal(state, states(stored, 1)[0])


def test_nothing_is_dropped_before_the_budget_is_used_up():
    assert filled(50, 50).stride == 1
    assert filled(51, 50).stride == 2
    assert filled(101, 50).stride == 4


def test_the_budget_is_kept():
    budget, width = 3 << 20, 100
    history = History(width, np.float64, budget)
    for first in range(0, 40_000, 500):
        history.append(states(first, 500, width))
        assert history.nbytes <= budget
    assert history.stride > 4
    for step in range(0, 40_000, 271):
        stored, state = history.nearest(step)
        assert np.array_equal(state, states(stored, 1, width)[0])


def test_what_was_forgotten_can_be_recorded_anew():
    history = filled(100, 10)
    stride = history.stride
    history.truncate(37)
    assert (history.steps, history.stride) == (37, stride)
    history.append(states(37, 100) + 1000)
    for step in range(137):
        stored, state = history.nearest(step)
        assert state[0] == stored + (1000 if stored >= 37 else 0)


def test_an_emptied_history_stores_every_step_again():
    history = filled(100, 10)
    history.truncate(0)
    history.append(states(0, 5))
    assert history.stride == 1
    assert [history.nearest(step)[0] for step in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("steps", "rows"), [(1, 1000), (2, 1000), (37, 1000), (1000, 1000), (1000, 100), (999, 50)])
@pytest.mark.parametrize("most", [2, 3, 20, 101])
def test_a_spread_of_the_stored_steps_reaches_from_the_first_to_the_last(steps, rows, most):
    history = filled(steps, rows)
    stored = range(0, steps, history.stride)
    spread = history.spread(most)
    assert spread == sorted(set(spread))
    assert set(spread) <= set(stored)
    assert len(spread) <= most
    assert spread[0] == 0
    if most >= 4:
        assert spread[-1] == stored[-1]
        even = stored[-1] / (most // 2 - 1)
        assert max(np.diff(spread), default=0) <= even + history.stride


def test_a_spread_is_denser_the_nearer_to_the_first_step():
    spread = np.array(filled(1001, 1002).spread(40))
    assert spread[:3].tolist() == [0, 1, 2]
    evenly = np.rint(np.linspace(0, 1000, 20))
    assert np.isin(evenly, spread).all()
    others = np.setdiff1d(spread, evenly)
    assert (others < 100).sum() > (others > 100).sum() > 3
    assert (np.diff(np.diff(others)) >= -1).all()  # but for rounding, each gap is as wide as the one before it


def test_nothing_is_spread_of_nothing():
    assert History(3, np.float64, 1000).spread(10) == []


def test_states_without_numbers():
    history = History(0, np.float64, 100)
    history.append(np.empty((500, 0)))
    assert history.steps == 500
    assert history.nearest(499)[1].shape == (0,)


def test_a_series_is_read_as_one_array():
    series, expected = Series(), []
    for count in (1, 1022, 1, 1, 5000, 0, 3):
        numbers = np.arange(len(expected), len(expected) + count, dtype=float)
        series.append(numbers)
        expected.extend(numbers)
        assert len(series) == len(expected)
        assert np.array_equal(series.values(), expected)
        assert series.nbytes == series.values().nbytes
    assert not series.values().flags.writeable


def test_a_truncated_series_leaves_what_was_read():
    series = Series()
    series.append(np.arange(10.0))
    before = series.values()
    series.truncate(4)
    series.append(np.full(3, -1.0))
    assert before.tolist() == list(range(10))
    assert series.values().tolist() == [0, 1, 2, 3, -1, -1, -1]


def test_a_copy_of_a_series_goes_on_without_the_other():
    series = Series()
    series.append(np.arange(10.0))
    copied = series.copy(4)
    copied.append(np.full(2, -1.0))
    assert copied.values().tolist() == [0, 1, 2, 3, -1, -1]
    assert series.values().tolist() == list(range(10))


def test_a_log_of_rates_tells_the_rate_of_every_step():
    log = RateLog(0.5)
    log.set(10, 0.25)
    log.set(20, 0.125)
    assert [log.at(step) for step in (0, 9, 10, 19, 20, 99)] == [
        (0.5, 10),
        (0.5, 10),
        (0.25, 20),
        (0.25, 20),
        (0.125, None),
        (0.125, None),
    ]
    log.set(15, 1.0)
    assert [log.at(step) for step in (9, 14, 15, 30)] == [(0.5, 10), (0.25, 15), (1.0, None), (1.0, None)]
    log.set(0, 2.0)
    assert log.at(30) == (2.0, None)


def test_a_copy_of_a_log_goes_on_without_the_other():
    log = RateLog(0.5)
    log.set(10, 0.25)
    copied = log.copy()
    copied.set(20, 0.125)
    log.set(5, 1.0)
    assert [copied.at(step)[0] for step in (9, 10, 20)] == [0.5, 0.25, 0.125]
    assert [log.at(step)[0] for step in (4, 10, 20)] == [0.5, 1.0, 1.0]
