"""Another language and another theme, while the window is open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QCoreApplication, QPoint, QRect, QSize
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLabel, QMenu, QToolBar, QToolButton, QWidget

from convviz.engine.frames import State
from convviz.i18n import LANGUAGES
from convviz.views import theme
from convviz.views.action_texts import plain
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

#: What reads the same in every language.
_NAMES = {*LANGUAGES.values(), "convviz", "Adam", "RMSprop", "SGD", "float64", "float32"}
#: Names of functions, which the field writes alike everywhere.
_NAMES |= {"ReLU", "Leaky ReLU", "Sigmoid", "Tanh"}


SIZES = pytest.mark.parametrize("size", [(1024, 640), (1280, 800), (1920, 1080)])


def texts(person: Person) -> dict[tuple[str, int], str]:
    """Return every text that is on the screen or in a menu, by where it is."""
    window = person.window
    found: list[tuple[str, str]] = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QMenu):
            found += [(f"menu {widget.objectName()}", action.text()) for action in widget.actions()]
        elif not widget.isVisible():
            continue
        elif isinstance(widget, (QLabel, QAbstractButton, ReadOut)):
            found.append((f"{type(widget).__name__} {widget.objectName()}", widget.text()))
        elif isinstance(widget, QComboBox):
            found.append((f"choice {widget.objectName()}", widget.currentText()))
        if not isinstance(widget, QMenu):
            found.append((f"tooltip {widget.objectName()}", widget.toolTip()))
            found.append((f"name {widget.objectName()}", widget.accessibleName()))
    return {(where, index): text for index, (where, text) in enumerate(found)}


def says_something(text: str) -> bool:
    """Return whether a text has words that a translation would change."""
    words = re.sub(r"\([^()]*\)", "", plain(text))  # shortcuts keep their names
    return bool(re.search(r"[A-Za-z]{2,}", words)) and words.strip() not in _NAMES


def places(person: Person) -> dict[QWidget, QRect]:
    """Return where everything is, once the layouts have taken what was asked of them."""
    QCoreApplication.processEvents()
    return {
        widget: QRect(widget.mapTo(person.window, QPoint(0, 0)), widget.size())
        for widget in person.window.findChildren(QWidget)
        if widget.isVisible() and widget.objectName() and widget.parentWidget() is not None
    }


def own(widget: QWidget) -> bool:
    """Return whether the window's frame and the loss panel are answerable for a widget's place."""
    names = []
    while widget is not None:
        names.append(widget.objectName())
        widget = widget.parentWidget()
    return any(name in ("transport", "history", "status", "loss") for name in names)


def test_every_text_changes_its_language(open_window: OpenWindow) -> None:
    person = open_window()
    english = texts(person)
    person.find(QAction, "language_zh_CN").trigger()
    chinese = texts(person)
    assert english.keys() == chinese.keys()
    same = {where: text for where, text in english.items() if says_something(text) and chinese[where] == text}
    assert same == {}
    person.find(QAction, "language_en").trigger()
    assert texts(person) == english


@SIZES
def test_another_language_moves_nothing(open_window: OpenWindow, size: tuple[int, int]) -> None:
    person = open_window(size=size)
    before = places(person)
    person.find(QAction, "language_zh_CN").trigger()
    person.bot.waitUntil(lambda: person.button("play").text() != "Play")
    after = places(person)
    moved = {w.objectName(): (before[w], after[w]) for w in before if own(w) and before[w] != after.get(w)}
    assert moved == {}


def test_training_goes_on_while_the_language_changes(open_window: OpenWindow) -> None:
    person = open_window(speed=200.0)
    person.click("play")
    person.sees_state(State.RUNNING)
    person.find(QAction, "language_zh_CN").trigger()
    step = person.session.status.step
    person.sees(lambda: person.session.status.step > step)
    assert person.button("play").text() == "暂停"


def test_a_choice_of_language_is_remembered_and_marked(open_window: OpenWindow) -> None:
    person = open_window()
    assert person.find(QAction, "language_system").isChecked()
    person.find(QAction, "language_zh_CN").trigger()
    assert person.preferences.language == "zh_CN"
    assert person.find(QAction, "language_zh_CN").isChecked()
    assert not person.find(QAction, "language_system").isChecked()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_theme_changes_while_the_window_is_open(open_window: OpenWindow, name: str) -> None:
    person = open_window()
    person.find(QAction, f"theme_{'dark' if name == 'light' else 'light'}").trigger()
    person.find(QAction, f"theme_{name}").trigger()
    assert theme.current().name == name
    assert person.preferences.theme == name
    picture = person.window.grab().toImage()
    dark = sum(picture.pixelColor(x, y).lightness() < 90 for x in range(0, 1280, 16) for y in range(0, 800, 16))
    assert (dark > 2000) == (name == "dark")  # of 4000 pixels
    shown = person.button("play").icon().pixmap(QSize(20, 20)).toImage()
    solid = [c for x in range(20) for y in range(20) if (c := shown.pixelColor(x, y)).alpha() == 255]
    assert solid
    assert all(colour.name() == theme.current().text.name() for colour in solid)


@SIZES
def test_another_theme_moves_nothing(open_window: OpenWindow, size: tuple[int, int]) -> None:
    person = open_window(size=size)
    before = places(person)
    person.find(QAction, "theme_dark").trigger()
    after = places(person)
    assert {w.objectName() for w in before if own(w) and before[w] != after.get(w)} == set()


@SIZES
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_toolbar_fits(open_window: OpenWindow, size: tuple[int, int], language: str) -> None:
    person = open_window(size=size)
    person.window.set_language(language)
    assert (person.window.width(), person.window.height()) == size
    for name in ("play", "step", "run_n", "reset", "new_seed", "free", "undo", "redo"):
        button = person.button(name)
        assert button.isVisible()
        right = button.mapTo(person.window, QPoint(button.width(), 0)).x()
        assert right <= size[0]
        text_width = button.fontMetrics().horizontalAdvance(button.text())
        assert text_width <= button.width() - 4, name


def test_a_number_that_grows_moves_nothing(open_window: OpenWindow) -> None:
    person = open_window(size=(1024, 640))
    before = places(person)
    person.run_to_the_end()
    after = places(person)
    assert {w.objectName() for w in before if own(w) and before[w] != after.get(w)} == set()


def test_the_captions_of_the_toolbar_stand_on_one_line_and_are_whole(open_window: OpenWindow) -> None:
    person = open_window()
    bar = person.find(QToolBar, "transport")
    words = [read_out for read_out in bar.findChildren(ReadOut) if read_out.isVisible()]
    assert len(words) == 3
    assert len({word.mapTo(bar, word.rect().topLeft()).y() for word in words}) == 1
    line = theme.metrics("small").height()
    for button in bar.findChildren(QToolButton):
        if button.isVisible() and button.text():
            room = button.height() - 2 - button.iconSize().height() - 4  # the border; the gap that Qt leaves
            assert room >= line, button.objectName()
