"""How parameters are made before the first step.

An initialiser is a spec; `Initializer.sample` draws from the generator that it is handed, or from one of its own where
a seed is set, so that a kernel can be kept while everything around it is drawn anew.

``fan_in`` and ``fan_out`` are the numbers of inputs that one output sums over and of outputs that one input reaches,
``in_channels / groups · kh · kw`` and ``out_channels / groups · kh · kw`` for a convolution.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from convviz.engine.arrays import given_array, in_format
from convviz.engine.errors import ConfigError, ShapeError
from convviz.engine.settings import Spec, setting
from convviz.i18n import mark

Values = NDArray[np.float64]

#: Bound of every number asked for here: far beyond use, and far from overflow.
_LIMIT = 1e6


def _seed() -> Any:
    return setting(
        mark("Seed"),
        mark("Draws the same numbers whatever seed the network has; none: the network's seed decides"),
        "seed",
        None,
        optional=True,
        absent=mark("the network's"),
    )


def mean_setting(default: float) -> Any:
    """Return the field of what normally distributed numbers lie around."""
    return setting(
        mark("Mean"), mark("What the numbers lie around"), "float", default, minimum=-_LIMIT, maximum=_LIMIT, step=0.1
    )


def deviation_setting() -> Any:
    """Return the field of how far normally distributed numbers spread."""
    return setting(
        mark("Standard deviation"),
        mark("How far the numbers spread around the mean: two in three lie within one standard deviation"),
        "float",
        1.0,
        minimum=0,
        maximum=_LIMIT,
        step=0.1,
    )


class Initializer(Spec):
    """A way to make the initial values of one parameter array."""

    #: What makes the same numbers, as Python with NumPy; in braces stand ``rng``, ``shape``, ``fan_in``, ``fan_out``
    #: and the settings. Empty: nothing but the numbers themselves.
    python: ClassVar[str] = ""

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        """Return a new float64 array of ``shape``.

        Raises
        ------
        ShapeError
            If given values do not fit ``shape``.
        """
        seed = getattr(self, "seed", None)
        return self._draw(rng if seed is None else np.random.default_rng(seed), shape, fan_in, fan_out)

    def check_shape(self, shape: tuple[int, ...]) -> None:
        """Raise `ShapeError` if the initialiser cannot fill ``shape``; draws nothing."""

    def check_format(self, dtype: DTypeLike) -> None:
        """Raise `ConfigError` if the initialiser has numbers that are too large for ``dtype``; draws nothing."""

    @abstractmethod
    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values: ...


@dataclass(frozen=True)
class Normal(Initializer):
    """Numbers from a normal distribution."""

    kind = "normal"
    label = mark("Normal")
    summary = mark("Random numbers around a mean, most of them within one standard deviation of it")
    python = "{rng}.normal({mean}, {std}, {shape})"

    mean: float = mean_setting(0.0)
    std: float = deviation_setting()
    seed: int | None = _seed()

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        return rng.normal(self.mean, self.std, shape)


@dataclass(frozen=True)
class Uniform(Initializer):
    """Numbers from an interval, each as likely as any other."""

    kind = "uniform"
    label = mark("Uniform")
    summary = mark("Random numbers from an interval, all equally likely")
    python = "{rng}.uniform({low}, {high}, {shape})"

    low: float = setting(
        mark("Low"), mark("The smallest number that is drawn"), "float", -1.0, minimum=-_LIMIT, maximum=_LIMIT, step=0.1
    )
    high: float = setting(
        mark("High"),
        mark("The bound below which every number lies"),
        "float",
        1.0,
        minimum=-_LIMIT,
        maximum=_LIMIT,
        step=0.1,
    )
    seed: int | None = _seed()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low > self.high:
            raise ConfigError(
                "low is {low:g} and high is {high:g}: low must not be above high",
                field="low",
                low=self.low,
                high=self.high,
            )

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        return rng.uniform(self.low, self.high, shape)


@dataclass(frozen=True)
class Glorot(Initializer):
    """Uniform on ±√(6 / (fan_in + fan_out)).

    Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010,
    equation 16.
    """

    kind = "glorot"
    label = mark("Glorot")
    summary = mark(
        "Uniform, scaled by the kernel's size so that signals keep their strength both ways; for sigmoid and tanh"
    )
    python = "{rng}.uniform(-np.sqrt(6.0 / ({fan_in} + {fan_out})), np.sqrt(6.0 / ({fan_in} + {fan_out})), {shape})"

    seed: int | None = _seed()

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        bound = np.sqrt(6.0 / (fan_in + fan_out))
        return rng.uniform(-bound, bound, shape)


@dataclass(frozen=True)
class He(Initializer):
    """Normal with mean 0 and deviation √(2 / fan_in).

    He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*, ICCV 2015, equation 10.
    """

    kind = "he"
    label = mark("He")
    summary = mark("Normal, scaled by the kernel's size so that signals keep their strength through ReLU layers")
    python = "{rng}.normal(0.0, np.sqrt(2.0 / {fan_in}), {shape})"

    seed: int | None = _seed()

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        return rng.normal(0.0, np.sqrt(2.0 / fan_in), shape)


class Zeros(Initializer):
    """Nothing but zeros."""

    kind = "zeros"
    label = mark("Zeros")
    summary = mark("Every number starts at zero")
    python = "np.zeros({shape})"

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        return np.zeros(shape)


@dataclass(frozen=True)
class Constant(Initializer):
    """One number everywhere."""

    kind = "constant"
    label = mark("Constant")
    summary = mark("Every number starts at the same value")
    python = "np.full({shape}, {value})"

    value: float = setting(
        mark("Value"), mark("What every number starts at"), "float", 0.0, minimum=-_LIMIT, maximum=_LIMIT, step=0.1
    )

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        return np.full(shape, self.value)


@dataclass(frozen=True, eq=False)
class Given(Initializer):
    """Numbers that somebody chose.

    ``values`` becomes a read-only float64 array. It fits a shape that is its own behind any number of leading ones, so
    a matrix (kh, kw) fills a kernel (1, 1, kh, kw), and kernels of one channel (O, kh, kw) fill (O, 1, kh, kw); a
    single number fills any shape.
    """

    kind = "given"
    label = mark("Given")
    summary = mark("Numbers typed, pasted or read from a file")

    values: Values = setting(mark("Values"), mark("The numbers themselves"), "array", 0.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "values", given_array(self.values, "values"))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Given):
            return NotImplemented
        return self.values.shape == other.values.shape and bool(np.all(self.values == other.values))

    def __hash__(self) -> int:
        # + 0.0 makes one zero of −0.0 and 0.0, which compare equal.
        return hash((self.values.shape, (self.values + 0.0).tobytes()))

    def check_shape(self, shape: tuple[int, ...]) -> None:
        """Raise `ShapeError` if the values do not fit ``shape``."""
        own = self.values.shape
        lead = len(shape) - len(own)
        fits = lead >= 0 and shape[lead:] == own and all(n == 1 for n in shape[:lead])
        if own and not fits and not self.lacks_channels(shape):
            raise ShapeError(
                "the given values are {received}, expected {expected}",
                field="values",
                received="×".join(map(str, own)),
                expected="×".join(map(str, shape)),
            )

    def lacks_channels(self, shape: tuple[int, ...]) -> bool:
        """Return whether ``shape`` is that of the values with an axis of one channel behind the first."""
        own = self.values.shape
        return len(own) == 3 and shape == (own[0], 1, *own[1:])

    def check_format(self, dtype: DTypeLike) -> None:
        """Raise `ConfigError` if a value is too large for ``dtype``."""
        if np.dtype(dtype) != self.values.dtype:
            in_format(self.values, dtype)

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Values:
        self.check_shape(shape)
        return np.array(self.values).reshape(shape) if self.values.ndim else np.full(shape, self.values)


#: Every initialiser by the name it has in files.
INITIALIZERS: dict[str, type[Initializer]] = {
    cls.kind: cls for cls in (Normal, Uniform, Glorot, He, Zeros, Constant, Given)
}
