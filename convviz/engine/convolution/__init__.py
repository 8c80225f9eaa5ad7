"""The mathematics of a convolution, once: forward, weight gradient and input gradient, bound to memory."""

from __future__ import annotations

from convviz.engine.convolution.base import Calls, Correlation, Operands
from convviz.engine.convolution.geometry import Geometry
from convviz.engine.convolution.strips import Strips
from convviz.engine.convolution.unfolded import Unfolded

#: Bytes of an unfolded input up to which unfolding all of it pays: anew at every step, or only once.
UNFOLDED, UNFOLDED_CONSTANT = 3 << 18, 3 << 19
#: Bytes of an unfolded error, which is read only once, up to which it does.
UNFOLDED_ERROR = 1 << 16

__all__ = ["Calls", "Correlation", "Geometry", "Operands", "Strips", "Unfolded", "bind"]


class _Pair(Correlation):
    """One strategy forward and for the weights, and one for the input gradient, whose matrices have other sizes."""

    def __init__(self, ahead: Correlation, back: Correlation) -> None:
        super().__init__(ahead.geometry, ahead.operands)
        self._ahead, self._back = ahead, back

    def unfold(self) -> Calls:
        return self._ahead.unfold()

    def product(self) -> Calls:
        return self._ahead.product()

    def weight_grad(self) -> Calls:
        return self._ahead.weight_grad()

    def input_grad(self) -> Calls:
        return self._back.input_grad()


def bind(geometry: Geometry, operands: Operands) -> Correlation:
    """Return the convolution bound to its memory by the strategies that suit its size."""
    itemsize = operands.x.array.itemsize
    values = geometry.groups * geometry.taps * geometry.windows * itemsize
    ahead = Unfolded if values <= (UNFOLDED_CONSTANT if operands.constant else UNFOLDED) else Strips
    down, across = geometry.back_axes
    errors = geometry.out_channels * down.taps * across.taps * down.count * across.count * itemsize
    back = Unfolded if errors <= UNFOLDED_ERROR else Strips
    return _Pair(ahead(geometry, operands), back(geometry, operands))
