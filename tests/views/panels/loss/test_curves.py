"""What of the run and of the curves behind it there is to be seen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from convviz.model.series import LossSeries
from convviz.views.panels.loss.curves import Curves
from convviz.views.panels.loss.kept import KeptCurve


def series(*losses: float) -> LossSeries:
    made = LossSeries()
    made.append(np.array(losses))
    return made


@pytest.fixture
def curves() -> Curves:
    """Return a run that has made three steps, of which the last loss has just been computed."""
    made = Curves()
    made.series = series(8.0, 4.0, 2.0)
    made.live = (3, 1.0)
    return made


def test_of_nothing_there_is_no_step() -> None:
    assert (Curves().newest, Curves().last) == (-1, -1)
    assert len(Curves().take((0.0, 10.0), 100)) == 0


def test_the_live_step_is_the_newest_and_has_its_own_loss(curves: Curves) -> None:
    assert (curves.newest, curves.last) == (3, 3)
    assert [curves.loss(step) for step in range(4)] == [8.0, 4.0, 2.0, 1.0]
    assert math.isnan(curves.loss(4))


def test_a_longer_curve_behind_it_has_the_last_step(curves: Curves) -> None:
    curves.lay_behind([KeptCurve(series(*[70.0] * 9), 70.0, 0)])
    assert (curves.newest, curves.last) == (3, 8)


def test_an_axis_has_to_show_all_that_is_seen_of_all_curves(curves: Curves) -> None:
    assert sorted(curves.take((0.0, 10.0), 100)) == [1.0, 2.0, 4.0, 8.0]
    curves.lay_behind([KeptCurve(series(70.0, 60.0), 60.0, 0)])
    assert {min(curves.take((0.0, 10.0), 100)), max(curves.take((0.0, 10.0), 100))} == {1.0, 70.0}
    curves.lay_behind([])
    assert max(curves.take((0.0, 10.0), 100)) == 8.0


def test_of_other_steps_only_those_are_taken_that_lines_come_from(curves: Curves) -> None:
    assert sorted(curves.take((2.5, 10.0), 100)) == [1.0, 2.0, 4.0]
    assert sorted(curves.take((0.0, 0.5), 100)) == [2.0, 4.0, 8.0]
