"""Numbers that are none, held and looked at: a run that diverged is explained like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import Qt

from convviz.engine.frames import State
from convviz.model.files import load_builtin
from convviz.views.heatmap import Heatmap
from convviz.views.panels.microscope.arithmetic import agree
from tests.model.samples import with_student

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow

LEFT = Qt.MouseButton.LeftButton
OF_MANY = ("demo", "channels", "pooling", "transposed", "sigmoid")


@pytest.mark.parametrize("name", OF_MANY)
def test_every_array_of_a_run_that_diverged_can_be_asked(open_window: OpenWindow, name: str) -> None:
    experiment = load_builtin(name)
    shape = experiment.build().initial[0]["weight"].shape
    person = open_window(with_student(experiment, 0, weight=np.full(shape, 1e308)))
    if name != "sigmoid":
        person.sees_state(State.DIVERGED)
    asked = 0
    for heatmap in person.window.findChildren(Heatmap):
        values = heatmap.values()
        if heatmap.tensor is None or values is None or not heatmap.isVisible():
            continue
        person.bot.mouseClick(heatmap, LEFT, pos=heatmap.cell_rect(*(0 for _ in values.shape)).center())
        for button in ("explain.related1", "explain.all"):
            if person.button(button).isVisible():
                person.click(button)
        assert not person.window.grab().isNull()
        assert person.text("explain.equal") in ("✓ equal to the cell", "") or not np.isfinite(values).all()
        asked += 1
        if heatmap.objectName().split(".")[2:3] == ["teacher"]:  # which is given, and so not made
            continue
        person.click("explain.open")
        for key in ("D", "D", "End"):
            person.press(key)
            assert not person.window.grab().isNull()
        person.press("Esc")
    assert asked > 6


def test_two_ways_that_come_to_no_number_do_not_disagree() -> None:
    assert agree(np.nan, np.nan)
    assert agree(np.inf, np.nan)
    assert agree(np.inf, np.inf)
    assert not agree(np.inf, 1.0)
    assert not agree(1.0, np.nan)
    assert agree(1.0, 1.0 + 1e-15)
    assert not agree(1.0, 1.0 + 1e-9)


def test_a_word_stays_within_its_cell(open_window: OpenWindow) -> None:
    """In cells that are as wide as two digits, NaN is written smaller."""
    large = with_student(load_builtin("demo"), 0, weight=np.full((1, 1, 3, 3), 1e308))
    person = open_window(large)
    person.sees_state(State.DIVERGED)
    shown = person.find(Heatmap, "pipeline.reconstruction")
    image = shown.grab().toImage()
    for column in range(1, 7):
        rect = shown.cell_rect(0, 4, column)
        ground = image.pixelColor(rect.left() + 2, rect.top() + 2)
        assert all(image.pixelColor(rect.left() + 1, y) == ground for y in range(rect.top() + 3, rect.bottom() - 2))
        assert any(image.pixelColor(x, rect.center().y()) != ground for x in range(rect.left(), rect.right()))
