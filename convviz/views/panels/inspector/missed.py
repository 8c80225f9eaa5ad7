"""Which rows and columns of its input a layer makes nothing of, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convviz.i18n import Listed, ntr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


class Missed(NamedTuple):
    """How many rows, or columns, are missed: before the first that is used, after the last, and between."""

    first: int
    last: int
    between: int


#: What is said of rows, of columns, and of as many of both: where as many are missed at either end, and else before the
#: first that is used, after the last, and between.
_Texts = tuple["Callable[[int], str]", "Callable[[int], str]", "Callable[[int], str]"]
_OUTER: _Texts = (
    lambda n: ntr("the first and the last row", "the first and the last {count} rows", n),
    lambda n: ntr("the first and the last column", "the first and the last {count} columns", n),
    lambda n: ntr("the first and the last row and column", "the first and the last {count} rows and columns", n),
)
_FIRST: _Texts = (
    lambda n: ntr("the first row", "the first {count} rows", n),
    lambda n: ntr("the first column", "the first {count} columns", n),
    lambda n: ntr("the first row and column", "the first {count} rows and columns", n),
)
_LAST: _Texts = (
    lambda n: ntr("the last row", "the last {count} rows", n),
    lambda n: ntr("the last column", "the last {count} columns", n),
    lambda n: ntr("the last row and column", "the last {count} rows and columns", n),
)
_BETWEEN: _Texts = (
    lambda n: ntr("{count} row between", "{count} rows between", n),
    lambda n: ntr("{count} column between", "{count} columns between", n),
    lambda n: ntr("{count} row and column between", "{count} rows and columns between", n),
)


def missed_along(mask: NDArray[np.bool_]) -> tuple[Missed, Missed]:
    """Return how many rows and columns of a mask ``(H, W)`` have no cell that is used."""
    rows, columns = (_counted(np.asarray(mask.all(axis=axis))) for axis in (1, 0))
    return rows, columns


def missed_text(rows: Missed, columns: Missed) -> str:
    """Return which they are: ``the last 2 rows and columns``; nothing where there are none."""
    return str(Listed(list(_told(rows, columns))))


def _counted(missed: NDArray[Any]) -> Missed:
    used = np.flatnonzero(~missed)
    if not used.size:
        return Missed(len(missed), 0, 0)
    first, last = int(used[0]), len(missed) - 1 - int(used[-1])
    return Missed(first, last, int(missed.sum()) - first - last)


def _told(rows: Missed, columns: Missed) -> Iterator[str]:
    if rows.first == rows.last and columns.first == columns.last:
        yield from _counts_told(_OUTER, rows.first, columns.first)
    else:
        yield from _counts_told(_FIRST, rows.first, columns.first)
        yield from _counts_told(_LAST, rows.last, columns.last)
    yield from _counts_told(_BETWEEN, rows.between, columns.between)


def _counts_told(texts: _Texts, rows: int, columns: int) -> Iterator[str]:
    of_rows, of_columns, of_both = texts
    told = ((of_both, rows),) if rows == columns else ((of_rows, rows), (of_columns, columns))
    return (text(count).format(count=count) for text, count in told if count)
