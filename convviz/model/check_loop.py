"""A check of gradients that costs nobody anything: what the thread that checks does, without the thread.

A check costs hundreds of evaluations of the loss. It is therefore done by a thread of its own, which begins once the
window has been quiet for a moment, works in slices far shorter than a frame, rests between them, and rests a hundred
times as long while training runs. It has one check in hand at most: a newer request, or the end, is looked for before
every evaluation of the loss and takes its place.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from convviz.engine.check import Check, Report
from convviz.engine.errors import ConvvizError
from convviz.model.idle_loop import IdleLoop, SupersededError, WorkClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convviz.engine.problem import Problem

Array = NDArray[Any]

_logger = logging.getLogger(__name__)

#: How many parameters a check by itself takes at most.
SAMPLE = 48
#: How much of a processor's time it may use, in seconds; one parameter of each array is checked whatever it takes.
BUDGET = 1.0
#: How long nothing new must have come before it begins, in seconds.
QUIET = 0.15
#: After how much work a rest is due, in seconds.
_SLICE = 0.001
#: The share of the time that is spent working while training runs, and while it does not.
GENTLE_SHARE, IDLE_SHARE = 0.004, 0.5
#: How often progress is told at most, in seconds between.
_TELLING = 0.1


class Verdict(Enum):
    """What a check came to."""

    RIGHT = "right"
    WRONG = "wrong"
    NOTHING = "nothing"  #: neither a parameter nor a linear layer is there to be checked
    IMPOSSIBLE = "impossible"  #: it could not be done; `Finding.error` says why


class Request(NamedTuple):
    """What is to be checked.

    Attributes
    ----------
    number
        The larger one is the newer request; its answer carries it.
    run, step, problem, parameters
        The point, as a frame has it.
    every
        Every parameter, and at once, for somebody waits for it; else a sample, when there is time.
    """

    number: int
    run: int
    step: int
    problem: Problem
    parameters: Sequence[Mapping[str, Array]]
    every: bool = False


class Finding(NamedTuple):
    """What a check has found.

    Attributes
    ----------
    number, run, step, problem, every
        Of the request.
    report
        None where it could not be checked.
    error
        Why it could not.
    """

    number: int
    run: int
    step: int
    problem: Problem
    every: bool
    report: Report | None
    error: Exception | None = None

    @property
    def verdict(self) -> Verdict:
        """What it came to."""
        report = self.report
        if report is None:
            return Verdict.IMPOSSIBLE
        if not report.slopes and not report.adjoints:
            return Verdict.NOTHING
        return Verdict.RIGHT if report.passed else Verdict.WRONG


class Progress(NamedTuple):
    """How far the check ``number`` is: so many portions of a total."""

    number: int
    done: int
    total: int


class Withdrawn(NamedTuple):
    """The check ``number`` was ended before it had found anything; nothing more is heard of it."""

    number: int


#: What is told of a check.
Answer = Finding | Progress | Withdrawn


class _EnoughError(Exception):
    """What has been found so far will do."""


class _NothingYetError(Exception):
    """Nothing has been found that could do."""


class CheckingLoop(IdleLoop):
    """The loop of the checking thread.

    `post`, `take`, `drop`, `finish`, `be_gentle` and `close` may be called from any thread; `run` and `turn` belong to
    one.

    Parameters
    ----------
    notify
        Called in the loop's thread when there is something to take.
    """

    def __init__(self, notify: Callable[[], object], clock: WorkClock | None = None) -> None:
        super().__init__(notify, clock, GENTLE_SHARE, IDLE_SHARE)
        self._waiting: Request | None = None
        self._due = 0.0
        self._finishing = False
        self._answer: Answer | None = None
        self._told = 0.0

    def post(self, request: Request) -> None:
        """Ask for a check; whatever was asked for before is forgotten."""
        with self._wake:
            self._waiting = request
            self._due = self._clock.now() + (0.0 if request.every else QUIET)
            self._dropped = self._finishing = False
            self._wake.notify()

    def finish(self) -> None:
        """Answer with what the check in hand has found by now, or that it is `Withdrawn` where that is nothing."""
        with self._wake:
            self._finishing = True
            self._wake.notify()

    def take(self) -> Answer | None:
        """Return the newest answer, once."""
        with self._wake:
            answer, self._answer = self._answer, None
            return answer

    def _forget(self) -> None:
        self._waiting = None

    def _has_newer(self) -> bool:
        return self._waiting is not None

    def turn(self) -> bool:
        """Wait for a request and answer it, unless it is overtaken; return False when closed."""
        request = self._await_request()
        if request is None:
            return False
        report: Report | None = None
        error: Exception | None = None
        try:
            report = self._check(request)
        except SupersededError:
            return True
        except _NothingYetError:
            self._tell(Withdrawn(request.number))
            return True
        except ConvvizError as refusal:
            error = refusal.with_traceback(None)  # which would keep all of the check's memory
        except Exception as trouble:
            _logger.exception("the checking thread goes on after an error")
            error = trouble.with_traceback(None)
        self._tell(Finding(request.number, request.run, request.step, request.problem, request.every, report, error))
        return True

    def _await_request(self) -> Request | None:
        """Wait until there is a request and all has been quiet for a moment; None: the loop is to end."""
        with self._wake:
            while not self._closing:
                left = None if self._waiting is None else self._due - self._clock.now()
                if left is not None and left <= 0:
                    request, self._waiting = self._waiting, None
                    self._dropped = False
                    return request
                self._clock.wait(self._wake, left)
        return None

    def _check(self, request: Request) -> Report:
        began = self._rested = self._clock.worked()
        self._told = self._clock.now()
        sample = None if request.every else SAMPLE
        check: Check | None = None
        try:
            check = Check(request.problem, request.parameters, sample=sample, seed=request.number, between=self._pause)
            arrays = sum(len(layer) for layer in request.parameters)
            while check.advance():
                over = self._clock.worked() - began > BUDGET
                if over and not request.every and len(check.report.slopes) >= arrays:
                    break
                self._tell_progress(request, check)
        except _EnoughError:
            if check is None or not check.report.done:
                raise _NothingYetError from None
        return check.report

    def _tell_progress(self, request: Request, check: Check) -> None:
        now = self._clock.now()
        if now - self._told >= _TELLING:
            self._told = now
            report = check.report
            self._tell(Progress(request.number, report.done, report.total))

    def _tell(self, answer: Answer) -> None:
        with self._wake:
            was_empty, self._answer = self._answer is None, answer
        if was_empty:
            self._notify()

    def _pause(self) -> None:
        """Rest if a rest is due; raise if this check is not to go on."""
        with self._wake:
            worked = self._clock.worked() - self._rested
            began = self._clock.now()
            while True:
                self._check_wanted()
                if self._finishing:
                    self._finishing = False
                    raise _EnoughError
                left = self._rest_left(worked, began)
                if worked < _SLICE or left <= 0:
                    break
                self._clock.wait(self._wake, left)
            if worked >= _SLICE:
                self._rested = self._clock.worked()
