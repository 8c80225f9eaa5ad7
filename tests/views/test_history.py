"""Looking at the past, and going on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QSlider, QWidget

from convviz.engine.frames import State
from convviz.views.panels.loss import LossPanel
from tests.views.hands import turn

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from tests.views.conftest import OpenWindow, Person


def sees_past(person: Person, step: int) -> Frame:
    """Wait until ``step`` of the past is on the screen, and return its picture."""
    person.sees(lambda: person.session.status.shown == step and person.session.frame.step == step)
    assert person.session.frame is not None
    return person.session.frame


def drag_to(person: Person, share: float) -> None:
    """Take the history's slider by its handle, pull it to ``share`` of its width, and let go."""
    slider = person.find(QSlider, "history_slider")
    right = QPoint(slider.width() - 8, slider.height() // 2)
    person.bot.mousePress(slider, Qt.MouseButton.LeftButton, pos=right)
    for x in np.linspace(right.x(), slider.width() * share, 12):
        person.bot.mouseMove(slider, QPoint(int(x), right.y()))
    person.bot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(int(slider.width() * share), right.y()))


def test_dragging_shows_a_past_step_exactly(open_window: OpenWindow) -> None:
    person = open_window()
    pictures = {}
    for step in range(1, 41):
        person.click("step")
        person.sees_step(step)
        pictures[step] = person.session.frame
    drag_to(person, 0.5)
    person.sees(lambda: person.session.status.shown is not None)
    shown = person.find(QSlider, "history_slider").value()
    frame = sees_past(person, shown)
    for past, now in zip(pictures[shown].values, frame.values, strict=True):
        assert np.array_equal(past, now)
    assert person.text("history_text") == f"step {shown} of 40"
    assert person.session.status.step == 40


def test_live_leads_back(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    assert not person.button("live").isEnabled()
    person.find(QSlider, "history_slider").setValue(100)
    sees_past(person, 100)
    person.click("live")
    person.sees(lambda: person.session.status.shown is None and person.session.frame.step == 2000)
    assert person.find(QSlider, "history_slider").value() == 2000
    assert person.text("history_text") == "step 2,000 · live"


def test_continuing_from_the_past_makes_it_the_newest_step(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    before = person.session.losses.values()[:101].copy()
    person.find(QSlider, "history_slider").setValue(100)
    past = sees_past(person, 100)
    person.click("continue")
    person.sees_step(100)
    assert person.session.status.shown is None
    assert np.array_equal(person.session.frame.output, past.output)
    person.click("step")
    person.sees_step(101)
    assert np.array_equal(person.session.losses.values(), before)


def test_training_goes_on_while_the_past_is_shown(open_window: OpenWindow) -> None:
    person = open_window(speed=200.0)
    person.click("play")
    slider = person.find(QSlider, "history_slider")
    person.sees(lambda: slider.maximum() > 20)
    slider.setValue(5)
    sees_past(person, 5)
    assert person.session.status.state is State.RUNNING
    before = person.session.status.step
    person.sees(lambda: person.session.status.step > before + 20)
    assert person.session.frame.step == 5
    assert person.text("history_text").startswith("step 5 of ")


@pytest.mark.parametrize(("keys", "step"), [("Alt+Left", 1999), ("Alt+Right", None)])
def test_keys_go_through_the_steps(open_window: OpenWindow, keys: str, step: int | None) -> None:
    person = open_window()
    person.run_to_the_end()
    person.find(QSlider, "history_slider").setValue(1998 if keys == "Alt+Right" else 2000)
    if keys == "Alt+Right":
        sees_past(person, 1998)
        person.press(keys)
        sees_past(person, 1999)
    person.press(keys)
    person.sees(lambda: person.session.status.shown == step)
    person.press("End")
    person.sees(lambda: person.session.status.shown is None)


def test_home_shows_the_first_step_and_end_the_newest(open_window: OpenWindow) -> None:
    person = open_window()
    assert not person.find(QAction, "first").isEnabled()
    person.run_to_the_end()
    person.press("Home")
    sees_past(person, 0)
    assert not person.find(QAction, "first").isEnabled()
    assert all(keys in person.find(QSlider, "history_slider").toolTip() for keys in ("Home", "End"))
    person.press("End")
    person.sees(lambda: person.session.status.shown is None)


def test_a_click_on_the_curve_shows_that_step(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    plot = person.find(QWidget, "loss_plot").viewport()
    at = QPoint(plot.width() // 2, plot.height() // 3)
    person.bot.mouseMove(plot, at)
    pointed = person.text("loss_pointed")
    step = int(pointed.removeprefix("step ").split(":")[0].replace(",", ""))
    assert 800 < step < 1200
    assert float(pointed.split(": ")[1].replace(",", "")) == pytest.approx(
        person.session.losses.values()[step], rel=1e-11
    )
    person.bot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
    sees_past(person, step)


@pytest.mark.parametrize("shown", [None, 700])
def test_a_double_click_on_the_curve_shows_all_of_it_and_the_step_that_was_shown(
    open_window: OpenWindow, shown: int | None
) -> None:
    person = open_window()
    person.run_to_the_end()
    if shown is not None:
        person.session.show_step(shown)
        sees_past(person, shown)
    plot = person.find(QWidget, "loss_plot").viewport()
    at = QPoint(plot.width() // 2, plot.height() // 3)
    asked: list[int | None] = []
    person.find(LossPanel, "loss").step_asked.connect(asked.append)
    turn(plot, 5, at)
    assert person.button("reset_zoom").isEnabled()
    person.bot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
    person.sees(lambda: person.session.status.shown not in (None, shown))
    person.bot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=at)
    person.bot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=at)
    assert not person.button("reset_zoom").isEnabled()
    person.sees(lambda: person.session.status.shown == shown)
    assert asked[1:] == [shown]
    person.bot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
    person.sees(lambda: person.session.status.shown not in (None, shown))


@pytest.mark.parametrize(("control", "step"), [("play", 2000), ("step", 41), ("run_n", 140)])
def test_who_lets_the_student_learn_sees_it(open_window: OpenWindow, control: str, step: int) -> None:
    """Not a step of the past, at which the picture would stand still."""
    person = open_window()
    person.session.run(40)
    person.sees_step(40)
    person.find(QSlider, "history_slider").setValue(10)
    sees_past(person, 10)
    person.click(control)
    person.sees_step(step)
    assert person.session.status.shown is None
    assert person.text("history_text") == f"step {step:,} · live"


def test_the_history_is_empty_before_the_first_step(open_window: OpenWindow) -> None:
    person = open_window()
    assert not person.find(QSlider, "history_slider").isEnabled()
    assert not any(person.button(name).isEnabled() for name in ("earlier", "later", "live", "continue"))
    assert person.text("history_text") == "step 0 · live"
