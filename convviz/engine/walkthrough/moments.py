"""What a walk-through shows at one moment: boards of cells in rows, and the arithmetic that joins them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.explain import is_signed, sharing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convviz.engine.acts import Act, Role, Strip
    from convviz.engine.explain import Tensor
    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough.sheets import Mask, Pair, Sheet, Taps

Array = NDArray[Any]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Phase:
    """One act of a walk-through, and the moments that it has.

    Attributes
    ----------
    act
    shape
        The moments go row by row over this many rows and columns.
    extra
        Moments behind them: the bias after the kernel's taps.
    still
        Whether nothing is done in it: its moments differ in the cell that is looked at, and there is no way to see.
    pace
        How many moments go by at once while time goes on: a row of cells that are only moved.
    """

    act: Act
    shape: Pair
    extra: int = 0
    still: bool = False
    pace: int = 1

    @property
    def count(self) -> int:
        """How many moments there are."""
        return self.shape[0] * self.shape[1] + self.extra

    def cell(self, position: int) -> Pair:
        """Return the row and column of a moment; those behind the last row have a row of their own."""
        row, column = divmod(position, self.shape[1])
        return row, column


@dataclass(frozen=True, eq=False)
class Scale:
    """What a board's colours measure: the arrays that share one scale, and whether zero is its middle."""

    arrays: tuple[Array, ...]
    signed: bool

    @classmethod
    def of(cls, frame: Frame, tensor: Tensor) -> Scale:
        """Return the scale of an array of a frame, which is the same wherever its numbers are seen."""
        return cls(sharing(frame, tensor), is_signed(tensor))

    @classmethod
    def upto(cls, largest: np.floating[Any]) -> Scale:
        """Return the scale of numbers with a sign up to one that may be too large for the format."""
        end = min(float(np.nan_to_num(largest)), 1e308)
        return cls((np.array([-end, end]),), signed=True)


@dataclass(frozen=True, eq=False)
class Board:
    """A map, a kernel or a window as a grid of cells.

    Attributes
    ----------
    role, sheet, scale
    tensor, lead
        The frame's array that the numbers stand in, and the indices before row and column; None: in no array.
    cursor
        The cell that it is all about.
    window
        The cells that are read.
    marks
        Further cells that take part.
    footprints
        Where kernel-shaped shares lie, the latest first.
    known
        Cells up to this one, row by row, have been computed; None: all. Those behind are left empty, or pale if
        ``forming``: their sums have only begun.
    unreached
        Cells to which the source contributes nothing.
    depth, front
        How many channels lie on one another, and which of them is seen.
    sides
        For a border that is put around: how many of its sides (top, left, bottom, right) are there.
    extra
        Rows at the bottom and columns at the right that are there because the stride left a remainder.
    empty
        Whether the cells of the border are shown as empty rather than zero: pooling reads the map alone.
    turn
        For a kernel that turns: how far, 0 … 1 for 0° … 180°.
    moment_cell
        For a board of another map than the one that the moments go through: from a cell of the board to the cell of
        that map whose moment it belongs to.
    """

    role: Role
    sheet: Sheet
    scale: Scale
    tensor: Tensor | None = None
    lead: tuple[int, ...] = ()
    cursor: Pair | None = None
    window: Taps | None = None
    marks: tuple[Pair, ...] = ()
    footprints: tuple[Taps, ...] = ()
    known: int | None = None
    forming: bool = False
    unreached: Mask | None = None
    depth: int = 1
    front: int = 0
    sides: int = 4
    extra: Pair = (0, 0)
    empty: bool = False
    turn: float | None = None
    moment_cell: Callable[[int, int], Pair] | None = None

    def index_of(self, row: int, column: int) -> tuple[int, ...] | None:
        """Return the place in `tensor` of a cell of the board, None where it has none."""
        source = self.sheet.source_of(row, column)
        return None if source is None or self.tensor is None else (*self.lead, *source)


@dataclass(frozen=True, eq=False)
class Curve:
    """The graph of a function of one number, the point that is looked at, and the slope there if it is the subject."""

    x: Array
    y: Array
    point: tuple[float, float]
    slope: float | None = None


@dataclass(frozen=True, eq=False)
class Operand:
    """One factor of every term of a sum, in the colours of the board that it comes from."""

    values: Array
    role: Role
    scale: Scale


@dataclass(frozen=True, eq=False)
class Sum:
    """The arithmetic of one number.

    Attributes
    ----------
    role, index, scale
        The number's board, its place there, and its colours.
    operands
        The factors of the N terms.
    total
        What the terms make, computed from them.
    value
        What the engine has there.
    bias, bias_scale
        Added to the terms, and its colours.
    before
        What had been added up already.
    zeros
        How many further products have an inserted or a border zero.
    parts
        For several channels: each channel's number and its share of the sum.
    chosen
        For a maximum: which of the terms it is.
    function
        For a number that is a function of the only operand: the layer's kind.
    board, cells
        Where the terms are seen: which item of the row, and the cell (N, 2) of each term there.
    """

    role: Role
    index: tuple[int, ...]
    scale: Scale
    operands: tuple[Operand, ...]
    total: float
    value: float
    bias: float | None = None
    bias_scale: Scale | None = None
    before: float | None = None
    zeros: int = 0
    parts: tuple[tuple[int, float], ...] = ()
    chosen: int | None = None
    function: str = ""
    board: int = 0
    cells: Indices | None = None

    @property
    def terms(self) -> Array:
        """The products, (N,)."""
        if not self.operands:
            return np.zeros(0)
        product = self.operands[0].values
        with np.errstate(all="ignore"):
            for operand in self.operands[1:]:
                product = product * operand.values
        return product


@dataclass(frozen=True, eq=False)
class Row:
    """Boards beside one another, what stands between them, and the sum that they show.

    Attributes
    ----------
    items, joins, sum
    strip
        Which it is of several rows that go on at once; None where there is one.
    facts
        Numbers that the sentence about the row speaks of.
    """

    items: tuple[Board | Curve, ...]
    joins: tuple[str, ...]
    sum: Sum | None = None
    strip: Strip | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Moment:
    """One moment.

    Attributes
    ----------
    phase, position
    rows
        What is gathered and what is scattered end in the same map, made in two ways.
    facts
        Numbers that the sentence about the phase speaks of.
    unreached
        Whether the source contributes nothing to the cell that it is about.
    """

    phase: Phase
    position: int
    rows: tuple[Row, ...]
    facts: Mapping[str, object] = field(default_factory=dict)
    unreached: bool = False

    @property
    def boards(self) -> tuple[Board, ...]:
        """All boards, row by row."""
        return tuple(item for row in self.rows for item in row.items if isinstance(item, Board))
