"""Where the boards of a moment lie, and which of their cells are seen. No painter: sizes in, rectangles out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QRect

from convviz.engine.walkthrough import Act, Area, Board, Curve, Role

if TYPE_CHECKING:
    from convviz.engine.walkthrough import Moment, Row

#: Above a board: title, numbers of the columns. At its left: numbers of the rows.
TITLE, NUMBERS = 20, 15
GUTTER = 22
#: What three rows save of that; more would let the numbers run into the title.
_TIGHTER = 2
#: Between boards: room for a sign, and for the small picture of the whole map.
JOIN = 30
_ROW_GAP = 10
#: Under the cells of a flat map, in heights of a title.
_UNDER = 3
#: Between a kernel and its turning copy, beside what the copy's corners need; they stick out by 21 % of its size.
_ARROW, _CORNER = 34, 0.21
#: Room that every board has for its name, its power of ten and its scale, be it of a single cell.
_NAME = 98
#: Sides of cells: the smallest, the smallest with numbers, the smallest that is read from far, the largest.
_LEAST, _LEGIBLE, _READABLE, _MOST = 3, 30, 34, 84
#: How many cells of a close-up go side by side; fewer of a row that is seen alone.
_ACROSS, _ALONE = 22, 17
#: Boards up to this size are kernels and windows rather than maps.
_SMALL = 6
_CURVE = (6, 7)
#: Maps, which can be as small as a kernel; unlike one they need not be seen whole.
_MAPS = (Role.ERROR, Role.INPUT, Role.OUTPUT, Role.INPUT_GRAD, Role.GATHERED, Role.SCATTERED)
#: How far the edge of a channel that lies under another one sticks out, and of how many it is seen, itself included.
EDGE, EDGES = 4, 4
#: Cells of a map that are seen around what matters in a close-up.
_AROUND = 4
#: Cells smaller than this see to it that a window has no more rows around it.
_TIGHT = 24


@dataclass(frozen=True)
class Place:
    """Where one item of a moment lies.

    Attributes
    ----------
    item
    rect
        Its cells, or the curve.
    area
        Which cells of the board are seen.
    side
        Of a cell, in pixels.
    title
        The line above it.
    below
        The room that is left under it.
    """

    item: Board | Curve
    rect: QRect
    area: Area
    side: int
    title: QRect
    below: QRect

    @property
    def is_cropped(self) -> bool:
        """Whether there are cells that are not seen."""
        return isinstance(self.item, Board) and (self.area.rows, self.area.columns) != self.item.sheet.size

    def cell_rect(self, row: float, column: float) -> QRect:
        """Return where a cell is, also one between two or outside."""
        x = self.rect.x() + round((column - self.area.left) * self.side)
        y = self.rect.y() + round((row - self.area.top) * self.side)
        return QRect(x, y, self.side, self.side)

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return the cell under a point."""
        if not isinstance(self.item, Board) or not self.rect.contains(point):
            return None
        row = self.area.top + (point.y() - self.rect.y()) // self.side
        column = self.area.left + (point.x() - self.rect.x()) // self.side
        return (row, column) if self.area.holds(row, column) else None


Crops = dict[tuple[int, int], tuple[int, int]]


def arrange(moment: Moment, room: QRect, *, whole: bool, crops: Crops, growth: float = 1.0) -> list[list[Place]]:
    """Lay out a moment.

    All boards have cells of one size. In a close-up it is one that is read from far, and of a map only the surroundings
    of what matters are seen; else it is the largest with which every map is seen whole, down to a few pixels.

    Parameters
    ----------
    moment
    room
    whole
        See all of the maps rather than a close-up.
    crops
        The first row and column seen of each board, by its place; kept, and changed only where something that matters
        would not be seen.
    growth
        How much larger titles are than they have to be.
    """
    whole = whole or moment.phase.act in (Act.PADDING, Act.BORDER)
    title = round(TITLE * growth)
    head = title + NUMBERS - (_TIGHTER if len(moment.rows) > 2 else 0)
    lines = _lines(moment, room.height(), head)
    count = len(moment.rows) * len(lines)
    height = (room.height() - _ROW_GAP * (count - 1)) // count
    stacks = list(zip(*(row.items for row in moment.rows), strict=True))
    before = JOIN if len(lines) > 1 else 0  # of a line: room for the sign of a second one, under which the first begins
    rooms = [(room.width() - before - _spare(line, JOIN), height - head) for line in lines]
    across = _ALONE if len(moment.rows) == 1 and moment.rows[0].strip is not None else _ACROSS
    name = round(_NAME * growth)
    columns = _fitted(moment, [[stacks[n] for n in line] for line in lines], rooms, across, whole, name)
    join, stickout = JOIN, 0
    if moment.phase.act is Act.ROTATION:
        columns[0], stickout = _turning(columns[0], room.width() - len(stacks) * GUTTER, height - head, name)
        join = max(JOIN, stickout + _ARROW)
    used = before + max(
        sum(taken for *_, taken in found) + _spare(line, join) for line, found in zip(lines, columns, strict=True)
    )
    left, above = room.left() + max(0, room.width() - used) // 2, 0
    if _is_flat(moment):  # what belongs together stays together, in the middle
        height = min(height, head + columns[0][0][1] + _UNDER * title)
        above = (room.height() - count * (height + _ROW_GAP) + _ROW_GAP) // 2
    placed = []
    for number, row in enumerate(moment.rows):
        places: list[Place] = []
        for n, (line, found) in enumerate(zip(lines, columns, strict=True)):
            top = room.top() + above + (number * len(lines) + n) * (height + _ROW_GAP)
            rect = QRect(left + before, top + head + stickout, used, height - head - stickout)
            grid = _Grid(found, join, QRect(0, top, 0, title), (number, crops))
            places += _row(row, line, rect, grid)
        placed.append(places)
    return placed


def _fitted(
    moment: Moment,
    lines: list[list[tuple[Board | Curve, ...]]],
    rooms: list[tuple[int, int]],
    across: int,
    whole: bool,
    name: int,
) -> list[list[tuple[int, int, int]]]:
    """Return how many columns the stacks of each line show, the side of their cells, and how wide they are."""
    columns: list[list[tuple[int, int, int]]] = []
    least = _least(moment)
    for around in (1, 0):
        grouped = [[_Stack.of(items, whole, least, around) for items in line] for line in lines]
        sides = [_side(stacks, *room, across) for stacks, room in zip(grouped, rooms, strict=True)]
        limit = _MOST if len(lines) == 1 else min(sides)
        columns = [_named(stacks, room, across, limit, name) for stacks, room in zip(grouped, rooms, strict=True)]
        if whole or columns[0][0][1] >= _TIGHT:
            break
    return columns


def _lines(moment: Moment, height: int, head: int) -> list[range]:
    """Return which items of a row stand beside one another: all, or of flat maps, where two lines fit, half of them."""
    count, doubled = len(moment.rows[0].items), 2 * len(moment.rows)
    fits = (height - _ROW_GAP * (doubled - 1)) // doubled - head >= _TIGHT
    if count > 1 and fits and _is_flat(moment):
        return [range(count // 2), range(count // 2, count)]
    return [range(count)]


def _is_flat(moment: Moment) -> bool:
    """Return whether all that is seen is a single row of cells."""
    items = [item for row in moment.rows for item in row.items]
    is_turning = moment.phase.act is Act.ROTATION
    return not is_turning and all(isinstance(item, Board) and item.sheet.size[0] == 1 for item in items)


def _spare(line: range, join: int) -> int:
    """Return what the items of a line need beside their cells: for the numbers of rows, and the signs between."""
    return len(line) * GUTTER + (len(line) - 1) * join


@dataclass(frozen=True)
class _Grid:
    """What the boards of a line have in common with those under them: columns, the room of each and between them.

    Attributes
    ----------
    columns
        Of each board: how many columns of cells it shows, the side of a cell, and how wide it is.
    join
        What is free between two boards.
    title
        How high above the cells, and how high, the line of the titles is.
    kept
        The number of the row in the moment, and where the close-ups begin.
    """

    columns: list[tuple[int, int, int]]
    join: int
    title: QRect
    kept: tuple[int, Crops]


def _turning(
    columns: list[tuple[int, int, int]], width: int, height: int, name: int
) -> tuple[list[tuple[int, int, int]], int]:
    """Return columns of a size with which a kernel has the room to turn, and how far its corners stick out then."""
    cells = max(n for n, *_ in columns)
    fitting = min(int((width - _ARROW) / ((len(columns) + _CORNER) * cells)), int(height / ((1 + 2 * _CORNER) * cells)))
    side = max(_LEAST, min(columns[0][1], fitting))
    return [(n, side, max(n * side, name)) for n, *_ in columns], round(_CORNER * cells * side)


@dataclass(frozen=True)
class _Stack:
    """The items that stand under one another: the rows and columns they have to show, and those they could."""

    wanted: tuple[int, int]
    most: tuple[int, int]

    @classmethod
    def of(cls, items: tuple[Board | Curve, ...], whole: bool, least: tuple[int, int], around: int = 1) -> _Stack:
        wanted = [_wanted(item, whole, least, around) for item in items]
        most = [_CURVE if isinstance(item, Curve) else item.sheet.size for item in items]
        return cls(
            (max(r for r, _ in wanted), max(c for _, c in wanted)), (max(r for r, _ in most), max(c for _, c in most))
        )

    @property
    def is_small(self) -> bool:
        return max(self.most) <= _SMALL


def _named(
    stacks: list[_Stack], space: tuple[int, int], across: int, limit: int, name: int
) -> list[tuple[int, int, int]]:
    """Return how many columns each stack shows, the side of its cells, and how wide it is.

    Of what is seen whole that is at least as much as its name needs; what can show more columns takes that room anyway.
    """
    width, height = space
    found: list[tuple[int, int, int]] = []
    missing = 0
    for _ in stacks:  # where one makes room, another may become too narrow
        columns = _columns(stacks, max(1, width - missing), height, across, limit)
        found = [
            (n, side, max(n * side, name) if n == stack.most[1] else n * side)
            for (n, side), stack in zip(columns, stacks, strict=True)
        ]
        if sum(taken for *_, taken in found) <= width:
            break
        missing = sum(taken - n * side for n, side, taken in found)
    return found


def _columns(stacks: list[_Stack], width: int, height: int, across: int, limit: int) -> list[tuple[int, int]]:
    """Return how many columns each stack shows, and the side of its cells: ``across`` fill the width.

    All cells are of one size, unless maps are to be seen whole and theirs are small: kernels keep legible cells then.
    """
    side = min(limit, _side(stacks, width, height, across))
    apart = side < _LEGIBLE and not all(stack.is_small for stack in stacks)
    small = [apart and stack.is_small for stack in stacks]
    own = [max(side, min(_LEGIBLE, height // stack.wanted[0])) for stack in stacks]
    if any(small):
        width -= sum(n * stack.most[1] for n, stack, kept in zip(own, stacks, small, strict=True) if kept)
        others = [stack for stack, kept in zip(stacks, small, strict=True) if not kept]
        side = min(limit, _side(others, width, height, across))
    shared = iter(_share_out([stack for stack, kept in zip(stacks, small, strict=True) if not kept], width // side))
    return [
        (stack.most[1], n) if kept else (next(shared), side) for n, stack, kept in zip(own, stacks, small, strict=True)
    ]


def _side(stacks: list[_Stack], width: int, height: int, usual: int) -> int:
    across, down = sum(stack.wanted[1] for stack in stacks), max(stack.wanted[0] for stack in stacks)
    comfortable = max(_READABLE, min(width // usual, height // 4, _MOST))
    if all(stack.is_small for stack in stacks):
        comfortable = _MOST
    return max(_LEAST, min(comfortable, width // across, height // down))


def _share_out(stacks: list[_Stack], across: int) -> list[int]:
    """Return how many columns each stack gets: those that it needs, then in turn one more that it has; at least one."""
    columns = [max(1, min(stack.wanted[1], across)) for stack in stacks]
    while sum(columns) > across and max(columns) > 1:
        columns[columns.index(max(columns))] -= 1
    while sum(columns) < across:
        growing = [n for n in range(len(columns)) if columns[n] < stacks[n].most[1]]
        if not growing:
            break
        columns[min(growing, key=lambda n: columns[n])] += 1
    return columns


def _least(moment: Moment) -> tuple[int, int]:
    """Return how much of a map without a window has to be seen: as much as one that it is multiplied with."""
    if moment.phase.act is not Act.WEIGHTS:
        return _AROUND, _AROUND
    areas = [board.window.area for board in moment.boards if board.window is not None]
    return max([_AROUND, *(area.rows for area in areas)]), max([_AROUND, *(area.columns for area in areas)])


def _wanted(item: Board | Curve, whole: bool, least: tuple[int, int], around: int) -> tuple[int, int]:
    """Return the rows and columns of an item that have to be seen, a window's with ``around`` more."""
    if isinstance(item, Curve):
        return _CURVE
    rows, columns = item.sheet.size
    if whole or max(rows, columns) <= (_AROUND if not around and item.role in _MAPS else _SMALL):
        return rows, columns
    if item.window is None:
        return min(rows, least[0]), min(columns, least[1])
    needed = item.window.area
    return min(rows, needed.rows + around), min(columns, needed.columns + around)


def _row(row: Row, line: range, rect: QRect, grid: _Grid) -> list[Place]:
    number, crops = grid.kept
    x = rect.left()
    placed = []
    for n, (most, side, width) in zip(line, grid.columns, strict=True):
        item = row.items[n]
        x, down = x + GUTTER, max(1, rect.height() // side)
        if isinstance(item, Curve):
            area = Area(0, 0, min(down, _CURVE[0]), most)
        else:
            size, focus = item.sheet.size, _focus(item)
            seen = min(down, size[0]), min(most, size[1])
            before = crops.get((number, n), (0, 0))
            top, left = (_follow(*axis) for axis in zip(before, seen, size, focus, strict=True))
            crops[number, n] = (top, left)
            area = Area(top, left, *seen)
        title = QRect(x - GUTTER, grid.title.y(), GUTTER + width + JOIN - 6, grid.title.height())
        cells = QRect(x, rect.top(), area.columns * side, area.rows * side)
        under = cells.bottom() + 1 + EDGE * (min(item.depth, EDGES) - 1 if isinstance(item, Board) else 0)
        below = QRect(x, under, width, max(0, rect.bottom() + 1 - under))
        placed.append(Place(item, cells, area, side, title, below))
        x += width + grid.join
    return placed


def _focus(board: Board) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first and last row, and column, that should be seen."""
    if board.window is not None:
        area = board.window.area
        return (area.top, area.bottom - 1), (area.left, area.right - 1)
    row, column = board.cursor or (0, 0)
    return (row, row), (column, column)


def _follow(start: int, seen: int, size: int, focus: tuple[int, int]) -> int:
    """Return the first cell that is seen: the same as before, unless what matters would be out of sight."""
    first, last = focus
    start = min(start, size - seen)
    if start <= first and last < start + seen:
        return max(0, start)
    before = max(0, (seen - (last - first + 1)) // 3)  # the way goes right and down: more is seen of what comes
    return max(0, min(first - before, size - seen))
