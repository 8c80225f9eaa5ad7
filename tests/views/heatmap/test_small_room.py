"""Heatmaps with hardly any room: one number in a chip, and many kernels in a tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from convviz.views import theme
from convviz.views.heatmap import Form
from tests.views.heatmap.conftest import ink_of

if TYPE_CHECKING:
    from tests.views.heatmap.conftest import ShowHeatmap


@pytest.mark.parametrize(("value", "room"), [(-14970.0, 34), (-0.149, 25), (-0.149, 24)])
def test_a_number_is_in_smaller_type_before_it_has_but_one_digit(
    show_heatmap: ShowHeatmap, value: float, room: int
) -> None:
    inks = []
    for number in (value, float(f"{value:.0e}")):
        scale = 2 * abs(number)  # so that both have one colour
        strip = show_heatmap(np.array([[number]]), (-scale, scale), True, (38 + room, 20), Form.STRIP)
        assert strip.cell_rect(0, 0).width() == room
        inks.append(ink_of(strip, 0, 0))
    assert inks[0] != inks[1]


@pytest.mark.parametrize(("kernels", "together"), [(8, True), (2, False)])
def test_the_focus_frames_small_kernels_together(show_heatmap: ShowHeatmap, kernels: int, together: bool) -> None:
    heatmap = show_heatmap(np.zeros((kernels, kernels, 3, 3)), size=(100, 140), form=Form.TILE)
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    image = heatmap.grab().toImage()
    first, beside = heatmap.cell_rect(1, 0, 1, 2), heatmap.cell_rect(1, 1, 1, 0)
    accent = theme.current().accent
    y = first.center().y()
    assert any(image.pixelColor(x, y) == accent for x in range(heatmap.cell_rect(1, 0, 1, 0).left()))
    assert beside.left() > first.right() + 1
    parted = any(image.pixelColor(x, y) == accent for x in range(first.right() + 1, beside.left()))
    assert parted != together
