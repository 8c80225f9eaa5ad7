"""What a run has recorded, asked for by another thread."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine.commands import Load, Reset, RunSteps
from convviz.engine.errors import ConfigError, RunError
from convviz.engine.frames import State
from convviz.engine.loop import TrainingLoop
from convviz.engine.recorded import GivenUpError, Recorded
from convviz.engine.trainer import Trainer
from tests.engine.driving import problem
from tests.engine.problems import assert_same_frame
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def running(steps: int) -> Iterator[TrainingLoop]:
    """Give a loop in a thread of its own that has made so many steps."""
    made = threading.Event()

    def look() -> None:
        packet = loop.take()
        loop.painted()
        if packet is not None and packet.status.step == steps and packet.status.state is State.PAUSED:
            made.set()

    loop = TrainingLoop(look)
    loop.post(Load(1, problem))
    loop.post(RunSteps(steps))
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        assert made.wait(PATIENCE)
        yield loop
    finally:
        loop.close()
        thread.join()


def test_rows_are_those_of_the_run() -> None:
    with running(700) as loop:
        parts = list(Recorded(loop.post, 1).rows(range(0, 701, 2)))
    trainer = Trainer(problem())
    trainer.run(700)
    assert np.concatenate([rows.steps for rows in parts]).tolist() == list(range(0, 701, 2))
    assert np.concatenate([rows.losses for rows in parts]).tolist() == [*trainer.losses, trainer.loss][::2]
    parameters = np.concatenate([rows.parameters for rows in parts])
    for row in (0, 123, 350):
        np.testing.assert_array_equal(parameters[row], trainer.vector(2 * row))


def test_a_frame_is_that_of_the_step() -> None:
    with running(50) as loop:
        frame = Recorded(loop.post, 1).frame(30)
    trainer = Trainer(problem(), run=1)
    trainer.run(50)
    assert_same_frame(frame, trainer.frame(30))


def test_another_run_s_steps_are_not_to_be_had() -> None:
    with running(5) as loop, pytest.raises(RunError, match="has changed"):
        Recorded(loop.post, 2).frame(0)


def test_a_run_that_has_gone_back_before_the_first_question_is_another_one() -> None:
    with running(5) as loop:
        recorded = Recorded(loop.post, 1)
        loop.post(Reset())
        with pytest.raises(RunError, match="has changed"):
            recorded.frame(3)


def test_a_run_that_has_gone_back_is_another_one() -> None:
    with running(5) as loop:
        recorded = Recorded(loop.post, 1)
        recorded.frame(3)
        loop.post(Reset())
        loop.post(RunSteps(5))
        with pytest.raises(RunError, match="has changed"):
            recorded.frame(0)


def test_a_step_that_was_not_made_is_refused_and_the_run_goes_on() -> None:
    with running(5) as loop:
        recorded = Recorded(loop.post, 1)
        with pytest.raises(ConfigError, match="has not been made"):
            recorded.frame(6)
        assert recorded.frame(5).step == 5


def test_whoever_waits_can_give_up() -> None:
    recorded = Recorded(lambda command: None, 1)  # nobody is there to answer
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(recorded.frame, 0)
        recorded.close()
        assert isinstance(waiting.exception(PATIENCE), GivenUpError)
    with pytest.raises(GivenUpError):
        recorded.frame(0)
