"""How many times as large as usual everything is drawn, at once and without a restart: for a watcher who is far away.

Fonts are larger by themselves. Whatever else is measured in pixels and belongs to them is put through `scaled`. What is
planned as a whole is planned as at the usual size, within `unzoomed`, and the places that were found are put through
`scaled_rect` or `scaled_alike`: so a picture that is twice as large is the same picture.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect

if TYPE_CHECKING:
    from collections.abc import Iterator

_zoom = 1.0


def zoom() -> float:
    """Return how many times as large as usual everything is drawn."""
    return _zoom


def take_zoom(factor: float) -> None:
    """Draw everything so many times as large from now on."""
    global _zoom
    _zoom = factor


@contextmanager
def unzoomed() -> Iterator[None]:
    """Measure as at the usual size for a while."""
    before = _zoom
    take_zoom(1.0)
    try:
        yield
    finally:
        take_zoom(before)


def scaled(pixels: float) -> int:
    """Return how many pixels it is that usually are ``pixels``."""
    return round(pixels * _zoom)


def usual(pixels: int) -> int:
    """Return how many pixels there is room for, at the usual size, where there is room for ``pixels`` now."""
    return int(pixels / _zoom)


def scaled_rect(rect: QRect) -> QRect:
    """Return where it is that usually is ``rect``; what touches goes on to touch."""
    if _zoom == 1 or rect.isEmpty():
        return rect
    left, top = scaled(rect.x()), scaled(rect.y())
    return QRect(left, top, scaled(rect.x() + rect.width()) - left, scaled(rect.y() + rect.height()) - top)


def scaled_alike(rect: QRect) -> QRect:
    """Return the same, but what is of one size goes on to be of one size, wherever it is; it may lie a pixel apart."""
    if _zoom == 1 or rect.isEmpty():
        return rect
    return QRect(scaled(rect.x()), scaled(rect.y()), scaled(rect.width()), scaled(rect.height()))
