"""What a run does, in words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from convviz.engine.frames import State, Status
from convviz.engine.stopping import StopReason
from convviz.views import run_words, theme


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("expected sense, received none", "Expected sense, received none"),
        ("target: expected finite numbers", "Target: expected finite numbers"),
        ("layers[0].weight: expected finite numbers", "layers[0].weight: expected finite numbers"),
        ("输入：应为有限的数", "输入：应为有限的数"),
    ],
)
def test_a_reason_is_a_sentence(message: str, sentence: str) -> None:
    assert run_words.reason_text(message) == sentence


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("reason", list(StopReason))
def test_every_state_has_words_and_a_colour(state: State, reason: StopReason) -> None:
    status = Status(state=state, reason=reason, step=1234)
    assert run_words.state_text(status, 2000)
    assert hasattr(theme.current(), run_words.state_colour(status))


@pytest.mark.parametrize(
    ("goal", "step", "text"),
    [
        (2000, 300, "training"),
        (2100, 2050, "training"),
        (None, 2000, "training beyond 2,000 steps"),
        (None, 300, "training without an end"),
    ],
)
def test_training_that_comes_to_no_end_says_so(goal: int | None, step: int, text: str) -> None:
    assert run_words.state_text(Status(state=State.RUNNING, goal=goal, step=step), 2000) == text


@pytest.mark.parametrize(
    ("steps", "rate", "text"),
    [
        (2000, 200.0, "10 s left"),
        (1, 200.0, "1 s left"),
        (61, 1.0, "1 min 1 s left"),
        (7260, 1.0, "2 h 1 min left"),
        (0, 200.0, ""),
        (100, 0.0, ""),
    ],
)
def test_the_time_left_is_told_in_the_unit_that_fits(steps: int, rate: float, text: str) -> None:
    assert run_words.time_left_text(steps, rate) == text


@pytest.mark.parametrize(
    ("losses", "good"),
    [
        ([5.0, 9.0, 90.0, math.inf], 0),
        ([9.0, 5.0, 4.0, 4.2, 60.0, 1e200, math.nan], 3),
        ([100.0, 10.0, 50.0, 10.5, 11.5, 3e5, math.inf], 3),
        ([math.nan], 0),
        ([], 0),
    ],
)
def test_the_last_good_step_comes_before_the_loss_runs_away(losses: list[float], good: int) -> None:
    assert run_words.last_good_step(np.array(losses)) == good


def test_divergence_says_when_and_why() -> None:
    text = run_words.divergence_text(Status(state=State.DIVERGED, step=1037, learning_rate=0.003), 1036)
    assert "numbers of step 1,036" in text
    assert "step 1,037" in text
    assert "0.003" in text
    assert "numbers of step" not in run_words.divergence_text(Status(state=State.DIVERGED, step=1037), None)
