"""The loss over a plane through the space of all parameters, and the path of a run on it.

A plane is an origin and two orthonormal directions, so that distances on it are Euclidean distances between parameters,
√Σ(difference²). Points that are not on the plane are projected onto it orthogonally.

Goodfellow, Vinyals and Saxe, *Qualitatively characterizing neural network optimization problems*, ICLR 2015, look along
a line; Li, Xu, Taylor, Studer and Goldstein, *Visualizing the loss landscape of neural nets*, NeurIPS 2018, take the
first two principal components of the path. Unlike theirs, directions are not rescaled by filter ("filter
normalization"): a number on an axis is a distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.engine.errors import ConfigError
from convviz.engine.initializers import Initializer, Zeros
from convviz.engine.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from convviz.engine.layers import Layer
    from convviz.engine.problem import Problem

Array = NDArray[Any]
Vector = NDArray[np.float64]

#: How many times a survey is made finer, and how many cells the coarsest has across and up.
LEVELS, _COLUMNS, _ROWS = 6, 5, 3
#: A direction is not used if less than this share of its length is left after orthogonalisation against the others.
_LEAST_SHARE = 1e-7
#: A principal component is not used if its eigenvalue is less than this share of the largest: it is rounding noise.
_LEAST_STRENGTH = 1e-12
#: How much of a range is left free around its contents, and the least range of one axis as a share of the other's.
_MARGIN, _LEAST_ASPECT = 0.2, 0.25
#: The least range of an axis to either side, as a share of where it lies: below it, rounding parts its numbers.
_FINEST = 1e-12
#: Steps whose loss is more than so many times that of the start are not held by an automatic range.
_FAR = 100.0
#: No range reaches further from its plane's origin: its middle and its size are numbers, too.
_FARTHEST = 1e300
#: The teacher is held if the range need not be wider than so many times what it is without.
_NEAR = 3.0


class Way(Enum):
    """Where a direction in the space of parameters leads."""

    MAIN = "main"  #: the first principal component of the path
    SECOND = "second"  #: the second principal component of the path
    TEACHER = "teacher"
    STEP = "step"  #: to the step that the plane was laid through
    GRADIENT = "gradient"  #: steepest descent
    LAST = "last"  #: on, as the run came
    PARAMETER = "parameter"  #: to larger values of one parameter
    RANDOM = "random"


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane through the space of parameters.

    Attributes
    ----------
    origin : (P,)
        What lies at (0, 0).
    across, up : (P,)
        The directions of the two axes, orthonormal.
    ways
        Where the two directions lead; the second was made orthogonal to the first.
    """

    origin: Vector
    across: Vector
    up: Vector
    ways: tuple[Way, Way] = (Way.MAIN, Way.SECOND)

    def at(self, x: float, y: float) -> Vector:
        """Return the parameters (P,) at a place."""
        return self.origin + x * self.across + y * self.up

    def project(self, points: Array) -> Vector:
        """Return the places (…, 2) nearest to ``points`` (…, P); NaN where those are not finite."""
        return self.components(np.subtract(points, self.origin, dtype=np.float64))

    def components(self, differences: Array) -> Vector:
        """Return how far ``differences`` (…, P) go across and up, (…, 2)."""
        with np.errstate(all="ignore"):
            return np.stack([differences @ self.across, differences @ self.up], axis=-1)

    def distance(self, points: Array) -> Vector:
        """Return how far off the plane ``points`` (…, P) lie, (…)."""
        with np.errstate(all="ignore"):
            away = np.subtract(points, self.origin, dtype=np.float64)
            places = self.components(away)
            beside = away - places[..., :1] * self.across - places[..., 1:] * self.up
            return np.asarray(np.linalg.norm(beside, axis=-1))

    def share(self, points: Array, through: Array) -> float:
        """Return how much of a path's spread the plane shows, 0 … 1 (as PCA's share of explained variance).

        The spread is the mean square, along the path through ``points`` (K, P), of the distance from ``through`` (P,).
        NaN: it is zero, or not finite.
        """
        weights = lengths(points)
        with np.errstate(all="ignore"):
            away = np.subtract(points, through, dtype=np.float64)
            whole = float(weights @ (away**2).sum(axis=1))
            shown = float(weights @ (self.components(away) ** 2).sum(axis=1))
            return min(shown / whole, 1.0) if 0 < whole < np.inf else np.nan


class Window(NamedTuple):
    """The part of a plane that is looked at."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def is_finest(self) -> bool:
        """Whether the points of a survey would hardly differ in a smaller one: numbers have some 16 digits."""
        return any(
            high / 2 - low / 2 <= _FINEST * abs(low / 2 + high / 2)
            for low, high in ((self.left, self.right), (self.bottom, self.top))
        )

    def axes(self, level: int) -> tuple[Vector, Vector]:
        """Return where the columns and the rows of a survey lie, the first and the last of them at the edges."""
        rows, columns = grid(level)
        return np.linspace(self.left, self.right, columns), np.linspace(self.bottom, self.top, rows)


def grid(level: int) -> tuple[int, int]:
    """Return how many rows and columns of points a survey has at a level; every second point is of the one before."""
    return _ROWS * 2**level + 1, _COLUMNS * 2**level + 1


class LossAt:
    """The loss of a problem's network at any parameters, by the very code that trains it.

    ``problem`` gives everything but the parameters. Each has memory of its own.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._steps = Steps(problem.network, problem.input, problem.target, problem.loss, problem.optimizer)

    def __call__(self, parameters: Array) -> float:
        """Return the loss at ``parameters`` (P,), which may be no finite number."""
        with np.errstate(all="ignore"):
            self._steps.parameters[...] = parameters
            return self._steps.loss()


def survey(loss: Callable[[Vector], float], plane: Plane, window: Window) -> Iterator[tuple[int, Vector]]:
    """Measure the losses on ever finer grids of points, and yield each level with its losses (rows, columns).

    Row 0 lies at the bottom. After each single measurement, (−1, …) is yielded with what the level has so far: a place
    to rest, or to leave. What is not measured yet lies between its neighbours of the level before; NaN on the first.
    """
    before: Vector | None = None
    for level in range(LEVELS):
        columns, rows = window.axes(level)
        losses = np.full((len(rows), len(columns)), np.nan) if before is None else _between(before)
        for row, y in enumerate(rows):
            step = 2 if before is not None and row % 2 == 0 else 1
            for column in range(step - 1, len(columns), step):
                losses[row, column] = loss(plane.at(columns[column], y))
                yield -1, losses
        before = losses
        yield level, losses


def _between(losses: Vector) -> Vector:
    """Return a grid that is twice as fine: new points have the mean of those beside them."""
    rows, columns = losses.shape
    finer = np.empty((2 * rows - 1, 2 * columns - 1))
    finer[::2, ::2] = losses
    with np.errstate(all="ignore"):
        finer[::2, 1::2] = losses[:, :-1] / 2 + losses[:, 1:] / 2
        finer[1::2] = finer[:-1:2] / 2 + finer[2::2] / 2
    return finer


def points_of(level: int) -> int:
    """Return how many losses a survey has measured when it has come to the end of a level."""
    rows, columns = grid(level)
    return rows * columns


# -- planes ------------------------------------------------------------------------------------------------------------


#: A direction (P,), and what it is.
Direction = tuple[Way, Array]


def through_path(points: Array, losses: Array, through: Array, others: Sequence[Direction] = ()) -> Plane:
    """Return the plane of the first two principal components of a path, relative to one of its points.

    Parameters
    ----------
    points : (K, P), losses : (K,)
        The path. Each point is weighted by the length of path around it; those whose loss has left all bounds are left
        out.
    through : (P,)
        The origin of the plane.
    others
        Directions to take, in this order, where the path has fewer than two.
    """
    near = points[is_near(losses)]
    weights = lengths(near)
    away = np.subtract(near, through, dtype=np.float64) * np.sqrt(weights)[:, None]
    plane = along(through, [*zip((Way.MAIN, Way.SECOND), _main_directions(away), strict=False), *others])
    if not len(near):
        return plane
    places = plane.project(near)
    right = -1.0 if plane.ways[0] is Way.MAIN and places[0, 0] > 0 else 1.0
    begun = places[0]  # the path bows upwards, as seen from the line between its start and the origin
    bow = places[:, 1] - (places[:, 0] * (begun[1] / begun[0]) if begun[0] else 0.0)
    upward = -1.0 if plane.ways[1] is Way.SECOND and weights @ bow < 0 else 1.0
    return Plane(plane.origin, right * plane.across, upward * plane.up, plane.ways)


def of_two(origin: Array, first: int, second: int) -> Plane:
    """Return the plane of two single parameters, all others as in ``origin``: places are those parameters' values.

    Raises
    ------
    ConfigError
        If they are the same, or there are fewer than two.
    """
    _check_count(origin)
    if first == second:
        raise ConfigError("expected two different parameters, received the same one twice")
    base = np.array(origin, np.float64)
    directions = np.zeros((2, base.size))
    directions[0, first] = directions[1, second] = 1.0
    base[[first, second]] = 0.0
    return Plane(base, directions[0], directions[1], (Way.PARAMETER, Way.PARAMETER))


def along(origin: Array, directions: Sequence[Direction]) -> Plane:
    """Return the plane through an origin in the first two directions that differ, the first of them to the right.

    Where there are not two, random ones take their place, the same ones every time.

    Raises
    ------
    ConfigError
        If there are fewer than two parameters.
    """
    origin = np.array(origin, np.float64)
    _check_count(origin)
    axes: list[Vector] = []
    ways: list[Way] = []
    rng = np.random.default_rng(0)
    drawn = ((Way.RANDOM, rng.standard_normal(origin.size)) for _ in repeat(None))
    for way, direction in chain(directions, drawn):
        axis = _at_right_angles(np.asarray(direction, np.float64), axes)
        if axis is not None:
            axes.append(axis)
            ways.append(way)
        if len(axes) == 2:
            break
    return Plane(origin, axes[0], axes[1], (ways[0], ways[1]))


def _check_count(parameters: Array) -> None:
    if np.size(parameters) < 2:
        raise ConfigError(
            "expected a network with at least 2 parameters, received {received}", received=np.size(parameters)
        )


def _main_directions(away: Vector) -> list[Vector]:
    """Return at most two directions with the largest sums of squares of the rows (K, P) along them, largest first.

    They are eigenvectors of the smaller Gram matrix, (K, K) or (P, P), rather than singular vectors: only two are
    wanted, and half of the digits will do.
    """
    largest = float(np.abs(away).max(initial=0.0))
    if not 0 < largest < np.inf:
        return []
    away = away / largest
    by_row = len(away) < away.shape[1]
    strengths, found = np.linalg.eigh(away @ away.T if by_row else away.T @ away)
    best = [n for n in (-1, -2) if len(strengths) >= -n and strengths[n] > _LEAST_STRENGTH * strengths[-1]]
    return [found[:, n] @ away if by_row else found[:, n] for n in best]


def _at_right_angles(direction: Vector, axes: Sequence[Vector]) -> Vector | None:
    """Return the component of a direction orthogonal to ``axes``, with length 1; None: it is (nearly) zero."""
    largest = float(np.abs(direction).max())
    if not 0 < largest < np.inf:
        return None
    left = direction / largest
    length = float(np.linalg.norm(left))
    for _ in range(2):  # Gram-Schmidt once more, for what rounding has left
        for axis in axes:
            left = left - (left @ axis) * axis
    rest = float(np.linalg.norm(left))
    return left / rest if rest > _LEAST_SHARE * length else None


# -- ranges ------------------------------------------------------------------------------------------------------------


def fitting(plane: Plane, points: Array, losses: Array, here: Array, teacher: Array | None = None) -> Window:
    """Return a range that holds a path, a point and, if it is near, the teacher.

    Parameters
    ----------
    points : (K, P), losses : (K,)
        The path, of which steps that have left all bounds need not be held.
    here, teacher : (P,)
    """
    held = np.concatenate([plane.project(points[is_near(losses)]), plane.project(here)[None]])
    held = np.clip(held[np.isfinite(held).all(axis=1)], -_FARTHEST, _FARTHEST)
    if not len(held):
        held = np.zeros((1, 2))
    low, high = held.min(axis=0), held.max(axis=0)
    if teacher is not None:
        place = np.clip(plane.project(teacher), -_FARTHEST, _FARTHEST)
        wider = np.minimum(low, place), np.maximum(high, place)
        longest, off = float((high - low).max()), float(plane.distance(teacher))
        if longest == 0 or max(float((wider[1] - wider[0]).max()), off) <= _NEAR * longest:
            low, high = wider
    span = high - low
    if not span.max() > 0:
        size = float(np.linalg.norm(here)) / np.sqrt(here.size)
        span = np.array([2 * size if 0 < size < np.inf else 1.0] * 2)
    middle = low / 2 + high / 2
    half = np.maximum(span, _LEAST_ASPECT * span.max()) * (0.5 + _MARGIN)
    half = np.maximum(half, _FINEST * np.abs(middle))
    (left, bottom), (right, top) = middle - half, middle + half
    return Window(float(left), float(right), float(bottom), float(top))


def lengths(points: Array) -> Vector:
    """Return the length of path around each of its ``points`` (K, P), (K,): half the distance to each neighbour."""
    with np.errstate(all="ignore"):
        between = np.linalg.norm(np.diff(np.asarray(points, np.float64), axis=0), axis=1)
    return np.asarray((np.append(between, 0.0) + np.append(0.0, between)) / 2)


def is_near(losses: Array) -> NDArray[np.bool_]:
    """Return for which of these losses (K,) of a path, from its start on, the step has not left all bounds."""
    if not len(losses) or not np.isfinite(losses[0]):
        return np.zeros(len(losses), bool)
    with np.errstate(over="ignore"):
        return np.asarray(np.isfinite(losses) & (losses <= _FAR * losses[0]))


# -- what is surveyed --------------------------------------------------------------------------------------------------


def teacher_of(problem: Problem) -> Vector | None:
    """Return the teacher's parameters (P,) as the student has them; None: there is none, or it has others."""
    taught = problem.teacher
    if taught is None:
        return None
    alike = all(
        own.keys() == theirs.keys() and all(own[name].shape == theirs[name].shape for name in own)
        for own, theirs in zip(problem.initial, taught, strict=True)
    )
    return problem.network.pack(taught).astype(np.float64) if alike else None


def is_same_landscape(one: Problem, other: Problem) -> bool:
    """Return whether two problems have the same losses at the same parameters, wherever and however they begin."""
    return one is other or (
        one.network.dtype == other.network.dtype
        and one.loss == other.loss
        and tuple(map(_form, one.layers)) == tuple(map(_form, other.layers))
        and np.array_equal(one.input, other.input)
        and np.array_equal(one.target, other.target)
    )


def _form(layer: Layer) -> Layer:
    """Return a layer without what its parameters begin with."""
    begun = {name: Zeros() for name in ("weight", "bias") if isinstance(getattr(layer, name, None), Initializer)}
    return layer.replace(**begun)
