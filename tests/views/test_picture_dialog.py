"""The dialog about a picture: what the picture is to become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
)

from convviz.engine.layers import Conv2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.files.pictures import read_picture
from convviz.model.sources import RandomMap
from convviz.views.heatmap import Heatmap
from convviz.views.picture_dialog import PictureDialog, Wanted
from tests.views.hands import type_over
from tests.views.own_files import Asked, choose, made, picture, select

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow

#: A network that leaves out one cell at each edge.
ONE = Experiment(input=RandomMap(size=(12, 12)), stages=(Stage(layer=Conv2d(kernel=3)),))


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
