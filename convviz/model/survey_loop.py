"""The survey of a loss landscape: what the thread that measures it does, without the thread.

A survey takes thousands of losses. It goes from coarse to fine, so that something is seen at once, and rests in
between: a little while nothing trains, most of the time while something does. It has one survey in hand at most: a
newer request, or the end, is looked for before every loss and takes its place; a loss at one place that somebody points
at is measured in between.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.engine import landscape
from convviz.engine.errors import ConvvizError
from convviz.engine.landscape import LossAt, Plane, Way, Window
from convviz.model.idle_loop import IdleLoop, SupersededError, WorkClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.frames import RunPath
    from convviz.engine.problem import Problem

Array = NDArray[Any]
Kind = Literal["path", "teacher", "gradient", "weights"]

_logger = logging.getLogger(__name__)

#: After how much work a rest is due, in seconds, and how much is done at first without one.
_SLICE, AT_ONCE = 0.002, 0.02
#: The share of the time that is spent working while training runs, and while it does not.
GENTLE_SHARE, IDLE_SHARE = 0.1, 0.7
#: How often a level that takes long is told of at most before it is complete, in seconds between.
_TELLING = 0.25


@dataclass(frozen=True, eq=False)
class Request:
    """What is to be surveyed.

    Attributes
    ----------
    number
        The larger one is the newer request; its answers carry it.
    problem
    kind
        How the plane lies: in the main directions of the path, through start, step and teacher, in those of the
        gradient and of the last step, or of two parameters alone.
    path
        Where the run has been.
    step
    here, gradient : (P,)
        The step through which the plane goes, its parameters, and their gradient.
    last : (P,) or None
        Where the run was one recorded step before.
    weights
        Which two parameters, if these span the plane.
    plane, window
        Ones that stay as they are; None: they are found.
    """

    number: int
    problem: Problem
    kind: Kind
    path: RunPath
    step: int
    here: Array
    gradient: Array
    last: Array | None = None
    weights: tuple[int, int] = (0, 1)
    plane: Plane | None = None
    window: Window | None = None


@dataclass(frozen=True, eq=False)
class Survey:
    """What is known of a plane so far.

    Attributes
    ----------
    number
        Of the request.
    problem, run, kind, step, weights
        Of the request; the run is that of its path.
    plane, window
    losses : (rows, columns)
        Measured on a grid from edge to edge of the window, row 0 at the bottom. NaN: not yet, or no finite number.
    level
        How fine it is, from 0.
    left
        How many seconds the rest of it takes; 0 if it is complete, NaN before that is known.
    """

    number: int
    problem: Problem
    run: int
    kind: Kind
    step: int
    weights: tuple[int, int]
    plane: Plane
    window: Window
    losses: Array
    level: int
    left: float

    @property
    def is_complete(self) -> bool:
        """Whether it does not get any finer."""
        return self.left == 0


@dataclass(frozen=True, eq=False)
class Track:
    """A path as it is seen on a plane: up to the first of its steps that has left all bounds, if one has.

    Attributes
    ----------
    plane
    run, steps, losses
        Of the path.
    places : (K, 2)
    off : (K,)
        How far off the plane each step is.
    share
        What the plane shows of how the steps within bounds spread about their last, 0 … 1; NaN for a path without a
        length.
    """

    plane: Plane
    run: int
    steps: Array
    losses: Array
    places: Array
    off: Array
    share: float


class Probe(NamedTuple):
    """The loss at one place of a plane."""

    plane: Plane
    x: float
    y: float
    loss: float


@dataclass(frozen=True)
class Refusal:
    """Why the survey ``number`` cannot be made."""

    number: int
    error: Exception


class Answers(NamedTuple):
    """All that is new since it was asked for last; None: nothing of that kind is."""

    survey: Survey | Refusal | None = None
    track: Track | None = None
    probe: Probe | None = None


class SurveyLoop(IdleLoop):
    """The loop of the surveying thread.

    `post`, `trace`, `probe`, `drop`, `be_gentle`, `take` and `close` may be called from any thread; `run` and `turn`
    belong to one.

    Parameters
    ----------
    notify
        Called in the loop's thread when there is something to take.
    """

    def __init__(self, notify: Callable[[], object], clock: WorkClock | None = None) -> None:
        super().__init__(notify, clock, GENTLE_SHARE, IDLE_SHARE)
        self._waiting: Request | None = None
        self._path: RunPath | None = None
        self._place: tuple[Plane, float, float] | None = None
        self._answers = Answers()
        self._problem: Problem | None = None  # of the survey that was asked for last
        self._loss: LossAt | None = None  # its loss, unless all was dropped: it takes as much memory as a trainer
        self._plane: Plane | None = None

    def post(self, request: Request) -> None:
        """Ask for a survey; whatever was asked for before is forgotten."""
        with self._wake:
            self._waiting, self._path, self._dropped = request, None, False
            self._wake.notify()

    def trace(self, path: RunPath) -> None:
        """Ask how a path is seen on the plane that is surveyed, or was last."""
        with self._wake:
            self._path = path
            self._wake.notify()

    def probe(self, plane: Plane, x: float, y: float) -> None:
        """Ask for the loss at a place of the plane that is surveyed, or was last; of any other there is no answer.

        One that was asked for before and not yet measured is forgotten.
        """
        with self._wake:
            self._place = plane, x, y
            self._wake.notify()

    def take(self) -> Answers:
        """Return what is new, once."""
        with self._wake:
            answers, self._answers = self._answers, Answers()
            return answers

    def _forget(self) -> None:
        self._waiting = self._path = self._place = None

    def _has_newer(self) -> bool:
        return self._waiting is not None

    def turn(self) -> bool:
        """Wait for something that is asked and answer it, unless it is overtaken; return False when closed."""
        with self._wake:
            while not (self._closing or self._waiting or self._path or self._place):
                if self._dropped:
                    self._loss, self._dropped = None, False
                self._clock.wait(self._wake, None)
            if self._closing:
                return False
            request, self._waiting = self._waiting, None
            self._dropped = False
        try:
            if request is not None:
                self._survey(request)
            else:
                self._answer_small()
        except SupersededError:
            pass
        except ConvvizError as refusal:
            self._refuse(request, refusal)
        except Exception as trouble:
            _logger.exception("the surveying thread goes on after an error")
            self._refuse(request, trouble)
        return True

    def _refuse(self, request: Request | None, error: Exception) -> None:
        if request is not None:
            self._tell(survey=Refusal(request.number, error.with_traceback(None)))  # which would keep all memory

    def _survey(self, request: Request) -> None:
        plane = request.plane or _plane_of(request)
        window = request.window or _window_of(request, plane)
        self._plane, self._problem = plane, request.problem
        if request.plane is None:  # else the path may have gone on since
            self._tell(track=_track(plane, request.path))
        loss = self._bound(request.problem)
        made, total = 0, landscape.points_of(landscape.LEVELS - 1)
        began = self._rested = self._clock.worked()
        told, reached = self._clock.now(), 0
        for level, losses in landscape.survey(loss, plane, window):
            worked, now = self._clock.worked() - began, self._clock.now()
            if level < 0:
                made += 1
                self._pause(at_once=worked < AT_ONCE)
                if now - told < _TELLING:
                    continue
            told, reached = now, max(level, reached)
            left = 0.0 if made == total else worked / max(made, 1) * (total - made) / self._share
            self._tell(
                survey=Survey(
                    request.number,
                    request.problem,
                    request.path.run,
                    request.kind,
                    request.step,
                    request.weights,
                    plane,
                    window,
                    losses.copy() if level < 0 else losses,
                    reached,
                    left,
                )
            )

    def _bound(self, problem: Problem) -> LossAt:
        """Return the loss of a problem, in memory of its own."""
        if self._loss is None or self._loss.problem is not problem:
            self._loss = None  # first, for two of them take twice the memory
            self._loss = LossAt(problem)
        return self._loss

    def _answer_small(self) -> None:
        """Answer what takes one loss at most."""
        with self._wake:
            path, self._path = self._path, None
            place, self._place = self._place, None
        if path is not None and self._plane is not None and path.parameters.shape[1] == self._plane.origin.size:
            self._tell(track=_track(self._plane, path))
        if place is None or self._problem is None:
            return
        plane, x, y = place
        if plane is self._plane:  # else it is one through the parameters of an earlier problem, perhaps of other sizes
            self._tell(probe=Probe(plane, x, y, self._bound(self._problem)(plane.at(x, y))))

    def _tell(self, **new: object) -> None:
        with self._wake:
            was_empty = self._answers == Answers()
            self._answers = self._answers._replace(**new)  # type: ignore[arg-type]  # of the fields, by their names
        if was_empty:
            self._notify()

    def _pause(self, *, at_once: bool) -> None:
        """Answer what is asked in between, and rest if a rest is due; raise if this survey is not to go on."""
        with self._wake:
            self._check_wanted()
            small = self._path is not None or self._place is not None
        if small:
            self._answer_small()
        worked = self._clock.worked() - self._rested
        if at_once or worked < _SLICE:
            return
        with self._wake:
            began = self._clock.now()
            while True:
                self._check_wanted()
                left = self._rest_left(worked, began)
                if left <= 0 or self._path is not None or self._place is not None:
                    break
                self._clock.wait(self._wake, left)
        self._rested = self._clock.worked()


def _plane_of(request: Request) -> Plane:
    path, here = request.path, request.here
    taught = landscape.teacher_of(request.problem)
    downhill = (Way.GRADIENT, -request.gradient)
    if request.kind == "weights":
        return landscape.of_two(here, *request.weights)
    if request.kind == "gradient":
        return landscape.along(here, [downhill, *([] if request.last is None else [(Way.LAST, here - request.last)])])
    if request.kind == "teacher" and taught is not None:
        start = path.parameters[0].astype(np.float64)
        return landscape.along(start, [(Way.TEACHER, taught - start), (Way.STEP, here - start), downhill])
    others = [downhill, *([] if taught is None else [(Way.TEACHER, taught - here)])]
    return landscape.through_path(path.parameters, path.losses, here, others)


def _window_of(request: Request, plane: Plane) -> Window:
    path = request.path
    taught = landscape.teacher_of(request.problem)
    return landscape.fitting(plane, path.parameters, path.losses, request.here, taught)


def _track(plane: Plane, path: RunPath) -> Track:
    near = landscape.is_near(path.losses)
    known = path.parameters[near]
    share = plane.share(known, known[-1]) if len(known) else np.nan
    end = len(near) if near.all() else max(1, int(near.argmin()) + 1)
    seen = path.parameters[:end]
    return Track(plane, path.run, path.steps[:end], path.losses[:end], plane.project(seen), plane.distance(seen), share)
