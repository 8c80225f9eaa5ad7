"""A person's own pictures, arrays and tables in the window: as input, as target, as the numbers of a kernel."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QMessageBox,
    QWidget,
)

from convviz.engine.layers import Conv2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin, read_experiment, write_experiment
from convviz.model.sources import RandomMap
from convviz.views.editors.note import Note
from convviz.views.heatmap import Heatmap
from tests.views.hands import choose_file, drop_files
from tests.views.own_files import Asked, array, choose, made, picture, select

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow, Person

#: A network that leaves out one cell at each edge.
ONE = Experiment(input=RandomMap(size=(12, 12)), stages=(Stage(layer=Conv2d(kernel=3)),))


def middle(person: Person, name: str, kind: type[QWidget] = Heatmap) -> QPoint:
    """Return where the middle of a widget is in the window."""
    widget = person.find(kind, name)
    assert widget.isVisible()
    return widget.mapTo(person.window, widget.rect().center())


def test_a_picture_becomes_the_input(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    before = person.document.experiment
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    assert asked.size() == ("48", "64")
    assert asked.outcome() == "The network makes 22×30 out of it"
    assert person.document.experiment is before
    asked.open()
    assert made(person).shape == (1, 48, 64)
    assert 0 <= made(person).min() < made(person).max() <= 1
    person.sees(lambda: person.session.frame is not None and person.session.frame.values[0].shape == (1, 48, 64))
    assert person.find(QComboBox, "input").currentText() == "Given"  # the controls are those of the input now
    assert person.document.undo_stack.undoText() == "Open cat.png as the input"
    person.press("Ctrl+Z")
    assert person.document.experiment is before
    assert not person.document.is_modified
    person.press("Ctrl+Shift+Z")
    assert made(person).shape == (1, 48, 64)


def test_which_kernel_turns_this_picture_into_that_one(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    cat = picture(tmp_path, grey=True)
    choose(person, "open_input", cat)
    Asked(person).open()
    choose(person, "open_target", cat)
    asked = Asked(person)
    assert asked.size() == ("46", "62")
    assert not asked.box("rows").isEnabled()
    assert asked.outcome() == "As large as what the network makes"
    asked.open()
    # What the kernel leaves out is cut off: each cell of the target lies over the one of the input that it was.
    np.testing.assert_array_equal(made(person, "target"), made(person)[:, 1:-1, 1:-1])
    assert person.find(QComboBox, "target").currentText() == "Given"
    choose(person, "open_target", cat)
    asked = Asked(person)
    asked.pick("fit", "Squeeze the whole picture")
    asked.open()
    assert not np.array_equal(made(person, "target"), made(person)[:, 1:-1, 1:-1])
    assert made(person, "target").shape == (1, 46, 62)


def test_a_stride_brings_the_target_closer_together(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE.replace(stages=(Stage(layer=Conv2d(kernel=3, stride=2)),)))
    colours = np.kron(np.arange(24 * 32, dtype=np.uint8).reshape(24, 32), np.ones((2, 2), np.uint8))
    cat = array(tmp_path, np.repeat(colours[..., np.newaxis], 3, axis=2), "cat.npy")
    choose(person, "open_input", cat)
    Asked(person).open()
    choose(person, "open_target", cat)
    Asked(person).open()
    np.testing.assert_allclose(made(person, "target")[0] * 255, colours[::2, ::2][:23, :31], atol=0.01)


def test_a_picture_fits_a_target_that_is_given(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window("edges")
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    assert asked.size() == ("20", "20")
    assert not asked.box("columns").isEnabled()
    asked.pick("channels", "Colour: three channels")
    assert asked.opening().isEnabled()
    asked.open()
    assert made(person).shape == (3, 20, 20)
    assert person.document.experiment.target == load_builtin("edges").target


def test_a_target_needs_the_channels_that_the_network_makes(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    choose(person, "open_target", picture(tmp_path))
    asked = Asked(person)
    asked.pick("channels", "Colour: three channels")
    assert asked.outcome() == "The target is 3×10×10, but the network makes 10×10"
    assert not asked.opening().isEnabled()
    person.press("Up", person.find(QComboBox, "picture_as_map.channels"))
    asked.open()
    assert made(person, "target").shape == (1, 10, 10)


def test_an_array_is_taken_as_it_is_saved_and_opened_again(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    values = np.random.default_rng(0).normal(size=(2, 70, 40))
    choose(person, "open_input", array(tmp_path, values))
    np.testing.assert_array_equal(made(person), values)
    person.sees(lambda: person.session.frame is not None and person.session.frame.values[0].shape == (2, 70, 40))
    person.press("Ctrl+S")
    choose_file(person.dialog(QFileDialog, "save_dialog"), tmp_path / "mine.json")
    assert read_experiment(tmp_path / "mine.json") == person.document.experiment


def test_a_table_is_taken_in_the_editor_of_the_given_numbers(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window("edges")
    (tmp_path / "t.csv").write_text("\n".join(",".join(str(row * column) for column in range(18)) for row in range(18)))
    person.look_at("target")
    person.click("target.values.cells.open")
    select(person, tmp_path / "t.csv")
    np.testing.assert_array_equal(made(person, "target")[0], np.outer(range(18), range(18)))
    assert person.document.undo_stack.undoText() == "Open t.csv as the target"


def test_the_numbers_of_a_kernel_come_from_a_file(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    person.look_at("layer", 0)
    person.click("layers.0.weight.cells.open")
    select(person, array(tmp_path, np.eye(5)))
    layer: Any = person.document.experiment.layers[0]
    np.testing.assert_array_equal(layer.weight.values.reshape(5, 5), np.eye(5))
    assert layer.kernel == (5, 5)
    before = person.document.experiment
    person.click("layers.0.weight.cells.open")
    select(person, array(tmp_path, np.ones((2, 2, 2, 2)), "b.npy"))
    assert person.find(Note, "inspector.note").isVisible()
    assert person.document.experiment is before
    person.click("layers.0.weight.cells.open")
    select(person, picture(tmp_path))
    assert "received cat.png" in person.banner_text()


def test_an_array_that_does_not_fit_changes_nothing(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window("edges")
    before = person.document.experiment
    choose(person, "open_target", array(tmp_path, np.ones((5, 6))))
    assert person.banner_text() == (
        "The file could not be opened. a.npy: the target is 5×6, but the network makes 18×18"
    )
    choose(person, "open_input", array(tmp_path, np.ones((2, 2))))
    assert person.banner_text().startswith("The file could not be opened. a.npy: Layer 1: ")
    choose(person, "open_input", array(tmp_path, np.array([[np.nan]])))
    assert person.banner_text().endswith("a.npy: expected finite numbers, received nan at (0, 0)")
    person.window.set_language("zh_CN")
    assert "应为有限" in person.banner_text()
    assert person.document.experiment is before
    choose(person, "open_input", array(tmp_path, np.ones((20, 20))))
    assert not person.find(QFrame, "banner").isVisible()  # what was wrong with another file is no news any more


def test_a_picture_that_is_none_is_said(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    (tmp_path / "cat.png").write_text("no picture")
    before = person.document.experiment
    choose(person, "open_input", tmp_path / "cat.png")
    assert person.banner_text().endswith(
        "cat.png: expected a picture such as PNG or JPEG, received a file that is none"
    )
    assert person.document.experiment is before


@pytest.mark.parametrize("name", ["cat.png", "a.npy", "t.csv", "mine.json"])
def test_a_file_that_is_not_there_is_named(open_window: OpenWindow, tmp_path: Path, name: str) -> None:
    person = open_window()
    assert drop_files(person.window, QPoint(5, 5), tmp_path / name)
    reason = f"{name}: cannot be read: {os.strerror(errno.ENOENT)}"
    assert person.banner_text() == f"The file could not be opened. {reason}"


def test_a_picture_dropped_onto_the_window_is_the_input(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    assert drop_files(person.window, middle(person, "pipeline.input"), picture(tmp_path))
    Asked(person).open()
    assert made(person).shape == (1, 48, 64)
    assert drop_files(person.window, QPoint(5, 5), array(tmp_path, np.ones((9, 9))))
    assert made(person).shape == (1, 9, 9)


def test_a_file_dropped_onto_the_target_is_the_target(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    assert drop_files(person.window, middle(person, "pipeline.target"), array(tmp_path, np.ones((10, 10))))
    np.testing.assert_array_equal(made(person, "target"), np.ones((1, 10, 10)))
    person.look_at("target")
    cells = middle(person, "target.values.cells", QWidget)
    assert drop_files(person.window, cells, array(tmp_path, np.zeros((10, 10))))
    np.testing.assert_array_equal(made(person, "target"), np.zeros((1, 10, 10)))


def test_a_file_dropped_onto_a_kernel_is_the_kernel(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE)
    person.look_at("layer", 0)
    cells = middle(person, "layers.0.weight.cells", QWidget)
    assert drop_files(person.window, cells, array(tmp_path, np.full((3, 3), 2.0)))
    weight = person.document.experiment.student_parameters()[0]["weight"]
    np.testing.assert_array_equal(weight, np.full((1, 1, 3, 3), 2.0))


def test_an_experiment_dropped_asks_about_changes(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    path = tmp_path / "mine.json"
    write_experiment(path, load_builtin("pooling"))
    drop_files(person.window, QPoint(5, 5), array(tmp_path, np.ones((20, 20))))
    changed = person.document.experiment
    assert drop_files(person.window, middle(person, "pipeline.target"), path)
    box = person.dialog(QMessageBox, "unsaved_changes")
    assert person.document.experiment is changed
    person.bot.mouseClick(box.button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)
    person.sees(lambda: person.document.path == path)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("https://example.org/cat.png",), "Expected a file of this computer, received https://example.org/cat.png"),
        (("a.npy", "b.npy"), "Expected one file, received 2"),
        (("a.npy", "https://example.org"), "Expected one file, received 2"),
        (
            ("talk.pdf",),
            "Expected an experiment (json), or a picture, an array or a table (png, jpg, jpeg, bmp, gif, webp, tif, "
            "tiff, pbm, pgm, ppm, npy, csv, tsv, txt), received talk.pdf",
        ),
    ],
)
def test_other_things_that_are_dropped(
    open_window: OpenWindow, tmp_path: Path, names: tuple[str, ...], message: str
) -> None:
    person = open_window()
    before = person.document.experiment
    things = [tmp_path / name if name.endswith((".npy", ".pdf")) else name for name in names]
    assert drop_files(person.window, QPoint(5, 5), *things)
    assert person.banner_text() == f"The file could not be opened. {message}"
    assert person.document.experiment is before


def test_text_that_is_dragged_is_none_of_the_window_s_business(open_window: OpenWindow) -> None:
    person = open_window()
    assert not drop_files(person.window, QPoint(5, 5))


def test_the_dialog_begins_where_the_last_file_was(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    choose(person, "open_input", array(tmp_path, np.ones((20, 20))))
    assert person.preferences.folder == str(tmp_path)
    assert person.preferences.recent == []
    person.press("Ctrl+Shift+T")
    dialog = person.dialog(QFileDialog, "numbers_dialog")
    assert dialog.directory().absolutePath() == str(tmp_path)
    dialog.reject()
