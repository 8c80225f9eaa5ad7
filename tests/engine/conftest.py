"""What all engine tests share."""

from __future__ import annotations

import gc

import numpy as np
import pytest


@pytest.fixture(autouse=True, scope="module")
def _no_window_in_the_garbage():
    """Collect what tests of the window have left, which no thread of an engine test may come to collect."""
    gc.collect()


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)


@pytest.fixture(autouse=True)
def _strict_floating_point():
    """Overflow, invalid operations and division by zero raise; underflow to zero is wanted."""
    with np.errstate(all="raise", under="ignore"):
        yield
