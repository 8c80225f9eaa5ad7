"""What stands above a heatmap, where there is little room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.views import theme
from convviz.views.heatmap import Form, Heatmap
from tests.views.heatmap.conftest import ink_of

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage

    from tests.views.heatmap.conftest import ShowHeatmap

VALUES = np.array([[0.47, 2.16], [3.43, 3.62]])


def caption_of(heatmap: Heatmap) -> QImage:
    """Return the lines above the cells, as they are seen."""
    values = heatmap.values()
    assert values is not None
    first = heatmap.cell_rect(*(0 for _ in values.shape))
    return heatmap.grab().toImage().copy(0, 0, heatmap.width(), first.top() - 2)


@pytest.mark.parametrize("form", [Form.TILE, Form.BARE])
@pytest.mark.parametrize("width", [140, 110, 98, 80, 64])
def test_the_factor_of_the_numbers_is_never_left_away(show_heatmap: ShowHeatmap, width: int, form: Form) -> None:
    heatmap = show_heatmap(VALUES, (-4.0, 4.0), signed=True, size=(width, 130), form=form)
    heatmap.set_text("Gradient", "", "gradient")
    without = caption_of(heatmap)
    heatmap.set_values(VALUES * 1000, (-4000.0, 4000.0), signed=True)  # the same digits stand in the cells
    assert caption_of(heatmap) != without


def test_a_sentence_without_room_is_said_in_fewer_words(show_heatmap: ShowHeatmap) -> None:
    sentence, brief = "8×8, made by the student", "8×8"
    advance = theme.metrics("small").horizontalAdvance
    wide, narrow = round(advance(sentence)) + 12, round(advance(sentence)) - 12
    heatmap = show_heatmap(np.zeros((8, 8)), size=(wide, 200))
    seen = {}
    for width in (wide, narrow):
        heatmap.resize(width, 200)
        for case, words in {"both": (sentence, brief), "long": (sentence, ""), "brief": (brief, "")}.items():
            heatmap.set_text("Reconstruction", words[0], brief=words[1])
            seen[width, case] = caption_of(heatmap)
    assert seen[wide, "both"] == seen[wide, "long"]
    assert seen[narrow, "both"] == seen[narrow, "brief"]
    assert heatmap.accessibleDescription() == brief
    heatmap.set_text("Reconstruction", sentence, brief=brief)
    assert heatmap.accessibleDescription() == sentence


@pytest.mark.parametrize("width", [44, 52, 64])
def test_a_small_number_in_a_narrow_strip_is_not_shown_as_zero(show_heatmap: ShowHeatmap, width: int) -> None:
    written = []
    for value in (-0.0023, -0.0046):
        heatmap = show_heatmap(np.array([[value]]), (-1.0, 1.0), True, size=(width, 18), form=Form.STRIP)
        heatmap.set_text("")
        written.append(ink_of(heatmap, 0, 0))
    assert any(map(any, written[0]))
    assert written[0] != written[1]
