"""One cell of a heatmap, as it is told to whoever listens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convviz.i18n import tr
from convviz.number_text import format_number
from convviz.views.pointing import Pointed, index_in

if TYPE_CHECKING:
    from convviz.engine.explain import Tensor


@dataclass(frozen=True)
class Cell:
    """A cell that is pointed at or was clicked.

    Attributes
    ----------
    name
        Which tensor it belongs to: the heatmap's name, the same in every language (``"layer0.student.weight"``).
    index
        Its place in that tensor as the tensor was given: ``(row, column)``, ``(channel, row, column)`` or
        ``(out_channel, in_channel, row, column)``, counted from 0.
    value
        The exact number.
    title
        What the heatmap is called on screen.
    shape
        The tensor's shape, as long as ``index``.
    tensor
        The array of a frame that it stands in, if the heatmap knows.
    """

    name: str
    index: tuple[int, ...]
    value: float
    title: str = ""
    shape: tuple[int, ...] = ()
    tensor: Tensor | None = None

    @property
    def number(self) -> Pointed | None:
        """The number of a frame that stands in the cell."""
        return None if self.tensor is None else Pointed(self.tensor, index_in(self.tensor, self.index))

    @property
    def row(self) -> int:
        """The row, counted from 0 at the top."""
        return self.index[-2]

    @property
    def column(self) -> int:
        """The column, counted from 0 at the left."""
        return self.index[-1]

    @property
    def channel(self) -> int:
        """The channel, or for a kernel its input channel; 0 where there is only one."""
        return self.index[-3] if len(self.index) > 2 else 0


def cell_text(cell: Cell, channels: bool = True) -> str:
    """Return a sentence about a cell: 'Map 1 18×18, row 3, column 7: 4.213009'. On screen, counting starts at 1.

    Parameters
    ----------
    channels
        Also name the channel (and filter) that it lies in, where there are several.
    """
    values = {
        "title": cell.title,
        "size": "×".join(str(n) for n in cell.shape[-2:]),
        "row": cell.row + 1,
        "column": cell.column + 1,
        "value": format_number(cell.value, 8),
    }
    several = channels and any(size > 1 for size in cell.shape[:-2])
    if several and len(cell.index) == 4:
        return tr("{title} {size}, filter {filter}, channel {channel}, row {row}, column {column}: {value}").format(
            **values, filter=cell.index[0] + 1, channel=cell.index[1] + 1
        )
    if several:
        return tr("{title} {size}, channel {channel}, row {row}, column {column}: {value}").format(
            **values, channel=cell.index[0] + 1
        )
    return tr("{title} {size}, row {row}, column {column}: {value}").format(**values)


def place_texts(cell: Cell) -> tuple[str, ...]:
    """Return a cell's place and value in ever fewer words: 'row 3, column 7: 4.21301', '3, 7: 4.213', '4.213', '4.2'.

    A brief place begins with filter and channel where there are several. The value is what stays at last.
    """
    plain = all(size == 1 for size in cell.shape[:-2])
    index = ", ".join(str(n + 1) for n in (cell.index[-2:] if plain else cell.index))
    value, least = (format_number(cell.value, digits) for digits in (4, 2))
    long = tr("row {row}, column {column}: {value}").format(
        row=cell.row + 1, column=cell.column + 1, value=format_number(cell.value, 6)
    )
    brief = (f"{index}: {value}", value, least)
    return (long, *brief) if plain else brief
