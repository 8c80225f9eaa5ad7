"""Numbers as text for the clipboard, as a spreadsheet, Python and NumPy read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.views.editors.numbers import typed_text

if TYPE_CHECKING:
    from numpy.typing import NDArray


def spreadsheet_text(values: NDArray[Any]) -> str:
    """Return a matrix as a spreadsheet takes it: tabs between cells, a line for each row, every digit kept."""
    return "\n".join("\t".join(typed_text(float(v), 17) for v in row) for row in np.atleast_2d(values))


def python_text(values: NDArray[Any]) -> str:
    """Return an array as a nested Python list."""
    return repr(values.tolist())


def numpy_text(values: NDArray[Any]) -> str:
    """Return an array as the Python expression that makes it."""
    return f"np.array({python_text(values)})"
