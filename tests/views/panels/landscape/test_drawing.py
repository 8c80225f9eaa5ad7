"""Where everything of the landscape is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF

from convviz.engine.landscape import Window
from convviz.number_text import axis_text
from convviz.views import theme
from convviz.views.panels.landscape.drawing import Places, polygons
from convviz.views.panels.landscape.surface import LossScale

WINDOWS = [
    Window(-4.9, 0.8, -1.6, 1.9),
    Window(-3e77, 3e77, -1e77, 1e77),
    Window(0.0, 1e-9, -1e-9, 3e-9),
    Window(99_990.0, 100_010.0, -120_000.5, -119_999.5),
]


@pytest.mark.parametrize("height", [140, 300, 460, 780])
@pytest.mark.parametrize("window", WINDOWS)
def test_every_number_has_room_beside_the_surface(qapp, window, height):
    places = Places.of(900, height, window, LossScale(1e-30, 1e-9, log=True))
    line = theme.metrics("small").height()
    assert 1 <= len(places.up) <= 12
    for number in places.up:
        assert theme.number_width(axis_text(number), "small") <= places.surface.left() - line - 6
    for level in LossScale(1e-30, 1e-9, log=True).levels:
        assert theme.number_width(axis_text(level), "small") <= 900 - places.bar.right() - 4


@pytest.mark.parametrize("window", WINDOWS)
def test_places_and_pixels_lead_to_one_another(qapp, window):
    places = Places.of(900, 460, window, None)
    for pixel in (QPointF(200, 100), places.surface.topLeft(), places.surface.bottomRight()):
        back = places.point(*places.place(pixel))
        assert (back.x(), back.y()) == pytest.approx((pixel.x(), pixel.y()), abs=1e-6)


def test_what_lies_far_outside_keeps_its_direction(qapp):
    places = Places.of(900, 460, Window(-1, 1, -1, 1), None)
    middle = places.surface.center()
    near, far = places.pixels(np.array([[2.0, 1.0], [2e30, 1e30]])) - (middle.x(), middle.y())
    assert np.abs(far).max() < 1e5
    assert far[1] / far[0] == pytest.approx(near[1] / near[0])


def test_a_path_is_parted_where_it_has_no_place():
    pixels = np.array([[0.0, 0], [1, 1], [np.nan, 0], [2, 2], [3, 3], [4, np.inf]])
    assert [polygon.count() for polygon in polygons(pixels)] == [2, 2]
    assert polygons(pixels[:0]) == []
