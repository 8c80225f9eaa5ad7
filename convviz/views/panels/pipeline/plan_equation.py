"""Where the parts of the lower row go. Sizes in, rectangles out: no widget is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PyQt6.QtCore import QRect

from convviz.views.heatmap.layout import BORDER, CHANNEL_GAP, Form, around, label_height, tiles_across

Shape = tuple[int, int, int]

#: Room for a sign of the equation, and between the equation and its companion.
SIGN, COMPANION_GAP = 30, 24
#: Narrowest map: what its words need.
EQUATION_LEAST = 112
#: The companion's share of the row, and its least width.
_COMPANION_SHARE, _COMPANION_LEAST = 0.27, 230
#: How much of the height the row takes at most, and where the row above would not fit otherwise.
EQUATION_SHARES = (0.45, 0.35)


@dataclass(frozen=True)
class EquationPlan:
    """The lower row: reconstruction, target and residual, the signs between them, and what stands beside them."""

    maps: tuple[QRect, QRect, QRect]
    signs: tuple[QRect, QRect]
    companion: QRect


def equation_height(width: int, height: int, shape: Shape, companion: bool, share: float) -> int:
    """Return how much of ``height`` the lower row makes good use of; at most about ``share`` of it."""
    side = _equation_side(width, companion)
    cells = _fit(side - 2 * BORDER, round(height * share) - around(Form.FULL), shape)[1]
    return around(Form.FULL) + max(cells, 60)


def _equation_side(width: int, companion: bool) -> int:
    beside = max(_COMPANION_LEAST, round(width * _COMPANION_SHARE)) + COMPANION_GAP if companion else 0
    return max(EQUATION_LEAST, (width - beside - 2 * SIGN) // 3)


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
    return round(columns * cell), round(rows * cell)


def plan_equation(width: int, height: int, shape: Shape, companion: bool) -> EquationPlan:
    """Return the plan of the lower row in ``width`` × ``height`` pixels."""
    cells = _fit(_equation_side(width, companion) - 2 * BORDER, height - around(Form.FULL), shape)[0]
    wide = max(EQUATION_LEAST, cells) + 2 * BORDER
    maps, signs, x = [], [], 0
    for number in range(3):
        maps.append(QRect(x, 0, wide, height))
        if number < 2:
            signs.append(QRect(x + wide, 0, SIGN, height))
        x += wide + SIGN
    left = x - SIGN + COMPANION_GAP
    beside = QRect(left, 0, max(0, width - left), height) if companion else QRect()
    return EquationPlan((maps[0], maps[1], maps[2]), (signs[0], signs[1]), beside)
