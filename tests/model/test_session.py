"""The session: real threads, signals in the window's thread, and everything through its public requests."""

import math
import time

import numpy as np
import pytest

from convviz.engine.frames import State
from convviz.engine.loop import PATIENCE
from convviz.engine.stopping import StopReason
from convviz.engine.trainer import Trainer
from tests.model.running import experiment, trained


def test_a_session_without_an_experiment_is_empty(session):
    assert session.status.state is State.EMPTY
    assert session.frame is None
    assert len(session.losses) == 0


def test_a_loaded_experiment_is_shown_untrained(session, diary, reach):
    wanted = experiment()
    session.load(wanted)
    reach(State.PAUSED)
    assert [name for name, _ in diary.entries] == ["run", "status", "losses", "frame"]
    assert diary.of("run") == [session.frame.run] == [session.status.run]
    assert session.frame.step == 0
    np.testing.assert_array_equal(session.frame.output, Trainer(wanted.build()).frame().output)


@pytest.mark.usefixtures("every_report")
def test_play_pause_and_finish_are_reported_in_order(session, diary, reach):
    session.load(experiment(steps=10**7))
    session.play()
    reach(State.RUNNING)
    session.pause()
    reach(State.PAUSED)
    assert session.frame.step == session.status.step
    assert diary.states == [State.PAUSED, State.RUNNING, State.PAUSED]


@pytest.mark.usefixtures("every_report")
def test_a_run_to_its_end_has_every_loss_of_a_run_without_a_window(session, diary, reach):
    wanted = experiment()
    session.load(wanted, play=True)
    reach(State.FINISHED)
    assert diary.states == [State.RUNNING, State.FINISHED]
    assert session.status.reason is StopReason.STEPS
    by_hand = trained(wanted, 2000)
    np.testing.assert_array_equal(session.losses.values(), by_hand.losses)
    assert session.frame.loss == by_hand.loss == session.status.loss


def test_no_loss_is_lost_on_a_window_that_is_slow(session, reach):
    def dawdle(frame):
        end = time.perf_counter() + 1.2 * PATIENCE
        while time.perf_counter() < end:
            pass

    wanted = experiment(steps=10_000)
    session.frame_changed.connect(dawdle)
    session.load(wanted, play=True)
    reach(State.FINISHED)
    np.testing.assert_array_equal(session.losses.values(), trained(wanted, 10_000).losses)


def test_toggle_plays_what_is_paused_and_pauses_what_plays(session, reach):
    session.load(experiment(steps=10**7))
    reach(State.PAUSED)
    session.toggle()
    reach(State.RUNNING)
    session.toggle()
    reach(State.PAUSED)


def test_play_goes_on_beyond_the_end(qtbot, session, reach):
    session.load(experiment(steps=100), play=True)
    reach(State.FINISHED)
    session.play()
    qtbot.waitUntil(lambda: session.status.step > 1000)
    assert session.status.goal is None
    session.pause()
    reach(State.PAUSED)
    assert len(session.losses) == session.status.step


@pytest.mark.usefixtures("every_report")
def test_a_reset_goes_back_to_the_very_same_start(qtbot, session, diary):
    session.load(experiment())
    session.step()
    session.step()
    qtbot.waitUntil(lambda: session.status.step == 2)
    session.run(98)
    qtbot.waitUntil(lambda: session.status.step == 100)
    losses = session.losses.values().copy()
    session.reset()
    qtbot.waitUntil(lambda: session.status.step == 0)
    assert len(session.losses) == 0
    first, last = diary.of("frame")[0], session.frame
    for before, after in zip(first.parameters, last.parameters, strict=True):
        for name in before:
            np.testing.assert_array_equal(before[name], after[name])
    session.run(100)
    qtbot.waitUntil(lambda: len(session.losses) == 100)
    np.testing.assert_array_equal(session.losses.values(), losses)


def test_a_past_step_is_shown_while_the_training_goes_on(qtbot, session, diary, reach):
    session.load(experiment(steps=10**7), play=True)
    qtbot.waitUntil(lambda: len(session.losses) > 500)
    session.show_step(123)
    qtbot.waitUntil(lambda: session.status.shown == 123)
    assert session.frame.step == 123
    shown = len(diary.of("frame"))
    length = len(session.losses)
    qtbot.waitUntil(lambda: len(session.losses) > length + 2000)
    assert len(diary.of("frame")) == shown
    session.show_step(None)
    qtbot.waitUntil(lambda: session.frame.step > length)
    assert session.status.shown is None


def test_speed_frame_rate_and_the_inputs_gradient_can_be_set_before_and_after_loading(qtbot, session, reach):
    session.set_speed(50)
    qtbot.waitUntil(lambda: session.status.speed == 50)
    session.want_input_gradient(True)
    session.load(experiment(), play=True)
    session.set_frame_rate(60)
    qtbot.waitUntil(lambda: session.status.step > 3)
    assert session.frame.value_grads[0] is not None
    session.set_speed(math.inf)
    reach(State.FINISHED)


def test_the_pace_is_that_of_the_clock(qtbot, session, reach):
    session.set_speed(100)
    session.load(experiment())
    reach(State.PAUSED)
    began = time.perf_counter()
    session.run(31)
    qtbot.waitUntil(lambda: session.status.step == 31)
    assert time.perf_counter() - began >= 0.3


def test_nothing_of_an_earlier_run_is_seen_after_a_new_one_was_asked_for(qtbot, session, diary, reach):
    session.load(experiment(steps=10**7), play=True)
    for seed in range(1, 6):
        qtbot.waitUntil(lambda: session.status.step > 100)
        seen = len(diary.entries)
        session.load(experiment(steps=10**7, seed=seed), play=True)
        run = diary.of("run")[-1] + 1
        qtbot.waitUntil(lambda run=run: session.status.run == run)
        later = diary.entries[seen:]
        assert later[0] == ("run", run)
        assert all(value.run == run for name, value in later if name in ("status", "frame"))
        assert len(session.losses) <= session.status.step


def test_each_run_has_its_own_losses(session, reach):
    for run, seed in enumerate((3, 4), 1):
        wanted = experiment(seed=seed, steps=500)
        session.load(wanted, play=True)
        reach(State.FINISHED, run)
        np.testing.assert_array_equal(session.losses.values(), trained(wanted, 500).losses)
