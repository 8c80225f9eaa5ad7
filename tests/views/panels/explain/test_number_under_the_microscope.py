"""A number that is held, and what the microscope makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication, QComboBox, QLabel, QListWidget, QTabBar, QToolBar, QWidget

from convviz.engine import SGD, ReLU
from convviz.engine.explain import Kind, Tensor, explain
from convviz.engine.frames import State
from convviz.engine.walkthrough import Role
from convviz.model.experiment import Stage as ExperimentStage
from convviz.model.files import load_builtin
from convviz.views import cursor_control, theme
from convviz.views.panels.microscope import Microscope
from convviz.views.panels.microscope.stage import Stage
from tests.views.panels.explain.pointing import (
    LEFT,
    click,
    click_factor,
    corner_colour,
    double_click,
    frame_of,
    heatmap,
    is_explained,
    terms,
)

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def test_a_double_click_opens_the_microscope_and_escape_leaves_it(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "map1", 0, 2, 3)
    microscope = person.find(Microscope, "microscope")
    assert microscope.isVisible()
    assert not person.find(QWidget, "pipeline").isVisible()
    assert person.button("microscope").isChecked()
    person.press("Esc")
    assert not microscope.isVisible()
    assert person.find(QWidget, "pipeline").isVisible()
    assert not person.button("microscope").isChecked()
    assert is_explained(person)
    person.press("Esc")
    assert not is_explained(person)


def test_enter_opens_the_microscope_at_the_cell(open_window: OpenWindow) -> None:
    person = open_window()
    shown = heatmap(person, "reconstruction")
    shown.setFocus()
    person.press("Right", shown)
    person.press("Return", shown)
    assert person.find(Microscope, "microscope").isVisible()
    person.find(QAction, "microscope").trigger()
    assert person.find(QWidget, "pipeline").isVisible()


def test_training_goes_on_behind_the_microscope(open_window: OpenWindow) -> None:
    person = open_window(speed=500.0)
    residual = heatmap(person, "residual").values()
    person.click("microscope")
    person.click("play")
    person.sees(lambda: person.session.status.step > 20)
    assert heatmap(person, "residual").values() is residual  # hidden panels are given nothing
    person.click("play")
    person.sees_state(State.PAUSED)
    person.click("microscope")
    person.sees(lambda: heatmap(person, "residual").values() is frame_of(person).residual)


def test_a_number_of_the_explanation_opens_under_the_microscope(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 1, 1)
    person.click("explain.open")
    assert person.find(Microscope, "microscope").isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_toolbar_has_room_for_everything_in_a_small_window(open_window: OpenWindow, language: str) -> None:
    person = open_window(size=(1024, 640))
    person.find(QAction, f"language_{language}").trigger()
    bar = person.find(QToolBar, "transport")
    assert all(bar.widgetForAction(action).isVisible() for action in bar.actions())


def cell_spot(person: Person, role: Role, row: int, column: int) -> tuple[Stage, QPoint]:
    stage = person.find(Stage, "microscope.stage")
    place = stage.place(role)
    assert place is not None
    return stage, place.cell_rect(row, column).center()


def test_the_number_that_is_held_goes_with_the_microscopes_cursor(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "map1", 0, 2, 3)
    assert person.text("explain.name") == "Map 1, row 3, column 4"
    person.press("Right")
    assert person.text("explain.name") == "Map 1, row 3, column 5"
    person.press("Down")
    assert person.text("explain.name") == "Map 1, row 4, column 5"
    person.press("D")
    person.press("5")
    assert person.text("explain.name").startswith("Gradient of ")
    person.press("D")
    person.press("2")
    person.press("Down")
    person.press("Esc")
    assert corner_colour(person, "map1", 0, 1, 0) == theme.current().accent


def test_an_error_does_not_leave_the_microscope_deaf(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    person = open_window()
    double_click(person, "map1", 0, 2, 3)

    def fail(self: Microscope, number: object) -> None:
        raise RuntimeError("no room")

    with monkeypatch.context() as broken, person.bot.captureExceptions() as errors:
        broken.setattr(Microscope, "show_cell", fail)
        click_factor(person, 0, 0)
    assert [kind for kind, *_ in errors] == [RuntimeError]
    person.press("Right", person.find(Stage, "microscope.stage"))
    assert person.text("explain.name") == "Map 1, row 3, column 5"


def test_the_other_way_keeps_the_cell_that_is_held(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "map1", 0, 6, 6)
    for name in ("Gradient of map 1", "Map 1"):
        person.press("D")
        assert person.text("explain.name") == f"{name}, row 7, column 7"
        assert person.text("microscope.where").startswith("[7, 7]")
    person.press("Esc")
    assert corner_colour(person, "map1", 0, 6, 6) == theme.current().accent


def test_a_number_whose_marks_are_slow_is_followed_once_it_rests(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor_control, "DEAR", -1.0)  # all are
    person = open_window(speed=200.0)
    click(person, "reconstruction", 0, 3, 4)
    person.click("play")
    person.sees(lambda: person.session.status.step > 20)
    person.click("play")
    person.sees_state(State.PAUSED)
    person.sees(lambda: frame_of(person).step == person.session.status.step)
    value = explain(frame_of(person), Tensor(Kind.VALUE, 2), (0, 3, 4)).value
    person.sees(lambda: person.text("explain.total") == f"= {value:.8f}")


def test_the_microscope_begins_with_what_was_chosen_last(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "map1", 0, 2, 3)
    person.press("M")
    microscope = person.find(Microscope, "microscope")
    assert microscope.layer == 0
    person.press("M")
    tabs = person.find(QTabBar, "side_tabs")
    person.bot.mouseClick(tabs, LEFT, pos=tabs.tabRect(0).center())
    person.look_at("layer", 1)
    person.press("M")
    assert microscope.layer == 1
    person.press("M")
    click(person, "map1", 0, 1, 1)
    person.press("M")
    assert microscope.layer == 0


def test_a_click_under_the_microscope_holds_the_number(open_window: OpenWindow) -> None:
    person = open_window()
    person.click("microscope")
    person.press("2")
    assert not is_explained(person)
    stage, spot = cell_spot(person, Role.OUTPUT, 2, 1)
    person.bot.mouseClick(stage, LEFT, pos=spot)
    assert is_explained(person)
    assert person.text("explain.name") == "Map 1, row 3, column 2"
    assert person.find(Microscope, "microscope").isVisible()
    person.press("Esc")
    assert corner_colour(person, "map1", 0, 2, 1) == theme.current().accent


def test_a_term_that_is_followed_keeps_its_way_back_under_the_microscope(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "reconstruction", 0, 1, 1)
    click_factor(person, 0, 1)
    assert person.text("explain.name").startswith("Kernel 2, ")
    assert person.find(Microscope, "microscope").back
    person.click("explain.back")
    assert person.text("explain.name") == "Reconstruction, row 2, column 2"


def test_the_controls_stay_while_one_steps_under_the_microscope(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "map1", 0, 2, 3)
    tabs = person.find(QTabBar, "side_tabs")
    person.bot.mouseClick(tabs, LEFT, pos=tabs.tabRect(0).center())
    person.find(Stage, "microscope.stage").setFocus()
    person.press("Right")
    assert person.find(QWidget, "inspector").isVisible()
    person.bot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    assert person.text("explain.name") == "Map 1, row 3, column 5"


def test_pointing_at_a_term_marks_its_cell_under_the_microscope_too(open_window: OpenWindow) -> None:
    person = open_window()
    double_click(person, "reconstruction", 0, 1, 1)
    stage, spot = cell_spot(person, Role.KERNEL, 0, 0)
    place = stage.place(Role.KERNEL)
    assert place is not None
    corner = place.cell_rect(0, 0).topLeft() + QPoint(2, 2)
    before = stage.grab().toImage().pixelColor(corner)
    view = terms(person)
    person.bot.mouseMove(view.viewport(), view.chip_rect(0, 1).center())
    assert stage.grab().toImage().pixelColor(corner) == theme.current().text != before
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert stage.grab().toImage().pixelColor(corner) == before
    assert stage.rect().contains(spot)


def test_an_update_is_worked_out_with_the_state_of_the_optimizer(open_window: OpenWindow) -> None:
    optimizer = SGD(learning_rate=3e-5, momentum=0.9, clip=5.0, weight_decay=0.1)
    person = open_window(load_builtin("demo").replace(optimizer=optimizer))
    person.click("step")
    person.sees_step(1)
    click(person, "layer1.student", 0, 0, 1, 1)
    person.click("explain.related2")
    told = person.find(QLabel, "explain.notes").text().splitlines()
    assert [line.split(":")[0] for line in told] == [
        "learning rate",
        "gradient",
        "clipped",
        "with weight decay",
        "velocity",
    ]
    explanation = explain(frame_of(person), Tensor(Kind.NEXT_WEIGHT, 1), (0, 0, 1, 1))
    numbers = explanation.notes[-1].numbers
    assert told[-1].startswith("velocity: 0.9 · ")
    assert told[-1].endswith(f"= {numbers['velocity']:.4g}".replace("-", "−"))
    assert "✓" in person.text("explain.equal")


def test_a_click_on_a_factor_under_the_microscope_explains_it(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 860))
    person.click("microscope")
    person.find(Microscope, "microscope").show_layer(1, back=True)
    person.press("5")
    stage = person.find(Stage, "microscope.stage")
    for _ in range(7):
        person.press("Down")
        person.press("Right")
    for line, names in ((0, ("Gradient of the reconstruction [", "Kernel 2, ")), (2, ("Map 1, ", "Gradient of the "))):
        stage.grab()
        where = person.find(Microscope, "microscope").position
        rect = stage.term_rects(line)[0]
        for spot, name in zip((rect.left() + 8, rect.right() - 8), names, strict=True):
            person.bot.mouseClick(stage, LEFT, pos=QPoint(spot, rect.center().y()))
            assert person.text("explain.name").startswith(name)
            assert person.find(Microscope, "microscope").position == where
    told = explain(frame_of(person), Tensor(Kind.VALUE_GRAD, 1), (0, 7, 7))
    assert len(told) == len(stage.term_rects(0))


def test_controls_and_microscope_show_the_same_layer(open_window: OpenWindow) -> None:
    person = open_window()
    person.look_at("layer", 1)
    person.press("M", on=person.window)
    microscope = person.find(Microscope, "microscope")
    assert microscope.layer == 1
    chooser = person.find(QComboBox, "microscope.layer")
    chooser.setCurrentIndex(0)
    chooser.activated.emit(0)
    assert person.find(QListWidget, "outline").currentRow() == 1  # the input stands before the layers
    person.look_at("layer", 1)
    assert microscope.layer == 1
    chooser.setCurrentIndex(2)  # the loss, which is no layer
    chooser.activated.emit(2)
    assert microscope.layer == 2
    assert person.find(QListWidget, "outline").currentRow() == 2


def under_the_microscope(person: Person) -> Microscope:
    """Hold a cell of the first map and put it under the microscope."""
    click(person, "map1", 0, 5, 6)
    person.press("M", on=person.window)
    return person.find(Microscope, "microscope")


def test_the_status_line_tells_the_number_as_it_is_now(open_window: OpenWindow) -> None:
    person = open_window()
    under_the_microscope(person)
    person.press("N", on=person.window)
    person.sees(lambda: person.session.status.step == 100 and person.session.frame.step == 100)
    now = person.session.frame.values[1][0, 5, 6]
    assert f"{now:.7f}"[:7] in person.text("pointed")


def test_another_experiment_under_the_microscope_keeps_the_cell_where_it_has_it(open_window: OpenWindow) -> None:
    person = open_window()
    under_the_microscope(person)
    experiment = person.document.experiment
    first = experiment.stages[0]
    padded = first.replace(layer=first.layer.replace(padding=((1, 1), (1, 1))))  # rows become longer
    person.document.propose(experiment.replace(stages=(padded, *experiment.stages[1:])), "Change the padding")
    person.sees(lambda: person.session.frame.values[1].shape[1:] == (20, 20))
    assert person.text("explain.name") == "Map 1, row 6, column 7"
    person.document.undo_stack.undo()
    person.sees(lambda: person.session.frame.values[1].shape[1:] == (18, 18))
    assert person.text("explain.name") == "Map 1, row 6, column 7"


def test_a_layer_that_is_added_comes_under_the_microscope(open_window: OpenWindow) -> None:
    person = open_window()
    person.look_at("layer", 1)
    person.press("M", on=person.window)
    microscope = person.find(Microscope, "microscope")
    experiment = person.document.experiment
    person.document.propose(experiment.replace(stages=(*experiment.stages, ExperimentStage(ReLU()))), "Add ReLU")
    person.look_at("layer", 2)
    person.sees(lambda: microscope.layer == 2)
    assert person.find(QListWidget, "outline").currentRow() == 3


def test_the_loss_stays_under_the_microscope_when_layers_are_added(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("M", on=person.window)
    microscope = person.find(Microscope, "microscope")
    chooser = person.find(QComboBox, "microscope.layer")
    chooser.setCurrentIndex(2)
    chooser.activated.emit(2)
    experiment = person.document.experiment
    person.document.propose(experiment.replace(stages=(*experiment.stages, ExperimentStage(ReLU()))), "Add ReLU")
    person.sees(lambda: len(person.session.frame.problem.layers) == 3)
    assert microscope.layer == 3
    assert chooser.currentIndex() == 3


def test_the_way_to_a_number_forgets_what_another_network_does_not_have(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 3, 4)
    click_factor(person, 0, 0)
    assert person.text("explain.name").startswith("Map 1")
    assert "Reconstruction" in person.find(QLabel, "explain.links").toolTip()
    experiment = person.document.experiment
    person.document.propose(experiment.replace(stages=experiment.stages[:1]), "Remove a layer")
    person.sees(lambda: len(person.session.frame.problem.layers) == 1)
    assert person.find(QLabel, "explain.links").toolTip() == ""
    assert not person.button("explain.back").isEnabled()
