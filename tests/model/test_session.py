"""The session: real threads, signals in the window's thread, and everything through its public requests."""

import gc
import itertools
import math
import random
import threading
import time

import numpy as np
import pytest

from convviz.engine.errors import ConfigError, ShapeError
from convviz.engine.frames import State, StopReason
from convviz.engine.layers import Conv2d
from convviz.engine.optimizers import SGD
from convviz.engine.trainer import StopConditions, Trainer
from convviz.model.experiment import Experiment, Stage
from convviz.model.session import Session
from convviz.model.sources import RandomMap

FREE = math.inf


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


@pytest.fixture
def session(qapp):
    session = Session()
    yield session
    session.close()


@pytest.fixture
def diary(session):
    return Diary(session)


@pytest.fixture
def reach(qtbot, session):
    """Wait until the session reports a state."""

    def reach(state, run=None):
        qtbot.waitUntil(lambda: session.status.state is state and (run is None or session.status.run == run))

    return reach


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


def test_play_pause_and_finish_are_reported_in_order(session, diary, reach):
    session.load(experiment(steps=10**7))
    session.play()
    reach(State.RUNNING)
    session.pause()
    reach(State.PAUSED)
    assert session.frame.step == session.status.step
    assert diary.states == [State.PAUSED, State.RUNNING, State.PAUSED]


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
        end = time.perf_counter() + 0.12  # longer than the training waits for it
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


def test_steps_reset_and_rewind(qtbot, session, diary):
    session.load(experiment())
    session.step()
    session.step()
    qtbot.waitUntil(lambda: session.status.step == 2)
    session.run(98)
    qtbot.waitUntil(lambda: session.status.step == 100)
    losses = session.losses.values().copy()
    session.rewind(40)
    qtbot.waitUntil(lambda: session.status.step == 40)
    np.testing.assert_array_equal(session.losses.values(), losses[:40])
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
    session.set_speed(FREE)
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


def test_following_a_learning_rate_changes_the_run_in_hand(qtbot, session, diary, reach):
    old = experiment()
    new = old.replace(optimizer=old.optimizer.replace(learning_rate=1e-5), name="slower")
    session.load(old)
    session.run(20)
    qtbot.waitUntil(lambda: session.status.step == 20)
    session.follow(old, new)
    qtbot.waitUntil(lambda: session.status.learning_rate == 1e-5)
    session.run(20)
    qtbot.waitUntil(lambda: session.status.step == 40)
    by_hand = trained(old, 20)
    by_hand.learning_rate = 1e-5
    by_hand.run(20)
    np.testing.assert_array_equal(session.losses.values(), by_hand.losses)
    assert len(diary.of("run")) == 1


def test_following_stop_conditions_changes_the_run_in_hand(qtbot, session, diary, reach):
    old = experiment(steps=50)
    session.load(old, play=True)
    reach(State.FINISHED)
    session.follow(old, experiment(steps=75))
    qtbot.waitUntil(lambda: session.status.goal == 75)
    session.play()
    reach(State.FINISHED)
    assert session.status.step == 75
    assert len(diary.of("run")) == 1


def test_following_a_name_does_nothing(qtbot, session, diary, reach):
    old = experiment()
    session.load(old)
    reach(State.PAUSED)
    seen = len(diary.entries)
    session.follow(old, old.replace(name="other", notes="words"))
    session.want_input_gradient(True)
    qtbot.waitUntil(lambda: session.frame.value_grads[0] is not None)
    assert [name for name, _ in diary.entries[seen:]] == ["status", "frame"]


@pytest.mark.parametrize("playing", [False, True])
def test_following_anything_else_begins_a_new_run_that_plays_if_the_old_one_did(session, reach, playing):
    old, new = experiment(steps=10**7), experiment(steps=10**7, seed=5)
    session.load(old, play=playing)
    reach(State.RUNNING if playing else State.PAUSED)
    session.follow(old, new)
    reach(State.RUNNING if playing else State.PAUSED, run=2)


def test_a_run_that_was_played_to_its_end_is_followed_by_a_paused_one(session, reach):
    session.load(experiment(steps=50))
    session.play()
    reach(State.FINISHED)
    session.follow(experiment(steps=50), experiment(steps=50, seed=5))
    reach(State.PAUSED, run=2)


def test_a_drag_goes_on_playing_although_short_runs_end_in_between(session, reach):
    session.load(experiment(steps=10**7), play=True)
    reach(State.RUNNING)
    runs = [experiment(steps=10**7), *(experiment(steps=50, seed=seed) for seed in range(1, 5))]
    for run, (old, new) in enumerate(itertools.pairwise(runs), 2):
        session.follow(old, new)
        reach(State.FINISHED, run)
    session.reset()
    reach(State.PAUSED)
    session.follow(runs[-1], runs[0])
    reach(State.PAUSED, run + 1)


def test_of_a_drag_only_what_can_be_shown_is_built(qtbot, session, diary):
    built, asked = [], 120

    class Counted(Experiment):
        def build(self):
            built.append(self.seed)
            return super().build()

    wanted = experiment()
    versions = [Counted(input=wanted.input, stages=wanted.stages, seed=seed) for seed in range(asked)]
    session.load(versions[0])
    for old, new in itertools.pairwise(versions):
        session.follow(old, new)
    qtbot.waitUntil(lambda: session.status.run == asked)
    assert built[-1] == asked - 1
    assert len(built) < asked / 2
    assert diary.of("run")[-1] == asked
    assert diary.of("run") == sorted(set(diary.of("run")))


@pytest.fixture
def slow_builds():
    """Return a class of experiments whose build waits to be released, and the two events: begun, released."""
    begun, released = threading.Event(), threading.Event()

    class Slow(Experiment):
        def build(self):
            begun.set()
            assert released.wait(10)
            return super().build()

    yield Slow, begun, released
    released.set()


def kernel(size):
    return (Stage(layer=Conv2d(kernel=size, padding="same")), Stage(layer=Conv2d(kernel=4, stride=2)))


@pytest.mark.parametrize(("stages", "shown"), [(kernel(3), [1, 2, 4]), (kernel(5), [1, 4])], ids=["same", "other"])
def test_what_was_built_during_a_drag_is_shown_if_its_shapes_are_still_the_ones(
    qtbot, session, diary, reach, slow_builds, stages, shown
):
    slow, begun, released = slow_builds
    versions = [
        Experiment(stages=kernel(3)),
        slow(stages=kernel(3), seed=1),
        Experiment(stages=kernel(3), seed=2),
        Experiment(stages=stages, seed=3),
    ]
    session.load(versions[0])
    reach(State.PAUSED)
    session.follow(versions[0], versions[1])
    assert begun.wait(5)
    session.follow(versions[1], versions[2])
    session.follow(versions[2], versions[3])
    released.set()
    reach(State.PAUSED, run=4)
    assert diary.of("run") == shown
    assert [frame.run for frame in diary.of("frame")] == shown


def test_a_failing_build_is_told_once_and_another_experiment_can_be_loaded(session, diary, reach):
    wanted = experiment()
    session.load(Impossible(stages=wanted.stages))
    reach(State.FAILED)
    session.play()
    session.set_speed(5)
    session.set_speed(FREE)
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
    qtbot.wait(0)
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
    assert begun.wait(5)
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
        lambda: session.rewind(chance.randrange(500)),
        lambda: session.show_step(chance.choice([None, 0, 3, 10**4])),
        lambda: session.set_learning_rate(10.0 ** chance.uniform(-6, -4)),
        lambda: session.set_speed(chance.choice([0.5, 3, 200, 10**4, FREE])),
        lambda: session.set_frame_rate(chance.choice([5, 30, 120])),
        lambda: session.want_input_gradient(chance.choice([True, False])),
    )
    for _ in range(200):
        chance.choice(requests)()
        if chance.random() < 0.3:
            qtbot.wait(0)
    session.set_speed(FREE)
    wanted = experiment(steps=300)
    session.load(wanted, play=True)
    with qtbot.waitSignal(session.run_started):
        pass
    reach(State.FINISHED)
    np.testing.assert_array_equal(session.losses.values(), trained(wanted, 300).losses)
