"""The loss landscape of the experiment that a session shows, with the path of its run.

`Surveyor` says what `convviz.model.survey_loop` is to measure, and keeps what was measured. It does nothing while
nobody looks.
"""

from __future__ import annotations

import time
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from convviz.engine.frames import State
from convviz.engine.landscape import is_near, is_same_landscape, teacher_of
from convviz.model.idle_thread import IdleThread
from convviz.model.survey_loop import Kind, Probe, Refusal, Request, Survey, SurveyLoop, Track

if TYPE_CHECKING:
    from convviz.engine.frames import Frame, RunPath, Status
    from convviz.engine.landscape import Plane, Window
    from convviz.engine.problem import Problem
    from convviz.model.session import Session

__all__ = ["Kind", "Place", "Probe", "Survey", "Surveyor", "Track"]

Array = NDArray[Any]

#: How often the path and the place of the shown step are asked for at most while training runs, in seconds between.
PATH_INTERVAL, _PLACE_INTERVAL = 0.25, 0.05
#: While the plane follows the run: how many times as far the run has to be for another plane, and how long at least
#: one stands, in seconds; and how many times as far where the run rests.
_FURTHER, _STANDS, _FURTHER_AT_REST = 2.0, 1.0, 1.1
#: How far off its plane a start may lie, as a share of its own size, and count as lying on it.
_ON_PLANE = 1e-5


class Place(NamedTuple):
    """Where a step, or the teacher, is seen on the plane.

    Attributes
    ----------
    step
        −1 for the teacher.
    x, y, off
        The nearest place of the plane, and how far it is from there.
    loss
        The loss at the step itself, not at that place.
    """

    step: int
    x: float
    y: float
    off: float
    loss: float


class Surveyor(QObject):
    """Has the landscape about the step that a session shows surveyed. To be used from the thread of the window.

    The plane follows the run: it is chosen anew when the run has come much further, and when another experiment is
    shown. Once somebody has looked at another part of it, it stays until `fit` is called. It also stays when a run
    begins on it whose experiment has the same losses.

    Signals
    -------
    surveyed
        `survey` is another, or finer, or none; or it was refused.
    moved
        `track`, `shown` or `live` is another.
    probed
        `probe` is another.
    """

    surveyed = pyqtSignal()
    moved = pyqtSignal()
    probed = pyqtSignal()
    _path_came = pyqtSignal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thread = IdleThread(SurveyLoop)
        self._thread.answered.connect(self._receive)
        weakref.finalize(self, self._thread.request_close)
        self._path_came.connect(self._take_path)
        self._watched = self._closed = False
        self._kind: Kind = "path"
        self._weights = (0, 1)
        self._number = 0
        self._wanted = False  # another plane, as soon as the path has come
        self._follows = True
        self._made_at, self._made = 0, 0.0  # the step at which the plane was asked for, and when
        self._request: Request | None = None
        self._answered: Request | None = None  # whose survey it is that is there
        self._same: tuple[Problem, Problem] | None = None  # that were found to have one landscape
        self._survey: Survey | None = None
        self._refusal: Refusal | None = None
        self._track: Track | None = None
        self._probe: Probe | None = None
        self._shown: Place | None = None
        self._live: Place | None = None
        self._path_at = self._placed_at = 0.0
        self._start: Array | None = None  # of the run whose plane it is
        session.frame_changed.connect(self._follow_frame)
        session.status_changed.connect(self._follow_status)
        session.closed.connect(self.close)

    @property
    def survey(self) -> Survey | None:
        """What was measured so far; None: nothing yet."""
        return self._survey

    @property
    def error(self) -> Exception | None:
        """Why there is nothing to be seen, if there is not."""
        return None if self._refusal is None else self._refusal.error

    @property
    def track(self) -> Track | None:
        """The path of the run on the plane of `survey`; None: it is not known yet."""
        track, survey = self._track, self._survey
        return track if track is not None and survey is not None and track.plane is survey.plane else None

    @property
    def shown(self) -> Place | None:
        """Where the step that is shown lies."""
        return self._shown

    @property
    def live(self) -> Place | None:
        """Where the newest step lies, if another is shown."""
        return self._live

    @property
    def probe(self) -> Probe | None:
        """The loss that was asked for last."""
        return self._probe

    @property
    def is_of_earlier_run(self) -> bool:
        """Whether the plane was laid through a step that the run does not have."""
        survey, status = self._survey, self._session.status
        return survey is not None and (survey.run != status.run or survey.step > status.step)

    @property
    def newest_step(self) -> int:
        """The newest step of the run."""
        return self._session.status.step

    @property
    def kind(self) -> Kind:
        """How the plane lies."""
        return self._kind

    @property
    def weights(self) -> tuple[int, int]:
        """The two parameters that span a plane of two."""
        return self._weights

    def watch(self, on: bool) -> None:
        """Begin or cease to do anything: somebody looks, or nobody does."""
        if on is self._watched or self._closed:
            return
        self._watched = on
        if not on:
            self._thread.loop.drop()
            self._wanted = False
            return
        self._follow_status(self._session.status, at_once=True)
        self._place()
        survey, request = self._survey, self._request
        if request is None or not self._fits(self._session.frame):
            self.fit()
        elif survey is None or not survey.is_complete or survey.number != request.number:
            self._post(request, request.plane, request.window)  # what was left undone

    def choose(self, kind: Kind, weights: tuple[int, int] | None = None) -> None:
        """Lay the plane another way, through the step that is shown."""
        self._kind = kind
        self._weights = self._weights if weights is None else weights
        self.fit()

    def fit(self) -> None:
        """Lay the plane through the step that is shown, look at all of the path, and let the plane follow the run."""
        self._follows = self._wanted = True
        self._ask_path()

    def look(self, window: Window) -> None:
        """Look at another part of the plane; of one in whose place another was asked for, at none."""
        answered, survey = self._answered, self._survey
        if answered is None or survey is None or not self._is_asked_for(answered):
            return
        self._follows = self._wanted = False
        self._post(answered, survey.plane, window)

    def ask(self, x: float, y: float) -> None:
        """Have the loss at a place measured."""
        if self._survey is not None and not self._closed:
            self._thread.loop.probe(self._survey.plane, x, y)

    def close(self) -> None:
        """End the surveying thread: ask it, and wait for it. Nothing is reported, and nothing measured, after it."""
        self._closed, self._watched = True, False
        self._thread.close()

    # -- the run -------------------------------------------------------------------------------------------------------

    @property
    def _is_running(self) -> bool:
        return self._session.status.state is State.RUNNING

    def _follow_status(self, status: Status, *, at_once: bool = False) -> None:
        if not self._watched:
            return
        self._thread.loop.be_gentle(self._is_running)
        now = time.monotonic()
        if at_once or not self._is_running or now >= self._path_at + PATH_INTERVAL:
            self._ask_path()
        if self._follows and self._has_gone_far(status, now):
            self._wanted = True

    def _has_gone_far(self, status: Status, now: float) -> bool:
        """Return whether the plane that follows the run is out of date."""
        if status.shown is not None or not self._made:
            return False
        factor = _FURTHER if self._is_running else _FURTHER_AT_REST
        stood = now >= self._made + _STANDS or not self._is_running
        return stood and status.step >= max(factor * self._made_at, self._made_at + 1)

    def _follow_frame(self, frame: Frame) -> None:
        if not self._watched:
            return
        if not self._fits(frame) and not self._wanted:
            self.fit()
        now = time.monotonic()
        if self._is_running and now < self._placed_at + _PLACE_INTERVAL:
            return
        self._placed_at = now
        self._place()

    def _fits(self, frame: Frame | None) -> bool:
        """Return whether what is asked for is the landscape of a frame, too."""
        return frame is None or self._request is None or self._are_same(self._request.problem, frame.problem)

    def _is_asked_for(self, request: Request) -> bool:
        """Return whether nobody has chosen another plane since, and it is the landscape of what is shown, too."""
        if (request.kind, request.weights) != (self._kind, self._weights) or not self._fits(self._session.frame):
            return False
        return self._request is not None and self._are_same(self._request.problem, request.problem)

    def _are_same(self, one: Problem, other: Problem) -> bool:
        """Return whether two problems have one landscape; what was found last is remembered, for frames are many."""
        if self._same is None or self._same[0] is not one or self._same[1] is not other:
            if not is_same_landscape(one, other):
                return False
            self._same = one, other
        return True

    def _place(self) -> None:
        """Find the places of the steps that are shown and live."""
        frame, survey = self._session.frame, self._survey
        if frame is None or survey is None or not self._are_same(survey.problem, frame.problem):
            self._shown = self._live = None
        else:
            vector = frame.problem.network.pack(frame.parameters)
            self._shown = _place_of(survey.plane, frame.step, vector, frame.loss)
            self._live = self._newest() if self._session.status.shown is not None else None
        self.moved.emit()

    def _newest(self) -> Place | None:
        """Return where the newest step lies, as far as the path tells."""
        track = self.track
        if track is None:
            return None
        if not np.isfinite(track.losses[-1]) or track.steps[-1] < (self._session.status.shown or 0):
            return None
        (x, y), off = track.places[-1], track.off[-1]
        return Place(int(track.steps[-1]), float(x), float(y), float(off), float(track.losses[-1]))

    # -- what is asked and answered ------------------------------------------------------------------------------------

    def _ask_path(self) -> None:
        self._path_at = time.monotonic()
        if not self._closed:
            self._session.ask_path(self._path_came.emit)

    @pyqtSlot(object)
    def _take_path(self, path: RunPath) -> None:
        """Take the path of the run, and have another plane laid if that is wanted and nothing speaks against it."""
        frame = self._session.frame
        if not self._watched or frame is None or path.run != frame.run:
            return
        start = path.parameters[0].astype(np.float64)
        begins_anew = self._start is not None and not np.array_equal(start, self._start)
        self._start = start
        if begins_anew and not self._wanted:
            if self._begins_on_plane(start):
                self._follows = False
            else:
                self._wanted = self._follows = True
        if not self._wanted:
            self._thread.loop.trace(path)
            return
        self._wanted = False
        self._post(self._make(frame, path))

    def _begins_on_plane(self, start: Array) -> bool:
        survey = self._survey
        if survey is None or survey.plane.origin.size != start.size:
            return False
        return float(survey.plane.distance(start)) <= _ON_PLANE * float(np.linalg.norm(start))

    def _make(self, frame: Frame, path: RunPath) -> Request:
        """Return what is asked for at a step; of a run that has left all bounds, at the last before it did."""
        problem = frame.problem
        pack = problem.network.pack
        size = problem.network.size
        if max(self._weights) >= size > 1:  # with fewer there is no plane, and they are kept for the next network
            self._weights = (0, 1)
        self._made_at, self._made = frame.step, time.monotonic()
        step, here = frame.step, pack(frame.parameters).astype(np.float64)
        gradient = pack(frame.gradients).astype(np.float64)
        near = np.flatnonzero(is_near(path.losses) & (path.steps <= step))
        if len(near) and not is_near(np.array([path.losses[0], frame.loss]))[1]:
            step, here = int(path.steps[near[-1]]), path.parameters[near[-1]].astype(np.float64)
            gradient = np.zeros_like(here)  # it is not known any more
        earlier = np.flatnonzero(path.steps < step)
        last = path.parameters[earlier[-1]].astype(np.float64) if len(earlier) else None
        return Request(0, problem, self._kind, path, step, here, gradient, last, self._weights)

    def _post(self, made: Request, plane: Plane | None = None, window: Window | None = None) -> None:
        if self._closed:
            return
        self._number += 1
        self._request = replace(made, number=self._number, plane=plane, window=window)
        self._thread.loop.post(self._request)
        self._thread.begin()

    @pyqtSlot()
    def _receive(self) -> None:
        """Take what the thread has found, unless it is too late."""
        survey, track, probe = self._thread.loop.take()
        if not self._watched:
            return
        plane = None if self._survey is None else self._survey.plane
        if survey is not None and survey.number == self._number:
            self._survey, self._answered = (survey, self._request) if isinstance(survey, Survey) else (None, None)
            self._refusal = survey if isinstance(survey, Refusal) else None
        if track is not None and track.run == self._session.status.run:
            self._track = track
        if self._survey is not None and self._survey.plane is not plane:
            self._probe = None
        self._place()
        if survey is not None:
            self.surveyed.emit()
        if probe is not None and self._survey is not None and probe.plane is self._survey.plane:
            self._probe = probe
            self.probed.emit()


def teacher_place(problem: Problem, plane: Plane) -> Place | None:
    """Return where the teacher lies on a plane; None: there is none that the student could become."""
    taught = teacher_of(problem)
    return None if taught is None else _place_of(plane, -1, taught, 0.0)


def _place_of(plane: Plane, step: int, vector: Array, loss: float) -> Place:
    (x, y), off = plane.project(vector), plane.distance(vector)
    return Place(step, float(x), float(y), float(off), loss)
