"""The numbers of a kernel or bias that is clicked in the picture are in sight among the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QLabel, QScrollArea, QTabBar, QWidget

from convviz.views.editors.matrix_grid import MatrixGrid
from convviz.views.heatmap import Heatmap
from tests.views.hands import turn

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

SIZES = [(1280, 720), (1280, 800), (1024, 640)]
#: What is clicked in the picture, and what the editor of its numbers is called.
PARTS = {
    "layer0.student": "layers.0.weight",
    "layer0.teacher.bias": "layers.0.teacher_bias",
    "layer1.teacher": "layers.1.teacher_weight",
    "layer1.student.bias": "layers.1.bias",
}


def click_cell(person: Person, part: str) -> Heatmap:
    heatmap = person.find(Heatmap, f"pipeline.{part}")
    cell = heatmap.cell_rect(*(0,) * (3 if part.endswith("bias") else 4))
    person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=cell.center())
    return heatmap


def show_side(person: Person, place: int) -> None:
    """Click the tab of the controls, or of the number."""
    sides = person.find(QTabBar, "side_tabs")
    person.bot.mouseClick(sides, Qt.MouseButton.LeftButton, pos=sides.tabRect(place).center())


def scroll(person: Person) -> QScrollArea:
    return person.find(QScrollArea, "inspector.scroll")


def in_sight(person: Person, name: str) -> bool:
    """Return whether all of an editor is seen."""
    editor, viewport = person.find(QWidget, f"{name}.editor"), scroll(person).viewport()
    assert viewport is not None
    seen = viewport.rect().contains(editor.rect().translated(editor.mapTo(viewport, QPoint(0, 0))))
    return editor.isVisible() and seen


def scrolled(person: Person) -> int:
    bar = scroll(person).verticalScrollBar()
    assert bar is not None
    return bar.value()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(("part", "name"), PARTS.items())
def test_a_click_on_a_cell_has_all_the_numbers_in_sight_beside_its_explanation(
    open_window: OpenWindow, size: tuple[int, int], part: str, name: str
) -> None:
    person = open_window("demo", size=size)
    heatmap = click_cell(person, part)
    assert QApplication.focusWidget() is heatmap  # arrow keys go through its cells
    show_side(person, 0)
    person.sees(lambda: in_sight(person, name))
    before = scrolled(person)
    click_cell(person, part)
    show_side(person, 0)
    assert scrolled(person) == before


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("part", ["layer0.teacher", "layer1.student"])
def test_a_click_on_the_title_of_a_kernel_has_all_its_numbers_in_sight_at_once(
    open_window: OpenWindow, size: tuple[int, int], part: str
) -> None:
    person = open_window("demo", size=size)
    heatmap = person.find(Heatmap, f"pipeline.{part}")
    layer, role = part.removeprefix("layer").split(".")
    name = f"layers.{layer}.{'teacher_' if role == 'teacher' else ''}weight"
    for _ in range(2):
        person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(heatmap.width() // 2, 4))
        assert in_sight(person, name)


def test_a_page_that_was_scrolled_by_hand_stays_where_it_is(open_window: OpenWindow) -> None:
    person = open_window("demo", size=(1280, 720))
    click_cell(person, "layer0.student")
    show_side(person, 0)
    assert in_sight(person, "layers.0.weight")
    viewport = scroll(person).viewport()
    assert viewport is not None
    turn(viewport, 20, at=QPoint(2, 2))
    assert scrolled(person) == 0
    show_side(person, 1)
    show_side(person, 0)
    assert scrolled(person) == 0
    click_cell(person, "layer0.student")  # asks for it again
    show_side(person, 0)
    assert in_sight(person, "layers.0.weight")


def test_what_is_clicked_is_in_sight_also_where_the_window_becomes_lower(open_window: OpenWindow) -> None:
    person = open_window("demo", size=(1280, 1000))
    click_cell(person, "layer1.teacher")
    show_side(person, 0)
    assert in_sight(person, "layers.1.teacher_weight")
    person.window.resize(1280, 720)
    person.sees(lambda: in_sight(person, "layers.1.teacher_weight"))


def test_what_is_clicked_while_it_is_presented_is_in_sight_afterwards(open_window: OpenWindow) -> None:
    person = open_window("demo", size=(1280, 720))
    person.window.present(full_screen=False)
    click_cell(person, "layer1.student")
    assert not scroll(person).isVisible()
    person.window.stop_presenting()
    show_side(person, 0)
    person.sees(lambda: in_sight(person, "layers.1.weight"))
    person.window.present(full_screen=False)
    person.window.stop_presenting()
    person.sees(lambda: in_sight(person, "layers.1.weight"))


def test_a_kernel_that_a_paste_makes_larger_stays_in_sight_beside_what_is_told_of_it(open_window: OpenWindow) -> None:
    person = open_window("demo", size=(1280, 720))
    click_cell(person, "layer0.student")
    show_side(person, 0)
    grid, clipboard = person.find(MatrixGrid, "layers.0.weight.cells"), QGuiApplication.clipboard()
    person.bot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(0, 0).center())
    assert clipboard is not None
    clipboard.setText("1 2 3 4 5\n" * 5)
    person.press("Ctrl+V")
    note = person.find(QLabel, "inspector.note")
    assert note.isVisible()
    assert in_sight(person, "layers.0.weight")
    assert not note.geometry().intersects(grid.rect().translated(grid.mapTo(note.parentWidget(), QPoint(0, 0))))


def test_numbers_that_have_more_cells_than_room_are_seen_from_the_top(open_window: OpenWindow) -> None:
    person = open_window("demo", size=(1024, 480))
    click_cell(person, "layer1.student")
    show_side(person, 0)
    grid, viewport = person.find(MatrixGrid, "layers.1.weight.cells"), scroll(person).viewport()
    assert viewport is not None
    top = grid.mapTo(viewport, QPoint(0, 0)).y()
    assert 0 <= top < 20
