"""The small picture of the whole map beside a close-up: where one is, and how to get elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QEnterEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from convviz.engine import Conv2d, Problem, Trainer, conv2d
from convviz.engine.walkthrough import Role
from convviz.views import theme
from tests.views.hands import drag

LARGE = (1000, 760)


@pytest.fixture
def large(look):
    """A viewer of a map of 256×256."""
    viewer = look(size=LARGE)
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(1, 256, 256)), rng.normal(size=(1, 1, 3, 3))
    problem = Problem(
        input=x,
        target=conv2d(x, weight, stride=2, padding=1),
        layers=(Conv2d((3, 3), stride=2, padding=1),),
        initial=[{"weight": weight * 0.5, "bias": np.zeros(1)}],
    )
    viewer.microscope.set_frame(Trainer(problem).frame(input_gradient=True))
    viewer.microscope.show_layer(0, back=True)
    return viewer


def overview(viewer, role):
    found = viewer.stage.overview(role)
    assert found is not None, role
    return found


def enter(widget):
    spot = QPointF(widget.rect().center())
    QApplication.sendEvent(widget, QEnterEvent(spot, spot, QPointF(widget.mapToGlobal(spot))))


def test_every_close_up_has_one_and_what_is_seen_whole_has_none(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    for row in viewer.stage.rows():
        for board in row.items:
            place = viewer.stage.place(board.role)
            assert (viewer.stage.overview(board.role) is not None) is place.is_cropped
    viewer.press(Qt.Key.Key_Z)
    assert viewer.stage.overview(Role.GATHERED) is None


def test_a_press_goes_there_and_the_close_up_follows(large):
    large.click("phase5")
    small = overview(large, Role.GATHERED)
    QTest.mouseClick(
        small, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(small.width() - 1, small.height() - 1)
    )
    row, column = divmod(large.microscope.position, 256)
    assert min(row, column) > 240
    assert large.stage.place(Role.GATHERED).area.holds(row, column)


def test_it_grows_under_the_pointer_and_hits_cells_better_then(large):
    large.click("phase5")
    small = overview(large, Role.GATHERED)
    size = small.size()
    enter(small)
    assert small.width() > 4 * size.width()
    assert large.stage.rect().contains(small.geometry())
    spot = small.spot(100, 37)
    QTest.mouseClick(small, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    row, column = divmod(large.microscope.position, 256)
    assert abs(row - 100) <= 2
    assert abs(column - 37) <= 2
    QApplication.sendEvent(small, QEvent(QEvent.Type.Leave))
    assert small.size() == size


def test_a_drag_goes_along(large):
    large.click("phase5")
    small = overview(large, Role.SCATTERED)
    enter(small)
    start = small.spot(20, 20)
    drag(small, start, small.spot(200, 150) - start)
    row, column = divmod(large.microscope.position, 256)
    assert abs(row - 200) <= 2
    assert abs(column - 150) <= 2


def test_that_of_the_error_brings_its_window(large):
    large.click("phase5")
    small = overview(large, Role.PADDED_ERROR)
    enter(small)
    spot = small.spot(128, 64)
    QTest.mouseClick(small, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    assert large.moment.rows[0].items[0].window.area.holds(*small.cell_at(spot))


def test_what_is_not_computed_yet_is_empty(large):
    large.click("phase5")
    small = overview(large, Role.GATHERED)
    enter(small)
    large.slider("scrub").setValue(256 * 128)
    image = small.grab().toImage()
    ground = theme.current().window
    later = small.spot(250, 100)
    assert image.pixelColor(later) == ground
    large.click("all")
    assert small.grab().toImage().pixelColor(later) != ground


def test_it_shows_where_the_close_up_is(large):
    large.click("phase5")
    small = overview(large, Role.GATHERED)
    first = small.grab().toImage()
    large.slider("scrub").setValue(256 * 200 + 200)
    assert small.grab().toImage() != first
    assert small.accessibleName() == "Where the close-up is"
