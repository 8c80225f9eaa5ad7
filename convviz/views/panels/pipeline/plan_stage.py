"""How the height is divided between the two rows. Sizes in, sizes out: no widget is asked."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from convviz.views.heatmap.layout import Form, around
from convviz.views.panels.pipeline.division import best_division
from convviz.views.panels.pipeline.plan import plan_flow
from convviz.views.panels.pipeline.plan_equation import equation_height, equation_score

if TYPE_CHECKING:
    from convviz.views.panels.pipeline.division import Items
    from convviz.views.panels.pipeline.plan_equation import Shape

#: How much of the height the lower row takes at most, and where the upper one scrolls.
_SHARE, _SCROLLED_SHARE = 0.45, 0.35
#: The heights that are tried for the cells of the lower row: from the least on, and so far apart.
_CELLS, _STEP = 60, 20
#: Room that is left free below the upper row, and the height up to which the companion makes use of more.
_AIR, _COMPANION_MOST = 24, 320


@lru_cache(maxsize=64)
def lower_height(width: int, height: int, items: Items, shape: Shape, companion: bool) -> int:
    """Return how much of ``height`` the lower row gets: as much as makes both rows together read best."""
    most = equation_height(width, height, shape, companion, _SHARE)
    tried = [*range(around(Form.FULL) + _CELLS, most, _STEP), most]
    best, score = 0, -math.inf
    for lower in tried:
        division = best_division(width, height - lower, items)
        if division is not None and (worth := division.score + equation_score(width, lower, shape, companion)) > score:
            best, score = lower, worth
    best = best or equation_height(width, height, shape, companion, _SCROLLED_SHARE)
    spare = height - _used(width, height - best, items) - _AIR
    return max(best, min(spare, _useful(width, height, shape, companion)))


def _used(width: int, height: int, items: Items) -> int:
    """Return how much of its height the upper row makes use of."""
    wholes = [column.whole for column in plan_flow(width, height, items).columns]
    return max(whole.bottom() for whole in wholes) - min(whole.top() for whole in wholes) + 1


def _useful(width: int, height: int, shape: Shape, companion: bool) -> int:
    """Return how much of the height the lower row can make use of, if it is not needed elsewhere."""
    return max(equation_height(width, height, shape, companion, 1.0), _COMPANION_MOST if companion else 0)
