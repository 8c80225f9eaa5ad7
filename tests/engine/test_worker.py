"""The training thread as it is: a real QThread, whose packets are taken in the thread of the test."""

import gc
import subprocess
import sys
import textwrap
import threading
import weakref

import numpy as np
import pytest
from PyQt6.QtCore import QObject, QThread, pyqtSlot

from convviz.engine.commands import Load, Pause, Play, Reset, RunSteps, SetSpeed
from convviz.engine.frames import State
from convviz.engine.trainer import Trainer
from convviz.engine.worker import TrainingThread
from tests.engine.driving import TOO_HIGH, problem
from tests.patience import PATIENCE


class Taker(QObject):
    """Takes every packet as the window does, in its own thread."""

    def __init__(self, thread):
        super().__init__()
        self.thread_of_training = thread
        self.packets = []
        self.threads = set()
        self.on_packet = lambda packet: None
        thread.frame_ready.connect(self.take)

    @pyqtSlot()
    def take(self):
        self.threads.add(QThread.currentThread())
        packet = self.thread_of_training.take()
        if packet is not None:
            self.packets.append(packet)
            self.on_packet(packet)
        self.thread_of_training.painted()

    @property
    def state(self):
        return self.packets[-1].status.state if self.packets else State.EMPTY

    @property
    def step(self):
        return self.packets[-1].status.step if self.packets else -1


@pytest.fixture
def thread(qapp):
    thread = TrainingThread()
    yield thread
    thread.close()
    assert not thread.isRunning()


@pytest.fixture
def taker(thread):
    return Taker(thread)


def begin(thread, *commands, **changes):
    """Start the thread and load a problem."""
    for command in (Load(1, lambda: problem(**changes)), *commands):
        thread.post(command)
    thread.start()


def test_packets_are_taken_in_the_windows_thread_and_made_in_the_other(qtbot, thread, taker):
    made_in = []
    thread.post(Load(1, lambda: made_in.append(threading.get_ident()) or problem()))
    thread.start()
    qtbot.waitUntil(lambda: taker.state is State.PAUSED)
    assert made_in != [threading.get_ident()]
    assert taker.threads == {QThread.currentThread()}


def test_a_run_in_the_thread_gives_the_numbers_of_a_run_without_one(qtbot, thread, taker):
    begin(thread, Play(), steps=1500)
    qtbot.waitUntil(lambda: taker.state is State.FINISHED)
    by_hand = Trainer(problem())
    by_hand.run(1500)
    np.testing.assert_array_equal(np.concatenate([p.losses for p in taker.packets]), by_hand.losses)
    assert taker.step == 1500


def test_commands_take_effect_at_full_speed(qtbot, thread, taker):
    begin(thread, Play(), steps=10**8)
    qtbot.waitUntil(lambda: taker.step > 1000)
    thread.post(Pause())
    qtbot.waitUntil(lambda: taker.state is State.PAUSED)
    thread.post(Reset())
    qtbot.waitUntil(lambda: taker.step == 0)


def never_started(qtbot, thread, taker):
    """Close a thread that has not been started."""


def just_started(qtbot, thread, taker):
    begin(thread, Play())


def without_a_run(qtbot, thread, taker):
    thread.start()
    thread.post(SetSpeed(5))
    qtbot.waitUntil(lambda: len(taker.packets) == 1)


def paused(qtbot, thread, taker):
    begin(thread)
    qtbot.waitUntil(lambda: taker.state is State.PAUSED)


def at_full_speed(qtbot, thread, taker):
    begin(thread, Play(), steps=10**8)
    qtbot.waitUntil(lambda: len(taker.packets) > 5)


def waiting_for_a_slow_step(qtbot, thread, taker):
    begin(thread, SetSpeed(0.001), Play())
    qtbot.waitUntil(lambda: taker.step == 1)


def finished(qtbot, thread, taker):
    begin(thread, Play(), steps=10)
    qtbot.waitUntil(lambda: taker.state is State.FINISHED)


def diverged(qtbot, thread, taker):
    begin(thread, Play(), rate=TOO_HIGH)
    qtbot.waitUntil(lambda: taker.state is State.DIVERGED)


def failed(qtbot, thread, taker):
    def fail():
        raise ValueError("no")

    thread.post(Load(1, fail))
    thread.start()
    qtbot.waitUntil(lambda: taker.state is State.FAILED)


def while_nobody_paints(qtbot, thread, taker):
    thread.frame_ready.disconnect(taker.take)
    begin(thread, Play(), steps=10**8)


def while_painting(qtbot, thread, taker):
    taker.on_packet = lambda packet: thread.close()
    begin(thread, Play(), steps=10**8)
    qtbot.waitUntil(lambda: not thread.isRunning())


def during_a_build(qtbot, thread, taker):
    building = threading.Event()

    def build():
        building.set()
        threading.Event().wait(0.1)  # something that takes its time
        return problem()

    thread.post(Load(1, build, play=True))
    thread.start()
    assert building.wait(PATIENCE)


MOMENTS = (
    never_started,
    just_started,
    without_a_run,
    paused,
    at_full_speed,
    waiting_for_a_slow_step,
    finished,
    diverged,
    failed,
    while_nobody_paints,
    while_painting,
    during_a_build,
)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_it_can_be_closed_at_every_moment_and_twice(qtbot, thread, taker, moment):
    moment(qtbot, thread, taker)
    thread.close()
    assert not thread.isRunning()
    thread.close()
    thread.post(Play())
    assert not thread.isRunning()


def test_a_thread_that_was_closed_before_it_was_started_ends_at_once(thread):
    thread.close()
    thread.start()
    assert thread.wait(round(1000 * PATIENCE))


def test_a_step_is_not_lost_however_quickly_they_are_asked_for(qtbot, thread, taker):
    begin(thread, *[RunSteps(1)] * 50)
    qtbot.waitUntil(lambda: taker.step == 50)


@pytest.mark.parametrize("dropped", [False, True], ids=["still held", "already dropped"])
@pytest.mark.parametrize("tiles", [1, 2], ids=["alone", "with helpers"])
def test_a_program_that_ends_without_closing_ends_well(repository, dropped, tiles):
    script = f"""
        import gc
        from PyQt6.QtCore import QCoreApplication
        from convviz.engine import tiles
        from convviz.engine.commands import Load, Play
        from convviz.engine.worker import TrainingThread
        from tests.engine.driving import problem

        tiles.TILES = ((1, {tiles}),)
        app = QCoreApplication([])
        thread = TrainingThread()

        def take():
            if thread.take().status.step > 100:
                app.quit()
            thread.painted()

        thread.frame_ready.connect(take)
        thread.start()
        thread.post(Load(1, lambda: problem(steps=10**8), play=True))
        app.exec()
        if {dropped}:
            del thread
            gc.collect()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, cwd=repository, capture_output=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


class Litter:
    """Refers to itself, as widgets do, and tells in which thread it is collected."""

    def __init__(self, collected_in):
        self.itself = self
        weakref.finalize(self, lambda: collected_in.append(threading.get_ident()))


def test_garbage_is_collected_in_the_windows_thread_alone(qtbot, thread, taker):
    collected_in = []

    def build():
        for _ in range(50 * gc.get_threshold()[0]):
            Litter(collected_in)
        return problem()

    thread.post(Load(1, build))
    thread.start()
    qtbot.waitUntil(lambda: taker.state is State.PAUSED and len(collected_in) > 0)
    assert set(collected_in) == {threading.get_ident()}
    thread.close()
    assert gc.isenabled()


def test_garbage_is_the_windows_also_after_a_thread_that_nobody_has_closed(qtbot, thread, taker):
    forgotten = TrainingThread()
    forgotten.start()
    forgotten.request_close()
    qtbot.waitUntil(forgotten.isFinished)
    gc.enable()
    thread.start()
    assert not gc.isenabled()
    thread.close()
    assert gc.isenabled()
