"""One map by itself, as large as it reads well."""

from __future__ import annotations

import math

from convviz.views import theme
from convviz.views.heatmap.layout import BORDER, CHANNEL_GAP, Form, around, label_height, tiles_across
from convviz.views.heatmap.view import HeatmapView

#: How long the longer side of all cells together is at most, and a cell, in pixels: with room for a number, where that
#: can be.
_LONG, _CELL = 520, 56
#: What a chip, a note beside the sentence and some air take of the lines above the cells.
_BESIDE = 60


def likeness_of(heatmap: HeatmapView) -> HeatmapView:
    """Return a heatmap that shows the same with its whole title, its sentence and its scale; it belongs to nobody."""
    made = HeatmapView("", Form.FULL)
    made.resemble(heatmap)
    made.resize(*_size(made))
    made.resemble(heatmap)  # nobody tells a widget that is not shown of its size
    return made


def _size(heatmap: HeatmapView) -> tuple[int, int]:
    title = theme.metrics("strong").horizontalAdvance(heatmap.title())
    sentence = theme.metrics("small").horizontalAdvance(heatmap.sentence())
    wide = math.ceil(max(title, sentence)) + theme.scaled(_BESIDE)
    values = heatmap.values()
    if values is None:
        return wide, wide
    rows, columns = values.shape[-2:]
    channels = values.size // (rows * columns)
    across = values.shape[1] if values.ndim == 4 else tiles_across(channels)
    down = math.ceil(channels / across)
    cell = min(theme.scaled(_CELL), max(1, theme.scaled(_LONG) // max(across * columns, down * rows)))
    width = across * (columns * cell + CHANNEL_GAP) + 2 * BORDER
    height = down * (rows * cell + CHANNEL_GAP + (label_height() if channels > 1 else 0))
    return max(wide, width), height + around(Form.FULL)
