"""The loop of the checking thread, without the thread, on a clock that only moves when the loop works or rests."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine.check import Check
from convviz.engine.errors import ConfigError
from convviz.engine.trainer import Trainer
from convviz.model.check_loop import (
    BUDGET,
    GENTLE_SHARE,
    IDLE_SHARE,
    QUIET,
    SAMPLE,
    CheckingLoop,
    Finding,
    Progress,
    Request,
    Verdict,
    Withdrawn,
)
from tests.checked import held, kinked, wrong


@pytest.fixture
def answers():
    return []


@pytest.fixture
def loop(clock, answers):
    loop = CheckingLoop(lambda: answers.append(loop.take()), clock)
    return loop


def request(number=1, wanted=None, every=False, parameters=None):
    problem = (wanted or held(channels=2)).build()
    return Request(number, 7, 0, problem, problem.initial if parameters is None else parameters, every)


def found(answers):
    return [answer for answer in answers if isinstance(answer, Finding)]


def test_an_answer_is_what_a_check_finds(loop, answers):
    asked = request(3)
    loop.post(asked)
    assert loop.turn()
    (finding,) = found(answers)
    assert finding.report == Check(asked.problem, asked.parameters, sample=SAMPLE, seed=3).run()
    assert (finding.number, finding.run, finding.step, finding.every) == (3, 7, 0, False)
    assert finding.verdict is Verdict.RIGHT
    assert finding.problem is asked.problem


@pytest.mark.parametrize(("wanted", "verdict"), [(wrong, Verdict.WRONG), (kinked, Verdict.RIGHT)])
def test_a_wrong_layer_is_found_and_a_kink_is_none(loop, answers, wanted, verdict):
    loop.post(request(wanted=wanted()))
    loop.turn()
    assert found(answers)[0].verdict is verdict
    assert (found(answers)[0].report.kinks > 0) is (wanted is kinked)


def test_it_begins_when_all_has_been_quiet(loop, clock, answers):
    second = request(2)

    def interrupt():
        clock.time += QUIET / 2
        loop.post(second)
        return True

    clock.while_waiting = interrupt
    loop.post(request(1))
    began = clock.time
    loop.turn()
    assert [finding.number for finding in found(answers)] == [2]
    assert clock.rests[:2] == pytest.approx([QUIET / 2, QUIET])
    assert clock.time - began > 1.5 * QUIET


def test_somebody_who_waits_is_not_made_to_wait(loop, clock, answers):
    asked = request(every=True, wanted=held(channels=8))
    loop.post(asked)
    loop.turn()
    assert max(clock.rests) < QUIET
    assert len(found(answers)[0].report.slopes) == asked.problem.network.size > SAMPLE


@pytest.mark.parametrize(("gentle", "share"), [(True, GENTLE_SHARE), (False, IDLE_SHARE)])
def test_it_works_a_small_share_of_the_time(loop, clock, gentle, share):
    loop.be_gentle(gentle)
    loop.post(request(every=True))
    began, before = clock.time, clock.total
    loop.turn()
    assert len(clock.rests) > 30
    assert (clock.total - before) / (clock.time - began) == pytest.approx(share, rel=0.1)


def test_it_stops_being_gentle_in_the_middle_of_a_rest(loop, clock, answers):
    def interrupt():
        loop.be_gentle(False)
        return True

    loop.be_gentle(True)
    loop.post(request(every=True))
    clock.while_waiting = interrupt
    loop.turn()
    assert max(clock.rests) < 0.05
    assert found(answers)[0].verdict is Verdict.RIGHT


def after_rests(clock, count, act):
    """Do something in the middle of a check: at the ``count``-th rest."""

    def count_down():
        nonlocal count
        count -= 1
        if count:
            clock.while_waiting = count_down
        else:
            act()

    clock.while_waiting = count_down


def test_a_newer_request_takes_the_place_of_the_one_in_hand(loop, clock, answers):
    loop.post(request(1, every=True))
    after_rests(clock, 5, lambda: loop.post(request(2, every=True)))
    loop.turn()
    assert found(answers) == []
    assert len(clock.rests) == 5
    loop.turn()
    assert [finding.number for finding in found(answers)] == [2]


def test_what_is_dropped_is_not_answered(loop, clock, answers):
    loop.post(request(1, every=True))
    after_rests(clock, 5, loop.drop)
    loop.turn()
    loop.post(request(2, every=True))
    loop.turn()
    assert [finding.number for finding in found(answers)] == [2]


def test_what_is_dropped_before_it_begins_is_never_begun(loop, clock, answers):
    loop.post(request(1))
    loop.drop()
    loop.post(request(2))
    loop.turn()
    assert [finding.number for finding in found(answers)] == [2]


def test_closing_ends_the_check_in_hand(loop, clock, answers):
    loop.post(request(every=True))
    after_rests(clock, 5, loop.close)
    loop.run()
    assert found(answers) == []
    assert len(clock.rests) == 5


def test_what_was_found_by_now_can_be_had(loop, clock, answers):
    loop.post(request(every=True))
    after_rests(clock, 20, loop.finish)
    loop.turn()
    (finding,) = found(answers)
    assert 0 < len(finding.report.slopes) < finding.problem.network.size
    assert finding.verdict is Verdict.RIGHT


def test_what_is_ended_before_it_has_found_anything_is_withdrawn(loop, answers):
    loop.post(request(4, every=True))
    loop.finish()
    loop.turn()
    assert answers == [Withdrawn(4)]
    loop.post(request(5))
    loop.turn()
    assert found(answers)[0].verdict is Verdict.RIGHT


def test_what_comes_after_is_whole_again(loop, clock, answers):
    loop.post(request(1, every=True))
    after_rests(clock, 20, loop.finish)
    loop.turn()
    loop.finish()  # too late: there is nothing in hand
    loop.post(request(2, every=True))
    loop.turn()
    finding = found(answers)[1]
    assert len(finding.report.slopes) == finding.problem.network.size


def test_the_budget_leaves_one_parameter_of_each_array(loop, clock, answers):
    clock.work = BUDGET / 3
    asked = request()
    loop.post(asked)
    loop.turn()
    (finding,) = found(answers)
    assert {(slope.layer, slope.name) for slope in finding.report.slopes} == {
        (layer, name) for layer, arrays in enumerate(asked.parameters) for name in arrays
    }
    assert len(finding.report.slopes) == 4
    assert len({entry.layer for entry in finding.report.adjoints}) == 2


def test_the_budget_does_not_bind_somebody_who_waits(loop, clock, answers):
    clock.work = BUDGET / 3
    loop.post(request(every=True))
    loop.turn()
    finding = found(answers)[0]
    assert len(finding.report.slopes) == finding.problem.network.size


def test_progress_is_told(loop, clock, answers):
    loop.be_gentle(True)
    loop.post(request(every=True))
    loop.turn()
    steps = [answer for answer in answers if isinstance(answer, Progress)]
    done = [step.done for step in steps]
    assert len(done) > 3
    assert done == sorted(done)
    assert {step.total for step in steps} == {found(answers)[0].report.total}


def test_an_answer_that_nobody_took_is_replaced_by_the_newest(clock):
    told = []
    loop = CheckingLoop(lambda: told.append(1), clock)
    loop.post(request(every=True))
    loop.turn()
    assert isinstance(loop.take(), Finding)
    assert loop.take() is None
    assert told == [1]


def test_where_the_loss_is_no_number_there_is_nothing_to_check(loop, answers):
    problem = held(channels=2).build()
    huge = [{name: np.full_like(array, 1e200) for name, array in layer.items()} for layer in problem.initial]
    loop.post(request(parameters=huge))
    loop.turn()
    (finding,) = found(answers)
    assert finding.verdict is Verdict.IMPOSSIBLE
    assert isinstance(finding.error, ConfigError)


def test_an_error_is_reported_and_the_next_request_answered(loop, answers, caplog):
    loop.post(request(1, parameters=3))
    loop.turn()
    loop.post(request(2))
    loop.turn()
    first, second = found(answers)
    assert (first.verdict, second.verdict) == (Verdict.IMPOSSIBLE, Verdict.RIGHT)
    assert isinstance(first.error, TypeError)
    assert first.error.__traceback__ is None  # which would keep the check's memory
    assert "goes on after an error" in caplog.text


def test_a_trained_point_is_checked_where_it_is(loop, answers):
    trainer = Trainer(held(channels=2).build())
    trainer.run(50)
    loop.post(request(parameters=trainer.parameters()))
    loop.turn()
    gradients = trainer.frame().gradients
    for slope in found(answers)[0].report.slopes:
        assert slope.gradient == pytest.approx(gradients[slope.layer][slope.name][slope.index], rel=1e-9)
