"""What a run that is kept is called beside the present one."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import SGD, Adam, CosineRate, MeanSquaredError, ReLU
from convviz.i18n import set_language
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin
from convviz.model.sources import GivenMap
from convviz.views.panels.loss.naming import run_name

DEMO = load_builtin("demo")


def with_layer(**changes: object) -> Experiment:
    first, *others = DEMO.stages
    return DEMO.replace(stages=(first.replace(layer=first.layer.replace(**changes)), *others))


@pytest.mark.parametrize(
    ("kept", "name"),
    [
        (DEMO, "same settings"),
        (DEMO.replace(name="Mine", notes="No other curve", stop=DEMO.stop.replace(steps=5)), "same settings"),
        (DEMO.replace(optimizer=DEMO.optimizer.replace(learning_rate=1e-5)), "rate 10⁻⁵"),
        (DEMO.replace(optimizer=SGD(learning_rate=1e-5, momentum=0.8)), "rate 10⁻⁵, momentum 0.8"),
        (DEMO.replace(optimizer=SGD(learning_rate=3e-5, momentum=0.5, nesterov=True)), "momentum 0.5, Nesterov"),
        (DEMO.replace(optimizer=Adam(learning_rate=0.1)), "Adam, rate 0.1"),
        (DEMO.replace(schedule=CosineRate()), "Schedule: Cosine"),
        (DEMO.replace(loss=MeanSquaredError()), "Loss: Mean squared error"),
        (DEMO.replace(seed=7), "seed 7"),
        (DEMO.replace(dtype="float32"), "Number format: float32"),
        (DEMO.replace(input=GivenMap(np.ones((20, 20)))), "another input"),
        (DEMO.replace(target=GivenMap(np.ones((8, 8)))), "another target"),
        (DEMO.replace(stages=(*DEMO.stages, Stage(ReLU()))), "other layers"),
        (with_layer(padding=1), "other layers"),
        (with_layer(stride=(2, 1), rate=0.5), "layer 1: Stride: 2×1, layer 1: Rate factor: 0.5"),
    ],
)
def test_a_run_is_called_by_what_it_has_otherwise(kept: Experiment, name: str) -> None:
    assert run_name(kept, DEMO) == name


def test_what_was_switched_off_is_said() -> None:
    present = DEMO.replace(optimizer=SGD(learning_rate=3e-5, momentum=0.5, nesterov=True))
    assert run_name(DEMO, present) == "momentum 0, without Nesterov"


def test_a_run_of_another_experiment_is_called_by_its_name() -> None:
    assert run_name(load_builtin("sigmoid"), DEMO) == "A sigmoid between two layers"
    assert run_name(load_builtin("plain-descent"), load_builtin("momentum")) == "momentum 0"
    set_language("zh_CN")
    assert run_name(load_builtin("plain-descent"), load_builtin("momentum")) == "动量 0"
    assert not run_name(load_builtin("sigmoid"), DEMO).isascii()
