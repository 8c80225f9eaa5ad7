"""Time under the microscope: what is played, how fast, and when it stops."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt

from convviz.engine.walkthrough import Act, Role
from convviz.views import theme
from convviz.views.readout import ReadOut
from tests.views.panels.microscope.seeing import seen_on_its_way


def test_play_moves_on_and_stops_at_the_end_and_only_then_does_time_pass(look, qtbot):
    viewer = look()
    viewer.press(Qt.Key.Key_4)
    for _ in range(12):
        viewer.press(Qt.Key.Key_Plus)
    assert not viewer.microscope.is_playing
    viewer.click("play")
    assert viewer.microscope.is_playing
    assert viewer.button("pause").isVisible()
    qtbot.waitUntil(lambda: not viewer.microscope.is_playing)
    assert viewer.microscope.position == 12
    assert viewer.button("play").isVisible()
    for _ in range(9):  # so that the next phase does not end before anybody looks
        viewer.press(Qt.Key.Key_Minus)
    viewer.press(Qt.Key.Key_Space)
    assert viewer.microscope.phase == 4, "at the end, play goes on with the next phase"
    qtbot.waitUntil(lambda: viewer.microscope.position > 3)
    viewer.press(Qt.Key.Key_Space)
    assert not viewer.microscope.is_playing


@pytest.mark.parametrize(
    ("name", "layer", "back", "phase", "act"),
    [
        ("demo", 0, False, 1, Act.WINDOWS),
        ("pooling", 1, False, 1, Act.WINDOWS),
        ("pooling", 1, True, 1, Act.SPREADING),
        ("sigmoid", 1, False, 1, Act.FUNCTION),
        ("demo", 0, True, 1, Act.BORDER),  # of a stride of 1 no zeros are inserted either
        ("demo", 0, True, 2, Act.BORDER),
        ("demo", 1, True, 1, Act.INSERTION),
    ],
)
def test_play_does_not_wait_where_nothing_is_done(look, qtbot, name, layer, back, phase, act):
    viewer = look(name, layer=layer, back=back)
    viewer.click(f"phase{phase}")
    assert viewer.moment.phase.still
    viewer.press(Qt.Key.Key_Right)
    assert viewer.text("where") == "[1, 2]", "any cell can be looked at"
    viewer.press(Qt.Key.Key_Space)
    assert viewer.microscope.is_playing
    assert viewer.moment.phase.act is act
    assert viewer.microscope.position == 0
    qtbot.waitUntil(lambda: viewer.microscope.position > 0)


def test_the_speed_is_set_by_slider_and_keys(look):
    viewer = look()
    speed = viewer.slider("speed")
    speed.setValue(speed.minimum())
    assert viewer.text("speed_text") == "0.5 cells/s"
    speed.setValue(speed.maximum())
    assert viewer.text("speed_text") == "200 cells/s"
    viewer.press(Qt.Key.Key_Minus)
    assert viewer.text("speed_text") == "150 cells/s"


def test_keys_go_through_round_speeds_which_are_readable(look):
    viewer = look()
    shown = viewer.microscope.findChild(ReadOut, "microscope.speed_text")
    texts = [viewer.text("speed_text")]
    for key in [Qt.Key.Key_Plus] * 6 + [Qt.Key.Key_Minus] * 9:
        viewer.press(key)
        texts.append(viewer.text("speed_text"))
    ups = ["3", "5", "7", "10", "15", "20", "30"]
    downs = ["20", "15", "10", "7", "5", "3", "2", "1.5", "1"]
    assert texts == [f"{speed} cells/s" for speed in ups + downs]
    slider = viewer.slider("speed")
    for place in range(slider.minimum(), slider.maximum() + 1):
        slider.setValue(place)
        assert theme.number_width(shown.text(), "small") <= shown.width(), shown.text()


def test_keys_go_on_from_a_speed_between_the_round_ones(look):
    viewer = look()
    told = []
    viewer.slider("speed").setValue(34)
    for key in (None, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        if key is not None:
            viewer.press(key)
        told.append(viewer.text("speed_text"))
    assert told == ["3.5 cells/s", "5 cells/s", "3 cells/s"]


def test_time_stops_when_it_is_hidden(look):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    viewer.press(Qt.Key.Key_Space)
    assert viewer.microscope.is_playing
    viewer.microscope.hide()
    assert not viewer.microscope.is_playing


def test_cells_that_are_only_moved_go_row_by_row(look, qtbot):
    """And each of them moves: while a row is on its way, none of its cells stands in its place."""
    viewer = look()
    viewer.click("phase2")
    columns = viewer.moment.phase.shape[1]
    viewer.slider("speed").setValue(viewer.slider("speed").minimum())
    viewer.press(Qt.Key.Key_Space)
    begun = seen_on_its_way(viewer, qtbot)
    viewer.press(Qt.Key.Key_Space)
    assert all((position + 1) % columns == 0 for position in begun)
    moving, rest = begun[viewer.microscope.position], viewer.stage.grab().toImage()
    place, row = viewer.stage.place(Role.SPREAD_ERROR), 2 * (viewer.microscope.position // columns)
    for column in range(2, place.area.right, 2):
        if place.area.holds(row, column):
            corner = place.cell_rect(row, column).topLeft() + QPoint(4, 4)
            assert moving.pixelColor(corner) != rest.pixelColor(corner), column


def test_a_phase_that_goes_row_by_row_ends_with_its_last_cell(look, qtbot):
    viewer = look()
    viewer.click("phase2")
    viewer.slider("scrub").setValue(3)
    viewer.slider("speed").setValue(viewer.slider("speed").maximum())
    viewer.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not viewer.microscope.is_playing)
    assert viewer.microscope.position == viewer.moment.phase.count - 1
