"""How small and how large a window may be. Known without Qt, so that a command line is refused at once."""

from __future__ import annotations

import math
import os

#: Width and height in pixels: the smallest window that shows all it has, and the largest.
LEAST_SIZE, MOST_SIZE = (800, 480), (16_384, 16_384)
#: How wide it is at least, in pixels, with the inspector beside the picture.
LEAST_WITH_INSPECTOR = 980
#: How many times as large as usual everything may be drawn, for the screens that there are.
LEAST_SCALE, MOST_SCALE = 0.5, 4.0
#: Where Qt looks for it when a program starts.
SCALE_VARIABLE = "QT_SCALE_FACTOR"


def size_at_scale(pixels: tuple[int, int], scale: float) -> tuple[int, int]:
    """Return how wide and high a window is, in its own measure, that covers so many pixels at a scale."""
    width, height = (math.ceil(length / scale) for length in pixels)
    return width, height


def scale_in_force() -> float:
    """Return how many times as large as usual everything is drawn."""
    try:
        return float(os.environ.get(SCALE_VARIABLE, "1"))
    except ValueError:
        return 1.0  # as Qt takes it
