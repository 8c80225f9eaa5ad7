"""The inspector among the window's shortcuts, and what its edits do to the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QFrame, QTabBar, QWidget

from convviz.engine.frames import State
from convviz.model.files import load_builtin
from convviz.views import theme
from convviz.views.editors.matrix_grid import MatrixGrid
from convviz.views.editors.number_box import NumberBox
from convviz.views.heatmap import Heatmap
from tests.views.hands import type_over

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

GRID = "layers.0.weight.cells"


def shown_corner(person: Person) -> float:
    frame = person.session.frame
    return float("nan") if frame is None else float(frame.parameters[0]["weight"][0, 0, 0, 0])


def test_keys_typed_into_a_cell_are_no_shortcuts(open_window: OpenWindow) -> None:
    person = open_window()
    grid = person.find(MatrixGrid, GRID)
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(0, 0).center())
    for key in (".", "5", "Return", "-", ".", "2", "Return", "PgUp", "Del"):
        person.press(key)
    weight = person.document.experiment.student_parameters()[0]["weight"][0, 0]
    assert weight[:, 0].tolist() == [0.5, -0.2, 0.0]
    assert person.session.status.step == 0
    person.sees(lambda: shown_corner(person) == 0.5)


def test_undo_and_redo_reach_the_document_from_every_control(open_window: OpenWindow) -> None:
    person = open_window()
    before = person.document.experiment
    box = person.find(NumberBox, "layers.0.stride.vertical")
    type_over(box, "2")
    assert person.document.experiment.layers[0].stride == (2, 2)
    person.press("Ctrl+Z")
    assert person.document.experiment == before
    assert box.text() == "1"
    person.press("Ctrl+Shift+Z")
    assert person.document.experiment.layers[0].stride == (2, 2)
    grid = person.find(MatrixGrid, GRID)
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(0, 0).center())
    person.press("7")
    person.press("Return")
    person.press("Ctrl+Z")
    person.press("Ctrl+Z")
    assert person.document.experiment == before


def is_framed(person: Person, name: str) -> bool:
    """Return whether the frame of what is selected runs along the upper edge of a part of the picture."""
    part = person.find(QFrame if name == "loss" else Heatmap, name)
    corner = part.mapTo(person.window, QPoint(0, 0))
    image = person.window.grab().toImage()
    x = corner.x() + part.width() // 2
    return any(image.pixelColor(x, corner.y() - up) == theme.current().accent for up in range(1, 8))


def test_the_frame_in_the_picture_is_around_what_a_setting_of_the_training_concerns(open_window: OpenWindow) -> None:
    person = open_window()
    person.look_at("training")
    assert is_framed(person, "loss")  # how the training goes
    assert not is_framed(person, "pipeline.residual")
    person.find(QComboBox, "loss").setFocus()
    assert is_framed(person, "pipeline.residual")  # what the loss is made of
    assert not is_framed(person, "loss")
    person.find(QWidget, "optimizer.learning_rate").setFocus()
    assert is_framed(person, "loss")
    assert not is_framed(person, "pipeline.residual")
    residual = person.find(Heatmap, "pipeline.residual")
    QTest.mouseClick(residual, Qt.MouseButton.LeftButton, pos=residual.cell_rect(0, 0, 0).center())
    assert is_framed(person, "pipeline.residual")
    person.look_at("layer", 0)
    assert not is_framed(person, "pipeline.residual")
    assert not is_framed(person, "loss")


def test_the_learning_rate_changes_while_it_trains(open_window: OpenWindow) -> None:
    person = open_window(speed=20.0)
    person.click("play")
    person.sees_state(State.RUNNING)
    person.look_at("training")
    run = person.session.status.run
    type_over(person.find(NumberBox, "optimizer.learning_rate"), "2e-5")
    person.sees(lambda: person.session.status.learning_rate == 2e-5)
    assert person.session.status.run == run
    assert person.session.status.state is State.RUNNING


def test_controls_that_are_replaced_before_they_were_shown_are_no_window(open_window: OpenWindow) -> None:
    """A layout shows what was put into it later than at once, wherever that is by then."""
    person = open_window("demo")
    drawn = person.document.experiment
    given = load_builtin("adam")
    for experiment in (given, drawn, given):
        person.document.open_experiment(experiment)
    person.sees(lambda: person.find(QWidget, "layers.0.weight.cells").isVisible())
    person.sees(lambda: not person.session.is_waiting)
    assert person.window.isActiveWindow()


def test_a_click_on_a_kernel_brings_the_numbers_of_the_one_whose_it_is(open_window: OpenWindow) -> None:
    person = open_window("demo")
    for name, layer, shown in (
        ("layer1.teacher", 1, "layers.1.teacher_weight.cells"),
        ("layer1.student", 1, "layers.1.weight.cells"),
        ("layer0.teacher.bias", 0, "layers.0.teacher_bias.cells"),
        ("layer0.gradient", 0, "layers.0.teacher_bias.cells"),  # which is nobody's to be changed
    ):
        heatmap = person.find(Heatmap, f"pipeline.{name}")
        cell = heatmap.cell_rect(*(0,) * (3 if name.endswith("bias") else 4))
        person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=cell.center())
        sides = person.find(QTabBar, "side_tabs")
        person.bot.mouseClick(sides, Qt.MouseButton.LeftButton, pos=sides.tabRect(0).center())
        grid = person.find(QWidget, shown)
        person.sees(grid.isVisible)
        taught = "teacher" in shown
        assert person.find(QTabBar, f"layers.{layer}.role").currentIndex() == int(taught), name
