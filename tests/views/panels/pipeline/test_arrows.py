"""The arrows between the columns of the upper row."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.pipeline import Pipeline
from convviz.views.panels.pipeline.card import LayerCard

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow

#: How far from a map and its gradient their common frame runs.
FRAME = 6


def columns(pipeline: Pipeline) -> list[tuple[int, int]]:
    """Return the left and the right end of each column of the upper row, in the picture's pixels, with its frame."""
    cards = [card for card in pipeline.findChildren(LayerCard) if card.isVisible()]
    maps = [pipeline.findChild(Heatmap, f"pipeline.map{number}") for number in range(1, len(cards))]
    found = []
    for part in (pipeline.findChild(Heatmap, "pipeline.input"), *cards, *maps):
        assert part is not None
        gradient = pipeline.findChild(Heatmap, f"{part.objectName()}.gradient") if part in maps else None
        rect = part.geometry() if gradient is None else part.geometry().united(gradient.geometry())
        aside = 0 if gradient is None else FRAME
        left = part.parentWidget().mapTo(pipeline, rect.topLeft()).x()  # type: ignore[union-attr]
        found.append((left - aside, left + rect.width() + aside))
    return sorted(found)


@pytest.mark.parametrize("name", ["demo", "channels", "pooling"])
@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
def test_an_arrow_has_a_head_and_touches_no_frame(open_window: OpenWindow, name: str, size: tuple[int, int]) -> None:
    person = open_window(name, size=size)
    pipeline = person.find(Pipeline, "pipeline")
    last = person.find(Heatmap, "pipeline.map1.gradient")
    person.sees(last.isVisible)
    picture = pipeline.grab().toImage()
    wanted, ground = theme.current().outline, theme.current().surface
    places = columns(pipeline)
    foot = last.parentWidget().mapTo(pipeline, last.geometry().bottomLeft()).y()  # type: ignore[union-attr]
    for (_, left), (right, _) in pairwise(places):
        inked = {
            (x, y)
            for x in range(left, right)
            for y in range(foot)
            if abs(picture.pixelColor(x, y).lightness() - wanted.lightness()) < 40
        }
        row = Counter(y for _, y in inked).most_common(1)[0][0]
        arrow = [x for x, y in inked if y == row]
        assert len(arrow) >= 6
        assert max(Counter(x for x, y in inked if abs(y - row) < 6).values()) >= 4  # the head
        for end, step in ((min(arrow), -1), (max(arrow), 1)):
            assert ground in [picture.pixelColor(end + step * by, row) for by in (1, 2)]
