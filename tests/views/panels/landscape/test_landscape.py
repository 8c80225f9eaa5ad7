"""The landscape in the real window: what a person does, and then sees."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QAction, QColor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QSlider, QStackedWidget, QWidget

from convviz.engine import Conv2d, ReLU, Trainer
from convviz.engine.frames import State
from convviz.model.surveying import Surveyor
from convviz.number_text import loss_text
from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.microscope import Microscope
from tests.checked import experiment
from tests.views.hands import choose_item
from tests.views.panels.landscape.conftest import Viewer
from tests.views.reading import number_in

# -- the mode ----------------------------------------------------------------------------------------------------------


def test_a_button_a_key_and_escape_lead_there_and_back(open_window):
    person = open_window()
    stage = person.find(QStackedWidget, "stage")
    assert person.window.findChild(Surveyor) is None  # nothing of it is made before
    person.click("landscape")
    assert stage.currentWidget().objectName() == "landscape_panel"
    assert person.find(QAction, "landscape").isChecked()
    person.press("Esc")
    assert stage.currentWidget().objectName() == "pipeline"
    assert not person.find(QAction, "landscape").isChecked()
    person.press("Shift+L")
    assert stage.currentWidget().objectName() == "landscape_panel"
    person.click("landscape.close")
    assert stage.currentWidget().objectName() == "pipeline"
    person.press("Shift+L")
    person.press("Shift+L")
    assert stage.currentWidget().objectName() == "pipeline"


def test_from_the_landscape_to_the_microscope_and_back(look):
    viewer = look()
    person = viewer.person
    stage = person.find(QStackedWidget, "stage")
    person.press("M")
    assert stage.currentWidget().objectName() == "microscope"
    assert not person.find(QAction, "landscape").isChecked()
    person.press("Shift+L")
    assert stage.currentWidget().objectName() == "landscape_panel"
    assert not person.find(QAction, "microscope").isChecked()
    person.press("Esc")
    assert stage.currentWidget().objectName() == "pipeline"


def test_the_microscope_over_the_landscape_leads_back_to_it(look):
    viewer = look()
    person, stage = viewer.person, viewer.person.find(QStackedWidget, "stage")
    survey = viewer.survey
    person.press("M")
    person.press("Esc")
    assert stage.currentWidget().objectName() == "landscape_panel"
    assert viewer.survey is survey
    person.press("Esc")
    assert stage.currentWidget().objectName() == "pipeline"


def test_the_microscope_shows_a_layer_that_was_selected_beside_the_landscape_over_it(look):
    viewer = look()
    person = viewer.person
    person.press("Esc")
    person.press("M")
    microscope = person.find(Microscope, "microscope")
    assert microscope.layer == 0
    person.press("Shift+L")
    person.look_at("layer", 1)
    person.press("Esc", person.find(QWidget, "landscape.map"))
    assert person.find(QStackedWidget, "stage").currentWidget() is microscope
    assert microscope.layer == 1


def test_the_run_can_be_driven_while_one_looks(look):
    viewer = look()
    person = viewer.person
    person.press(".")
    person.sees_step(51)
    person.sees(lambda: viewer.surveyor.shown.step == 51)
    person.press("Space")
    person.sees_state(State.FINISHED)
    person.sees(lambda: "step 2,000:" in viewer.text("told"))
    person.press("Esc")
    assert person.session.frame.step == 2000


def test_the_picture_is_up_to_date_after_the_landscape(look):
    viewer = look()
    person = viewer.person
    person.session.run(25)
    person.sees_step(75)
    person.press("Esc")
    heatmap = person.find(Heatmap, "pipeline.reconstruction")
    assert heatmap.cell((0, 0, 0)).value == person.session.frame.output[0, 0, 0]


# -- what is seen ------------------------------------------------------------------------------------------------------


def test_it_says_in_words_what_is_seen(look):
    viewer = look()
    assert viewer.text("sentence").startswith("The loss in the plane through step 50 in which the path is seen best.")
    trainer = Trainer(viewer.survey.problem)
    trainer.run(50)
    path = trainer.path().parameters
    share = viewer.survey.plane.share(path, path[-1])
    told = viewer.text("sentence").split("It shows ")[1].split("%")[0]
    assert float(told) == pytest.approx(100 * share, abs=0.6)
    assert viewer.text("told") == f"step 50: loss {loss_text(trainer.loss)}, on the plane"
    assert viewer.legend[:2] == ("start", "step 50")
    assert viewer.legend[2].startswith("teacher, ")
    off = number_in(viewer.legend[2].split()[1])
    teacher = viewer.survey.problem.network.pack(viewer.survey.problem.teacher)
    assert off == pytest.approx(float(viewer.survey.plane.distance(teacher)), rel=0.05)
    assert viewer.text("sentence") in viewer.map.accessibleDescription()
    assert viewer.text("told") in viewer.map.accessibleDescription()
    assert viewer.map.accessibleName() == "Loss landscape"


def test_the_exact_loss_is_told_of_the_place_that_is_pointed_at(look):
    viewer = look()
    spot = viewer.map.places.place(QPointF(300, 200))
    QTest.mouseMove(viewer.map, QPoint(300, 200))
    viewer.person.sees(lambda: "loss" in viewer.text("told") and viewer.text("told").startswith("at ["))
    assert viewer.map.spot == pytest.approx(spot)
    told = number_in(viewer.text("told").rsplit(" ", 1)[1])
    assert told == pytest.approx(viewer.exact(*spot), rel=1e-7)


def test_low_losses_are_dark_and_high_ones_are_light(look):
    viewer = look(steps=500)
    survey = viewer.survey
    picture = viewer.map.grab().toImage()
    columns, rows = survey.window.axes(survey.level)
    row, column = np.unravel_index(survey.losses.argmax(), survey.losses.shape)
    high = viewer.pixel(columns[min(max(column, 3), len(columns) - 4)], rows[min(max(row, 3), len(rows) - 4)])
    low = viewer.pixel(viewer.surveyor.shown.x, viewer.surveyor.shown.y) + QPoint(14, 10)
    assert QColor(picture.pixel(low)).lightnessF() < 0.3 < QColor(picture.pixel(high)).lightnessF()


def test_a_click_on_the_path_shows_that_step(look):
    viewer = look()
    person, track = viewer.person, viewer.surveyor.track
    row = int(np.flatnonzero(track.steps == 7)[0])
    QTest.mouseMove(viewer.map, viewer.pixel(*track.places[row]))
    person.sees(lambda: viewer.map.near is not None and viewer.text("told").endswith(f"step {viewer.map.near}"))
    viewer.click(viewer.pixel(*track.places[row]))
    person.sees(lambda: person.session.status.shown is not None and viewer.surveyor.live is not None)
    assert abs(person.session.status.shown - 7) <= 1  # to a pixel
    assert "newest step" in viewer.legend
    viewer.click(viewer.pixel(*track.places[-1]))
    person.sees(lambda: person.session.status.shown is None)


def test_the_curve_lies_below_and_the_slider_moves_both(look):
    viewer = look(200)
    person, panel = viewer.person, viewer.person.find(LossPanel, "loss")
    assert panel.isVisible()
    surface = person.find(QWidget, "landscape_panel")
    assert surface.rect().contains(QRect(panel.mapTo(surface, QPoint()), panel.size()))
    assert panel.mapTo(surface, QPoint()).y() > viewer.map.geometry().bottom()
    person.find(QSlider, "history_slider").setValue(40)
    person.sees(lambda: viewer.surveyor.shown.step == 40)
    loss = float(person.session.losses.values()[40])
    assert person.text("loss_words").startswith(f"step 40: {loss_text(loss)} ")
    assert viewer.text("told").startswith(f"step 40: loss {loss_text(loss)},")
    plot = person.find(QWidget, "loss_plot")
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.rect().center())
    person.sees(lambda: person.session.status.shown not in (None, 40))
    person.sees(lambda: viewer.surveyor.shown.step == person.session.status.shown)


def test_the_curve_is_folded_away_where_the_window_is_low_and_is_back_with_the_network(look):
    viewer = look(size=(1024, 640))
    person, panel = viewer.person, viewer.person.find(LossPanel, "loss")
    assert not panel.isVisible()
    person.press("Esc")
    assert panel.isVisible()
    place = QRect(panel.mapTo(person.window, QPoint()), panel.size())
    residual = person.find(Heatmap, "pipeline.residual")
    assert place.left() > residual.mapTo(person.window, residual.rect().topRight()).x()
    person.press("Shift+L")
    person.window.resize(1024, 860)
    person.sees(panel.isVisible)
    person.window.resize(1024, 640)
    person.sees(lambda: not panel.isVisible())
    person.press("Esc")
    person.sees(lambda: QRect(panel.mapTo(person.window, QPoint()), panel.size()) == place)


def test_the_curve_is_back_with_the_network_by_way_of_the_microscope(look):
    viewer = look()
    person, panel = viewer.person, viewer.person.find(LossPanel, "loss")
    person.press("M")
    assert not panel.isVisible()
    person.press("Esc")
    assert panel.isVisible()
    person.press("Esc")
    assert panel.isVisible()
    assert person.find(QWidget, "pipeline").isAncestorOf(panel)


def test_a_click_beside_the_path_shows_no_step(look):
    viewer = look()
    surface = viewer.map.places.surface
    corners = [surface.topLeft() + QPointF(5, 5), surface.bottomRight() - QPointF(5, 5)]
    spot = next(corner for corner in corners if viewer.map.step_at(corner) is None)
    viewer.click(spot.toPoint())
    viewer.person.bot.wait(50)
    assert viewer.person.session.status.shown is None


def test_the_history_moves_the_mark(look):
    viewer = look()
    person, survey = viewer.person, viewer.survey
    person.press("Home")
    person.sees(lambda: viewer.surveyor.shown.step == 0)
    assert viewer.survey is survey
    assert viewer.text("told").startswith("step 0: loss 27,571")
    start = viewer.surveyor.track.places[0]
    assert (viewer.surveyor.shown.x, viewer.surveyor.shown.y) == pytest.approx(tuple(start))


# -- what there is not -------------------------------------------------------------------------------------------------


def test_a_network_with_one_parameter_is_told_of(open_window):
    person = open_window(experiment(Conv2d(kernel=1, bias=None)))
    person.click("landscape")
    person.sees(lambda: "at least 2 parameters, received 1" in person.text("landscape.sentence"))
    person.press("Esc")


def test_losses_that_are_no_numbers_are_hatched_and_named(look):
    viewer = look()
    before = viewer.survey
    viewer.map.window_asked.emit(type(before.window)(-1e120, 1e120, -1e120, 1e120))
    survey = viewer.sees_all(before)
    assert not np.isfinite(survey.losses).all()
    assert viewer.legend[-1] == "no finite number"
    corner = viewer.map.places.surface.topLeft() + QPointF(4, 4)
    picture = viewer.map.grab().toImage()
    inside = {picture.pixelColor(int(corner.x()) + n, int(corner.y()) + m).name() for n in range(9) for m in range(9)}
    assert theme.current().surface.name() in inside
    QTest.mouseMove(viewer.map, corner.toPoint())
    viewer.person.sees(lambda: "the loss is no finite number" in viewer.text("told"))


def test_a_diverged_run_is_seen_where_it_was_within_bounds(open_window):
    person = open_window("diverging")
    person.click("play")
    person.sees_state(State.DIVERGED)
    person.click("landscape")
    viewer = Viewer(person)
    survey = viewer.sees_all()
    assert np.isfinite(survey.losses).all()
    assert survey.step < 20
    assert "out of view" in " ".join(viewer.legend)


def test_it_costs_nothing_while_it_is_hidden(look):
    viewer = look()
    person, survey = viewer.person, viewer.survey
    person.press("Esc")
    moved = []
    viewer.surveyor.moved.connect(lambda: moved.append(1))
    person.session.run(500)
    person.sees_step(550)
    assert not moved
    assert viewer.survey is survey


def test_what_was_seen_before_is_seen_again_at_once(look):
    viewer = look()
    person, survey = viewer.person, viewer.survey
    person.press("Esc")
    person.press("Shift+L")
    assert viewer.survey is survey
    spot = viewer.map.places.place(QPointF(310, 190))
    QTest.mouseMove(viewer.map, QPoint(310, 190))
    person.sees(lambda: viewer.text("told").startswith("at [") and "loss" in viewer.text("told"))
    assert number_in(viewer.text("told").rsplit(" ", 1)[1]) == pytest.approx(viewer.exact(*spot), rel=1e-7)
    assert viewer.survey is survey


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
def test_every_control_is_whole(look, size, language):
    viewer = look(size=size)
    viewer.person.window.set_language(language)
    choose_item(
        viewer.person.find(QComboBox, "landscape.kind"), viewer.person.find(QComboBox, "landscape.kind").itemText(3)
    )
    panel = viewer.person.find(QWidget, "landscape_panel")
    for name in ("kind", "across", "up", "fit", "start_here", "close", "map", "legend"):
        part = viewer.person.find(QWidget, f"landscape.{name}")
        viewer.person.sees(lambda part=part: part.isVisible())
        assert panel.rect().contains(part.geometry().translated(part.parentWidget().mapTo(panel, QPoint())))
        if name in ("fit", "start_here"):
            assert part.width() >= part.sizeHint().width()
    for name in ("microscope", "landscape"):
        assert viewer.person.button(name).isVisible()


def test_the_student_starts_nowhere_on_the_landscape_of_another_network(look):
    viewer = look()
    person = viewer.person
    viewer.person.press("Shift+Left", viewer.map)
    first, second = person.document.experiment.stages
    other = person.document.experiment.replace(stages=(first, second.replace(layer=ReLU())))
    person.document.propose(other, "no kernel")
    person.find(QAbstractButton, "landscape.start_here").click()  # before its run has begun
    assert person.document.experiment is other
    person.sees(lambda: not person.session.is_waiting)
