"""How the height is divided between the two rows. Sizes in, sizes out: no widget is asked."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from convviz.views.heatmap.layout import Form, around
from convviz.views.panels.pipeline.division import best_division
from convviz.views.panels.pipeline.plan import plan_flow
from convviz.views.panels.pipeline.plan_equation import equation_height, equation_score, numbered_heights

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convviz.engine.shapes import Shape
    from convviz.views.panels.pipeline.division import Items, Way

#: How much of the height the lower row takes at most, and where the upper one scrolls.
_SHARE, _SCROLLED_SHARE = 0.45, 0.35
#: The heights that are tried for the cells of the lower row: from the least on, and so far apart.
_CELLS, _STEP = 60, 20
#: What reads better by this reads much better: as if the maps were a tenth larger than they are while they are small.
_MUCH = 0.3
#: Room that is left free below the upper row, and the height up to which the companion makes use of more.
_AIR, _COMPANION_MOST = 24, 320


class Arrangement(NamedTuple):
    """How the two rows share a height.

    Attributes
    ----------
    lower
        What the lower row gets.
    least
        What it gets before it is given what the upper one has no use for.
    way
        How the upper row is divided; None: it scrolls.
    """

    lower: int
    least: int
    way: Way | None


@lru_cache(maxsize=64)
def arrange(
    width: int, height: int, items: Items, shape: Shape, companion: bool, kept: Arrangement | None = None
) -> Arrangement:
    """Return how the rows share ``height``: as makes both together read best.

    ``kept``: how they did in another size. It is kept to as long as nothing reads much better, so that nothing goes to
    and fro while a window is enlarged.
    """
    most = equation_height(width, height, shape, companion, _SHARE)

    def best(heights: Iterable[int], way: Way | None = None) -> tuple[float, int, Way | None]:
        found: tuple[float, int, Way | None] = -math.inf, 0, None
        for lower in heights:
            division = best_division(width, height - lower, items, way)
            if division is not None:
                score = division.score + equation_score(width, lower, shape, companion)
                if score > found[0]:
                    found = score, lower, division.way
        return found

    tried = [*range(around(Form.FULL) + _CELLS, most, _STEP), most]
    tried += [high for high in numbered_heights(shape) if high < most]
    score, least, way = best(tried)
    if kept is not None and kept.way is not None:
        same, resized = [min(kept.least, most)], kept.way._replace(cell=None)
        for heights, as_kept in ((same, kept.way), (same, resized), (tried, resized)):
            as_before = best(heights, as_kept)
            if as_before[0] + _MUCH >= score > -math.inf:
                _, least, way = as_before
                break
    least = least or equation_height(width, height, shape, companion, _SCROLLED_SHARE)
    spare = height - _used(width, height - least, items, way) - _AIR
    return Arrangement(max(least, min(spare, _useful(width, height, shape, companion))), least, way)


def _used(width: int, height: int, items: Items, way: Way | None) -> int:
    """Return how much of its height the upper row makes use of."""
    wholes = [column.whole for column in plan_flow(width, height, items, way).columns]
    return max(whole.bottom() for whole in wholes) - min(whole.top() for whole in wholes) + 1


def _useful(width: int, height: int, shape: Shape, companion: bool) -> int:
    """Return how much of the height the lower row can make use of, if it is not needed elsewhere."""
    return max(equation_height(width, height, shape, companion, 1.0), _COMPANION_MOST if companion else 0)
