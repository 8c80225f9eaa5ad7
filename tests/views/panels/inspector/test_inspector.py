from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QLabel, QListWidget, QScrollArea, QSlider, QTabBar, QWidget

from convviz.engine.initializers import Normal
from convviz.engine.layers import Conv2d, ConvTranspose2d, MaxPool2d, ReLU
from convviz.i18n import set_language
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin
from convviz.model.sources import GivenMap, RandomMap
from convviz.views import theme
from convviz.views.editors.number_box import NumberBox
from convviz.views.selection import Selection
from tests.views.hands import drag, turn
from tests.views.panels.inspector.conftest import TWO_LAYERS, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    At = Callable[[Experiment], Person]


# what is shown --------------------------------------------------------------------------------------------------------


def test_the_list_names_everything_in_order_with_its_shape(person: Person) -> None:
    assert person.rows() == ["Input", "1  Convolution 3×3", "2  Convolution 4×4", "Target", "Training"]
    item = person.find(QListWidget, "outline").item(2)
    assert item is not None
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "2  Convolution 4×4, 8×8"


def test_clicking_a_row_shows_its_controls_and_tells(person: Person) -> None:
    picked: list[Selection] = []
    person.inspector.selected.connect(picked.append)
    rows = person.find(QListWidget, "outline")
    for row, (selection, control) in enumerate(
        [
            (Selection("input"), "input.mean"),
            (Selection("layer", 0), "layers.0.out_channels"),
            (Selection("layer", 1), "layers.1.out_channels"),
            (Selection("target"), "teacher_seed"),
            (Selection("training"), "optimizer.learning_rate"),
        ]
    ):
        item = rows.item(row)
        spot = rows.visualItemRect(item).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert person.inspector.selection() == selection
        assert person.find(NumberBox, control).isVisible()
    assert picked == [Selection("input"), *(s for s in picked[1:])]
    assert picked[-1] == Selection("training")


def test_showing_a_selection_tells_nobody(person: Person) -> None:
    picked: list[Selection] = []
    person.inspector.selected.connect(picked.append)
    person.show("input")
    person.show("layer", 1)
    assert picked == []
    person.show("layer", 99)
    assert person.inspector.selection() == Selection("layer", 1)


def sentences(person: Person) -> list[str]:
    return [label.text() for label in person.inspector.findChildren(QLabel) if label.isVisible()]


def test_a_layer_says_what_it_makes_and_what_it_does_not_reach(at: At) -> None:
    person = at(TWO_LAYERS)
    assert "Makes 18×18 out of 20×20; every input cell is used" in sentences(person)
    person = at(TWO_LAYERS.with_layer(0, Conv2d(2)))
    person.show("layer", 1)
    assert "Makes 8×8 out of 19×19; no window reaches the last row and column" in sentences(person)
    person = at(TWO_LAYERS.insert_stage(1, Stage(layer=ReLU())))
    person.show("layer", 1)
    assert "Makes 18×18 out of 18×18" in sentences(person)
    person = at(TWO_LAYERS.with_layer(1, ConvTranspose2d(2, padding=3)))
    person.show("layer", 1)
    cut = "the first and the last 2 rows and columns"
    assert f"Makes 13×13 out of 18×18; cut off is all that these spread: {cut}" in sentences(person)
    person = at(TWO_LAYERS.with_layer(1, ConvTranspose2d(2, stride=3)))
    person.show("layer", 1)
    assert "Makes 53×53 out of 18×18; every cell goes into it" in sentences(person)


def test_changes_from_elsewhere_are_shown_and_proposed_to_nobody(person: Person) -> None:
    person.show("training")
    person.document.propose(TWO_LAYERS.replace(optimizer=TWO_LAYERS.optimizer.replace(learning_rate=0.25)), "")
    assert person.find(NumberBox, "optimizer.learning_rate").text() == "0.25"
    slider = person.find(QSlider, "optimizer.learning_rate.slider").value()
    person.undo()
    assert person.find(NumberBox, "optimizer.learning_rate").text() == "3e-5"
    assert person.find(QSlider, "optimizer.learning_rate.slider").value() < slider
    assert person.undos == 1
    person.show("layer", 1)
    person.document.open_experiment(TWO_LAYERS.remove_stage(1))
    assert person.inspector.selection() == Selection("layer", 0)
    assert person.undos == 0


# numbers and choices --------------------------------------------------------------------------------------------------


def test_the_learning_rate_is_typed_and_dragged(person: Person) -> None:
    person.show("training")
    person.type("optimizer.learning_rate", "1e-4")
    assert person.experiment.optimizer.learning_rate == 1e-4
    slider = person.find(QSlider, "optimizer.learning_rate.slider")
    spot = QPoint(
        round(slider.width() * (slider.value() - slider.minimum()) / (slider.maximum() - slider.minimum())), 11
    )
    drag(slider, spot, QPoint(60, 0), moves=6)
    assert person.experiment.optimizer.learning_rate > 1e-4
    assert person.undos == 2
    assert person.find(NumberBox, "optimizer.learning_rate").value() == person.experiment.optimizer.learning_rate
    person.undo()
    assert person.experiment.optimizer.learning_rate == 1e-4
    person.undo()
    assert person.experiment == TWO_LAYERS
    person.redo()
    assert person.find(NumberBox, "optimizer.learning_rate").text() == "1e-4"


def test_what_an_edit_does_stands_behind_undo(person: Person) -> None:
    person.type("layers.0.out_channels", "2")
    assert person.document.undo_stack.undoText() == "Change filters of layer 1"
    person.show("training")
    person.type("stop.steps", "50")
    assert person.document.undo_stack.undoText() == "Change steps"


def test_an_optimizer_is_chosen_with_its_own_settings(person: Person) -> None:
    person.show("training")
    person.choose("optimizer", "Adam")
    assert person.experiment.optimizer.kind == "adam"
    person.type("optimizer.beta1", "0.8")
    assert person.experiment.optimizer.beta1 == 0.8
    person.undo()
    person.undo()
    assert person.find(QComboBox, "optimizer").currentText() == "Gradient descent"
    assert person.find(NumberBox, "optimizer.momentum").isVisible()


def test_impossible_values_are_explained_and_change_nothing(person: Person) -> None:
    cases = {
        "layers.0.kernel.vertical": ("21", "Kernel 21×21 does not fit input 20×20"),
        "layers.0.stride.vertical": ("0", "Stride cannot be 0. Possible: 1 to 64."),
        "layers.0.groups": ("2", "groups"),
        "layers.0.rate": ("-1", "Rate factor cannot be −1. Possible: 0 to 1,000."),
        "layers.0.dilation.vertical": ("99999999999", "Dilation cannot be 99,999,999,999"),
        "layers.0.out_channels": ("x", "'x' is not a whole number"),
    }
    for name, (text, says) in cases.items():
        before = person.find(NumberBox, name).text()
        person.type(name, text)
        assert says in person.note, name
        assert person.find(NumberBox, name).text() == before
    assert person.experiment == TWO_LAYERS
    assert person.undos == 0


def test_a_map_with_too_many_numbers_is_explained_at_the_setting_that_was_changed(at: At) -> None:
    person = at(Experiment(input=RandomMap(size=(1000, 1000)), stages=(Stage(layer=ReLU()),)))
    person.show("input")
    person.type("input.channels", "16")
    assert person.note == "Channels: expected at most 4,194,304 numbers, received 16,000,000"


def test_a_message_lies_at_its_control_and_moves_nothing(person: Person) -> None:
    box = person.find(NumberBox, "layers.0.stride.vertical")
    places = {child: child.geometry() for child in person.inspector.findChildren(NumberBox)}
    person.type("layers.0.stride.vertical", "0")
    note = person.find(QLabel, "inspector.note")
    top = box.mapTo(person.inspector, QPoint(0, 0)).y()
    assert note.isVisible()
    assert note.geometry().top() <= top + box.height() or note.geometry().bottom() >= top
    assert abs(note.geometry().top() - (top + box.height())) < 12
    assert person.inspector.rect().contains(note.geometry())
    assert note.palette().windowText().color() == theme.current().warning
    assert places == {child: child.geometry() for child in person.inspector.findChildren(NumberBox)}


def test_a_message_goes_with_the_next_thing_done(person: Person) -> None:
    person.type("layers.0.stride.vertical", "0")
    assert person.note
    person.type("layers.0.stride.vertical", "2")
    assert not person.note
    person.type("layers.0.stride.vertical", "0")
    note = person.find(QLabel, "inspector.note")
    QTest.mouseClick(note, Qt.MouseButton.LeftButton)
    assert not person.note
    person.type("layers.0.stride.vertical", "0")
    person.show("input")
    assert not person.note


def test_what_stops_another_layer_names_it(person: Person) -> None:
    person.type("layers.0.stride.vertical", "6")
    assert person.note.startswith("Layer 2: kernel 4×4 does not fit input 3×3")
    assert "a kernel up to 3×3 would fit" in person.note


def test_the_size_of_the_input(person: Person) -> None:
    person.show("input")
    person.type("input.size.vertical", "30")
    assert person.experiment.input.shape == (1, 30, 30)
    person.click("input.size.link")
    person.type("input.size.horizontal", "24")
    assert person.experiment.input.shape == (1, 30, 24)
    person.type("input.size.vertical", "2")
    assert "Layer 1: kernel 3×3 does not fit input 2×24" in person.note
    assert person.experiment.input.shape == (1, 30, 24)


def test_dice_give_the_input_other_numbers(person: Person) -> None:
    person.show("input")
    person.click("input.seed.dice")
    assert isinstance(person.experiment.input, RandomMap)
    assert person.experiment.input.seed != 0
    assert person.undos == 1


def test_the_input_becomes_given_and_its_cells_change(person: Person) -> None:
    person.show("input")
    person.choose("input", "Given")
    np.testing.assert_array_equal(person.experiment.input.make(), TWO_LAYERS.input.make())
    person.type_cell("input.values", 2, 3, "7.5")
    assert person.experiment.input.make()[0, 2, 3] == 7.5
    person.paste("input.values", "\n".join("\t".join(["1"] * 12) for _ in range(11)))
    assert person.experiment.input.shape == (1, 11, 12)
    person.paste("input.values", "1 2\n3 4")
    assert "does not fit input 2×2" in person.note
    assert person.experiment.input.shape == (1, 11, 12)


def test_a_seed_that_draws_nothing_says_so(person: Person) -> None:
    person.show("target")
    seed = person.find(NumberBox, "teacher_seed")
    assert seed.isEnabled()
    assert "Nothing is drawn" not in seed.toolTip()
    person.document.open_experiment(load_builtin("demo"))
    person.show("target")
    seed = person.find(NumberBox, "teacher_seed")
    assert not seed.isEnabled()
    assert "Nothing is drawn" in seed.toolTip()


def test_a_given_target_has_no_teacher(person: Person) -> None:
    person.show("target")
    assert person.find(NumberBox, "teacher_seed").isEnabled()
    person.choose("target", "Given")
    assert isinstance(person.experiment.target, GivenMap)
    np.testing.assert_array_equal(person.experiment.target.make(), TWO_LAYERS.build().target)
    assert not person.find(NumberBox, "teacher_seed").isEnabled()
    person.show("layer", 0)
    tabs = person.find(QTabBar, "layers.0.role")
    assert not tabs.isTabEnabled(1)
    assert "no teacher" in tabs.tabToolTip(1)
    person.undo()
    assert tabs.isTabEnabled(1)
    assert "no teacher" not in tabs.tabToolTip(1)


def test_a_page_is_first_drawn_as_it_stays(person: Person) -> None:
    def places() -> dict[str, object]:
        shown = [box for box in person.inspector.findChildren(QWidget) if box.objectName() and box.isVisible()]
        return {box.objectName(): box.mapTo(person.inspector, QPoint(0, 0)) for box in shown}

    for show in (lambda: person.show("layer", 1), lambda: person.show_teacher(1), lambda: person.show("training")):
        show()
        QApplication.processEvents()
        first = places()
        for _ in range(5):  # laying out is put off, and puts off more
            QApplication.sendPostedEvents()
            QApplication.processEvents()
        assert places() == first


def test_the_wheel_scrolls_past_controls(person: Person) -> None:
    for kind in ("input", "layer", "target", "training"):
        person.show(kind)
        for control in person.inspector.findChildren(NumberBox):
            assert not control.hasFocus()
            turn(control, -1)
        for combo in person.inspector.findChildren(QComboBox):
            turn(combo, -1)
    assert person.undos == 0


# language, theme, room ------------------------------------------------------------------------------------------------


def test_everything_is_said_in_the_language_of_the_moment(person: Person) -> None:
    set_language("zh_CN")
    for kind in ("input", "layer", "target", "training"):
        person.show(kind)
        person.inspector.retranslate()
        english = [label.text() for label in person.inspector.findChildren(QLabel)]
        assert not {"Mean", "Stride", "Learning rate", "Target"} & set(english)
    set_language("en")
    person.inspector.retranslate()
    assert "Learning rate" in sentences(person)
    assert person.undos == 0


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [280, 300, 420])
def test_nothing_is_wider_than_the_panel(at: At, width: int, language: str) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    set_language(language)
    stages = (
        Stage(layer=Conv2d(3, out_channels=16, padding=((0, 1), (2, 3)), bias=Normal())),
        Stage(layer=Conv2d((2, 7), out_channels=2, stride=(2, 1))),
        Stage(layer=MaxPool2d(2, 2)),
    )
    person = at(Experiment(input=RandomMap(size=(128, 96)), stages=stages))
    person.inspector.resize(width, 500)
    area = person.find(QScrollArea, "inspector.scroll")
    for kind, index in [("input", 0), ("layer", 0), ("layer", 1), ("layer", 2), ("target", 0), ("training", 0)]:
        person.show(kind, index)
        QApplication.processEvents()
        page = area.widget()
        assert page is not None
        assert page.minimumSizeHint().width() <= area.viewport().width()
        for control in page.findChildren(NumberBox):
            if control.isVisible():
                right = control.mapTo(person.inspector, QPoint(control.width(), 0)).x()
                assert right <= width, control.objectName()
