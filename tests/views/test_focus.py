"""Through the window with the Tab key."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QWidget

from tests.views.hands import choose_item

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def walk(person: Person, start: str, steps: int) -> list[str]:
    """Return the names of what gets the focus, one Tab after the other."""
    person.find(QWidget, start).setFocus(Qt.FocusReason.TabFocusReason)
    names = [start]
    for _ in range(steps):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.objectName())
    return names


def test_the_picture_is_read_from_the_input_to_the_residual(open_window: OpenWindow) -> None:
    person = open_window()
    names = walk(person, "pipeline", 21)
    expected = ["pipeline", "pipeline.input", "pipeline.layer0", "pipeline.layer0.student", "pipeline.map1"]
    expected += ["pipeline.layer1", "pipeline.layer1.gradient", "pipeline.reconstruction", "pipeline.target"]
    expected += ["pipeline.residual"]
    places = [names.index(name) for name in expected]
    assert places == sorted(places)


def test_a_layer_that_was_added_is_read_in_its_place(open_window: OpenWindow) -> None:
    person = open_window()
    person.find(QAction, "layers.add.conv2d").trigger()
    names = walk(person, "pipeline", 36)
    places = [names.index(f"pipeline.{name}") for name in ("layer0", "map1", "layer1", "map2", "layer2", "residual")]
    assert places == sorted(places)


def test_the_controls_of_a_layer_are_read_from_above(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 1600))
    choose_item(person.find(QComboBox, "layers.0.weight"), "Uniform")
    names = walk(person, "layers.0.role", 14)
    heights = [
        widget.mapTo(person.window, widget.rect().center()).y()
        for widget in (person.find(QWidget, name) for name in names)
    ]
    assert all(following >= above - 2 for above, following in pairwise(heights)), list(zip(names, heights, strict=True))
    tools = [names.index(f"layers.0.weight.cells.{name}") for name in ("presets", "open", "copy")]
    assert tools == sorted(tools)
    assert names.index("layers.0.weight.low") < names.index("layers.0.bias")


def groups(person: Person, names: list[str]) -> list[str]:
    """Return in which part of the window the focus was, one after the other."""
    parts = {name: person.find(QWidget, name) for name in ("transport", "loss", "history", "inspector", "stage")}
    found = []
    for name in names:
        widget = person.find(QWidget, name) if name else None
        part = next((key for key, part in parts.items() if widget is not None and part.isAncestorOf(widget)), name)
        if found[-1:] != [part] and part:
            found.append(part)
    return found


def tabbed(person: Person) -> list[str]:
    """Return the names of all that the Tab key comes to from the first control of the toolbar on, once around."""
    start = person.find(QWidget, "experiment")
    start.setFocus(Qt.FocusReason.TabFocusReason)
    names, focused = [], QApplication.focusWidget()
    while focused is not None and not (names and focused is start):
        names.append(focused.objectName())
        assert len(names) < 200, " ".join(names[20:120])
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
    return names


def test_the_parts_of_the_window_are_read_from_above(open_window: OpenWindow) -> None:
    person = open_window()
    for _ in range(2):
        person.click("step")
        person.sees_step(person.session.status.step + 1)
    person.press("Alt+Left")
    person.sees(lambda: person.button("live").isEnabled())
    names = tabbed(person)
    read = groups(person, names)
    assert read[:4] == ["transport", "stage", "loss", "history"]
    assert "inspector" in read[4:]
    assert read[-1] == "check_badge"
    history = [name for name in names if name in ("earlier", "history_slider", "later", "live", "continue")]
    assert history == ["earlier", "history_slider", "later", "live", "continue"]


def test_controls_that_are_made_anew_come_before_the_badge(open_window: OpenWindow) -> None:
    person = open_window()
    person.find(QAction, "layers.add.conv2d").trigger()
    person.sees_step(0)
    person.look_at("input")
    assert tabbed(person)[-1] == "check_badge"


def test_the_landscape_is_read_in_the_place_of_the_picture(open_window: OpenWindow) -> None:
    person = open_window()
    person.click("landscape")
    names = tabbed(person)
    assert names.index("landscape") < names.index("landscape.kind") < names.index("landscape.map")
    assert names.index("landscape.map") < names.index("outline")
    assert groups(person, names)[:2] == ["transport", "stage"]


def test_the_microscope_is_read_in_the_place_of_the_picture(open_window: OpenWindow) -> None:
    person = open_window()
    person.click("microscope")
    names = tabbed(person)
    assert names.index("microscope") < names.index("microscope.layer") < names.index("microscope.play")
    assert groups(person, names)[:2] == ["transport", "stage"]
    assert names.index("microscope.speed") < names.index("outline")
