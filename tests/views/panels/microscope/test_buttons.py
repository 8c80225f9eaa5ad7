"""Buttons of the microscope look like buttons before anybody has pressed them."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication

from convviz.views import theme


@pytest.mark.parametrize("look_of", ["light", "dark"])
@pytest.mark.parametrize("name", ["row", "all", "whole", "forwards", "phase1"])
def test_a_word_that_can_be_pressed_has_a_frame(look, look_of, name):
    viewer = look()
    theme.apply(QApplication.instance(), look_of)
    button = viewer.button(name)
    assert not button.isChecked()
    seen = button.parentWidget().grab(button.geometry().adjusted(-2, 0, 0, 0)).toImage()
    beside, edge = (seen.pixelColor(x, seen.height() // 2) for x in (0, 2))
    assert edge == theme.current().outline != beside
