"""What is seen of the network in windows of all sizes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QLabel, QScrollArea

from convviz.model.files import load_builtin
from convviz.views.heatmap import Heatmap
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.pipeline import Pipeline
from convviz.views.panels.pipeline.card import LayerCard, fitting_title
from convviz.views.panels.pipeline.wording import layer_texts, window_texts
from tests.views.heatmap.conftest import ink_of

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

    from tests.views.conftest import OpenWindow
    from tests.views.panels.pipeline.conftest import ShowPipeline

#: Sizes of the picture in windows of 1024×640 … 1920×1080.
SIZES = [(719, 484), (719, 593), (975, 564), (975, 644), (1061, 593), (1135, 744), (1615, 924)]


def cells_of(heatmap: Heatmap) -> QRect:
    values = heatmap.values()
    assert values is not None
    first, last = (heatmap.cell_rect(*index) for index in ((0,) * values.ndim, [size - 1 for size in values.shape]))
    return first.united(last)


def with_numbers(pipeline: Pipeline) -> set[str]:
    """Return the names of the small tensors of which one can read all numbers."""
    found = set()
    for heatmap in pipeline.findChildren(Heatmap):
        values = heatmap.values()
        assert values is not None
        if heatmap.isVisible() and values.size <= 64:
            written = (any(map(any, ink_of(heatmap, *index))) for index in np.ndindex(values.shape))
            if all(written):
                found.add(heatmap.objectName())
    return found


@pytest.mark.parametrize("name", ["demo", "dead-border", "pooling", "channels", "sigmoid", "transposed"])
@pytest.mark.parametrize("size", [(1024, 640), (1280, 800), (1366, 749), (1920, 1080)])
def test_a_map_and_its_gradient_are_equals(open_window: OpenWindow, name: str, size: tuple[int, int]) -> None:
    person = open_window(name, size=size)
    pipeline = person.find(Pipeline, "pipeline")
    for index in range(1, len(load_builtin(name).layers)):
        shown, gradient = (person.find(Heatmap, f"pipeline.map{index}{part}") for part in ("", ".gradient"))
        person.sees(gradient.isVisible)
        assert cells_of(gradient).size() == cells_of(shown).size()
        assert cells_of(gradient).height() >= 28
        assert pipeline.rect().contains(QRect(gradient.mapTo(pipeline, QPoint(0, 0)), gradient.size()))


@pytest.mark.parametrize("name", ["demo", "dead-border", "pooling", "sigmoid", "transposed", "edges", "channels"])
@pytest.mark.parametrize("size", [(1024, 640), (1024, 749), (1280, 800)])
def test_every_tensor_is_on_the_screen(open_window: OpenWindow, name: str, size: tuple[int, int]) -> None:
    person = open_window(name, size=size)
    pipeline = person.find(Pipeline, "pipeline")
    for heatmap in pipeline.findChildren(Heatmap):
        assert heatmap.isVisible(), heatmap.objectName()
        assert pipeline.rect().contains(QRect(heatmap.mapTo(pipeline, QPoint(0, 0)), heatmap.size()))


@pytest.mark.parametrize("name", ["demo", "pooling", "no bias", "transposed", "given target"])
def test_a_larger_window_shows_no_less(qapp: QApplication, show_pipeline: ShowPipeline, name: str) -> None:
    shown = show_pipeline(name)
    shown.go_on(10)
    seen = {}
    for size in SIZES:
        shown.pipeline.resize(*size)
        qapp.processEvents()
        seen[size] = with_numbers(shown.pipeline)
    for small, large in itertools.permutations(SIZES, 2):
        if small[0] <= large[0] and small[1] <= large[1]:
            assert seen[small] <= seen[large], (small, large)


def test_a_window_that_is_maximized_is_laid_out_like_one_that_opens_so(
    qapp: QApplication, show_pipeline: ShowPipeline
) -> None:
    def places(pipeline: Pipeline) -> dict[str, QRect]:
        return {heatmap.objectName(): heatmap.geometry() for heatmap in pipeline.findChildren(Heatmap)}

    pipeline = show_pipeline("pooling", (719, 484)).pipeline
    for wider in range(0, 300, 8):  # an edge is dragged
        pipeline.resize(719 + wider, 484 + wider // 2)
        qapp.processEvents()
    pipeline.resize(1615, 924)
    qapp.processEvents()
    assert places(pipeline) == places(show_pipeline("pooling", (1615, 924)).pipeline)


def test_a_few_small_kernels_are_written_out_where_there_is_room(open_window: OpenWindow) -> None:
    person = open_window("channels", size=(1920, 1080))
    written = with_numbers(person.find(Pipeline, "pipeline"))
    assert {f"pipeline.layer{layer}.{role}" for layer in (0, 2) for role in ("student", "teacher")} <= written


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("demo", {"reconstruction", "target", "layer0.student", "layer0.teacher"}),
        ("channels", {"reconstruction", "target", "residual"}),
        ("pooling", {"reconstruction", "target", "layer0.student", "layer0.teacher", "layer2.student"}),
        ("dead-border", {"reconstruction", "target", "residual", "layer0.gradient", "layer1.gradient"}),
    ],
)
def test_a_small_window_has_numbers(open_window: OpenWindow, name: str, expected: set[str]) -> None:
    person = open_window(name, size=(1024, 640))
    person.run_to_the_end()
    written = with_numbers(person.find(Pipeline, "pipeline"))
    assert {f"pipeline.{tensor}" for tensor in expected} <= written


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_three_kernels_leave_no_fourth_place_empty(open_window: OpenWindow, size: tuple[int, int]) -> None:
    person = open_window("channels", size=size)
    for layer, kernels in ((0, [(0, 0), (1, 0), (2, 0)]), (2, [(0, 0), (0, 1), (0, 2)])):
        heatmap = person.find(Heatmap, f"pipeline.layer{layer}.student")
        corners = [heatmap.cell_rect(*kernel, 0, 0) for kernel in kernels]
        assert 1 in {len({corner.top() for corner in corners}), len({corner.left() for corner in corners})}
        assert cells_of(heatmap).width() > 0.8 * heatmap.width()


@pytest.mark.parametrize("size", [(975, 634), (719, 474)])
@pytest.mark.parametrize("name", ["five layers", "six layers", "eight layers"])
def test_of_many_layers_too_all_that_is_learnt_can_be_read(
    show_pipeline: ShowPipeline, name: str, size: tuple[int, int]
) -> None:
    shown = show_pipeline(name, size)
    shown.pipeline.set_companion(QLabel("loss"))
    written = with_numbers(shown.pipeline)
    for index, layer in enumerate(shown.experiment.layers):
        if not layer.parametrised:
            continue
        kernel = shown.heatmap(f"layer{index}.student")
        assert max(cells_of(kernel).width(), cells_of(kernel).height()) >= 60
        for role in ("student", "teacher", "gradient"):
            bias = shown.heatmap(f"layer{index}.{role}.bias")
            assert bias.isVisibleTo(shown.pipeline)
            assert cells_of(bias).width() >= 34
        if name != "five layers":  # in which there are eight kernels together
            assert f"pipeline.layer{index}.student" in written


def test_a_card_of_five_layers_tells_the_scale_and_the_stride(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("five layers", (975, 644))
    shown.pipeline.set_companion(QLabel("loss"))
    for layer in (0, 2, 4):
        heatmap = shown.heatmap(f"layer{layer}.student")
        assert heatmap.height() - cells_of(heatmap).bottom() > heatmap.fontMetrics().height() * 0.7
    card = shown.pipeline.findChild(LayerCard, "pipeline.layer2")
    assert card is not None
    window = window_texts(shown.experiment.layers[2])[1]
    assert window == "3×3, s2"
    title, _ = fitting_title(layer_texts(shown.experiment.layers[2]), card.width() - 16)
    assert title in ("transposed conv 3×3, stride 2", f"convᵀ {window}")


def test_channels_that_are_pressed_together_leave_no_room_beside_them(show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("sixteen channels", (975, 644))
    for index in (1, 2):
        heatmap = shown.heatmap(f"map{index}")
        assert heatmap.width() - cells_of(heatmap).width() < 24


def test_two_kernels_together_are_written_out(open_window: OpenWindow) -> None:
    written = with_numbers(open_window("adam").find(Pipeline, "pipeline"))
    assert {f"pipeline.layer{layer}.{role}" for layer in (0, 1) for role in ("student", "teacher")} <= written


@pytest.mark.parametrize("name", ["demo", "two layers and a ReLU"])
@pytest.mark.parametrize("size", SIZES)
def test_a_bias_that_has_a_name_has_room_for_it(show_pipeline: ShowPipeline, name: str, size: tuple[int, int]) -> None:
    shown = show_pipeline(name, size)
    last = len(shown.experiment.layers) - 1
    for role in ("student", "teacher", "gradient"):
        bias = shown.heatmap(f"layer{last}.{role}.bias")
        assert bias.isVisible()
        room = cells_of(bias).left()
        assert room > bias.fontMetrics().horizontalAdvance(bias.title()) * 0.8


@pytest.mark.parametrize("name", ["a long row", "a long column"])
@pytest.mark.parametrize("size", SIZES)
def test_long_maps_are_no_hairlines(show_pipeline: ShowPipeline, name: str, size: tuple[int, int]) -> None:
    shown = show_pipeline(name, size)
    for heatmap in shown.pipeline.findChildren(Heatmap):
        if "bias" not in heatmap.objectName():
            cells = cells_of(heatmap)
            assert min(cells.width(), cells.height()) >= 14, heatmap.objectName()


def test_room_that_long_maps_leave_goes_to_the_loss(qapp: QApplication, show_pipeline: ShowPipeline) -> None:
    shown = show_pipeline("a long row", (975, 644))
    shown.pipeline.set_companion(loss := QLabel("loss"))
    qapp.processEvents()
    lowest = max(heatmap.mapTo(shown.pipeline, heatmap.rect().bottomLeft()).y() for heatmap in upper(shown.pipeline))
    assert loss.mapTo(shown.pipeline, QPoint(0, 0)).y() < lowest + 120
    assert loss.height() >= 200


def test_room_that_a_scrolled_row_leaves_goes_to_the_equation(show_pipeline: ShowPipeline) -> None:
    pipeline = show_pipeline("eight layers", (975, 744)).pipeline
    area = pipeline.findChild(QScrollArea, "pipeline.scroll")
    assert area is not None
    bar = area.horizontalScrollBar()
    assert bar is not None
    assert bar.maximum() > 0
    lowest = max(heatmap.mapTo(pipeline, heatmap.rect().bottomLeft()).y() for heatmap in upper(pipeline))
    target = pipeline.findChild(Heatmap, "pipeline.target")
    assert target is not None
    assert target.mapTo(pipeline, QPoint(0, 0)).y() < lowest + 90
    assert cells_of(target).height() >= 190


def upper(pipeline: Pipeline) -> list[Heatmap]:
    below = {f"pipeline.{name}" for name in ("reconstruction", "target", "residual")}
    return [heatmap for heatmap in pipeline.findChildren(Heatmap) if heatmap.objectName() not in below]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["adam", "demo"])
def test_a_frozen_layer_is_told_in_every_size(
    qapp: QApplication, show_pipeline: ShowPipeline, name: str, size: tuple[int, int]
) -> None:
    pipeline = show_pipeline("one layer, with a remainder", size).pipeline
    experiment = load_builtin(name)
    first, *others = experiment.stages
    images = []
    for rate in (0.0, 1.0):
        stage = replace(first, layer=first.layer.replace(rate=rate))
        pipeline.set_experiment(experiment.replace(stages=(stage, *others)))
        qapp.processEvents()
        card = pipeline.findChild(LayerCard, "pipeline.layer0")
        assert card is not None
        images.append(card.grab().toImage())
    assert images[0] != images[1]


@pytest.mark.parametrize("name", ["demo", "edges", "channels", "dead-border"])
@pytest.mark.parametrize("size", [(800, 480), (1024, 560), (1024, 640)])
def test_the_loss_is_not_cut_off_in_a_low_window(open_window: OpenWindow, name: str, size: tuple[int, int]) -> None:
    person = open_window(name, size=size)
    loss = person.find(LossPanel, "loss")
    row = loss.parentWidget()
    assert row is not None
    assert row.rect().contains(loss.geometry())
    assert loss.height() >= loss.minimumSizeHint().height()
