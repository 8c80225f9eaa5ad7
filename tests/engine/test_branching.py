"""Runs that begin as a copy of another at one of its steps."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import loop
from convviz.engine.commands import Load, Play, Reset, RunSteps, SetLearningRate, SetSpeed, ShowStep
from convviz.engine.frames import State
from convviz.engine.history import RateLog, Series
from convviz.engine.trainer import Trainer
from tests.engine.driving import TOO_HIGH, Driven, problem, trained
from tests.engine.histories import filled, states
from tests.engine.problems import WAYS, assert_same_frame, small_problem

NAMES = frozenset(range(10))


def load(run, wanted, name, **more):
    return Load(run, lambda: wanted, name=name, names=NAMES, **more)


def begun(steps, **changes):
    """Return a loop with a run of the name 1 at a step, and the problem that it runs."""
    driven, wanted = Driven(), problem(**changes)
    driven.do(load(1, wanted, 1), RunSteps(steps))
    return driven, wanted


@pytest.mark.parametrize("step", [0, 1, 60, 100])
@pytest.mark.parametrize("way", WAYS)
def test_the_beginning_of_a_run_goes_on_bit_for_bit_and_leaves_the_run_as_it_was(way, step):
    whole, left = trained(small_problem(**WAYS[way]), 250), trained(small_problem(**WAYS[way]), 100)
    branch = Trainer(small_problem(**WAYS[way]), recording=left.beginning(step))
    assert branch.current_step == step
    assert_same_frame(branch.frame(), whole.frame(step))
    branch.run(200 - step)
    np.testing.assert_array_equal(branch.losses, whole.losses[:200])
    assert_same_frame(branch.frame(step // 2), whole.frame(step // 2))
    left.run(150)
    np.testing.assert_array_equal(left.losses, whole.losses)
    assert_same_frame(left.frame(80), whole.frame(80))


def test_the_beginning_is_right_where_not_every_state_is_stored():
    left = Trainer(small_problem(), budget=4000)
    left.run(300)
    branch = Trainer(small_problem(), recording=left.beginning(257))
    branch.run(60)
    whole = trained(small_problem(), 317)
    for step in (3, 200, 256, 257, 258, 317):
        assert_same_frame(branch.frame(step), whole.frame(step))


@pytest.mark.parametrize("steps", [0, 1, 36, 37, 100])
def test_a_copied_history_is_one_of_its_own(steps):
    history = filled(100, 10)
    copied = history.copy(steps)
    copied.append(states(steps, 150) + 1000)
    for step in range(steps + 150):
        stored, state = copied.nearest(step)
        assert state[0] == stored + (1000 if stored >= steps else 0)
    for step in range(100):
        stored, state = history.nearest(step)
        assert state[0] == stored


def test_copied_losses_and_rates_are_of_their_own():
    series, log = Series(), RateLog(0.5)
    series.append(np.arange(10.0))
    copied, rates = series.copy(4), log.copy()
    copied.append(np.full(2, -1.0))
    rates.set(3, 0.1)
    assert series.values().tolist() == list(range(10))
    assert copied.values().tolist() == [0, 1, 2, 3, -1, -1]
    assert log.at(5) == (0.5, None)
    assert rates.at(5) == (0.1, None)


@pytest.mark.parametrize(("wanted_step", "step"), [(0, 0), (37, 37), (100, 100), (500, 100), (-3, 0)])
def test_a_branch_is_what_the_run_was_and_the_run_is_taken_up_where_it_was_left(wanted_step, step):
    driven, wanted = begun(100)
    whole = trained(wanted, 150)
    packet = driven.do(load(2, problem(), 2, branch=wanted_step))
    assert (packet.status.run, packet.status.state, packet.status.step) == (2, State.PAUSED, step)
    assert (packet.first, packet.status.shown, packet.status.left) == (0, None, {1})
    assert_same_frame(packet.frame, whole.frame(step))
    np.testing.assert_array_equal(packet.losses, whole.losses[:step])
    driven.do(SetLearningRate(1e-5), RunSteps(120 - step))
    slower = trained(problem(), step) if step else Trainer(problem())
    slower.learning_rate = 1e-5
    slower.run(120 - step)
    for run in (3, 5):  # to and fro
        back = driven.do(load(run, wanted, 1))
        assert (back.status.step, back.status.learning_rate, back.status.left) == (100, 3e-5, {2})
        assert_same_frame(back.frame, whole.frame(100))
        np.testing.assert_array_equal(back.losses, whole.losses[:100])
        again = driven.do(load(run + 1, problem(rate=1e-5), 2))
        assert (again.status.step, again.status.learning_rate) == (120, 1e-5)
        assert_same_frame(again.frame, slower.frame())
        assert_same_frame(driven.do(ShowStep(110)).frame, slower.frame(110))
    driven.do(load(7, wanted, 1), RunSteps(50))
    np.testing.assert_array_equal(driven.packets[-1].losses, whole.losses[100:])
    assert_same_frame(driven.packets[-1].frame, whole.frame())


def test_a_branch_leads_before_a_divergence_which_is_kept():
    driven, wanted = begun(1, rate=TOO_HIGH)
    diverged = driven.do(Play()).status
    assert diverged.state is State.DIVERGED
    assert driven.do(load(2, wanted, 2, branch=2)).status.state is State.PAUSED
    back = driven.do(load(3, wanted, 1)).status
    assert (back.state, back.step) == (State.DIVERGED, diverged.step)


def test_all_losses_of_a_run_are_reported_before_a_branch_takes_its_place():
    driven, wanted = Driven(), problem(steps=10**6)
    driven.do(load(1, wanted, 1))
    driven.go(0.515, SetSpeed(1000), Play())
    driven.loop.post(load(2, wanted, 2, branch=10))
    packets = len(driven.packets)
    while driven.packets[-1].status.run == 1:
        driven.loop.turn()
    last = next(packet for packet in reversed(driven.packets[packets:]) if packet.status.run == 1)
    series = np.concatenate([packet.losses for packet in driven.packets if packet.status.run == 1])
    assert len(series) == last.status.step > driven.packets[packets - 1].status.step
    assert driven.do(load(3, wanted, 1)).status.step == last.status.step


def test_what_waits_when_a_run_is_left_is_done_before():
    driven, wanted = begun(50)
    driven.do(Reset(), load(2, problem(seed=1), 2))
    assert driven.do(load(3, wanted, 1)).status.step == 0
    driven.do(RunSteps(50))
    driven.do(load(4, wanted, 4, branch=20), load(5, problem(seed=1), 5))
    assert driven.do(load(6, wanted, 4)).status.step == 20
    assert driven.do(load(7, wanted, 1)).status.step == 50


def test_of_branches_that_take_too_much_memory_that_left_first_is_forgotten_and_it_is_said(monkeypatch):
    driven, wanted = begun(50)
    monkeypatch.setattr(loop, "LEFT", int(2.5 * trained(wanted, 50).recording().nbytes))
    for run in (2, 3):
        assert driven.do(load(run, wanted, run, branch=30), RunSteps(20)).status.left == set(range(1, run))
    assert driven.do(load(4, wanted, 4, branch=30)).status.left == {2, 3}
    assert driven.do(load(5, wanted, 2)).status.step == 50
    assert driven.do(load(6, wanted, 1)).status.step == 0
    assert driven.packets[-1].status.left <= {2, 3, 4}


def test_a_branch_that_cannot_be_built_leaves_the_run():
    driven, wanted = begun(50)

    def fail():
        raise MemoryError

    failed = driven.do(Load(2, fail, name=2, names=NAMES, branch=30)).status
    assert (failed.state, failed.left) == (State.FAILED, {1})
    assert driven.do(load(3, wanted, 1)).status.step == 50


def test_where_there_is_no_memory_for_a_copy_the_run_is_left_all_the_same_and_that_is_said(monkeypatch):
    driven, wanted = begun(50)

    def fail(self, step):
        raise MemoryError

    monkeypatch.setattr(Trainer, "beginning", fail)
    failed = driven.do(load(2, wanted, 2, branch=30)).status
    assert (failed.state, failed.left) == (State.FAILED, {1})
    assert driven.do(load(3, wanted, 1)).status.step == 50
