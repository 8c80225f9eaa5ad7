"""How far the reconstruction is from the target, as one number.

Every loss here is a function of the residual r = y − t alone: a trainer keeps the residuals of many steps as the rows
of one array and asks for all their losses at once (`Loss.of_residuals`), and each step only needs the derivative
(`Loss.bind`). `Loss.value` and `Loss.grad` are the same two for a single pair of maps.

Sums run through `np.vecdot`, whose result for a row does not depend on how many rows there are, so that a run gives the
same losses however it is cut into pieces. They are accumulated in float64 whatever the maps are in.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.errors import ShapeError
from convviz.engine.memory import everywhere, run
from convviz.engine.settings import Spec, setting
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.layers.base import Call

Array = NDArray[Any]
#: From one residual (N,) to the calls that fill the bound derivative from it.
LossGradient = Callable[[Array], "tuple[Call, ...]"]


class Loss(Spec):
    """A function of the residual."""

    @abstractmethod
    def of_residuals(self, residuals: Array) -> NDArray[np.float64]:
        """Return the loss (K,) of each row of ``residuals`` (K, N)."""

    @abstractmethod
    def bind(self, dy: Array, whole: int | None = None) -> LossGradient:
        """Return what makes the calls that fill ``dy`` (N,) with the loss's derivative at a given residual (N,).

        ``whole`` is how many cells the loss is of, if these are only a part of them.
        """

    def share(self, part: int, whole: int) -> float:
        """Return what the loss of ``part`` of ``whole`` cells is multiplied by to add up to that of all."""
        return part / whole

    def factor(self, count: int) -> float | None:
        """Return what every residual (count,) is multiplied by to give the derivative; None: nothing so simple."""
        return None

    @abstractmethod
    def factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return the factors (N,), ``r`` itself among them, whose products add up to the loss of one residual (N,).

        ``whole`` is how many cells the loss is of, if these are only a part of them.
        """

    @abstractmethod
    def slope_factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return the factors (N,) whose products are the derivative of the loss by each element of ``r`` (N,).

        ``r`` itself is among them, unless it has elements whose size does not matter. ``whole`` as in `factors`.
        """

    def value(self, y: Array, t: Array) -> float:
        """Return the loss of the reconstruction ``y`` against the target ``t`` of the same shape."""
        return float(self.of_residuals(_residual(y, t).reshape(1, -1))[0])

    def grad(self, y: Array, t: Array) -> Array:
        """Return the derivative of the loss by ``y``, of the shape of ``y``."""
        residual = _residual(y, t)
        dy = np.empty(residual.size, residual.dtype)
        run(self.bind(dy)(residual.reshape(-1)))
        return dy.reshape(residual.shape)


class SumSquaredError(Loss):
    """Σ r²."""

    kind = "sse"
    label = mark("Sum of squared errors")
    summary = mark("All differences squared and added: large ones weigh most, and a larger map has a larger loss")

    def share(self, part: int, whole: int) -> float:
        """Return 1: a sum of sums."""
        return 1.0

    def of_residuals(self, residuals: Array) -> NDArray[np.float64]:
        """Return Σ r² of each row."""
        return _sum_of_products(residuals, residuals)

    def factor(self, count: int) -> float:
        """Return 2."""
        return 2.0

    def bind(self, dy: Array, whole: int | None = None) -> LossGradient:
        """Make 2 r."""
        return lambda r: (partial(np.add, r, r, dy),)

    def factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return r and r."""
        return r, r

    def slope_factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return 2 and r."""
        return np.full_like(r, 2), r


class MeanSquaredError(Loss):
    """Σ r² / N."""

    kind = "mse"
    label = mark("Mean squared error")
    summary = mark("The differences squared, on average: large ones weigh most, the size of the map does not matter")

    def of_residuals(self, residuals: Array) -> NDArray[np.float64]:
        """Return the mean of r² of each row."""
        return _mean_of_products(residuals, residuals)

    def factor(self, count: int) -> float:
        """Return 2 / N."""
        return 2.0 / count

    def bind(self, dy: Array, whole: int | None = None) -> LossGradient:
        """Make 2 r / N."""
        factor = everywhere(self.factor(whole or dy.size), dy)
        return lambda r: (partial(np.multiply, r, factor, dy),)

    def factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return r, r and 1 / N."""
        return r, r, _share(r, whole)

    def slope_factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return 2 / N and r."""
        return 2 * _share(r, whole), r


class MeanAbsoluteError(Loss):
    """Σ |r| / N; the derivative at r = 0 is taken as 0."""

    kind = "mae"
    label = mark("Mean absolute error")
    summary = mark("The differences without their sign, on average: every cell pulls with the same strength")

    def of_residuals(self, residuals: Array) -> NDArray[np.float64]:
        """Return the mean of |r| of each row."""
        return _mean_of_products(np.sign(residuals), residuals)

    def bind(self, dy: Array, whole: int | None = None) -> LossGradient:
        """Make sign(r) / N."""
        scale = partial(np.multiply, dy, everywhere(1.0 / (whole or dy.size), dy), dy)
        return lambda r: (partial(np.sign, r, dy), scale)

    def factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return the sign, r and 1 / N."""
        return np.sign(r), r, _share(r, whole)

    def slope_factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return the sign and 1 / N."""
        return np.sign(r), _share(r, whole)


@dataclass(frozen=True)
class Huber(Loss):
    """Σ h(r) / N with h(r) = r²/2 where |r| ≤ δ and δ (|r| − δ/2) beyond.

    Huber, *Robust Estimation of a Location Parameter*, Annals of Mathematical Statistics 35 (1964).
    """

    kind = "huber"
    label = mark("Huber")
    summary = mark("Squared for small differences, absolute for large ones: outliers pull no harder than delta")

    delta: float = setting(
        mark("Delta"),
        mark("The difference above which a cell pulls with constant strength"),
        "float",
        1.0,
        minimum=1e-6,
        maximum=1e6,
        step=0.1,
    )

    def of_residuals(self, residuals: Array) -> NDArray[np.float64]:
        """Return the mean of h(r) of each row."""
        clipped = np.clip(residuals, -self.delta, self.delta)
        return _mean_of_products(clipped, residuals - 0.5 * clipped)

    def bind(self, dy: Array, whole: int | None = None) -> LossGradient:
        """Make r / N, with r cut off at ±δ."""
        above = partial(np.maximum, dy, everywhere(-self.delta, dy), out=dy)
        scale = partial(np.multiply, dy, everywhere(1.0 / (whole or dy.size), dy), dy)
        high = everywhere(self.delta, dy)
        return lambda r: (partial(np.minimum, r, high, out=dy), above, scale)

    def factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return r, c (1 − c / 2r) and 1 / N, where c is r cut off at ±δ: h(r) = r c − c²/2."""
        return r, np.clip(r, -self.delta, self.delta) * (1 - 0.5 * self._left(r)), _share(r, whole)

    def slope_factors(self, r: Array, whole: int | None = None) -> tuple[Array, ...]:
        """Return r, the share of it that is left when it is cut off at ±δ, and 1 / N.

        Where some share is too small for the format, as that of an infinite residual is, its product with r would be
        wrong, or no number at all: then what is cut off stands for both.
        """
        left = self._left(r)
        if (left < np.finfo(left.dtype).tiny).any():
            return np.clip(r, -self.delta, self.delta), _share(r, whole)
        return r, left, _share(r, whole)

    def _left(self, r: Array) -> Array:
        """Return min(1, δ / |r|)."""
        size = np.abs(r)
        left: Array = np.divide(self.delta, size, where=size > self.delta, out=np.ones_like(r))
        return left


def _sum_of_products(a: Array, b: Array) -> NDArray[np.float64]:
    first = a.astype(np.float64, copy=False)
    second = first if a is b else b.astype(np.float64, copy=False)
    sums: NDArray[np.float64] = np.vecdot(first, second)
    return sums


def _mean_of_products(a: Array, b: Array) -> NDArray[np.float64]:
    means: NDArray[np.float64] = _sum_of_products(a, b) / a.shape[1]
    return means


def _share(r: Array, whole: int | None) -> Array:
    return np.full_like(r, 1 / (whole or r.size))


def _residual(y: Array, t: Array) -> Array:
    y, t = np.asarray(y), np.asarray(t)
    if y.shape != t.shape or y.size == 0:
        raise ShapeError(
            "expected a reconstruction and a target of one shape, received {received} and {target}",
            received=y.shape,
            target=t.shape,
        )
    residual: Array = np.subtract(y, t, dtype=np.result_type(y, t, np.float32))
    return residual


#: Every loss by the name it has in files.
LOSSES: dict[str, type[Loss]] = {cls.kind: cls for cls in (SumSquaredError, MeanSquaredError, MeanAbsoluteError, Huber)}
