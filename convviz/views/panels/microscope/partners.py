"""Which cells go together: the same number on several boards, and what is multiplied with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough import Board, Lattice, Role, Scattered, Under

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convviz.engine.walkthrough import Row

#: A cell on the stage: the row of boards, the board in it, the cell's row and column.
Spot = tuple[int, int, int, int]
#: An array of the frame, and a place in it.
Number = tuple[Tensor, tuple[int, ...]]


def numbers_at(rows: Sequence[Row], spot: Spot) -> Iterator[tuple[Role, Number]]:
    """Yield what is multiplied at a cell: the number that each board shows there, and the board's role.

    Where all the cells of a window are multiplied with one cell of a map, that is the one at the map's cursor.
    """
    boards = [(n, item) for n, item in enumerate(rows[spot[0]].items) if isinstance(item, Board)]
    cursors = [(spot[0], n, *item.cursor) for n, item in boards if item.cursor is not None and item.role is Role.INPUT]
    for one in (spot, *_same_tap(rows, spot), *cursors):
        board = _board(rows, one)
        number = None if board is None else _number(board, one[2], one[3])
        if board is not None and number is not None:
            tensor, index = number
            source = rows[one[0]].items[0]
            if board.tensor is not None:
                tensor = board.tensor
            elif isinstance(source, Board) and source.tensor is not None:
                tensor = Tensor(tensor.kind, source.tensor.position - 1)  # a rotated kernel lies on its layer's error
            yield board.role, (tensor, index)


def partners(rows: Sequence[Row], spot: Spot) -> set[Spot]:
    """Return the cells that have to do with the one at ``spot``, itself not among them."""
    found: set[Spot] = set()
    here = _board(rows, spot)
    if here is None:
        return found
    for one in {spot, *_same_tap(rows, spot)}:
        found.add(one)
        board = _board(rows, one)
        number = None if board is None else _number(board, one[2], one[3])
        if number is not None:
            found |= set(places_of(rows, number))
    return found - {spot}


def _board(rows: Sequence[Row], spot: Spot) -> Board | None:
    item = rows[spot[0]].items[spot[1]]
    return item if isinstance(item, Board) else None


def _number(board: Board, row: int, column: int) -> Number | None:
    """Return which number of the frame a cell shows; a rotated kernel shows those of the kernel."""
    if board.role is Role.ROTATED and board.turn is None and isinstance(board.sheet, Lattice):
        rows, columns = board.sheet.size
        place = board.sheet.source_of(rows - 1 - row, columns - 1 - column)
        return None if place is None else (Tensor(Kind.WEIGHT), (*board.lead, *place))
    index = board.index_of(row, column)
    if index is None or board.tensor is None:
        return None
    return (Tensor(Kind.WEIGHT) if board.tensor.kind is Kind.WEIGHT else board.tensor), index


def _same_tap(rows: Sequence[Row], spot: Spot) -> Iterator[Spot]:
    """Yield the cells that lie at the same tap, on the window and on the boards of its size in a row."""
    row, _, at_row, at_column = spot
    here = _board(rows, spot)
    boards = [(n, item) for n, item in enumerate(rows[row].items) if isinstance(item, Board)]
    size = next((item.sheet.size for _, item in boards if item.role in _TAPS), None)
    if here is None or size is None:
        return
    if here.window is not None and here.window.area_size == size:
        area = here.window.area
        if not area.holds(at_row, at_column):
            return
        at_row, at_column = at_row - area.top, at_column - area.left
    elif here.sheet.size != size or here.role not in _TAPS:
        return
    for n, item in boards:
        if item.window is not None and item.window.area_size == size:
            yield row, n, item.window.top + at_row, item.window.left + at_column
        elif item.role in _TAPS and item.sheet.size == size:
            yield row, n, at_row, at_column


#: Boards in the shape of the window.
_TAPS = (
    Role.KERNEL,
    Role.ROTATED,
    Role.PRODUCTS,
    Role.SHARE,
    Role.SHARE_INPUT,
    Role.MET_ERROR,
    Role.PAIRED,
    Role.WINDOW,
    Role.SHARES,
    Role.SPREAD_ERROR,
    Role.SPREAD_INPUT,
)


def places_of(rows: Sequence[Row], number: Number) -> Iterator[Spot]:
    """Yield where a number of the frame is seen."""
    for row, boards in enumerate(rows):
        for n, board in enumerate(boards.items):
            if isinstance(board, Board):
                for place in _places(board, number):
                    yield row, n, *place


def _places(board: Board, number: Number) -> Iterator[tuple[int, int]]:
    tensor, index = number
    cell = (index[-2], index[-1]) if len(index) > 1 else None
    if cell is None or board.lead != index[:-2] or board.turn is not None:
        return
    if board.role is Role.ROTATED and isinstance(board.sheet, Lattice) and tensor.kind is Kind.WEIGHT:
        row, column = board.sheet.place_of(*cell)
        yield board.sheet.size[0] - 1 - row, board.sheet.size[1] - 1 - column
    elif board.tensor is not None and (board.tensor == tensor or board.tensor.kind is tensor.kind is Kind.WEIGHT):
        if isinstance(board.sheet, Lattice):
            yield board.sheet.place_of(*cell)
        elif isinstance(board.sheet, Scattered):
            yield cell
        elif isinstance(board.sheet, Under):
            rows, columns = board.sheet.size
            yield from (
                (row, column)
                for row in range(rows)
                for column in range(columns)
                if board.sheet.source_of(row, column) == cell
            )
