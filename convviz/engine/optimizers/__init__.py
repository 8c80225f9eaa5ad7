"""How the gradients change the parameters, and how the learning rate changes over the steps.

A new optimizer or schedule is one file here (or one class in `schedules`) and one name in its registry.
"""

from __future__ import annotations

from convviz.engine.optimizers.adam import Adam
from convviz.engine.optimizers.base import Direction, Optimizer, OptimizerSlots
from convviz.engine.optimizers.rmsprop import RMSprop
from convviz.engine.optimizers.schedules import ConstantRate, CosineRate, Schedule, StepRate
from convviz.engine.optimizers.sgd import SGD

#: Every optimizer by the name it has in files.
OPTIMIZERS: dict[str, type[Optimizer]] = {cls.kind: cls for cls in (SGD, Adam, RMSprop)}

#: Every schedule by the name it has in files.
SCHEDULES: dict[str, type[Schedule]] = {cls.kind: cls for cls in (ConstantRate, StepRate, CosineRate)}

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Adam",
    "ConstantRate",
    "CosineRate",
    "Direction",
    "Optimizer",
    "OptimizerSlots",
    "RMSprop",
    "Schedule",
    "StepRate",
]
