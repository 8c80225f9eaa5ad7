"""The check of gradients where the numbers are about to leave all bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from convviz.engine import SGD, ConfigError, State, Trainer
from convviz.engine.check import Check
from tests.engine.problems import reference_problem


def test_a_point_just_before_the_loss_overflows_is_refused_not_called_wrong():
    problem = replace(reference_problem(), optimizer=SGD(learning_rate=1.0))
    trainer = Trainer(problem)
    trainer.run(1000)
    assert trainer.state is State.DIVERGED
    finite = int(np.flatnonzero(np.isfinite(trainer.losses))[-1])
    scale = (1e308 / trainer.losses[finite]) ** 0.25  # two layers, and a square
    near = [{name: array * scale for name, array in layer.items()} for layer in trainer.parameters(finite)]
    with pytest.raises(ConfigError, match="not a finite number near here"):
        Check(problem, near, sample=None).run()
    assert Check(problem, trainer.parameters(1), sample=None).run().passed
