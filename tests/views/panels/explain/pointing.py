"""What a person does with the numbers of the picture, and what is read of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QListView, QWidget

from convviz.views.heatmap import Heatmap
from convviz.views.panels.explain.term_view import TermView

if TYPE_CHECKING:
    from PyQt6.QtGui import QColor

    from convviz.engine.frames import Frame
    from tests.views.conftest import Person

LEFT = Qt.MouseButton.LeftButton


def heatmap(person: Person, name: str) -> Heatmap:
    return person.find(Heatmap, f"pipeline.{name}")


def point_at(person: Person, name: str, *index: int) -> None:
    shown = heatmap(person, name)
    person.bot.mouseMove(shown, shown.cell_rect(*index).center())


def click(person: Person, name: str, *index: int) -> None:
    shown = heatmap(person, name)
    point_at(person, name, *index)
    person.bot.mouseClick(shown, LEFT, pos=shown.cell_rect(*index).center())


def double_click(person: Person, name: str, *index: int) -> None:
    click(person, name, *index)
    shown = heatmap(person, name)
    QTest.mouseDClick(shown, LEFT, pos=shown.cell_rect(*index).center())


def corner_colour(person: Person, name: str, *index: int) -> QColor:
    """Return the colour of a cell's lower left corner, where marks are painted."""
    shown = heatmap(person, name)
    return shown.grab().toImage().pixelColor(shown.cell_rect(*index).bottomLeft())


def terms(person: Person) -> TermView:
    return person.find(TermView, "explain.terms")


def term_texts(person: Person) -> list[str]:
    model = person.find(QListView, "explain.terms").model()
    assert model is not None
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def click_factor(person: Person, row: int, factor: int) -> None:
    view = terms(person)
    person.bot.mouseClick(view.viewport(), LEFT, pos=view.chip_rect(row, factor).center())


def frame_of(person: Person) -> Frame:
    frame = person.session.frame
    assert frame is not None
    return frame


def is_explained(person: Person) -> bool:
    return person.find(QWidget, "explain").isVisible() and terms(person).isVisible()
