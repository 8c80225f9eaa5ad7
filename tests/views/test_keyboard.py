"""The whole window by the keyboard alone: what has the keys is named, and seen to have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QTabBar, QWidget

from convviz.views.panels.landscape.map import LandscapeMap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.views.conftest import OpenWindow, Person

#: Pixels that a frame around something has at least.
_FRAME = 20
#: How many links a text has at most, which the Tab key goes through, and one more to leave it.
_LINKS = 5


def stops(person: Person) -> Iterator[QWidget]:
    """Press Tab until it comes to where it has been, and give what takes the keys each time."""
    seen: list[QWidget] = []
    while True:
        before = now = QApplication.focusWidget() or person.window
        for _ in range(_LINKS):
            QTest.keyClick(before, Qt.Key.Key_Tab)
            now = QApplication.focusWidget() or before
            if now is not before:
                break
        assert now is not before, now.objectName()
        if now in seen:
            return
        seen.append(now)
        yield now


def picture(person: Person, widget: QWidget) -> QImage:
    around = QRect(widget.mapTo(person.window, QPoint()), widget.size()).adjusted(-8, -8, 8, 8)
    return person.window.grab(around & person.window.rect()).toImage().convertToFormat(QImage.Format.Format_RGB32)


def difference(one: QImage, other: QImage) -> int:
    pixels = [(x, y) for x in range(one.width()) for y in range(one.height())]
    return sum(one.pixel(x, y) != other.pixel(x, y) for x, y in pixels)


@pytest.mark.parametrize("look", ["network", "microscope", "landscape"])
def test_what_the_tab_key_comes_to_is_named_and_seen(open_window: OpenWindow, look: str) -> None:
    person = open_window()
    person.session.run(30)
    person.sees_step(30)
    if look != "network":
        person.press({"microscope": "M", "landscape": "Shift+L"}[look])
    if look == "landscape":
        person.sees(lambda: person.find(LandscapeMap, "landscape.map").accessibleDescription() != "")
        person.sees(lambda: "measured" not in person.text("landscape.sentence"))
    names = []
    for widget in stops(person):
        name = widget.objectName()
        said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        assert said, name
        names.append(name)
        if isinstance(widget, QTabBar):  # whose tab is in another colour
            continue
        focused = picture(person, widget)
        widget.clearFocus()
        assert difference(focused, picture(person, widget)) >= _FRAME, name
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert len(names) > 50
    assert "inspector.scroll" not in names  # there is nothing to be done with it
    assert {"free", "layers.0.kernel.link", "outline", "check_badge"} <= set(names)


def test_the_badge_comes_last_while_a_number_is_explained(open_window: OpenWindow) -> None:
    person = open_window()
    heatmap = person.find(QWidget, "pipeline.residual")
    QTest.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.rect().center())
    names = [widget.objectName() for widget in stops(person)]
    assert names.index("check_badge") > names.index("explain.open") > names.index("side_tabs")
    assert "explain.links" not in names  # there is nowhere to go back to
    person.click("explain.related1")
    names = [widget.objectName() for widget in stops(person)]
    assert names.index("check_badge") > names.index("explain.links") > names.index("side_tabs")
