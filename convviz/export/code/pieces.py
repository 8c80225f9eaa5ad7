"""What a piece of a script is, for layers, losses, optimizers and schedules in either framework.

Each framework's module holds a table of them by the class that they stand for. A test goes through the registries and
fails where a class has no piece.

The maps of a script are ``x0``, the input, and ``x1``, ``x2``, … behind each layer; ``d1``, ``d2``, … are the loss's
derivatives by them. Layer *i*, counted from 0 as in files, has ``weight_i`` and ``bias_i``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convviz.engine.optimizers import ConstantRate, CosineRate, Schedule, StepRate

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.layers import Layer
    from convviz.engine.layers.base import Shape

_NO_PADDING = ((0, 0), (0, 0))


@dataclass(frozen=True)
class Place:
    """A layer where it stands in a network.

    Attributes
    ----------
    index
        Its number from 0.
    in_shape, out_shape
        (channels, height, width) of what comes in and goes out.
    biased
        Whether it adds a bias, the student's or the teacher's.
    """

    layer: Any
    index: int
    in_shape: Shape
    out_shape: Shape
    biased: bool

    @property
    def x(self) -> str:
        """The map that comes in."""
        return f"x{self.index}"

    @property
    def y(self) -> str:
        """The map that goes out."""
        return f"x{self.index + 1}"

    @property
    def dx(self) -> str:
        """The derivative by what comes in."""
        return f"d{self.index}"

    @property
    def dy(self) -> str:
        """The derivative by what goes out."""
        return f"d{self.index + 1}"

    @property
    def weight(self) -> str:
        """The kernels."""
        return f"weight_{self.index}"

    @property
    def bias(self) -> str:
        """The bias."""
        return f"bias_{self.index}"

    @property
    def pads(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The border ``((top, bottom), (left, right))`` that the layer's window walks over."""
        whole = self.out_shape if self.layer.adjoint else self.in_shape
        pads: tuple[tuple[int, int], tuple[int, int]] = self.layer.window.pads(*whole[1:])
        return pads


def window_settings(place: Place, *names: str) -> dict[str, Any]:
    """Return those of a layer's settings that differ from a window that walks cell by cell over the bare map."""
    layer: Layer = place.layer
    settings = {name: getattr(layer, name) for name in names if name != "padding"}
    usual = {"stride": (1, 1), "dilation": (1, 1)}
    settings = {name: value for name, value in settings.items() if usual.get(name) != value}
    if "padding" in names and place.pads != _NO_PADDING:
        settings["padding"] = place.pads
    return settings


def arguments(settings: dict[str, Any]) -> str:
    """Return settings as arguments that follow others."""
    return "".join(f", {name}={value}" for name, value in settings.items())


def _constant_rate(schedule: ConstantRate, base: float) -> str:
    """Return the rate of every step."""
    return f"{base!r}"


def _step_rate(schedule: StepRate, base: float) -> str:
    """Return the rate of ``step``."""
    return f"{base!r} * {schedule.factor!r} ** (step // {schedule.every})"


def _cosine_rate(schedule: CosineRate, base: float) -> str:
    """Return the rate of ``step``."""
    height = f"{base!r}" if not schedule.floor else f"({base!r} - {schedule.floor!r})"
    wave = f"{height} * (1 + math.cos(math.pi * step / {schedule.period})) / 2"
    return wave if not schedule.floor else f"{schedule.floor!r} + {wave}"


#: What the learning rate of ``step`` is, given the schedule and the rate that is set; it is the same in any framework.
SCHEDULE_PIECES: dict[type[Schedule], Callable[[Any, float], str]] = {
    ConstantRate: _constant_rate,
    StepRate: _step_rate,
    CosineRate: _cosine_rate,
}
