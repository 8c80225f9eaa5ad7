"""The checker: a real session and real threads, through its public requests."""

from __future__ import annotations

import gc
import threading

import pytest
from PyQt6.QtCore import QObject, QTimer

from convviz.engine.frames import State
from convviz.model import checking
from convviz.model.check_loop import SAMPLE, CheckingLoop
from convviz.model.checking import Checker, Finding, Verdict
from tests.checked import BARRIER, experiment, held, held_while_built, kinked, wrong
from tests.model.running import Impossible

FOREVER = float("inf")


class Watcher:
    """Notes every finding of a checker."""

    def __init__(self, checker):
        self.checker = checker
        self.findings = []
        checker.changed.connect(self.look)

    def look(self):
        finding = self.checker.finding
        if finding is not None and (not self.findings or finding is not self.findings[-1]):
            self.findings.append(finding)


@pytest.fixture
def check(session, monkeypatch):
    """Return what makes a checker of the session, and who watches it; the session's end is theirs."""
    made = []

    def make(interval=FOREVER):
        monkeypatch.setattr(checking, "INTERVAL", interval)
        checker = Checker(session)
        made.append(checker)
        return checker, Watcher(checker)

    yield make
    session.close()


@pytest.fixture
def found(qtbot):
    """Wait until a checker has come to rest, and return what it found."""

    def found(checker):
        qtbot.waitUntil(lambda: checker.finding is not None and checker.progress is None)
        return checker.finding

    return found


def test_before_anything_is_shown_there_is_nothing_to_check(check):
    checker, _ = check()
    assert checker.finding is None
    assert checker.progress is None
    assert not checker.can_check
    checker.check_every()
    checker.stop()
    assert checker.progress is None


@pytest.mark.parametrize(
    ("wanted", "verdict"), [(experiment, Verdict.RIGHT), (wrong, Verdict.WRONG), (kinked, Verdict.RIGHT)]
)
def test_what_is_loaded_is_checked_by_itself(session, check, found, wanted, verdict):
    checker, _ = check()
    session.load(wanted(), play=False)
    finding = found(checker)
    assert finding.verdict is verdict
    assert (finding.run, finding.step) == (session.frame.run, 0)
    assert finding.problem is session.frame.problem


def test_what_was_loaded_before_is_checked_too(session, check, reach, found):
    session.load(experiment(), play=False)
    reach(State.PAUSED)
    checker, _ = check()
    assert found(checker).verdict is Verdict.RIGHT


def test_the_step_that_the_run_rests_at_is_checked(session, check, found, qtbot):
    checker, _ = check()
    session.load(experiment(), play=False)
    found(checker)
    session.run(25)
    qtbot.waitUntil(lambda: checker.finding.step == 25)
    gradients = session.frame.gradients
    for slope in checker.finding.report.slopes:
        assert slope.gradient == pytest.approx(gradients[slope.layer][slope.name][slope.index], rel=1e-9)


def test_the_step_of_the_past_that_is_looked_at_is_checked(session, check, found, qtbot):
    checker, _ = check()
    session.load(experiment(), play=False)
    session.run(25)
    qtbot.waitUntil(lambda: checker.finding is not None and checker.finding.step == 25)
    session.show_step(10)
    qtbot.waitUntil(lambda: checker.finding.step == 10)


def test_a_run_is_checked_again_and_again(session, check, qtbot):
    _, watcher = check(interval=0.0)
    session.load(experiment(steps=10**7), play=True)
    qtbot.waitUntil(lambda: len({finding.step for finding in watcher.findings}) >= 2)
    assert session.status.state is State.RUNNING
    assert all(finding.verdict is Verdict.RIGHT for finding in watcher.findings)


def test_a_run_is_not_checked_more_often_than_that(session, check, reach, found, qtbot):
    checker, watcher = check(interval=FOREVER)
    session.load(experiment(steps=10**7), play=True)
    first = found(checker)
    seen = session.status.step
    qtbot.waitUntil(lambda: session.status.step > seen + 100)
    assert watcher.findings == [first]
    assert checker.progress is None
    session.pause()
    reach(State.PAUSED)
    qtbot.waitUntil(lambda: checker.finding.step == session.status.step)
    assert len(watcher.findings) == 2


def test_at_rest_nothing_goes_on(session, check, found):
    checker, watcher = check()
    session.load(experiment(), play=False)
    found(checker)
    assert checker.is_settled
    assert checker.progress is None
    assert not checker.checks_every
    assert not checker.findChildren(QTimer)
    assert len(watcher.findings) == 1


def test_another_experiment_is_not_believed_before_it_is_checked(session, check, found, qtbot):
    checker, _ = check()
    session.load(experiment(), play=False)
    before = found(checker)
    said = []
    session.frame_changed.connect(lambda frame: said.append(checker.finding))
    session.load(wrong(), play=False)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [None]
    assert found(checker).verdict is Verdict.WRONG
    assert found(checker).run != before.run


def test_every_parameter_is_checked_on_demand(session, check, found):
    checker, _ = check()
    session.load(held(), play=False)
    sample = found(checker)
    assert len(sample.report.slopes) == SAMPLE
    checker.check_every()
    assert checker.checks_every
    assert checker.progress.done == 0
    every = found(checker)
    assert every.every
    assert len(every.report.slopes) == session.frame.problem.network.size > SAMPLE
    assert not checker.checks_every


def test_a_check_of_every_parameter_tells_how_far_it_is(session, check, found):
    checker, _ = check()
    session.load(held(), play=False)
    found(checker)
    steps = []
    checker.changed.connect(lambda: steps.append(checker.progress and checker.progress.done))
    checker.check_every()
    found(checker)
    done = [step for step in steps if step is not None]
    assert done == sorted(done)
    assert steps[-1] is None


def test_a_check_of_every_parameter_can_be_ended(session, check, found, qtbot):
    checker, _ = check()
    session.load(held(), play=False)
    found(checker)
    with BARRIER.down():
        checker.check_every()
        qtbot.waitUntil(BARRIER.reached.is_set)
        checker.stop()
    finding = found(checker)
    assert finding.every
    assert len(finding.report.slopes) < finding.problem.network.size
    assert not checker.checks_every


def test_a_check_that_is_ended_while_it_is_built_leaves_what_was_found_before(session, check, found, qtbot):
    checker, watcher = check()
    session.load(held_while_built(), play=False)
    before = found(checker)
    with BARRIER.down():
        checker.check_every()
        qtbot.waitUntil(BARRIER.reached.is_set)
        checker.stop()
    assert found(checker) is before
    assert watcher.findings == [before]
    assert not checker.checks_every
    assert checker.is_settled
    checker.check_every()
    qtbot.waitUntil(lambda: checker.finding is not before)
    assert checker.finding.every


def test_a_check_that_is_ended_while_it_is_built_is_made_small_where_nothing_was_known(session, check, found, qtbot):
    checker, watcher = check()
    session.load(held_while_built(), play=False)
    qtbot.waitUntil(lambda: session.frame is not None)
    with BARRIER.down():
        checker.check_every()
        qtbot.waitUntil(BARRIER.reached.is_set)
        checker.stop()
    finding = found(checker)
    assert (finding.verdict, finding.every) == (Verdict.RIGHT, False)
    assert watcher.findings == [finding]


def test_a_check_of_every_parameter_outlives_a_step(session, check, found, qtbot):
    checker, watcher = check()
    session.load(held(), play=False)
    found(checker)
    checker.check_every()
    session.run(1)
    qtbot.waitUntil(lambda: checker.finding.step == 1 and checker.progress is None)
    assert [(finding.every, finding.step) for finding in watcher.findings] == [(False, 0), (True, 0), (False, 1)]


def test_what_comes_too_late_is_dropped(session, check, found, qtbot):
    checker, watcher = check()
    session.load(held(), play=False)
    old = found(checker).run
    with BARRIER.down():
        checker.check_every()
        qtbot.waitUntil(BARRIER.reached.is_set)
        session.load(wrong(), play=False)
        qtbot.waitUntil(lambda: session.frame is not None and session.frame.run != old)
        assert checker.finding is None
    assert found(checker).verdict is Verdict.WRONG
    assert [finding.every for finding in watcher.findings if finding.run == old] == [False]


def test_the_answer_to_an_older_request_is_not_believed(session, check, reach, qtbot, monkeypatch):
    late = []
    take = CheckingLoop.take

    def take_late(loop):
        answer = take(loop)
        late.append(answer)
        return answer._replace(number=answer.number - 1)

    monkeypatch.setattr(CheckingLoop, "take", take_late)
    checker, watcher = check()
    session.load(experiment(), play=False)
    qtbot.waitUntil(lambda: bool(late) and isinstance(late[-1], Finding))
    assert checker.finding is None
    assert watcher.findings == []
    assert not checker.is_settled


def test_an_experiment_that_fails_leaves_nothing_to_check(session, check, found, reach):
    checker, _ = check()
    session.load(experiment(), play=False)
    found(checker)
    usual = experiment()
    session.load(Impossible(input=usual.input, stages=usual.stages), play=False)
    reach(State.FAILED)
    assert checker.finding is None
    assert checker.progress is None


def test_the_session_s_end_ends_a_check_in_hand(session, check, found, qtbot):
    checker, watcher = check()
    session.load(held(), play=False)
    found(checker)
    with BARRIER.down():
        checker.check_every()
        qtbot.waitUntil(BARRIER.reached.is_set)
        other = threading.Timer(0.02, BARRIER.raise_again)  # for closing waits for the evaluation in hand
        other.start()
        session.close()
    other.join()
    assert not checker.can_check
    assert len(watcher.findings) == 1
    checker.check_every()
    assert not watcher.findings[0].every
    checker.close()


def test_a_checker_that_is_forgotten_ends_its_thread(session, qtbot, reach):
    session.load(experiment(), play=False)
    reach(State.PAUSED)
    parent = QObject()
    Checker(session, parent)
    parent.deleteLater()
    del parent
    gc.collect()  # the fixture that looks for threads does the rest


def test_a_session_says_once_that_it_is_closed(session, qtbot):
    with qtbot.waitSignal(session.closed):
        session.close()
    with qtbot.assertNotEmitted(session.closed):
        session.close()
