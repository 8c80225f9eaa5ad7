"""The running experiment, as the views see it."""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

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
)
from convviz.engine.errors import ConvvizError
from convviz.engine.frames import Frame, Packet, State, Status
from convviz.engine.worker import TrainingThread
from convviz.model.run_names import RunNames
from convviz.model.series import LossSeries

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.frames import RunPath
    from convviz.engine.live import LiveRun
    from convviz.engine.recorded import Recorded
    from convviz.model.experiment import Experiment


class Session(QObject):
    """Owns the training thread, and tells the views what it reports. To be used from the thread of the window.

    The requests return at once; what became of them is in the signals. While these are sent, the training waits (not
    for long): a view that repaints at once is not disturbed by it.

    Signals
    -------
    run_left : int
        The first news of a new run have come, and are about to be shown; the name of the run before it, of which
        `status` and `losses` still tell. Who wants to keep the losses has them handed over.
    run_started : int
        The first news of a new run; its id. The series of losses begins anew.
    status_changed : Status
    losses_changed
        `losses` has grown, or was cut off.
    frame_changed : Frame
    failed : str
        Nothing runs any more, for the reason given; another experiment can be loaded.
    closed
        The training thread has ended; nothing else is ever sent after this.
    """

    run_left = pyqtSignal(int)
    run_started = pyqtSignal(int)
    status_changed = pyqtSignal(object)
    losses_changed = pyqtSignal()
    frame_changed = pyqtSignal(object)
    failed = pyqtSignal(str)
    closed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = TrainingThread()
        self._thread.frame_ready.connect(self._receive)
        weakref.finalize(self, self._thread.request_close)
        self._closed = False
        self._run = 0
        self._layouts: dict[int, _Layout | None] = {}  # of the runs that were asked for and not yet seen
        self._run_names = {0: 0}  # of these, and of the one that was seen last
        self._names = RunNames()
        self._branching: tuple[Experiment, int | None] | None = None
        self._frame: Frame | None = None
        self._status = Status()
        self._due = math.nan
        self._losses = LossSeries()
        self._expected: LossSeries | None = None
        self._playing = False
        self._plays_by_itself = False

    @property
    def frame(self) -> Frame | None:
        """The newest picture of the current run, or None."""
        return self._frame

    @property
    def frame_due(self) -> float:
        """When, by `time.perf_counter`, what was reported last should have been shown; NaN where no beat said so."""
        return self._due

    @property
    def status(self) -> Status:
        """What the training thread reported last."""
        return self._status

    @property
    def losses(self) -> LossSeries:
        """The losses of the current run, complete; always the same object."""
        return self._losses

    @property
    def is_waiting(self) -> bool:
        """Whether a new run is on its way, so that what is reported is of an earlier one."""
        return self._run != self._status.run

    def name_of(self, experiment: Experiment) -> int:
        """Return what the run of an experiment is called; 0: it has not been asked for.

        Experiments that differ only in what was changed while they ran are of one run.
        """
        return self._names.known(experiment) or 0

    def expect_losses(self, losses: LossSeries) -> None:
        """Offer the losses with which the run may begin whose news are about to be shown, instead of a copy of them."""
        self._expected = losses

    def load(self, experiment: Experiment, play: bool | None = None) -> None:
        """Begin a new run.

        Parameters
        ----------
        experiment
            What to run; it is built in the thread, and an earlier one that was not begun by then is passed over.
        play
            Whether the run goes at once; None: if the one before it was playing. A run that was begun playing in
            this way and has come to its end by itself counts as playing.
        """
        self._names.forget(experiment)
        self._load(experiment, play)

    def _load(self, experiment: Experiment, play: bool | None = None, branch: int | None = None) -> None:
        self._playing = self._playing if play is None else play
        self._plays_by_itself = self._playing
        self._run += 1
        self._layouts[self._run] = _layout(experiment)
        self._run_names[self._run] = name = self._names.of(experiment)
        self._post(Load(self._run, experiment.build, self._playing, name, self._names.all(), branch))

    def branch(self, experiment: Experiment, step: int | None) -> int:
        """Let ``experiment``, when it is followed to, have a run of its own that begins at a step of the present one.

        Parameters
        ----------
        experiment
            Another object than that which runs, though it may be equal. It needs no rebuild.
        step
            A recorded step; None: it begins anew, with nothing of the present one. The run that there is keeps all of
            its steps, and is left as by an edit that is undone.

        Returns
        -------
        int
            What that run is called.
        """
        self._branching = experiment, step
        return self._names.of(experiment)

    def follow(self, old: Experiment, new: Experiment, *, apart: bool = False) -> bool:
        """Go from ``old``, which runs, to ``new``: while it runs where that is possible, else by a new run.

        An edit that is undone, or redone, goes back to the very object that ran before it. Then its run is taken up
        again at the step where it was left, unless it had to be forgotten for want of memory. The same holds for a
        branch of the present run; it is paused.

        ``apart``: take another run in any case; it is paused.

        Returns
        -------
        bool
            Whether it takes a new run.
        """
        begins, self._branching = self._branching, None
        if apart:
            self._load(new, play=False)
            return True
        if old.needs_rebuild(new):
            self._load(new)
            return True
        if begins is not None and begins[0] is new:
            self._load(new, play=False, branch=begins[1])
            return True
        if self._names.known(new) not in (None, self._names.of(old)):
            self._load(new, play=False)
            return True
        self._names.share(old, new)
        if new.optimizer.learning_rate != old.optimizer.learning_rate:
            self.set_learning_rate(new.optimizer.learning_rate)
        if new.stop != old.stop:
            self._post(SetStop(new.stop))
        return False

    def play(self) -> None:
        """Run to the experiment's number of steps, or, once that is reached, on without a goal."""
        self._transport(Play(), playing=True)

    def pause(self) -> None:
        """Stop after the step in hand."""
        self._transport(Pause(), playing=False)

    def toggle(self) -> None:
        """Pause what runs, play what does not."""
        if self._status.state is State.RUNNING:
            self.pause()
        else:
            self.play()

    def step(self) -> None:
        """Make one step."""
        self.run(1)

    def run(self, steps: int) -> None:
        """Make ``steps`` more steps, then pause."""
        self._transport(RunSteps(steps), playing=False)

    def reset(self) -> None:
        """Go back to step 0, with the same initial parameters, and pause."""
        self._transport(Reset(), playing=False)

    def show_step(self, step: int | None) -> None:
        """Look at recorded step ``step``, or at the live one again (None); the training is not touched.

        While a new run is on its way there is nothing to look at.
        """
        if not self.is_waiting:
            self._post(ShowStep(step))

    def set_learning_rate(self, rate: float) -> None:
        """Use ``rate`` from the next step on."""
        self._post(SetLearningRate(rate))

    def set_speed(self, steps_per_second: float) -> None:
        """Make so many steps a second; infinity: as fast as it goes."""
        self._post(SetSpeed(steps_per_second))

    def set_frame_rate(self, frames_per_second: float) -> None:
        """Show at most so many frames a second."""
        self._post(SetFrameRate(frames_per_second))

    def want_input_gradient(self, wanted: bool) -> None:
        """Say whether frames carry the derivative of the loss by the input."""
        self._post(WantInputGradient(wanted))

    def ask_path(self, answer: Callable[[RunPath], object]) -> None:
        """Have ``answer`` called, in the training thread, with the path of the run; what is asked last is answered."""

        def look(live: LiveRun | None) -> None:
            if live is not None:
                answer(live.path())

        self._post(Consult(look, question="path"))

    def ask_last_open(self, answer: Callable[[int, int | None], object]) -> None:
        """Have ``answer`` called, in the training thread, with the run's id and the last step that was not blocked.

        It is what `convviz.engine.standstill.last_open` returns for the newest step, which is blocked. Nobody is told
        of a run that has been left by then.
        """
        from convviz.engine.standstill import last_open  # late, for it is seldom asked for

        def look(live: LiveRun | None) -> None:
            if live is not None:
                answer(live.run, last_open(lambda step: live.recorded(step, input_gradient=False), live.step))

        self._post(Consult(look, self._status.run, question="last open"))

    def recorded(self) -> Recorded:
        """Return the way for another thread to ask for steps of the run that is shown."""
        from convviz.engine.recorded import Recorded  # late, for it is seldom asked for

        return Recorded(self._thread.post, self._status.run)

    def close(self) -> None:
        """End the training thread: ask it, and wait for it. Nothing is reported, and nothing can be asked, after it."""
        if not self._closed:
            self._closed = True
            self._thread.close()
            self.closed.emit()

    def _transport(self, command: Command, *, playing: bool) -> None:
        self._playing = playing
        self._plays_by_itself = False
        self._post(command)

    def _post(self, command: Command) -> None:
        if self._closed:
            return
        self._thread.post(command)
        if not self._thread.isRunning():
            self._thread.start()

    @pyqtSlot()
    def _receive(self) -> None:
        """Take what the thread has left, show it, and let the thread go on, whatever the views make of it."""
        packet = None if self._closed else self._thread.take()
        try:
            before = None if packet is None else packet.before
            if before is not None and before.status.run == self._status.run:
                self._record(before)
            if packet is not None and self._is_wanted(packet.status.run):
                self._show(packet)
            elif packet is not None and packet.status.run == self._status.run:
                self._record(packet)
        finally:
            self._thread.painted()
        self._losses.make_ready()  # now that the training goes on and nobody waits for it

    def _is_wanted(self, run: int) -> bool:
        """Return whether news of a run are to be shown: of the newest, or on the way to it.

        While a control is dragged, experiments are asked for faster than large ones can be built. The one that has
        just been built is shown, though a newer one waits, unless the arrays of the two differ in shape; news of a run
        that was seen before are late.
        """
        if run == self._run:
            return True
        layout = self._layouts.get(run)
        return run > self._status.run and layout is not None and layout == self._layouts.get(self._run)

    def _show(self, packet: Packet) -> None:
        before, status = self._status, packet.status
        if new_run := status.run != before.run:
            self._expected = None
            self.run_left.emit(self._run_names[before.run])
            self._frame = None
            self._losses.truncate(0)
            self._layouts = {run: layout for run, layout in self._layouts.items() if run > status.run}
            self._run_names = {run: name for run, name in self._run_names.items() if run >= status.run}
        grown = packet.losses.size > 0 or packet.first < len(self._losses)
        self._record(packet)
        self._due = packet.due
        self._frame = packet.frame or self._frame
        if status.run == self._run:
            self._note_playing(status)
        if new_run:
            self.run_started.emit(status.run)
        self.status_changed.emit(status)
        if grown or new_run:
            self.losses_changed.emit()
        if packet.frame is not None:
            self.frame_changed.emit(packet.frame)
        if status.state is State.FAILED and (new_run or before.state is not State.FAILED):
            self.failed.emit(status.message)

    def _record(self, packet: Packet) -> None:
        """Take what was reported of the run that was seen last: all that is told of it once another is on its way."""
        expected, self._expected = self._expected, None
        self._losses.truncate(packet.first)
        taken = 0 if expected is None or packet.first else self._losses.go_on_from(expected, packet.losses)
        self._losses.append(packet.losses[taken:])
        self._status = packet.status

    def _note_playing(self, status: Status) -> None:
        """Remember whether a run that takes this one's place is to go at once."""
        if status.state is State.RUNNING:
            self._playing = True
        elif status.state is State.PAUSED or not self._plays_by_itself:
            self._playing = False


#: The shapes of all maps, and by layer the shapes of its parameters by name.
_Layout = tuple[tuple[tuple[int, ...], ...], tuple[dict[str, tuple[int, ...]], ...]]


def _layout(experiment: Experiment) -> _Layout | None:
    """Return the shapes of everything in a frame, or None if the experiment is impossible."""
    try:
        shapes = experiment.shapes()
    except ConvvizError:
        return None
    layers = zip(experiment.layers, shapes, strict=False)
    return shapes, tuple(layer.parameter_shapes(shape) for layer, shape in layers)
