"""The rings around what a scene speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QWidget

from convviz.views import theme
from convviz.views.lessons.rings import Ring
from convviz.views.panels.loss import LossPanel
from tests.views.lessons.leading import begin

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


def test_rings_follow_what_they_are_around(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 800))
    begin(person)
    field = person.find(QWidget, "field.layers.1.stride")

    def is_ringed() -> bool:
        at = field.mapTo(person.window, field.rect().topLeft())
        return any(ring.isVisible() and ring.inner.topLeft() == at for ring in person.window.findChildren(Ring))

    person.sees(is_ringed)
    before = field.mapTo(person.window, field.rect().topLeft())
    person.window.resize(1500, 900)
    person.sees(lambda: field.mapTo(person.window, field.rect().topLeft()) != before and is_ringed())
    person.press("F9")
    person.sees(lambda: len([ring for ring in person.window.findChildren(Ring) if ring.isVisible()]) == 1)


def test_a_ring_is_seen_in_the_accent_colour_and_leaves_the_inside_alone(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person)
    person.sees(lambda: any(ring.isVisible() for ring in person.window.findChildren(Ring)))
    ring = next(ring for ring in person.window.findChildren(Ring) if ring.isVisible())
    with_ring = person.window.grab().toImage()
    edge = ring.geometry()
    assert with_ring.pixelColor(edge.center().x(), edge.top() + 2) == theme.current().accent
    assert not ring.mask().contains(ring.rect().center())


@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
def test_a_ring_around_the_loss_lies_on_the_frame_that_says_it_is_selected(
    open_window: OpenWindow, size: tuple[int, int]
) -> None:
    person = open_window(size=size)
    begin(person, "learning-rate")  # whose first scene selects the training, and rings a button and the curve
    panel = person.find(LossPanel, "loss")

    def place() -> QRect:
        return QRect(panel.mapTo(person.window, QPoint()), panel.size())

    def is_ringed() -> bool:
        return any(ring.isVisible() and ring.inner == place() for ring in person.window.findChildren(Ring))

    person.sees(is_ringed)
    image, left, middle = person.window.grab().toImage(), place().left(), place().center().y()
    accent = [x for x in range(left - 12, left + 40) if image.pixelColor(x, middle) == theme.current().accent]
    assert accent == list(range(left - 6, left - 3))  # one line, where there were two


def test_a_ring_around_a_chip_leaves_its_neighbours_whole(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person, "backward")
    person.press("Ctrl+Right")  # to a scene that speaks of the second phase

    def place(number: int) -> QRect:
        chip = person.window.findChild(QWidget, f"microscope.phase{number}")
        return QRect() if chip is None else QRect(chip.mapTo(person.window, QPoint()), chip.size())

    def rings() -> list[Ring]:
        return [ring for ring in person.window.findChildren(Ring) if ring.isVisible() and ring.inner == place(2)]

    person.sees(lambda: bool(rings()))
    assert not any(rings()[0].geometry().intersects(place(number)) for number in (1, 3))
