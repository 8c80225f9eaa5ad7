"""Runs that were left, and are taken up again where they were."""

from __future__ import annotations

import math

import numpy as np
import pytest

from convviz.engine import loop
from convviz.engine.commands import Load, Play, Reset, RunSteps, SetLearningRate, SetSpeed, SetStop
from convviz.engine.frames import State
from convviz.engine.optimizers import SGD
from convviz.engine.stopping import StopConditions, StopReason
from convviz.engine.trainer import Trainer
from tests.engine.driving import TOO_HIGH, Driven, problem, trained
from tests.engine.problems import WAYS, assert_same_frame, small_problem


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


@pytest.mark.parametrize("way", ["left", "branch"])
def test_a_new_trainer_knows_the_losses_that_were(way):
    """The lowest of them, and for how long there has been no progress."""
    stop = {"stop": StopConditions(steps=1000, patience=150, min_progress=0.5)}
    whole = Trainer(small_problem(**stop))
    made = whole.run(1000)
    assert 160 < made < 1000
    assert whole.reason is StopReason.NO_PROGRESS
    left = trained(small_problem(**stop), made - 10)
    recording = left.recording() if way == "left" else left.beginning(made - 10)
    trainer = Trainer(small_problem(**stop), recording=recording)
    assert trainer.best_loss == min(*whole.losses[: made - 10], trainer.loss)
    assert (trainer.run(1000), trainer.reason) == (10, StopReason.NO_PROGRESS)


def test_a_new_trainer_knows_a_loss_lower_than_the_present():
    rising = small_problem(optimizer=SGD(learning_rate=1.0))
    left = Trainer(rising)
    left.run(1000)
    assert left.state is State.DIVERGED
    assert left.best_loss == left.initial_loss
    assert Trainer(rising, recording=left.recording()).best_loss == left.initial_loss


def load(run, wanted, name, names=range(10), **more):
    return Load(run, lambda: wanted, name=name, names=frozenset(names), **more)


def begun(**changes):
    """Return a loop with a run of the name 1, and the problem that it runs."""
    driven, wanted = Driven(), problem(**changes)
    driven.do(load(1, wanted, 1))
    return driven, wanted


def test_a_recording_has_the_rates_that_were_set():
    driven, wanted = begun()
    driven.do(RunSteps(40))
    driven.do(SetLearningRate(1e-5))
    driven.do(RunSteps(40))
    driven.do(load(2, problem(seed=1), 2))
    slower = problem(rate=1e-5)
    driven.do(load(3, slower, 1))
    driven.do(RunSteps(40))
    by_hand = trained(wanted, 40)
    by_hand.learning_rate = 1e-5
    by_hand.run(80)
    assert_same_frame(driven.packets[-1].frame, by_hand.frame())


def test_it_goes_on_with_the_rate_of_the_problem():
    driven, _ = begun()
    driven.do(RunSteps(40))
    driven.do(load(2, problem(seed=1), 2))
    back = driven.do(load(3, problem(rate=1e-6), 1)).status
    assert (back.step, back.learning_rate) == (40, 1e-6)


def test_a_run_is_taken_up_where_it_was_left():
    driven, wanted = begun()
    driven.do(RunSteps(50))
    driven.do(load(2, problem(seed=1), 2))
    other = driven.do(RunSteps(20))
    assert (other.status.run, other.status.step) == (2, 20)
    back = driven.do(load(3, wanted, 1))
    assert (back.status.run, back.status.state, back.status.step, back.status.goal) == (3, State.PAUSED, 50, 2000)
    assert back.first == 0
    np.testing.assert_array_equal(back.losses, trained(wanted, 50).losses)
    assert_same_frame(back.frame, trained(wanted, 50).frame())
    again = driven.do(load(4, problem(seed=1), 2))
    assert (again.status.run, again.status.step) == (4, 20)
    assert driven.do(Reset()).status.step == 0
    assert driven.do(load(5, wanted, 1), load(6, problem(seed=1), 2)).status.step == 0  # nothing was forgotten by this
    assert driven.do(load(7, wanted, 1)).status.step == 50


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [({"steps": 30}, State.FINISHED, StopReason.STEPS), ({"rate": TOO_HIGH}, State.DIVERGED, StopReason.DIVERGED)],
)
def test_a_run_that_had_ended_is_still_at_its_end(changes, state, reason):
    driven, wanted = begun(**changes)
    ended = driven.do(Play()).status
    assert ended.state is state
    driven.do(load(2, problem(), 2))
    back = driven.do(load(3, wanted, 1, play=True)).status
    assert (back.state, back.reason, back.step, back.goal) == (state, reason, ended.step, None)
    assert back.loss == ended.loss or math.isnan(back.loss)


def test_a_run_that_rested_short_of_its_end_has_it_as_its_goal():
    driven, _ = begun(steps=30)
    driven.do(Play())
    assert driven.do(SetStop(StopConditions(steps=100))).status.goal == 100
    driven.do(load(2, problem(), 2))
    back = driven.do(load(3, problem(steps=100), 1)).status
    assert (back.state, back.step, back.goal) == (State.PAUSED, 30, 100)
    assert driven.do(Play()).status.step == 100


def test_a_run_of_some_steps_is_paused_where_it_ended():
    driven, wanted = begun(steps=30)
    assert driven.do(RunSteps(30)).status.state is State.PAUSED
    driven.do(load(2, problem(), 2))
    assert driven.do(load(3, wanted, 1)).status.state is State.PAUSED


def test_a_run_that_was_playing_goes_on_if_that_is_wanted():
    driven, wanted = begun(steps=300)
    driven.do(RunSteps(50))
    driven.do(load(2, problem(), 2))
    last = driven.do(load(3, wanted, 1, play=True))
    assert (last.status.state, last.status.step) == (State.FINISHED, 300)
    np.testing.assert_array_equal(driven.losses, trained(wanted, 300).losses)


def test_a_run_that_is_not_known_begins_anew():
    driven, wanted = begun()
    driven.do(RunSteps(50))
    driven.do(load(2, problem(), 2))
    assert driven.do(load(3, wanted, 9)).status.step == 0
    assert driven.do(load(4, wanted, None)).status.step == 0


def test_runs_that_nobody_can_ask_for_are_forgotten():
    driven, wanted = begun()
    driven.do(RunSteps(50))
    driven.do(load(2, problem(), 2, names={2}))
    assert driven.do(load(3, wanted, 1)).status.step == 0


def test_a_build_that_fails_forgets_nothing():
    driven, wanted = begun()
    driven.do(RunSteps(50))
    driven.do(load(2, problem(), 2))

    def fail():
        raise ValueError("no")

    assert driven.do(Load(3, fail, name=1, names=frozenset({1, 2}))).status.state is State.FAILED
    assert driven.do(load(4, wanted, 1)).status.step == 50


def test_the_runs_left_first_are_forgotten_where_they_take_too_much_memory(monkeypatch):
    driven, wanted = begun()
    driven.do(RunSteps(50))
    one = trained(wanted, 50).recording().nbytes
    assert 0 < one < 50 * 8 * 100
    monkeypatch.setattr(loop, "LEFT", 2 * one)
    for run in (2, 3, 4):
        driven.do(load(run, wanted, run))
        driven.do(RunSteps(50))
    driven.do(load(5, wanted, 5))
    assert [driven.do(load(5 + name, wanted, name)).status.step for name in (1, 2, 3, 4)] == [0, 0, 50, 50]


def test_the_run_that_is_wanted_is_not_forgotten_for_the_one_that_is_left(monkeypatch):
    driven, wanted = begun()
    driven.do(RunSteps(50))
    monkeypatch.setattr(loop, "LEFT", int(1.5 * trained(wanted, 50).recording().nbytes))
    driven.do(load(2, wanted, 2))
    driven.do(RunSteps(50))
    assert driven.do(load(3, wanted, 1)).status.step == 50


def test_playing_after_the_end_goes_on_beyond_it():
    driven, wanted = begun(steps=30)
    driven.do(Play())
    driven.do(load(2, problem(), 2))
    driven.do(load(3, wanted, 1))
    driven.go(0.5, SetSpeed(200), Play())
    assert driven.packets[-1].status.goal is None
    assert driven.packets[-1].status.step > 30
