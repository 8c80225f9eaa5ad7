"""What the tests of branches do: they run, branch, and change the rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.frames import State
from convviz.model.branches import Branches
from convviz.model.document import Document
from tests.model.running import experiment

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from convviz.model.branches import Branch
    from convviz.model.session import Session


class Desk:
    """A document, a session and the branches, kept in step as the window does."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.bot, self.session = qtbot, session
        self.document = Document(experiment())
        self.branches = Branches(self.document, session)
        self.document.changed.connect(self.branches.follow)
        self.entered: list[bool] = []
        self.forgotten: list[Branch] = []
        self.branches.entered.connect(self.entered.append)
        self.branches.forgotten.connect(self.forgotten.append)
        self.faded: list[Branch] = []
        self.branches.faded.connect(self.faded.append)
        session.load(self.document.experiment)

    def rests_at(self, step: int) -> None:
        def rests() -> bool:
            status = self.session.status
            return not self.session.is_waiting and status.step == step and status.state is not State.RUNNING

        self.bot.waitUntil(rests)

    def run(self, steps: int) -> None:
        end = self.session.status.step + steps
        self.session.run(steps)
        self.rests_at(end)

    def begin(self, step: int) -> None:
        self.branches.begin(step)
        self.rests_at(step)

    def set_rate(self, rate: float) -> None:
        old = self.document.experiment
        self.document.propose(old.replace(optimizer=old.optimizer.replace(learning_rate=rate)), "rate")

    def losses(self) -> np.ndarray:
        return np.append(self.session.losses.values(), self.session.status.loss)
