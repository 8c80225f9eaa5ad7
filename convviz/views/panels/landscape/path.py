"""Where on the path of a run somebody points. No widgets, no drawing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def nearest_step(points: Array, steps: Array, at: tuple[float, float]) -> tuple[int, float]:
    """Return the step at which a path comes nearest to a place, and how far from it that is.

    Parameters
    ----------
    points : (N, 2)
        The corners of the path, N > 0; between two of them it is straight, and its steps are equally far apart. One
        that is no number ends the lines that it belongs to.
    steps : (N,)
        The steps at the corners.
    at
        The place, in the unit of the points.
    """
    place = np.array(at)
    if len(points) == 1:
        return int(steps[0]), float(np.linalg.norm(points[0] - place))
    starts, ways = points[:-1], np.diff(points, axis=0)
    with np.errstate(all="ignore"):
        along = np.clip(((place - starts) * ways).sum(axis=1) / (ways**2).sum(axis=1), 0.0, 1.0)
        along = np.nan_to_num(along)
        away = np.linalg.norm(starts + along[:, None] * ways - place, axis=1)
    away = np.where(np.isnan(away), np.inf, away)
    best = int(away.argmin())
    first, last = steps[best], steps[best + 1]
    return round(float(first + along[best] * (last - first))), float(away[best])
