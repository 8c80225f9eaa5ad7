"""The window at the sizes that screens have, and as small as it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QApplication, QSplitter, QTabBar, QToolButton, QWidget

from convviz.views import theme
from convviz.views.limits import LEAST_SIZE
from convviz.views.panels.microscope import Microscope

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def right_of(widget: QWidget, ancestor: QWidget) -> int:
    return widget.mapTo(ancestor, widget.rect().topRight()).x()


def sees_the_loss(person: Person, most: int = 260) -> None:
    plot = person.find(QWidget, "loss_plot")
    person.sees(lambda: 150 < plot.width() < most)  # once it is laid out
    loss, title = person.find(QWidget, "loss"), theme.metrics("strong").horizontalAdvance("Loss")
    button = person.find(QToolButton, "log_loss")
    assert button.mapTo(loss, button.rect().topLeft()).x() > title


@pytest.mark.parametrize("size", [(1, 1), (1024, 640)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_smallest_window_has_room_for_every_panel(
    open_window: OpenWindow, size: tuple[int, int], language: str
) -> None:
    person = open_window()
    person.window.resize(*size)
    person.window.set_language(language)
    person.sees(lambda: person.find(QWidget, "loss_plot").isVisible())
    assert person.window.width() <= 1024
    assert person.window.height() <= 640
    sees_the_loss(person)
    assert right_of(person.find(QWidget, "check_badge"), person.window) < person.window.width()


def test_the_least_size_of_the_command_line_shows_all_of_the_window(open_window: OpenWindow) -> None:
    person = open_window(size=LEAST_SIZE)
    sees_the_loss(person, most=400)
    least = person.window.minimumSize()
    assert least.width() <= LEAST_SIZE[0]
    assert least.height() <= LEAST_SIZE[1]
    for name in ("check_badge", "history", "loss", "pipeline", "pointed"):
        part = person.find(QWidget, name)
        corner = part.mapTo(person.window, part.rect().bottomRight())
        assert person.window.rect().contains(corner), name


def test_a_window_asked_to_be_narrow_is_and_leaves_the_inspector_away(open_window: OpenWindow) -> None:
    person = open_window(size=(800, 600))
    assert (person.window.width(), person.window.height()) == (800, 600)
    assert not person.find(QWidget, "inspector").isVisible()
    sees_the_loss(person, most=400)
    person.press("F9")
    assert person.find(QWidget, "inspector").isVisible()


def test_a_window_that_is_narrow_and_low_hides_nothing_beside_the_bar(open_window: OpenWindow) -> None:
    person = open_window()
    person.window.resize(1, 1)
    person.window.open_lesson("stride")
    picture = person.find(QWidget, "pipeline")
    person.sees(lambda: person.window.has_lesson and picture.visibleRegion().boundingRect().height() < picture.height())
    assert picture.visibleRegion().boundingRect().width() == picture.width()


def leads_to(person: Person, key: str) -> QWidget:
    """Return the widget of the picture that the key leads to from outside, as one who presses it again and again."""
    picture = person.find(QWidget, "pipeline")
    for _ in range(100):
        person.press(key)
        focused = QApplication.focusWidget()
        if focused is not None and picture.isAncestorOf(focused):
            return focused
    raise AssertionError("nothing of the picture has the focus")


def test_what_tab_leads_to_is_seen_in_a_low_window(open_window: OpenWindow) -> None:
    person = open_window()
    person.window.resize(1100, 1)
    person.window.open_lesson("stride")
    person.sees(lambda: person.window.has_lesson)
    first, last = person.find(QWidget, "pipeline.input"), person.find(QWidget, "loss_plot")
    person.find(QTabBar, "side_tabs").setFocus()
    assert leads_to(person, "Shift+Tab") is last
    foot = last.mapTo(person.window, last.rect().bottomLeft()).y()
    assert foot < person.find(QWidget, "history").mapTo(person.window, QPoint()).y()
    person.press("Shift+Tab")
    person.press("Tab")  # Qt leaves some room around what it brings into sight
    person.find(QTabBar, "side_tabs").setFocus()
    assert first.visibleRegion().isEmpty()
    assert leads_to(person, "Tab") is first
    assert first.visibleRegion().boundingRect() == first.rect()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_microscope_leaves_the_window_as_narrow_as_it_is(open_window: OpenWindow, language: str) -> None:
    person = open_window()
    person.window.set_language(language)
    person.window.resize(1, 700)
    width = person.window.width()
    for layer in range(2):
        person.look_at("layer", layer)
        person.click("microscope")
        person.click("microscope.backwards")  # with the phases of a kernel's gradient, of which there are most
        last = person.find(QToolButton, "microscope.phase6")
        person.sees(last.isVisible)
        microscope = person.find(Microscope, "microscope")
        assert microscope.minimumSizeHint().width() <= microscope.width()
        QApplication.processEvents()
        assert right_of(last, microscope) < microscope.width()
        assert person.window.width() == width
        person.click("microscope")


def test_a_wide_inspector_leaves_the_picture_its_room(open_window: OpenWindow) -> None:
    person = open_window()
    person.find(QSplitter, "columns").setSizes([1, 2000])
    sees_the_loss(person)


def test_a_narrow_inspector_cuts_no_tab_off(open_window: OpenWindow) -> None:
    person = open_window()
    person.find(QSplitter, "columns").setSizes([2000, 1])
    tabs = person.find(QTabBar, "layers.0.role")
    person.sees(lambda: tabs.width() < 290)  # once it is laid out
    assert tabs.tabRect(tabs.count() - 1).right() <= tabs.width()
    assert tabs.sizeHint().width() <= tabs.width()
