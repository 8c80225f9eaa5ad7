"""A lesson while branches exist, after edits, with files that are dropped; and what its scenes are called and say."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QLabel, QSlider

from convviz.model.files import load_builtin
from convviz.model.lessons.library import find_lesson
from convviz.model.lessons.reading import read_lesson
from convviz.resources import lesson_files
from convviz.views.editors.number_box import NumberBox
from convviz.views.heatmap import Heatmap
from convviz.views.lessons.rings import Ring
from tests.views.hands import drop_files, type_over
from tests.views.lessons.leading import begin, is_shown, leave

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow


def test_what_happened_to_the_branches_is_not_told_in_a_lesson(open_window: OpenWindow) -> None:
    person = open_window()
    person.session.run(20)
    person.sees_step(20)
    person.find(QSlider, "history_slider").setValue(5)
    person.sees(lambda: person.session.status.shown == 5)
    person.press("C")
    person.sees_step(5)
    person.sees(lambda: "New branch from step 5" in person.text("pointed"))
    begin(person)
    assert "branch" not in person.text("pointed")


def test_an_edit_in_a_lesson_is_not_taken_for_one_before_it(open_window: OpenWindow) -> None:
    person = open_window()
    person.session.run(20)
    person.sees_step(20)
    person.look_at("layer", 1)
    type_over(person.find(NumberBox, "layers.1.stride.vertical"), "1")
    person.sees(lambda: person.text("pointed").endswith("with its 20 steps."))
    begin(person, "stride")
    type_over(person.find(NumberBox, "layers.1.stride.vertical"), "2")
    person.sees(lambda: not person.session.is_waiting and person.document.undo_stack.canUndo())
    assert "20 steps" not in person.text("pointed")


def test_the_slider_of_speeds_stays_where_it_was_under_as_fast_as_it_goes(open_window: OpenWindow) -> None:
    person = open_window(speed=math.inf)
    slider = person.find(QSlider, "speed")
    before = slider.value()
    begin(person, "learning-rate")
    person.press("Ctrl+Right")  # to a scene that is watched slowly
    person.sees(lambda: person.window.has_lesson and slider.value() < before)
    leave(person)
    assert slider.value() == before
    assert person.find(QAction, "free").isChecked()
    person.press("F")
    person.sees(lambda: person.session.status.speed == 200)


@pytest.mark.parametrize("name", lesson_files())
def test_no_line_of_a_scene_breaks_a_calculation(open_window: OpenWindow, name: str) -> None:
    person = open_window()
    begin(person, name)
    lesson = read_lesson(find_lesson(name))
    for scene in lesson.scenes:
        text = person.find(QLabel, "lesson.text").text()
        assert text.replace("\u00a0", " ") == scene.text
        assert not re.search(r" [−+×·/=] ", text)
        person.press("Ctrl+Right")
        person.sees(lambda: person.window.has_lesson or not is_shown(person))


def test_an_experiment_of_a_scene_is_not_called_what_the_scene_denies(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person, "learning-rate")
    own = load_builtin("diverging")
    experiment = person.document.experiment
    assert experiment.optimizer.learning_rate < own.optimizer.learning_rate
    assert experiment.name != own.name
    assert "overshoots" not in person.text("pointed")
    kernel = experiment.replace(optimizer=own.optimizer, name=own.name, notes=own.notes)
    assert kernel == own  # all else is that of the experiment that shows what is too large


def test_a_kernel_that_is_dropped_takes_the_ringed_controls_away_and_the_lesson_goes_on(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    person = open_window()
    begin(person, "stride")  # whose first scene rings a control of layer 2
    person.sees(lambda: sum(ring.isVisible() for ring in person.window.findChildren(Ring)) == 2)
    numbers = np.arange(9.0).reshape(3, 3)
    np.save(tmp_path / "kernel.npy", numbers)
    kernel = person.find(Heatmap, "pipeline.layer0.student")
    at = kernel.mapTo(person.window, kernel.cell_rect(0, 0).center())
    assert drop_files(person.window, at, tmp_path / "kernel.npy")
    person.sees(lambda: sum(ring.isVisible() for ring in person.window.findChildren(Ring)) == 1)
    np.testing.assert_array_equal(person.document.experiment.student_parameters()[0]["weight"][0, 0], numbers)
    person.press("Ctrl+Right")
    person.sees(lambda: person.window.has_lesson)
    leave(person)
