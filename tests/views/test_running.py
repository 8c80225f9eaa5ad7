"""What a person does to the run, and what the window then shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QProgressBar,
    QSlider,
    QSpinBox,
    QWidget,
)

from convviz.engine import Trainer
from convviz.engine.frames import State
from convviz.model.files import load_builtin
from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.preferences import DEFAULT_SPEED
from tests.views.hands import turn, type_over

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def kernels(person: Person) -> list[np.ndarray]:
    frame = person.session.frame
    assert frame is not None
    return [layer["weight"] for layer in frame.parameters]


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


def test_reset_gives_the_same_start(open_window: OpenWindow) -> None:
    person = open_window()
    before, words = kernels(person), person.text("loss_words")
    person.run_to_the_end()
    assert person.text("loss_words") != words
    person.click("reset")
    person.sees_step(0)
    assert all(np.array_equal(one, other) for one, other in zip(kernels(person), before, strict=True))
    assert person.text("loss_words") == words
    assert person.text("history_text") == "step 0 · live"


def test_a_reset_by_mistake_is_undone_and_the_run_goes_on_as_if_nothing_had_been(open_window: OpenWindow) -> None:
    person = open_window()
    trainer = Trainer(person.document.experiment.build())
    trainer.run(150)
    person.session.run(120)
    person.sees_step(120)
    made = kernels(person)
    person.press("R")
    person.sees_step(0)
    assert "with its 120 steps" in person.text("pointed")
    assert person.document.undo_stack.undoText() == "Reset"
    person.press("Ctrl+Z")
    person.sees_step(120)
    assert "begin" not in person.text("pointed")
    assert all(np.array_equal(one, other) for one, other in zip(kernels(person), made, strict=True))
    person.find(QSlider, "history_slider").setValue(60)
    person.sees(lambda: person.session.status.shown == 60)
    person.press("End")
    person.session.run(30)
    person.sees_step(150)
    np.testing.assert_array_equal(person.session.losses.values(), trainer.losses[:150])
    person.press("Ctrl+Shift+Z")
    person.sees_step(0)


def test_a_reset_at_the_first_step_is_nothing_to_be_undone(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("R")
    person.sees_step(0)
    assert not person.document.undo_stack.canUndo()
    assert not person.window.isWindowModified()


def test_a_new_seed_makes_another_student_and_can_be_undone(open_window: OpenWindow) -> None:
    person = open_window()
    before, seed = kernels(person), person.document.experiment.seed
    person.click("new_seed")
    person.sees(lambda: not np.array_equal(kernels(person)[0], before[0]))
    assert person.document.experiment.seed != seed
    person.click("undo")
    person.sees(lambda: np.array_equal(kernels(person)[0], before[0]))


def test_the_learning_rate_changes_without_a_new_run(open_window: OpenWindow) -> None:
    person = open_window(speed=100.0)
    person.click("play")
    person.sees_state(State.RUNNING)
    run = person.session.status.run
    person.look_at("training")
    person.type_into("optimizer.learning_rate", "1e-6")
    person.sees(lambda: person.session.status.learning_rate == 1e-6)
    assert person.session.status.run == run
    assert person.session.status.state is State.RUNNING
    assert person.session.status.step > 0


def test_a_stride_changed_in_mid_run_rebuilds_and_goes_on(open_window: OpenWindow) -> None:
    person = open_window(speed=100.0)
    experiment = person.document.experiment
    person.click("play")
    person.sees_state(State.RUNNING)
    person.look_at("layer", 1)
    person.type_into("layers.1.stride.vertical", "3")
    person.sees(lambda: person.session.frame is not None and person.session.frame.output.shape == (1, 5, 5))
    person.sees_state(State.RUNNING)
    person.press("Ctrl+Z", on=person.window)
    person.sees(lambda: person.session.frame is not None and person.session.frame.output.shape == (1, 8, 8))
    assert person.document.experiment == experiment
    person.press("Ctrl+Shift+Z", on=person.window)
    person.sees(lambda: person.session.frame is not None and person.session.frame.output.shape == (1, 5, 5))


def test_undoing_an_edit_brings_back_the_run_that_it_ended(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    ended = {name: person.text(name) for name in ("state", "loss_words", "history_text")}
    learned, losses = kernels(person), person.session.losses.values().copy()
    person.look_at("layer", 1)
    person.type_into("layers.1.stride.vertical", "3")
    person.sees_step(0)
    person.click("undo")
    person.sees_step(2000)
    assert {name: person.text(name) for name in ended} == ended
    assert all(np.array_equal(one, other) for one, other in zip(kernels(person), learned, strict=True))
    np.testing.assert_array_equal(person.session.losses.values(), losses)
    person.find(QSlider, "history_slider").setValue(700)
    person.sees(lambda: person.session.frame is not None and person.session.frame.step == 700)
    assert person.session.frame is not None
    assert person.session.frame.loss == losses[700]


def test_an_impossible_kernel_leaves_the_run_as_it_is(open_window: OpenWindow) -> None:
    person = open_window(speed=100.0)
    person.click("play")
    person.sees_state(State.RUNNING)
    run, experiment = person.session.status.run, person.document.experiment
    person.look_at("layer", 1)
    person.type_into("layers.1.kernel.vertical", "30")
    step = person.session.status.step
    person.sees(lambda: person.session.status.step > step + 5)
    assert person.session.status.run == run
    assert person.document.experiment == experiment


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


def test_undo_tells_what_it_undoes(open_window: OpenWindow) -> None:
    person = open_window()
    undo = person.button("undo")
    assert not undo.isEnabled()
    person.document.propose(person.document.experiment.replace(seed=7), "Change the seed")
    assert undo.isEnabled()
    assert "Undo: Change the seed" in undo.toolTip()
    person.click("undo")
    assert not undo.isEnabled()
    assert "Redo: Change the seed" in person.button("redo").toolTip()


def test_free_lets_go_and_takes_back_the_speed(open_window: OpenWindow) -> None:
    person = open_window(speed=200.0)
    free = person.button("free")
    assert person.text("speed_text") == "200 steps/s"
    assert not free.isChecked()
    person.click("free")
    person.sees(free.isChecked)
    assert person.session.status.speed == math.inf
    assert person.text("speed_text") == "as fast as it goes"
    assert person.preferences.speed == math.inf
    person.click("free")
    person.sees(lambda: not free.isChecked())
    assert person.session.status.speed == 200.0


def test_the_slider_sets_the_speed(open_window: OpenWindow) -> None:
    person = open_window(speed=math.inf)
    slider = person.find(QSlider, "speed")
    slider.setValue(slider.maximum())
    person.sees(lambda: person.session.status.speed == 10_000)
    assert not person.button("free").isChecked()
    slider.setValue(slider.minimum())
    person.sees(lambda: person.text("speed_text") == "1 step/s")


def test_a_window_that_opens_free_goes_back_to_a_speed_that_can_be_seen(open_window: OpenWindow) -> None:
    person = open_window(speed=math.inf)
    person.click("free")
    person.sees(lambda: person.session.status.speed == DEFAULT_SPEED)
    assert person.text("speed_text") == "200 steps/s"


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


def test_faster_and_slower_go_through_round_speeds(open_window: OpenWindow) -> None:
    person = open_window(speed=10_000.0)
    person.press("]")
    person.sees(lambda: person.session.status.speed == math.inf)
    for speed in (10_000, 5_000, 2_000):
        person.press("[")
        person.sees(lambda speed=speed: person.session.status.speed == speed)


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


def test_the_slider_of_speeds_is_muted_while_there_is_no_limit(open_window: OpenWindow) -> None:
    """It shows where one comes back to, which is not how fast it goes; moving it sets that limit again."""
    person = open_window(speed=100.0)
    slider = person.find(QSlider, "speed")

    def has_accent() -> bool:
        image = slider.grab().toImage()
        return any(image.pixelColor(x, image.height() // 2) == theme.current().accent for x in range(image.width()))

    assert has_accent()
    place = slider.value()
    person.click("free")
    person.sees(lambda: person.session.status.speed == math.inf and not has_accent())
    assert slider.isEnabled()
    assert slider.value() == place
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    person.press("Right", slider)
    person.sees(lambda: math.isfinite(person.session.status.speed) and has_accent())


def test_a_change_that_begins_a_new_run_says_so(open_window: OpenWindow) -> None:
    person = open_window()
    person.session.run(300)
    person.sees_step(300)
    box = person.find(QAbstractSpinBox, "layers.0.kernel.vertical")
    box.setFocus()
    turn(box, 1)
    told = "The change began a new run. Undoing it brings back the one before, with its 300 steps."
    person.sees(lambda: person.text("pointed") == told)
    person.sees_step(0)
    person.session.run(3)
    person.sees_step(3)
    turn(box, 1)  # the same turn of the wheel goes on
    person.sees_step(0)
    assert person.text("pointed") == told
    person.window.set_language("zh_CN")
    assert person.text("pointed").startswith("这一更改开始了新的运行")
    assert "300" in person.text("pointed")
    heatmap = person.find(Heatmap, "pipeline.map1")
    person.bot.mouseMove(heatmap, heatmap.cell_rect(0, 0, 0).center())
    assert "300" not in person.text("pointed")
    person.find(QTimer, "note_time").timeout.emit()  # nobody waits here until the time is over
    person.bot.mouseMove(heatmap, QPoint(-50, -50))
    person.sees(lambda: "300" not in person.text("pointed"))
    turn(box, 1)
    person.sees_step(0)
    person.click("undo")
    person.sees_step(300)
    assert person.text("pointed") == ""


def test_a_change_says_how_far_the_run_before_it_had_come(open_window: OpenWindow) -> None:
    """Also while it is still said of the change before."""
    person = open_window()
    for steps, stride in ((300, "2"), (7, "1")):
        person.session.run(steps)
        person.sees_step(steps)
        person.type_into("layers.0.stride.vertical", stride)
        person.sees_step(0)
        told = f"The change began a new run. Undoing it brings back the one before, with its {steps} steps."
        person.sees(lambda told=told: person.text("pointed") == told)
    person.click("undo")
    person.sees_step(7)


def test_no_run_is_said_to_be_gone_where_none_is(open_window: OpenWindow) -> None:
    person = open_window()
    experiment = person.document.experiment
    person.document.propose(experiment.replace(seed=1), "before the first step")
    assert person.text("pointed") == ""
    person.sees_step(0)
    person.session.run(10)
    person.sees_step(10)
    optimizer = experiment.optimizer.replace(learning_rate=1e-6)
    person.document.propose(person.document.experiment.replace(optimizer=optimizer), "which goes on")
    assert person.text("pointed") == ""
    person.document.open_experiment(load_builtin("pooling"))
    person.sees_step(0)
    person.document.propose(person.document.experiment.replace(seed=5), "of another")
    assert person.text("pointed") == ""
