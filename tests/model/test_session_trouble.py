"""What goes wrong, what is closed in the middle of it, and what is asked for too quickly."""

import gc
import math
import random
import threading

import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication

from convviz.engine.errors import ShapeError
from convviz.engine.frames import State
from convviz.engine.stopping import StopReason
from convviz.model.session import Session
from tests.model.running import Impossible, experiment, kernel, trained
from tests.patience import PATIENCE


@pytest.mark.usefixtures("every_report")
def test_a_failing_build_is_told_once_and_another_experiment_can_be_loaded(session, diary, reach):
    wanted = experiment()
    session.load(Impossible(stages=wanted.stages))
    reach(State.FAILED)
    session.play()
    session.set_speed(5)
    session.set_speed(math.inf)
    session.load(wanted, play=True)
    reach(State.FINISHED)
    assert diary.of("failed") == ["expected sense, received none"]
    assert diary.states[-3:] == [State.FAILED, State.RUNNING, State.FINISHED]


def test_a_shape_that_does_not_fit_is_told_in_words(session, diary, reach):
    session.load(experiment(size=3))
    reach(State.FAILED)
    with pytest.raises(ShapeError) as error:
        experiment(size=3).build()
    assert diary.of("failed") == [str(error.value)]


def test_a_diverged_run_can_go_back(session, diary, reach):
    session.load(experiment(rate=1.0), play=True)
    reach(State.DIVERGED)
    assert session.status.reason is StopReason.DIVERGED
    assert np.isfinite(session.frame.output).all()
    assert np.isfinite(session.losses.values()).all()
    session.reset()
    reach(State.PAUSED)
    assert session.status.step == 0


def test_an_error_in_a_view_does_not_hold_the_training_up(qtbot, session, reach):
    def fail(frame):
        raise RuntimeError("a view's mistake")

    session.frame_changed.connect(fail)
    with qtbot.capture_exceptions() as errors:
        session.load(experiment(), play=True)
        reach(State.FINISHED)
    assert errors
    assert {kind for kind, *_ in errors} == {RuntimeError}


def test_a_view_may_ask_for_more_while_it_is_painting(qtbot, session, diary):
    session.frame_changed.connect(lambda frame: session.step() if frame.step < 25 else None)
    session.load(experiment())
    qtbot.waitUntil(lambda: session.status.step == 25)
    assert [frame.step for frame in diary.of("frame")] == list(range(26))


def test_a_view_may_close_the_session_while_it_is_painting(qtbot, session, diary):
    session.frame_changed.connect(lambda frame: session.close())
    session.load(experiment(), play=True)
    with qtbot.waitSignal(session.frame_changed):
        pass
    session.step()
    assert len(diary.of("frame")) == 1


@pytest.mark.parametrize("ask", ["play", "pause", "toggle", "step", "reset"])
def test_after_closing_nothing_happens_any_more(qtbot, session, diary, ask):
    session.load(experiment(steps=10**7), play=True)
    qtbot.waitUntil(lambda: session.status.step > 0)
    session.close()
    seen = len(diary.entries)
    getattr(session, ask)()
    session.load(experiment())
    session.close()
    QCoreApplication.processEvents()  # the thread has ended: whatever it has sent is on its way
    assert len(diary.entries) == seen


def test_a_session_can_be_closed_before_it_was_used():
    session = Session()
    session.close()
    session.close()
    session.play()


def test_a_session_that_is_dropped_ends_its_thread(qapp):
    session = Session()
    session.load(experiment(steps=10**7), play=True)
    del session
    gc.collect()  # that no thread is left is looked at after every test


def test_a_session_can_be_closed_during_a_build(session, slow_builds):
    slow, begun, released = slow_builds
    session.load(slow(stages=kernel(3)), play=True)
    assert begun.wait(PATIENCE)
    releaser = threading.Timer(0.05, released.set)
    releaser.start()
    session.close()
    releaser.join()


@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_rapid_requests_in_any_order_never_lock_up(qtbot, session, reach, seed):
    chance = random.Random(seed)
    requests = (
        lambda: session.load(
            experiment(seed=chance.randrange(9), steps=chance.choice([5, 2000, 10**6])),
            play=chance.choice([None, True, False]),
        ),
        lambda: session.load(Impossible(stages=experiment().stages)),
        lambda: session.load(experiment(rate=1.0), play=True),
        lambda: session.follow(experiment(), experiment(rate=chance.choice([1e-5, 3e-5, 1.0]), seed=0)),
        lambda: session.follow(experiment(), experiment(steps=chance.randrange(1, 3000))),
        session.play,
        session.play,
        session.pause,
        session.toggle,
        session.step,
        lambda: session.run(chance.randrange(1, 500)),
        session.reset,
        lambda: branch(chance.randrange(500)),
        lambda: session.show_step(chance.choice([None, 0, 3, 10**4])),
        lambda: session.set_learning_rate(10.0 ** chance.uniform(-6, -4)),
        lambda: session.set_speed(chance.choice([0.5, 3, 200, 10**4, math.inf])),
        lambda: session.set_frame_rate(chance.choice([5, 30, 120])),
        lambda: session.want_input_gradient(chance.choice([True, False])),
    )

    def branch(step):
        of, at = experiment(), experiment()
        session.load(of)
        session.branch(at, step)
        session.follow(of, at)
        session.follow(at, of)

    for _ in range(200):
        chance.choice(requests)()
        if chance.random() < 0.3:
            QCoreApplication.processEvents()
    session.set_speed(math.inf)
    wanted = experiment(steps=300)
    session.load(wanted, play=True)
    with qtbot.waitSignal(session.run_started):
        pass
    reach(State.FINISHED)
    np.testing.assert_array_equal(session.losses.values(), trained(wanted, 300).losses)
