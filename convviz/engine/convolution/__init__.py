"""The mathematics of a convolution, once: forward, weight gradient and input gradient, bound to memory."""

from __future__ import annotations

from convviz.engine.convolution.base import Calls, Correlation, Operands
from convviz.engine.convolution.geometry import Geometry
from convviz.engine.convolution.unfolded import Unfolded


def bind(geometry: Geometry, operands: Operands) -> Correlation:
    """Return the convolution bound to its memory by the strategy that suits its size."""
    return Unfolded(geometry, operands)


__all__ = ["Calls", "Correlation", "Geometry", "Operands", "bind"]
