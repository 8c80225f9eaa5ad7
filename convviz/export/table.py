"""A run as a table that spreadsheets read: for every step its loss, its learning rate and the parameters."""

from __future__ import annotations

import csv
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.storage import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from convviz.engine.network import Network
    from convviz.engine.rows import Rows

#: More parameters than these make no table that anybody can read.
MOST_PARAMETERS = 1000
#: Rows that a spreadsheet opens, the heading included.
MOST_ROWS = 2**20

_FIRST = ("step", "loss", "learning_rate")
#: About how many numbers are formatted at a time: that holds the interpreter's lock, and other threads wait.
_AT_ONCE = 2000


def check_parameters(network: Network) -> None:
    """Raise `ConfigError` if the parameters of a network are too many to be columns of a table."""
    if network.size > MOST_PARAMETERS:
        raise ConfigError(
            "expected at most {expected:,} parameters in a table, received {received:,}",
            expected=MOST_PARAMETERS,
            received=network.size,
        )


def columns(network: Network, *, parameters: bool = True) -> list[str]:
    """Return the heading: ``step``, ``loss``, ``learning_rate``, and a name for each parameter.

    A weight of layer *i*, counted from 0, is ``{i}.weight.{out channel}.{in channel}.{row}.{column}``, a bias
    ``{i}.bias.{channel}``.
    """
    names = list(_FIRST)
    if parameters:
        for index, views in enumerate(network.views(np.empty(network.size))):
            for name, view in views.items():
                places = product(*(range(length) for length in view.shape))
                names += [".".join((str(index), name, *map(str, place))) for place in places]
    return names


def write_table(
    path: Path,
    network: Network,
    rows: Iterable[Rows],
    *,
    parameters: bool = True,
    told: Callable[[int], object] = lambda done: None,
) -> None:
    """Write a table as CSV, all of it or nothing.

    Every number is written with as many digits as it takes to read the same one again.

    Parameters
    ----------
    network
        What the parameters belong to.
    rows
        The steps, some at a time.
    parameters
        Whether they get columns.
    told
        Called with the number of rows that have been written.

    Raises
    ------
    ConfigError
        If there are more parameters than `MOST_PARAMETERS`.
    OSError
        If the file cannot be written.
    """
    if parameters:
        check_parameters(network)
    done = 0
    heading = columns(network, parameters=parameters)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        for some in rows:
            lines = _lines(network, some, parameters=parameters)
            every = max(1, _AT_ONCE // len(heading))
            for first in range(0, len(some.steps), every):
                writer.writerows(lines(slice(first, first + every)))
            done += len(some.steps)
            told(done)


def _lines(network: Network, rows: Rows, *, parameters: bool) -> Callable[[slice], Iterator[list[Any]]]:
    """Return what makes the lines of a part of the rows."""
    blocks = []
    if parameters:
        views = network.views(rows.parameters)
        blocks = [view.reshape(len(rows.steps), -1) for layer in views for view in layer.values()]
    numbers = np.concatenate(blocks, axis=1) if blocks else np.empty((len(rows.steps), 0))

    def lines(part: slice) -> Iterator[list[Any]]:
        heads = zip(rows.steps[part].tolist(), rows.losses[part].tolist(), rows.rates[part].tolist(), strict=True)
        for head, row in zip(heads, numbers[part], strict=True):
            yield [*head, *(row.tolist() if row.dtype == np.float64 else map(str, row))]

    return lines
