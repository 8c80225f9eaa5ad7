"""The hand on the landscape: the wheel, dragging, keys, a new start, and the choice of a plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox

from convviz.engine import Conv2d
from convviz.model.files import load_builtin
from convviz.model.sources import RandomMap
from tests.checked import experiment
from tests.views.hands import choose_item, drag, turn
from tests.views.reading import number_in

# -- the hand ----------------------------------------------------------------------------------------------------------


def test_the_wheel_looks_closer_about_the_pointer(look):
    viewer = look()
    before, survey = viewer.window, viewer.survey
    at = QPoint(320, 180)
    spot = viewer.map.places.place(QPointF(at))
    assert turn(viewer.map, 2, at).isAccepted()
    assert viewer.window.right - viewer.window.left == pytest.approx((before.right - before.left) / 1.25**2)
    assert viewer.map.places.place(QPointF(at)) == pytest.approx(spot)
    closer = viewer.sees_all(survey)
    assert closer.window == viewer.window
    assert closer.plane is survey.plane
    assert any("out of view" in name for name in viewer.legend)
    viewer.person.click("landscape.fit")
    assert viewer.sees_all(closer).window == pytest.approx(before)


def test_nobody_looks_so_close_that_no_two_places_differ(look):
    demo = load_builtin("demo")
    faint = replace(
        demo,
        input=RandomMap(mean=0.01, std=0.01, size=(20, 20), seed=7),
        optimizer=replace(demo.optimizer, learning_rate=1e-12),
    )
    viewer = look(experiment=faint)
    before = viewer.survey
    choose_item(viewer.person.find(QComboBox, "landscape.kind"), "Two parameters")
    whole = viewer.sees_all(before).window
    for _ in range(80):
        viewer.person.press("+", viewer.map)
    for numbers in viewer.window.axes(2):
        assert (np.diff(numbers) > 0).all()
    viewer.person.press("-", viewer.map)
    viewer.person.press("0", viewer.map)
    viewer.person.sees(lambda: viewer.window == pytest.approx(whole, rel=1e-12))


def test_dragging_moves_the_plane(look):
    viewer = look()
    before, survey = viewer.window, viewer.survey
    drag(viewer.map, QPoint(300, 200), QPoint(60, -40))
    surface = viewer.map.places.surface
    across = 60 / surface.width() * (before.right - before.left)
    up = 40 / surface.height() * (before.top - before.bottom)
    assert viewer.window.left == pytest.approx(before.left - across)
    assert viewer.window.bottom == pytest.approx(before.bottom - up)
    assert viewer.sees_all(survey).window == viewer.window
    assert viewer.person.session.status.shown is None


def test_a_plane_that_is_laid_anew_is_out_of_the_hand_that_drags(look):
    viewer = look()
    before, start, by = viewer.survey, QPoint(300, 200), QPoint(60, -40)
    drag(viewer.map, start, by, let_go=False)
    viewer.person.session.run(500)
    after = viewer.sees_all(before)
    assert after.plane is not before.plane
    QTest.mouseMove(viewer.map, start + by + QPoint(20, 0))
    QTest.mouseRelease(viewer.map, Qt.MouseButton.LeftButton, pos=start + by + QPoint(20, 0))
    assert viewer.window == viewer.survey.window


def test_keys_lead_the_cursor_and_ask_for_a_step(look):
    viewer = look()
    shown, window = viewer.surveyor.shown, viewer.window
    viewer.person.press("Left", viewer.map)
    viewer.person.press("Shift+Up", viewer.map)
    x, y = viewer.map.spot
    assert x == pytest.approx(shown.x - (window.right - window.left) / 80)
    assert y == pytest.approx(min(shown.y + (window.top - window.bottom) / 8, window.top))
    viewer.person.sees(lambda: viewer.text("told").startswith("at [") and "loss" in viewer.text("told"))
    assert number_in(viewer.text("told").rsplit(" ", 1)[1]) == pytest.approx(viewer.exact(x, y), rel=1e-7)
    for _ in range(12):
        viewer.person.press("Shift+Left", viewer.map)
    viewer.person.press("Return", viewer.map)
    viewer.person.sees(lambda: viewer.person.session.status.shown is not None)
    survey = viewer.survey
    viewer.person.press("+", viewer.map)
    assert viewer.window.right - viewer.window.left == pytest.approx((window.right - window.left) / 1.25)
    survey = viewer.sees_all(survey)
    viewer.person.press("0", viewer.map)
    viewer.sees_all(survey)
    assert viewer.survey.step == viewer.person.session.status.shown


def test_a_double_click_lets_the_student_start_there_and_can_be_undone(look):
    viewer = look()
    person, survey = viewer.person, viewer.survey
    surface = viewer.map.places.surface
    corners = [surface.topLeft() + QPointF(30, 30), surface.bottomRight() - QPointF(30, 30)]
    at = next(corner for corner in corners if viewer.map.step_at(corner) is None).toPoint()
    spot = viewer.map.places.place(QPointF(at))
    run = person.session.status.run
    QTest.mouseDClick(viewer.map, Qt.MouseButton.LeftButton, pos=at)
    person.sees(lambda: person.session.status.run > run and person.session.frame is not None)
    person.sees(lambda: person.session.frame.run > run and viewer.surveyor.track.run > run)
    assert person.session.frame.step == 0
    assert person.session.frame.loss == pytest.approx(viewer.exact(*spot), rel=1e-12)
    assert viewer.survey is survey  # the same plane, on which the new run begins
    assert viewer.surveyor.track.places[0] == pytest.approx(spot)
    assert "through step 50 of an earlier run" in viewer.text("sentence")
    person.click("landscape.fit")
    assert viewer.sees_all(survey).step == 0
    assert "earlier" not in viewer.text("sentence")
    assert person.document.undo_stack.undoText() == "Start at a place of the landscape"
    person.press("Ctrl+Z")
    person.sees(lambda: person.session.frame is not None and person.session.frame.step == 50)


def test_the_button_starts_at_the_cross(look):
    viewer = look()
    person = viewer.person
    assert not person.button("landscape.start_here").isEnabled()
    viewer.person.press("Shift+Left", viewer.map)
    spot = viewer.map.spot
    expected = viewer.exact(*spot)
    person.click("landscape.start_here")
    person.sees(lambda: person.session.frame is not None and person.session.frame.loss == pytest.approx(expected))


# -- planes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("Start, teacher, step", "teacher", "through the start, the teacher and step 50"),
        ("Down the gradient", "gradient", "around step 50: to the right along steepest descent"),
        ("Two parameters", "weights", "as Kernel 1 [1, 1] and Kernel 1 [1, 2] change"),
    ],
)
def test_the_plane_can_lie_in_other_ways(look, name, kind, words):
    viewer = look()
    before = viewer.survey
    choose_item(viewer.person.find(QComboBox, "landscape.kind"), name)
    survey = viewer.sees_all(before)
    assert survey.kind == kind
    assert words in viewer.text("sentence")
    assert viewer.text("told").endswith("on the plane")
    if kind == "teacher":
        assert viewer.legend[2] == "teacher, on the plane"


def test_two_parameters_are_picked_by_their_names(look):
    viewer = look()
    survey = viewer.survey
    choose_item(viewer.person.find(QComboBox, "landscape.kind"), "Two parameters")
    survey = viewer.sees_all(survey)
    choose_item(viewer.person.find(QComboBox, "landscape.up"), "Kernel 2 [3, 4]")
    survey = viewer.sees_all(survey)
    frame = viewer.person.session.frame
    assert viewer.surveyor.shown.y == pytest.approx(frame.parameters[1]["weight"][0, 0, 2, 3])
    assert viewer.surveyor.shown.x == pytest.approx(frame.parameters[0]["weight"][0, 0, 0, 0])
    choose_item(viewer.person.find(QComboBox, "landscape.across"), "Kernel 2 [3, 4]")  # which swaps them
    viewer.sees_all(survey)
    assert viewer.surveyor.shown.x == pytest.approx(frame.parameters[1]["weight"][0, 0, 2, 3])
    assert viewer.surveyor.shown.y == pytest.approx(frame.parameters[0]["weight"][0, 0, 0, 0])


def test_of_many_parameters_the_first_of_each_layer_are_offered(look):
    many = experiment(Conv2d(kernel=5, out_channels=40), Conv2d(kernel=1))
    viewer = look(steps=0, experiment=many)
    survey = viewer.survey
    box = viewer.person.find(QComboBox, "landscape.across")
    choose_item(viewer.person.find(QComboBox, "landscape.kind"), "Two parameters")
    viewer.sees_all(survey)
    assert box.count() == 300 + 41
    assert "the list has the first 300 of each layer" in box.toolTip()
    assert box.findText("Bias 2") >= 0


def test_without_a_teacher_no_plane_goes_through_it(look):
    viewer = look(experiment="edges")
    assert viewer.survey.problem.teacher is None
    box = viewer.person.find(QComboBox, "landscape.kind")
    box.showPopup()
    assert box.view().isRowHidden(box.findData("teacher"))
    box.hidePopup()
    assert not any(name.startswith("teacher") for name in viewer.legend)
