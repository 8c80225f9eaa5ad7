"""Which smaller learning rate is worth trying."""

from __future__ import annotations

import pytest

from convviz.engine.rates import rate_worth_trying, smaller_rate
from tests.engine.problems import dying_problem


@pytest.mark.parametrize(("rate", "smaller"), [(3e-3, 3e-4), (0.1, 0.01), (2.55e-5, 3e-6)])
def test_a_smaller_rate_is_a_round_tenth(rate, smaller):
    assert smaller_rate(rate) == pytest.approx(smaller)
    assert smaller_rate(rate, least=rate / 2) == rate / 2


def test_a_rate_with_which_the_network_dies_is_passed_over(monkeypatch):
    monkeypatch.setattr("convviz.engine.rates._SECONDS", 60)  # however slow the machine
    assert rate_worth_trying(dying_problem(), 1e-2) == pytest.approx(1e-4)


def test_the_least_rate_there_is_has_none_below_it():
    problem = dying_problem()
    assert rate_worth_trying(problem, 0.0) is None
