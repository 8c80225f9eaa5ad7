from __future__ import annotations

import math

import numpy as np
import pytest

from convviz.engine import SGD, ConfigError, Conv2d, Sigmoid, State, StopConditions, StopReason, Trainer
from convviz.engine.stopping import Watch
from tests.engine.problems import reference_problem, small_problem

SLOW = SGD(learning_rate=1e-4)
WILD = SGD(learning_rate=1.0)


def by_single_steps(trainer, limit=5000):
    """Make steps one by one until a condition is met."""
    while trainer.state is State.PAUSED and trainer.current_step < limit:
        trainer.run(1)
    return trainer


# The number of steps


def test_steps_stop_a_run_once():
    trainer = Trainer(small_problem(steps=300, optimizer=SLOW))
    assert trainer.run(1000) == 300
    assert (trainer.state, trainer.reason) == (State.FINISHED, StopReason.STEPS)
    assert trainer.run(1000) == 1000
    assert (trainer.state, trainer.reason) == (State.PAUSED, StopReason.NONE)


def test_reaching_the_number_of_steps_exactly_is_finishing():
    trainer = Trainer(small_problem(steps=30, optimizer=SLOW))
    assert trainer.run(30) == 30
    assert trainer.state is State.FINISHED
    assert trainer.run(0) == 0
    assert trainer.state is State.FINISHED


def test_the_number_of_steps_can_be_changed():
    trainer = Trainer(small_problem(steps=30, optimizer=SLOW))
    trainer.run(20)
    trainer.stop = trainer.stop.replace(steps=10)
    assert trainer.run(50) == 50  # it is crossed from below only
    trainer.stop = trainer.stop.replace(steps=90)
    assert trainer.run(50) == 20
    trainer.rewind(80)
    assert trainer.state is State.PAUSED
    assert trainer.run(50) == 10


# Losses


def test_loss_below_stops_after_the_first_such_step():
    losses = _losses(400)
    limit = float(losses[200]) * (1 + 1e-12)
    stop = StopConditions(loss_below=limit, steps=10**6)
    trainer = Trainer(small_problem(optimizer=SLOW, stop=stop))
    assert trainer.run(400) == 201
    assert (trainer.state, trainer.reason) == (State.FINISHED, StopReason.LOSS_BELOW)
    assert trainer.losses[-1] < limit <= trainer.losses[-2]
    assert by_single_steps(Trainer(small_problem(optimizer=SLOW, stop=stop))).current_step == 201
    assert trainer.run(199) == 199, "going on beyond is possible"
    assert np.array_equal(trainer.losses, losses)


def _losses(count, optimizer=SLOW):
    trainer = Trainer(small_problem(optimizer=optimizer))
    trainer.run(count)
    return trainer.losses


def follow(stop, losses, sizes):
    """Return where a run with these losses would stop, given in pieces, going on after each stop."""
    watch = Watch(stop, np.empty(0))
    stops, at = [], 0
    sizes = iter(sizes)
    while at < len(losses):
        piece = losses[at : at + next(sizes)]
        made, reason = watch.look(piece)
        at += made
        if reason is not StopReason.NONE:
            stops.append((at, reason))
        if reason is StopReason.DIVERGED:
            break
    return stops, watch


def forever(*sizes):
    while True:
        yield from sizes


CUTS = [(1000,), (1,), (3,), (7, 1, 2), (64,)]


@pytest.mark.parametrize("sizes", CUTS, ids=str)
def test_a_limit_counts_at_every_crossing(sizes):
    losses = np.array([5, 4, 2, 1, 2, 3, 4, 2, 2, 5, 1.0])
    stops, watch = follow(StopConditions(loss_below=3), losses, forever(*sizes))
    assert stops == [(3, StopReason.LOSS_BELOW), (8, StopReason.LOSS_BELOW), (11, StopReason.LOSS_BELOW)]
    assert watch.best == 1


@pytest.mark.parametrize("sizes", CUTS, ids=str)
def test_no_progress_is_patience_steps_without_a_better_loss(sizes):
    losses = np.array([9, 8, 7, 7, 7.5, 6.9, 6.99, 7, 6.8, 7, 5, 5, 5, 5, 5, 5, 5.0])
    stop = StopConditions(patience=4, min_progress=0.05)
    # progress at 9, 8 (the 2nd step), 7 (the 3rd) and 5 (the 11th); 6.9 and 6.8 are too little
    stops, _ = follow(stop, losses, forever(*sizes))
    assert stops == [(7, StopReason.NO_PROGRESS), (15, StopReason.NO_PROGRESS)]


@pytest.mark.parametrize("sizes", CUTS, ids=str)
def test_a_loss_that_stays_the_same_is_no_progress(sizes):
    """Though any fall at all would count, or one to exactly the share that is asked for."""
    stops, _ = follow(StopConditions(patience=3, min_progress=0), np.full(8, 5.0), forever(*sizes))
    assert stops == [(4, StopReason.NO_PROGRESS), (7, StopReason.NO_PROGRESS)]
    losses = np.array([8, 4, 4, 2, 4, 1.999])
    stops, _ = follow(StopConditions(patience=4, min_progress=0.75), losses, forever(*sizes))
    assert stops == [(5, StopReason.NO_PROGRESS)]


@pytest.mark.parametrize("sizes", CUTS, ids=str)
def test_a_loss_that_is_not_finite_is_not_a_step(sizes):
    losses = np.array([3, 4, 5, np.inf, 2, np.nan])
    stops, watch = follow(StopConditions(loss_below=2.5, patience=50), losses, forever(*sizes))
    assert stops == [(3, StopReason.DIVERGED)]
    assert watch.best == 3


def test_the_first_condition_that_is_met_counts():
    losses = np.array([4, 3, 2, 2, 2, np.nan])
    for stop, expected in (
        (StopConditions(loss_below=2.5, patience=2), (3, StopReason.LOSS_BELOW)),
        (StopConditions(loss_below=2.0, patience=2), (5, StopReason.NO_PROGRESS)),
        (StopConditions(loss_below=1.0, patience=3), (5, StopReason.DIVERGED)),
    ):
        assert Watch(stop, np.empty(0)).look(losses) == expected


def test_finite_losses_whose_sum_is_not_are_steps():
    with np.errstate(all="ignore"):
        assert Watch(StopConditions(), np.empty(0)).look(np.full(9, 1e308)) == (9, StopReason.NONE)


def test_a_watch_begun_later_goes_on_as_if_it_had_been_there(rng):
    losses = np.abs(rng.normal(size=500)).cumsum()[::-1] + 5 * rng.random(500)
    stop = StopConditions(patience=6, min_progress=0.01, loss_below=100)
    stops, _ = follow(stop, losses, forever(50))
    assert len(stops) > 3
    for begin in (0, 1, 77, 250):
        later = Watch(stop, losses[:begin])
        made, reason = later.look(losses[begin:])
        assert (begin + made, reason) == next(s for s in stops if s[0] > begin)


def test_a_watch_begun_after_very_many_losses_goes_on_as_well():
    losses = np.full(200_000, 5.0)
    losses[::300] = 4 - np.arange(667) / 1000
    stop = StopConditions(patience=7, min_progress=1e-6)
    stops, _ = follow(stop, losses, forever(1))
    made, reason = Watch(stop, losses[:199_000]).look(losses[199_000:])
    assert (199_000 + made, reason) == next(s for s in stops if s[0] > 199_000)


def test_no_progress_ends_a_run():
    stop = StopConditions(patience=20, min_progress=0.5)
    trainer = Trainer(small_problem(optimizer=SGD(learning_rate=1e-9), stop=stop))
    assert trainer.run(1000) == 21
    assert (trainer.state, trainer.reason) == (State.FINISHED, StopReason.NO_PROGRESS)
    assert trainer.run(1000) == 20
    single = by_single_steps(Trainer(small_problem(optimizer=SGD(learning_rate=1e-9), stop=stop)))
    assert single.current_step == 21


@pytest.mark.parametrize(
    "settings",
    [
        {"steps": 0},
        {"steps": 1.5},
        {"steps": None},
        {"loss_below": -1},
        {"loss_below": np.nan},
        {"patience": 0},
        {"min_progress": 1},
        {"min_progress": -0.1},
    ],
)
def test_impossible_conditions_are_refused(settings):
    with pytest.raises(ConfigError) as caught:
        StopConditions(**settings)
    assert caught.value.field in settings


# Divergence


def diverging(**changes):
    return reference_problem(optimizer=SGD(learning_rate=1e-3), **changes)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_divergence_is_a_state(dtype):
    trainer = Trainer(diverging(dtype=dtype))
    made = trainer.run(2000)
    assert 0 < made < 100
    assert (trainer.state, trainer.reason) == (State.DIVERGED, StopReason.DIVERGED)
    assert trainer.current_step == len(trainer.losses) == made
    assert np.isfinite(trainer.losses).all()
    assert not math.isfinite(trainer.loss)
    assert trainer.best_loss == trainer.losses.min()
    assert trainer.run(10) == 0
    assert trainer.state is State.DIVERGED


def test_divergence_is_found_at_the_same_step_however_a_run_is_cut():
    whole = Trainer(diverging())
    whole.run(2000)
    single = by_single_steps(Trainer(diverging()))
    assert single.state is State.DIVERGED
    assert np.array_equal(single.losses, whole.losses)
    for ours, theirs in zip(single.parameters(), whole.parameters(), strict=True):
        assert all(np.array_equal(ours[name], theirs[name], equal_nan=True) for name in ours)


def test_a_step_that_cannot_be_made_tells_its_loss():
    trainer = Trainer(diverging())
    trainer.run(2000)
    assert not math.isfinite(trainer.step())
    assert trainer.current_step == len(trainer.losses)


def test_the_diverged_step_can_be_looked_at_and_left():
    trainer = Trainer(diverging())
    trainer.run(2000)
    step = trainer.current_step
    frame = trainer.frame(input_gradient=True)
    assert frame.step == step
    assert not math.isfinite(frame.loss)
    before = trainer.frame(step - 1)
    assert math.isfinite(before.loss)
    trainer.rewind(step - 5)
    assert trainer.state is State.PAUSED
    assert trainer.reason is StopReason.NONE
    trainer.learning_rate = 1e-30 ** (1 / 3)
    assert trainer.run(50) == 50
    trainer.reset()
    trainer.learning_rate = 3e-5
    trainer.run(300)
    sound = Trainer(reference_problem())
    sound.run(300)
    assert np.array_equal(trainer.losses, sound.losses)


def test_a_problem_can_be_diverged_from_the_start():
    problem = reference_problem(input=np.full((1, 20, 20), 1e200))
    trainer = Trainer(problem)
    assert trainer.run(10) == 0
    assert trainer.state is State.DIVERGED
    assert math.isnan(trainer.best_loss)
    assert not math.isfinite(trainer.initial_loss)
    trainer.frame(input_gradient=True)


def test_a_saturated_network_diverges_quietly():
    layers = (Conv2d((2, 2), out_channels=2), Sigmoid(), Conv2d((2, 2)))
    trainer = Trainer(small_problem(layers, optimizer=SGD(learning_rate=100.0)))
    trainer.run(2000)
    assert trainer.state is State.DIVERGED


# Memory


def test_a_run_stops_where_the_memory_for_losses_ends():
    trainer = Trainer(small_problem(optimizer=SLOW), loss_budget=8 * 150)
    assert trainer.run(1000) == 150
    assert (trainer.state, trainer.reason) == (State.FINISHED, StopReason.MEMORY)
    assert trainer.run(1000) == 0
    assert trainer.reason is StopReason.MEMORY
    assert trainer.step() == trainer.loss
    trainer.rewind(100)
    assert trainer.run(1000) == 50
