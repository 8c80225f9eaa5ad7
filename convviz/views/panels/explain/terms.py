"""The terms of an explanation as the rows of a list, of which the smallest are folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from convviz.engine.explain import Rule
from convviz.i18n import ntr
from convviz.number_text import format_number
from convviz.views.panels.explain.wording import part_text
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from convviz.engine.explain import Explanation, Part

#: Sums of more terms are folded to so many of the largest.
_FOLD_ABOVE, _SHOWN = 26, 20
#: Unfolded, no more than this many are listed: nobody reads a million, and a list of them takes seconds to be laid out.
_UNFOLDED = 10_000


class Term(NamedTuple):
    """One row: factors that are multiplied.

    Attributes
    ----------
    factors
        Their values, and where each stands in the frame (None for a plain number).
    value
        The product.
    name
        What kind of term it is, where there are several.
    chosen
        The term that was taken, of those that there were to choose from.
    sign
        What stands before it: plus, minus (which no factor has then), or nothing.
    """

    factors: tuple[tuple[float, Pointed | None], ...]
    value: float
    name: str = ""
    chosen: bool = False
    sign: str = ""


class TermModel(QAbstractListModel):
    """Rows that are made when they are looked at: a sum may have a million terms."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explanation: Explanation | None = None
        self._starts = np.zeros(1, np.intp)
        self._folded = True
        self._order: tuple[tuple[int, int], ...] | None = None
        self._rest = 0.0
        self._largest = 0.0

    @property
    def can_fold(self) -> bool:
        """Whether there are so many terms that they are folded."""
        return self._total() > _FOLD_ABOVE

    @property
    def most_listed(self) -> int:
        """How many terms are listed when they are not folded."""
        return min(self._total(), _UNFOLDED)

    @property
    def is_folded(self) -> bool:
        """Whether only few of many terms are listed."""
        return self._folded and self.can_fold

    def set_folded(self, folded: bool) -> None:
        """Leave out all but the largest terms, or show them all, up to `_UNFOLDED`."""
        if folded != self._folded:
            self._folded = folded
            self.beginResetModel()
            self._arrange()
            self.endResetModel()

    def set_explanation(self, explanation: Explanation | None, *, fold: bool = False) -> bool:
        """Show other terms and return whether the rows are others; ``fold``: fold them again."""
        before = self._explanation
        same = before is not None and explanation is not None and _form(before) == _form(explanation)
        if same and not fold:
            self._explanation = explanation
            self._arrange()
            return False
        self.beginResetModel()
        self._explanation = explanation
        self._folded = self._folded or fold
        self._arrange()
        self.endResetModel()
        return True

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of rows: the terms, and the one that tells of those that are left out."""
        if parent is not None and parent.isValid():
            return 0
        return self._total() if self._order is None else len(self._order) + 1

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a row."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) or not index.isValid():
            return None
        return self.text(index.row())

    def text(self, row: int) -> str:
        """Return a row in words."""
        term = self.term(row)
        if term is None:
            return self.rest_text()
        product = " × ".join(format_number(value) for value, _ in term.factors)
        product = f"− {product}" if term.sign == "−" else product
        text = f"{product} = {format_number(term.value)}" if len(term.factors) > 1 else product
        return f"{term.name}: {text}" if term.name else text

    def term(self, row: int) -> Term | None:
        """Return the term of a row; None for the row that stands for those left out."""
        explanation = self._explanation
        if explanation is None or (self._order is not None and row >= len(self._order)):
            return None
        if self._order is not None:
            place = self._order[row]
        else:
            part_number = int(np.searchsorted(self._starts, row, side="right")) - 1
            place = part_number, row - int(self._starts[part_number])
        part = explanation.parts[place[0]]
        chosen = explanation.rule is Rule.CHOICE and explanation.chosen == place[1]
        return _term(part, place[1], chosen=chosen, first=row == 0 or explanation.rule is not Rule.SUM)

    def rest_text(self) -> str:
        """Return what is said in place of the terms that are left out."""
        left = self._total() - (len(self._order) if self._order is not None else 0)
        return ntr("and {n} more: {sum}", "and {n} more: {sum}", left).format(
            n=f"{left:,}", sum=format_number(self._rest)
        )

    def largest(self) -> float:
        """Return the largest magnitude of a term; 0 if there is none, or none that is finite."""
        return self._largest

    def _total(self) -> int:
        return len(self._explanation) if self._explanation is not None else 0

    def _arrange(self) -> None:
        explanation = self._explanation
        self._order, self._rest, self._largest = None, 0.0, 0.0
        if explanation is None:
            return
        sizes = [np.abs(part.terms) for part in explanation.parts if len(part)]
        largest = max((float(size.max()) for size in sizes), default=0.0)
        self._largest = largest if np.isfinite(largest) else 0.0
        self._starts = np.cumsum([0, *(len(part) for part in explanation.parts)])
        count = _SHOWN if self.is_folded else _UNFOLDED
        if self.is_folded or self._total() > _UNFOLDED:
            self._order = explanation.largest(count)
            if explanation.rule is Rule.SUM:
                terms = [part.terms for part in explanation.parts]
                self._rest = explanation.total - sum(float(terms[p][n]) for p, n in self._order)


def _form(explanation: Explanation) -> tuple[object, ...]:
    return explanation.tensor, explanation.index, explanation.rule, tuple(len(part) for part in explanation.parts)


def _term(part: Part, number: int, *, chosen: bool = False, first: bool = False) -> Term:
    factors: list[tuple[float, Pointed | None]] = []
    product, sign = 1.0, "" if first else "+"
    for factor in part.factors:
        cell = factor.cell(number)
        value = float(factor.values[number])
        product *= value
        place = None if factor.tensor is None or cell is None else Pointed(factor.tensor, cell)
        factors.append((value, place))
    if sign and factors[1:] and factors[0][1] is None and factors[0][0] < 0:  # a plain number's minus is the term's
        sign = "−"
        factors[:1] = [] if factors[0][0] == -1 else [(-factors[0][0], None)]
    return Term(tuple(factors), product, part_text(part.name), chosen, sign)
