"""What the panel says of a number, and the terms that stand under it: the same factors, in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QTabBar

from convviz.engine import AvgPool2d, Conv2d, ConvTranspose2d, ReLU
from convviz.engine.walkthrough import Role
from convviz.model.experiment import Stage as ExperimentStage
from convviz.model.files import load_builtin
from convviz.number_text import format_number
from convviz.views.heatmap import Heatmap
from convviz.views.panels.explain.term_view import TermView
from convviz.views.panels.microscope.stage import Stage

if TYPE_CHECKING:
    from convviz.engine.layers import Layer
    from convviz.model.experiment import Experiment
    from tests.views.conftest import OpenWindow, Person

LEFT = Qt.MouseButton.LeftButton


def hold(person: Person, name: str, *index: int) -> None:
    shown = person.find(Heatmap, f"pipeline.{name}")
    person.bot.mouseClick(shown, LEFT, pos=shown.cell_rect(*index).center())


def hold_gradient(person: Person, name: str, *index: int) -> None:
    hold(person, name, *index)
    person.click("explain.related1")


def sentence(person: Person) -> str:
    return person.find(QLabel, "explain.sentence").text()


def rows(person: Person) -> list[str]:
    model = person.find(TermView, "explain.terms").terms
    return [model.text(row) for row in range(model.rowCount())]


def with_layers(*layers: Layer) -> Experiment:
    experiment = load_builtin("demo")
    return experiment.replace(stages=tuple(ExperimentStage(layer) for layer in layers))


def test_a_value_is_input_times_weight_everywhere(open_window: OpenWindow) -> None:
    person = open_window()
    hold(person, "map1", 0, 6, 6)
    frame = person.session.frame
    assert frame is not None
    assert sentence(person) == "The sum of 9 products of input × weight, plus the bias"
    first = frame.values[0][0, 6, 6], frame.parameters[0]["weight"][0, 0, 0, 0]
    assert rows(person)[0].startswith(f"{format_number(first[0])} × {format_number(first[1])} = ")
    shown = person.find(Heatmap, "pipeline.map1")
    QTest.mouseDClick(shown, LEFT, pos=shown.cell_rect(0, 6, 6).center())
    (told,) = person.find(Stage, "microscope.stage").sums()
    assert [operand.role for operand in told.operands] == [Role.INPUT, Role.KERNEL]
    assert (told.operands[0].values[0], told.operands[1].values[0]) == first


def test_a_kernels_gradient_is_input_times_error_for_a_transposed_layer_too(open_window: OpenWindow) -> None:
    person = open_window("transposed")
    frame = person.session.frame
    assert frame is not None
    layer = next(n for n, each in enumerate(frame.problem.layers) if each.kind == "conv_transpose2d")
    hold(person, f"layer{layer}.gradient", 0, 0, 0, 0)
    text = rows(person)[0].split(" = ")[0]
    person.click("explain.open")
    (told,) = person.find(Stage, "microscope.stage").sums()
    pairs = zip(*(operand.values for operand in told.operands), strict=True)
    written = [f"{format_number(x)} × {format_number(error)}" for x, error in pairs]
    assert text in written


@pytest.mark.parametrize(
    ("layers", "place", "expected"),
    [
        ((Conv2d(3), Conv2d(4, stride=2)), (0, 0, 0), "Error × weight of the only window that used this cell"),
        ((Conv2d(3), Conv2d(4, stride=2)), (0, 6, 6), "The sum over the 4 windows that used this cell, error × weight"),
        (
            (Conv2d(3), Conv2d(4, 8, stride=2), Conv2d(1)),
            (0, 0, 0),
            "The sum over 8 filters of error × weight, in the only window that used this cell",
        ),
        (
            (Conv2d(3), Conv2d(4, 8, stride=2), Conv2d(1)),
            (0, 6, 6),
            "The sum over the 4 windows that used this cell, under 8 filters each: error × weight",
        ),
        ((Conv2d(3), AvgPool2d(2)), (0, 0, 0), "Error × slope of the only window that used this cell"),
        ((Conv2d(3), ReLU()), (0, 0, 0), "The error after ReLU, times its slope"),
        (
            (Conv2d(3, stride=2), ConvTranspose2d(3, stride=2)),
            (0, 1, 1),
            "The sum over the 9 cells that this one went into, error × weight",
        ),
    ],
)
def test_a_gradient_names_its_factors_and_counts_windows(
    open_window: OpenWindow, layers: tuple[Layer, ...], place: tuple[int, ...], expected: str
) -> None:
    person = open_window(with_layers(*layers))
    hold_gradient(person, "map1", *place)
    assert sentence(person) == expected


def test_a_mean_is_made_of_shares(open_window: OpenWindow) -> None:
    person = open_window(with_layers(Conv2d(3), AvgPool2d(2)))
    hold(person, "reconstruction", 0, 0, 0)
    assert sentence(person) == "The sum of 4 cells, each times its share"


def test_a_residual_is_a_difference(open_window: OpenWindow) -> None:
    person = open_window()
    hold(person, "residual", 0, 2, 3)
    frame = person.session.frame
    assert frame is not None
    made, wanted = (format_number(array[0, 2, 3]) for array in (frame.output, frame.target))
    assert rows(person) == [made, f"− {wanted}"]
    view = person.find(TermView, "explain.terms")
    person.bot.mouseClick(view.viewport(), LEFT, pos=view.chip_rect(1, 0).center())
    assert person.text("explain.name") == "Target, row 3, column 4"


def test_an_update_takes_the_rate_times_the_gradient_away(open_window: OpenWindow) -> None:
    person = open_window()
    hold(person, "layer0.student", 0, 0, 1, 1)
    person.click("explain.related2")
    assert sentence(person) == "Old value − learning rate × gradient"
    frame = person.session.frame
    assert frame is not None
    gradient = frame.gradients[0]["weight"][0, 0, 1, 1]
    product = -frame.learning_rate * gradient
    factors = f"{format_number(frame.learning_rate)} × {format_number(gradient)}"
    assert rows(person)[1] == f"− {factors} = {format_number(product)}"


@pytest.mark.parametrize(("language", "name"), [("en", "step size"), ("zh_CN", "步长")])
def test_the_length_of_adams_step_is_not_called_as_the_number_of_a_step(
    open_window: OpenWindow, language: str, name: str
) -> None:
    person = open_window("adam")
    person.click("step")
    person.sees_step(1)
    hold(person, "layer0.student", 0, 0, 1, 1)
    person.click("explain.related2")
    person.window.set_language(language)
    told = person.find(QLabel, "explain.notes").text().splitlines()
    assert sum(line.startswith((f"{name}:", f"{name}\uff1a")) for line in told) == 1


def test_what_made_a_parameter_is_said(open_window: OpenWindow) -> None:
    """In this experiment the first layer is frozen: no update has made its kernel."""
    person = open_window("adam")
    hold(person, "layer1.student", 0, 0, 0, 0)
    assert sentence(person) == "The student begins with this value"
    person.click("step")
    person.sees_step(1)
    hold(person, "layer1.student", 0, 0, 0, 1)
    assert sentence(person) == "The last update made this value; the next one comes after this step"
    hold(person, "layer0.student", 0, 0, 0, 0)
    assert sentence(person) == "This layer is frozen: the student began with this value"


def test_chinese_sums_nothing_where_there_is_one_term(open_window: OpenWindow) -> None:
    """Chinese has no plural that would tell one window from several."""
    person = open_window()
    person.window.set_language("zh_CN")
    hold_gradient(person, "map1", 0, 0, 0)
    assert "求和" not in sentence(person)
    hold_gradient(person, "map1", 0, 6, 6)
    assert "4 个窗口求和" in sentence(person)


def test_a_cell_whose_shares_are_all_cut_off_says_so(open_window: OpenWindow) -> None:
    person = open_window(with_layers(Conv2d(3), ConvTranspose2d(2, padding=3)))
    hold(person, "map1", 0, 17, 3)
    assert "all that it spreads is cut off" in person.text("pointed")
    assert sentence(person).endswith("; all that it spreads is cut off")
    person.click("explain.related1")
    assert sentence(person) == "All that this cell spreads is cut off: its gradient is exactly zero"
    assert person.text("explain.total") == "= 0"
    hold(person, "map1", 0, 6, 6)
    assert "cut off" not in person.text("pointed") + sentence(person)


def test_another_language_is_taken_on_while_nobody_looks_and_the_network_has_grown(open_window: OpenWindow) -> None:
    person = open_window(with_layers(Conv2d(3)))
    hold(person, "reconstruction", 0, 6, 6)
    person.click("explain.related2")
    assert sentence(person) == "How much the loss grows with this cell: its derivative, from the residual"
    tabs = person.find(QTabBar, "side_tabs")
    person.bot.mouseClick(tabs, LEFT, pos=tabs.tabRect(0).center())
    person.document.propose(with_layers(Conv2d(3), Conv2d(4, stride=2)), "grown")
    person.sees(lambda: person.session.frame is not None and len(person.session.frame.problem.layers) == 2)
    person.window.set_language("zh_CN")
    person.window.set_language("en")
    person.bot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    assert sentence(person) == "The sum over the 4 windows that used this cell, error × weight"
