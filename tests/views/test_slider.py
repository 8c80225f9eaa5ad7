"""Where a click into a slider leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QSlider

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

LEFT = Qt.MouseButton.LeftButton


def at(slider: QSlider, share: float) -> QPoint:
    return QPoint(round(slider.width() * share), slider.height() // 2)


def sees_near(person: Person, step: int) -> None:
    person.sees(lambda: person.session.status.shown is not None and abs(person.session.status.shown - step) < 30)


@pytest.fixture
def person(open_window: OpenWindow) -> Person:
    person = open_window()
    person.run_to_the_end()
    return person


@pytest.mark.parametrize("share", [0.25, 0.75, 0.5])
def test_a_click_into_the_history_goes_there(person: Person, share: float) -> None:
    slider = person.find(QSlider, "history_slider")
    person.bot.mouseClick(slider, LEFT, pos=at(slider, share))
    sees_near(person, round(2000 * share))
    assert not slider.isSliderDown()


def test_a_click_into_the_history_can_be_dragged_on(person: Person) -> None:
    slider = person.find(QSlider, "history_slider")
    person.bot.mousePress(slider, LEFT, pos=at(slider, 0.25))
    sees_near(person, 500)
    assert slider.isSliderDown()
    person.bot.mouseMove(slider, at(slider, 0.6))
    sees_near(person, 1200)
    person.bot.mouseRelease(slider, LEFT, pos=at(slider, 0.6))
    assert person.session.status.shown == slider.value()


def test_a_click_at_an_end_goes_to_it(person: Person) -> None:
    slider = person.find(QSlider, "history_slider")
    person.bot.mouseClick(slider, LEFT, pos=at(slider, 0))
    person.sees(lambda: person.session.status.shown == 0)
    person.bot.mouseClick(slider, LEFT, pos=at(slider, 1))
    person.sees(lambda: person.session.status.shown is None)


def test_the_handle_stays_where_it_is_taken(person: Person) -> None:
    slider = person.find(QSlider, "history_slider")
    person.bot.mouseClick(slider, LEFT, pos=at(slider, 0.5))
    sees_near(person, 1000)
    before = slider.value()
    person.bot.mouseClick(slider, LEFT, pos=at(slider, 0.5) + QPoint(3, 0))
    assert slider.value() == before


def test_keys_move_the_history_as_before(person: Person) -> None:
    slider = person.find(QSlider, "history_slider")
    slider.setFocus()
    person.press("PgUp" if slider.invertedControls() else "PgDown")
    person.sees(lambda: person.session.status.shown == 1900)


def test_a_click_sets_the_speed_and_the_moment_of_the_microscope(person: Person) -> None:
    speed = person.find(QSlider, "speed")
    person.bot.mouseClick(speed, LEFT, pos=at(speed, 0.25))
    person.sees(lambda: 5 < person.session.status.speed < 8)
    person.press("M")
    scrub = person.find(QSlider, "microscope.scrub")
    person.bot.mouseClick(scrub, LEFT, pos=at(scrub, 0.5))
    assert scrub.value() == pytest.approx(scrub.maximum() / 2, abs=scrub.maximum() / 50 + 1)


def test_a_click_on_the_learning_rates_slider_is_one_change(person: Person) -> None:
    person.look_at("training")
    before = person.document.experiment
    slider = person.find(QSlider, "optimizer.learning_rate.slider")
    person.bot.mouseClick(slider, LEFT, pos=at(slider, 0.9))
    assert person.document.experiment.optimizer.learning_rate != before.optimizer.learning_rate
    person.press("Ctrl+Z")
    assert person.document.experiment == before
