"""Pointing at a number, holding it, and asking where it comes from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtWidgets import QApplication, QLabel, QTabBar, QWidget

from convviz.engine.explain import Kind, Tensor, explain
from convviz.engine.frames import State
from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.microscope import Microscope
from tests.views.panels.explain.pointing import (
    LEFT,
    click,
    click_factor,
    corner_colour,
    double_click,
    frame_of,
    heatmap,
    is_explained,
    point_at,
    term_texts,
    terms,
)

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


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
    assert (microscope.layer, microscope.back, microscope.phase) == (1, False, 1)


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
    explanation = explain(frame_of(person), Tensor(Kind.VALUE, 2), (0, 3, 4))
    person.sees(lambda: person.text("explain.total") == f"= {explanation.value:.8f}")
    assert len(term_texts(person)) == len(before)
    assert term_texts(person) != before
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
