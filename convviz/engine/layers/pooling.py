"""What the two pooling layers have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convviz.engine.errors import ConfigError
from convviz.engine.layers.base import Layer, Shape
from convviz.engine.settings import setting
from convviz.engine.shapes import Window, padding_text
from convviz.i18n import mark


@dataclass(frozen=True)
class Pooling(Layer):
    """A layer that makes one number of the cells under a window, each channel by itself."""

    kernel: Any = setting(
        mark("Window"),
        mark("Rows and columns of the window that becomes one number"),
        "pair",
        (2, 2),
        minimum=1,
        maximum=64,
        step=1,
    )
    stride: Any = setting(
        mark("Stride"),
        mark("How many cells the window moves from one output to the next, down and across"),
        "pair",
        (2, 2),
        minimum=1,
        maximum=64,
        step=1,
    )
    padding: Any = setting(
        mark("Padding"),
        mark("How many cells of border the window may reach into on each side; at most half of the window"),
        "padding",
        ((0, 0), (0, 0)),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        window = self.window
        limits = tuple(taps // 2 for taps in window.kernel)
        if any(max(side) > limit for side, limit in zip(window.pads(1, 1), limits, strict=True)):
            raise ConfigError(
                "padding {received} is more than half of the window: up to {expected} is possible",
                field="padding",
                received=padding_text(window.padding),
                expected=limits,
            )

    @property
    def window(self) -> Window:
        """How the window walks over the map."""
        return Window(self.kernel, self.stride, self.padding)

    def output_shape(self, in_shape: Shape) -> Shape:
        """Return ``(C, H', W')``."""
        height, width = self.window.output_size(in_shape[1], in_shape[2])
        return in_shape[0], height, width
