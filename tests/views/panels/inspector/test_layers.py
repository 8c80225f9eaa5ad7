"""The list of layers in the inspector: adding, removing, moving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QAbstractButton, QLabel, QListWidget, QTabBar

from convviz.engine.initializers import Given
from convviz.engine.layers import Conv2d, MaxPool2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import RandomMap
from convviz.views import theme
from convviz.views.editors.number_box import NumberBox
from convviz.views.selection import Selection
from tests.model.samples import with_student
from tests.views.hands import drop, type_over
from tests.views.panels.inspector.conftest import TWO_LAYERS, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    At = Callable[[Experiment], Person]


def test_layers_are_added_after_the_selected_one(person: Person) -> None:
    person.pick_from_menu("layers.add", "layers.add.relu")
    assert person.rows()[1:4] == ["1  Convolution 3×3", "2  ReLU", "3  Convolution 4×4"]
    assert person.inspector.selection() == Selection("layer", 1)
    person.show("input")
    person.pick_from_menu("layers.add", "layers.add.max_pool2d")
    assert person.rows()[1].startswith("1  Max")
    person.show("training")
    person.pick_from_menu("layers.add", "layers.add.tanh")
    assert person.inspector.selection() == Selection("layer", 4)
    for _ in range(3):
        person.undo()
    assert person.experiment == TWO_LAYERS


def test_a_new_layer_is_small_enough(at: At) -> None:
    person = at(Experiment(input=RandomMap(size=(3, 3)), stages=(Stage(layer=Conv2d(3)),)))
    person.pick_from_menu("layers.add", "layers.add.conv2d")
    assert person.experiment.shapes()[-1] == (1, 1, 1)


def test_layers_are_removed_but_for_the_last(person: Person) -> None:
    person.show("layer", 1)
    person.click("layers.remove")
    assert person.rows() == ["Input", "1  Convolution 3×3", "Target", "Training"]
    assert person.inspector.selection() == Selection("layer", 0)
    person.click("layers.remove")
    assert "at least one layer" in person.note
    assert len(person.experiment.stages) == 1
    person.undo()
    assert person.experiment == TWO_LAYERS


def test_layers_move_up_and_down(person: Person) -> None:
    person.click("layers.down")
    assert person.rows()[1:3] == ["1  Convolution 4×4", "2  Convolution 3×3"]
    assert person.inspector.selection() == Selection("layer", 1)
    assert not person.find(QAbstractButton, "layers.down").isEnabled()
    person.click("layers.up")
    assert person.experiment == TWO_LAYERS
    assert not person.find(QAbstractButton, "layers.up").isEnabled()
    person.show("training")
    for name in ("layers.up", "layers.down", "layers.remove"):
        assert not person.find(QAbstractButton, name).isEnabled()


@pytest.mark.parametrize(
    ("dragged", "over", "lower_half", "order"),
    [
        (0, 3, True, [4, 5, 3]),
        (0, 2, True, [4, 3, 5]),
        (0, 2, False, [3, 4, 5]),
        (2, 1, False, [5, 3, 4]),
        (2, 0, True, [5, 3, 4]),
        (1, 5, True, [3, 5, 4]),
        (1, 2, True, [3, 4, 5]),
    ],
)
def test_layers_are_dragged_among_themselves(
    at: At, dragged: int, over: int, lower_half: bool, order: list[int]
) -> None:
    person = at(Experiment(stages=tuple(Stage(layer=Conv2d(side)) for side in (3, 4, 5))))
    person.show("layer", dragged)
    rows = person.find(QListWidget, "outline")
    row = rows.visualItemRect(rows.item(over))
    drop(rows, QPoint(row.center().x(), row.bottom() - 2 if lower_half else row.top() + 2))
    assert [layer.kernel[0] for layer in person.experiment.layers] == order
    assert person.rows()[1:4] == [f"{place}  Convolution {side}×{side}" for place, side in enumerate(order, start=1)]
    assert person.undos == (order != [3, 4, 5])


def test_only_layers_can_be_dragged(person: Person) -> None:
    rows = person.find(QListWidget, "outline")
    draggable = [bool(rows.item(row).flags() & Qt.ItemFlag.ItemIsDragEnabled) for row in range(rows.count())]
    assert draggable == [False, True, True, False, False]
    person.show("training")
    drop(rows, rows.visualItemRect(rows.item(0)).center())
    assert person.experiment == TWO_LAYERS


def test_what_is_being_typed_is_finished_for_the_thing_it_was_typed_for(person: Person) -> None:
    box = person.find(NumberBox, "layers.0.rate")
    type_over(box, "0.5", then=None)
    person.show("layer", 1)
    assert [layer.rate for layer in person.experiment.layers] == [0.5, 1.0]
    assert person.find(NumberBox, "layers.1.rate").text() == "1"


def test_what_is_being_typed_is_dropped_with_what_it_was_typed_for(person: Person) -> None:
    person.document.propose(TWO_LAYERS.insert_stage(2, Stage(layer=Conv2d(2))), "")
    person.show("layer", 2)
    type_over(person.find(NumberBox, "layers.2.rate"), "0.5", then=None)
    person.undo()
    assert person.experiment == TWO_LAYERS
    assert person.inspector.selection() == Selection("layer", 1)
    type_over(person.find(NumberBox, "layers.1.weight.std"), "3", then=None)
    person.document.open_experiment(with_student(TWO_LAYERS, 1, weight=np.ones((4, 4))))
    assert person.undos == 0
    assert person.experiment.layers[1].weight == Given(np.ones((4, 4)))


@pytest.mark.parametrize(("index", "button"), [(0, "layers.down"), (1, "layers.up")])
def test_a_move_that_cannot_be_is_explained_at_its_button(at: At, index: int, button: str) -> None:
    stages = (Stage(layer=Conv2d(5)), Stage(layer=MaxPool2d(4, 4)))
    person = at(Experiment(input=RandomMap(size=(9, 9)), stages=stages))
    person.show("layer", index)
    person.click(button)
    assert "does not fit" in person.note
    assert person.inspector.selection() == Selection("layer", index)
    assert person.undos == 0
    note, asked = person.find(QLabel, "inspector.note"), person.find(QAbstractButton, button)
    image = note.grab().toImage()
    tip = [x for x in range(image.width()) if image.pixelColor(x, 2) == theme.current().warning]
    place = QRect(asked.mapTo(person.inspector, QPoint(0, 0)), asked.size())
    assert tip
    assert all(place.left() < note.x() + x < place.right() for x in tip)


def test_a_drag_that_cannot_be_is_explained_at_the_list(at: At) -> None:
    stages = (Stage(layer=Conv2d(5)), Stage(layer=MaxPool2d(4, 4)))
    person = at(Experiment(input=RandomMap(size=(9, 9)), stages=stages))
    person.show("layer", 0)
    rows = person.find(QListWidget, "outline")
    drop(rows, rows.visualItemRect(rows.item(2)).bottomLeft() - QPoint(0, 2))
    assert "does not fit" in person.note
    assert person.undos == 0
    bottom = rows.mapTo(person.inspector, QPoint(0, rows.height())).y()
    assert person.find(QLabel, "inspector.note").geometry().top() == bottom


def test_the_type_of_a_layer_changes_in_place(person: Person) -> None:
    person.choose("layers.0", "Max pooling")
    assert isinstance(person.experiment.layers[0], MaxPool2d)
    assert person.inspector.findChild(QTabBar, "layers.0.role") is None
    person.choose("layers.0", "Convolution")
    assert person.cells("layers.0.weight").isVisible()
    person.undo()
    person.undo()
    assert person.experiment == TWO_LAYERS
