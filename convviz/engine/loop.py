"""What the training thread does, without the thread. It alone touches the trainer; commands go in, packets come out.

Frames are handed over by *rendezvous*: at a frame's deadline the loop leaves a packet in the mailbox, sends one signal
and waits, briefly and never without a limit, until the window has painted it. While one side works, the other waits:
nobody fights for the interpreter's lock, so the frame is painted at once and the training loses little more than the
time of painting.

`TrainingLoop` knows no Qt and can be driven turn by turn; `convviz.engine.worker` runs it in a thread.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.arrays import read_only
from convviz.engine.commands import (
    Command,
    Consult,
    Load,
    Pause,
    Play,
    Reset,
    RunSteps,
    SetFrameRate,
    SetLearningRate,
    SetSpeed,
    SetStop,
    ShowStep,
    WantInputGradient,
    enqueue,
)
from convviz.engine.errors import ConvvizError
from convviz.engine.frames import Packet, State, Status
from convviz.engine.live import LeftRun, LiveRun
from convviz.engine.mailbox import Mailbox
from convviz.engine.pacing import ChunkSize, FrameClock, Pace, RateMeter

if TYPE_CHECKING:
    from collections.abc import Callable

_logger = logging.getLogger(__name__)

#: How long the loop waits at most for the window to paint a frame, in seconds.
PATIENCE = 0.1
#: How long the loop works at most without looking for commands, in seconds, unless one step takes longer.
_CHUNK = 0.004
#: The most bytes of runs that were left and can be taken up again; beyond it the one that was left first is forgotten.
LEFT = 512 << 20


class Clock:
    """The time, and waiting for it to pass."""

    def now(self) -> float:
        """Return the time in seconds, from an arbitrary beginning."""
        return time.perf_counter()

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait on ``condition``, which is held, for at most ``seconds`` (None: until somebody notifies it)."""
        condition.wait(seconds)


class TrainingLoop:
    """The loop of the training thread.

    `post`, `take`, `painted` and `close` may be called from any thread; `run` and `turn` belong to one.

    Parameters
    ----------
    notify
        Called in the loop's thread when a packet waits in the mailbox; whoever takes it calls `painted` afterwards.
    """

    def __init__(self, notify: Callable[[], object], clock: Clock | None = None) -> None:
        self._notify = notify
        self._clock = clock or Clock()
        self._mailbox = Mailbox()
        self._wake = threading.Condition()  # guards the three that follow
        self._commands: deque[Command] = deque()
        self._painting = False
        self._closing = False
        self._live: LiveRun | None = None
        self._name: int | None = None  # the live run's
        self._left: dict[int, LeftRun] = {}  # by name, the one that was left last behind all others
        self._names: frozenset[int] = frozenset()  # of those, as they are reported
        self._status = Status()  # without a live run: the state to report
        self._sent = 0  # losses that have been left in the mailbox
        self._input_gradient = False
        self._pace = Pace()
        self._frames = FrameClock()
        self._chunk = ChunkSize(_CHUNK)
        self._meter = RateMeter()

    def post(self, command: Command) -> None:
        """Ask for something. It happens after the chunk of steps in hand."""
        with self._wake:
            if not self._closing:
                enqueue(self._commands, command)
                self._wake.notify()
                return
        self._turn_away(command)

    def take(self) -> Packet | None:
        """Empty the mailbox."""
        return self._mailbox.take()

    def painted(self) -> None:
        """Let the loop go on: what was taken has been painted. It goes on waiting if something newer is still there."""
        with self._wake:
            if self._mailbox.is_empty:
                self._painting = False
                self._wake.notify()

    def close(self) -> None:
        """Ask the loop to end after the step, chunk or build in hand."""
        with self._wake:
            self._closing = True
            waiting = tuple(self._commands)
            self._commands.clear()
            self._wake.notify()
        for command in waiting:
            self._turn_away(command)

    def run(self) -> None:
        """Go on until closed. Nothing that goes wrong is raised: it is reported."""
        while self.turn():
            pass

    def turn(self) -> bool:
        """Act on one command, or make the steps that are due, or wait for either; return False when closed."""
        command = self._await_command()
        if self._closing:
            self._turn_away(command)
            return False
        try:
            if command is not None:
                self._act(command)
            elif self._live is not None:
                self._advance(self._live)
        except ConvvizError as error:
            self._fail(str(error))
        except Exception as error:
            _logger.exception("the training thread goes on after an error")
            self._fail(f"{type(error).__name__}: {error}")
        return True

    def _await_command(self) -> Command | None:
        """Wait until there is a command, which is returned, or until a step is due."""
        with self._wake:
            while not self._commands and not self._closing:
                running = self._live is not None and self._live.state is State.RUNNING
                delay = self._pace.next() - self._clock.now() if running else None
                if delay is not None and delay <= 0:
                    return None
                self._clock.wait(self._wake, delay)
            return self._commands.popleft() if self._commands else None

    def _act(self, command: Command) -> None:
        match command:
            case Load():
                self._load(command)
            case SetSpeed(speed):
                self._pace.change(speed, self._clock.now())
                self._report(picture=False)
            case SetFrameRate(frames_per_second):
                self._frames.change(frames_per_second, self._clock.now())
            case WantInputGradient(wanted):
                self._input_gradient = wanted
                self._report(picture=True)
            case Consult():
                self._let_look(command, self._live)
            case _ if self._live is not None:
                self._drive(self._live, command)

    def _turn_away(self, command: Command | None) -> None:
        """Let nobody wait for an answer that does not come any more."""
        if isinstance(command, Consult):
            self._let_look(command, None)

    def _let_look(self, command: Consult, live: LiveRun | None) -> None:
        """Show somebody the run; it is no fault of this one if that does not end well."""
        try:
            command.look(live if live is not None and command.run in (None, live.run) else None)
        except Exception:
            _logger.exception("the training thread goes on after an error of somebody who looked at the run")

    def _load(self, command: Load) -> None:
        self._status = Status(run=command.run, speed=self._pace.speed)
        name, left = command.name, None
        try:
            begun = self._leave(command)
            left = None if name is None else self._left.pop(name, None)
            self._forget(command.names)
            self._live = live = LiveRun(command.build(), command.run, begun if left is None else left)
        except Exception:
            if name is not None and left is not None:
                self._left[name] = left
            raise
        finally:
            self._names = frozenset(self._left)
        self._name = name
        self._chunk = ChunkSize(_CHUNK)
        if command.play and live.state is State.PAUSED:
            live.play()
        self._start(at_once=False)
        self._report(picture=True)

    def _leave(self, command: Load) -> LeftRun | None:
        """Put the live run among those that were left, and return the beginning of a branch of it, if one is wanted.

        If its losses are to be compared with those of the new run, the last of them are reported first.
        """
        live, branch = self._live, command.branch
        try:
            if live is not None and self._sent < live.step and (branch is not None or command.name in self._left):
                self._report(picture=False)
            return None if live is None or branch is None else live.beginning(branch)
        finally:
            self._live, self._sent = None, 0
            if live is not None and self._name is not None:
                self._left[self._name] = live.leave()

    def _forget(self, names: frozenset[int]) -> None:
        """Forget the runs that were left but those of these names, and of those what takes too much memory."""
        self._left = {name: left for name, left in self._left.items() if name in names}
        while sum(left.recording.nbytes for left in self._left.values()) > LEFT:
            del self._left[next(iter(self._left))]

    def _drive(self, live: LiveRun, command: Command) -> None:
        """Act on a command to the run."""
        was_running = live.state is State.RUNNING
        was_shown = live.shown
        match command:
            case Play():
                live.play()
            case RunSteps(count):
                live.run_steps(count)
                if count == 1:  # a click on 'step' is not made to wait for the pace
                    live.advance(1)
            case Pause():
                live.pause()
            case Reset():
                live.reset()
                self._sent = 0
            case ShowStep(step):
                live.show(step)
            case SetLearningRate(rate):
                live.set_learning_rate(rate)
            case SetStop(stop):
                live.set_stop(stop)
        running = live.state is State.RUNNING
        if running and not was_running:
            self._start(at_once=True)
        self._report(picture=not running or live.shown != was_shown)

    def _start(self, *, at_once: bool) -> None:
        """Begin to count time, the first step being due at once or after one interval."""
        now = self._clock.now()
        self._pace.start(now, at_once=at_once)
        self._frames.start(now)
        self._meter.start()

    def _advance(self, live: LiveRun) -> None:
        """Make the steps that are due, and show them if a frame is due."""
        began = self._clock.now()
        every_step = self._pace.speed <= self._frames.frames_per_second
        free = self._pace.speed == math.inf
        most = 1 if every_step else self._chunk.steps(self._frames.next - began if free else math.inf)
        made = live.advance(self._pace.due(began, most))
        now = self._clock.now()
        self._pace.made(made, now)
        self._chunk.measured(made, now - began)
        if live.state is not State.RUNNING:
            self._report(picture=True)
        elif made and (every_step or now >= self._frames.next):
            self._meter.mark(now, live.step)
            self._report(picture=live.shown is None, due=math.nan if every_step else self._frames.next)
            self._frames.shown(now, self._clock.now())

    def _fail(self, message: str) -> None:
        run = self._status.run
        self._live = None
        self._status = Status(run=run, state=State.FAILED, speed=self._pace.speed, message=message)
        self._report(picture=False)

    def _report(self, *, picture: bool, due: float = math.nan) -> None:
        """Leave what is new in the mailbox and wait while the window paints it."""
        live = self._live
        if live is None:
            self._status = self._status._replace(speed=self._pace.speed, left=self._names)
            status, frame, losses = self._status, None, np.empty(0)
        else:
            frame = live.frame(self._input_gradient) if picture else None
            live.check()
            status = live.status(rate=self._meter.rate(), speed=self._pace.speed, left=self._names)
            losses = live.losses(self._sent)
        first, self._sent = self._sent, self._sent + len(losses)
        losses = read_only(losses)
        with self._wake:  # so that a late `painted` for an older picture does not count for this one
            self._painting = True
            is_alone = self._mailbox.leave(status, frame, losses, first, due)
        if is_alone:
            self._notify()
            self._await_painted()

    def _await_painted(self) -> None:
        """Wait until the window has painted, or the loop is to end, or the patience is at its end."""
        with self._wake:
            deadline = self._clock.now() + PATIENCE
            while self._painting and not self._closing:
                left = deadline - self._clock.now()
                if left <= 0:
                    return
                self._clock.wait(self._wake, left)
