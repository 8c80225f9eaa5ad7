"""The picture of real experiments, with real numbers in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from convviz.engine.trainer import Trainer
from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.pipeline import Pipeline
from tests.views.panels.pipeline.experiments import EXPERIMENTS

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from convviz.engine.frames import Frame
    from convviz.model.experiment import Experiment


@dataclass
class Shown:
    """A picture on the screen, and the run behind it."""

    pipeline: Pipeline
    experiment: Experiment
    trainer: Trainer
    frame: Frame

    def heatmap(self, name: str) -> Heatmap:
        found = self.pipeline.findChild(Heatmap, f"pipeline.{name}")
        assert found is not None, name
        return found

    def go_on(self, steps: int) -> None:
        self.trainer.run(steps)
        self.frame = self.trainer.frame()
        self.pipeline.set_frame(self.frame)


class ShowPipeline(Protocol):
    def __call__(self, name: str = "demo", size: tuple[int, int] = (970, 680)) -> Shown: ...


@pytest.fixture
def show_pipeline(qapp: QApplication, qtbot: QtBot) -> ShowPipeline:
    """Return what puts the picture of an experiment on the screen."""
    theme.apply(qapp, "light")

    def show(name: str = "demo", size: tuple[int, int] = (970, 680)) -> Shown:
        experiment = EXPERIMENTS[name]
        pipeline = Pipeline()
        qtbot.addWidget(pipeline)
        pipeline.set_experiment(experiment)
        pipeline.resize(*size)
        with qtbot.waitExposed(pipeline):
            pipeline.show()
        trainer = Trainer(experiment.build())
        shown = Shown(pipeline, experiment, trainer, trainer.frame())
        pipeline.set_frame(shown.frame)
        qapp.processEvents()
        return shown

    return show
