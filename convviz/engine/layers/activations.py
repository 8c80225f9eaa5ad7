"""What the layers that treat every number by itself have in common."""

from __future__ import annotations

from dataclasses import dataclass

from convviz.engine.layers.base import Layer, Shape


@dataclass(frozen=True)
class Activation(Layer):
    """A layer that changes every number by itself, so the shape stays."""

    def output_shape(self, in_shape: Shape) -> Shape:
        """Return ``in_shape``."""
        return in_shape
