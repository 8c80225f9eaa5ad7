from collections import deque

import pytest

from convviz.engine.commands import (
    Consult,
    Load,
    Pause,
    Play,
    Reset,
    RunSteps,
    SetFrameRate,
    SetLearningRate,
    SetSpeed,
    ShowStep,
    WantInputGradient,
    enqueue,
)
from convviz.engine.errors import ConfigError


def queue_of(*commands):
    waiting = deque()
    for command in commands:
        enqueue(waiting, command)
    return list(waiting)


def load(run, branch=None):
    return Load(run, build=lambda: None, branch=branch)


def test_commands_keep_their_order():
    commands = [Play(), RunSteps(3), SetSpeed(5), Pause(), Reset(), RunSteps(3), RunSteps(3)]
    assert queue_of(*commands) == commands


def test_of_a_drag_only_the_last_value_is_left():
    assert queue_of(*(ShowStep(k) for k in range(60))) == [ShowStep(59)]
    assert queue_of(SetSpeed(1), SetSpeed(2), Play(), SetSpeed(3), SetSpeed(4)) == [SetSpeed(2), Play(), SetSpeed(4)]


def test_of_looks_with_one_question_that_follow_each_other_only_the_newest_is_left():
    first, second, other = Consult(print, question="path"), Consult(repr, question="path"), Consult(print, 3)
    assert queue_of(first, second) == [second]
    assert queue_of(first, other, other, second) == [first, other, other, second]
    assert queue_of(first, Consult(repr, question="rows")) == [first, Consult(repr, question="rows")]


def test_a_new_run_drops_no_look():
    looks, new = [Consult(print, 1), Consult(repr, question="path")], load(2)
    assert queue_of(Play(), *looks, new) == [*looks, new]


def test_a_step_between_two_rates_is_made_at_the_first():
    commands = [SetLearningRate(0.1), RunSteps(1), SetLearningRate(0.2)]
    assert queue_of(*commands) == commands


def test_a_new_run_drops_what_was_said_to_earlier_ones_and_only_that():
    first, second = load(1), load(2)
    settings = [SetSpeed(3), WantInputGradient(True), SetFrameRate(60)]
    assert queue_of(Play(), first, *settings, Play(), ShowStep(3), second) == [*settings, second]
    assert queue_of(first, second, Play()) == [second, Play()]


def test_what_decides_how_far_a_run_had_come_when_it_was_left_is_never_dropped():
    first, second, branch = load(1), load(2), load(3, branch=500)
    assert queue_of(Play(), Reset(), SetLearningRate(0.1), second) == [Reset(), second]
    assert queue_of(RunSteps(3), branch, Play(), second) == [branch, second]
    assert queue_of(first, Reset(), Reset(), Play(), second) == [first, Reset(), Reset(), second]
    assert queue_of(first, second, Reset(), branch) == [second, Reset(), branch]


@pytest.mark.parametrize("value", [0, -1, float("nan")])
@pytest.mark.parametrize("command", [RunSteps, SetLearningRate, SetSpeed, SetFrameRate])
def test_what_cannot_be_meant_is_refused_where_it_is_asked_for(command, value):
    with pytest.raises(ConfigError, match="expected"):
        command(value)


def test_a_number_of_steps_is_whole():
    with pytest.raises(ConfigError, match=r"int ≥ 1, received 1\.5"):
        RunSteps(1.5)


@pytest.mark.parametrize("command", [SetLearningRate, SetFrameRate])
def test_only_a_speed_may_be_infinite(command):
    assert SetSpeed(float("inf")).steps_per_second == float("inf")
    with pytest.raises(ConfigError, match="inf"):
        command(float("inf"))
