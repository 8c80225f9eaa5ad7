"""Whether what is painted is a picture of its own, for a file or the clipboard, and not for the screen.

Much on the screen is painted by copying pixels that were prepared for it, because that is fast: the colours of cells,
the numbers in them, what does not change between two frames. Who paints so asks here, and paints shapes and text where
the picture may be enlarged, or has no pixels at all. What tells only where the keys go, or what the controls are of, is
left out of such a picture.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_drawing = False


def is_drawn() -> bool:
    """Return whether what is painted now is a picture of its own."""
    return _drawing


def line_shift() -> float:
    """Return how far to move lines that are drawn without smoothing, right and down, so that they stay where they are.

    On the screen such a line fills the pixel whose upper left corner is its place; elsewhere it lies astride that.
    """
    return 0.5 if _drawing else 0.0


@contextmanager
def drawing() -> Iterator[None]:
    """Let all that is painted meanwhile be a picture of its own."""
    global _drawing
    before, _drawing = _drawing, True
    try:
        yield
    finally:
        _drawing = before
