"""Are the gradients right? Two proofs that do not use the way they were computed.

*Finite differences*: the derivative of the loss by a parameter is the slope of the loss as that parameter alone moves.
*The adjoint identity*: going back through a linear layer is the transpose of going forward, ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ for
any x and y; and because such a layer is linear in its parameters p too, ⟨A x, y⟩ = ⟨p, gradient of p⟩.

A check runs in float64 whatever the problem's format is, on memory of its own, in small portions: `Check.advance` does
one, so that it can be done in idle time, be shown as it goes, and be left at any moment.

Where the loss has a kink (a ReLU at 0, a tie in a pooling window, a residual of 0 under the absolute error) it has one
slope to the left, another to the right, and no derivative. A kink is gone as soon as one moves a little, an error is
not: a parameter whose derivatives differ here and agree nearby counts as a kink, not as an error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.engine.errors import ConfigError
from convviz.engine.memory import run
from convviz.engine.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from convviz.engine.problem import Problem

Array = NDArray[Any]

#: The relative errors below which a slope and an inner product count as equal.
SLOPE_TOLERANCE = 1e-6
ADJOINT_TOLERANCE = 1e-12

#: The first distance to move a parameter by, as a share of its size (or of 1, where that is more), and by what each
#: further one is smaller than the one before.
FIRST_DISTANCE, SHRINK = 1e-2, 4.0
_LEVELS = 8
#: How many roundings stand between the parameters and the loss.
_ROUNDING = 64 * float(np.finfo(np.float64).eps)
#: How far to go from where the derivatives differ, to see whether it is a kink.
_NEARBY = 1e-3
#: A derivative is compared relative to itself, but to no less than this share of the largest one.
SMALLEST_SHARE = 1e-4


@dataclass(frozen=True)
class Slope:
    """One parameter: backpropagation against finite differences.

    Attributes
    ----------
    layer, name, index
        Which parameter: ``name`` is ``weight`` or ``bias``, ``index`` the place in that array.
    gradient, slope
        By backpropagation, and by finite differences.
    error
        Their difference, relative to the larger of the two; or, where both are so small that rounding decides, to
        what finite differences could still tell apart.
    kink
        The loss has no derivative here: the two numbers differ, but agree at a point nearby.
    """

    layer: int
    name: str
    index: tuple[int, ...]
    gradient: float
    slope: float
    error: float
    kink: bool


class Adjoint(NamedTuple):
    """One linear layer: ⟨A x, y⟩ against ⟨x, Aᵀ y⟩ (``by`` is "input") or ⟨p, gradient of p⟩ ("parameters")."""

    layer: int
    by: str
    forward: float
    backward: float
    error: float


class Report(NamedTuple):
    """What a check has found so far.

    Attributes
    ----------
    done, total
        Portions done, and to do in all.
    """

    slopes: tuple[Slope, ...]
    adjoints: tuple[Adjoint, ...]
    done: int
    total: int

    @property
    def worst_slope(self) -> Slope | None:
        """The parameter with the largest error, kinks excepted."""
        return max((s for s in self.slopes if not s.kink), key=lambda s: s.error, default=None)

    @property
    def worst_adjoint(self) -> Adjoint | None:
        """The layer with the largest error of the adjoint identity."""
        return max(self.adjoints, key=lambda a: a.error, default=None)

    @property
    def kinks(self) -> int:
        """How many of the parameters sit on a kink."""
        return sum(s.kink for s in self.slopes)

    @property
    def passed(self) -> bool:
        """Whether all that was checked so far is right."""
        slopes = all(s.kink or s.error <= SLOPE_TOLERANCE for s in self.slopes)
        return slopes and all(a.error <= ADJOINT_TOLERANCE for a in self.adjoints)


class Check:
    """The check of one problem at one point, in portions.

    Parameters
    ----------
    problem
    parameters
        Where to check, one mapping per layer; None: where the problem begins.
    sample
        How many parameters to check, spread over all layers; None: every one.
    seed
        Draws the sample, and the vectors of the adjoint identity.
    between
        Called before every evaluation of the loss, of which a portion has some: it may wait, or raise something to
        leave the portion in hand undone.

    Raises
    ------
    ConfigError
        If the loss at that point is not a finite number, so that there is nothing to compare.
    """

    def __init__(
        self,
        problem: Problem,
        parameters: Sequence[Mapping[str, Array]] | None = None,
        *,
        sample: int | None = 48,
        seed: int = 0,
        between: Callable[[], object] | None = None,
    ) -> None:
        self._between = between
        self._network = Network(problem.layers, problem.network.shapes[0], np.float64)
        self._parameters = self._network.pack(problem.initial if parameters is None else parameters)
        self._bound = self._network.bind(problem.input, self._parameters)
        self._target = problem.target.reshape(-1).astype(np.float64)
        self._residual = np.zeros_like(self._target)
        self._objective = problem.loss
        self._differentiate = problem.loss.bind(self._bound.grads[-1].flat)(self._residual)
        self._rng = np.random.default_rng(seed)
        with np.errstate(all="ignore"):
            self._loss, _ = self._loss_here()
            if not math.isfinite(self._loss):
                raise ConfigError("the loss is not a finite number here, so there is no gradient to check")
            run(self._bound.backward)
        self._gradients = self._bound.gradients.copy()
        self._largest = float(np.abs(self._gradients).max(initial=0.0))
        self._layers = [index for index, layer in enumerate(problem.layers) if layer.linear]
        self._places = self._choose(sample)
        self._slopes: list[Slope] = []
        self._adjoints: list[Adjoint] = []
        self._done = 0

    @property
    def report(self) -> Report:
        """What has been found so far."""
        total = len(self._layers) + len(self._places)
        return Report(tuple(self._slopes), tuple(self._adjoints), self._done, total)

    def advance(self) -> bool:
        """Do one portion, a layer's adjoint identity or a parameter's slope; return whether there are more.

        Raises
        ------
        ConfigError
            If the loss leaves all bounds as a parameter moves, so that it has no slope to compare with.
        """
        layers = len(self._layers)
        with np.errstate(all="ignore"):
            if self._done < layers:
                self._adjoints += self._adjoint(self._layers[self._done])
            elif self._done < layers + len(self._places):
                self._slopes.append(self._slope(*self._places[self._done - layers]))
            else:
                return False
        self._done += 1
        return self._done < layers + len(self._places)

    def run(self) -> Report:
        """Do all portions that are left and return what was found."""
        while self.advance():
            pass
        return self.report

    def _choose(self, sample: int | None) -> list[tuple[int, str, tuple[int, ...], int]]:
        """Return (layer, name, index, place in the vector) of the parameters to check, from each array in turn."""
        arrays = []
        for layer, views in enumerate(self._network.views(np.arange(self._network.size))):
            for name, places in views.items():
                order = range(places.size) if sample is None else self._rng.permutation(places.size)
                indices = (tuple(int(n) for n in np.unravel_index(i, places.shape)) for i in order)
                arrays.append([(layer, name, index, int(places[index])) for index in indices])
        if sample is None:
            return [place for array in arrays for place in array]
        turns = (place for turn in zip_longest(*arrays) for place in turn if place is not None)
        return [place for place, _ in zip(turns, range(sample), strict=False)]

    def _adjoint(self, index: int) -> Iterable[Adjoint]:
        layer, shape = self._network.layers[index], self._network.shapes[index]
        params = self._network.views(self._parameters)[index]
        x = self._rng.standard_normal(shape)
        y = self._rng.standard_normal(self._network.shapes[index + 1])
        out, cache = layer.forward(params, x)
        dx, grads = layer.backward(params, cache, y)
        # Not by taking the bias away afterwards: a large one would take the digits of the rest with it.
        linear, _ = layer.forward({n: np.zeros_like(p) if n == "bias" else p for n, p in params.items()}, x)
        yield _compare(index, "input", linear * y, x * dx)
        if params:
            yield _compare(index, "parameters", out * y, *(params[name] * grads[name] for name in params))

    def _slope(self, layer: int, name: str, index: tuple[int, ...], place: int) -> Slope:
        gradient, here = float(self._gradients[place]), float(self._parameters[place])
        try:
            slope, doubt = _richardson(lambda at: self._loss_at(place, at), here)
        finally:
            self._parameters[place] = here
        if math.isnan(slope):
            raise ConfigError("the loss is not a finite number near here, so there is no gradient to check")
        error = self._error(gradient, slope, doubt)
        kink = error > SLOPE_TOLERANCE and self._right_nearby(place)
        return Slope(layer, name, index, gradient, slope, error, kink)

    def _error(self, gradient: float, slope: float, doubt: float) -> float:
        size = max(abs(gradient), abs(slope), SMALLEST_SHARE * self._largest, doubt / SLOPE_TOLERANCE)
        apart = abs(gradient - slope)
        return (apart / size if size else 0.0) if math.isfinite(apart) else math.inf

    def _right_nearby(self, place: int) -> bool:
        """Return whether slope and gradient agree once all parameters are moved a little: off a kink, if it was one."""
        here = self._parameters.copy()
        try:
            self._parameters += _NEARBY * self._rng.standard_normal(here.size) * np.maximum(1.0, np.abs(here))
            there = float(self._parameters[place])
            self._loss_here()
            run(self._bound.backward)
            gradient = float(self._bound.gradients[place])
            slope, doubt = _richardson(lambda at: self._loss_at(place, at), there)
        finally:
            self._parameters[...] = here
        return self._error(gradient, slope, doubt) <= SLOPE_TOLERANCE

    def _loss_at(self, place: int, value: float) -> tuple[float, float]:
        self._parameters[place] = value
        return self._loss_here()

    def _loss_here(self) -> tuple[float, float]:
        """Return the loss, and how much of it rounding may have made; the last gradient buffer is filled."""
        if self._between is not None:
            self._between()
        output = self._bound.values[-1].flat
        run(self._bound.forward)
        np.subtract(output, self._target, self._residual)
        run(self._differentiate)
        loss = float(self._objective.of_residuals(self._residual[np.newaxis])[0])
        largest = max(float(np.abs(output).max()), float(np.abs(self._target).max()))
        return loss, _ROUNDING * (loss + largest * float(np.abs(self._bound.grads[-1].flat).sum()))


def _richardson(loss: Callable[[float], tuple[float, float]], here: float) -> tuple[float, float]:
    """Return the slope of ``loss`` at ``here``, NaN if there is none, and how much of it rounding may have made.

    Central differences over ever smaller distances, each pair extrapolated to distance zero (Richardson, 1911); the
    answer is where two neighbours agree best.
    """
    best, doubt, agreement, before = math.nan, 0.0, math.inf, math.nan
    for level in range(_LEVELS):
        step = FIRST_DISTANCE * max(1.0, abs(here)) / SHRINK**level
        above, below = here + step, here - step
        (high, high_doubt), (low, low_doubt) = loss(above), loss(below)
        central = (high - low) / (above - below)
        rounding = max(high_doubt, low_doubt) / step
        apart = abs(central - before) + rounding
        if apart < agreement:
            best, doubt, agreement = central + (central - before) / (SHRINK**2 - 1), rounding, apart
        if apart <= 1e-6 * abs(central):
            break
        before = central
    return best, doubt


def _compare(layer: int, by: str, forward: Array, *backward: Array) -> Adjoint:
    """Compare two inner products, given their terms, relative to their size or to that of their terms."""
    ahead, back = float(forward.sum()), float(sum(terms.sum() for terms in backward))
    size = max(abs(ahead), abs(back), float(np.sqrt((forward**2).sum())))
    return Adjoint(layer, by, ahead, back, abs(ahead - back) / size if size else 0.0)
