"""Recorded steps that pass again."""

from __future__ import annotations

import math
import threading
import time
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QSlider

from convviz.engine.frames import State
from convviz.engine.trainer import Trainer
from convviz.views import replay

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.frames import Frame
    from tests.views.conftest import OpenWindow, Person

END = 300


def at_the_end(open_window: OpenWindow) -> Person:
    """Return somebody at the end of a run, who sees its steps at a speed that leaves time to do something."""
    person = open_window()
    person.session.run(END)
    person.sees_step(END)
    person.preferences.speed = 100
    person.session.set_speed(100)
    return person


@pytest.fixture
def person(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Return somebody at the end of a run, whose steps pass by as if the window always had its turn in time.

    However busy the machine is, no picture is late for the next: so much time passes from each to the next one.
    """
    beats = count()
    monkeypatch.setattr(replay, "time", SimpleNamespace(perf_counter=lambda: next(beats) / 30))
    return at_the_end(open_window)


def passes(person: Person) -> bool:
    return person.text("state") == "replay of recorded steps"


def begin(person: Person) -> None:
    person.press("P")
    person.sees(lambda: passes(person) and person.session.status.shown not in (None, 0))


def test_it_shows_the_recorded_steps_from_the_first_to_the_newest(person: Person) -> None:
    losses = person.session.losses.values().copy()
    shown: list[int] = []
    person.session.frame_changed.connect(lambda frame: shown.append(frame.step))
    person.session.set_speed(1000)
    person.click("replay")
    person.sees(lambda: bool(shown) and person.session.status.shown is None and shown[-1] == END)
    assert shown[0] == 0
    assert shown == sorted(set(shown))
    assert len(shown) > 5
    assert person.text("state") == f"paused at step {END}"
    assert person.session.status.step == END
    assert (person.session.losses.values() == losses).all()


def test_it_passes_at_the_speed_that_is_set(person: Person) -> None:
    shown: list[int] = []
    person.session.set_speed(20)
    person.sees(lambda: person.session.status.speed == 20)
    person.session.frame_changed.connect(lambda frame: shown.append(frame.step))
    begin(person)
    person.sees(lambda: len(shown) >= 4)
    assert shown[:4] == [0, 1, 2, 3]


def test_it_takes_as_long_as_its_steps_do_at_that_speed(open_window: OpenWindow) -> None:
    person = at_the_end(open_window)
    person.session.set_speed(1000)
    person.sees(lambda: person.session.status.speed == 1000)
    began = time.perf_counter()
    person.press("P")
    assert person.button("replay").text() == "Pause"
    person.sees(lambda: person.button("replay").text() == "Replay")
    assert time.perf_counter() - began >= END / 1000


def test_without_a_limit_the_steps_are_still_seen(person: Person) -> None:
    shown: list[int] = []
    person.session.set_speed(math.inf)
    person.sees(lambda: math.isinf(person.session.status.speed))
    person.session.frame_changed.connect(lambda frame: shown.append(frame.step))
    begin(person)
    person.sees(lambda: person.session.status.shown is None)
    assert len(shown) > 10


def test_space_holds_it_and_lets_it_go_on_from_the_step_that_is_looked_at(person: Person) -> None:
    begin(person)
    assert person.button("play").text() == "Pause"
    person.press("Space")
    assert person.button("play").text() == "Play"
    assert person.text("state").startswith("replay paused at step ")
    person.find(QSlider, "history_slider").setValue(200)
    person.sees(lambda: person.session.status.shown == 200)
    assert person.text("state") == "replay paused at step 200"
    person.press("Space")
    person.sees(lambda: passes(person) and (person.session.status.shown or 0) > 200)
    person.sees(lambda: person.session.status.shown is None)
    assert person.session.status.step == END
    assert person.text("state") == f"paused at step {END}"
    assert person.button("replay").text() == "Replay"


def test_it_begins_at_the_step_that_is_shown(person: Person) -> None:
    person.find(QSlider, "history_slider").setValue(250)
    person.sees(lambda: person.session.status.shown == 250)
    shown: list[int] = []
    person.session.frame_changed.connect(lambda frame: shown.append(frame.step))
    person.click("replay")
    person.sees(lambda: person.session.status.shown is None)
    assert min(shown) >= 250


@pytest.mark.parametrize("keys", ["P", "Alt+Left", "Alt+Right", "Home"])
def test_looking_elsewhere_holds_it(person: Person, keys: str) -> None:
    begin(person)
    person.press(keys)
    assert not passes(person)
    before = person.session.losses
    person.sees(lambda: person.text("state").startswith("replay paused at step "))
    assert len(before) == END
    assert person.session.status.shown is not None


@pytest.mark.parametrize("keys", ["P", "Space"])
def test_what_is_stopped_before_it_shows_anything_is_given_up(person: Person, keys: str) -> None:
    person.press("P")
    assert person.button("replay").text() == "Pause"
    person.press(keys)
    assert person.button("replay").text() == "Replay"
    person.sees(lambda: person.session.status.shown is None and person.text("state") == f"paused at step {END}")
    person.press("Space")  # which trains
    person.sees(lambda: person.session.status.step > END)


def test_a_step_looked_at_before_it_shows_anything_is_none_of_it(person: Person) -> None:
    person.press("P")
    person.find(QSlider, "history_slider").setValue(200)
    person.sees(lambda: person.session.status.shown == 200)
    assert person.button("replay").text() == "Replay"
    assert "replay" not in person.text("state")


def test_what_is_let_go_on_and_held_at_once_stays_held(person: Person) -> None:
    begin(person)
    for _ in range(3):
        person.press("Space")
    assert person.button("play").text() == "Play"
    assert person.text("state").startswith("replay paused at step ")


def leaves(person: Person, act: Callable[[Person], object]) -> None:
    act(person)
    person.sees(lambda: "replay" not in person.text("state") and person.session.status.shown is None)
    assert person.button("replay").text() == "Replay"


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize(
    ("act", "step"),
    [
        (lambda person: person.press("End"), END),
        (lambda person: person.press("."), END + 1),
        (lambda person: person.press("R"), 0),
        (lambda person: person.press("Shift+R"), 0),
        (lambda person: person.click("run_n"), END + 100),
    ],
)
def test_every_other_command_ends_it(person: Person, act: Callable[[Person], object], step: int, held: bool) -> None:
    person.session.set_speed(math.inf)
    person.sees(lambda: math.isinf(person.session.status.speed))
    begin(person)
    if held:
        person.press("Space")
    leaves(person, act)
    person.sees_step(step)
    person.press("Space")  # which trains again
    person.sees(lambda: person.session.status.step > step)


def test_continuing_from_a_step_of_it_ends_it(person: Person) -> None:
    begin(person)
    leaves(person, lambda person: person.press("C"))
    assert 0 < person.session.status.step < END


@pytest.fixture
def slow_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every picture of a step take longer than until the next is due, as those of a very large network do."""
    frame, never = Trainer.frame, threading.Event()

    def slowly(trainer: Trainer, step: int | None = None, input_gradient: bool = False) -> Frame:
        never.wait(0.1)
        return frame(trainer, step, input_gradient)

    monkeypatch.setattr(Trainer, "frame", slowly)


@pytest.mark.usefixtures("slow_frames")
@pytest.mark.parametrize("times", range(3))
def test_continuing_ends_it_where_pictures_are_slow(person: Person, times: int) -> None:
    begin(person)
    first = person.session.status.shown or 0
    person.sees(lambda: (person.session.status.shown or 0) > first + times)
    shown = person.session.status.shown
    leaves(person, lambda person: person.press("C"))
    person.sees_step(shown or 0)
    assert person.button("play").text() == "Play"


@pytest.mark.usefixtures("slow_frames")
def test_what_is_not_recorded_any_more_ends_it(person: Person) -> None:
    begin(person)
    leaves(person, lambda person: person.session.reset())
    person.sees_step(0)


@pytest.mark.usefixtures("slow_frames")
@pytest.mark.parametrize("offer", ["go_back", "banner_reset", "try_smaller_rate"])
def test_what_is_offered_after_a_divergence_ends_it(person: Person, offer: str) -> None:
    experiment = person.document.experiment
    wild = experiment.replace(optimizer=experiment.optimizer.replace(learning_rate=1.0))
    person.document.propose(wild, "Change the rate")
    person.click("play")
    person.sees_state(State.DIVERGED)
    begin(person)
    leaves(person, lambda person: person.click(offer))
    assert person.button("play").text() == "Play"
    step = person.session.status.step
    person.press(".")
    person.sees_step(step + 1)


@pytest.mark.usefixtures("slow_frames")
def test_opening_the_same_experiment_again_ends_it(person: Person) -> None:
    begin(person)
    leaves(person, lambda person: person.find(QAction, "new_demo").trigger())
    person.sees_step(0)
    assert person.button("play").text() == "Play"


def test_a_changed_experiment_ends_it(person: Person) -> None:
    begin(person)
    experiment = person.document.experiment
    person.document.propose(experiment.replace(seed=experiment.seed + 1), "other seed")
    person.sees(lambda: person.session.status.step == 0 and "replay" not in person.text("state"))
    assert not person.button("replay").isEnabled()


def test_another_learning_rate_does_not(person: Person) -> None:
    begin(person)
    experiment = person.document.experiment
    optimizer = experiment.optimizer.replace(learning_rate=1e-6)
    person.document.propose(experiment.replace(optimizer=optimizer), "rate")
    before = person.session.status.shown or 0
    person.sees(lambda: passes(person) and (person.session.status.shown or 0) > before + 10)


def test_it_pauses_what_trains(person: Person) -> None:
    person.press("Space")
    person.sees_state(State.RUNNING)
    begin(person)
    assert person.session.status.state is State.PAUSED
    step = person.session.status.step
    person.press("End")
    person.sees(lambda: person.session.status.shown is None)
    assert person.session.status.step == step


def test_the_window_can_be_closed_meanwhile(person: Person) -> None:
    begin(person)
    person.window.close()
    assert not person.window.isVisible()
    assert not passes(person)
