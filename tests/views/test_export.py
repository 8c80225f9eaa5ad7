"""What is exported from the menu."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QCheckBox, QDialogButtonBox, QFileDialog, QFrame, QLabel, QPushButton

from convviz.engine import Conv2d, Given, ReLU, State, Trainer
from convviz.export.code import Script
from convviz.export.table import MOST_PARAMETERS
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin
from convviz.views.editors.number_box import NumberBox
from convviz.views.export_progress import ExportProgress
from convviz.views.table_dialog import TableDialog
from tests.export.code.running import run_script
from tests.views.exporting import choose_file, is_idle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow, Person


def export(person: Person, name: str, path: Path) -> None:
    """Choose from the menu, name a file, and wait until it is there."""
    person.find(QAction, name).trigger()
    choose_file(person, path)
    person.sees(lambda: is_idle(person))
    assert path.exists(), person.find(QLabel, "banner_text").text()


def press_save(person: Person, every: int | None = None) -> None:
    dialog = person.dialog(TableDialog, "table_dialog")
    if every is not None:
        field = dialog.findChild(NumberBox, "table.every")
        assert field is not None
        field.setFocus()
        field.selectAll()
        person.bot.keyClicks(field, str(every))
        field.take_typed()
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    buttons.button(QDialogButtonBox.StandardButton.Save).click()


def read_table(path: Path) -> tuple[list[str], np.ndarray]:
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    return heading, np.array(rows, np.float64)


def test_a_script_makes_the_same_run(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window("plain-descent")
    export(person, "export_numpy", tmp_path / "made.py")
    assert person.text("pointed") == "made.py has been written."
    names, _ = run_script(Script((tmp_path / "made.py").read_text("utf-8"), {}))
    trainer = Trainer(load_builtin("plain-descent").build())
    trainer.run(10**6)
    np.testing.assert_allclose(names["losses"][:-1], trainer.losses, rtol=1e-9)


def test_a_script_in_pytorch_is_of_what_is_on_the_screen(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    person.document.propose(person.document.experiment.replace(seed=77), "Change the seed")
    export(person, "export_torch", tmp_path / "made.py")
    text = (tmp_path / "made.py").read_text("utf-8")
    assert "import torch" in text
    assert "default_rng([77, 1, 0])" in text
    assert "A 3×3 and a 4×4 kernel" not in text  # which is said of the experiment before the change


def test_the_table_holds_every_step_that_was_made(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    person.session.run(500)
    person.sees_step(500)
    person.find(QAction, "export_table").trigger()
    press_save(person)
    choose_file(person, tmp_path / "run.csv")
    person.sees(lambda: is_idle(person))
    heading, table = read_table(tmp_path / "run.csv")
    trainer = Trainer(load_builtin("demo").build())
    trainer.run(500)
    assert table.shape == (501, len(heading))
    np.testing.assert_array_equal(table[:, 0], np.arange(501))
    np.testing.assert_array_equal(table[:, 1], [*trainer.losses, trainer.loss])
    assert set(table[:, 2]) == {trainer.learning_rate}
    for step in (0, 250, 500):
        for index, layer in enumerate(trainer.parameters(step)):
            for place in np.ndindex(layer["weight"].shape):
                column = heading.index(".".join(map(str, (index, "weight", *place))))
                assert table[step, column] == layer["weight"][place]
            assert table[step, heading.index(f"{index}.bias.0")] == layer["bias"][0]


def test_the_table_can_hold_every_tenth_step_without_parameters(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    person.session.run(95)
    person.sees_step(95)
    person.find(QAction, "export_table").trigger()
    dialog = person.dialog(TableDialog, "table_dialog")
    told = dialog.findChild(QLabel, "table.outcome")
    boxed = dialog.findChild(QCheckBox, "table.parameters")
    assert told is not None
    assert boxed is not None
    assert told.text().startswith("96 rows of 30 numbers")
    boxed.click()
    assert told.text().startswith("96 rows of 3 numbers")
    press_save(person, every=10)
    choose_file(person, tmp_path / "run.csv")
    person.sees(lambda: is_idle(person))
    heading, table = read_table(tmp_path / "run.csv")
    assert heading == ["step", "loss", "learning_rate"]
    assert table[:, 0].tolist() == list(range(0, 96, 10))


def test_a_number_of_steps_that_cannot_be_is_refused(open_window: OpenWindow) -> None:
    person = open_window()
    person.session.run(50)
    person.sees_step(50)
    person.find(QAction, "export_table").trigger()
    press_save(person, every=51)
    dialog = person.dialog(TableDialog, "table_dialog")
    told = dialog.findChild(QLabel, "table.outcome")
    assert told is not None
    assert told.text() == "Expected from 1 to 50, received 51"
    assert dialog.isVisible()
    dialog.reject()


def test_too_many_parameters_are_left_out_and_it_is_said(open_window: OpenWindow, tmp_path: Path) -> None:
    layers = (Conv2d(kernel=11, out_channels=10), Conv2d(kernel=1))
    person = open_window(Experiment(stages=tuple(Stage(layer=layer) for layer in layers)))
    person.find(QAction, "export_table").trigger()
    dialog = person.dialog(TableDialog, "table_dialog")
    boxed, told = dialog.findChild(QCheckBox, "table.parameters"), dialog.findChild(QLabel, "table.outcome")
    assert boxed is not None
    assert told is not None
    assert not boxed.isEnabled()
    assert f"Expected at most {MOST_PARAMETERS:,} parameters for a table, received 1,231" in told.text()
    press_save(person)
    choose_file(person, tmp_path / "run.csv")
    person.sees(lambda: is_idle(person))
    assert read_table(tmp_path / "run.csv")[1].shape == (1, 3)


def test_the_arrays_are_those_of_the_step_that_is_shown(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window("momentum")
    person.session.run(60)
    person.sees_step(60)
    person.session.show_step(40)
    person.sees(lambda: person.session.frame is not None and person.session.frame.step == 40)
    export(person, "export_arrays", tmp_path / "step.npz")
    trainer = Trainer(load_builtin("momentum").build())
    trainer.run(60)
    frame = trainer.frame(40)
    with np.load(tmp_path / "step.npz") as arrays:
        assert arrays["step"] == 40
        assert arrays["loss"] == frame.loss
        np.testing.assert_array_equal(arrays["map.0"], frame.values[1])
        np.testing.assert_array_equal(arrays["map_gradient.0"], frame.value_grads[1])
        np.testing.assert_array_equal(arrays["gradients.0.weight"], frame.gradients[0]["weight"])
        velocity = trainer.problem.network.views(frame.optimizer_state["velocity"])
        np.testing.assert_array_equal(arrays["velocity.1.weight"], velocity[1]["weight"])
        assert "input_gradient" not in arrays


def test_a_table_is_written_while_training_goes_on(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(load_builtin("demo").replace(stop=load_builtin("demo").stop.replace(steps=10**9)))
    person.session.play()
    person.sees(lambda: person.session.status.step > 3000)
    person.find(QAction, "export_table").trigger()
    press_save(person)
    choose_file(person, tmp_path / "run.csv")
    person.sees(lambda: is_idle(person))
    assert person.session.status.state is State.RUNNING
    _, table = read_table(tmp_path / "run.csv")
    np.testing.assert_array_equal(table[:, 0], np.arange(len(table)))
    np.testing.assert_array_equal(table[:, 1], person.session.losses.values()[: len(table)])


def begin_a_long_table(person: Person, path: Path) -> None:
    person.session.run(100_000)
    person.sees_step(100_000)
    person.find(QAction, "export_table").trigger()
    press_save(person)
    choose_file(person, path)


@pytest.mark.usefixtures("slow_answers")
def test_a_long_table_can_be_called_off(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    begin_a_long_table(person, tmp_path / "run.csv")
    progress = person.dialog(ExportProgress, "export_progress")
    person.sees(lambda: progress.isVisible() and progress.value() > 0)
    assert not person.find(QAction, "export_arrays").isEnabled()
    (stop,) = progress.findChildren(QPushButton)
    stop.click()
    person.sees(lambda: is_idle(person))
    assert list(tmp_path.glob("*run*")) == []
    assert list(tmp_path.glob(".convviz*")) == []
    assert not person.find(QFrame, "banner").isVisible()


@pytest.mark.usefixtures("slow_answers")
def test_the_window_can_be_closed_while_a_table_is_written(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    (tmp_path / "run.csv").write_text("before")
    begin_a_long_table(person, tmp_path / "other.csv")
    person.sees(lambda: list(tmp_path.glob(".convviz*")) != [])
    person.window.close()
    assert not (tmp_path / "other.csv").exists()
    assert list(tmp_path.glob(".convviz*")) == []


@pytest.mark.usefixtures("slow_answers")
@pytest.mark.parametrize("change", ["reset", "another experiment"])
def test_a_run_that_changes_meanwhile_is_not_written_in_part(
    open_window: OpenWindow, tmp_path: Path, change: str
) -> None:
    person = open_window()
    begin_a_long_table(person, tmp_path / "run.csv")
    person.sees(lambda: list(tmp_path.glob(".convviz*")) != [])
    if change == "reset":
        person.session.reset()
    else:
        person.document.propose(person.document.experiment.replace(seed=5), "Change the seed")
    person.sees(lambda: is_idle(person))
    assert "The run has changed" in person.find(QLabel, "banner_text").text()
    assert not (tmp_path / "run.csv").exists()
    person.click("step")
    person.sees_step(1)


def test_where_nothing_can_be_written_is_said(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    (tmp_path / "there.npz").mkdir()
    person.find(QAction, "export_arrays").trigger()
    chooser = person.dialog(QFileDialog, "export_dialog")
    chooser.fileSelected.emit(str(tmp_path / "there.npz"))
    chooser.reject()
    person.sees(lambda: is_idle(person) and person.find(QFrame, "banner").isVisible())
    assert "there.npz" in person.find(QLabel, "banner_text").text()


def test_an_experiment_that_cannot_be_built_is_told(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    huge = Given(np.full((1, 1, 3, 3), 1e308))
    stage = Stage(layer=Conv2d(kernel=3), teacher_weight=huge)
    person.document.propose(Experiment(stages=(stage, Stage(layer=ReLU()))), "Break it")
    person.find(QAction, "export_numpy").trigger()
    choose_file(person, tmp_path / "made.py")
    person.sees(lambda: is_idle(person))
    assert not (tmp_path / "made.py").exists()
    assert "finite" in person.find(QLabel, "banner_text").text()


def test_a_table_of_a_run_that_is_gone_by_then_is_none_of_another(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    person.session.run(20)
    person.sees_step(20)
    person.find(QAction, "export_table").trigger()
    press_save(person)
    person.document.open_experiment(load_builtin("channels"))
    person.sees_step(0)
    person.session.run(20)
    person.sees_step(20)
    choose_file(person, tmp_path / "run.csv")
    person.sees(lambda: is_idle(person))
    assert "The run has changed meanwhile" in person.find(QLabel, "banner_text").text()
    assert list(tmp_path.glob("*.csv")) == list(tmp_path.glob("*.part")) == []
