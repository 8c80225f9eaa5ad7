"""What is said of the rows and columns that a layer makes nothing of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convviz.engine.layers.conv2d import Conv2d
from convviz.engine.layers.conv_transpose2d import ConvTranspose2d
from convviz.engine.layers.max_pool2d import MaxPool2d
from convviz.views.panels.inspector.missed import missed_along, missed_text

if TYPE_CHECKING:
    from convviz.engine.layers import Layer

ONE_SIDED = ((3, 0), (0, 0))


@pytest.mark.parametrize(
    ("layer", "shape", "told"),
    [
        (Conv2d(4, stride=2), (1, 18, 18), ""),
        (Conv2d(4, stride=2), (1, 19, 18), "the last row"),
        (Conv2d(4, stride=2), (1, 18, 19), "the last column"),
        (Conv2d(4, stride=2), (1, 19, 19), "the last row and column"),
        (Conv2d(1, stride=5), (1, 15, 12), "the last 4 rows, the last column, 8 rows and columns between"),
        (Conv2d(1, stride=2), (1, 3, 5), "1 row between, 2 columns between"),
        (Conv2d(2, stride=5, padding=ONE_SIDED), (1, 5, 2), "the first 2 rows, the last row"),
        (MaxPool2d(2, 2), (3, 5, 4), "the last row"),
        (ConvTranspose2d(9), (1, 2, 2), ""),
        (ConvTranspose2d(2, padding=2), (1, 7, 8), "the first and the last row and column"),
        (ConvTranspose2d(1, stride=3, padding=1), (1, 2, 2), "the first 2 rows and columns"),
    ],
)
def test_it_is_said_where_they_are(layer: Layer, shape: tuple[int, int, int], told: str) -> None:
    mask = layer.unreached(shape)
    assert mask is not None
    assert missed_text(*missed_along(mask)) == told
