"""The session and what watches it."""

from __future__ import annotations

import threading

import pytest

from convviz.engine import loop
from convviz.model.experiment import Experiment
from convviz.model.session import Session
from tests.checked import BARRIER
from tests.model.desk import Desk
from tests.model.idle import IdleClock
from tests.model.running import Diary
from tests.patience import PATIENCE


@pytest.fixture
def session(qapp):
    session = Session()
    yield session
    session.close()


@pytest.fixture
def desk(qtbot, session):
    made = Desk(qtbot, session)
    made.rests_at(0)
    return made


@pytest.fixture
def diary(session):
    return Diary(session)


@pytest.fixture
def reach(qtbot, session):
    """Wait until the session reports a state."""

    def reach(state, run=None):
        def reached():
            return session.status.state is state and (run is None or session.status.run == run)

        qtbot.waitUntil(reached)

    return reach


@pytest.fixture
def every_report(monkeypatch):
    """Have the training wait for the window until every report is seen, however late its turn comes.

    Otherwise a newer report may take the place of one that the window was too busy to take.
    """
    monkeypatch.setattr(loop, "PATIENCE", PATIENCE)


@pytest.fixture
def clock(monkeypatch):
    """Return the clock of a loop that works in idle time: every forward pass of `HeldConv` is work."""
    clock = IdleClock()
    monkeypatch.setattr(BARRIER, "pass_by", clock.pass_by)
    return clock


@pytest.fixture
def slow_builds():
    """Return a class of experiments whose build waits to be released, and the two events: begun, released."""
    begun, released = threading.Event(), threading.Event()

    class Slow(Experiment):
        def build(self):
            begun.set()
            assert released.wait(PATIENCE)
            return super().build()

    yield Slow, begun, released
    released.set()
