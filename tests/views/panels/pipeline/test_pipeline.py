from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from convviz.i18n import set_language
from convviz.views import theme
from tests.views.heatmap.conftest import PaintLog, ground_of, ink_of
from tests.views.panels.pipeline.experiments import EXPERIMENTS
from tests.views.panels.pipeline.looking import heatmaps, places

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.views.panels.pipeline.conftest import ShowPipeline

NAMES = pytest.mark.parametrize("name", EXPERIMENTS)


# numbers -------------------------------------------------------------------------------------------------------------


@NAMES
def test_every_number_of_the_frame_is_in_its_place(show_pipeline: ShowPipeline, name: str) -> None:
    shown = show_pipeline(name)
    shown.go_on(3)
    frame = shown.frame
    expected = {"input": frame.values[0], "reconstruction": frame.output, "target": frame.target}
    expected["residual"] = frame.residual
    for index, values in enumerate(frame.values[1:-1], start=1):
        expected[f"map{index}"] = values
        expected[f"map{index}.gradient"] = frame.value_grads[index]
    teacher = frame.teacher or ({},) * len(frame.parameters)
    for role, sets in (("student", frame.parameters), ("teacher", teacher), ("gradient", frame.gradients)):
        for index, parameters in enumerate(sets):
            if "weight" in parameters:
                expected[f"layer{index}.{role}"] = parameters["weight"]
            if "bias" in parameters:
                expected[f"layer{index}.{role}.bias"] = parameters["bias"].reshape(1, -1)
    seen = {name: heatmap.values() for name, heatmap in heatmaps(shown.pipeline).items()}
    assert seen.keys() == expected.keys()
    for key, values in expected.items():
        assert np.array_equal(seen[key], values), key


def test_target_and_reconstruction_share_a_scale(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    for _ in range(5):
        shown.go_on(40)
        low, high = shown.heatmap("target").levels()
        assert shown.heatmap("reconstruction").levels() == (low, high)
        both = np.concatenate([shown.frame.target.ravel(), shown.frame.output.ravel()])
        assert low <= both.min()
        assert both.max() <= high


def test_a_map_that_is_the_target_has_its_colour(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("one number")
    shown.go_on(1000)
    assert shown.frame.output[0, 0, 0] == pytest.approx(shown.frame.target[0, 0, 0], rel=1e-12)
    assert ground_of(shown.heatmap("reconstruction"), 0, 0, 0) == ground_of(shown.heatmap("target"), 0, 0, 0)


def test_student_and_teacher_share_a_scale_that_is_even_about_zero(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    for layer in (0, 1):
        for part in ("", ".bias"):
            levels = shown.heatmap(f"layer{layer}.student{part}").levels()
            assert levels == shown.heatmap(f"layer{layer}.teacher{part}").levels()
            assert levels[0] == -levels[1]
        gradient = shown.heatmap(f"layer{layer}.gradient").levels()
        assert gradient[0] == -gradient[1] != levels[0]
    residual = shown.heatmap("residual").levels()
    assert residual[0] == -residual[1]


def test_a_frame_of_another_experiment_is_passed_over(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    before = {name: heatmap.values() for name, heatmap in heatmaps(shown.pipeline).items()}
    for other in ("no bias", "pooling", "given target", "large"):
        shown.pipeline.set_frame(show_pipeline(other).frame)
        assert all(heatmap.values() is before[name] for name, heatmap in heatmaps(shown.pipeline).items())


def test_another_experiment_replaces_the_columns(qapp: QApplication, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("pooling")
    other = show_pipeline("demo")
    shown.pipeline.set_experiment(other.experiment)
    assert shown.heatmap("reconstruction").values() is None
    shown.pipeline.set_frame(other.frame)
    qapp.processEvents()
    visible = {name for name, heatmap in heatmaps(shown.pipeline).items() if heatmap.isVisible()}
    assert visible == {name for name, heatmap in heatmaps(other.pipeline).items() if heatmap.isVisible()}
    assert places(shown.pipeline) == places(other.pipeline)


def test_a_change_that_keeps_the_shapes_keeps_the_picture(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    before = heatmaps(shown.pipeline)
    shown.pipeline.set_experiment(shown.experiment.replace(seed=99, teacher_seed=3))
    assert heatmaps(shown.pipeline) == before
    assert before["reconstruction"].values() is not None


# words ---------------------------------------------------------------------------------------------------------------


def test_everything_is_named_with_its_shape(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    assert (shown.heatmap("input").title(), shown.heatmap("input").sentence()) == ("Input", "map 20×20")
    assert (shown.heatmap("map1").title(), shown.heatmap("map1").sentence()) == ("Map 1", "map 18×18")
    assert shown.heatmap("layer1.student").sentence() == "4×4"
    for name, sentence in (
        ("reconstruction", "8×8, made by the student"),
        ("target", "8×8, made by the teacher"),
        ("residual", "8×8, reconstruction − target"),
    ):
        assert shown.heatmap(name).sentence() == sentence
    card = shown.pipeline.findChild(QWidget, "pipeline.layer1")
    assert card is not None
    assert card.accessibleName() == "Layer 2: conv 4×4, stride 2"


def test_several_channels_are_counted(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("colours")
    assert shown.heatmap("input").sentence() == "3 maps 32×32"
    assert shown.heatmap("layer0.student").sentence() == "48 of 5×5"
    assert shown.heatmap("target").sentence() == "3 maps 26×26, made by the teacher"


def test_a_given_target_has_no_teacher(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("given target")
    assert not any("teacher" in name for name in heatmaps(shown.pipeline))
    assert shown.heatmap("target").sentence() == "8×8, given"


def test_another_language_moves_nothing(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    before = places(shown.pipeline)
    set_language("zh_CN")
    shown.pipeline.retranslate()
    assert shown.heatmap("input").title() == "输入"
    assert {name: rect for name, rect in places(shown.pipeline).items() if "bias" not in name} == {
        name: rect for name, rect in before.items() if "bias" not in name
    }
    set_language("en")
    shown.pipeline.retranslate()
    assert places(shown.pipeline) == before


# the picture ---------------------------------------------------------------------------------------------------------


def test_the_border_that_no_window_reaches_is_hatched(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("one layer, with a remainder")
    heatmap = shown.heatmap("input")
    assert any(map(any, ink_of(heatmap, 0, 19, 5)))
    assert any(map(any, ink_of(heatmap, 0, 5, 19)))
    assert not any(map(any, ink_of(heatmap, 0, 18, 18)))


@NAMES
@pytest.mark.parametrize("size", [(970, 680), (720, 500), (1600, 940)])
@pytest.mark.parametrize("companion", [True, False])
def test_all_of_it_is_seen(
    qapp: QApplication, show_pipeline: ShowPipeline, name: str, size: tuple[int, int], companion: bool
) -> None:
    shown = show_pipeline(name, size)
    if companion:
        shown.pipeline.set_companion(QLabel("loss"))
        qapp.processEvents()
    few = len(shown.frame.parameters) <= 4
    area = shown.pipeline.findChild(QScrollArea, "pipeline.scroll")
    assert area is not None
    bar = area.horizontalScrollBar()
    assert bar is not None
    assert not few or bar.maximum() == 0
    for key, rect in places(shown.pipeline).items():
        if "cell" not in key and few:
            assert shown.pipeline.rect().contains(rect), key


def test_the_companion_stands_beside_the_equation(qapp: QApplication, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    label = QLabel("loss")
    shown.pipeline.set_companion(label)
    qapp.processEvents()
    beside = QRect(label.mapTo(shown.pipeline, QPoint(0, 0)), label.size())
    residual = places(shown.pipeline)["pipeline.residual"]
    assert label.isVisible()
    assert beside.left() > residual.right()
    assert beside.top() == residual.top()
    assert shown.pipeline.rect().contains(beside)
    shown.pipeline.set_companion(None)
    assert label.parent() is None
    label.deleteLater()


def test_the_numbers_of_the_demo_are_written(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("demo", (970, 650))
    shown.pipeline.set_companion(QLabel("loss"))
    names = ["reconstruction", "target", "residual"]
    names += [f"layer{layer}.{role}" for layer in (0, 1) for role in ("student", "teacher", "gradient")]
    for name in names:
        heatmap = shown.heatmap(name)
        values = heatmap.values()
        assert values is not None
        last = tuple(size - 1 for size in values.shape)
        rect = heatmap.cell_rect(*last).adjusted(1, 1, 0, 0)
        image = heatmap.grab().toImage()
        ground = ground_of(heatmap, *last)
        ink = sum(
            image.pixelColor(x, y) != ground
            for x in range(rect.left(), rect.right())
            for y in range(rect.top(), rect.bottom())
        )
        assert ink > 10, name


def test_nothing_moves_while_it_learns(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    before = places(shown.pipeline)
    for steps in (1, 10, 100, 1000):
        shown.go_on(steps)
        assert places(shown.pipeline) == before


def test_a_run_that_diverges_is_shown_without_complaint(qapp: QApplication, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    shown.trainer.learning_rate = 1.0
    before = places(shown.pipeline)
    for _ in range(12):
        shown.go_on(1)
        qapp.processEvents()
    assert places(shown.pipeline) == before


def test_a_frame_repaints_only_what_it_changed(qapp: QApplication, qtbot: QtBot, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    shown.go_on(2000)  # to where no scale changes from one step to the next
    qapp.processEvents()
    logs = {name: PaintLog(heatmap) for name, heatmap in heatmaps(shown.pipeline).items() if heatmap.isVisible()}
    shown.go_on(1)
    qapp.processEvents()
    constant = {"input", "target", *(f"layer{layer}.teacher{part}" for layer in (0, 1) for part in ("", ".bias"))}
    written_out = {f"layer{layer}.{role}.bias" for layer in (0, 1) for role in ("student", "gradient")}

    def painted() -> set[str]:
        return {name for name, log in logs.items() if log.rects}

    assert painted() - written_out == logs.keys() - constant - written_out
    qtbot.waitUntil(lambda: painted() == logs.keys() - constant)  # what is written out follows as it can be read


def test_a_hidden_picture_costs_nothing(qapp: QApplication, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline()
    shown.pipeline.hide()
    logs = [PaintLog(heatmap) for heatmap in heatmaps(shown.pipeline).values()]
    shown.go_on(5)
    qapp.processEvents()
    assert not any(log.rects for log in logs)


def test_ground_and_cards_have_the_colours_of_both_themes(qapp: QApplication, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("pooling")
    for name in ("dark", "light"):
        look = theme.apply(qapp, name)
        image = shown.pipeline.grab().toImage()
        assert image.pixelColor(2, 2) == look.surface
        assert image.pixelColor(2, image.height() - 2) == look.surface
        card = places(shown.pipeline)["pipeline.layer0"]
        assert image.pixelColor(card.center().x(), card.top() + 4) == look.raised
