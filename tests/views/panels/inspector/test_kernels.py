"""Kernels in the inspector: cells, presets, pasting, biases, several filters."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QComboBox

from convviz.engine.initializers import Given, Normal
from convviz.engine.layers import Conv2d
from convviz.model.sources import GivenMap
from convviz.views.editors.number_box import NumberBox
from tests.views.hands import drag, turn
from tests.views.panels.inspector.conftest import TWO_LAYERS, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.experiment import Experiment

    At = Callable[[Experiment], Person]


def test_cells_of_student_and_teacher_are_separate(person: Person) -> None:
    student = TWO_LAYERS.student_parameters()[0]["weight"]
    person.type_cell("layers.0.weight", 1, 2, "5")
    changed = person.experiment.student_parameters()[0]["weight"]
    assert changed[0, 0, 1, 2] == 5
    assert (changed != student).sum() == 1  # the others stay what the seed drew
    person.show_teacher()
    person.type_cell("layers.0.teacher_weight", 0, 0, "-3")
    teacher = person.experiment.teacher_parameters()
    assert teacher is not None
    assert teacher[0]["weight"][0, 0, 0, 0] == -3
    np.testing.assert_array_equal(person.experiment.student_parameters()[0]["weight"], changed)
    person.undo()
    person.undo()
    assert person.experiment == TWO_LAYERS
    person.redo()
    assert person.experiment.student_parameters()[0]["weight"][0, 0, 1, 2] == 5


def test_one_drag_of_a_cell_is_one_undo_command(person: Person) -> None:
    grid = person.cells("layers.0.weight")
    drag(grid, grid.cell_rect(0, 1).center(), QPoint(0, -60), moves=12)
    assert person.undos == 1
    weight = person.experiment.student_parameters()[0]["weight"]
    assert weight[0, 0, 0, 1] == pytest.approx(TWO_LAYERS.student_parameters()[0]["weight"][0, 0, 0, 1] + 1.2)
    drag(grid, grid.cell_rect(0, 1).center(), QPoint(0, -20), moves=4)
    assert person.undos == 2
    person.undo()
    np.testing.assert_array_equal(person.experiment.student_parameters()[0]["weight"], weight)


def test_undo_in_the_middle_does_not_join_two_turns_of_the_wheel(person: Person) -> None:
    grid = person.cells("layers.0.weight")
    spot = grid.cell_rect(0, 0).center()
    person.click_cell("layers.0.weight", 0, 0)
    turn(grid, 1, spot)
    turn(grid, 1, spot)
    assert person.undos == 1
    person.click_cell("layers.0.weight", 0, 0)
    turn(grid, 1, spot)
    assert person.undos == 2


def test_presets_and_dice(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.pick_from_menu("layers.0.weight.cells.presets", "layers.0.weight.cells.sobel_x")
    np.testing.assert_array_equal(
        person.experiment.student_parameters()[0]["weight"][0, 0], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    )
    person.click("layers.0.weight.cells.random")
    weight = person.experiment.layers[0].weight
    assert isinstance(weight, Normal)
    assert weight.seed is not None
    seed = person.find(NumberBox, "layers.0.weight.seed")
    assert seed.value() == weight.seed
    person.type("layers.0.weight.seed", "11")
    assert person.experiment.layers[0].weight == Normal(seed=11)
    monkeypatch.setattr(secrets, "randbelow", lambda limit: 10)
    person.click("layers.0.weight.cells.random")
    assert person.find(NumberBox, "layers.0.weight.seed").value() not in (None, 11)
    person.type("layers.0.weight.seed", "")
    assert person.experiment.layers[0].weight == Normal()


def test_pasting_another_size_is_one_command_that_resizes_the_kernel(person: Person) -> None:
    person.paste("layers.0.weight", "1\t2\t3\t4\t5\n" * 5)
    assert person.experiment.layers[0].kernel == (5, 5)
    assert person.find(NumberBox, "layers.0.kernel.vertical").value() == 5
    assert person.cells("layers.0.weight").shape() == (5, 5)
    assert person.undos == 1
    assert person.note.startswith("The layer's kernels are 5×5 now, not 3×3, the student's and the teacher's.")
    person.undo()
    assert not person.note
    assert person.experiment == TWO_LAYERS
    assert person.cells("layers.0.weight").shape() == (3, 3)
    person.show_teacher()
    person.paste("layers.0.teacher_weight", "[[1, 2], [3, 4]]")
    assert person.experiment.layers[0].kernel == (2, 2)
    assert person.experiment.stages[0].teacher_weight == Given([[[[1, 2], [3, 4]]]])


def test_what_is_pasted_into_a_part_of_one_of_several_kernels_is_told_and_can_be_undone(person: Person) -> None:
    person.type("layers.0.out_channels", "3")
    weight = person.experiment.student_parameters()[0]["weight"]
    person.type("layers.0.weight.cells.channel0", "2")
    person.paste("layers.0.weight", "7 8\n9 10")
    changed = person.experiment.student_parameters()[0]["weight"]
    np.testing.assert_array_equal(changed[1, 0, :2, :2], [[7, 8], [9, 10]])
    assert (changed != weight).sum() == 4
    assert person.note.startswith("2×2 numbers were put in from row 1, column 1 on; all others are as they were.")
    person.undo()
    np.testing.assert_array_equal(person.experiment.student_parameters()[0]["weight"], weight)
    assert not person.note
    person.paste("layers.0.weight", "1 1 1 1\n" * 4)
    assert person.experiment.layers[0].kernel == (4, 4)
    assert person.note.startswith("The layer's kernels are 4×4 now, not 3×3")


def test_kernels_of_one_channel_are_pasted_as_a_list_of_matrices(person: Person) -> None:
    person.type("layers.0.out_channels", "2")
    person.paste("layers.0.weight", str(np.arange(18.0).reshape(2, 3, 3).tolist()))
    made = person.experiment.student_parameters()[0]["weight"]
    np.testing.assert_array_equal(made, np.arange(18.0).reshape(2, 1, 3, 3))


def test_a_map_of_several_channels_keeps_the_others_where_fewer_numbers_are_pasted(at: At) -> None:
    person = at(TWO_LAYERS.replace(input=GivenMap(np.zeros((2, 20, 20)))))
    person.show("input")
    person.paste("input.values", "1 2\n3 4")
    values = person.experiment.input.make()
    assert values.shape == (2, 20, 20)
    np.testing.assert_array_equal(values[0, :2, :2], [[1, 2], [3, 4]])
    assert values.sum() == 10
    assert person.note.startswith("2×2 numbers were put in from row 1, column 1 on")


def test_pastes_that_cannot_be_are_explained(person: Person) -> None:
    for text, says in {
        "hello": "'hello' is not a number",
        "1 2\n3": "The rows have different lengths: 2 in row 1, 1 in row 2",
        "\n".join(["1 " * 21] * 21): "Kernel 21×21 does not fit input 20×20",
        str(np.ones((1, 2, 3, 3)).tolist()): "needs 1×1×3×3 numbers here, received 1×2×3×3",
    }.items():
        person.paste("layers.0.weight", text)
        assert says in person.note
    assert person.experiment == TWO_LAYERS


def test_the_size_of_a_given_kernel_changes_around_its_middle(at: At) -> None:
    person = at(TWO_LAYERS.with_layer(0, Conv2d(np.arange(1.0, 10.0).reshape(3, 3))))
    person.type("layers.0.kernel.vertical", "5")
    weight = person.experiment.student_parameters()[0]["weight"][0, 0]
    np.testing.assert_array_equal(weight[1:4, 1:4], np.arange(1.0, 10.0).reshape(3, 3))
    assert np.abs(weight).sum() == 45
    person.undo()
    assert person.experiment.layers[0].weight == Given(np.arange(1.0, 10.0).reshape(3, 3))


def test_a_bias_is_none_given_or_random(person: Person) -> None:
    person.type_cell("layers.0.bias", 0, 0, "0.5")
    assert person.experiment.student_parameters()[0]["bias"] == [0.5]
    person.choose("layers.0.bias", "none")
    assert person.experiment.layers[0].bias is None
    assert not person.cells("layers.0.bias").isVisible()
    person.show_teacher()
    assert not person.find(QComboBox, "layers.0.teacher_bias").isEnabled()  # the teacher has none either
    person.show_student()
    person.choose("layers.0.bias", "Normal")
    person.type("layers.0.bias.std", "2")
    assert person.experiment.layers[0].bias == Normal(std=2.0)
    assert person.cells("layers.0.bias").isVisible()
    for _ in range(4):
        person.undo()
    assert person.experiment == TWO_LAYERS


def test_several_filters_are_edited_one_by_one(person: Person) -> None:
    person.type("layers.0.out_channels", "3")
    person.type("layers.0.weight.cells.channel0", "3")
    person.type_cell("layers.0.weight", 2, 2, "9")
    assert person.experiment.student_parameters()[0]["weight"][2, 0, 2, 2] == 9
    person.type("layers.0.weight.cells.channel0", "4")
    assert person.find(NumberBox, "layers.0.weight.cells.channel0").value() == 3
