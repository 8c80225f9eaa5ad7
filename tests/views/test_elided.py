"""A list to choose from: its chosen text where it is longer than there is room for, and its entries when it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox

from convviz.views import theme
from convviz.views.editors.buttons import Choice
from convviz.views.elided import ElidedBox

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.views.conftest import OpenWindow

NAME = "Gradient descent without momentum crawls"


def shown(box: QComboBox, text: str) -> QImage:
    box.clear()
    box.addItem(text)
    return box.grab().toImage()


def beginnings(box: QComboBox, end: str) -> list[str]:
    """Return every beginning of the name that has room in the box with ``end`` behind it."""
    texts = [NAME[:length] + end for length in range(len(NAME))]
    return [text for text in texts if box.fontMetrics().horizontalAdvance(text) < box.width() - 28]


@pytest.fixture(params=["toolbar", "panel"])
def box(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot) -> QComboBox:
    theme.apply(qapp, "light")
    box = ElidedBox() if request.param == "toolbar" else Choice("choice")
    qtbot.addWidget(box)
    box.resize(140, 28)
    return box


def test_a_text_that_is_too_long_ends_with_an_ellipsis(box: QComboBox) -> None:
    long = shown(box, NAME)
    assert any(shown(box, text) == long for text in beginnings(box, "…"))


def test_a_long_name_keeps_its_star(box: QComboBox) -> None:
    starred = shown(box, NAME + "*")
    assert starred != shown(box, NAME)
    assert any(shown(box, text) == starred for text in beginnings(box, "…*"))


def test_a_usual_window_has_room_for_the_names_of_all_experiments(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 800))
    chooser = person.find(ElidedBox, "experiment")
    for index in range(chooser.count()):
        name = chooser.itemText(index) + "*"  # as it is called once it has been changed
        assert chooser.shortened(name, chooser.width() - 28) == name


def test_the_toolbar_shows_that_an_experiment_with_a_long_name_was_changed(open_window: OpenWindow) -> None:
    person = open_window(size=(1024, 640))
    before = person.document.experiment.replace(name=NAME * 2)
    person.document.open_experiment(before)
    chooser = person.find(QComboBox, "experiment")
    unchanged = chooser.grab().toImage()
    person.document.propose(before.replace(seed=before.seed + 1), "Change the seed")
    assert chooser.grab().toImage() != unchanged


@pytest.mark.parametrize("name", ["experiment", "layers.0", "layers.0.padding"])
@pytest.mark.parametrize("by_mouse", [True, False], ids=["clicked", "by the keyboard"])
def test_an_open_list_shows_all_its_entries(open_window: OpenWindow, name: str, by_mouse: bool) -> None:
    person = open_window(size=(1280, 800))
    person.look_at("layer", 0)
    box = person.find(QComboBox, name)
    if by_mouse:
        person.bot.mouseClick(box, Qt.MouseButton.LeftButton)
    else:
        box.setFocus(Qt.FocusReason.TabFocusReason)
        person.bot.keyClick(box, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    view, model = box.view(), box.model()
    assert view is not None
    assert model is not None
    person.sees(view.isVisible)
    first, last = (view.visualRect(model.index(row, 0)) for row in (0, box.count() - 1))
    assert first.top() >= 0
    assert last.bottom() < view.viewport().height()
    box.hidePopup()
