"""The surveyor: a real session and real threads, through its public requests."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PyQt6.QtCore import QTimer

from convviz.engine.frames import State
from convviz.engine.initializers import Given
from convviz.engine.landscape import LossAt, Way, Window
from convviz.engine.layers import Conv2d, MaxPool2d
from convviz.engine.trainer import Trainer
from convviz.model import surveying
from convviz.model.surveying import Surveyor, teacher_place
from tests.checked import experiment as small
from tests.model.running import experiment


@pytest.fixture
def surveyor(session):
    return Surveyor(session)


@pytest.fixture
def complete(qtbot, surveyor):
    """Wait until a survey has come to its end, of another request than ``before`` if that is given."""

    def complete(before=None):
        def is_complete():
            survey = surveyor.survey
            other = before is None or (survey is not None and survey.number != before.number)
            return survey is not None and survey.is_complete and other

        qtbot.waitUntil(is_complete)
        return surveyor.survey

    return complete


@pytest.fixture
def at(session, reach, qtbot):
    """Load an experiment and make so many steps of it."""

    def at(steps, wanted=None):
        session.load(wanted or experiment(), play=False)
        qtbot.waitUntil(lambda: session.frame is not None and session.status.step == 0)
        if steps:
            session.run(steps)
            qtbot.waitUntil(lambda: session.frame.step == steps and session.status.state is not State.RUNNING)

    return at


def vector(frame):
    return frame.problem.network.pack(frame.parameters)


def test_nothing_is_done_before_somebody_looks(session, surveyor, at, qtbot):
    asked = []
    surveyor.surveyed.connect(lambda: asked.append("surveyed"))
    surveyor.moved.connect(lambda: asked.append("moved"))
    at(50)
    qtbot.wait(100)
    assert surveyor.survey is None
    assert asked == []


def test_the_plane_goes_through_the_step_that_is_shown(session, surveyor, at, complete):
    at(50)
    surveyor.watch(True)
    survey = complete()
    assert survey.step == 50
    assert survey.plane.distance(vector(session.frame)) == pytest.approx(0, abs=1e-9)
    place = surveyor.shown
    assert (place.step, place.x, place.y) == (50, pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))
    assert place.loss == session.frame.loss
    assert surveyor.live is None
    columns, rows = survey.window.axes(survey.level)
    assert survey.losses[3, 5] == LossAt(session.frame.problem)(survey.plane.at(columns[5], rows[3]))


def test_the_track_is_the_path_of_the_run(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    survey = complete()
    qtbot.waitUntil(lambda: surveyor.track is not None and surveyor.track.plane is survey.plane)
    trainer = Trainer(experiment().build())
    trainer.run(50)
    track = surveyor.track
    for row, step in enumerate(track.steps):
        parameters = trainer.problem.network.pack(trainer.parameters(int(step)))
        assert track.places[row] == pytest.approx(survey.plane.project(parameters), abs=1e-9)
    assert track.losses[:-1] == pytest.approx(trainer.losses[track.steps[:-1]])


def test_the_path_is_told_only_on_the_plane_that_is_there(session, surveyor, at, complete, monkeypatch):
    measured, slow = LossAt.__call__, []

    def begin_slowly(loss, parameters):
        if slow:
            time.sleep(slow.pop())
        return measured(loss, parameters)

    monkeypatch.setattr(LossAt, "__call__", begin_slowly)
    at(50)
    astray = []
    surveyor.moved.connect(
        lambda: astray.append(surveyor.track is not None and surveyor.track.plane is not surveyor.survey.plane)
    )
    surveyor.watch(True)
    before = complete()
    slow += [0.01] * 24  # so that the path is known before the first losses are
    surveyor.choose("gradient")
    complete(before)
    assert surveyor.track is not None
    assert not any(astray)


def test_looking_at_the_past_moves_the_mark_and_not_the_plane(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    survey = complete()
    session.show_step(20)
    qtbot.waitUntil(lambda: surveyor.shown.step == 20)
    expected = survey.plane.project(vector(session.frame))
    assert (surveyor.shown.x, surveyor.shown.y) == pytest.approx(tuple(expected))
    assert surveyor.shown.off == pytest.approx(float(survey.plane.distance(vector(session.frame))))
    assert surveyor.live.step == 50
    assert surveyor.survey is survey
    surveyor.fit()
    assert complete(survey).step == 20
    session.show_step(None)
    qtbot.waitUntil(lambda: surveyor.live is None)


def test_another_part_of_the_plane_is_measured_and_stays(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    before = complete()
    window = Window(-1.0, 1.0, -2.0, 2.0)
    surveyor.look(window)
    survey = complete(before)
    assert survey.window == window
    assert survey.plane is before.plane
    session.run(200)
    qtbot.waitUntil(lambda: surveyor.shown.step == 250)
    qtbot.waitUntil(lambda: surveyor.track.steps[-1] == 250)
    assert surveyor.survey.plane is before.plane


@pytest.mark.parametrize("wait", [0, 1, 3])
def test_who_has_chosen_another_plane_gets_it_whatever_is_done_with_the_one_before(
    session, surveyor, at, complete, qtbot, wait
):
    at(50)
    surveyor.watch(True)
    before = complete()
    surveyor.choose("weights")
    qtbot.wait(wait)
    surveyor.look(Window(-1.0, 1.0, -2.0, 2.0))
    qtbot.waitUntil(lambda: surveyor.survey.kind == "weights")
    survey = complete(before)
    assert survey.plane.ways == (Way.PARAMETER, Way.PARAMETER)


def test_a_hand_on_the_plane_before_does_not_hold_up_that_of_another_experiment(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    before = complete()
    session.load(small(Conv2d(kernel=2)), play=False)

    def has_come():
        survey = surveyor.survey
        if survey is not None and survey.plane is before.plane:
            surveyor.look(Window(-1.0, 1.0, -2.0, 2.0))
        return survey is not None and survey.problem is session.frame.problem

    qtbot.waitUntil(has_come)
    assert surveyor.error is None
    assert complete().plane.origin.size == vector(session.frame).size


def test_the_plane_follows_a_run_that_has_come_further(session, surveyor, at, complete):
    at(50)
    surveyor.watch(True)
    before = complete()
    session.run(1)
    assert before is surveyor.survey
    session.set_frame_rate(0.01)  # or a run that takes long would be surveyed on its way, too
    session.run(200)
    assert complete(before).step == 251


def test_the_loss_at_a_place_is_measured(session, surveyor, at, complete, qtbot):
    at(10)
    surveyor.watch(True)
    plane = complete().plane
    with qtbot.waitSignal(surveyor.probed):
        surveyor.ask(0.25, -0.5)
    assert surveyor.probe.loss == LossAt(session.frame.problem)(plane.at(0.25, -0.5))


def test_two_parameters_can_be_chosen(session, surveyor, at, complete):
    at(10)
    surveyor.watch(True)
    before = complete()
    surveyor.choose("weights", (3, 11))
    survey = complete(before)
    here = vector(session.frame)
    assert (surveyor.shown.x, surveyor.shown.y) == pytest.approx((here[3], here[11]))
    assert survey.weights == (3, 11)


def test_parameters_that_are_no_more_are_replaced(session, surveyor, at, complete):
    at(10)
    surveyor.watch(True)
    surveyor.choose("weights", (3, 25))
    before = complete()
    at(3, small(Conv2d(kernel=2)))
    survey = complete(before)
    assert max(survey.weights) < 5


@pytest.mark.parametrize("few", [MaxPool2d(), Conv2d(kernel=1, bias=None)])
def test_two_parameters_are_there_again_after_a_network_without(session, surveyor, at, complete, qtbot, few):
    at(10)
    surveyor.watch(True)
    surveyor.choose("weights", (3, 11))
    before = complete()
    at(0, small(few))
    qtbot.waitUntil(lambda: surveyor.error is not None)
    at(10)
    survey = complete(before)
    first, second = survey.weights
    assert 0 <= first < second


def test_another_experiment_has_another_landscape(session, surveyor, at, complete):
    at(10)
    surveyor.watch(True)
    before = complete()
    at(0, experiment(size=24))
    survey = complete(before)
    assert survey.problem is session.frame.problem


def test_a_run_that_begins_on_the_plane_leaves_it(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    survey = complete()
    begun = session.frame.problem.network.views(survey.plane.at(-0.5, 0.25))
    wanted = experiment()
    for index, given in enumerate(begun):
        layer = wanted.layers[index].replace(**{name: Given(numbers) for name, numbers in given.items()})
        wanted = wanted.with_layer(index, layer)
    at(5, wanted)
    qtbot.waitUntil(lambda: surveyor.track.run == session.status.run and surveyor.track.steps[-1] == 5)
    assert surveyor.survey is survey
    assert surveyor.track.places[0] == pytest.approx([-0.5, 0.25])
    assert surveyor.track.off[0] == pytest.approx(0, abs=1e-9)


def test_a_run_that_begins_elsewhere_gets_a_plane_of_its_own(session, surveyor, at, complete):
    at(50)
    surveyor.watch(True)
    before = complete()
    at(5, experiment(seed=9))
    survey = complete(before)
    assert survey.plane.distance(vector(session.frame)) == pytest.approx(0, abs=1e-9)


def test_nothing_goes_on_when_nobody_looks_any_more(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    survey = complete()
    surveyor.watch(False)
    session.run(500)
    qtbot.waitUntil(lambda: session.status.step == 550)
    assert surveyor.survey is survey
    assert surveyor.shown.step == 50
    assert not surveyor.findChildren(QTimer)
    surveyor.watch(True)
    assert complete(survey).step == 550


def test_a_survey_that_was_left_is_gone_on_with(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    before = complete()
    window = Window(-1.0, 1.0, -2.0, 2.0)
    surveyor.look(window)
    surveyor.watch(False)
    surveyor.watch(True)
    survey = complete(before)
    assert survey.window == window
    assert survey.plane is before.plane


def test_a_run_that_goes_back_keeps_the_plane(session, surveyor, at, complete, qtbot):
    at(50)
    surveyor.watch(True)
    survey = complete()
    assert not surveyor.is_of_earlier_run
    session.reset()
    qtbot.waitUntil(lambda: surveyor.shown.step == 0 and surveyor.track.steps[-1] == 0)
    assert surveyor.survey is survey
    assert surveyor.is_of_earlier_run


def test_a_diverged_run_is_seen_where_it_was_within_bounds(session, surveyor, reach, complete, qtbot):
    session.load(experiment(rate=1.0), play=True)
    reach(State.DIVERGED)
    surveyor.watch(True)
    survey = complete()
    assert survey.step == 0
    assert np.isfinite(survey.losses).any()
    assert abs(survey.window.right) < 1e3


def test_a_network_with_one_parameter_is_refused_in_words(session, surveyor, at, qtbot):
    at(0, small(Conv2d(kernel=1, bias=None)))
    surveyor.watch(True)
    qtbot.waitUntil(lambda: surveyor.error is not None)
    assert "2 parameters" in str(surveyor.error)
    at(0)
    qtbot.waitUntil(lambda: surveyor.survey is not None)
    assert surveyor.error is None


def test_a_running_experiment_is_followed(session, surveyor, qtbot):
    session.set_speed(500.0)
    session.load(experiment(steps=10**6), play=True)
    qtbot.waitUntil(lambda: session.frame is not None)
    surveyor.watch(True)
    qtbot.waitUntil(lambda: surveyor.shown is not None and surveyor.track is not None)
    step, last = surveyor.shown.step, surveyor.track.steps[-1]

    def newest():
        return -1 if surveyor.track is None else surveyor.track.steps[-1]  # none while another plane is laid

    qtbot.waitUntil(lambda: surveyor.shown.step > step and newest() > last)


def test_the_path_is_not_asked_for_at_every_frame(session, surveyor, qtbot, monkeypatch):
    asked = []
    ask = session.ask_path
    monkeypatch.setattr(session, "ask_path", lambda answer: asked.append(session.status.step) or ask(answer))
    monkeypatch.setattr(surveying, "PATH_INTERVAL", float("inf"))
    session.load(experiment(steps=10**6), play=True)
    qtbot.waitUntil(lambda: session.frame is not None)
    surveyor.watch(True)
    count = len(asked)
    step = session.status.step
    qtbot.waitUntil(lambda: session.status.step > step + 1000)
    assert len(asked) <= count + 1


def test_the_end_of_the_session_ends_it(session, surveyor, at):
    at(5)
    surveyor.watch(True)
    session.close()
    surveyor.fit()
    surveyor.ask(0, 0)
    surveyor.watch(False)
    surveyor.watch(True)


def test_the_teacher_has_a_place(session, surveyor, at, complete):
    at(50)
    surveyor.watch(True)
    survey = complete()
    taught = session.frame.problem.network.pack(session.frame.problem.teacher)
    place = teacher_place(session.frame.problem, survey.plane)
    assert (place.x, place.y) == pytest.approx(tuple(survey.plane.project(taught)))
    assert place.off == pytest.approx(float(np.linalg.norm(taught - survey.plane.at(place.x, place.y))))
