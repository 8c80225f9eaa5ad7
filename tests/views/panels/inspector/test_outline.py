"""How much of the network its list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QListWidget, QScrollArea

from convviz.engine.layers.conv2d import Conv2d
from convviz.engine.layers.conv_transpose2d import ConvTranspose2d
from convviz.model.experiment import Experiment, Stage
from convviz.views import theme

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage

    from tests.views.conftest import OpenWindow


def layers_of(count: int) -> Experiment:
    return Experiment(stages=tuple(Stage(layer=Conv2d(1)) for _ in range(count)))


@pytest.mark.parametrize(("height", "layers", "seen"), [(480, 5, 6), (800, 5, 8), (1080, 9, 12), (1080, 40, 12)])
def test_it_shows_more_rows_where_there_is_room(open_window: OpenWindow, height: int, layers: int, seen: int) -> None:
    person = open_window(layers_of(layers), size=(1280, height))
    outline = person.find(QListWidget, "outline")
    rows = [outline.visualItemRect(outline.item(row)) for row in range(outline.count())]
    viewport = outline.viewport().rect()
    assert sum(viewport.contains(row) for row in rows) == seen


def test_in_a_window_that_a_lesson_makes_low_the_chosen_row_is_seen_above_its_page(open_window: OpenWindow) -> None:
    person = open_window(size=(1320, 535))
    person.window.open_lesson("stride")
    person.sees(lambda: person.window.has_lesson)
    person.look_at("layer", 1)
    outline, page = person.find(QListWidget, "outline"), person.find(QScrollArea, "inspector.scroll")
    QApplication.processEvents()
    assert outline.verticalScrollBar().maximum() > 0  # there is no room for all rows, and one sees that there are more
    assert outline.visibleRegion().boundingRect() == outline.rect()
    chosen = outline.visualItemRect(outline.currentItem())
    assert outline.viewport().rect().contains(chosen)
    assert page.height() > chosen.height()
    person.window.resize(1, 1)
    page_seen = page.visibleRegion().boundingRect().height
    person.sees(lambda: not outline.isVisible() and page_seen() > chosen.height())  # what is chosen comes first


def test_a_long_name_is_shortened_before_the_size_behind_it(open_window: OpenWindow) -> None:
    rows: list[QImage] = []
    for width in (3, 5):
        layer = ConvTranspose2d(kernel=(3, width), padding=((1, 1), (width // 2, width // 2)), out_channels=100)
        person = open_window(Experiment(stages=(Stage(layer=Conv2d(1)), Stage(layer=layer))))
        outline = person.find(QListWidget, "outline")
        place = outline.visualItemRect(outline.item(2))
        place.setWidth(round(place.width() * 0.7))  # without the shape of the map, which both have in common
        rows.append(outline.viewport().grab(place).toImage())
    assert rows[0].size() == rows[1].size()
    assert rows[0] != rows[1]


def ground_of(outline: QListWidget, row: int) -> QColor:
    """Return the colour of a row where nothing is written."""
    place = outline.visualItemRect(outline.item(row))
    image = outline.viewport().grab(place).toImage()
    return QColor(image.pixel(image.width() // 2, 2))


def test_the_row_under_the_pointer_and_the_one_that_is_chosen_are_seen(open_window: OpenWindow) -> None:
    person = open_window(layers_of(2))
    outline, colours = person.find(QListWidget, "outline"), theme.current()
    ground = ground_of(outline, 2)

    def point_at(row: int) -> None:
        QTest.mouseMove(outline.viewport(), outline.visualItemRect(outline.item(row)).center() + QPoint(1, 0))
        QTest.mouseMove(outline.viewport(), outline.visualItemRect(outline.item(row)).center())

    point_at(2)
    assert ground_of(outline, 2) == colours.hover
    point_at(3)
    assert (ground_of(outline, 2), ground_of(outline, 3)) == (ground, colours.hover)
    place = outline.visualItemRect(outline.item(2)).center()
    QTest.mouseClick(outline.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert ground_of(outline, 2) == colours.accent_soft
    QTest.mouseMove(person.window, QPoint(5, 5))
    assert ground_of(outline, 3) == ground
