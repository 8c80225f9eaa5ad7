"""How fast a run goes, and by what it is set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QSlider,
)

from convviz.views import theme
from convviz.views.preferences import DEFAULT_SPEED

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


def test_free_lets_go_and_takes_back_the_speed(open_window: OpenWindow) -> None:
    person = open_window(speed=200.0)
    free = person.button("free")
    assert person.text("speed_text") == "200 steps/s"
    assert not free.isChecked()
    person.click("free")
    person.sees(free.isChecked)
    assert person.session.status.speed == math.inf
    assert person.text("speed_text") == "as fast as it goes"
    assert person.preferences.speed == math.inf
    person.click("free")
    person.sees(lambda: not free.isChecked())
    assert person.session.status.speed == 200.0


def test_the_slider_sets_the_speed(open_window: OpenWindow) -> None:
    person = open_window(speed=math.inf)
    slider = person.find(QSlider, "speed")
    slider.setValue(slider.maximum())
    person.sees(lambda: person.session.status.speed == 10_000)
    assert not person.button("free").isChecked()
    slider.setValue(slider.minimum())
    person.sees(lambda: person.text("speed_text") == "1 step/s")


def test_a_window_that_opens_free_goes_back_to_a_speed_that_can_be_seen(open_window: OpenWindow) -> None:
    person = open_window(speed=math.inf)
    person.click("free")
    person.sees(lambda: person.session.status.speed == DEFAULT_SPEED)
    assert person.text("speed_text") == "200 steps/s"


def test_faster_and_slower_go_through_round_speeds(open_window: OpenWindow) -> None:
    person = open_window(speed=10_000.0)
    person.press("]")
    person.sees(lambda: person.session.status.speed == math.inf)
    for speed in (10_000, 5_000, 2_000):
        person.press("[")
        person.sees(lambda speed=speed: person.session.status.speed == speed)


def test_the_slider_of_speeds_is_muted_while_there_is_no_limit(open_window: OpenWindow) -> None:
    """It shows where one comes back to, which is not how fast it goes; moving it sets that limit again."""
    person = open_window(speed=100.0)
    slider = person.find(QSlider, "speed")

    def has_accent() -> bool:
        image = slider.grab().toImage()
        return any(image.pixelColor(x, image.height() // 2) == theme.current().accent for x in range(image.width()))

    assert has_accent()
    place = slider.value()
    person.click("free")
    person.sees(lambda: person.session.status.speed == math.inf and not has_accent())
    assert slider.isEnabled()
    assert slider.value() == place
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    person.press("Right", slider)
    person.sees(lambda: math.isfinite(person.session.status.speed) and has_accent())
