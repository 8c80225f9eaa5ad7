"""Factors in their chips: as many digits as there is room for, and never a part of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QRect

from convviz.views import theme
from convviz.views.panels.explain.term_view import ROW, chip_rects, chip_text

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

VALUES = [-2.279e-5, 2.279e-5, -2.234e-12, -2.234e-123, 123456.7, -0.001234, 0.5, float("-inf"), 0.0]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_factor_fits_into_its_chip(qapp: QApplication, value: float, count: int) -> None:
    for chip in chip_rects(QRect(0, 0, 266, ROW), count):
        text, role, pixels = chip_text(value, chip.width() - 2)
        assert theme.number_width(text, role, pixels) <= chip.width(), text
        assert "e" not in text
        if text.startswith("~"):  # about how large it is
            assert abs(value) < 1e-100
            continue
        read = float(text.replace("−", "-").replace(",", "").replace("∞", "inf").translate(_PLAIN).replace("×10", "e"))
        assert read == pytest.approx(value, rel=0.3), text


def test_digits_go_before_the_exponent_does(qapp: QApplication) -> None:
    wide = round(theme.number_width("−2.279×10⁻⁵")) + 1
    assert chip_text(-2.279e-5, wide) == ("−2.279×10⁻⁵", "body", 13)
    texts = [chip_text(-2.279e-5, room)[0] for room in range(wide, 30, -1)]
    assert list(dict.fromkeys(texts)) == ["−2.279×10⁻⁵", "−2.28×10⁻⁵", "−2.3×10⁻⁵", "−2·10⁻⁵", "~−10⁻⁵"]


def test_a_plain_number_of_a_formula_has_no_zeros(qapp: QApplication) -> None:
    assert chip_text(2.0, 60, plain=True) == ("2", "body", 13)
    assert chip_text(2.0, 60) == ("2.000", "body", 13)


_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻·", "0123456789-×")
