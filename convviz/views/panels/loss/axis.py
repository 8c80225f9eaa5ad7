"""pyqtgraph's axis, with the numbers of the rest of the window."""

from __future__ import annotations

import pyqtgraph as pg

from convviz.number_text import axis_text, wants_powers
from convviz.views import theme
from convviz.views.panels.loss import ranges

#: Between two numbers of the axis of steps.
_BETWEEN = 10
#: Beyond this the ticks of an axis are reckoned in units of it.
_LARGE = 1e290


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """An axis that writes its numbers as the rest of the window does."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.log = False
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the ticks; on a logarithmic axis the range is that of the logarithms."""
        if size <= 0:  # it has not been given its place yet
            return [(1.0, [])]
        if self.log:
            return ranges.log_ticks(minVal, maxVal)
        unit = _LARGE if maxVal > _LARGE else 1.0  # pyqtgraph reckons with a hundred times as much
        levels: list[tuple[float, list[float]]] = super().tickValues(minVal / unit, maxVal / unit, size)
        levels = [(spacing * unit, [value * unit for value in values]) for spacing, values in levels]
        if self.orientation == "bottom" and levels:
            return [self._with_room(*levels[0], size / (maxVal - minVal))]
        return levels[:1]

    def _with_room(self, spacing: float, values: list[float], scale: float) -> tuple[float, list[float]]:
        """Return ticks so far apart that their numbers stand side by side; ``scale`` is in pixels for one step."""
        texts = self.tickStrings(values, 1.0, spacing)
        widest = max((theme.number_width(text, "small") for text in texts), default=0.0)
        factor = next((n for n in (1, 2, 5, 10, 20, 50) if n * spacing * scale >= widest + theme.scaled(_BETWEEN)), 100)
        return factor * spacing, [value for value in values if round(value / spacing) % factor == 0]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the labels of ``values``."""
        powers = wants_powers(values)
        return [axis_text(value, powers=powers) for value in values]
