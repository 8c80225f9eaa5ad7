"""Speeds that can be asked for, in words. Nothing that takes long to load is needed to say them."""

from __future__ import annotations

import math

from convviz.i18n import ntr, tr

#: Steps a second that *slower* and *faster* go through, and those of them that the menu offers.
SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0)
OFFERED = (1.0, 10.0, 50.0, 200.0, 1000.0, 10_000.0)


def speed_text(steps_per_second: float) -> str:
    """Return a speed that can be asked for; infinity: no limit."""
    if math.isinf(steps_per_second):
        return tr("as fast as it goes")
    steps = round(steps_per_second)
    return ntr("{speed} step/s", "{speed} steps/s", steps).format(speed=f"{steps:,}")
