"""Speeds that can be asked for, in words. Nothing that takes long to load is needed to say them."""

from __future__ import annotations

import math

from convviz.i18n import ntr, tr


def speed_text(steps_per_second: float) -> str:
    """Return a speed that can be asked for; infinity: no limit."""
    if math.isinf(steps_per_second):
        return tr("as fast as it goes")
    steps = round(steps_per_second)
    return ntr("{speed} step/s", "{speed} steps/s", steps).format(speed=f"{steps:,}")
