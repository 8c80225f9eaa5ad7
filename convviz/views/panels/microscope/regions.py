"""How the stage is divided: the sentence above, the boards with the names of their rows, and the sums below."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QRect, QSize

from convviz.engine.walkthrough import Strip
from convviz.views.panels.microscope.arithmetic import line_height
from convviz.views.panels.microscope.layout import JOIN
from convviz.views.panels.microscope.signs import EQUALITY
from convviz.views.panels.microscope.strips import TAB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.walkthrough import Row

#: The height of the sentence, and where there is little room for it.
_SENTENCE, _LOW_SENTENCE = 26, 20
#: A stage lower than this has little room.
_CROWDED = 400
#: A stage of this height has everything as large as it has to be; a larger one has it larger, up to so many times.
_USUAL, _LARGEST = 540, 1.6
_MARGIN = 10


class Regions(NamedTuple):
    """The parts of a stage.

    Attributes
    ----------
    growth
        How much larger texts are than they have to be: a projector's stage is read from far.
    sentence, tabs, boards, sums
        The rectangles of each. ``tabs`` is that of the names of rows, whether they are shown or not.
    """

    growth: float
    sentence: QRect
    tabs: QRect
    boards: QRect
    sums: QRect


def divide(size: QSize, rows: Sequence[Row], *, named: bool, whole: bool) -> Regions:
    """Divide a stage.

    Parameters
    ----------
    size
        Of the stage.
    rows
        The rows that are seen.
    named
        Whether rows have names at their left.
    whole
        Whether maps are seen whole, and need no room for a small picture beside them.
    """
    width, height = size.width(), size.height()
    growth = min(_LARGEST, max(1.0, min(height / _USUAL, width / (1.75 * _USUAL))))
    sentence = _LOW_SENTENCE if height < _CROWDED else round(_SENTENCE * growth)
    count = sum(row.sum is not None for row in rows)
    sums = count * line_height(count, growth)
    left = _MARGIN + (TAB if named else 0)
    right = _MARGIN + max(0 if whole else JOIN - 4, EQUALITY if is_twice(rows) else 0)
    boards = QRect(0, 0, width, height).adjusted(left, sentence + 6, -right, -_MARGIN - sums)
    return Regions(
        growth=growth,
        sentence=QRect(_MARGIN, 4, width - 2 * _MARGIN, sentence),
        tabs=QRect(_MARGIN - 2, boards.top(), TAB, boards.height()),
        boards=boards,
        sums=QRect(_MARGIN, height - sums - 6, width - 2 * _MARGIN, sums),
    )


def is_twice(rows: Sequence[Row]) -> bool:
    """Return whether a map is seen that is made in two ways."""
    return [row.strip for row in rows[:2]] == [Strip.GATHER, Strip.SCATTER]
