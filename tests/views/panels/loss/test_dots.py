"""The dots of the loss plot at the edge of its axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QImage

from convviz.views import theme
from tests.views.panels.loss.conftest import curve_pixels, plot_of, show

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from convviz.views.panels.loss import LossPanel


def around(panel: LossPanel, place: QPointF) -> list[list[int]]:
    """Return how much darker than the ground the pixels are around a place of the plot, 7 in each direction."""
    picture = plot_of(panel).grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    ground = theme.current().surface.lightness()
    x, y = round(place.x()), round(place.y())
    return [[ground - picture.pixelColor(x + dx, y + dy).lightness() for dx in range(-7, 8)] for dy in range(-7, 8)]


def inside_of(panel: LossPanel) -> QRect:
    inside = plot_of(panel).parentWidget().inside  # type: ignore[union-attr]  # the plot is no type of mypy's
    assert isinstance(inside, QRect)
    return inside


@pytest.mark.parametrize("height", [160, 300])
def test_the_newest_dot_is_a_whole_one_at_the_end_of_the_axes(panel: LossPanel, height: int) -> None:
    panel.resize(520, height)
    losses = np.full(1001, 1e-9)
    losses[:400] = np.linspace(1.0, 0.0, 400)
    show(panel, losses)  # the last lies on the lower axis, and at its right end
    inside = inside_of(panel)
    dark = np.array(around(panel, QPointF(inside.right() + 1, inside.bottom() + 1)))
    assert all((dark[7 + dy, 7 + dx] > 60) for dx, dy in ((3, 0), (0, 3), (2, 2), (2, -2), (-2, 2), (0, -3), (-3, 0)))
    assert (dark[7 + 6] <= 60).all()  # and no larger than it is


def test_no_dot_is_drawn_for_a_step_that_is_not_seen(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.linspace(100.0, 1.0, 1001), shown=200)
    plot = plot_of(panel).parentWidget()
    assert plot is not None
    for _ in range(4):
        qtbot.keyClick(plot, Qt.Key.Key_Plus)  # looks closer at the step that is shown
    inside = inside_of(panel)
    seen = curve_pixels(panel)
    assert max(x for x, _ in seen) in (inside.right(), inside.right() - 1)
