"""What a heatmap shows: an array, and the scale of its colours."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.views.colour import Extent, Levels, calm_levels, extent_of, levels_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: Arrays of more numbers are not compared: to draw them anew takes less.
_COMPARED = 65_536


class Change(Enum):
    """What is different with another array; a different shape, whatever the scale."""

    NOTHING = 0
    VALUES = 1
    SCALE = 2
    SHAPE = 3


class Shown:
    """An array with its scale.

    Attributes
    ----------
    given : (H, W), (C, H, W) or (O, I, H, W), or None
        The array as it was given: its shape numbers the cells.
    values : (C, H, W) or None
        The same, with all axes but the last two counted through as channels.
    extent
        Between which numbers the values lie.
    levels, signed
        The scale; whether it is the diverging one.
    exceeded
        Whether values lie beyond the levels.
    """

    def __init__(self) -> None:
        self.given: Array | None = None
        self.values: Array | None = None
        self.extent = Extent(0.0, 0.0, finite=True)
        self.levels: Levels = (0.0, 1.0)
        self.signed = False
        self.exceeded = False
        self._has_own_levels = False  # they were made from the values

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns; of nothing, one cell."""
        values = self.values
        return (1, 1, 1) if values is None else (values.shape[0], values.shape[1], values.shape[2])

    @property
    def columns(self) -> int:
        """How many channels side by side belong together, as those of one filter do; 0: it does not matter."""
        return self.given.shape[1] if self.given is not None and self.given.ndim == 4 else 0

    def take(
        self, values: Array | None, levels: Levels | None = None, extent: Extent | None = None, *, signed: bool = False
    ) -> Change:
        """Take another array, or none, and return what is different with it.

        Parameters
        ----------
        levels
            The values at the ends of the scale; by default round numbers just beyond the smallest and largest.
        extent
            Between which numbers the values lie, where that is known.
        signed
            Use the diverging colours and a scale that is even about zero.
        """
        own_levels = levels is None
        levels_stay = self._has_own_levels if own_levels else levels == self.levels
        if values is self.given and values is not None and signed == self.signed and levels_stay:
            return Change.NOTHING
        if values is not None and extent is None:
            extent = self.extent_of(values)
        if levels is None:
            levels = (0.0, 1.0) if extent is None else calm_levels(*levels_between(extent, signed=signed), signed)
        scale_is_same = levels == self.levels and signed == self.signed
        before, self.given = self.given, values
        if scale_is_same and are_same(values, before):
            return Change.NOTHING
        self.values = None if values is None else values.reshape(-1, *values.shape[-2:])
        self.extent = extent or self.extent
        self.levels, self.signed, self._has_own_levels = levels, signed, own_levels
        self.exceeded = not (own_levels or (levels[0] <= self.extent.low and self.extent.high <= levels[1]))
        if values is None or before is None or values.shape != before.shape:
            return Change.SHAPE
        return Change.VALUES if scale_is_same else Change.SCALE

    def extent_of(self, values: Array) -> Extent:
        """Return between which numbers ``values`` lie; of those that are shown it is known."""
        return self.extent if values is self.given else extent_of(values)


def are_same(one: Array | None, other: Array | None) -> bool:
    """Return whether two arrays are known to be equal, or are both None."""
    if one is other:
        return True
    if one is None or other is None or one.size > _COMPARED or one.flat[0] != other.flat[0]:
        return False
    return np.array_equal(one, other)
