"""What a check has found, in words."""

from __future__ import annotations

import math

import pytest

from convviz.engine import AvgPool2d, ReLU
from convviz.engine.check import Check
from convviz.engine.errors import ConfigError
from convviz.model.check_loop import Finding, Progress, Verdict
from convviz.views.panels.check import wording
from tests.checked import experiment, wrong, wrong_between


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (3e-9, "3×10⁻⁹"),
        (3.0001e-9, "4×10⁻⁹"),
        (2.6e-9, "3×10⁻⁹"),
        (9.2e-9, "10⁻⁸"),
        (1e-3, "0.001"),
        (0.0, "10⁻¹⁶"),
        (2.0, "2"),
        (math.inf, "∞"),
        (math.nan, "∞"),
    ],
)
def test_a_bound_is_never_exceeded(error, text):
    assert wording.bound_text(error) == text


@pytest.mark.parametrize(("error", "text"), [(1.63e-10, "1.6×10⁻¹⁰"), (0.0, "0"), (math.inf, "∞"), (math.nan, "∞")])
def test_an_error_is_written_alike(error, text):
    assert wording.error_text(error) == text


def finding(wanted, error=None):
    problem = wanted.build()
    report = None if error else Check(problem, sample=None).run()
    return Finding(1, 1, 5, problem, True, report, error)


@pytest.mark.parametrize(
    ("wanted", "layers"), [(experiment(), ()), (wrong(), (1,)), (wrong_between(), (2,))], ids=["right", "conv", "tanh"]
)
def test_the_layers_with_a_wrong_gradient_are_suspects(wanted, layers):
    assert wording.suspects(finding(wanted)) == layers


def test_where_nothing_can_be_checked_it_is_said_why():
    found = finding(experiment(), ConfigError("the loss is not a finite number here, so there is no gradient to check"))
    assert found.verdict is Verdict.IMPOSSIBLE
    assert wording.badge_text(found, None) == "! gradients cannot be checked"
    assert "not a finite number" in wording.summary_lines(found)[0]


def test_where_there_is_nothing_to_learn_nothing_is_wrong():
    found = finding(experiment(ReLU()))
    assert found.verdict is Verdict.NOTHING
    assert wording.badge_text(found, None) == "– no gradients to check"


def test_a_linear_layer_without_parameters_has_an_identity():
    found = finding(experiment(AvgPool2d()))
    assert found.verdict is Verdict.RIGHT
    assert wording.badge_text(found, None).startswith("✓")


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (None, "nothing to check yet"),
        (Progress(1, 0, 0), "checking…"),
        (Progress(1, 14, 1029), "checking… 14 of 1,029"),
    ],
)
def test_before_there_is_a_verdict(progress, text):
    assert wording.badge_text(None, progress) == text


def test_a_verdict_stays_until_there_is_another():
    found = finding(experiment())
    assert wording.badge_text(found, Progress(2, 1, 29)) == wording.badge_text(found, None)
