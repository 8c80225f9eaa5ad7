"""What a person does to the run, and what the window then shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QProgressBar,
    QSpinBox,
    QWidget,
)

from convviz.engine.frames import State
from tests.views.hands import turn, type_over

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


def test_play_trains_and_pause_stops(open_window: OpenWindow) -> None:
    person = open_window(speed=50.0)
    play = person.button("play")
    assert play.text() == "Play"
    person.click("play")
    person.sees_state(State.RUNNING)
    assert play.text() == "Pause"
    assert person.text("state") == "training"
    before = person.text("loss_words")
    person.sees(lambda: person.text("loss_words") != before)
    person.click("play")
    person.sees_state(State.PAUSED)
    assert play.text() == "Play"
    assert person.text("state") == f"paused at step {person.session.status.step}"


def test_the_whole_run_is_told(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    assert person.session.status.step == 2000
    assert person.text("state") == "finished: 2,000 steps were made"
    assert person.find(QProgressBar, "progress").value() == person.find(QProgressBar, "progress").maximum()
    first, now = person.session.losses.values()[0], person.session.status.loss
    assert now < person.session.losses.values()[-1]
    assert person.text("loss_words") == f"start {first:,.0f} · now {now:.4g} · best {now:.4g}"


def test_progress_and_time_left_are_shown_while_it_runs(open_window: OpenWindow) -> None:
    person = open_window(speed=100.0)
    person.click("play")
    person.sees(lambda: person.text("time_left").endswith("s left"))
    person.sees(lambda: person.find(QProgressBar, "progress").value() > 0)
    person.sees(lambda: person.text("rate").endswith("steps/s"))
    person.click("play")
    person.sees_state(State.PAUSED)
    assert person.text("rate") == person.text("time_left") == ""


def test_progress_stays_while_the_run_rests(open_window: OpenWindow) -> None:
    person = open_window()
    bar = person.find(QProgressBar, "progress")
    person.find(QSpinBox, "run_length").setValue(500)
    for step in (500, 1000):
        person.click("run_n")
        person.sees_step(step)
        assert (bar.value() - bar.minimum()) / (bar.maximum() - bar.minimum()) == pytest.approx(step / 2000, abs=0.01)
    person.run_to_the_end()
    assert bar.value() == bar.maximum()
    person.click("run_n")
    person.sees_step(2500)
    assert bar.value() == bar.maximum()


def test_step_makes_exactly_one(open_window: OpenWindow) -> None:
    person = open_window(speed=1.0)
    for step in (1, 2, 3):
        person.click("step")
        person.sees_step(step)
    assert len(person.session.losses) == 3  # before each of the updates
    assert person.text("history_text") == "step 3 · live"


def test_run_n_makes_n_and_then_n_more_beyond_the_end(open_window: OpenWindow) -> None:
    person = open_window()
    length = person.find(QSpinBox, "run_length")
    length.setValue(1500)
    for step in (1500, 3000):
        person.click("run_n")
        person.sees_step(step)
        assert person.session.status.state is State.PAUSED


def test_play_goes_on_beyond_the_end(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    person.click("play")
    person.sees(lambda: person.session.status.step > 2000)
    assert person.session.status.goal is None
    assert person.text("state") == "training beyond 2,000 steps"
    progress = person.find(QProgressBar, "progress")
    assert progress.value() == progress.maximum()
    person.window.set_language("zh_CN")
    assert person.text("state") == "训练已超过 2,000 步"
    person.click("play")
    person.sees_state(State.PAUSED)


@pytest.mark.parametrize("key", [".", "5", "-"])
def test_a_kernels_cells_take_the_keys_that_numbers_begin_with(open_window: OpenWindow, key: str) -> None:
    person = open_window()
    person.look_at("layer", 0)
    cells = person.find(QWidget, "layers.0.weight.cells")
    cells.setFocus()
    person.press(key, on=cells)
    person.window.repaint()
    assert person.session.status.step == 0
    assert person.session.status.state is State.PAUSED


def test_the_name_of_an_experiment_without_room_ends_with_an_ellipsis(open_window: OpenWindow) -> None:
    person = open_window("diverging", size=(1024, 640))
    box = person.find(QComboBox, "experiment")
    assert box.fontMetrics().horizontalAdvance(box.currentText()) > box.width() - 34  # the field without its arrow
    seen, name = box.grab().toImage(), box.currentText()
    pictures = []
    for letters in range(len(name)):
        box.setItemText(box.currentIndex(), name[:letters] + "…")
        pictures.append(box.grab().toImage())
    assert seen in pictures


def test_a_wheel_over_the_experiments_leaves_the_run_alone(open_window: OpenWindow) -> None:
    person = open_window()
    person.click("step")
    person.sees_step(1)
    box = person.find(QComboBox, "experiment")
    shown = box.currentText()
    box.setFocus(Qt.FocusReason.TabFocusReason)
    for notches in (-1, 1, -3):
        assert not turn(box, notches).isAccepted()
    assert box.currentText() == shown
    person.click("step")
    person.sees_step(2)


def test_a_wheel_turns_the_number_of_steps_only_where_the_focus_is(open_window: OpenWindow) -> None:
    person = open_window()
    length = person.find(QSpinBox, "run_length")
    before = length.value()
    turn(length, 2)
    assert length.value() == before
    length.setFocus(Qt.FocusReason.TabFocusReason)
    turn(length, 2)
    assert length.value() == before + 2


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        ("Space", lambda person: person.session.status.step > 1),
        (".", lambda person: person.session.status.step == 1),
        ("N", lambda person: person.session.status.step == person.find(QSpinBox, "run_length").value()),
        ("F", lambda person: person.session.status.speed == math.inf),
        ("L", lambda person: not person.find(QAction, "log_loss").isChecked()),
        ("F9", lambda person: not person.find(QAction, "inspector").isChecked()),
        ("F11", lambda person: person.window.isFullScreen()),
    ],
)
def test_keys_of_the_run_and_the_window_take_effect(open_window: OpenWindow, keys: str, seen: object) -> None:
    person = open_window(speed=1000.0)
    person.press(keys)
    person.sees(lambda: seen(person))


def test_space_presses_the_button_that_has_the_focus(open_window: OpenWindow) -> None:
    person = open_window()
    person.button("step").setFocus(Qt.FocusReason.TabFocusReason)
    person.press("Space")
    person.sees_step(1)
    assert person.session.status.state is State.PAUSED


def test_space_plays_after_a_click_in_the_list_of_the_network(open_window: OpenWindow) -> None:
    person = open_window(speed=200)
    for index, state in enumerate((State.RUNNING, State.PAUSED)):
        person.look_at("layer", index)
        assert QApplication.focusWidget() is person.find(QWidget, "outline")
        person.press("Space")
        person.sees_state(state)


def test_typing_a_number_triggers_no_shortcut(open_window: OpenWindow) -> None:
    person = open_window()
    length = person.find(QSpinBox, "run_length")
    length.setFocus()
    length.selectAll()
    for key in ("5", "0", "."):
        person.press(key, on=QApplication.focusWidget())
    assert length.value() == 50
    assert person.session.status.step == 0


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0", "N steps cannot be 0. Possible: 1 to 1,000,000."),
        ("2000000", "N steps cannot be 2,000,000. Possible: 1 to 1,000,000."),
        ("", "'' is not a whole number such as 12"),
    ],
)
def test_an_impossible_number_of_steps_is_refused_with_a_sentence(
    open_window: OpenWindow, typed: str, says: str
) -> None:
    person = open_window()
    length = person.find(QSpinBox, "run_length")
    before = length.value()
    type_over(length, typed)
    note = person.find(QLabel, "transport.note")
    assert note.isVisible()
    assert note.text() == says
    assert length.value() == before
    assert length.text() == str(before)
    person.click("step")
    person.sees_step(1)
    type_over(length, "7")
    assert length.value() == 7
    assert not note.isVisible()
