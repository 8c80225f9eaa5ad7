"""What is under the microscope: what a scene shows there, and what a condition asks about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convviz.engine.acts import Act


@dataclass(frozen=True)
class Look:
    """What is under the microscope.

    Attributes
    ----------
    layer
        Counted from 0; the number of layers stands for the loss.
    back
        Whether the error goes back.
    act
        The phase; None: the one that makes the result.
    cell
        Row and column that the moment is about, counted from 0; empty: the first moment of the phase.
    """

    layer: int
    back: bool = False
    act: Act | None = None
    cell: tuple[int, ...] = ()
