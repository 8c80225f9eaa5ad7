"""Where the parts of the lower row go. Sizes in, rectangles out: no widget is asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QRect

from convviz.views.heatmap.layout import (
    BORDER,
    CHANNEL_GAP,
    Form,
    around,
    label_height,
    thickened,
    tiles_across,
)
from convviz.views.panels.pipeline.division import MAP_SIZE, NUMBERS_WORTH, usefulness
from convviz.views.panels.pipeline.items import KERNEL_CELL_LEAST, NUMBERED

if TYPE_CHECKING:
    from convviz.engine.shapes import Shape

#: Room for a sign of the equation, and between the equation and its companion.
_SIGN, _COMPANION_GAP = 24, 24
#: Narrowest map: what its words need.
_EQUATION_LEAST = 112
#: The companion's share of the row, and its least width.
_COMPANION_SHARE, _COMPANION_LEAST = 0.27, 216
#: Cells of the maps are at least so high together, and the companion beside them reads well from this height on.
_CELLS_LEAST, _COMPANION_HEIGHT = 60, 220.0

#: The least cell with a number that has no sign, and its part of what numbers are worth: the residual has none then.
_NUMBER_LEAST, _UNSIGNED = 15, 0.5


class EquationPlan(NamedTuple):
    """The lower row: reconstruction, target and residual, the signs between them, and what stands beside them."""

    maps: tuple[QRect, QRect, QRect]
    signs: tuple[QRect, QRect]
    companion: QRect


def equation_height(width: int, height: int, shape: Shape, companion: bool, share: float) -> int:
    """Return how much of ``height`` the lower row makes good use of; at most about ``share`` of it."""
    cells = _fit(_equation_side(width, companion) - 2 * BORDER, round(height * share) - around(Form.FULL), shape)[1]
    return around(Form.FULL) + max(cells, _CELLS_LEAST)


def numbered_heights(shape: Shape) -> list[int]:
    """Return from which heights on there is room for numbers in the maps, without a sign and with one."""
    cells = (_NUMBER_LEAST, KERNEL_CELL_LEAST) if _has_few_cells(shape) else ()
    return [around(Form.FULL) + cell * shape[1] for cell in cells]


def _has_few_cells(shape: Shape) -> bool:
    return shape[0] == 1 and max(shape[1:]) <= NUMBERED


def equation_score(width: int, height: int, shape: Shape, companion: bool) -> float:
    """Return how well the lower row reads in ``width`` × ``height`` pixels; comparable to a `Division`'s score."""
    wide, high = _fit(_equation_side(width, companion) - 2 * BORDER, height - around(Form.FULL), shape)
    cell = wide // shape[2] if _has_few_cells(shape) else 0
    numbers = 1.0 if cell >= KERNEL_CELL_LEAST else _UNSIGNED if cell >= _NUMBER_LEAST else 0.0
    beside = usefulness(min(1.0, height / _COMPANION_HEIGHT)) if companion else 0.0
    return 1.5 * usefulness(max(wide, high) / MAP_SIZE) + 1.5 * NUMBERS_WORTH * numbers + 0.5 * beside


def _equation_side(width: int, companion: bool) -> int:
    beside = max(_COMPANION_LEAST, round(width * _COMPANION_SHARE)) + _COMPANION_GAP if companion else 0
    return max(_EQUATION_LEAST, (width - beside - 2 * _SIGN) // 3)


def _fit(width: int, height: int, shape: Shape) -> tuple[int, int]:
    """Return the width and height of a map's cells in ``width`` × ``height`` pixels."""
    channels, rows, columns = shape
    if channels > 1:
        across = tiles_across(channels)
        down = math.ceil(channels / across)
        one = min(
            (width - (across - 1) * CHANNEL_GAP) / across / columns,
            (height / down - label_height() - CHANNEL_GAP) / rows,
        )
        one = max(one, 8 / columns)
        return (
            math.floor(across * columns * one) + (across - 1) * CHANNEL_GAP,
            math.floor(down * (rows * one + label_height() + CHANNEL_GAP)),
        )
    cell = min(width / columns, height / rows)
    cell = math.floor(cell) if cell >= 8 else cell
    wide, high = thickened(columns * cell, rows * cell)
    return round(min(wide, width)), round(min(high, height))


def plan_equation(width: int, height: int, shape: Shape, companion: bool) -> EquationPlan:
    """Return the plan of the lower row in ``width`` × ``height`` pixels."""
    cells = _fit(_equation_side(width, companion) - 2 * BORDER, height - around(Form.FULL), shape)[0]
    wide = max(_EQUATION_LEAST, cells) + 2 * BORDER
    maps, signs, x = [], [], 0
    for number in range(3):
        maps.append(QRect(x, 0, wide, height))
        if number < 2:
            signs.append(QRect(x + wide, 0, _SIGN, height))
        x += wide + _SIGN
    left = x - _SIGN + _COMPANION_GAP
    beside = QRect(left, 0, max(0, width - left), height) if companion else QRect()
    return EquationPlan((maps[0], maps[1], maps[2]), (signs[0], signs[1]), beside)
