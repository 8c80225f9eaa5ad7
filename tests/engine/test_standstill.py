"""Runs in which nothing is learned any more, told from those that still learn and from those that have learned."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import SGD, Adam, Conv2d, CosineRate, Problem, ReLU, Sigmoid, Trainer
from convviz.engine.frames import State
from convviz.engine.standstill import Obstacle, Standstill, Trial, blockade, last_open, standstill, try_rate
from tests.engine.problems import dying_problem, reference_problem

DEAD = Standstill(Obstacle.OUTPUTS, 1)
POINT = Conv2d((1, 1), bias=None)
PLAIN = SGD(learning_rate=0.01)


def chain(*layers, weights=(), target=(1.0, 2.0, 3.0), fed=1.0, **changes):
    """Return a problem of these layers on three equal cells; each kernel is one number, each bias begins at 0."""
    left = iter(weights)
    initial = []
    for layer in layers:
        made = {"weight": np.full((1, 1, 1, 1), next(left))} if layer.parametrised else {}
        if getattr(layer, "bias", None) is not None:
            made["bias"] = np.zeros(1)
        initial.append(made)
    given = {"input": np.full((1, 1, 3), fed), "target": np.array([[target]]), "optimizer": PLAIN}
    return Problem(**{**given, "layers": layers, "initial": tuple(initial), **changes})


def ended(problem, steps=1):
    trainer = Trainer(problem)
    trainer.run(steps)
    return trainer.frame()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(learning_rate=1e-3),
        SGD(learning_rate=1e-3, momentum=0.9),
        Adam(learning_rate=3.0),
    ],
    ids=["plain", "momentum", "adam"],
)
def test_a_network_that_dies_on_its_way_is_told_once_nothing_changes_any_more(optimizer, dtype):
    """The gradient has gone long before: what comes behind the ReLU still learns its bias."""
    trainer = Trainer(dying_problem(optimizer=optimizer, dtype=dtype))
    trainer.run(1900)
    assert standstill(trainer.frame()) == DEAD
    last = last_open(trainer.frame, trainer.current_step)
    assert blockade(trainer.frame(last)) is None
    soon = trainer.frame(last + 1)
    assert blockade(soon) == DEAD
    assert standstill(soon) is None


def test_what_has_come_to_a_standstill_never_changes_again():
    trainer = Trainer(dying_problem())
    while standstill(trainer.frame()) is None:
        trainer.run(50)
    loss, parameters = trainer.loss, trainer.vector()
    trainer.run(5000)
    assert trainer.loss == pytest.approx(loss, rel=1e-12)
    assert np.allclose(trainer.vector(), parameters, rtol=1e-9, atol=0)


def test_what_the_optimizer_remembers_moves_on_where_no_gradient_is():
    thrown = chain(POINT, ReLU(), POINT, weights=(0.5, -40.0), optimizer=SGD(learning_rate=1e-2, momentum=0.9))
    trainer = Trainer(thrown)
    trainer.run(1)
    frame = trainer.frame()
    assert blockade(frame) == DEAD
    assert not any(grad.any() for layer in frame.gradients for grad in layer.values())
    assert standstill(frame) is None
    trainer.run(1000)
    assert standstill(trainer.frame()) == DEAD


def test_weight_decay_moves_what_has_no_gradient():
    decaying = SGD(learning_rate=0.01, weight_decay=0.1)
    assert standstill(ended(chain(POINT, ReLU(), POINT, weights=(-1.0, 1.0), optimizer=decaying))) is None


@pytest.mark.parametrize("level", [0.0, 0.7])
def test_what_has_been_learned_is_not_dead(level):
    """Nothing passes the ReLU, but the bias behind it makes the whole target, at once or in the end."""
    layers = (POINT, ReLU(), Conv2d((1, 1)))
    frame = ended(chain(*layers, weights=(-1.0, 1.0), target=(level,) * 3), 5000)
    assert not frame.values[2].any()
    assert standstill(frame) is None


def test_a_run_that_has_come_to_its_minimum_is_not_dead():
    """The residual stays, and so does the error at every map; only the gradients are 0, up to rounding."""
    frame = ended(chain(POINT, Sigmoid(), POINT, weights=(0.5, 0.5), optimizer=SGD(learning_rate=0.1)), 20_000)
    assert np.abs(frame.residual).max() > 0.1
    assert standstill(frame) is None


@pytest.mark.parametrize(
    ("layers", "weights", "fed", "found"),
    [
        ((POINT, ReLU(), POINT), (-1.0, 1.0), 1.0, DEAD),
        ((POINT, Sigmoid(), Sigmoid()), (1000.0,), 1.0, Standstill(Obstacle.SLOPE, 1)),
        ((POINT, Sigmoid()), (1000.0,), 1.0, Standstill(Obstacle.SLOPE, 1)),
        ((POINT, ReLU(), POINT), (0.0, 0.0), 1.0, Standstill(Obstacle.WEIGHTS, 2)),
        ((POINT, POINT), (1.0, 1.0), 0.0, Standstill(Obstacle.GRADIENTS)),
        ((POINT, ReLU(), POINT), (1.0, 1.0), 1.0, None),
        ((ReLU(), POINT), (1.0,), -1.0, Standstill(Obstacle.GRADIENTS)),
    ],
    ids=["outputs", "slope of the other", "slope", "weights", "input", "alive", "what comes before is no matter"],
)
def test_what_holds_a_run_is_named(layers, weights, fed, found):
    assert standstill(ended(chain(*layers, weights=weights, fed=fed))) == found


def test_a_layer_that_is_not_to_learn_misses_no_gradient():
    layers = (POINT.replace(rate=0.0), ReLU(), Conv2d((1, 1)))
    assert standstill(ended(chain(*layers, weights=(-1.0, 1.0)), 5000)) is None


def test_a_rate_of_zero_at_the_end_of_a_schedule_hides_nothing():
    frame = ended(dying_problem(schedule=CosineRate(period=6000)), 6000)
    assert frame.learning_rate == 0
    assert standstill(frame) == DEAD
    assert standstill(ended(reference_problem(schedule=CosineRate(period=500)), 500)) is None


def test_a_run_that_diverges_is_not_dead():
    trainer = Trainer(dying_problem(optimizer=SGD(learning_rate=1e-2)))
    trainer.run(1000)
    assert trainer.state is State.DIVERGED
    assert standstill(trainer.frame()) is None


@pytest.mark.parametrize("dies", [0, 1, 2, 700, 1000])
def test_the_last_step_before_it_is_found_by_few_frames(dies):
    dead, alive = (ended(chain(POINT, ReLU(), POINT, weights=(sign, 1.0))) for sign in (-1.0, 1.0))
    asked = []

    def frame_of(step):
        asked.append(step)
        return dead if step >= dies else alive

    assert last_open(frame_of, 1000) == (dies - 1 if dies else None)
    assert len(asked) <= 12


def test_a_trial_says_what_becomes_of_a_rate():
    problem = dying_problem()
    assert try_rate(problem, 1e-2, 60) is Trial.DIVERGES
    assert try_rate(problem, 1e-3, 60) is Trial.DIES
    assert try_rate(problem, 1e-5, 60) is Trial.LEARNS


def test_what_takes_too_long_is_not_tried():
    assert try_rate(dying_problem(), 1e-5, 0) is Trial.UNKNOWN
    large = chain(POINT, POINT, weights=(1.0, 1.0), fed=1.0)
    large = Problem(np.ones((1, 100, 100)), np.ones((1, 100, 100)), large.layers, large.initial)
    assert try_rate(large, 1e-5, 60) is Trial.UNKNOWN
