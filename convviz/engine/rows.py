"""What is recorded of steps, as the rows of a table."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from convviz.engine.memory import Array
    from convviz.engine.trainer import Trainer


@dataclass(frozen=True, eq=False)
class Rows:
    """What is recorded of some steps, one row each.

    Attributes
    ----------
    steps : (K,)
    losses, rates : (K,)
        The loss before each step's update, and the learning rate that this used, or would use.
    parameters : (K, P)
        The parameters of all layers, as the network packs them.
    """

    steps: NDArray[np.int64]
    losses: NDArray[np.float64]
    rates: NDArray[np.float64]
    parameters: Array


def rows_of(trainer: Trainer, steps: Sequence[int], seconds: float = math.inf) -> Rows:
    """Return the rows of ``steps``, at least of the first, and of no more than can be found in so many seconds.

    Raises
    ------
    ConfigError
        If a step has not been made.
    """
    until = time.perf_counter() + seconds
    vectors: list[Array] = []
    for step in steps:
        vectors.append(trainer.vector(step))
        if time.perf_counter() >= until:
            break
    made = steps[: len(vectors)]
    losses, now = trainer.losses, trainer.current_step
    return Rows(
        np.array(made, np.int64),
        np.array([losses[step] if step < now else trainer.loss for step in made]),
        np.array([trainer.rate_at(step) for step in made]),
        np.stack(vectors),
    )
