"""What keys do to the range of steps that the loss plot shows. No widgets, no drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt

if TYPE_CHECKING:
    from convviz.views.panels.loss.ranges import Range

#: By what a key makes the range of steps smaller, how far it moves in it, and how few steps are seen at least.
_ZOOM, _WAY, _FEWEST = 1.25, 0.1, 4.0
_CLOSER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)


def steps_after(key: int, seen: Range, whole: Range, about: float) -> Range | None:
    """Return the steps that are seen after a key; None: it is none of those that show others.

    Parameters
    ----------
    seen, whole
        The steps that are seen, and all that there are to be seen.
    about
        The step that stays where it is when one looks closer, if it is seen.
    """
    low, high = seen
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        way = (high - low) * (_WAY if key == Qt.Key.Key_Right else -_WAY)
        way = min(max(way, whole[0] - low), whole[1] - high)
        return low + way, high + way
    if key not in (*_CLOSER, Qt.Key.Key_Minus):
        return None
    factor = 1 / _ZOOM if key in _CLOSER else _ZOOM
    width = max((high - low) * factor, _FEWEST)
    if width >= whole[1] - whole[0]:
        return whole
    middle = about if low <= about <= high else (low + high) / 2
    low = middle + (low - middle) * width / (high - low)
    low = min(max(low, whole[0]), whole[1] - width)
    return low, low + width
