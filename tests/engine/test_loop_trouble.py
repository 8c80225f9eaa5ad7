"""What goes wrong in the loop of the training thread, and what the window may do to it."""

import logging
import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from convviz.engine import loop
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
)
from convviz.engine.errors import ConfigError
from convviz.engine.frames import State
from convviz.engine.live import STEPS_BACK, LiveRun
from convviz.engine.loop import Clock
from convviz.engine.optimizers import StepRate
from convviz.engine.stopping import StopReason
from convviz.engine.trainer import Trainer
from tests.engine.driving import TOO_HIGH, Driven, loaded, problem, trained
from tests.patience import PATIENCE

EMPTY, PAUSED, RUNNING = State.EMPTY, State.PAUSED, State.RUNNING
FINISHED, DIVERGED, FAILED = State.FINISHED, State.DIVERGED, State.FAILED


def test_a_diverged_run_is_a_state_with_a_finite_picture():
    driven, _ = loaded(rate=TOO_HIGH)
    packet = driven.do(Play())
    assert driven.states == [PAUSED, RUNNING, DIVERGED]
    assert (packet.status.state, packet.status.reason) == (DIVERGED, StopReason.DIVERGED)
    assert not math.isfinite(packet.status.loss)
    assert packet.frame.step < packet.status.step
    assert all(np.isfinite(value).all() for value in packet.frame.values)
    assert np.isfinite(driven.losses).all()
    for command in (Play(), RunSteps(1), RunSteps(10), Pause()):
        assert driven.do(command).status.state is DIVERGED
    assert driven.do(Reset()).status.state is PAUSED
    driven.do(SetLearningRate(3e-5), RunSteps(20))
    np.testing.assert_array_equal(driven.losses, trained(problem(), 20).losses)


@pytest.mark.parametrize("back", [1, STEPS_BACK, STEPS_BACK + 1])
def test_a_picture_is_looked_for_so_many_steps_back_and_no_further(monkeypatch, back):
    frame, last = Trainer.frame, 30

    def spoiled(self, step=None, input_gradient=False):
        """Only the live step has a loss that is none, but the numbers of all after a certain one are none, too."""
        made = frame(self, step, input_gradient)
        if made.step == last:
            made = replace(made, loss=math.inf)
        return replace(made, values=tuple(v * math.nan for v in made.values)) if made.step > last - back else made

    monkeypatch.setattr(Trainer, "frame", spoiled)
    live = LiveRun(problem(), 1)
    live.play()
    live.advance(last)
    assert live.frame(False).step == (last - back if back <= STEPS_BACK else last)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_diverged_run_tells_the_rate_of_the_update_that_led_there(at_once):
    """Of the first, where there is none."""
    wanted = problem(rate=TOO_HIGH)
    if at_once:
        wanted = replace(wanted, input=np.full((1, 20, 20), 1e200))
    live = LiveRun(replace(wanted, schedule=StepRate(every=1, factor=0.5)), 1)
    live.play()
    live.advance(1000)
    told = live.status(rate=0, speed=math.inf, left=frozenset())
    assert told.state is DIVERGED
    assert (told.step == 0) == at_once
    assert told.learning_rate == wanted.optimizer.learning_rate * 0.5 ** max(0, told.step - 1)


def test_a_slow_run_says_that_it_diverged_before_it_shows_it():
    driven, _ = loaded(rate=TOO_HIGH)
    driven.do(SetSpeed(1), Play())
    assert driven.states == [PAUSED, RUNNING, DIVERGED]
    assert all(np.isfinite(frame.residual).all() for frame in driven.frames)
    assert all(math.isfinite(p.status.loss) for p in driven.packets if p.status.state is RUNNING)


def test_a_build_that_fails_is_told_and_the_loop_lives_on(caplog):
    def refuse():
        raise ConfigError("expected {expected}, received {received}", expected="a", received="b")

    driven, _ = loaded()
    packet = driven.do(Load(2, refuse, play=True))
    assert (packet.status.run, packet.status.state, packet.frame) == (2, FAILED, None)
    assert packet.status.message == "expected a, received b"
    assert not caplog.records  # a person's mistake is none of the program's
    for command in (Play(), Pause(), RunSteps(3), Reset(), ShowStep(1), SetLearningRate(0.1)):
        driven.do(command)
    assert driven.packets[-1].status.state is FAILED
    assert driven.do(Load(3, lambda: problem(steps=5), play=True)).status.state is FINISHED


def test_an_unforeseen_error_is_told_with_its_type_and_logged(caplog):
    driven = Driven()
    with caplog.at_level(logging.ERROR):
        packet = driven.do(Load(1, lambda: [][1]))
    assert packet.status.state is FAILED
    assert packet.status.message == "IndexError: list index out of range"
    assert "Traceback" in caplog.text


def test_an_error_in_a_step_is_told(monkeypatch):
    driven, _ = loaded()
    driven.do(RunSteps(30))

    def fail(trainer, count):
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "run", fail)
        packet = driven.do(Play())
    assert driven.states[-2:] == [RUNNING, FAILED]
    assert (packet.status.message, packet.status.run) == ("MemoryError: no room", 1)
    assert len(driven.losses) == 30
    assert driven.do(Load(2, problem)).status.state is PAUSED


def test_the_last_of_several_new_runs_is_the_one_that_is_built():
    driven, built = Driven(), []
    driven.do(*(Load(run, lambda run=run: built.append(run) or problem()) for run in range(1, 60)))
    assert built == [59]
    assert [packet.status.run for packet in driven.packets] == [59]


def test_settings_outlive_a_new_run():
    driven, _ = loaded()
    driven.do(SetSpeed(50), WantInputGradient(True))
    packet = driven.do(Load(2, problem))
    assert packet.status.speed == 50
    assert packet.frame.value_grads[0] is not None


def test_commands_before_the_first_run_are_harmless():
    driven = Driven()
    packet = driven.do(Play(), Pause(), Reset(), SetSpeed(5), ShowStep(3), WantInputGradient(True), SetFrameRate(60))
    assert (packet.status.state, packet.status.run, packet.status.speed) == (EMPTY, 0, 5)
    assert packet.frame is None


def test_a_window_that_never_paints_holds_training_up_once_and_briefly():
    driven, wanted = loaded(steps=4000)
    driven.paint_time = None
    told = driven.told
    driven.go(4.2, SetSpeed(1000), Play())
    assert driven.told == told + 1
    driven.take()
    assert driven.packets[-1].status.state is FINISHED
    np.testing.assert_array_equal(driven.losses, trained(wanted, 4000).losses)


def test_training_goes_on_as_soon_as_the_window_has_painted(monkeypatch):
    """It is woken, and does not wait for the end of its patience."""
    monkeypatch.setattr(loop, "PATIENCE", 2 * PATIENCE)
    waits = threading.Event()

    class Told(Clock):
        def wait(self, condition, seconds):
            waits.set()  # `painted` needs the condition, which is held until it is waited on
            super().wait(condition, seconds)

    training = loop.TrainingLoop(lambda: None, Told())
    training.post(Load(1, problem))
    turn = threading.Thread(target=training.turn)
    turn.start()
    try:
        assert waits.wait(PATIENCE)
        assert training.take() is not None
        training.painted()
        turn.join(PATIENCE)
        assert not turn.is_alive()
    finally:
        training.close()
        turn.join()


def test_a_window_that_paints_slowly_still_lets_training_have_two_thirds_of_the_time():
    driven, _ = loaded(steps=10**6)
    driven.paint_time = 0.05
    driven.go(5.0, SetFrameRate(60), SetSpeed(1000), Play())
    assert 30 <= len(driven.frames) <= 40


def test_everything_handed_over_is_read_only():
    driven, _ = loaded(play=True, steps=30)
    packet = driven.packets[-1]
    frame = packet.frame
    arrays = [packet.losses, *frame.values, *frame.value_grads[1:], frame.target, frame.residual]
    arrays += [array for layer in (*frame.parameters, *frame.gradients, *frame.teacher) for array in layer.values()]
    assert not any(array.flags.writeable for array in arrays)


def test_a_closed_loop_ends_and_takes_no_more_commands():
    driven, _ = loaded()
    driven.loop.post(Play())
    driven.loop.close()
    driven.loop.post(Play())
    assert not driven.loop.turn()
    driven.loop.run()
    assert driven.states == [PAUSED]


def test_whoever_is_late_with_a_picture_does_not_end_the_waiting_for_the_next():
    driven = Driven()
    driven.paint_time = None
    training, clock = driven.loop, driven.clock
    training.post(Load(1, problem))
    training.turn()  # to the end of the loop's patience
    driven.take()
    training.post(Pause())
    began = clock.time

    def take_the_next():
        driven.take()
        clock.at(began + 0.05, training.painted)

    clock.at(began + 0.02, training.painted)  # what was taken before this one was left
    clock.at(began + 0.03, take_the_next)
    training.turn()
    assert clock.time == began + 0.05
    assert len(driven.packets) == 2


def test_whoever_looks_at_the_run_can_do_it_no_harm(caplog):
    def look(live):
        raise RuntimeError("the one who asked is gone")

    driven, wanted = loaded()
    driven.do(RunSteps(5))
    driven.do(Consult(look), RunSteps(5))
    assert "an error of somebody who looked at the run" in caplog.text
    assert driven.states == [PAUSED, RUNNING, PAUSED, RUNNING, PAUSED]
    np.testing.assert_array_equal(driven.losses, trained(wanted, 10).losses)


def test_nobody_is_shown_another_run_than_was_meant():
    driven, _ = loaded()
    seen = []
    driven.do(Consult(seen.append, 2), Consult(seen.append, 1), Consult(seen.append))
    assert [live and live.run for live in seen] == [None, 1, 1]


def test_whoever_waits_to_look_when_the_loop_is_closed_is_turned_away():
    driven, _ = loaded()
    seen = []
    driven.loop.post(Consult(seen.append, 1))
    driven.loop.close()
    assert seen == [None]
    driven.loop.post(Consult(seen.append, 1))
    assert seen == [None, None]
    assert not driven.loop.turn()
