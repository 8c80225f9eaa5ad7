from __future__ import annotations

import gc
import os
import sys
import threading

import pytest

from convviz.engine.team import Team, cores
from tests.patience import PATIENCE


def helpers():
    return [thread for thread in threading.enumerate() if thread.name == "tiles"]


@pytest.fixture(autouse=True)
def _free():
    """Let the teams go that what was raised still remembers."""
    yield
    gc.collect()


def test_there_is_a_core():
    assert cores() >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which cores a process may use")
def test_a_core_that_is_not_for_this_process_does_not_count():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert cores() == len(allowed)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("jobs", [1, 2, 4, 9])
def test_every_job_is_done_once_and_in_its_order(size, jobs):
    team = Team(size)
    for _ in range(20):
        done = [[] for _ in range(jobs)]
        team.share([[lambda own=own, n=n: own.append(n) for n in range(3)] for own in done])
        assert done == [[0, 1, 2]] * jobs


def test_jobs_are_done_at_once():
    meeting = threading.Barrier(2)
    team = Team(2)
    team.share([[lambda: meeting.wait(PATIENCE)], [lambda: meeting.wait(PATIENCE)]])  # alone, each would wait for ever


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("wrong", [0, 1])
def test_what_goes_wrong_is_raised_when_nobody_works_any_more(size, wrong):
    team = Team(size)
    meeting = threading.Barrier(size)  # each of the team has a job

    def fail():
        raise ZeroDivisionError

    jobs = [[lambda: meeting.wait(PATIENCE)] for _ in range(2)] if size == 2 else [[int], [int]]
    jobs[wrong].append(fail)
    with pytest.raises(ZeroDivisionError):
        team.share(jobs)
    done = []
    team.share([[lambda: done.append(1)], [lambda: done.append(2)]])
    assert sorted(done) == [1, 2]


def test_an_interrupt_waits_for_those_who_still_work():
    team = Team(2)
    go_on, begun, done = threading.Event(), threading.Barrier(2), []

    def long():
        begun.wait(PATIENCE)
        go_on.wait(PATIENCE)
        done.append(True)

    def interrupt():
        begun.wait(PATIENCE)
        threading.Timer(0.05, go_on.set).start()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        team.share([[long], [interrupt]])
    assert done == [True]


def test_helpers_go_when_nobody_needs_them():
    before = helpers()
    team = Team(3)
    team.share([[int]] * 3)
    mine = [thread for thread in helpers() if thread not in before]
    assert len(mine) == 2
    del team
    gc.collect()
    for thread in mine:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in mine)
