"""Numbers whose size matters more than their digits, as positions of a slider."""

from __future__ import annotations

import math
from typing import NamedTuple


class LogScale(NamedTuple):
    """The positions of a slider over the exponent of a number.

    Attributes
    ----------
    origin
        The number at position 0, above zero.
    per_decade
        How many positions there are from a number to ten times that number.
    """

    origin: float
    per_decade: int

    def position(self, number: float) -> int:
        """Return the position nearest to a number above zero."""
        return round(math.log10(number / self.origin) * self.per_decade)

    def number(self, position: int) -> float:
        """Return the number at a position, to two digits: more the eye does not set, and nobody wants 199.53."""
        return float(f"{self.origin * 10.0 ** (position / self.per_decade):.2g}")
