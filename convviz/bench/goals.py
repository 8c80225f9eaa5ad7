"""What is to be reached, beside what was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convviz.bench.report import Report, figure_text
from convviz.bench.timing import Figure, percentile
from convviz.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Goal:
    """A limit of one figure.

    Attributes
    ----------
    limit
        In the figure's own unit.
    unit
        As it is printed behind the number; empty: none.
    least
        Whether the figure is to be at least the limit; else it is to stay below.
    """

    limit: float
    unit: str = "ms"
    least: bool = False

    def reached(self, value: float) -> bool:
        """Return whether ``value`` is good enough; what is not a number never is."""
        return value >= self.limit if self.least else value < self.limit

    def text(self) -> str:
        """Return ``≥ 95 %`` or ``< 8 ms``."""
        return f"{'≥' if self.least else '<'} {self.limit:g} {self.unit}".rstrip()

    def sign(self, value: float) -> str:
        """Return a mark for the end of the row."""
        return "✓" if self.reached(value) else "✗"


class Rows:
    """A table whose rows have a goal each."""

    def __init__(self, report: Report, name: str, title: str) -> None:
        self._report = report
        columns = [(tr("what"), 26), (tr("figure"), 38), (tr("reached"), 24), (tr("goal"), 8), ("", 1)]
        report.table(name, title, columns)

    def share(self, work: str, figure: str, readings: Figure, goal: Goal, digits: int = 1) -> None:
        """Print the median of what was taken in several rounds, with the spread."""
        self._print(work, figure, figure_text(readings, digits), readings.median, goal, readings)

    def times(self, work: str, figure: str, readings: Sequence[float], percent: float, goal: Goal) -> None:
        """Print the value that ``percent`` % of the readings do not exceed, behind the median."""
        value = percentile(readings, percent) if readings else math.nan
        text = f"{value:,.1f} ({percentile(readings, 50):,.1f})" if readings else "–"
        self._print(work, figure, text, value, goal, Figure(tuple(readings)))

    def _print(self, work: str, figure: str, text: str, value: float, goal: Goal, readings: Figure) -> None:
        cells = [work, figure, text, goal.text(), goal.sign(value)]
        data = {"work": work, "figure": figure, "reached": value, "goal": goal.limit, "readings": readings}
        self._report.row(cells, data)
