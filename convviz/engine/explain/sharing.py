"""Which numbers of a frame are shown in the same colours: equal colours are equal numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from convviz.engine.explain.tensors import Kind, Tensor, array_of, find_array

if TYPE_CHECKING:
    from convviz.engine.frames import Frame

Array = NDArray[Any]

_COMPARED = {
    Kind.WEIGHT: Kind.TEACHER_WEIGHT,
    Kind.BIAS: Kind.TEACHER_BIAS,
    Kind.TEACHER_WEIGHT: Kind.WEIGHT,
    Kind.TEACHER_BIAS: Kind.BIAS,
}


def sharing(frame: Frame, tensor: Tensor) -> tuple[Array, ...]:
    """Return an array of a frame, and the one that it is compared with: the teacher's, or the target.

    Raises
    ------
    ConfigError
        If the frame has no such array.
    """
    last = Tensor(Kind.VALUE, len(frame.problem.layers))
    other = None
    if tensor.kind in _COMPARED:
        other = Tensor(_COMPARED[tensor.kind], tensor.position)
    elif tensor == last or tensor.kind is Kind.TARGET:
        other = Tensor(Kind.TARGET) if tensor == last else last
    compared = None if other is None else find_array(frame, other)
    own = array_of(frame, tensor)
    return (own,) if compared is None else (own, compared)


def is_signed(tensor: Tensor) -> bool:
    """Return whether zero is the middle of an array's colours: of all but maps."""
    return tensor.kind not in (Kind.VALUE, Kind.TARGET)
