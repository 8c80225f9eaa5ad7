"""What a benchmark leaves: tables on the terminal while it runs, and all readings as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz import __version__
from convviz.bench.surroundings import slowing
from convviz.bench.timing import Figure
from convviz.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def figure_text(figure: Figure, digits: int = 0) -> str:
    """Return ``median (low … high)``."""
    return f"{figure.median:,.{digits}f} ({figure.low:,.{digits}f} … {figure.high:,.{digits}f})"


def ratio_text(figure: Figure) -> str:
    """Return ``12.3 × (11.8 … 12.9)``."""
    return f"{figure.median:,.1f} × ({figure.low:,.1f} … {figure.high:,.1f})"


@dataclass
class Report:
    """Tables that are printed row by row and kept.

    Attributes
    ----------
    results
        Name of each table -> rows, each a mapping from column to a number, a text or a list of readings.
    """

    results: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _table: str = ""
    _widths: tuple[int, ...] = ()

    def machine(self, without: Sequence[str] = ()) -> None:
        """Print what is measured, and where, ``without`` which variables, and what in the surroundings spoils it."""
        self.say(
            tr("convviz {version} · Python {python} · NumPy {numpy} · {cores} cores · {system}").format(
                version=__version__,
                python=platform.python_version(),
                numpy=np.__version__,
                cores=os.cpu_count(),
                system=platform.platform(terse=True),
            )
        )
        if without:
            sentence = tr("Measured without these variables, which are set and slow NumPy down: {names}")
            self.say(sentence.format(names=", ".join(without)))
        if names := slowing():
            self.say(tr("These variables are set and slow NumPy down: {names}").format(names=", ".join(names)))

    def say(self, text: str = "") -> None:
        """Print one line at once."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def table(self, name: str, title: str, columns: Sequence[tuple[str, int]]) -> None:
        """Begin a table: its name in `results`, its title, and the columns' names and widths."""
        self._table, self._widths = name, tuple(width for _, width in columns)
        self.results[name] = []
        self.say()
        self.say(title)
        self.say(self._line([heading for heading, _ in columns]))
        self.say("─" * (sum(self._widths) + 2 * (len(self._widths) - 1)))

    def row(self, cells: Sequence[str], data: dict[str, Any]) -> None:
        """Print one row of the table and keep its data; a `Figure` is kept as its readings."""
        self.say(self._line(cells))
        kept = {key: list(value.readings) if isinstance(value, Figure) else value for key, value in data.items()}
        self.results[self._table].append(kept)

    def write(self, path: Path) -> None:
        """Write the machine and all readings as JSON, whose words are the same in every language."""
        content = {
            "convviz": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "environment": slowing(),
            "results": self.results,
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def _line(self, cells: Sequence[str]) -> str:
        first, *rest = [
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, self._widths, strict=True))
        ]
        return "  ".join([first, *rest]).rstrip()
