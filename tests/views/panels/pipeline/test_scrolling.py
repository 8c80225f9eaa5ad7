"""A row that is wider than the window shows what is selected elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QScrollArea, QScrollBar, QWidget

from convviz.views.selection import Selection

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from convviz.views.panels.pipeline import Pipeline
    from tests.views.panels.pipeline.conftest import ShowPipeline


def scroll_bar(pipeline: Pipeline) -> QScrollBar:
    area = pipeline.findChild(QScrollArea, "pipeline.scroll")
    assert area is not None
    bar = area.horizontalScrollBar()
    assert bar is not None
    assert bar.maximum() > 0
    return bar


def is_whole(pipeline: Pipeline, name: str) -> bool:
    part = pipeline.findChild(QWidget, f"pipeline.{name}")
    assert part is not None
    return part.visibleRegion().boundingRect() == QRect(0, 0, part.width(), part.height())


@pytest.mark.parametrize("index", [2, 5, 7])
def test_a_layer_that_is_selected_elsewhere_comes_into_view(show_pipeline: ShowPipeline, index: int) -> None:
    pipeline = show_pipeline("eight layers").pipeline
    bar = scroll_bar(pipeline)
    pipeline.set_selection(Selection("layer", index))
    assert is_whole(pipeline, f"layer{index}")
    pipeline.set_selection(Selection("input"))
    assert is_whole(pipeline, "input")
    assert bar.value() == 0


def test_the_row_stays_under_the_pointer_that_selects(qtbot: QtBot, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("eight layers")
    pipeline, bar = shown.pipeline, scroll_bar(shown.pipeline)
    pipeline.selected.connect(pipeline.set_selection)
    card = pipeline.findChild(QWidget, "pipeline.layer2")
    assert card is not None
    bar.setValue(card.x() + card.width() // 2)
    place = bar.value()
    with qtbot.waitSignal(pipeline.selected):
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(card.width() - 4, 4))
    assert bar.value() == place


def test_the_row_stays_where_it_was_scrolled_to_while_the_same_is_selected(show_pipeline: ShowPipeline) -> None:
    pipeline = show_pipeline("eight layers").pipeline
    bar = scroll_bar(pipeline)
    pipeline.set_selection(Selection("layer", 1))
    bar.setValue(bar.maximum())
    pipeline.set_selection(Selection("layer", 1))
    assert bar.value() == bar.maximum()
