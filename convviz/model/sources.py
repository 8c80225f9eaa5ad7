"""Where an input or a given target comes from: a random recipe, numbers, or a drawn pattern.

A source knows its shape without making its numbers, so that an experiment can be checked, and refused, before any
memory is taken.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from convviz.engine.arrays import given_array, in_format
from convviz.engine.errors import ConfigError, ShapeError
from convviz.engine.initializers import deviation_setting, mean_setting
from convviz.engine.settings import Spec, setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import DTypeLike

    from convviz.engine.shapes import Shape

Map = NDArray[np.float64]

#: Rows, columns and channels of a map that is made; cells of any map (32 MiB in float64).
LARGEST_SIDE = 1024
MOST_CHANNELS = 64
MOST_CELLS = 2**22

_LIMIT = 1e6


class Source(Spec):
    """A map that can be made again at any time, the same to the last bit."""

    #: What makes the same numbers, as Python with NumPy; in braces stand ``shape`` and the settings. Empty: nothing but
    #: the numbers themselves.
    python: ClassVar[str] = ""

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """The map's (channels, height, width)."""

    @abstractmethod
    def make(self) -> Map:
        """Return the map as a new float64 array of `shape`."""

    def check_format(self, dtype: DTypeLike) -> None:
        """Raise `ConfigError` if the map has numbers that are too large for ``dtype``; makes nothing."""

    @classmethod
    @abstractmethod
    def like(cls, other: Source) -> Self:
        """Return a source of this kind with the shape of ``other``, and with its numbers if it holds numbers.

        Raises
        ------
        ConfigError
            If that shape is outside the range of this kind.
        """


def _size() -> Any:
    return setting(mark("Size"), mark("Rows and columns"), "pair", (20, 20), minimum=1, maximum=LARGEST_SIDE, step=1)


def _channels() -> Any:
    return setting(mark("Channels"), mark("How many maps are stacked"), "int", 1, minimum=1, maximum=MOST_CHANNELS)


class SizedSource(Source):
    """A map that is made in a size that is set. A kind of them has ``size`` and ``channels`` among its settings."""

    size: tuple[int, int]
    channels: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_cells(self.shape, "size")

    @property
    def shape(self) -> Shape:
        """The map's (channels, height, width)."""
        return (self.channels, *self.size)

    @classmethod
    def like(cls, other: Source) -> Self:
        """Return a source of this kind with the shape of ``other`` and settings of its own."""
        channels, height, width = other.shape
        return cls().replace(size=(height, width), channels=channels)


@dataclass(frozen=True)
class RandomMap(SizedSource):
    """Numbers from a normal distribution, drawn by a generator of their own."""

    kind = "random"
    label = mark("Random")
    summary = mark("Random numbers around a mean, the same for the same seed")
    python = "np.random.default_rng({seed}).normal({mean}, {std}, {shape})"

    mean: float = mean_setting(1.0)
    std: float = deviation_setting()
    size: tuple[int, int] = _size()
    channels: int = _channels()
    seed: int = setting(mark("Seed"), mark("The same seed draws the same numbers"), "seed", 0)

    def make(self) -> Map:
        """Return the map as a new float64 array of `shape`."""
        return np.random.default_rng(self.seed).normal(self.mean, self.std, self.shape)


@dataclass(frozen=True, eq=False)
class GivenMap(Source):
    """Numbers that somebody chose.

    ``values`` may be a matrix or (channels, height, width); it becomes a read-only float64 array of the latter shape.
    """

    kind = "given"
    label = mark("Given")
    summary = mark("Numbers typed, pasted or read from a file")

    values: Map = setting(mark("Values"), mark("The numbers, row by row"), "array")

    def __post_init__(self) -> None:
        super().__post_init__()
        array = given_array(self.values, "values")
        if array.ndim not in (2, 3):
            raise ShapeError(
                "expected rows and columns, or channels of them; received an array of {received} dimensions",
                field="values",
                received=array.ndim,
            )
        array = array[np.newaxis] if array.ndim == 2 else array
        check_cells(array.shape, "values")
        object.__setattr__(self, "values", array)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GivenMap):
            return NotImplemented
        return np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        # + 0.0 makes one zero of −0.0 and 0.0, which compare equal.
        return hash((self.values.shape, (self.values + 0.0).tobytes()))

    @property
    def shape(self) -> Shape:
        """The map's (channels, height, width)."""
        channels, height, width = self.values.shape
        return channels, height, width

    def make(self) -> Map:
        """Return the map as a new float64 array of `shape`."""
        return self.values.copy()

    def check_format(self, dtype: DTypeLike) -> None:
        """Raise `ConfigError` if a value is too large for ``dtype``."""
        if np.dtype(dtype) != self.values.dtype:
            in_format(self.values, dtype)

    @classmethod
    def like(cls, other: Source) -> Self:
        """Return the numbers that ``other`` makes."""
        return cls(other.make())


def _ramp(height: int, width: int, stroke: int) -> Map:
    return np.tile(np.linspace(0.0, 1.0, width), (height, 1))


def _stripes(height: int, width: int, stroke: int) -> Map:
    columns = np.arange(width) // stroke % 2
    return np.tile(columns.astype(np.float64), (height, 1))


def _checkerboard(height: int, width: int, stroke: int) -> Map:
    rows, columns = np.arange(height)[:, np.newaxis], np.arange(width)[np.newaxis]
    return ((rows // stroke + columns // stroke) % 2).astype(np.float64)


def _disc(height: int, width: int, stroke: int) -> Map:
    """Draw a disc as wide as two thirds of the shorter side."""
    rows, columns = _from_centre(height, width)
    return (rows**2 + columns**2 <= (min(height, width) / 3) ** 2).astype(np.float64)


def _ring(height: int, width: int, stroke: int) -> Map:
    """Draw the outline of the disc, ``stroke`` cells thick."""
    rows, columns = _from_centre(height, width)
    distance = np.sqrt(rows**2 + columns**2) - min(height, width) / 3
    return (np.abs(distance) <= stroke / 2).astype(np.float64)


def _cross(height: int, width: int, stroke: int) -> Map:
    """Draw a plus sign whose arms leave a sixth of the map free on every side."""
    rows, columns = (np.abs(axis) for axis in _from_centre(height, width))
    upright = (columns <= stroke / 2) & (rows <= height / 3)
    level = (rows <= stroke / 2) & (columns <= width / 3)
    return (upright | level).astype(np.float64)


def _impulse(height: int, width: int, stroke: int) -> Map:
    result = np.zeros((height, width))
    result[height // 2, width // 2] = 1.0
    return result


def _from_centre(height: int, width: int) -> tuple[Map, Map]:
    """Return how far each row, as a column, and each column, as a row, lies from the middle of the map."""
    rows = np.arange(height, dtype=np.float64) - (height - 1) / 2
    columns = np.arange(width, dtype=np.float64) - (width - 1) / 2
    return rows[:, np.newaxis], columns[np.newaxis]


#: What draws each pattern as numbers from 0 to 1, given height, width and stroke. The name is what a person reads.
PATTERNS: dict[str, Callable[[int, int, int], Map]] = {
    mark("ramp"): _ramp,
    mark("stripes"): _stripes,
    mark("checkerboard"): _checkerboard,
    mark("disc"): _disc,
    mark("ring"): _ring,
    mark("cross"): _cross,
    mark("impulse"): _impulse,
}


@dataclass(frozen=True)
class PatternMap(SizedSource):
    """A drawn pattern on an even ground. Each further channel is turned by another quarter."""

    kind = "pattern"
    label = mark("Pattern")
    summary = mark("A drawn pattern, whose edges and spots show what a kernel does")

    pattern: str = setting(
        mark("Pattern"),
        mark("What is drawn; each further channel has it turned by another quarter"),
        "choice",
        "disc",
        choices=tuple(PATTERNS),
    )
    size: tuple[int, int] = _size()
    stroke: int = setting(
        mark("Stroke width"),
        mark("How many cells wide a stripe, a square, a ring or an arm of the cross is"),
        "int",
        2,
        minimum=1,
        maximum=LARGEST_SIDE,
        step=1,
    )
    low: float = setting(
        mark("Background"), mark("The value of the background"), "float", 0.0, minimum=-_LIMIT, maximum=_LIMIT, step=0.1
    )
    high: float = setting(
        mark("Pattern value"),
        mark("The value of what is drawn"),
        "float",
        1.0,
        minimum=-_LIMIT,
        maximum=_LIMIT,
        step=0.1,
    )
    channels: int = _channels()

    def make(self) -> Map:
        """Return the map as a new float64 array of `shape`."""
        drawn = np.stack([self._channel(index) for index in range(self.channels)])
        return self.low * (1 - drawn) + self.high * drawn  # exactly the two values where a pattern has two

    def _channel(self, index: int) -> Map:
        height, width = self.size if index % 2 == 0 else self.size[::-1]
        return np.rot90(PATTERNS[self.pattern](height, width, self.stroke), index)


def check_cells(shape: tuple[int, ...], field: str | None = None) -> None:
    """Raise `ConfigError` naming ``field`` if an array of ``shape`` has more than `MOST_CELLS` cells."""
    cells = math.prod(shape)
    if cells > MOST_CELLS:
        raise ConfigError(
            "expected at most {expected:,} numbers, received {received:,}",
            field=field,
            expected=MOST_CELLS,
            received=cells,
        )


#: Every source by the name it has in files.
SOURCES: dict[str, type[Source]] = {cls.kind: cls for cls in (RandomMap, GivenMap, PatternMap)}
