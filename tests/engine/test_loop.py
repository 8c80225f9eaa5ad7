"""The loop of the training thread, turned by hand: no thread, and a clock that does what it is told."""

import math

import numpy as np
import pytest

from convviz.engine.commands import (
    Pause,
    Play,
    Reset,
    RunSteps,
    SetFrameRate,
    SetLearningRate,
    SetSpeed,
    SetStop,
    ShowStep,
    WantInputGradient,
)
from convviz.engine.frames import State
from convviz.engine.stopping import StopConditions, StopReason
from convviz.engine.trainer import Trainer
from tests.engine.driving import loaded, problem, trained
from tests.engine.problems import assert_same_frame

EMPTY, PAUSED, RUNNING = State.EMPTY, State.PAUSED, State.RUNNING
FINISHED, DIVERGED, FAILED = State.FINISHED, State.DIVERGED, State.FAILED


def test_a_loaded_run_waits_at_its_untrained_network():
    driven, wanted = loaded()
    (packet,) = driven.packets
    status = packet.status
    assert (status.run, status.state, status.step, status.goal) == (1, PAUSED, 0, 2000)
    assert status.loss == status.initial_loss == status.best_loss == packet.frame.loss
    assert_same_frame(packet.frame, Trainer(wanted).frame())


def test_play_runs_to_the_number_of_steps():
    driven, wanted = loaded(steps=300)
    last = driven.do(Play())
    assert driven.states == [PAUSED, RUNNING, FINISHED]
    assert (last.status.step, last.status.reason, last.status.goal) == (300, StopReason.STEPS, None)
    assert_same_frame(last.frame, trained(wanted, 300).frame())
    np.testing.assert_array_equal(driven.losses, trained(wanted, 300).losses)


def test_a_run_can_be_loaded_playing():
    driven, _ = loaded(play=True, steps=20)
    assert driven.states == [RUNNING, FINISHED]
    assert driven.frames[0].step == 0


def test_play_goes_on_beyond_a_finished_run_without_a_goal():
    driven, _ = loaded(play=True, steps=50)
    driven.go(0.5, SetSpeed(200), Play())
    assert driven.packets[-1].status.state is RUNNING
    assert driven.packets[-1].status.goal is None
    assert driven.do(Pause()).status.step == pytest.approx(150, abs=2)
    driven.go(0.5, Play())
    assert driven.packets[-1].status.goal is None
    driven.do(Pause())
    np.testing.assert_array_equal(driven.losses, trained(problem(steps=10**6), len(driven.losses)).losses)


def test_run_steps_pauses_after_that_many_even_across_the_number_of_steps():
    driven, _ = loaded(steps=50)
    for count, step in ((30, 30), (40, 70), (1, 71), (100, 171)):
        packet = driven.do(RunSteps(count))
        assert (packet.status.state, packet.status.step, packet.frame.step) == (PAUSED, step, step)
    assert len(driven.losses) == 171


def test_a_run_of_some_steps_says_where_it_will_pause():
    driven, _ = loaded()
    driven.go(0.05, SetSpeed(10), RunSteps(25))
    assert driven.packets[-1].status.goal == 25
    assert driven.do(Pause()).status.goal == 2000


def test_single_steps_are_made_at_once_and_each_is_shown():
    driven, wanted = loaded()
    driven.do(SetSpeed(0.1))
    began = driven.clock.time
    driven.do(RunSteps(1), RunSteps(1), RunSteps(1))
    assert driven.clock.time == began
    assert [frame.step for frame in driven.frames] == [0, 1, 2, 3]
    assert RUNNING not in driven.states
    assert_same_frame(driven.frames[-1], trained(wanted, 3).frame())


def test_a_step_pauses_what_runs():
    driven, _ = loaded()
    driven.go(0.1, SetSpeed(100), Play())
    assert driven.do(RunSteps(1)).status.state is PAUSED


def test_pause_stops_where_it_is_and_play_goes_on_from_there():
    driven, wanted = loaded(steps=400)
    driven.go(1.0, SetSpeed(100), Play())
    paused = driven.do(Pause()).status
    assert (paused.state, paused.step, paused.rate) == (PAUSED, 101, 0.0)
    last = driven.do(SetSpeed(math.inf), Play())
    assert last.status.state is FINISHED
    np.testing.assert_array_equal(driven.losses, trained(wanted, 400).losses)


def test_reset_goes_back_to_the_same_parameters_and_trains_to_the_same_losses():
    driven, _ = loaded(steps=100)
    driven.do(Play())
    first = driven.losses
    packet = driven.do(Reset())
    assert (packet.status.state, packet.status.step, packet.status.goal) == (PAUSED, 0, 100)
    assert len(driven.losses) == 0
    assert_same_frame(packet.frame, driven.frames[0])
    driven.do(Play())
    np.testing.assert_array_equal(driven.losses, first)


def test_a_changed_rate_takes_effect_at_the_next_step():
    driven, wanted = loaded()
    driven.do(RunSteps(10))
    driven.do(SetLearningRate(1e-5), RunSteps(5))
    driven.do(SetLearningRate(2e-5), RunSteps(7))
    by_hand = trained(wanted, 10)
    for rate, steps in ((1e-5, 5), (2e-5, 7)):
        by_hand.learning_rate = rate
        by_hand.run(steps)
    assert_same_frame(driven.frames[-1], by_hand.frame())
    np.testing.assert_array_equal(driven.losses, by_hand.losses)
    assert driven.packets[-1].status.learning_rate == 2e-5


def test_a_rate_can_be_changed_between_two_steps_of_a_slow_run():
    driven, wanted = loaded()
    driven.clock.at(driven.clock.time + 4.5, lambda: driven.loop.post(SetLearningRate(1e-5)))
    driven.go(9.5, SetSpeed(1), Play())
    by_hand = trained(wanted, 5)  # at 0, 1, 2, 3 and 4 seconds
    by_hand.learning_rate = 1e-5
    by_hand.run(5)
    np.testing.assert_array_equal(driven.losses, by_hand.losses)


def test_the_pace_is_kept_exactly():
    for speed in (1, 7, 25, 200, 1000, 4321):
        driven, _ = loaded(steps=10**6)
        driven.go(5.0, SetSpeed(speed), Play())
        assert driven.do(Pause()).status.step == pytest.approx(5 * speed + 1, abs=1 + 0.004 * speed)


def test_at_a_slow_speed_every_step_is_shown():
    driven, _ = loaded()
    driven.go(3.0, SetSpeed(29.0), Play())
    steps = [frame.step for frame in driven.frames]
    assert steps == list(range(steps[-1] + 1))
    assert steps[-1] == 87


@pytest.mark.parametrize("speed", [1000, 10_000, math.inf])
@pytest.mark.parametrize("frames_per_second", [15, 30, 60])
def test_at_a_high_speed_frames_keep_their_own_beat(monkeypatch, speed, frames_per_second):
    driven, _ = loaded(steps=10**6)
    let_steps_take(4e-5, driven, monkeypatch)
    driven.paint_time = 0.001
    driven.go(1.0, SetFrameRate(frames_per_second), SetSpeed(speed), Play())
    shown = [packet for packet in driven.packets if packet.frame is not None and packet.frame.step]
    assert len(shown) == pytest.approx(frames_per_second, abs=1)
    rate = shown[-1].status.rate
    assert rate == pytest.approx(min(speed, 2.5e4 * (1 - 0.001 * frames_per_second)), rel=0.02)


def test_as_fast_as_it_goes_a_command_waits_only_for_a_few_milliseconds(monkeypatch):
    driven, _ = loaded(steps=10**6)
    let_steps_take(4e-5, driven, monkeypatch)
    longest = 0.0
    driven.loop.post(Play())
    while driven.clock.time < 1000.5:
        turn = driven.clock.time
        assert driven.loop.turn()
        longest = max(longest, driven.clock.time - turn)
    assert longest < 0.004


def let_steps_take(seconds, driven, monkeypatch):
    """Let the clock go on by so much for each step that is made."""
    make = Trainer.run

    def run(trainer, count):
        made = make(trainer, count)
        driven.clock.time += made * seconds
        return made

    monkeypatch.setattr(Trainer, "run", run)


def test_a_change_of_speed_takes_effect_while_waiting_for_a_slow_step():
    driven, _ = loaded()
    driven.clock.at(driven.clock.time + 2.0, lambda: driven.loop.post(SetSpeed(100)))
    driven.go(3.0, SetSpeed(0.05), Play())
    assert driven.packets[-1].status.step == pytest.approx(102, abs=1)
    assert driven.packets[-1].status.speed == 100


def test_pause_takes_effect_while_waiting_for_a_slow_step():
    driven, _ = loaded()
    posted = driven.clock.time + 2.0
    driven.clock.at(posted, lambda: driven.loop.post(Pause()))
    driven.do(SetSpeed(0.05), Play())
    assert driven.packets[-1].status.state is PAUSED
    assert driven.clock.time == posted


def test_the_rate_is_measured():
    driven, _ = loaded(steps=10**6)
    driven.go(2.0, SetSpeed(700), Play())
    assert driven.packets[-1].status.rate == pytest.approx(700, rel=0.02)
    assert driven.do(Pause()).status.rate == 0


def test_a_past_step_is_delivered_once_while_training_goes_on():
    driven, wanted = loaded(steps=10**6)
    driven.go(0.3, SetSpeed(1000), Play())
    driven.packets.clear()
    driven.go(0.5, ShowStep(17))
    (frame,) = driven.frames
    assert_same_frame(frame, trained(wanted, 17).frame())
    assert {packet.status.shown for packet in driven.packets} == {17}
    assert sum(packet.losses.size for packet in driven.packets) > 400
    driven.packets.clear()
    driven.go(0.2, ShowStep(None))
    assert len(driven.frames) > 4
    assert all(packet.frame.step == packet.status.step for packet in driven.packets)
    assert driven.packets[0].status.shown is None


def test_past_steps_of_a_paused_run_can_be_looked_at():
    driven, wanted = loaded(steps=60)
    driven.do(Play())
    for asked, shown in ((5, 5), (60, 60), (999, 60), (-1, 0)):
        packet = driven.do(ShowStep(asked))
        assert (packet.status.shown, packet.status.step, packet.status.state) == (shown, 60, FINISHED)
        assert_same_frame(packet.frame, trained(wanted, shown).frame())
    assert driven.do(ShowStep(None)).frame.step == 60


def test_a_reset_shows_the_live_step_again():
    driven, _ = loaded(steps=60)
    packet = driven.do(Play(), ShowStep(40), Reset())
    assert packet.status.shown is None
    assert packet.frame.step == packet.status.step


def test_the_inputs_gradient_comes_when_it_is_wanted():
    driven, _ = loaded()
    assert driven.frames[-1].value_grads[0] is None
    assert driven.do(WantInputGradient(True)).frame.value_grads[0].shape == (1, 20, 20)
    assert driven.do(RunSteps(1)).frame.value_grads[0] is not None
    assert driven.do(WantInputGradient(False)).frame.value_grads[0] is None


def test_more_steps_lead_a_finished_run_on_to_them():
    driven, _ = loaded(steps=50)
    driven.do(Play())
    packet = driven.do(SetStop(StopConditions(steps=80)))
    assert (packet.status.state, packet.status.goal) == (PAUSED, 80)
    packet = driven.do(Play())
    assert (packet.status.state, packet.status.step) == (FINISHED, 80)


def test_a_paused_runs_goal_is_the_number_of_steps_that_is_set():
    driven, _ = loaded(steps=50)
    driven.do(RunSteps(20))
    for steps, goal in ((30, 30), (15, None), (20, None), (99, 99)):
        status = driven.do(SetStop(StopConditions(steps=steps))).status
        assert (status.state, status.goal) == (PAUSED, goal)


def test_a_run_of_some_steps_keeps_its_goal_when_the_number_of_steps_changes():
    driven, _ = loaded(steps=50)
    driven.go(0.5, SetSpeed(100), RunSteps(80))
    driven.go(0.1, SetStop(StopConditions(steps=10)))
    assert driven.packets[-1].status.goal == 80
    packet = driven.do()
    assert (packet.status.state, packet.status.step) == (PAUSED, 80)


def test_a_run_that_has_gone_beyond_stays_so_unless_more_steps_are_wanted():
    driven, _ = loaded(play=True, steps=10)
    driven.go(0.5, SetSpeed(100), Play())
    for steps, goal in ((30, None), (10_000, 10_000)):
        driven.go(0.1, SetStop(StopConditions(steps=steps)))
        assert (driven.packets[-1].status.state, driven.packets[-1].status.goal) == (RUNNING, goal)


def test_the_number_of_steps_can_be_changed_while_running():
    driven, _ = loaded(steps=10**6)
    driven.go(1.0, SetSpeed(100), Play())
    driven.go(0.1, SetStop(StopConditions(steps=150)))
    assert driven.packets[-1].status.goal == 150
    packet = driven.do()
    assert (packet.status.state, packet.status.step) == (FINISHED, 150)


def test_a_number_of_steps_that_has_been_passed_ends_the_run():
    driven, _ = loaded(steps=10**6)
    driven.go(1.0, SetSpeed(100), Play())
    packet = driven.do(SetStop(StopConditions(steps=20)))
    assert (packet.status.state, packet.status.reason) == (FINISHED, StopReason.STEPS)


def test_a_low_loss_ends_the_run_and_playing_on_is_possible():
    driven, wanted = loaded(steps=1000)
    losses = trained(wanted, 200).losses
    limit = float(losses[150])
    packet = driven.do(SetStop(StopConditions(steps=1000, loss_below=limit)), Play())
    assert (packet.status.state, packet.status.reason) == (FINISHED, StopReason.LOSS_BELOW)
    assert driven.losses[-1] < limit <= driven.losses[:-1].min()
    driven.go(0.5, SetSpeed(100), Play())
    assert driven.packets[-1].status.state is RUNNING
    assert driven.packets[-1].status.goal is None


@pytest.mark.parametrize("on", [Play(), RunSteps(30)], ids=["played", "some steps"])
def test_a_run_that_has_gone_beyond_a_low_loss_has_no_goal_any_more(on):
    """Though the number of steps is still ahead of it."""
    driven, wanted = loaded(steps=1000)
    limit = float(trained(wanted, 200).losses[150])
    assert driven.do(SetStop(StopConditions(steps=1000, loss_below=limit)), Play()).status.step < 200
    driven.go(0.5, SetSpeed(100), on)
    rest = driven.do(Pause()).status
    assert (rest.state, rest.goal) == (PAUSED, None)
    driven.go(0.5, Play())
    assert (driven.packets[-1].status.state, driven.packets[-1].status.goal) == (RUNNING, None)
    assert driven.do(SetStop(StopConditions(steps=900)), Pause()).status.goal == 900
