"""Seeds that nobody has chosen."""

from __future__ import annotations

import secrets

#: The largest that is thrown: a seed is short enough to be told to somebody.
_LARGEST = 9_999


def another_seed(present: object) -> int:
    """Return a seed from 1 on, never ``present``, which is none where there is none yet."""
    drawn = 1 + secrets.randbelow(_LARGEST - 1)
    return drawn if drawn != present else _LARGEST
