"""Heatmaps with hardly any room: one number in a chip, and many kernels in a tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QImage, QPainter
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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4876, "0.4876"),
        (-9.15, "−9.150"),
        (1.234e-7, "1.234×10⁻⁷"),
        (-6.5e89, "−6.50×10⁸⁹"),  # as there is room
        (12345.6, "12,346"),
        (0.0, "0"),
        (float("nan"), "NaN"),
        (-float("inf"), "−∞"),
    ],
)
def test_a_number_that_stands_alone_is_written_out(show_heatmap: ShowHeatmap, value: float, text: str) -> None:
    strip = show_heatmap(np.array([[value]]), (-1.0, 1.0), True, (200, 20), Form.STRIP)
    found = grey(strip.grab(strip.cell_rect(0, 0)).toImage())
    wrong = text.translate(str.maketrans("0123456789N∞−", "847652n301∞N+"))
    alike, unlike = (likeness(found, drawn(found, letters)) for letters in (text, wrong))
    assert alike > 0.8
    assert unlike < alike - 0.1


def grey(image: QImage) -> np.ndarray:
    """Return how far each pixel is from the ground, which is taken from the corner."""
    lightness = np.array(
        [[image.pixelColor(x, y).lightness() for x in range(image.width())] for y in range(image.height())]
    )
    return np.abs(lightness - lightness[1, 1]).astype(float)


def drawn(like: np.ndarray, text: str) -> np.ndarray:
    """Return a text set by the painter, letter by letter in the middle of a picture of the same size."""
    image = QImage(like.shape[1], like.shape[0], QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(theme.font("small"))
    painter.setPen(Qt.GlobalColor.black)
    widths = [round(theme.metrics("small").horizontalAdvance(letter)) for letter in text]
    left, baseline = (image.width() - sum(widths)) // 2, image.height() / 2 + theme.metrics("small").capHeight() / 2
    for letter, width in zip(text, widths, strict=True):
        painter.drawText(QPointF(left, round(baseline)), letter)
        left += width
    painter.end()
    return grey(image)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of two pictures, of which one may lie a pixel aside."""
    shifted = (np.roll(other, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1))
    return max(float(np.corrcoef(one.ravel(), each.ravel())[0, 1]) for each in shifted)
