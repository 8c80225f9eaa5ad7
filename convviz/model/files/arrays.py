"""Arrays in ``.npy`` files beside an experiment file: found, measured, and only then read.

The header of a ``.npy`` file says type and shape; both are checked, against what is allowed and against the size of the
file, before memory is taken. Nothing that a file could execute is ever loaded.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import tokenize
import warnings
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.lib import format as npy

from convviz.engine.errors import ConfigError
from convviz.i18n import Listed
from convviz.model.files.endings import ARRAYS, ending_of
from convviz.model.files.opening import naming, opened
from convviz.model.sources import check_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

Shape = tuple[int, ...]

#: Most axes of an array: a kernel's (out_channels, in_channels, height, width).
MOST_AXES = 4

#: Numbers in an array that is written into the experiment file itself; a larger one gets a file of its own.
MOST_INLINE = 4096

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}

#: What NumPy raises for headers that are no headers.
_BAD_HEADER = (ValueError, TypeError, SyntaxError, KeyError, RecursionError, MemoryError, EOFError, tokenize.TokenError)


def load_array(path: Path, name: str) -> NDArray[np.float64]:
    """Return the numbers in a ``.npy`` file, which an experiment calls ``name``.

    Raises
    ------
    ConfigError
        If the file cannot be read, is damaged, or holds something other than a few real numbers.
    """
    with naming(name), opened(path) as file, np.errstate(all="ignore"):
        return _load(file, name, _check_cells).astype(np.float64)


def read_array(path: Path, check: Callable[[Shape, np.dtype[Any]], None] | None = None) -> NDArray[Any]:
    """Return the array in a ``.npy`` file that a person chose, in the format that it has there.

    Parameters
    ----------
    path
        Wherever it lies.
    check
        Raises where shape and format are not what is wanted, before memory is taken; None: where there are more
        numbers than a map may have.

    Raises
    ------
    ConfigError
        As `load_array`.
    """
    with opened(path) as file:
        return _load(file, path.name, check or _check_cells)


def beside(folder: Path, name: str, endings: tuple[str, ...] = ARRAYS) -> Path:
    """Return the path of the file ``name``, which lies in ``folder`` or below it and ends in one of the ``endings``.

    Raises
    ------
    ConfigError
        If it lies elsewhere, is not there, or is called otherwise.
    """
    try:
        path = (folder / name).resolve()
        allowed = path.is_relative_to(folder.resolve()) and not PurePath(name).is_absolute()
        exists = path.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # a null byte, a loop of links, a name beyond all limits
        raise ConfigError("{file} is not the name of a file", file=repr(name[:60])) from error
    if not allowed:
        raise ConfigError("expected a file beside or below the experiment, received {file}", file=name)
    if ending_of(name) not in endings:
        if endings == ARRAYS:
            raise ConfigError("expected a file that ends in .npy, received {file}", file=name)
        raise ConfigError(
            "expected a file that ends in one of {expected}, received {received}",
            expected=Listed(endings),
            received=name,
        )
    if not exists:
        raise ConfigError("there is no file {file} beside the experiment", file=name)
    return path


def _load(file: BinaryIO, name: str, check: Callable[[Shape, np.dtype[Any]], None]) -> NDArray[Any]:
    shape, dtype = _header(file, name)
    if dtype.kind not in "iuf":
        raise ConfigError("{file}: expected real numbers, received {received}", file=name, received=str(dtype))
    if len(shape) > MOST_AXES or any(n < 1 or isinstance(n, bool) for n in shape):
        raise ConfigError(
            "{file}: expected an array of 1 to {most} axes, none empty, received the shape {received}",
            file=name,
            most=MOST_AXES,
            received=shape,
        )
    check(shape, dtype)
    present = os.fstat(file.fileno()).st_size - file.tell()
    expected = math.prod(shape) * dtype.itemsize
    if present != expected:
        raise ConfigError(
            "{file}: expected {expected:,} bytes of numbers, found {received:,}: the file is damaged",
            file=name,
            expected=expected,
            received=present,
        )
    file.seek(0)
    try:
        with _headers_of_old():
            return np.asarray(npy.read_array(file, allow_pickle=False))
    except (ValueError, TypeError, EOFError) as error:  # its header was a good one a moment ago
        raise ConfigError(
            "{file}: expected a file that stays as it is, received one that was changed while it was read", file=name
        ) from error


def _check_cells(shape: Shape, dtype: np.dtype[Any]) -> None:
    check_cells(shape)


@contextmanager
def _headers_of_old() -> Iterator[None]:
    """Say nothing of headers that an old Python wrote: they are read as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _header(file: BinaryIO, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        with _headers_of_old():
            shape, _, dtype = _HEADERS[npy.read_magic(file)](file)
    except _BAD_HEADER as error:
        raise ConfigError("{file} is not a .npy file of numbers", file=name) from error
    return shape, dtype


class ArrayStore:
    """Collects the large arrays of an experiment under the names that their files will have.

    A name ends in a digest of the content. Writing an experiment over an older one therefore never changes the arrays
    that the older one uses: until the experiment file itself is replaced, the older one stays whole.
    """

    def __init__(self, stem: str) -> None:
        self._stem = stem
        self.files: dict[str, bytes] = {}

    def put(self, where: str, array: NDArray[np.float64]) -> str:
        """Keep ``array``, found at ``where`` in the experiment, and return the name of its file."""
        stream = io.BytesIO()
        npy.write_array(stream, array, version=(1, 0), allow_pickle=False)
        content = stream.getvalue()
        digest = hashlib.sha256(content).hexdigest()[:12]
        name = f"{self._stem}.{where}.{digest}.npy"
        self.files[name] = content
        return name
