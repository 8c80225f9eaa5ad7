"""What the cards are called: whole words, however narrow they are, and spelt alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convviz.engine.layers import LAYERS
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.panels.pipeline.card import fitting_title
from convviz.views.panels.pipeline.division import CARD_PAD, COMPACT
from convviz.views.panels.pipeline.wording import layer_texts

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("kind", LAYERS)
def test_a_title_fits_into_the_narrowest_card(qapp: QApplication, kind: str, language: str) -> None:
    speak(language)
    layer = LAYERS[kind]()
    room = COMPACT - 2 * CARD_PAD
    texts = layer_texts(layer)
    for offered in (texts, texts[-1:]):
        title, pixels = fitting_title(offered, room)
        assert theme.metrics("strong", pixels).horizontalAdvance(title) <= room, title
        assert pixels >= theme.FONT_SIZES["small"]


@pytest.mark.parametrize("kind", LAYERS)
def test_a_name_begins_with_a_capital_only_where_all_of_it_is_one(qapp: QApplication, kind: str) -> None:
    for text in layer_texts(LAYERS[kind]()):
        first = text.split()[0]
        assert first.islower() or first == "ReLU", text


def test_there_is_room_for_the_whole_title_on_a_wide_card(qapp: QApplication) -> None:
    texts = layer_texts(LAYERS["conv_transpose2d"]())
    assert fitting_title(texts, 400) == (texts[0], theme.FONT_SIZES["strong"])
    assert texts[0].startswith("transposed conv")
    assert texts[-1] == "convᵀ"
