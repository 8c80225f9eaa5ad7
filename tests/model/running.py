"""What the tests of the session share: small experiments, and a diary of what the session says."""

from __future__ import annotations

from convviz.engine.errors import ConfigError
from convviz.engine.layers import Conv2d
from convviz.engine.optimizers import SGD
from convviz.engine.stopping import StopConditions
from convviz.engine.trainer import Trainer
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import RandomMap


def experiment(*, rate=3e-5, steps=2000, seed=0, size=20):
    return Experiment(
        input=RandomMap(size=(size, size)),
        stages=(Stage(layer=Conv2d(kernel=3)), Stage(layer=Conv2d(kernel=4, stride=2))),
        optimizer=SGD(learning_rate=rate),
        stop=StopConditions(steps=steps),
        seed=seed,
    )


def trained(wanted, steps):
    trainer = Trainer(wanted.build())
    trainer.run(steps)
    return trainer


class Impossible(Experiment):
    """An experiment that cannot be built."""

    error = ConfigError("expected {expected}, received {received}", expected="sense", received="none")

    def build(self):
        raise self.error


class Diary:
    """Writes down every signal in its order."""

    def __init__(self, session):
        self.session = session
        self.entries = []
        session.run_started.connect(self.run_started)
        session.status_changed.connect(self.status_changed)
        session.losses_changed.connect(self.losses_changed)
        session.frame_changed.connect(self.frame_changed)
        session.failed.connect(self.failed)

    def run_started(self, run):
        self.entries.append(("run", run))

    def status_changed(self, status):
        assert status is self.session.status
        self.entries.append(("status", status))

    def losses_changed(self):
        self.entries.append(("losses", len(self.session.losses)))

    def frame_changed(self, frame):
        assert frame is self.session.frame
        self.entries.append(("frame", frame))

    def failed(self, message):
        self.entries.append(("failed", message))

    def of(self, kind):
        return [value for name, value in self.entries if name == kind]

    @property
    def states(self):
        states = [status.state for status in self.of("status")]
        return [state for i, state in enumerate(states) if i == 0 or states[i - 1] is not state]


def kernel(size):
    """Return layers that keep the shapes of the maps whatever the size of the first kernel."""
    return (Stage(layer=Conv2d(kernel=size, padding="same")), Stage(layer=Conv2d(kernel=4, stride=2)))
