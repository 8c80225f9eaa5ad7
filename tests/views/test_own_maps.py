"""A person's own pictures, arrays and tables in the window: as input, as target, as the numbers of a kernel."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction, QImage
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QLabel,
    QMessageBox,
    QWidget,
)

from convviz.engine.layers import Conv2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin, read_experiment, write_experiment
from convviz.model.files.pictures import read_picture
from convviz.model.sources import GivenMap, RandomMap
from convviz.views.editors.note import Note
from convviz.views.heatmap import Heatmap
from convviz.views.picture_dialog import PictureDialog, Wanted
from tests.views.hands import choose_file, choose_item, drop_files, type_over

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.views.conftest import OpenWindow, Person

#: A network that leaves out one cell at each edge.
ONE = Experiment(input=RandomMap(size=(12, 12)), stages=(Stage(layer=Conv2d(kernel=3)),))


def picture(folder: Path, rows: int = 48, columns: int = 64, grey: bool = False, name: str = "cat.png") -> Path:
    """Write a picture of random cells."""
    colours = np.random.default_rng(0).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    if grey:
        colours[...] = colours[..., :1]
    image = QImage(colours.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    assert image.save(str(folder / name))
    return folder / name


def array(folder: Path, values: Any, name: str = "a.npy") -> Path:
    np.save(folder / name, values)
    return folder / name


def a_dialog_has_gone(person: Person) -> None:
    """Do what a window system does when a dialog has gone."""
    front = QApplication.activeModalWidget() or person.window
    front.activateWindow()
    person.sees(front.isActiveWindow)


def choose(person: Person, action: str, path: Path) -> None:
    """Choose a file in the dialog that an action of the menu opens."""
    person.find(QAction, action).trigger()
    select(person, path)


def select(person: Person, path: Path) -> None:
    dialog = person.dialog(QFileDialog, "numbers_dialog")
    choose_file(dialog, path)
    person.sees(lambda: person.window.findChild(QFileDialog, "numbers_dialog") is None)
    a_dialog_has_gone(person)


class Asked:
    """The dialog about a picture, as somebody uses it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.dialog = person.dialog(PictureDialog, "picture_as_map")
        self.dialog.activateWindow()
        person.sees(self.dialog.isActiveWindow)

    def pick(self, name: str, text: str) -> None:
        choose_item(self.person.find(QComboBox, f"picture_as_map.{name}"), text)

    def type_into(self, name: str, text: str) -> None:
        type_over(self.box(name), text, Qt.Key.Key_Tab)

    def box(self, name: str) -> QAbstractSpinBox:
        return self.person.find(QAbstractSpinBox, f"picture_as_map.{name}")

    def size(self) -> tuple[str, str]:
        return self.box("rows").text(), self.box("columns").text()

    def outcome(self) -> str:
        return self.person.find(QLabel, "picture_as_map.outcome").text()

    def opening(self) -> QAbstractButton:
        buttons = self.dialog.findChild(QDialogButtonBox)
        assert buttons is not None
        return buttons.button(QDialogButtonBox.StandardButton.Open)

    def open(self) -> None:
        self.person.bot.mouseClick(self.opening(), Qt.MouseButton.LeftButton)
        self.gone()

    def gone(self) -> None:
        self.person.sees(lambda: self.person.window.findChild(PictureDialog, "picture_as_map") is None)
        a_dialog_has_gone(self.person)


def middle(person: Person, name: str, kind: type[QWidget] = Heatmap) -> QPoint:
    """Return where the middle of a widget is in the window."""
    widget = person.find(kind, name)
    assert widget.isVisible()
    return widget.mapTo(person.window, widget.rect().center())


def made(person: Person, role: str = "input") -> NDArray[np.float64]:
    source = getattr(person.document.experiment, role)
    assert isinstance(source, GivenMap)
    return source.values


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


def test_what_a_picture_becomes_is_chosen(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    choose(person, "open_input", picture(tmp_path, 300, 400))
    asked = Asked(person)
    assert asked.size() == ("48", "64")
    asked.pick("channels", "Colour: three channels")
    asked.type_into("columns", "100")
    assert asked.size() == ("75", "100")
    asked.type_into("rows", "30")
    assert asked.size() == ("30", "40")
    asked.pick("range", "From 0 to 255")
    assert asked.outcome() == "The network makes 13×18 out of it"
    preview = person.find(Heatmap, "picture_as_map.preview")
    assert preview.sentence() == "3×30×40"
    asked.open()
    assert made(person).shape == (3, 30, 40)
    assert made(person).max() > 100


def test_the_dialog_about_a_picture_changes_its_language(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window("edges")
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    asked.pick("channels", "Colour: three channels")

    def texts() -> set[str]:
        labels = {label.text() for label in asked.dialog.findChildren(QLabel)}
        boxes = [person.find(QComboBox, f"picture_as_map.{name}") for name in ("channels", "fit", "range")]
        helped = {widget.toolTip() for widget in (*boxes, asked.box("rows"), asked.box("columns"))}
        named = {asked.box(name).accessibleName() for name in ("rows", "columns")}
        entries = {box.itemText(index) for box in boxes for index in range(box.count())}
        return {asked.dialog.windowTitle(), *labels, *helped, *named, *entries} - {"×", ""}

    english = texts()
    person.window.set_language("zh_CN")
    assert not english & texts()
    assert person.find(QComboBox, "picture_as_map.channels").currentText().startswith("彩色")
    person.window.set_language("en")
    assert texts() == english
    asked.open()
    assert made(person).shape == (3, 20, 20)


def test_an_impossible_size_says_what_is_possible(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    asked.type_into("rows", "49")
    assert asked.outcome() == "Expected from 1 to 48, received 49"
    assert asked.size() == ("48", "64")
    type_over(asked.box("columns"), "65", Qt.Key.Key_Return)  # which does not open what nobody asked for
    assert asked.dialog.isVisible()
    assert asked.outcome() == "Expected from 1 to 64, received 65"
    asked.type_into("rows", "many")
    assert "'many' is not a whole number" in asked.outcome()
    asked.type_into("columns", "4")
    assert asked.outcome().startswith("Layer 1: ") or asked.outcome().startswith("Layer 2: ")
    assert not asked.opening().isEnabled()
    person.press("Esc", asked.dialog)
    asked.gone()
    assert not person.document.is_modified


def test_a_possible_size_can_be_opened_while_it_is_typed(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    asked.type_into("rows", "2")
    assert not asked.opening().isEnabled()
    type_over(asked.box("rows"), "24", None)
    asked.open()
    assert made(person).shape == (1, 24, 32)


def test_a_click_that_leaves_an_impossible_size_opens_nothing(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    for text, told in (("49", "Expected from 1 to 48, received 49"), ("many", "'many' is not a whole number")):
        type_over(asked.box("rows"), text, None)
        person.bot.mouseClick(asked.opening(), Qt.MouseButton.LeftButton)
        assert asked.dialog.isVisible()
        assert told in asked.outcome()
        assert asked.size() == ("48", "64")
        person.sees(asked.opening().isEnabled)
    type_over(asked.box("columns"), "65", None)
    asked.dialog.accept()
    assert asked.dialog.isVisible()
    assert not person.document.is_modified
    person.sees(asked.opening().isEnabled)
    asked.open()  # the size that is shown
    assert made(person).shape == (1, 48, 64)


def test_escape_gives_a_size_back_before_it_closes_the_dialog(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    type_over(asked.box("columns"), "7", Qt.Key.Key_Escape)
    assert asked.dialog.isVisible()
    assert asked.size() == ("48", "64")
    assert asked.outcome() == "The network makes 22×30 out of it"
    person.press("Esc", asked.box("columns"))
    asked.gone()
    assert not person.document.is_modified


def test_rows_stand_before_columns(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    choose(person, "open_input", picture(tmp_path))
    asked = Asked(person)
    texts = [label.text() for label in asked.dialog.findChildren(QLabel)]
    assert "cat.png: 48 rows × 64 columns, in colour" in texts
    assert "Rows × columns" in texts
    assert asked.box("rows").x() < asked.box("columns").x()


def test_a_long_name_makes_no_wide_dialog(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(size=(1024, 640))
    choose(person, "open_input", picture(tmp_path, name="cat" * 60 + ".png"))
    asked = Asked(person)
    assert asked.dialog.width() < 720
    assert asked.dialog.height() < 600
    assert any("cat" * 60 in label.toolTip() for label in asked.dialog.findChildren(QLabel))
    asked.open()


def test_a_picture_without_colours_has_one_channel(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window(ONE.replace(input=RandomMap(size=(12, 12), channels=3)))
    choose(person, "open_input", picture(tmp_path, grey=True))
    channels = person.find(QComboBox, "picture_as_map.channels")
    assert not channels.isEnabled()
    Asked(person).open()
    assert made(person).shape == (1, 48, 64)


def test_a_picture_is_opened_by_keys_alone(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    person.press("Ctrl+Shift+I")
    select(person, picture(tmp_path))
    asked = Asked(person)
    person.sees(asked.dialog.isActiveWindow)
    names = []
    for _ in range(6):
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.objectName().removeprefix("picture_as_map."))
        person.press("Tab")
    assert names[:4] == ["channels", "rows", "columns", "range"]
    person.find(QComboBox, "picture_as_map.channels").setFocus()
    person.press("Down")
    person.press("Return")
    asked.gone()
    assert made(person).shape == (3, 48, 64)


@pytest.mark.qt_log_ignore("out of memory", extend=True)
def test_a_picture_for_which_there_is_no_memory_is_not_opened(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    wanted = Wanted(1, 64, size=(2**20, 2**20))
    dialog = PictureDialog(read_picture(picture(tmp_path)), "Picture", wanted, lambda _: (True, ""), person.window)
    dialog.open()
    asked = Asked(person)
    assert asked.outcome() == "Expected a size for which there is memory, received 1,048,576 × 1,048,576"
    assert not asked.opening().isEnabled()
    asked.pick("fit", "Squeeze the whole picture")
    assert not asked.opening().isEnabled()
    dialog.reject()


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
