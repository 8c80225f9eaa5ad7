"""Histories whose states tell which step they belong to."""

from __future__ import annotations

import numpy as np

from convviz.engine.history import History


def states(first, count, width=3):
    """Rows that tell which step they belong to."""
    return np.arange(first, first + count)[:, np.newaxis] + np.arange(width) / 10


def filled(steps, budget_rows, sizes=(7,), width=3):
    history = History(width, np.float64, budget_rows * width * 8)
    at, turn = 0, 0
    while at < steps:
        count = min(sizes[turn % len(sizes)], steps - at)
        history.append(states(at, count, width))
        at, turn = at + count, turn + 1
    return history
