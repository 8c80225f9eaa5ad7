"""What an explanation is: the terms that add up to a number, and the cells that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convviz.engine.explain.tensors import Index, Tensor

Array = NDArray[Any]
Indices = NDArray[np.intp]


class Rule(Enum):
    """In which way a number comes from its terms."""

    GIVEN = "given"  #: it was not computed: an input, a teacher's kernel, a student's kernel before the first step
    SUM = "sum"  #: the terms are added
    CHOICE = "choice"  #: one of the terms is taken: `Explanation.chosen`
    FUNCTION = "function"  #: a function of its only term


class Factor(NamedTuple):
    """One factor of each of N terms.

    Attributes
    ----------
    values : (N,)
    tensor
        The array that the values stand in, or None for plain numbers.
    cells : (N, ndim of the array), or None
        Where they stand in it.
    """

    values: Array
    tensor: Tensor | None = None
    cells: Indices | None = None

    def cell(self, term: int) -> Index | None:
        """Return the place of one term's factor, or None for a plain number."""
        return None if self.cells is None else tuple(int(i) for i in self.cells[term])


@dataclass(frozen=True)
class Part:
    """Terms of one form, each the product of one value of every factor.

    Attributes
    ----------
    factors
    name
        What the part is called where the explanation has several (``bias``, ``decay``), or empty.
    """

    factors: tuple[Factor, ...]
    name: str = ""

    @property
    def terms(self) -> Array:
        """The products, (N,)."""
        product = self.factors[0].values
        with np.errstate(all="ignore"):
            for factor in self.factors[1:]:
                product = product * factor.values
        return product

    def __len__(self) -> int:
        return len(self.factors[0].values)


class Note(NamedTuple):
    """A number on the way that is in no array of the frame: a running mean, a clipped gradient.

    Attributes
    ----------
    symbol
        As the optimizer's formula writes it.
    before, after
        Its value before and after this step; they are the same for what does not change.
    arithmetic
        How it is made, the numbers in braces by name; empty where it is not made here.
    numbers
        Those numbers.
    """

    symbol: str
    before: float
    after: float
    arithmetic: str = ""
    numbers: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Explanation:
    """Where one number comes from.

    Attributes
    ----------
    tensor, index
        The number that is explained.
    value
        What stands there.
    rule
        How the terms of `parts` make it.
    parts
    function
        For FUNCTION and CHOICE: what is done, as the layer's kind (``sigmoid``, ``max_pool2d``); for a number of the
        update the optimizer's formula; else empty.
    chosen
        For CHOICE: the index of the term that was taken.
    notes
        Further numbers that the formula speaks of.
    """

    tensor: Tensor
    index: Index
    value: float
    rule: Rule
    parts: tuple[Part, ...] = ()
    function: str = ""
    chosen: int | None = None
    notes: tuple[Note, ...] = ()

    @property
    def total(self) -> float:
        """What the terms make, computed from them alone; `value` for what was given or is a function of its term."""
        if self.rule is Rule.SUM:
            with np.errstate(all="ignore"):
                return float(sum(np.sum(part.terms, dtype=np.float64) for part in self.parts))
        if self.rule is Rule.CHOICE and self.chosen is not None:
            return float(self.parts[0].terms[self.chosen])
        return self.value

    @property
    def size(self) -> float:
        """How large the terms are together: the sum of them without their signs, or the value where there is none."""
        with np.errstate(all="ignore"):
            sizes = sum(float(np.sum(np.abs(part.terms), dtype=np.float64)) for part in self.parts)
        return sizes or abs(self.value)

    def __len__(self) -> int:
        """The number of terms."""
        return sum(len(part) for part in self.parts)

    def largest(self, count: int) -> tuple[tuple[int, int], ...]:
        """Return the ``count`` terms of the largest absolute value as (part, term), in the order they stand in."""
        if not self.parts:
            return ()
        sizes = np.abs(np.concatenate([part.terms for part in self.parts]))
        if count < len(sizes):
            chosen = np.sort(np.argpartition(-np.nan_to_num(sizes, nan=np.inf), count)[:count])
        else:
            chosen = np.arange(len(sizes))
        starts = np.cumsum([0, *(len(part) for part in self.parts)])
        part_of = np.searchsorted(starts, chosen, side="right") - 1
        return tuple((int(p), int(i - starts[p])) for p, i in zip(part_of, chosen, strict=True))
