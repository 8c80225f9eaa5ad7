"""What the cards are called: whole words, however narrow they are, and spelt alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from convviz.engine.layers import LAYERS, Conv2d
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.panels.pipeline.card import fitting_title
from convviz.views.panels.pipeline.division import CARD_PAD, COMPACT
from convviz.views.panels.pipeline.wording import layer_lines, layer_texts, window_texts

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
        assert first.islower() or first == "ReLU" or first[0].isdigit(), text


def test_there_is_room_for_the_whole_title_on_a_wide_card(qapp: QApplication) -> None:
    texts = layer_texts(LAYERS["conv_transpose2d"]())
    assert fitting_title(texts, 400) == (texts[0], theme.FONT_SIZES["strong"])
    assert texts[0].startswith("transposed conv")
    assert texts[-1] == "convᵀ"


@pytest.mark.parametrize("kind", ["conv2d", "conv_transpose2d"])
def test_a_stride_is_told_in_smaller_type_before_it_is_left_out(qapp: QApplication, kind: str) -> None:
    texts = layer_texts(LAYERS[kind]())
    for room in range(80, 240):
        title, pixels = fitting_title(texts, room)
        assert title.endswith(("stride 1", "s1"))
        assert theme.metrics("strong", pixels).horizontalAdvance(title) <= room


def test_a_narrow_title_keeps_the_numbers_and_what_is_unusual(qapp: QApplication) -> None:
    assert fitting_title(layer_texts(LAYERS["conv2d"]()), 56)[0] == "3×3, s1"
    assert fitting_title(layer_texts(LAYERS["conv_transpose2d"]()), 64)[0] == "convᵀ 3×3"


@pytest.mark.parametrize("kind", [kind for kind, layer in LAYERS.items() if hasattr(layer(), "kernel")])
def test_a_window_with_its_stride_fits_into_the_narrowest_card_with_kernels(qapp: QApplication, kind: str) -> None:
    texts = window_texts(LAYERS[kind]())
    assert any("s" in text and theme.metrics("small").horizontalAdvance(text) <= 44 + 4 for text in texts)


def test_what_is_unusual_about_a_layer_is_told_first(qapp: QApplication) -> None:
    layer = Conv2d((5, 5), padding=((1, 2), (0, 3)), dilation=2)
    assert layer_lines(layer, 25, 1) == ["dilation 2", "padding 1 2 0 3", "25 weights", "1 bias"]
    assert layer_lines(Conv2d((3, 3), rate=0), 9, 0) == ["frozen", "9 weights", "no bias", "padding 0"]


@pytest.mark.parametrize(("padding", "told"), [(1, "1"), (((1, 1), (2, 2)), "1×2"), ("same", "same"), ("full", "full")])
def test_a_padding_is_told_as_it_is_set(qapp: QApplication, padding: Any, told: str) -> None:
    assert f"padding {told}" in layer_lines(Conv2d((3, 3), padding=padding), 9, 1)


def test_many_weights_have_separators(qapp: QApplication) -> None:
    assert "13,824 weights" in layer_lines(Conv2d((3, 3)), 13824, 1)
