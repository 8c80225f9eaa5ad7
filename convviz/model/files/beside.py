"""What ``{"file": …}`` in an experiment means: numbers that lie in a file beside it.

An array is taken as it is. A picture, which may only stand for a map, becomes grey numbers from 0 to 1, as it does in
the window unless something else is chosen there. What is read are numbers from then on: the experiment does not
remember the picture, and is written with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.engine.errors import ConfigError, inside
from convviz.engine.settings import check_value, settings_of
from convviz.model.files.arrays import beside, load_array
from convviz.model.files.endings import ARRAYS, PICTURES, ending_of
from convviz.model.files.entries import mapping, refuse_unknown, shown
from convviz.model.files.opening import naming
from convviz.model.sources import LARGEST_SIDE, PatternMap, check_cells

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from convviz.model.files.pictures import Size

#: The entry that says to how many rows and columns a picture is brought.
SIZE_ENTRY = "size"


def load_numbers(folder: Path | None, data: Any, *, map_wanted: bool) -> NDArray[np.float64]:
    """Return the numbers of a file that an entry names.

    Parameters
    ----------
    folder
        Where the file lies, or below it; None: every entry is refused.
    data
        ``{"file": "input.npy"}``; for a map also ``{"file": "letter.png"}``, and with it a ``size``, a whole number or
        rows and columns, of which the picture is the middle once it is brought to cover them.
    map_wanted
        Whether the numbers are a map, which a picture can be, too.

    Raises
    ------
    ConfigError
        If the entry has others, the file lies elsewhere, cannot be read, is damaged, or is too large; or if it is a
        picture, and Qt, which reads it, is not there.
    """
    entries = mapping(data)
    refuse_unknown(entries, ("file", SIZE_ENTRY) if map_wanted else ("file",))
    name = entries.get("file")
    with inside("file"):
        if not isinstance(name, str):
            raise ConfigError("expected the name of a file, received {received}", received=shown(name))
        if folder is None:
            raise ConfigError("expected numbers, received the file {file}: there is no folder to find it in", file=name)
        is_picture = ending_of(name) in PICTURES
        if is_picture and not map_wanted:
            raise ConfigError(
                "expected numbers, or a file that ends in .npy, received {file}; "
                "only the input and the target can be a picture",
                file=name,
            )
        path = beside(folder, name, (*ARRAYS, *PICTURES) if map_wanted else ARRAYS)
    if is_picture:
        return _picture(path, name, entries)
    if SIZE_ENTRY in entries:
        raise ConfigError(
            "{name}: only a picture is brought to a size, and {file} is none",
            field=SIZE_ENTRY,
            name=SIZE_ENTRY,
            file=name,
        )
    with inside("file"):
        return load_array(path, name)


def _picture(path: Path, name: str, entries: dict[str, Any]) -> NDArray[np.float64]:
    wanted: Size | None = None
    if SIZE_ENTRY in entries:
        wanted = check_value(entries[SIZE_ENTRY], settings_of(PatternMap)[SIZE_ENTRY], SIZE_ENTRY)
        check_cells(wanted, SIZE_ENTRY)
    try:
        from convviz.model.files.pictures import quietly, read_picture  # it loads Qt, and few experiments need it
    except ImportError as error:
        raise ConfigError(
            "expected a .npy file, since Qt, which reads pictures, cannot be loaded (convviz doctor says why); "
            "received {file}",
            field="file",
            file=name,
        ) from error
    with inside("file"), naming(name), quietly():
        picture = read_picture(path)
    if wanted is None and max(picture.original) > LARGEST_SIDE:
        rows, columns = picture.original
        raise ConfigError(
            "{name}: expected the rows and columns of the map, received none: "
            "{file} has {rows:,} × {columns:,} pixels, and a map at most {most:,} on each side",
            field=SIZE_ENTRY,
            name=SIZE_ENTRY,
            file=name,
            rows=rows,
            columns=columns,
            most=LARGEST_SIDE,
        )
    wanted = wanted or picture.size
    return picture.make(1, wanted, picture.covering(wanted))
