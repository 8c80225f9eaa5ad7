"""Runs that were left, and are taken up again where they were."""

from __future__ import annotations

import math

import numpy as np
import pytest

from convviz.engine import loop
from convviz.engine.commands import Load, Play, Reset, RunSteps, SetLearningRate, SetSpeed
from convviz.engine.frames import State, StopReason
from convviz.engine.trainer import Trainer
from tests.engine.driving import TOO_HIGH, assert_same_frame, loaded, problem, trained
from tests.engine.problems import small_problem
from tests.engine.test_trainer import WAYS


@pytest.mark.parametrize("way", WAYS)
def test_a_new_trainer_goes_on_with_a_recording_bit_for_bit(way):
    whole = trained(small_problem(**WAYS[way]), 250)
    left = trained(small_problem(**WAYS[way]), 100)
    trainer = Trainer(small_problem(**WAYS[way]), run=7, recording=left.recording())
    assert (trainer.current_step, trainer.frame().run) == (100, 7)
    assert_same_frame(trainer.frame(), whole.frame(100))
    assert_same_frame(trainer.frame(30), whole.frame(30))
    trainer.run(150)
    np.testing.assert_array_equal(trainer.losses, whole.losses)
    assert_same_frame(trainer.frame(), whole.frame())


def test_a_recording_has_the_rates_that_were_set():
    driven, wanted = loaded()
    driven.do(RunSteps(40))
    driven.do(SetLearningRate(1e-5))
    driven.do(RunSteps(40))
    driven.do(Load(2, lambda: problem(seed=1)))
    driven.do(Load(3, lambda: wanted, resume=1))
    driven.do(RunSteps(40))
    by_hand = trained(wanted, 40)
    by_hand.learning_rate = 1e-5
    by_hand.run(80)
    assert_same_frame(driven.packets[-1].frame, by_hand.frame())


def test_a_run_is_taken_up_where_it_was_left():
    driven, wanted = loaded()
    driven.do(RunSteps(50))
    other = driven.do(Load(2, lambda: problem(seed=1)), RunSteps(20))
    assert (other.status.run, other.status.step) == (2, 20)
    back = driven.do(Load(3, lambda: wanted, resume=1))
    assert (back.status.run, back.status.state, back.status.step, back.status.goal) == (3, State.PAUSED, 50, 2000)
    assert back.first == 0
    np.testing.assert_array_equal(back.losses, trained(wanted, 50).losses)
    assert_same_frame(back.frame, trained(wanted, 50).frame())
    again = driven.do(Load(4, lambda: problem(seed=1), resume=2))
    assert (again.status.run, again.status.step) == (4, 20)
    assert driven.do(Reset()).status.step == 0


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [({"steps": 30}, State.FINISHED, StopReason.STEPS), ({"rate": TOO_HIGH}, State.DIVERGED, StopReason.DIVERGED)],
)
def test_a_run_that_had_ended_is_still_at_its_end(changes, state, reason):
    driven, wanted = loaded(play=True, **changes)
    ended = driven.packets[-1].status
    assert ended.state is state
    back = driven.do(Load(2, problem), Load(3, lambda: wanted, play=True, resume=1)).status
    assert (back.state, back.reason, back.step, back.goal) == (state, reason, ended.step, None)
    assert back.loss == ended.loss or math.isnan(back.loss)


def test_a_run_that_was_playing_goes_on_if_that_is_wanted():
    driven, wanted = loaded(steps=300)
    driven.do(RunSteps(50), Load(2, problem))
    last = driven.do(Load(3, lambda: wanted, play=True, resume=1))
    assert (last.status.state, last.status.step) == (State.FINISHED, 300)
    np.testing.assert_array_equal(driven.losses, trained(wanted, 300).losses)


def test_a_run_that_is_not_known_begins_anew():
    driven, wanted = loaded()
    driven.do(RunSteps(50), Load(2, problem))
    assert driven.do(Load(3, lambda: wanted, resume=99)).status.step == 0
    assert driven.do(Load(4, lambda: wanted, resume=2)).status.step == 0  # it had not made a step


def test_the_oldest_runs_are_forgotten_where_they_take_too_much_memory(monkeypatch):
    driven, wanted = loaded()
    driven.do(RunSteps(50))
    one = trained(wanted, 50).recording().nbytes
    monkeypatch.setattr(loop, "ASIDE", 2 * one)
    for run in (2, 3, 4):
        driven.do(Load(run, lambda: wanted), RunSteps(50))
    driven.do(Load(5, lambda: wanted))
    assert [driven.do(Load(5 + run, lambda: wanted, resume=run)).status.step for run in (1, 2, 3, 4)] == [0, 0, 50, 50]


def test_playing_after_the_end_goes_on_beyond_it():
    driven, wanted = loaded(play=True, steps=30)
    driven.do(Load(2, problem), Load(3, lambda: wanted, resume=1))
    driven.go(0.5, SetSpeed(200), Play())
    assert driven.packets[-1].status.goal is None
    assert driven.packets[-1].status.step > 30
