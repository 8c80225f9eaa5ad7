"""The loop of the surveying thread, without the thread, on a clock that only moves when the loop works or rests."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import landscape
from convviz.engine.errors import ConfigError
from convviz.engine.landscape import LEVELS, LossAt, Way, Window, points_of
from convviz.engine.layers import Conv2d
from convviz.engine.trainer import Trainer
from convviz.model.survey_loop import (
    AT_ONCE,
    GENTLE_SHARE,
    IDLE_SHARE,
    Answers,
    Probe,
    Refusal,
    Request,
    Survey,
    SurveyLoop,
)
from tests.checked import HeldConv, experiment


class Onlooker:
    """Takes all that is new as soon as it is told of it, and may do something then."""

    def __init__(self, clock):
        self.loop = SurveyLoop(self.take, clock)
        self.surveys, self.tracks, self.probes, self.refusals = [], [], [], []
        self.then = lambda: None

    def take(self):
        survey, track, probe = self.loop.take()
        kept = self.refusals if isinstance(survey, Refusal) else self.surveys
        kept += [] if survey is None else [survey]
        self.tracks += [] if track is None else [track]
        self.probes += [] if probe is None else [probe]
        self.then()


@pytest.fixture
def seen(clock):
    return Onlooker(clock)


@pytest.fixture(scope="module")
def run():
    """Return a run of some steps of a network that can be held up."""
    trainer = Trainer(experiment(HeldConv(kernel=3), Conv2d(kernel=2)).build(), run=3)
    trainer.run(20)
    return trainer


def request(run, number=1, **changes):
    frame, path = run.frame(), run.path()
    pack = run.problem.network.pack
    given = {
        "path": path,
        "kind": "path",
        "here": pack(frame.parameters),
        "gradient": pack(frame.gradients),
        "last": path.parameters[-2] if len(path.steps) > 1 else None,
    }
    return Request(number=number, problem=run.problem, step=frame.step, **{**given, **changes})


def test_a_survey_goes_from_coarse_to_fine(run, seen):
    seen.loop.post(request(run))
    assert seen.loop.turn()
    levels = [survey.level for survey in seen.surveys]
    assert levels == sorted(levels)
    assert set(levels) == set(range(LEVELS))
    assert not any(survey.is_complete for survey in seen.surveys[:-1])
    last = seen.surveys[-1]
    assert last.is_complete
    assert last.losses.shape == landscape.grid(LEVELS - 1)
    columns, rows = last.window.axes(LEVELS - 1)
    loss = LossAt(run.problem)
    for row, column in ((0, 0), (40, 7), (96, 160)):
        assert last.losses[row, column] == loss(last.plane.at(columns[column], rows[row]))


def test_something_is_seen_before_any_rest(run, seen, clock):
    rested = []
    seen.then = lambda: rested.append((sum(clock.rests), len(seen.surveys)))
    seen.loop.post(request(run))
    seen.loop.turn()
    first = next(at for at, surveys in rested if surveys)
    assert first == 0
    assert points_of(0) * clock.work < AT_ONCE


@pytest.mark.parametrize(("gentle", "share"), [(True, GENTLE_SHARE), (False, IDLE_SHARE)])
def test_it_leaves_time_to_others(run, seen, clock, gentle, share):
    seen.loop.be_gentle(gentle)
    seen.loop.post(request(run))
    seen.loop.turn()
    assert clock.total / (clock.total + sum(clock.rests)) == pytest.approx(share, rel=0.05)


def test_it_says_how_long_it_takes(run, seen, clock):
    told = []
    seen.then = lambda: told.append((clock.time, seen.surveys[-1].left) if seen.surveys else (0, 0))
    seen.loop.post(request(run))
    seen.loop.turn()
    ends = [time + left for time, left in told if left and time]
    assert ends[-1] == pytest.approx(clock.time, rel=0.001)


def test_a_newer_request_takes_the_place_of_one_in_hand(run, seen):
    def ask():
        if seen.surveys:
            seen.then = lambda: None
            seen.loop.post(request(run, 2))

    seen.then = ask
    seen.loop.post(request(run, 1))
    assert seen.loop.turn()
    assert seen.loop.turn()
    assert [survey.number for survey in seen.surveys if survey.is_complete] == [2]
    assert seen.surveys[0].number == 1


def test_what_is_dropped_is_not_measured_any_further(run, seen):
    seen.then = lambda: seen.loop.drop() if seen.surveys else None
    seen.loop.post(request(run))
    assert seen.loop.turn()
    assert len(seen.surveys) == 1


def test_it_ends_in_the_middle_of_a_survey(run, seen):
    seen.then = seen.loop.close
    seen.loop.post(request(run))
    assert seen.loop.turn()
    assert not seen.loop.turn()
    assert len(seen.surveys) <= 1


def test_a_place_that_is_pointed_at_is_measured_in_between(run, seen):
    def point():
        if len(seen.surveys) == 1 and not seen.probes:
            seen.loop.probe(seen.surveys[0].plane, 0.125, -0.25)

    seen.then = point
    seen.loop.post(request(run))
    seen.loop.turn()
    plane = seen.surveys[0].plane
    assert seen.probes == [Probe(plane, 0.125, -0.25, LossAt(run.problem)(plane.at(0.125, -0.25)))]
    assert seen.surveys[-1].is_complete
    seen.loop.probe(plane, 1, 2)  # and when that is done, too
    seen.loop.turn()
    assert seen.probes[-1].loss == LossAt(run.problem)(plane.at(1, 2))


def test_a_place_on_the_plane_of_an_earlier_problem_is_not_measured_and_stops_nothing(run, seen):
    seen.loop.post(request(run))
    seen.loop.turn()
    earlier = seen.surveys[-1].plane
    other = Trainer(experiment(HeldConv(kernel=2), Conv2d(kernel=2)).build(), run=4)
    assert other.vector().size != earlier.origin.size
    seen.then = lambda: seen.loop.probe(earlier, 0.0, 0.0)
    seen.loop.post(request(other))
    seen.loop.turn()
    assert seen.surveys[-1].is_complete
    assert seen.surveys[-1].problem is other.problem
    seen.loop.probe(earlier, 0.0, 0.0)
    seen.loop.turn()
    assert seen.probes == seen.refusals == []


def test_a_path_that_has_gone_on_is_seen_on_the_same_plane(seen):
    run = Trainer(experiment(HeldConv(kernel=3), Conv2d(kernel=2)).build(), run=3)
    run.run(20)
    seen.loop.post(request(run))
    seen.loop.turn()
    run.run(30)
    seen.loop.trace(run.path())
    seen.loop.turn()
    first, second = seen.tracks
    assert first.plane is second.plane
    assert (first.steps[-1], second.steps[-1]) == (20, 50)
    parameters = run.problem.network.pack(run.parameters(50))
    assert second.places[-1] == pytest.approx(first.plane.project(parameters))
    assert second.off[-1] == pytest.approx(float(first.plane.distance(parameters)))
    assert first.off[-1] == pytest.approx(0, abs=1e-9)
    assert second.share == pytest.approx(first.plane.share(run.path().parameters, parameters))


def test_a_path_is_followed_up_to_where_it_leaves_all_bounds(seen):
    wild = experiment(HeldConv(kernel=3), Conv2d(kernel=2))
    run = Trainer(wild.replace(optimizer=wild.optimizer.replace(learning_rate=10.0)).build(), run=3)
    run.run(50)
    assert run.current_step >= 2
    quiet = Trainer(wild.build())
    seen.loop.post(request(quiet, path=run.path(), last=None))
    seen.loop.turn()
    (track,) = seen.tracks
    first_far = int(np.argmin(landscape.is_near(run.path().losses)))
    assert track.steps.tolist() == list(range(first_far + 1))


def test_plane_and_window_that_are_given_stay(run, seen):
    seen.loop.post(request(run))
    seen.loop.turn()
    plane, window = seen.surveys[-1].plane, Window(-1, 0, 0, 3)
    seen.loop.post(request(run, 2, plane=plane, window=window))
    seen.loop.turn()
    assert seen.surveys[-1].plane is plane
    assert seen.surveys[-1].window == window
    assert len(seen.tracks) == 1  # what it was made with may be old by then


@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        ("path", (Way.MAIN, Way.SECOND)),
        ("teacher", (Way.TEACHER, Way.STEP)),
        ("gradient", (Way.GRADIENT, Way.LAST)),
        ("weights", (Way.PARAMETER, Way.PARAMETER)),
    ],
)
def test_every_kind_of_plane_goes_through_the_step(run, seen, kind, ways):
    seen.loop.post(request(run, kind=kind))
    seen.loop.turn()
    plane = seen.surveys[-1].plane
    assert plane.ways == ways
    frame, pack = run.frame(), run.problem.network.pack
    assert plane.distance(pack(frame.parameters)) == pytest.approx(0, abs=1e-9)
    if kind == "teacher":
        assert plane.distance(landscape.teacher_of(run.problem)) == pytest.approx(0, abs=1e-9)
        assert plane.distance(run.path().parameters[0]) == pytest.approx(0, abs=1e-9)
    if kind == "gradient":
        downhill = plane.components(-pack(frame.gradients))
        assert downhill == pytest.approx([np.linalg.norm(pack(frame.gradients)), 0], abs=1e-9)


def test_a_network_with_one_parameter_has_no_plane(seen):
    run = Trainer(experiment(Conv2d(kernel=1, bias=None)).build())
    for number, kind in enumerate(("path", "gradient", "weights", "teacher")):
        seen.loop.post(request(run, number, kind=kind, last=None))
        seen.loop.turn()
        refusal = seen.refusals[-1]
        assert refusal.number == number
        assert isinstance(refusal.error, ConfigError)
        assert "2 parameters" in str(refusal.error)
    assert seen.surveys == []


def test_after_an_error_it_goes_on(run, seen, caplog, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of order")

    with monkeypatch.context() as broken:
        broken.setattr(landscape, "fitting", fail)
        seen.loop.post(request(run, 1))
        assert seen.loop.turn()
    assert [(refusal.number, str(refusal.error)) for refusal in seen.refusals] == [(1, "out of order")]
    assert "goes on after an error" in caplog.text
    seen.loop.post(request(run, 2))
    seen.loop.turn()
    assert seen.surveys[-1].is_complete


def test_what_nobody_took_is_replaced_by_what_is_newer(run, clock):
    told = []
    loop = SurveyLoop(lambda: told.append(1), clock)
    loop.post(request(run))
    loop.turn()
    assert told == [1]
    survey, track, probe = loop.take()
    assert isinstance(survey, Survey)
    assert survey.is_complete
    assert track is not None
    assert probe is None
    assert loop.take() == Answers()
