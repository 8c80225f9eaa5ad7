"""What a change of the experiment does to the run that is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPoint, QTimer
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QSlider,
)

from convviz.engine.frames import State
from convviz.model.files import load_builtin
from convviz.views.heatmap import Heatmap
from tests.views.hands import turn

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


def test_a_new_seed_makes_another_student_and_can_be_undone(open_window: OpenWindow) -> None:
    person = open_window()
    before, seed = person.kernels(), person.document.experiment.seed
    person.click("new_seed")
    person.sees(lambda: not np.array_equal(person.kernels()[0], before[0]))
    assert person.document.experiment.seed != seed
    person.click("undo")
    person.sees(lambda: np.array_equal(person.kernels()[0], before[0]))


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
    learned, losses = person.kernels(), person.session.losses.values().copy()
    person.look_at("layer", 1)
    person.type_into("layers.1.stride.vertical", "3")
    person.sees_step(0)
    person.click("undo")
    person.sees_step(2000)
    assert {name: person.text(name) for name in ended} == ended
    assert all(np.array_equal(one, other) for one, other in zip(person.kernels(), learned, strict=True))
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
