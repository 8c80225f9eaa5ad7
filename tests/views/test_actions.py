"""The table of actions, and everything that is made of it."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QSignalBlocker, QSize
from PyQt6.QtGui import QAction, QKeySequence, QScreen
from PyQt6.QtWidgets import QApplication, QLabel, QMenu, QScrollArea, QToolButton, QWidget

from convviz.resources import resource
from convviz.views import theme
from convviz.views.action_table import ACTIONS, GROUPS, ActionSpec
from convviz.views.action_texts import plain, with_own_keys
from convviz.views.dialogs import AboutBox, ShortcutsPage
from convviz.views.editors.matrix_grid import MatrixGrid

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

every_action = pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.name)


@every_action
def test_every_action_has_a_drawing_and_a_sentence(spec: ActionSpec) -> None:
    assert spec.group in GROUPS
    assert "currentColor" in resource("icons", f"{spec.icon}.svg").read_text(encoding="utf-8")
    assert len(spec.help.split()) > 2


def test_no_shortcut_means_two_things() -> None:
    keys = Counter(QKeySequence(keys).toString() for spec in ACTIONS for keys in spec.shortcuts)
    assert [key for key, count in keys.items() if count > 1] == []
    assert "" not in keys


def test_a_mac_finds_about_and_quit_whatever_they_are_called_and_takes_nothing_else_for_them(
    open_window: OpenWindow,
) -> None:
    person = open_window()
    role = QAction.MenuRole
    person.find(QAction, "language_zh_CN").trigger()
    roles = {spec.name: person.find(QAction, spec.name).menuRole() for spec in ACTIONS}
    assert roles.pop("about") is role.AboutRole
    assert roles.pop("quit") is role.QuitRole
    assert set(roles.values()) == {role.NoRole}


def test_keys_are_called_what_they_are_called_on_a_mac(
    monkeypatch: pytest.MonkeyPatch, open_window: OpenWindow
) -> None:
    assert with_own_keys("Ctrl+C, Ctrl+V") == "Ctrl+C, Ctrl+V"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert with_own_keys("Ctrl+C, Ctrl+V") == "Cmd+C, Cmd+V"
    person = open_window()
    person.find(QAction, "shortcuts").trigger()
    page = person.dialog(ShortcutsPage, "shortcuts_page")
    texts = {label.text() for label in page.findChildren(QLabel)}
    assert "Cmd+C, Cmd+V" in texts
    assert "the same with Shift, with Cmd" in texts
    assert "Cmd" in person.find(QWidget, "layers.0.weight.cells.copy").toolTip()
    assert "Cmd coarser" in person.find(MatrixGrid, "layers.0.weight.cells").toolTip()


@pytest.mark.parametrize(("title", "words"), [("&File", "File"), ("H&istory", "History"), ("文件(&F)", "文件")])
def test_titles_lose_their_access_keys(title: str, words: str) -> None:
    assert plain(title) == words


def in_menus(person: Person) -> set[str]:
    return {action.objectName() for menu in person.window.findChildren(QMenu) for action in menu.actions()}


def test_every_action_is_in_a_menu_and_its_tooltip_names_its_shortcut(open_window: OpenWindow) -> None:
    person = open_window()
    assert {spec.name for spec in ACTIONS} <= in_menus(person)
    for spec in ACTIONS:
        action = person.find(QAction, spec.name)
        assert action.text() == spec.text
        assert not action.icon().isNull()
        if spec.shortcuts:
            assert action.toolTip().endswith(f"({spec.shortcuts[0]})")


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("spec", [spec for spec in ACTIONS if spec.checkable], ids=lambda spec: spec.name)
def test_a_menu_shows_what_is_switched_on(open_window: OpenWindow, name: str, spec: ActionSpec) -> None:
    person = open_window()
    person.window.set_theme(name)
    action = person.find(QAction, spec.name)
    menu = person.find(QMenu, f"menu_{spec.group}")
    menu.ensurePolished()
    menu.adjustSize()
    before = action.isChecked()

    def ticked(on: bool) -> int:
        """Return how many pixels before the entry's text have the colour of a box that is ticked."""
        with QSignalBlocker(action):
            action.setChecked(on)
        image, place = menu.grab().toImage(), menu.actionGeometry(action)
        spots = [(x, y) for x in range(place.left(), place.left() + 26) for y in range(place.top(), place.bottom())]
        return sum(image.pixelColor(x, y) == theme.current().accent for x, y in spots)

    assert ticked(on=True) > 80  # most of a box, with a tick in it; a coloured drawing has far less
    assert ticked(on=False) == 0
    with QSignalBlocker(action):
        action.setChecked(before)


def test_a_key_that_is_held_down_changes_nothing_back_and_forth(open_window: OpenWindow) -> None:
    person = open_window()
    once = {spec.name for spec in ACTIONS if not person.find(QAction, spec.name).autoRepeat()}
    assert {spec.name for spec in ACTIONS if spec.checkable} | {"play", "replay", "keep_curve"} <= once
    assert not once & {"step", "earlier", "later", "slower", "faster", "undo", "redo"}


def test_every_tool_button_has_a_text_or_a_tooltip(open_window: OpenWindow) -> None:
    person = open_window()
    for button in person.window.findChildren(QToolButton):
        if button.isVisible():
            assert button.text() or button.toolTip(), button.objectName()
            assert button.toolTip() or button.accessibleName(), button.objectName()


def test_the_page_of_shortcuts_lists_every_action_that_has_one(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("F1")
    page = person.dialog(ShortcutsPage, "shortcuts_page")
    shown = [label.text() for label in page.findChildren(QLabel)]
    for spec in ACTIONS:
        assert (spec.text.rstrip("…") in shown) == bool(spec.shortcuts), spec.name
        for keys in spec.shortcuts:
            assert any(keys in text for text in shown), keys
    page.close()


def test_the_about_box_names_the_licence_and_the_libraries(open_window: OpenWindow) -> None:
    person = open_window()
    person.find(QAction, "about").trigger()
    box = person.dialog(AboutBox, "about_box")
    text = person.find(QLabel, "about_text").text()
    for word in ("GPL-3.0-or-later", "Qt 6", "PyQt 6", "pyqtgraph 0", "NumPy 2", "Version"):
        assert word in text
    box.close()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_of_shortcuts_shows_all_of_them_at_once(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(QScreen, "availableSize", lambda _: QSize(1280, 800))
    person = open_window()
    person.window.set_language(language)
    person.press("F1")
    page = person.dialog(ShortcutsPage, "shortcuts_page")
    scroll = page.findChild(QScrollArea)
    assert scroll is not None
    assert scroll.widget().sizeHint().height() <= scroll.viewport().height()
    assert scroll.widget().sizeHint().width() <= scroll.viewport().width()
    assert page.height() <= person.window.height()
    page.close()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("screen", [QSize(1024, 768), QSize(800, 480)])
def test_the_page_of_shortcuts_is_no_larger_than_the_screen(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, screen: QSize, language: str
) -> None:
    monkeypatch.setattr(QScreen, "availableSize", lambda _: screen)
    person = open_window()
    person.window.set_language(language)
    person.press("F1")
    page = person.dialog(ShortcutsPage, "shortcuts_page")
    scroll = page.findChild(QScrollArea)
    assert scroll is not None
    across = scroll.horizontalScrollBar()
    assert across is not None
    assert page.width() < screen.width()
    assert page.height() < screen.height()
    QApplication.processEvents()
    assert across.maximum() == 0  # it scrolls but up and down
    shown = {label.text() for label in page.findChildren(QLabel)}
    page.resize(1250, 744)
    assert {label.text() for label in page.findChildren(QLabel)} == shown
    page.close()


def test_the_page_of_shortcuts_tells_what_pointer_and_keys_do_to_a_number(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("F1")
    page = person.dialog(ShortcutsPage, "shortcuts_page")
    shown = {label.text() for label in page.findChildren(QLabel)}
    assert shown >= {"Numbers of a kernel", "Change by 0.1", "Explain the number", "Show that step"}
    assert shown >= {"Move the cross", "Click on the path, Enter", "Let the student start there"}
    page.close()
