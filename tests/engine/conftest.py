"""What all engine tests share."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)


@pytest.fixture(autouse=True)
def _strict_floating_point():
    """Overflow, invalid operations and division by zero raise; underflow to zero is wanted."""
    with np.errstate(all="raise", under="ignore"):
        yield
