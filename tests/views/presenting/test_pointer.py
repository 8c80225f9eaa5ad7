"""The pointer while presenting: in a ring, and out of the way while it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from convviz.views import theme
from convviz.views.dialogs import ShortcutsPage
from convviz.views.heatmap import Heatmap
from tests.views.presenting.stage import HD, present

if TYPE_CHECKING:
    from PyQt6.QtGui import QCursor

    from tests.views.conftest import OpenWindow, Person


def cursor() -> QCursor:
    found = QApplication.overrideCursor()
    assert found is not None
    return found


def move(person: Person, row: int) -> None:
    heatmap = person.find(Heatmap, "pipeline.target")
    QTest.mouseMove(heatmap, heatmap.cell_rect(0, row, 1).center())


def test_the_pointer_has_a_large_ring_that_can_be_taken_away(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    assert QApplication.overrideCursor() is None
    present(person)
    picture = cursor().pixmap().toImage()
    side = picture.width()
    assert side > 0.1 * person.window.height()
    assert cursor().hotSpot() == QPoint(side // 2, side // 2)
    ring = picture.pixelColor(side // 2, round(4 * theme.zoom()))
    assert (ring.red(), ring.green(), ring.blue()) == theme.current().accent.getRgb()[:3]
    assert picture.pixelColor(0, 0).alpha() == 0
    person.press("S")
    assert cursor().shape() == Qt.CursorShape.ArrowCursor
    person.press("S")
    assert cursor().pixmap().width() == side
    person.press("F5")
    assert QApplication.overrideCursor() is None


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("platform", ["xcb", "windows", "wayland"])
def test_the_arrow_points_from_the_middle_of_its_ring(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, platform: str, ratio: float
) -> None:
    person = open_window(size=HD)
    monkeypatch.setattr(person.window, "devicePixelRatioF", lambda: ratio)
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: platform)
    present(person)
    picture, at = cursor().pixmap(), cursor().hotSpot()
    if platform != "xcb":  # there it counts in pixels of the picture, which are the screen's
        at *= picture.devicePixelRatio()
    assert abs(at.x() - picture.width() / 2) <= ratio
    assert abs(at.y() - picture.height() / 2) <= ratio
    # the white outline of the arrow begins there
    assert picture.toImage().pixelColor(picture.width() // 2, picture.height() // 2).lightness() > 128


def test_a_pointer_at_rest_is_hidden_until_it_moves(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    rest = person.find(QTimer, "pointer_rest")
    move(person, 1)
    assert rest.isActive()
    assert 1000 <= rest.interval() <= 5000
    rest.setInterval(10)
    move(person, 2)
    person.sees(lambda: cursor().shape() == Qt.CursorShape.BlankCursor)
    rest.setInterval(60_000)  # or it might rest again before it is looked at
    move(person, 3)
    assert cursor().shape() != Qt.CursorShape.BlankCursor


def test_a_pointer_that_a_dialog_needs_is_not_hidden(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    rest = person.find(QTimer, "pointer_rest")
    rest.setInterval(10)
    person.sees(lambda: cursor().shape() == Qt.CursorShape.BlankCursor)
    person.press("F1")
    page = person.dialog(ShortcutsPage, "shortcuts_page")
    person.sees(lambda: cursor().shape() != Qt.CursorShape.BlankCursor)
    rests: list[None] = []
    rest.timeout.connect(lambda: rests.append(None))
    person.sees(lambda: len(rests) > 2)
    assert cursor().shape() != Qt.CursorShape.BlankCursor
    page.close()


def test_a_pointer_that_moves_within_a_cell_changes_nothing(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    target = person.find(Heatmap, "pipeline.target")
    move(person, 1)
    person.sees(lambda: person.text("pointed").startswith("Target 8×8, row 2"))
    told: list[object] = []
    target.pointed.connect(told.append)
    for step in range(1, 9):
        QTest.mouseMove(target, target.cell_rect(0, 1, 1).center() + QPoint(step, step))
        QApplication.processEvents()
    assert told == []
    move(person, 5)
    person.sees(lambda: person.text("pointed").startswith("Target 8×8, row 6"))
    assert len(told) == 1
