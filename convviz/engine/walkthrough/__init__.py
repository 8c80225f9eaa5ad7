"""A layer's work as a walk: phases, the moments in each, and every number that is seen at one of them.

Nothing here knows of a window or of time. `walk` makes the plan for one layer of a frame, forwards or backwards; its
stages give any moment of it, in whatever order they are asked for.
"""

from convviz.engine.acts import Act, Role, Strip
from convviz.engine.walkthrough.moments import Board, Curve, Moment, Operand, Phase, Row, Scale, Sum
from convviz.engine.walkthrough.plan import Channels, Walk, channels_of, channels_of_bias, channels_of_weight, walk
from convviz.engine.walkthrough.sheets import Area, Lattice, Scattered, Sheet, Taps, Under

__all__ = [
    "Act",
    "Area",
    "Board",
    "Channels",
    "Curve",
    "Lattice",
    "Moment",
    "Operand",
    "Phase",
    "Role",
    "Row",
    "Scale",
    "Scattered",
    "Sheet",
    "Strip",
    "Sum",
    "Taps",
    "Under",
    "Walk",
    "channels_of",
    "channels_of_bias",
    "channels_of_weight",
    "walk",
]
