"""The picture of a function: axes with numbers, a tangent within them, and a text that covers nothing."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QRect, QSizeF, Qt
from PyQt6.QtGui import QImage, QPainter

from convviz.engine.layers import LAYERS
from convviz.engine.walkthrough import Curve
from convviz.views import theme
from convviz.views.panels.microscope.curve import Axes, free_place, paint_curve, tangent

RECT = QRect(0, 0, 254, 217)
KINDS = ("sigmoid", "tanh", "relu", "leaky_relu")


def curve_of(kind, at, low=-6.0, high=9.5):
    """Return the curve of an activation, and its slope at one place."""
    layer, x = LAYERS[kind](), np.linspace(low, high, 97)
    y, _ = layer.forward({}, x.reshape(1, 1, -1))
    made, cache = layer.forward({}, np.array([[[at]]]))
    slope, _ = layer.backward({}, cache, np.ones((1, 1, 1)))
    return Curve(x, y.reshape(-1), (at, float(made[0, 0, 0])), float(slope[0, 0, 0]))


@pytest.mark.parametrize(
    ("kind", "up"), [("sigmoid", (0.0, 0.5, 1.0)), ("tanh", (-1.0, 0.0, 1.0)), ("relu", (0.0, 5.0, 10.0))]
)
def test_the_axes_have_numbers(qapp, kind, up):
    axes = Axes.of(RECT, curve_of(kind, 1.0))
    assert axes.up == up
    assert axes.across == (-5.0, 0.0, 5.0)
    assert not Axes.of(QRect(0, 0, 90, 80), curve_of(kind, 1.0)).up


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [-5.9, -3.0, -0.2, 0.0, 0.7, 3.0, 9.4])
def test_a_tangent_ends_within_the_axes_and_touches_the_curve(qapp, kind, at):
    curve = curve_of(kind, at)
    axes = Axes.of(RECT, curve)
    start, end = tangent(axes, curve)
    area = axes.area.adjusted(-0.01, -0.01, 0.01, 0.01)
    assert area.contains(start)
    assert area.contains(end)
    spot = axes.at(*curve.point)
    across, down = end.x() - start.x(), end.y() - start.y()
    assert across > 5
    assert abs(across * (spot.y() - start.y()) - down * (spot.x() - start.x())) < 1e-6 * across * axes.area.height()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [-5.9, -3.0, -0.2, 0.7, 3.0, 9.4])
def test_the_text_covers_nothing(qapp, kind, at):
    curve = curve_of(kind, at)
    axes = Axes.of(RECT, curve)
    drawn = [axes.at(float(x), float(y)) for x, y in zip(curve.x, curve.y, strict=True)]
    place = free_place(QSizeF(90, 36), axes.area, axes.at(*curve.point), drawn)
    assert axes.area.contains(place)
    assert not any(place.contains(point) for point in drawn)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("y", [np.full(97, np.nan), np.full(97, np.inf), np.zeros(97), np.full(97, 1e300)])
def test_whatever_the_numbers_are_there_is_a_picture(qapp, name, y):
    theme.apply(qapp, name)
    image = QImage(RECT.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    for slope in (None, 0.0, 0.12, 1e300, np.nan):
        paint_curve(painter, RECT, Curve(np.linspace(-1.0, 1.0, 97), y, (0.5, float(y[0])), slope))
    painter.end()
    assert image.pixelColor(127, 5) == theme.current().raised


@pytest.mark.parametrize("kind", KINDS)
def test_the_tangent_and_its_slope_stay_within_the_axes(qapp, kind):
    theme.apply(qapp, "light")
    image = QImage(RECT.size() * 2, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    curve = curve_of(kind, 0.7)
    paint_curve(painter, RECT, curve)
    painter.end()
    area = Axes.of(RECT, curve).area.adjusted(-6, -6, 6, 6)
    colour = theme.current().gradient
    spots = [(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y) == colour]
    assert len(spots) > 50
    assert all(area.contains(x, y) for x, y in spots)
