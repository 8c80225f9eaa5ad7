"""The message in the row of the status line: it covers nothing, moves nothing, and all of it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLabel, QWidget

from convviz.engine.frames import State
from convviz.views import theme
from convviz.views.banner import Banner, Message, Offer
from convviz.views.heatmap import Heatmap
from convviz.views.language import speak
from convviz.views.status_line import StatusLine

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.views.conftest import OpenWindow, Person

SHORT = "The file could not be opened."
LONG = " ".join(f"This is sentence {n} of a message that is much longer than one line." for n in range(3))
ENDLESS = " ".join(f"This is sentence {n} of a message for which there is no room." for n in range(30))
OFFERS = (Offer("undo_it", lambda: "Undo", lambda: None, lambda: "Take it back"),)


@pytest.fixture
def banner(qapp: QApplication, qtbot: QtBot) -> Banner:
    """Return a banner in a row whose right third is taken."""
    theme.apply(qapp, "light")
    row = QWidget()
    qtbot.addWidget(row)
    row.resize(900, 36)
    beside = QWidget(row)
    beside.setGeometry(600, 0, 300, 36)
    row.show()
    return Banner(row, beside)


def text_of(banner: Banner) -> QLabel:
    text = banner.findChild(QLabel, "banner_text")
    assert text is not None
    return text


def test_a_message_takes_the_rest_of_the_row_only_where_it_needs_it(banner: Banner) -> None:
    banner.show_message(Message(lambda: SHORT))
    assert banner.geometry().right() < 600
    banner.show_message(Message(lambda: LONG))
    assert banner.width() == 900
    banner.show_message(Message(lambda: SHORT))
    assert banner.geometry().right() < 600
    assert banner.height() == 36
    banner.parentWidget().resize(500, 36)  # type: ignore[union-attr]
    assert banner.geometry().right() < 600


@pytest.mark.parametrize(("message", "cut"), [(SHORT, False), (LONG, False), (ENDLESS, True)])
def test_what_is_cut_off_is_in_the_tooltip(banner: Banner, message: str, cut: bool) -> None:
    banner.show_message(Message(lambda: message, offers=OFFERS))
    banner.grab()
    assert (message in text_of(banner).toolTip()) is cut
    assert text_of(banner).text() == message
    button = banner.findChild(QAbstractButton, "undo_it")
    assert button is not None
    assert button.toolTip() == "Take it back"
    assert banner.rect().contains(button.geometry())
    assert text_of(banner).geometry().right() < button.geometry().left()


def places(person: Person) -> dict[str, QRect]:
    """Return where everything is in the window."""
    window = person.window
    shown = [
        w for w in window.findChildren(QWidget) if w.objectName() and w.isVisible() and "banner" not in w.objectName()
    ]
    return {w.objectName(): QRect(w.mapTo(window, QPoint()), w.size()) for w in shown if w.window() is window}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1280, 800), (1024, 640)])
def test_a_message_moves_and_covers_nothing(open_window: OpenWindow, size: tuple[int, int], language: str) -> None:
    speak(language)
    person = open_window("diverging", size=size)
    person.sees(lambda: "loss_plot" in places(person))
    before = places(person)
    person.click("play")
    person.sees_state(State.DIVERGED)
    banner = person.find(Banner, "banner")
    person.sees(banner.isVisible)
    after = places(person)
    offers = {"try_smaller_rate", "go_back", "banner_reset"}
    assert {name: rect for name, rect in after.items() if name not in offers} == before
    lies = QRect(banner.mapTo(person.window, QPoint()), banner.size())
    line = person.find(StatusLine, "status")
    assert line.rect().contains(banner.geometry())
    assert not any(lies.intersects(after[name]) for name in after if name.startswith(("pipeline", "loss", "history")))
    person.window.grab()
    assert text_of(banner).toolTip() == ""  # all of it can be read


def test_what_is_pointed_at_is_told_meanwhile(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.click("play")
    person.sees_state(State.DIVERGED)
    banner = person.find(Banner, "banner")
    person.sees(banner.isVisible)
    person.window.grab()
    told = text_of(banner).grab().toImage()
    heatmap = person.find(Heatmap, "pipeline.input")
    QTest.mouseMove(heatmap, heatmap.cell_rect(0, 2, 2).center())
    person.sees(lambda: "row 3, column 3" in person.text("pointed"))
    assert text_of(banner).grab().toImage() != told
    QTest.mouseMove(heatmap, QPoint(1, 1))
    person.sees(lambda: text_of(banner).grab().toImage() == told)
