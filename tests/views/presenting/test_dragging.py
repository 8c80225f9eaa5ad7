"""A window that is made larger and smaller while it presents: its letters follow at once, and nothing twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QApplication, QMenuBar, QWidget

from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.pipeline import Pipeline
from tests.views.presenting.stage import HD, present

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

#: The corners that a pointer passes which drags that of the window, in pixels.
_DRAG = [(1280 + 16 * step, 720 + 9 * step) for step in range(1, 12)]


class Ear(QObject):
    """Counts how often widgets are told that their style is another, and how large everything is as one is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.told: Counter[str] = Counter()
        self.painted: list[float] = []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if watched is not None and event is not None:
            if event.type() == QEvent.Type.StyleChange:
                self.told[watched.objectName()] += 1
            elif event.type() == QEvent.Type.Paint:
                self.painted.append(theme.zoom())
        return False


def listen(*widgets: QWidget) -> Ear:
    ear = Ear()
    for widget in widgets:
        widget.installEventFilter(ear)
    return ear


def test_what_is_seen_is_polished_once_for_a_step_and_what_is_not_seen_is_left_alone(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 720))
    present(person)
    seen, away = ("pipeline.target", "loss_plot"), ("inspector", "transport", "history")
    ear = listen(*(person.find(QWidget, name) for name in (*seen, *away)))
    person.window.resize(1440, 810)
    assert theme.zoom() == pytest.approx(810 / 640)
    QApplication.processEvents()
    assert dict(ear.told) == dict.fromkeys(seen, 1)


def test_nothing_is_painted_in_letters_of_another_size_than_the_window_is_for(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 720))
    present(person)
    picture = person.find(Pipeline, "pipeline")
    ear = listen(picture)
    for width, height in _DRAG:
        ear.painted.clear()
        person.window.resize(width, height)
        person.sees(lambda: bool(ear.painted))
        QApplication.processEvents()
        assert set(ear.painted) == {height / 640}, (width, height)


def test_a_window_that_was_dragged_there_looks_like_one_that_always_was_as_large(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 720))
    present(person)
    for size in _DRAG:
        person.window.resize(*size)
        QApplication.processEvents()
    person.window.resize(*HD)
    person.sees(lambda: person.find(Heatmap, "pipeline.target").width() > 0)
    QApplication.processEvents()
    dragged = fonts_and_places(person, person.find(QWidget, "stage"))
    person.press("F5")
    QApplication.processEvents()
    present(person)
    assert dragged == fonts_and_places(person, person.find(QWidget, "stage"))


def fonts_and_places(person: Person, root: QWidget) -> dict[str, object]:
    found = [widget for widget in root.findChildren(QWidget) if widget.objectName() and widget.isVisible()]
    assert found
    return {each.objectName(): (each.font().pixelSize(), each.geometry()) for each in found}


@pytest.mark.parametrize("smallest", [(1024, 640), (1280, 720)], ids=["the usual size", "still larger"])
def test_what_was_away_is_as_usual_though_the_theme_was_changed_meanwhile(
    open_window: OpenWindow, smallest: tuple[int, int]
) -> None:
    person = open_window(size=HD)
    inspector = person.find(QWidget, "inspector")
    before = fonts_and_places(person, inspector)
    bar = person.window.findChild(QMenuBar)
    assert bar is not None
    present(person)
    person.window.set_theme("dark")
    person.window.resize(*smallest)
    QApplication.processEvents()
    person.press("F5")
    person.window.resize(*HD)
    person.sees(lambda: fonts_and_places(person, inspector) == before)
    for widget in (inspector, bar):
        assert widget.palette().color(widget.foregroundRole()) == theme.DARK.text
