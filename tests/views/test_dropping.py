"""Files that are dragged over the window: where they would go, and what they become when they are let go of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QFrame, QLabel, QWidget

from convviz.engine.layers import Conv2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import RandomMap
from convviz.views.dropping import DropMark
from convviz.views.heatmap import Heatmap
from convviz.views.picture_dialog import PictureDialog
from tests.views.hands import drag_away, drag_files, drop_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow, Person

ONE = Experiment(input=RandomMap(size=(12, 12)), stages=(Stage(layer=Conv2d(kernel=3)),))
#: Two maps out of one, so that there are two kernels and two biases.
TWO = ONE.replace(stages=(Stage(layer=Conv2d(kernel=3, out_channels=2)),))


def array(folder: Path, values: Any, name: str = "a.npy") -> Path:
    np.save(folder / name, values)
    return folder / name


def heatmap(person: Person, name: str) -> Heatmap:
    found = person.find(Heatmap, f"pipeline.{name}")
    assert found.isVisible()
    return found


def cells(person: Person, name: str, *index: int) -> QRect:
    """Return where a cell of a heatmap is in the window."""
    shown = heatmap(person, name)
    rect = shown.cell_rect(*index)
    assert not rect.isEmpty()
    return QRect(shown.mapTo(person.window, rect.topLeft()), rect.size())


def whole(person: Person, name: str) -> QRect:
    shown = heatmap(person, name)
    return QRect(shown.mapTo(person.window, QPoint()), shown.size())


def mark(person: Person) -> DropMark | None:
    found = person.window.findChild(DropMark, "drop_mark")
    return found if found is not None and found.isVisible() else None


@pytest.mark.parametrize(
    ("name", "parameter", "told"),
    [
        ("layer0.student", "weight", "Open a.npy as the student's kernel of layer 1"),
        ("layer0.teacher", "weight", "Open a.npy as the teacher's kernel of layer 1"),
        ("layer0.student.bias", "bias", "Open a.npy as the student's bias of layer 1"),
        ("layer0.teacher.bias", "bias", "Open a.npy as the teacher's bias of layer 1"),
    ],
)
def test_an_array_is_the_parameter_that_it_is_dropped_onto(
    open_window: OpenWindow, tmp_path: Path, name: str, parameter: str, told: str
) -> None:
    person = open_window(ONE)
    before = person.document.experiment
    values = np.arange(9.0).reshape(3, 3) if parameter == "weight" else np.array([7.0])
    at = cells(person, name, 0, 0).center()
    assert drop_files(person.window, at, array(tmp_path, values))
    after = person.document.experiment
    made = after.teacher_parameters() if "teacher" in name else after.student_parameters()
    assert made is not None
    np.testing.assert_array_equal(made[0][parameter].reshape(values.shape), values)
    others = before.student_parameters() if "teacher" in name else before.teacher_parameters()
    kept = after.student_parameters() if "teacher" in name else after.teacher_parameters()
    assert others is not None
    assert kept is not None
    np.testing.assert_array_equal(kept[0][parameter], others[0][parameter])
    assert after.input == before.input
    assert person.document.undo_stack.undoText() == told
    shown = heatmap(person, name)
    person.sees(lambda: shown.values() is not None and np.array_equal(np.ravel(shown.values()), np.ravel(values)))
    person.press("Ctrl+Z")
    assert person.document.experiment is before


def test_a_table_dropped_onto_one_of_several_kernels_is_that_one(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(TWO)
    before = person.document.experiment.student_parameters()[0]["weight"]
    (tmp_path / "t.csv").write_text("1,2,3\n4,5,6\n7,8,9\n")
    assert drop_files(person.window, cells(person, "layer0.student", 1, 0, 1, 1).center(), tmp_path / "t.csv")
    after = person.document.experiment.student_parameters()[0]["weight"]
    np.testing.assert_array_equal(after[1, 0], np.arange(1.0, 10).reshape(3, 3))
    np.testing.assert_array_equal(after[0], before[0])
    both = np.stack([np.eye(3), np.ones((3, 3))])[:, None]
    assert drop_files(person.window, cells(person, "layer0.teacher", 1, 0, 1, 1).center(), array(tmp_path, both))
    taught = person.document.experiment.teacher_parameters()
    assert taught is not None
    np.testing.assert_array_equal(taught[0]["weight"], both)


def test_a_smaller_kernel_dropped_onto_one_of_several_cuts_no_other_off(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    person = open_window(TWO)
    before = person.document.experiment
    at = cells(person, "layer0.student", 1, 0, 1, 1).center()
    drop_files(person.window, at, array(tmp_path, np.eye(2)))
    told = person.find(QLabel, "banner_text").text()
    assert "expected 3×3 numbers, or more rows and columns, for one of 2 that are of one size; received 2×2" in told
    assert person.document.experiment is before


def test_a_kernel_of_another_size_makes_the_layer_that_size(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    drop_files(person.window, cells(person, "layer0.student", 0, 0).center(), array(tmp_path, np.eye(5)))
    assert person.document.experiment.layers[0].parameter_shapes((1, 12, 12))["weight"] == (1, 1, 5, 5)


@pytest.mark.parametrize(("name", "shown"), [("student", "weight"), ("teacher", "teacher_weight")])
def test_kernels_that_grow_with_a_larger_one_dropped_onto_one_are_told_beside_it(
    open_window: OpenWindow, tmp_path: Path, name: str, shown: str
) -> None:
    person = open_window(TWO)
    note = person.find(QLabel, "inspector.note")
    at = cells(person, f"layer0.{name}", 1, 0, 1, 1).center()
    drop_files(person.window, at, array(tmp_path, np.eye(3)))
    assert not note.isVisible()
    drop_files(person.window, at, array(tmp_path, np.eye(5)))
    assert note.isVisible()
    assert note.text().startswith("The layer's kernels are 5×5 now, not 3×3, the student's and the teacher's.")
    numbers = person.find(QWidget, f"layers.0.{shown}.cells")
    assert numbers.isVisible()
    assert not numbers.visibleRegion().isEmpty()
    person.press("Ctrl+Z")
    assert not note.isVisible()


def test_kernels_that_grow_where_no_controls_are_seen_are_told_in_the_status_line(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    person = open_window(TWO)
    person.press("F9")
    drop_files(person.window, cells(person, "layer0.student", 1, 0, 1, 1).center(), array(tmp_path, np.eye(5)))
    assert person.text("pointed").startswith("The layer's kernels are 5×5 now, not 3×3")
    person.press("F9")
    assert not person.find(QLabel, "inspector.note").isVisible()


def test_numbers_that_do_not_fit_are_refused_by_the_name_of_their_file(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    before = person.document.experiment
    at = cells(person, "layer0.student.bias", 0, 0).center()
    drop_files(person.window, at, array(tmp_path, np.ones(3)))
    assert person.find(QFrame, "banner").isVisible()
    told = person.find(QLabel, "banner_text").text()
    assert told == "The file could not be opened. a.npy: expected 1 numbers, received 3"
    drop_files(person.window, cells(person, "layer0.student", 0, 0).center(), array(tmp_path, np.ones((40, 40))))
    assert "a.npy: " in person.find(QLabel, "banner_text").text()
    (tmp_path / "t.csv").write_text("no numbers")
    drop_files(person.window, at, tmp_path / "t.csv")
    assert "t.csv: " in person.find(QLabel, "banner_text").text()
    assert person.document.experiment is before


def test_the_place_is_marked_while_a_file_is_dragged(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(TWO)
    numbers = array(tmp_path, np.ones((3, 3)))
    picture = tmp_path / "cat.png"
    assert QImage(8, 8, QImage.Format.Format_RGB32).save(str(picture))
    before = person.document.experiment
    kernel = cells(person, "layer0.student", 1, 0, 1, 1)
    for path, at, framed, told in (
        (numbers, kernel, kernel, "Layer 1, student's kernel"),
        (numbers, cells(person, "layer0.teacher.bias", 0, 1), None, "Layer 1, teacher's bias"),
        (numbers, cells(person, "target", 0, 0, 0), whole(person, "target"), "Target"),
        (numbers, cells(person, "residual", 0, 0, 0), whole(person, "input"), "Input"),
        (numbers, cells(person, "layer0.gradient", 0, 0, 0, 0), whole(person, "input"), "Input"),
        (picture, kernel, whole(person, "input"), "Input"),  # a picture is no kernel
        (tmp_path / "mine.json", kernel, None, "Experiment"),
    ):
        assert drag_files(person.window, at.center(), path)
        shown = mark(person)
        assert shown is not None
        assert shown.text() == f"Opens as: {told}"
        assert framed is None or shown.framed().contains(framed)
        assert told == "Experiment" or shown.framed().width() < person.window.width() / 3
    first = cells(person, "layer0.student", 0, 0, 1, 1)
    drag_files(person.window, kernel.center(), numbers)
    shown = mark(person)
    assert shown is not None
    assert not shown.framed().intersects(first)  # of several kernels the one that would be another
    drag_away(person.window)
    assert mark(person) is None
    drag_files(person.window, kernel.center(), tmp_path / "other.xyz")
    assert mark(person) is None
    assert person.document.experiment is before
    drag_files(person.window, kernel.center(), numbers)
    drop_files(person.window, kernel.center(), numbers)
    assert mark(person) is None


@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
@pytest.mark.parametrize("look", ["network", "microscope"])
def test_what_it_would_be_is_told_beside_the_controls_and_not_over_them(
    open_window: OpenWindow, tmp_path: Path, size: tuple[int, int], look: str
) -> None:
    person = open_window(ONE, size=size)
    at = whole(person, "input").center()
    if look == "microscope":
        person.press("M")
        at = person.window.rect().center()
    for path in (array(tmp_path, np.ones((9, 9))), tmp_path / "mine.json"):
        drag_files(person.window, at, path)
        shown, toolbar = mark(person), person.find(QWidget, "transport")
        assert shown is not None
        bar = QRect(toolbar.mapTo(person.window, QPoint()), toolbar.size())
        assert not shown.words().intersects(bar)
        assert shown.words().top() > bar.bottom()
        assert person.window.rect().contains(shown.words())
    drag_files(person.window, at, array(tmp_path, np.ones((9, 9))))
    if look == "network":
        assert (shown := mark(person)) is not None
        assert not shown.words().intersects(whole(person, "input"))


def test_the_numbers_of_an_editor_are_marked_too(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    grid = person.find(QWidget, "layers.0.weight.cells")
    drag_files(person.window, grid.mapTo(person.window, grid.rect().center()), array(tmp_path, np.ones((3, 3))))
    shown = mark(person)
    assert shown is not None
    assert shown.framed().contains(QRect(grid.mapTo(person.window, QPoint()), grid.size()).adjusted(0, 0, 0, -30))


def test_under_the_microscope_the_stage_stands_for_the_input(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    person.press("M")
    person.sees(lambda: not person.find(Heatmap, "pipeline.input").isVisible())
    at = person.window.rect().center()
    drag_files(person.window, at - QPoint(200, 0), array(tmp_path, np.ones((9, 9))))
    shown = mark(person)
    assert shown is not None
    assert shown.text() == "Opens as: Input"
    drop_files(person.window, at - QPoint(200, 0), array(tmp_path, np.ones((9, 9))))
    assert person.document.experiment.input.shape == (1, 9, 9)


def test_a_picture_dropped_onto_a_kernel_is_the_input(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    assert QImage(12, 12, QImage.Format.Format_RGB32).save(str(tmp_path / "cat.png"))
    drop_files(person.window, cells(person, "layer0.student", 0, 0).center(), tmp_path / "cat.png")
    person.dialog(PictureDialog, "picture_as_map").reject()
