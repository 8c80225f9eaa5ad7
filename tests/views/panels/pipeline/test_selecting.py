"""Selecting a part of the picture, and pointing at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.views import theme
from convviz.views.selection import Selection

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from convviz.views.heatmap import Cell, Heatmap
    from tests.views.panels.pipeline.conftest import ShowPipeline


def click_on(qtbot: QtBot, heatmap: Heatmap) -> None:
    values = heatmap.values()
    assert values is not None
    qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.cell_rect(*(0 for _ in values.shape)).center())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("input", Selection("input")),
        ("layer0.student", Selection("layer", 0)),
        ("layer1.gradient", Selection("layer", 1)),
        ("layer1.teacher.bias", Selection("layer", 1)),
        ("map1", Selection("layer", 0)),
        ("reconstruction", Selection("layer", 1)),
        ("target", Selection("target")),
        ("residual", Selection("training", part="loss")),
    ],
)
def test_a_click_selects(qtbot: QtBot, show_pipeline: ShowPipeline, name: str, expected: Selection) -> None:
    shown = show_pipeline()
    heatmap = shown.heatmap(name)
    with qtbot.waitSignal(shown.pipeline.selected) as selected:
        click_on(qtbot, heatmap)
    assert selected.args == [expected]
    if "bias" not in name:
        with qtbot.waitSignal(shown.pipeline.selected) as selected:
            qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(20, 6))  # its title
        assert selected.args == [expected]


def test_a_layer_without_kernels_can_be_selected(qtbot: QtBot, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("pooling")
    card = shown.pipeline.findChild(QWidget, "pipeline.layer2")
    assert card is not None
    with qtbot.waitSignal(shown.pipeline.selected) as selected:
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert selected.args == [Selection("layer", 2)]
    with qtbot.waitSignal(shown.pipeline.selected) as selected:
        QTest.keyClick(card, Qt.Key.Key_Return)
    assert selected.args == [Selection("layer", 2)]


def test_the_tab_key_goes_in_the_order_of_reading(qapp: QApplication, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("pooling")
    shown.pipeline.activateWindow()
    shown.heatmap("input").setFocus()
    visited = []
    for _ in range(40):
        focused = qapp.focusWidget()
        assert focused is not None
        visited.append(focused.objectName().removeprefix("pipeline."))
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        if visited[-1] == "residual":
            break
    order = ["input", "layer0", "layer0.student", "layer0.teacher", "layer0.gradient", "map1", "layer1", "map2"]
    order += ["layer2", "map3", "layer3", "layer3.student", "reconstruction", "target", "residual"]
    assert [name for name in visited if name in order] == order


@pytest.mark.parametrize(
    "selection", [Selection("input"), Selection("layer", 1), Selection("target"), Selection("training", part="loss")]
)
def test_what_is_selected_is_framed(show_pipeline: ShowPipeline, selection: Selection) -> None:
    shown = show_pipeline()

    def accents() -> int:
        image = shown.pipeline.grab().toImage()
        accent = theme.current().accent
        return sum(image.pixelColor(x, y) == accent for x in range(image.width()) for y in range(0, image.height(), 3))

    before = accents()
    shown.pipeline.set_selection(selection)
    assert accents() > before + 40
    shown.pipeline.set_selection(Selection("layer", 0))


@pytest.mark.parametrize(
    ("selection", "name"), [(Selection("target"), "target"), (Selection("training", part="loss"), "residual")]
)
def test_the_frame_keeps_clear_of_the_signs(show_pipeline: ShowPipeline, selection: Selection, name: str) -> None:
    shown = show_pipeline()
    shown.pipeline.set_selection(selection)
    framed = shown.heatmap(name)
    left = framed.mapTo(shown.pipeline, QPoint(0, 0)).x()
    below = range(framed.mapTo(shown.pipeline, framed.cell_rect(0, 0).topLeft()).y(), shown.pipeline.height() - 30)
    image = shown.pipeline.grab().toImage()

    def is_empty(x: int) -> bool:
        return all(image.pixelColor(x, y) == theme.current().surface for y in below)

    sign = max(x for x in range(left - 24, left) if any(image.pixelColor(x, y) == theme.current().muted for y in below))
    frame = min(x for x in range(left - 24, left) if image.pixelColor(x, below[0]) != theme.current().surface)
    assert sign + 2 < frame
    assert all(is_empty(x) for x in range(sign + 2, frame))


@pytest.mark.parametrize(("size", "beside"), [((1615, 700), True), ((720, 500), False)])
def test_a_map_and_its_gradient_are_framed_together(
    show_pipeline: ShowPipeline, size: tuple[int, int], beside: bool
) -> None:
    shown = show_pipeline("demo", size)
    made, gradient = (shown.heatmap(name) for name in ("map1", "map1.gradient"))
    assert (gradient.x() > made.geometry().right()) == beside
    both = made.geometry().united(gradient.geometry())
    image = shown.pipeline.grab().toImage()
    # The upper row lies in the picture's upper left corner; in the lower half of a frame, no arrow crosses it.
    for x in (range(both.left() - 8, both.left()), range(both.right() + 1, both.right() + 9)):
        line = [image.pixelColor(column, both.bottom() - both.height() // 4) for column in x]
        assert any(colour != theme.current().surface for colour in line)


def test_the_pointed_cell_is_passed_on(qtbot: QtBot, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    told: list[Cell | None] = []
    shown.pipeline.pointed.connect(told.append)
    kernel = shown.heatmap("layer1.student")
    qtbot.mouseMove(kernel, kernel.cell_rect(0, 0, 2, 1).center())
    cell = told[-1]
    assert cell is not None
    assert (cell.name, cell.row, cell.column) == ("layer1.student", 2, 1)
    assert cell.value == shown.frame.parameters[1]["weight"][0, 0, 2, 1]
    assert cell.title == "Layer 2, student's kernel"
