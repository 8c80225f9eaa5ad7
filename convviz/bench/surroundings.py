"""What in the surroundings spoils a measurement, and how it is taken away before NumPy reads it."""

from __future__ import annotations

import os
import sys

#: What makes NumPy's matrix products slower than they are by themselves, where it is set.
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def slowing() -> dict[str, str]:
    """Return the variables that are set and slow NumPy down, by name."""
    return {name: os.environ[name] for name in SLOWING if os.environ.get(name)}


def unslowed() -> tuple[str, ...]:
    """Take these variables away, for this process and those it starts, and return their names.

    NumPy reads them once, when it is imported: after that they are left, and nothing is returned.
    """
    if "numpy" in sys.modules:
        return ()
    names = tuple(slowing())
    for name in names:
        del os.environ[name]
    return names
