"""The one cursor: a number of the frame that is pointed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convviz.engine.explain.tensors import PARAMETER, Kind

if TYPE_CHECKING:
    from convviz.engine.explain import Tensor


@dataclass(frozen=True)
class Pointed:
    """One number of a frame.

    Attributes
    ----------
    tensor
        The array that it stands in.
    index
        Its place there, counted from 0.
    """

    tensor: Tensor
    index: tuple[int, ...]

    @property
    def is_taught(self) -> bool:
        """Whether it is one of the teacher's parameters, which no layer of the student makes or uses."""
        return self.tensor.kind in (Kind.TEACHER_WEIGHT, Kind.TEACHER_BIAS)


def index_in(tensor: Tensor, place: tuple[int, ...]) -> tuple[int, ...]:
    """Return the index in an array of the frame of a cell at ``place``: a bias is shown as a row of cells."""
    return place[-1:] if PARAMETER.get(tensor.kind) == "bias" else place
