"""Experiments in files, for the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convviz.engine import SGD, Conv2d, ReLU
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import write_experiment
from convviz.model.sources import RandomMap

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the file of an experiment of two convolutions with something between them."""
    stages = (Stage(layer=Conv2d(kernel=3)), Stage(layer=ReLU()), Stage(layer=Conv2d(kernel=2, stride=2, bias=None)))
    experiment = Experiment(name="Small", input=RandomMap(size=(9, 8)), stages=stages)
    write_experiment(tmp_path / "small.json", experiment)
    return tmp_path / "small.json"


@pytest.fixture
def diverging(tmp_path: Path) -> Path:
    """Return the file of an experiment whose steps are too long."""
    stages = (Stage(layer=Conv2d(kernel=3)), Stage(layer=Conv2d(kernel=3)))
    write_experiment(tmp_path / "diverging.json", Experiment(stages=stages, optimizer=SGD(learning_rate=1.0)))
    return tmp_path / "diverging.json"
