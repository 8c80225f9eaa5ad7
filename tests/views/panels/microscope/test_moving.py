"""What is seen on its way while time goes on: cells that move to places, a kernel that turns, windows that slide."""

from __future__ import annotations

import time

import pytest
from PyQt6.QtCore import Qt

from convviz.engine import AvgPool2d, Conv2d, MaxPool2d
from convviz.engine.walkthrough import Act
from convviz.views.panels.microscope.player import SPEEDS
from tests.views.panels.microscope.seeing import frame_of, phase_of, picture, seen_on_its_way


def play_from(viewer, qtbot, position):
    """Let time go on from a moment, as slowly as it does; return the moment to which it leads first.

    Where this process was not run for so long that time had gone further by then, it begins again.
    """
    speed = viewer.slider("speed")
    speed.setValue(speed.minimum())
    while True:
        viewer.slider("scrub").setValue(position)
        with qtbot.waitSignal(viewer.microscope.moved):
            began = time.perf_counter()
            viewer.click("play")
        if time.perf_counter() - began < 0.5 / SPEEDS[0]:
            return viewer.microscope.position
        viewer.click("pause")


@pytest.mark.parametrize(("act", "following"), [(Act.INSERTION, 7), (Act.ROTATION, 6), (Act.MEETING, 6)])
def test_between_two_moments_the_picture_moves(look, qtbot, act, following):
    viewer = look()
    phase_of(viewer, act)
    assert play_from(viewer, qtbot, 5) == following, "at once: the moment before has been seen"
    begun = seen_on_its_way(viewer, qtbot, 5)
    on_its_way = begun[viewer.microscope.position]
    viewer.click("pause")
    assert picture(viewer) != on_its_way
    viewer.click("forward")
    viewer.click("back")
    rest = picture(viewer)
    viewer.click("forward")
    viewer.click("back")
    assert picture(viewer) == rest


def test_a_tap_moves_to_its_place_in_a_dilated_kernel(look, qtbot):
    viewer = look()
    viewer.microscope.set_frame(frame_of(Conv2d(3, dilation=2)))
    viewer.microscope.show_layer(0, back=False)
    phase_of(viewer, Act.DILATION)
    viewer.slider("scrub").setValue(4)
    viewer.slider("speed").setValue(viewer.slider("speed").minimum())
    viewer.click("play")
    begun = seen_on_its_way(viewer, qtbot, 4)
    assert viewer.microscope.position in begun


def test_fast_moments_follow_one_another_without_a_way(look, qtbot):
    viewer = look()
    phase_of(viewer, Act.MEETING)
    viewer.click("whole")  # what is seen of a close-up depends on the way there
    viewer.slider("scrub").setValue(5)
    viewer.slider("speed").setValue(viewer.slider("speed").maximum())
    viewer.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: viewer.microscope.position > 8)
    if viewer.microscope.is_playing:  # and is not at the end already
        viewer.press(Qt.Key.Key_Space)
    seen = picture(viewer)
    viewer.click("back")
    viewer.click("forward")
    assert picture(viewer) == seen


@pytest.mark.parametrize(
    ("layers", "back", "act", "words"),
    [
        ((Conv2d(3),), True, Act.INSERTION, "The stride is 1: no zeros go between the errors."),
        (
            (Conv2d(3, padding=((1, 2), (0, 1))),),
            False,
            Act.PADDING,
            "Zeros around the input: 1 above, 2 below, 0 left, 1 right.",
        ),
        ((Conv2d(3, dilation=2),), False, Act.DILATION, "Dilation 2: w[1, 1] = "),
        ((Conv2d(3, dilation=2),), True, Act.BORDER, "(kernel 3 − 1) · dilation 2 − padding 0 = 4 on each"),
        ((Conv2d(2, padding=3),), True, Act.BORDER, "less than 0: cut off."),
        ((Conv2d(3, bias=None),), False, Act.WINDOWS, "9 products under the window add up to y[1, 1] = "),
        ((Conv2d(1, bias=None),), False, Act.WINDOWS, "1 product under the window makes y[1, 1] = "),
        ((AvgPool2d(2),), False, Act.WINDOWS, "The mean of 4 cells, "),
        ((MaxPool2d(2),), True, Act.SPREADING, "is handed back to its window: "),
    ],
)
def test_each_form_of_a_layer_has_its_sentence(look, layers, back, act, words):
    viewer = look()
    viewer.microscope.set_frame(frame_of(*layers))
    viewer.microscope.show_layer(0, back=back)
    phase_of(viewer, act)
    assert words in viewer.stage.sentence()


def test_a_kernel_too_large_to_be_seen_whole_has_an_overview(look):
    viewer = look(size=(720, 450))
    viewer.microscope.set_frame(frame_of(Conv2d(17), size=(40, 40)))
    viewer.microscope.show_layer(0, back=True)
    phase_of(viewer, Act.MEETING)
    assert not picture(viewer).isNull()
    cropped = [
        board
        for row in viewer.stage.rows()
        for board in row.items
        if (viewer.stage.place(board.role)).is_cropped and viewer.stage.overview(board.role) is None
    ]
    assert not cropped
    viewer.press(Qt.Key.Key_V)
    viewer.press(Qt.Key.Key_V)
    viewer.press(Qt.Key.Key_V)
    assert not picture(viewer).isNull()
