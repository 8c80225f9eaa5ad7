"""How the loss plot chooses axes."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from convviz.views.panels.loss import ranges


@pytest.mark.parametrize(
    ("value", "nice"), [(1, 1), (1.01, 1.5), (2, 2), (2001, 3000), (7.6, 10), (0.03, 0.03), (1e-9, 1e-9), (9.99e8, 1e9)]
)
def test_nice_above(value: float, nice: float) -> None:
    assert ranges.nice_above(value) == pytest.approx(nice)


@pytest.mark.parametrize(
    ("count", "goal", "right"),
    [
        *[(0, None, 10), (1, 2000, 2000), (2001, 2000, 2000), (2002, 2000, 3000), (5000, None, 5000)],
        *[(1, 1_000_000, 5000), (14_018, 1_000_000, 100_000), (300_000, 1_000_000, 1_000_000)],
    ],
)
def test_the_steps_reach_to_the_goal_or_a_round_number(count: int, goal: int | None, right: float) -> None:
    assert ranges.step_range(count, goal) == (0, right)


def test_a_growing_run_seldom_changes_its_axis() -> None:
    assert len({ranges.step_range(count, None) for count in range(1, 100_000)}) < 40


@pytest.mark.parametrize(
    "values",
    [
        [29770.0, 300.0],
        [1e-300],
        [0.0, 0.0],
        [math.inf, 5.0, 3.0],
        [math.nan],
        [],
        [1e308, 1.0],
        [1.2e308, 1.5e308, 1.7e308],
        [5e-324, sys.float_info.max],
        [-4.0, 3.0],
        [-3.0, -3.0],
    ],
)
@pytest.mark.parametrize("log", [False, True])
def test_ranges_are_finite_and_hold_what_can_be_drawn(values: list[float], log: bool) -> None:
    array = np.array(values)
    low, high = ranges.value_range(array, log)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    drawn = array[np.isfinite(array)]
    if log:
        drawn = np.log10(drawn[drawn > 0])
    assert np.all((drawn >= low) & (drawn <= high))


def test_losses_without_a_logarithm_lie_at_the_bottom() -> None:
    losses = [100.0, 0.0, -1.0]
    assert ranges.on_axis(np.array(losses), True, -3.0).tolist() == [2.0, -3.0, -3.0]
    assert [ranges.place_on_axis(loss, True, -3.0) for loss in losses] == [2.0, -3.0, -3.0]
    assert [ranges.place_on_axis(loss, False, -3.0) for loss in losses] == losses


@pytest.mark.parametrize(("bottom", "top"), [(-3.0, 4.5), (2.0, 2.5), (-300.0, 300.0), (0.3, 0.9), (307.2, 308.25)])
def test_logarithmic_ticks_lie_in_the_range_and_are_few(bottom: float, top: float) -> None:
    ticks = [value for _, values in ranges.log_ticks(bottom, top) for value in values]
    assert all(bottom - 1e-6 <= tick <= top + 1e-6 for tick in ticks)
    labels = [text for text in (ranges.log_tick_text(tick, top - bottom) for tick in ticks) if text]
    assert 1 <= len(labels) <= 10


@pytest.mark.parametrize(
    ("bottom", "top", "between"), [(-2.0, 2.0, 32), (-4.5, -1.0, 30), (-2.0, 2.5, 0), (3.0, 8.0, 0)]
)
def test_there_are_ticks_between_decades_while_these_are_few(bottom: float, top: float, between: int) -> None:
    """From 10⁻⁴·⁵ to 10⁻⁴ stand 4 … 9, then 2 … 9 in each of three decades; and no tick but those and the decades."""
    ticks = [10**tick for _, values in ranges.log_ticks(bottom, top)[1:] for tick in values]
    first = [round(tick / 10 ** math.floor(math.log10(tick)), 9) for tick in ticks]
    assert len(first) == between
    assert set(first) <= set(range(2, 10))


def test_labels_that_stand_together_are_all_powers_of_ten_if_one_is() -> None:
    assert [ranges.log_tick_text(tick, 8.0) for tick in (0.0, 3.0)] == ["1", "1,000"]
    assert [ranges.log_tick_text(tick, 8.0, powers=True) for tick in (0.0, 3.0)] == ["10⁰", "10³"]
    assert ranges.log_tick_text(math.log10(200), 2.0, powers=True) == "2×10²"
    assert ranges.log_tick_text(math.log10(300), 2.0) == ""
    assert ranges.log_tick_text(math.log10(200), 3.0) == ""
