"""The work that is measured: networks, input sizes and number formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine import SGD, Conv2d, Network, Normal, Problem, ReLU, SumSquaredError, Trainer, Zeros
from convviz.engine.optimizers import ConstantRate
from convviz.engine.stopping import StopConditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convviz.engine.layers import Layer
    from convviz.engine.shapes import Shape

SIZES = (20, 64, 256, 512, 1024)
KERNELS = ((3, 4), (7, 8), (11, 12))
DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Work:
    """One row of a table.

    Attributes
    ----------
    name
        As it is printed.
    shape
        The input's (C, H, W).
    layers
        The student's layers; the teacher's differ in their numbers alone.
    dtype
        Name of the number format.
    """

    name: str
    shape: Shape
    layers: tuple[Layer, ...]
    dtype: str

    def problem(self) -> Problem:
        """Return the arrays of this work, always the same.

        The rate is so small that no number of steps makes the run diverge: what is measured is speed.
        """
        dtype = np.dtype(self.dtype)
        network = Network(self.layers, self.shape, dtype)
        rng = np.random.default_rng(7)
        x = rng.normal(1, 1, self.shape).astype(dtype)

        def draw() -> tuple[dict[str, np.ndarray], ...]:
            return tuple(
                layer.init(rng, shape, dtype) for layer, shape in zip(self.layers, network.shapes, strict=False)
            )

        teacher, student = draw(), draw()
        target = network.forward(teacher, x)[-1]
        return Problem(
            input=x,
            target=target,
            layers=self.layers,
            initial=student,
            teacher=teacher,
            loss=SumSquaredError(),
            optimizer=SGD(learning_rate=1e-12),
            schedule=ConstantRate(),
            stop=StopConditions(steps=10**9),
            dtype=dtype,
        )

    def trainer(self) -> Trainer:
        """Return a fresh trainer of this work."""
        return Trainer(self.problem())


def chain(first: int, second: int) -> tuple[Layer, ...]:
    """Return the demo's two layers with kernels of other sizes: stride 1, then stride 2."""
    return (
        Conv2d(first, weight=Normal(), bias=Zeros()),
        Conv2d(second, stride=2, weight=Normal(), bias=Zeros()),
    )


def demo() -> Work:
    """Return the demo: 20×20, 3×3 at stride 1, 4×4 at stride 2, float64."""
    return Work("20  3/4", (1, 20, 20), chain(3, 4), "float64")


def single_channel(sizes: tuple[int, ...] = SIZES, kernels: tuple[tuple[int, int], ...] = KERNELS) -> Iterator[Work]:
    """Yield every cell of the single-channel table; kernels too large for the input make none."""
    for size in sizes:
        for first, second in kernels:
            if first + second - 1 > size:
                continue
            for dtype in DTYPES:
                yield Work(f"{size}  {first}/{second}", (1, size, size), chain(first, second), dtype)


def several_channels() -> Iterator[Work]:
    """Yield the networks with several channels."""
    small = (Conv2d(3, 8), ReLU(), Conv2d(4, 1, stride=2))
    large = (Conv2d(5, 16), ReLU(), Conv2d(3, 3))
    for dtype in DTYPES:
        yield Work("1×64×64  8·3×3 → ReLU → 1·4×4 s2", (1, 64, 64), small, dtype)
    for dtype in DTYPES:
        yield Work("3×128×128  16·5×5 → ReLU → 3·3×3", (3, 128, 128), large, dtype)
