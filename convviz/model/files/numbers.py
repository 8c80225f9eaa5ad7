"""Files with numbers for a map or a kernel: pictures, NumPy's arrays, tables as a spreadsheet writes them.

Not imported with the rest of this package, which is used where there is no Qt: pictures are read by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.arrays import number_array
from convviz.engine.errors import ConfigError, ShapeError
from convviz.i18n import Listed
from convviz.model.files.arrays import read_array
from convviz.model.files.endings import ARRAYS, PICTURES, TABLES, ending_of
from convviz.model.files.opening import naming, read_bytes, text_of
from convviz.model.files.pictures import Picture, read_array_or_picture, read_picture
from convviz.model.files.tables import LONGEST, parse_matrix
from convviz.model.sources import MOST_CHANNELS, check_cells

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def read_map(path: Path) -> NDArray[Any] | Picture:
    """Return the numbers of a map, ``(channels, rows, columns)``, or a picture of which they can be made.

    Raises
    ------
    ConfigError, ShapeError
        If the file cannot be read or holds something else; the sentence names the file.
    """
    ending = _ending(path, (*PICTURES, *ARRAYS, *TABLES))
    with naming(path.name):
        if ending in PICTURES:
            return read_picture(path)
        read = read_array_or_picture(path) if ending in ARRAYS else np.atleast_2d(_table(path))
        if isinstance(read, Picture):
            return read
        if read.ndim not in (2, 3):
            raise ShapeError(
                "expected rows and columns, or channels of them; received an array of {received} dimensions",
                received=read.ndim,
            )
        check_cells(read.shape)
        if read.ndim == 3 and len(read) > MOST_CHANNELS:  # the channels stand last, as some programs write them
            raise ShapeError(
                "expected at most {most} channels, (channels, rows, columns); received the shape {received}",
                most=MOST_CHANNELS,
                received=read.shape,
            )
    numbers = number_array(read, path.name)
    return numbers.reshape((1,) * (3 - numbers.ndim) + numbers.shape)


def read_numbers(path: Path) -> NDArray[Any]:
    """Return numbers for a kernel or a bias, an array of one to four dimensions.

    Raises
    ------
    ConfigError, ShapeError
        As `read_map`.
    """
    ending = _ending(path, (*ARRAYS, *TABLES))
    with naming(path.name):
        read = np.atleast_1d(read_array(path)) if ending in ARRAYS else _table(path)
    return number_array(read, path.name).astype(np.float64)


def _ending(path: Path, known: tuple[str, ...]) -> str:
    ending = ending_of(path.name)
    if ending not in known:
        raise ConfigError(
            "expected a file that ends in one of {expected}, received {received}",
            expected=Listed(known),
            received=path.name,
        )
    return ending


def _table(path: Path) -> NDArray[np.float64]:
    raw = read_bytes(path, LONGEST)
    if len(raw) > LONGEST:
        raise ConfigError("expected a table of at most {expected:,} bytes, received more", expected=LONGEST)
    return parse_matrix(text_of(raw))
