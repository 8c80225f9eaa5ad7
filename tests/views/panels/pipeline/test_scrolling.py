"""A row that is wider than the window shows what is selected elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QScrollArea, QScrollBar, QWidget

from convviz.i18n import set_language
from convviz.views.selection import Selection
from tests.views.hands import turn
from tests.views.panels.pipeline.experiments import EXPERIMENTS

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


def edge(pipeline: Pipeline, side: str) -> QAbstractButton:
    found = pipeline.findChild(QAbstractButton, f"pipeline.scroll.{side}")
    assert found is not None
    return found


def whole_layers(pipeline: Pipeline) -> list[int]:
    """Return the layers that are seen from one side to the other, with no edge over them."""
    area = pipeline.findChild(QScrollArea, "pipeline.scroll")
    assert area is not None
    before, after = edge(pipeline, "before"), edge(pipeline, "after")
    left = before.geometry().right() + 1 if before.isVisible() else 0
    right = after.x() if after.isVisible() else area.width()
    found = []
    for index in range(8):
        part = pipeline.findChild(QWidget, f"pipeline.layer{index}")
        assert part is not None
        x = part.mapTo(area, QPoint()).x()
        if left <= x and x + part.width() <= right:
            found.append(index)
    return found


def test_the_edges_say_how_many_layers_are_out_of_sight(qtbot: QtBot, show_pipeline: ShowPipeline) -> None:
    pipeline = show_pipeline("eight layers").pipeline
    bar, before, after = scroll_bar(pipeline), edge(pipeline, "before"), edge(pipeline, "after")
    seen: set[int] = set()
    assert not before.isVisible()
    for _ in range(20):
        shown = whole_layers(pipeline)
        seen |= set(shown)
        if shown:
            assert after.isVisible() is (bar.value() < bar.maximum())
            assert before.isVisible() is (bar.value() > 0)
            beyond = 7 - shown[-1]
            assert not after.isVisible() or not beyond or after.toolTip().startswith(f"{beyond} more layer")
            assert not before.isVisible() or not shown[0] or before.toolTip().startswith(f"{shown[0]} more layer")
            assert after.toolTip() == after.accessibleName()
        if bar.value() == bar.maximum():
            break
        QTest.mouseClick(after, Qt.MouseButton.LeftButton)
    assert seen == set(range(8))  # no click goes past a layer
    assert not after.isVisible()
    while before.isVisible():
        QTest.mouseClick(before, Qt.MouseButton.LeftButton)
    assert bar.value() == 0


def test_the_edges_speak_the_language_and_the_wheel_moves_the_row(show_pipeline: ShowPipeline) -> None:
    pipeline = show_pipeline("eight layers").pipeline
    bar, after = scroll_bar(pipeline), edge(pipeline, "after")
    english = after.toolTip()
    set_language("zh_CN")
    pipeline.retranslate()
    assert after.toolTip() != english
    set_language("en")
    pipeline.retranslate()
    assert after.toolTip() == english
    area = pipeline.findChild(QScrollArea, "pipeline.scroll")
    assert area is not None
    assert turn(area.viewport(), -1).isAccepted()  # type: ignore[arg-type]
    assert 0 < bar.value() < bar.maximum()
    turn(area.viewport(), 1)  # type: ignore[arg-type]
    assert bar.value() == 0


def test_a_row_that_is_seen_whole_has_no_edges(show_pipeline: ShowPipeline) -> None:
    pipeline = show_pipeline("demo").pipeline
    assert not edge(pipeline, "before").isVisible()
    assert not edge(pipeline, "after").isVisible()


def test_a_row_that_is_changed_while_nobody_looks_forgets_the_layers_that_are_gone(
    show_pipeline: ShowPipeline,
) -> None:
    pipeline = show_pipeline("eight layers").pipeline
    pipeline.hide()
    pipeline.set_experiment(EXPERIMENTS["demo"])
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    pipeline.retranslate()
    pipeline.resize(1200, 700)
    pipeline.show()
    assert not edge(pipeline, "before").isVisible()
    assert not edge(pipeline, "after").isVisible()
