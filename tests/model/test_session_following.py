"""The session follows the experiment that a person edits."""

import itertools

import numpy as np
import pytest

from convviz.engine.frames import State
from convviz.model.experiment import Experiment
from tests.model.running import experiment, kernel, trained
from tests.patience import PATIENCE


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


@pytest.mark.usefixtures("every_report")
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
    assert begun.wait(PATIENCE)
    session.follow(versions[1], versions[2])
    session.follow(versions[2], versions[3])
    released.set()
    reach(State.PAUSED, run=4)
    assert diary.of("run") == shown
    assert [frame.run for frame in diary.of("frame")] == shown


def test_an_edit_that_is_undone_and_done_again_finds_each_run_where_it_was(qtbot, session):
    """It is the object that tells: an equal experiment that was not there before is a new run."""
    old, new = experiment(), experiment(seed=5)
    session.load(old)
    session.run(30)
    qtbot.waitUntil(lambda: session.status.step == 30)
    session.follow(old, new)
    session.run(20)
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (2, 20))
    session.follow(new, old)
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (3, 30))
    session.run(30)
    qtbot.waitUntil(lambda: session.status.step == 60)
    np.testing.assert_array_equal(session.losses.values(), trained(old, 60).losses)
    session.follow(old, new)
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (4, 20))
    session.follow(new, old)
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (5, 60))
    session.follow(old, experiment(seed=5))
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (6, 0))


def test_a_run_is_found_again_however_fast_edits_are_undone_and_done_again(qtbot, session, slow_builds):
    slow, begun, released = slow_builds
    old = experiment()
    new = slow(stages=kernel(3))
    session.load(old)
    session.run(30)
    qtbot.waitUntil(lambda: session.status.step == 30)
    session.follow(old, new)
    assert begun.wait(PATIENCE)
    session.follow(new, old)
    session.follow(old, new)
    released.set()
    session.follow(new, old)
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (5, 30))


def test_a_run_that_is_back_has_the_rate_of_its_experiment(qtbot, session):
    old = experiment()
    slower = old.replace(optimizer=old.optimizer.replace(learning_rate=1e-6))
    session.load(old)
    session.run(30)
    qtbot.waitUntil(lambda: session.status.step == 30)
    other = slower.replace(seed=5)
    session.follow(old, slower)
    session.follow(slower, other)  # before the thread has heard of the rate, perhaps
    session.follow(other, slower)
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (3, 30))
    assert session.status.learning_rate == 1e-6


def test_a_step_of_a_run_that_has_been_left_is_not_looked_at(qtbot, session):
    old, new = experiment(), experiment(seed=5)
    session.load(old)
    session.run(30)
    qtbot.waitUntil(lambda: session.status.step == 30)
    session.follow(old, new)
    session.show_step(7)
    session.run(3)
    qtbot.waitUntil(lambda: (session.status.run, session.status.step) == (2, 3))
    assert session.status.shown is None


def test_another_run_apart_begins_anew_though_the_one_in_hand_could_go_on(qtbot, session):
    old = experiment()
    new = old.replace(optimizer=old.optimizer.replace(learning_rate=1e-6))
    session.load(old, play=True)
    qtbot.waitUntil(lambda: session.status.step > 10)
    assert session.follow(old, new, apart=True)
    qtbot.waitUntil(lambda: session.status.run == 2)
    assert (session.status.state, session.status.step) == (State.PAUSED, 0)
    assert session.status.learning_rate == 1e-6
