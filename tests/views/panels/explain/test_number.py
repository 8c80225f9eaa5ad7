"""Pointing at a number, holding it, asking where it comes from, and seeing it under the microscope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QLabel, QListView, QListWidget, QTabBar, QToolBar, QWidget

from convviz.engine import SGD, ReLU
from convviz.engine.explain import Kind, Tensor, explain
from convviz.engine.frames import State
from convviz.engine.walkthrough import Role
from convviz.model.experiment import Stage as ExperimentStage
from convviz.model.files import load_builtin
from convviz.views import cursor_control, theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.explain.term_view import TermView
from convviz.views.panels.microscope import Microscope
from convviz.views.panels.microscope.stage import Stage

if TYPE_CHECKING:
    from PyQt6.QtGui import QColor

    from convviz.engine.frames import Frame
    from tests.views.conftest import OpenWindow, Person

LEFT = Qt.MouseButton.LeftButton


def heatmap(person: Person, name: str) -> Heatmap:
    return person.find(Heatmap, f"pipeline.{name}")


def point_at(person: Person, name: str, *index: int) -> None:
    shown = heatmap(person, name)
    person.bot.mouseMove(shown, shown.cell_rect(*index).center())


def click(person: Person, name: str, *index: int) -> None:
    shown = heatmap(person, name)
    point_at(person, name, *index)
    person.bot.mouseClick(shown, LEFT, pos=shown.cell_rect(*index).center())


def double_click(person: Person, name: str, *index: int) -> None:
    click(person, name, *index)
    shown = heatmap(person, name)
    QTest.mouseDClick(shown, LEFT, pos=shown.cell_rect(*index).center())


def corner_colour(person: Person, name: str, *index: int) -> QColor:
    """Return the colour of a cell's lower left corner, where marks are painted."""
    shown = heatmap(person, name)
    return shown.grab().toImage().pixelColor(shown.cell_rect(*index).bottomLeft())


def terms(person: Person) -> TermView:
    return person.find(TermView, "explain.terms")


def term_texts(person: Person) -> list[str]:
    model = person.find(QListView, "explain.terms").model()
    assert model is not None
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def click_factor(person: Person, row: int, factor: int) -> None:
    view = terms(person)
    person.bot.mouseClick(view.viewport(), LEFT, pos=view.chip_rect(row, factor).center())


def frame_of(person: Person) -> Frame:
    frame = person.session.frame
    assert frame is not None
    return frame


def is_explained(person: Person) -> bool:
    return person.find(QWidget, "explain").isVisible() and terms(person).isVisible()


# pointing ------------------------------------------------------------------------------------------------------------


def test_pointing_marks_what_a_cell_comes_from_and_goes_into(open_window: OpenWindow) -> None:
    person = open_window()
    shown = heatmap(person, "residual")
    plain = shown.grab().toImage()
    point_at(person, "map1", 0, 6, 6)
    colours = theme.current()
    image = shown.grab().toImage()
    changed = {
        (row, column)
        for row, column in np.ndindex(8, 8)
        if image.copy(shown.cell_rect(0, row, column)) != plain.copy(shown.cell_rect(0, row, column))
    }
    assert changed == {(row, column) for row in (2, 3) for column in (2, 3)}
    strongest = max(
        np.ndindex(3, 3),
        key=lambda place: abs(
            frame_of(person).parameters[0]["weight"][0, 0][place]
            * frame_of(person).values[0][0, 6 + place[0], 6 + place[1]]
        ),
    )
    assert corner_colour(person, "layer0.student", 0, 0, *strongest) == colours.origin
    QApplication.sendEvent(heatmap(person, "map1"), QEvent(QEvent.Type.Leave))
    assert shown.grab().toImage() == plain


@pytest.mark.parametrize("name", ["input", "map1", "target", "residual", "layer0.teacher", "layer0.gradient.bias"])
def test_every_heatmap_can_be_held(open_window: OpenWindow, name: str) -> None:
    person = open_window()
    values = heatmap(person, name).values()
    assert values is not None
    place = tuple(0 for _ in values.shape)
    click(person, name, *place)
    assert is_explained(person)
    assert corner_colour(person, name, *place) == theme.current().accent


def test_a_number_and_the_sum_that_equals_it_have_the_same_digits(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 3, 4)
    assert person.text("explain.value") == person.text("explain.total")
    assert person.text("explain.equal").startswith("✓")


@pytest.mark.parametrize("name", ["layer1.teacher", "layer1.teacher.bias"])
def test_the_teachers_numbers_are_not_taken_for_the_students_under_the_microscope(
    open_window: OpenWindow, name: str
) -> None:
    """They are given: nothing under the microscope makes them."""
    person = open_window()
    values = heatmap(person, name).values()
    assert values is not None
    double_click(person, name, *(0 for _ in values.shape))
    assert is_explained(person)
    assert not person.button("explain.open").isVisible()
    person.press("Return", heatmap(person, name))
    assert person.window.findChild(Microscope) is None
    person.find(QAction, "microscope").trigger()
    microscope = person.find(Microscope, "microscope")
    assert microscope.isVisible()
    assert (microscope.layer, microscope.direction, microscope.phase) == (1, "forward", 0)


# holding -------------------------------------------------------------------------------------------------------------


def test_a_click_holds_the_arrows_move_and_escape_lets_go(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 3, 4)
    assert person.text("explain.name") == "Reconstruction, row 4, column 5"
    assert corner_colour(person, "reconstruction", 0, 3, 4) == theme.current().accent
    QApplication.sendEvent(heatmap(person, "reconstruction"), QEvent(QEvent.Type.Leave))
    assert "row 4, column 5" in person.text("pointed")
    for key, name in (("Right", "row 4, column 6"), ("Down", "row 5, column 6"), ("Left", "row 5, column 5")):
        person.press(key, heatmap(person, "reconstruction"))
        assert person.text("explain.name") == f"Reconstruction, {name}"
    assert corner_colour(person, "reconstruction", 0, 3, 4) != theme.current().accent
    assert corner_colour(person, "reconstruction", 0, 4, 4) == theme.current().accent
    assert corner_colour(person, "residual", 0, 4, 4) == theme.current().effect
    person.press("Esc")
    assert not is_explained(person)
    assert corner_colour(person, "reconstruction", 0, 4, 4) != theme.current().accent
    assert person.find(QWidget, "inspector").isVisible()


def test_what_is_held_stays_marked_while_one_points_elsewhere(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 3, 4)
    marked = heatmap(person, "layer1.student").grab().toImage()
    point_at(person, "target", 0, 0, 0)
    assert "Target" in person.text("pointed")
    assert heatmap(person, "layer1.student").grab().toImage() == marked
    assert person.text("explain.name") == "Reconstruction, row 4, column 5"


def test_the_explanation_moves_nothing(open_window: OpenWindow) -> None:
    person = open_window()
    places = {child.objectName(): child.geometry() for child in person.window.findChildren(Heatmap)}
    click(person, "map1", 0, 2, 2)
    assert {child.objectName(): child.geometry() for child in person.window.findChildren(Heatmap)} == places


def test_the_controls_are_one_tab_away(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "layer1.student", 0, 0, 0, 0)
    tabs = person.find(QTabBar, "side_tabs")
    person.bot.mouseClick(tabs, LEFT, pos=tabs.tabRect(0).center())
    assert person.find(QWidget, "inspector").isVisible()
    assert corner_colour(person, "layer1.student", 0, 0, 0, 0) == theme.current().accent
    person.bot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    assert is_explained(person)


def test_a_number_is_followed_while_training_runs(open_window: OpenWindow) -> None:
    person = open_window(speed=200.0)
    click(person, "reconstruction", 0, 3, 4)
    before = term_texts(person)
    person.click("play")
    person.sees(lambda: person.session.status.step > 10)
    person.click("play")
    person.sees_state(State.PAUSED)
    person.sees(lambda: frame_of(person).step == person.session.status.step)
    assert len(term_texts(person)) == len(before)
    assert term_texts(person) != before
    explanation = explain(frame_of(person), Tensor(Kind.VALUE, 2), (0, 3, 4))
    person.sees(lambda: person.text("explain.total") == f"= {explanation.value:.8f}")
    assert "✓" in person.text("explain.equal")


def test_another_network_lets_go_of_what_it_does_not_have(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "layer1.student", 0, 0, 3, 3)
    person.find(QAction, "new_pooling").trigger()
    person.sees(lambda: "max_pool2d" in {layer.kind for layer in frame_of(person).problem.layers})
    person.sees(lambda: not is_explained(person))
    click(person, "input", 0, 0, 0)
    assert is_explained(person)


def test_a_dead_cell_says_why(open_window: OpenWindow) -> None:
    person = open_window("dead-border")
    point_at(person, "map1", 0, 17, 3)
    assert "no window reaches this" in person.text("pointed")
    click(person, "map1", 0, 17, 3)
    assert person.find(QLabel, "explain.sentence").text().endswith("; no window reaches this")
    person.click("explain.related1")
    assert person.find(QLabel, "explain.sentence").text().startswith("No window reaches this cell")
    assert person.text("explain.total") == "= 0"
    point_at(person, "map1", 0, 3, 3)
    assert "no window" not in person.text("pointed")
    click(person, "map1", 0, 3, 3)
    assert "no window" not in person.find(QLabel, "explain.sentence").text()


# explaining ----------------------------------------------------------------------------------------------------------


def test_one_can_ask_down_to_the_input_and_come_back(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 0, 0)
    assert len(term_texts(person)) == 17
    assert not person.button("explain.back").isEnabled()
    click_factor(person, 0, 0)
    assert person.text("explain.name") == "Map 1, row 1, column 1"
    assert corner_colour(person, "residual", 0, 0, 0) == theme.current().effect
    click_factor(person, 0, 0)
    assert person.text("explain.name") == "Input, row 1, column 1"
    assert term_texts(person) == []
    assert person.find(QLabel, "explain.sentence").text() == "The input is given: it is not computed"
    assert person.find(QLabel, "explain.links").toolTip() == "Reconstruction [1, 1] › Map 1 [1, 1] › Input [1, 1]"
    person.click("explain.back")
    assert person.text("explain.name") == "Map 1, row 1, column 1"
    person.find(QLabel, "explain.links").linkActivated.emit("0")
    assert person.text("explain.name") == "Reconstruction, row 1, column 1"
    assert corner_colour(person, "reconstruction", 0, 0, 0) == theme.current().accent


def test_pointing_at_a_term_marks_its_cell(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 0, 0)
    before = corner_colour(person, "layer1.student", 0, 0, 0, 0)
    view = terms(person)
    person.bot.mouseMove(view.viewport(), view.chip_rect(0, 1).center())
    assert corner_colour(person, "layer1.student", 0, 0, 0, 0) == theme.current().text != before
    QApplication.sendEvent(heatmap(person, "reconstruction"), QEvent(QEvent.Type.Leave))
    assert "Layer 2, student's kernel" in person.text("pointed")
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert corner_colour(person, "layer1.student", 0, 0, 0, 0) == before


def test_terms_can_be_walked_by_keyboard(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "reconstruction", 0, 0, 0)
    view = terms(person)
    view.setFocus()
    for key in ("Down", "Down", "Right", "Return"):
        person.press(key, view)
    assert person.text("explain.name").startswith("Kernel 2, row 1, column ")


def test_long_sums_are_folded_and_unfolded(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "layer0.gradient", 0, 0, 1, 1)
    folded = term_texts(person)
    assert len(folded) == 21
    assert folded[-1].startswith("and 304 more: ")
    explanation = explain(frame_of(person), Tensor(Kind.WEIGHT_GRAD), (0, 0, 1, 1))
    kept = sum(explanation.parts[p].terms[n] for p, n in explanation.largest(20))
    rest = float(folded[-1].split(": ")[1].replace("−", "-"))
    assert math.isclose(kept + rest, explanation.value, rel_tol=1e-2)
    person.click("explain.all")
    assert len(term_texts(person)) == 324
    person.click("explain.all")
    assert term_texts(person) == folded
    view = terms(person)
    view.scrollToBottom()
    last = view.visualRect(view.terms.index(20))
    person.bot.mouseClick(view.viewport(), LEFT, pos=last.center())
    assert len(term_texts(person)) == 324


@pytest.mark.parametrize(("experiment", "note"), [("demo", "learning rate"), ("adam", "running mean of the gradient")])
def test_a_weight_says_what_the_update_makes_of_it(open_window: OpenWindow, experiment: str, note: str) -> None:
    person = open_window(experiment)
    person.click("step")
    person.sees_step(1)
    click(person, "layer0.student", 0, 0, 1, 1)
    person.click("explain.related2")
    assert person.text("explain.name").startswith("Updated kernel 1")
    assert note in person.find(QLabel, "explain.notes").text()
    told = person.text("explain.value")
    person.click("step")
    person.sees_step(2)
    value = frame_of(person).parameters[0]["weight"][0, 0, 1, 1]
    assert math.isclose(float(told.removeprefix("= ").replace("−", "-")), value, rel_tol=1e-6)


def test_the_loss_is_explained_from_the_residual(open_window: OpenWindow) -> None:
    person = open_window()
    click(person, "residual", 0, 0, 0)
    person.click("explain.related2")
    assert person.text("explain.name") == "Loss"
    assert "✓" in person.text("explain.equal")
    assert "and 44 more" in term_texts(person)[-1]


@pytest.mark.parametrize(
    ("language", "begins"), [("text", "Residual [1, 2] = "), ("latex", "r_{1, 2} = "), ("python", "(")]
)
def test_a_formula_can_be_copied(open_window: OpenWindow, language: str, begins: str) -> None:
    person = open_window()
    click(person, "residual", 0, 0, 1)
    person.find(QAction, f"explain.copy_{language}").trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    text = clipboard.text()
    assert text.startswith(begins)
    if language == "python":
        assert math.isclose(eval(text), frame_of(person).residual[0, 0, 1], rel_tol=1e-12)


def test_choices_and_functions_are_told(open_window: OpenWindow) -> None:
    person = open_window("pooling")
    layers = [layer.kind for layer in frame_of(person).problem.layers]
    pooled = layers.index("max_pool2d") + 1
    click(person, "reconstruction" if pooled == len(layers) else f"map{pooled}", 0, 0, 0)
    assert "The largest of 4 cells" in person.find(QLabel, "explain.sentence").text()
    assert len(term_texts(person)) == 4


# the microscope ------------------------------------------------------------------------------------------------------


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
    assert person.find(Microscope, "microscope").direction == "backward"
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
    person.find(Microscope, "microscope").show_layer(1, "backward")
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
