"""One part of the picture alone, as large as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.pipeline import Pipeline
from convviz.views.readout import ReadOut
from tests.views.presenting.stage import HD, present

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def share(person: Person, name: str) -> float:
    """Return how much of the picture a part of it takes, of the length in which it takes more."""
    part, whole = person.find(QWidget, name), person.find(Pipeline, "pipeline")
    assert part.isVisible(), name
    return max(part.width() / whole.width(), part.height() / whole.height())


def places(person: Person) -> dict[str, object]:
    found = person.find(Pipeline, "pipeline").findChildren(QWidget)
    named = [each for each in found if each.objectName() not in ("", "pipeline.alone")]
    return {each.objectName(): (each.geometry(), each.isVisible()) for each in named}


@pytest.mark.parametrize(
    ("kind", "index", "name", "others"),
    [
        ("input", 0, "pipeline.input", ("pipeline.layer0", "pipeline.target", "loss_plot")),
        ("layer", 1, "pipeline.layer1", ("pipeline.layer0", "pipeline.input")),
        ("target", 0, "pipeline.target", ("pipeline.residual", "loss_plot")),
        ("training", 0, "loss_plot", ("pipeline.residual", "pipeline.layer0")),
    ],
)
@pytest.mark.parametrize("presenting", [False, True])
def test_what_is_selected_is_shown_alone_and_everything_is_back_after_it(
    open_window: OpenWindow, kind: str, index: int, name: str, others: tuple[str, ...], presenting: bool
) -> None:
    person = open_window(size=HD)
    person.session.run(20)
    person.sees_step(20)
    person.look_at(kind, index)  # type: ignore[arg-type]
    person.find(Pipeline, "pipeline").setFocus()
    if presenting:
        present(person)
    before = places(person)
    person.press("Z")
    assert person.find(QAction, "alone").isChecked()
    person.sees(lambda: share(person, name) > 0.8)
    for other in others:
        assert not person.find(QWidget, other).isVisible(), other
    person.press("Z")
    assert not person.find(QAction, "alone").isChecked()
    person.sees(lambda: places(person) == before)


def test_a_part_alone_goes_on_to_learn_and_to_be_read(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    person.look_at("layer", 0)
    person.press("Z", on=person.find(Pipeline, "pipeline"))
    kernel = person.find(Heatmap, "pipeline.layer0.student")
    person.session.run(40)
    person.sees_step(40)
    frame = person.session.frame
    assert frame is not None
    weight = frame.parameters[0]["weight"]
    assert np.array_equal(np.asarray(kernel.values()), weight)
    assert kernel.isVisible()
    QTest.mouseMove(kernel, kernel.cell_rect(0, 0, 2, 1).center())
    pointed = person.find(ReadOut, "pointed")
    person.sees(lambda: "row 3, column 2" in pointed.text())
    assert float(pointed.text().rpartition(" ")[2].replace("−", "-")) == pytest.approx(weight[0, 0, 2, 1], rel=1e-6)
    for other in ("teacher", "gradient"):
        assert person.find(Heatmap, f"pipeline.layer0.{other}").isVisible()


def test_what_is_pointed_at_comes_before_what_is_selected(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.look_at("layer", 1)
    pipeline, residual = person.find(Pipeline, "pipeline"), person.find(Heatmap, "pipeline.residual")
    pipeline.setFocus()
    QTest.mouseMove(residual, residual.cell_rect(0, 1, 1).center())
    person.sees(lambda: residual.underMouse())
    person.press("Z")
    assert pipeline.part_alone is residual


def test_escape_comes_back_before_it_lets_go_of_the_cell_and_leaves_the_presentation(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    target, pipeline = person.find(Heatmap, "pipeline.target"), person.find(Pipeline, "pipeline")
    QTest.mouseMove(target, target.cell_rect(0, 1, 1).center())
    person.bot.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.cell_rect(0, 1, 1).center())
    person.press("Z")
    assert pipeline.part_alone is target
    person.press("Esc")
    assert pipeline.part_alone is None
    assert person.find(QAction, "let_go").isEnabled()
    person.press("Esc")
    assert not person.find(QAction, "let_go").isEnabled()
    assert person.window.is_presenting
    person.press("Esc")
    assert not person.window.is_presenting


def test_a_part_that_is_alone_when_a_presentation_ends_goes_back_unless_it_was_before(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    pipeline = person.find(Pipeline, "pipeline")
    person.look_at("target")
    pipeline.setFocus()
    present(person)
    person.press("Z")
    person.press("F5")
    assert pipeline.part_alone is None
    person.press("Z")
    present(person)
    person.press("F5")
    assert pipeline.part_alone is person.find(Heatmap, "pipeline.target")


@pytest.mark.parametrize("mode", ["M", "Shift+L"])
def test_the_loss_alone_is_alone_again_after_another_mode(open_window: OpenWindow, mode: str) -> None:
    person = open_window(size=HD)
    person.look_at("training")
    pipeline, loss = person.find(Pipeline, "pipeline"), person.find(LossPanel, "loss")
    pipeline.setFocus()
    person.press("Z")
    person.sees(lambda: share(person, "loss_plot") > 0.8)
    alone = loss.mapTo(pipeline, loss.rect().topLeft()), loss.size()
    person.press(mode)
    assert loss.isVisible() is (mode == "Shift+L")  # below the landscape
    person.press("Esc")
    assert pipeline.part_alone is loss
    person.sees(lambda: share(person, "loss_plot") > 0.8)
    assert (loss.mapTo(pipeline, loss.rect().topLeft()), loss.size()) == alone
    person.press("Z")
    assert person.find(QWidget, "pipeline.input").isVisible()
    person.sees(lambda: share(person, "loss_plot") < 0.5)


def test_the_loss_stays_below_the_landscape_when_a_presentation_of_it_alone_ends(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.look_at("training")
    person.find(Pipeline, "pipeline").setFocus()
    present(person)
    person.press("Z")
    person.press("Shift+L")
    panel, loss = person.find(QWidget, "landscape_panel"), person.find(LossPanel, "loss")
    person.press("F5")
    assert panel.isAncestorOf(loss)
    assert loss.isVisible()
    person.press("Esc")
    assert loss.isVisible()
    assert person.find(QWidget, "pipeline.input").isVisible()


def test_another_network_is_seen_as_a_whole(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.look_at("layer", 1)
    pipeline = person.find(Pipeline, "pipeline")
    pipeline.setFocus()
    person.press("Z")
    assert pipeline.part_alone is not None
    person.find(QAction, "new_channels").trigger()
    person.sees(lambda: pipeline.part_alone is None)
    assert person.find(QWidget, "pipeline.layer0").isVisible()
    assert person.find(LossPanel, "loss").isVisible()


def test_cells_alone_have_their_numbers_and_stay_within_the_picture(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.look_at("layer", 1)
    pipeline = person.find(Pipeline, "pipeline")
    pipeline.setFocus()
    present(person)
    beside = person.find(Heatmap, "pipeline.layer1.student").cell_rect(0, 0, 0, 0).width()
    person.press("Z")
    student = person.find(Heatmap, "pipeline.layer1.student")
    assert student.cell_rect(0, 0, 0, 0).width() > 2 * beside
    for role in ("student", "teacher", "gradient"):
        heatmap = person.find(Heatmap, f"pipeline.layer1.{role}")
        corner = heatmap.mapTo(pipeline, heatmap.rect().bottomRight())
        assert pipeline.rect().contains(corner)
        assert heatmap.cell_rect(0, 0, 3, 3).bottom() < heatmap.height()
    assert theme.zoom() > 1
