"""Closing works at every moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from PyQt6 import sip
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QSlider

from convviz.engine.frames import State
from convviz.model.document import Document
from convviz.model.files import load_builtin
from convviz.model.session import Session
from convviz.views.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from convviz.views.preferences import Preferences
    from tests.views.conftest import OpenWindow, Person


def nothing(person: Person) -> None:
    pass


def slowly(person: Person) -> None:
    person.session.set_speed(1.0)
    person.click("play")
    person.sees_state(State.RUNNING)


def flat_out_beyond_the_end(person: Person) -> None:
    person.run_to_the_end()
    person.click("play")
    person.sees(lambda: person.session.status.step > 2500)


def just_started(person: Person) -> None:
    person.click("play")


def looking_back(person: Person) -> None:
    person.run_to_the_end()
    person.find(QSlider, "history_slider").setValue(7)


def looking_back_while_it_runs(person: Person) -> None:
    flat_out_beyond_the_end(person)
    person.find(QSlider, "history_slider").setValue(7)
    person.sees(lambda: person.session.status.shown == 7)


def rebuilding(person: Person) -> None:
    slowly(person)
    person.document.open_experiment(load_builtin("channels"))


def diverged(person: Person) -> None:
    person.document.open_experiment(load_builtin("diverging"))
    person.click("play")
    person.sees_state(State.DIVERGED)


@pytest.mark.parametrize(
    "moment",
    [
        nothing,
        slowly,
        flat_out_beyond_the_end,
        just_started,
        looking_back,
        looking_back_while_it_runs,
        rebuilding,
        diverged,
    ],
)
def test_the_window_closes_at_every_moment(open_window: OpenWindow, moment: Callable[[Person], None]) -> None:
    person = open_window(speed=math.inf)
    moment(person)
    assert person.window.close()
    assert not person.window.isVisible()
    person.session.play()  # nothing runs any more, and nothing is started
    person.window.close()


def test_a_window_without_its_panels_closes(qtbot: object, open_window: OpenWindow) -> None:
    window = MainWindow(None, None, open_window().preferences)
    window.show()
    assert window.close()
    window.deleteLater()


@pytest.mark.parametrize("undone", [False, True], ids=["changed", "undone"])
def test_the_document_may_end_before_the_window(qtbot: QtBot, preferences: Preferences, undone: bool) -> None:
    document = Document(load_builtin("demo"))
    window = MainWindow(document, Session(), preferences)
    window.show()
    document.propose(document.experiment.replace(seed=36), "Change the seed")
    if undone:
        document.undo_stack.undo()
    window.close()
    if not undone:
        box = window.findChild(QMessageBox, "unsaved_changes")
        assert box is not None
        qtbot.mouseClick(box.button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    with qtbot.captureExceptions() as exceptions:
        sip.delete(document)  # as when the program leaves: its stack of changes says that it is empty now
    assert exceptions == []
    window.deleteLater()
