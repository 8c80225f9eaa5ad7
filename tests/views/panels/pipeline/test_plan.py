from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest

from convviz.views.heatmap.layout import Form, around
from convviz.views.panels.pipeline.division import best_division
from convviz.views.panels.pipeline.items import MapItem
from convviz.views.panels.pipeline.plan import Column, plan_flow
from convviz.views.panels.pipeline.plan_equation import equation_height, equation_score, plan_equation
from convviz.views.panels.pipeline.plan_stage import Arrangement, arrange
from convviz.views.panels.pipeline.structure import Structure
from tests.views.panels.pipeline.experiments import EXPERIMENTS

if TYPE_CHECKING:
    from PyQt6.QtCore import QRect
    from PyQt6.QtWidgets import QApplication

SIZES = [(938, 360), (692, 260), (1570, 520)]
NAMES = pytest.mark.parametrize("name", EXPERIMENTS)


@pytest.fixture(autouse=True)
def _fonts(qapp: QApplication) -> None:
    """Sizes of type are part of the plan, and need an application."""


def parts(column: Column) -> list[QRect]:
    inside = [*column.tiles, *column.biases, column.words]
    return [part for part in inside if not part.isEmpty()]


@NAMES
@pytest.mark.parametrize("size", SIZES)
def test_nothing_lies_on_anything_else(name: str, size: tuple[int, int]) -> None:
    plan = plan_flow(*size, Structure.of(EXPERIMENTS[name]).items())
    columns = [column.rect for column in plan.columns]
    gradients = [column.gradient for column in plan.columns if not column.gradient.isEmpty()]
    assert not any(one.intersects(other) for one, other in itertools.combinations(columns + gradients, 2))
    for column in plan.columns:
        assert all(column.rect.contains(part) for part in parts(column))
        assert not any(one.intersects(other) for one, other in itertools.combinations(parts(column), 2))


@NAMES
@pytest.mark.parametrize("size", SIZES)
def test_the_row_stays_in_its_height(name: str, size: tuple[int, int]) -> None:
    plan = plan_flow(*size, Structure.of(EXPERIMENTS[name]).items())
    for column in plan.columns:
        assert column.rect.bottom() < size[1]
        assert column.gradient.bottom() < size[1]


@NAMES
@pytest.mark.parametrize("size", SIZES)
def test_up_to_four_layers_are_seen_without_scrolling(name: str, size: tuple[int, int]) -> None:
    structure = Structure.of(EXPERIMENTS[name])
    plan = plan_flow(*size, structure.items())
    assert plan.width <= size[0] or len(structure.layers) > 4


def test_columns_read_from_left_to_right() -> None:
    plan = plan_flow(938, 360, Structure.of(EXPERIMENTS["pooling"]).items())
    rects = [column.rect for column in plan.columns]
    assert all(one.right() + 16 <= other.left() for one, other in itertools.pairwise(rects))
    assert all(rect.top() < plan.arrow < rect.bottom() for rect in rects)


def test_the_demo_has_numbers_in_its_kernels_and_shrinks_its_maps_truly() -> None:
    plan = plan_flow(938, 340, Structure.of(EXPERIMENTS["demo"]).items())
    first, second = plan.columns[1].tiles, plan.columns[3].tiles
    assert len(first) == len(second) == 3
    assert min(tile.width() for tile in second) >= 4 * 24
    given, made = plan.columns[0].rect, plan.columns[2].rect
    assert abs((given.width() - 4) / 20 - (made.width() - 4) / 18) < 1 / 18  # but for part of a pixel


def test_more_room_is_used() -> None:
    items = Structure.of(EXPERIMENTS["demo"]).items()
    small, large = plan_flow(692, 260, items), plan_flow(1570, 520, items)
    for one, other in zip(small.columns, large.columns, strict=True):
        assert other.rect.width() > one.rect.width()
    assert large.width > 0.85 * 1570


@NAMES
def test_a_window_that_is_enlarged_does_not_go_to_and_fro(name: str) -> None:
    structure = Structure.of(EXPERIMENTS[name])
    ways, kept = [], None
    for wider in range(0, 600, 4):
        kept = arrange(
            938 + wider, 560 + wider // 2, structure.items(), structure.shapes[-1], companion=True, kept=kept
        )
        ways.append(None if kept.way is None else kept.way._replace(cell=None))
    runs = [(way, 4 * len(list(same))) for way, same in itertools.groupby(ways)]
    # What was left does not come back at once, but where there is so little room that all ways read badly.
    at_once = [
        pixels
        for (before, _), (_, pixels), (after, _) in zip(runs, runs[1:], runs[2:], strict=False)
        if before == after and pixels < 40
    ]
    assert len(at_once) <= 2 * (name == "four convolutions") + (name == "large")


@NAMES
def test_what_is_kept_to_reads_about_as_well_as_what_would_be_chosen_anew(name: str) -> None:
    structure = Structure.of(EXPERIMENTS[name])
    items, shape = structure.items(), structure.shapes[-1]

    def worth(width: int, height: int, found: Arrangement) -> float:
        division = best_division(width, height - found.least, items, found.way)
        return -math.inf if division is None else division.score + equation_score(width, found.least, shape, True)

    kept = None
    for wider in range(0, 600, 8):
        room = (692 + wider, 460 + wider // 2)
        kept = arrange(*room, items, shape, companion=True, kept=kept)
        assert worth(*room, kept) >= worth(*room, arrange(*room, items, shape, companion=True)) - 0.3


def test_a_gradient_is_shown_where_there_is_room_for_it() -> None:
    item = MapItem((1, 18, 18), gradient=True)
    plan = plan_flow(500, 600, (MapItem((1, 20, 20)), *Structure.of(EXPERIMENTS["demo"]).items()[1:2], item))
    assert not plan.columns[2].gradient.isEmpty()
    assert plan.columns[0].gradient.isEmpty()


@NAMES
@pytest.mark.parametrize("size", SIZES)
def test_a_gradient_is_as_large_as_its_map(name: str, size: tuple[int, int]) -> None:
    items = Structure.of(EXPERIMENTS[name]).items()
    for item, column in zip(items, plan_flow(*size, items).columns, strict=True):
        if isinstance(item, MapItem) and item.gradient:
            assert column.gradient.width() == column.rect.width()
            assert column.gradient.height() - around(Form.TILE) == column.rect.height() - around(Form.FULL) >= 15


@pytest.mark.parametrize(
    "shape", [(1, 8, 8), (1, 29, 58), (1, 58, 29), (3, 26, 26), (16, 8, 8), (1, 1, 1), (1, 500, 9)]
)
@pytest.mark.parametrize("companion", [False, True])
@pytest.mark.parametrize(("width", "height"), [(938, 610), (692, 470), (1570, 900)])
def test_the_equation_has_maps_of_one_size_in_order(
    shape: tuple[int, int, int], companion: bool, width: int, height: int
) -> None:
    lower = equation_height(width, height, shape, companion, share=0.45)
    assert lower <= 0.55 * height
    plan = plan_equation(width, lower, shape, companion)
    rects = [plan.maps[0], plan.signs[0], plan.maps[1], plan.signs[1], plan.maps[2]]
    assert all(one.right() < other.left() for one, other in itertools.pairwise(rects))
    assert len({rect.size().width() for rect in plan.maps}) == 1
    assert rects[-1].right() < width
    assert plan.companion.isEmpty() is not companion
    if companion:
        assert plan.companion.width() >= 200
        assert plan.companion.left() > rects[-1].right()
        assert plan.companion.right() < width
