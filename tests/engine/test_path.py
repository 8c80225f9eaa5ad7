"""Where a run has been: the steps of its path, their losses and their parameters."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import SGD, State, Trainer, trainer
from convviz.engine.trainer import HISTORY_BUDGET
from tests.engine.problems import small_problem


@pytest.mark.parametrize("budget", [HISTORY_BUDGET, 20_000])
@pytest.mark.parametrize("steps", [0, 1, 2, 50, 700])
def test_every_step_of_a_path_is_the_runs_own(steps, budget):
    run = Trainer(small_problem(), run=3, budget=budget)
    run.run(steps)
    path = run.path()
    assert path.run == 3
    assert path.steps[0] == 0
    assert path.steps[-1] == steps
    assert (np.diff(path.steps) > 0).all()
    assert len(path.steps) == len(path.losses) == len(path.parameters) <= trainer.PATH_STEPS + 1
    assert len(path.steps) > min(steps, 40) / 2
    for step, loss, parameters in zip(path.steps.tolist(), path.losses, path.parameters, strict=True):
        assert loss == (run.losses[step] if step < steps else run.loss)
        np.testing.assert_array_equal(parameters, run.vector(step))
    for array in (path.steps, path.losses, path.parameters):
        assert not array.flags.writeable


def test_a_path_of_many_parameters_has_fewer_steps(monkeypatch):
    run = Trainer(small_problem())
    run.run(500)
    monkeypatch.setattr(trainer, "PATH_NUMBERS", 30 * run.problem.network.size)
    assert 15 < len(run.path().steps) <= 31
    monkeypatch.setattr(trainer, "PATH_NUMBERS", 1)
    assert run.path().steps.tolist() == [0, 500]


def test_what_the_optimizer_remembers_is_no_part_of_a_path():
    plain, remembering = (Trainer(small_problem(optimizer=SGD(momentum=momentum))) for momentum in (0.0, 0.9))
    for run in (plain, remembering):
        run.run(20)
    assert plain.path().parameters.shape == remembering.path().parameters.shape


def test_the_path_of_a_run_that_diverged_ends_where_its_numbers_do():
    run = Trainer(small_problem(optimizer=SGD(learning_rate=1.0)))
    run.run(1000)
    assert run.state is State.DIVERGED
    path = run.path()
    assert path.steps[-1] == run.current_step
    assert np.isfinite(path.losses[:-1]).all()
    assert not np.isfinite(path.losses[-1])
