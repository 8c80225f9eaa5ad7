"""Between the session and the window: what a person asks of the run, and what the run reports."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from convviz.engine.frames import State, Status
from convviz.i18n import mark, tr
from convviz.views import run_words, theme
from convviz.views.action_texts import keys_text
from convviz.views.banner import Message
from convviz.views.replay import Replay
from convviz.views.restart_note import RestartNote
from convviz.views.seeds import another_seed
from convviz.views.standstill_control import StandstillControl

if TYPE_CHECKING:
    from convviz.model.branches import Branches
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.session import Session
    from convviz.views.divergence_control import DivergenceControl
    from convviz.views.menus import Menus
    from convviz.views.panels.loss import LossPanel
    from convviz.views.parts import Parts
    from convviz.views.preferences import Preferences


#: What *replay* is while recorded steps pass, and *play* while that rests.
_REPLAYING = (mark("Pause"), mark("Stop at the step that is shown"), "pause")
_HELD = (mark("Play"), mark("Let the replay go on"), "play")


class RunControl(QObject):
    """Turns actions into requests to the session, and reports into what the controls show.

    A control shows what the training thread has reported, never what was clicked.
    """

    def __init__(
        self,
        document: Document,
        session: Session,
        branches: Branches,
        preferences: Preferences,
        parts: Parts,
        loss: LossPanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._session = session
        self._branches = branches
        self._preferences = preferences
        self._actions = parts.actions
        self._transport = parts.transport
        self._history = parts.history
        self._loss = loss
        self._line = parts.line
        self._banner = parts.banner
        self._status = Status()
        self._began_at = 0
        self._resets_next = False
        self._told = Status()
        self._told_at = 0.0
        self._replay = Replay(session, self)
        self._parts = parts
        self._divergence: DivergenceControl | None = None  # made when a run diverges for the first time
        self._restart = RestartNote(document, session, parts.line, self)
        self._standstill = StandstillControl(document, session, parts, self)
        self._goes_on_from: int | None = None  # a newest step that is not shown, as tooltips tell it
        self._connect(parts.menus)
        loss.set_series(session.losses)
        session.set_speed(preferences.speed)
        self._report(session.status)
        self._offer_seed()

    def _connect(self, menus: Menus) -> None:
        session = self._session
        for name, act in {
            "play": self._play,
            "step": self._step,
            "run_n": self._run_n,
            "reset": self.reset,
            "new_seed": self._new_seed,
            "continue": self._continue,
            "replay": self._replay.toggle,
        }.items():
            self._actions[name].triggered.connect(act)
        self._transport.speed_asked.connect(self._set_speed)
        self._transport.run_length_changed.connect(self._run_length_changed)
        menus.speed_asked.connect(self._set_speed)
        self._history.step_asked.connect(self.look_at)
        self._loss.step_asked.connect(self.look_at)
        self._replay.changed.connect(self._show_playing)
        session.status_changed.connect(self._report)
        session.losses_changed.connect(self._loss.refresh)
        session.frame_changed.connect(self._follow_frame)
        session.failed.connect(self._failed)
        self._standstill.restart_asked.connect(self._begin_anew)
        self._standstill.back_asked.connect(self._go_back)
        self._document.changed.connect(self._offer_seed)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._tell(self._status)
        self._offer_seed()
        self._goes_on_from = None
        self._tell_past(self._status)

    # -- requests ------------------------------------------------------------------------------------------------------

    def _play(self) -> None:
        if self._replay.is_passing or self._replay.is_held:
            self._replay.toggle()
            return
        if self._status.state is not State.RUNNING:
            self._leave_past()
        self._session.toggle()

    def _step(self) -> None:
        self._leave_past()
        self._session.step()

    def _leave_past(self) -> None:
        """Show the newest step again: who lets the student learn wants to see it."""
        self._replay.end()
        if self._status.shown is not None:
            self._session.show_step(None)

    def look_at(self, step: int | None) -> None:
        """Show a recorded step, or the newest again (None)."""
        self._replay.hold()
        self._session.show_step(step)

    def reset(self) -> None:
        """Go back to step 0, with the same initial parameters; undoing that brings back what has been made."""
        self._resets_next = self._session.is_waiting  # for a run that undoing, say, is bringing back: it is to be kept
        if not self._resets_next:
            self._begin_anew(self._document.experiment, tr("Reset"))

    def forget_steps(self) -> None:
        """Go back to step 0 for good."""
        self._replay.end()
        self._session.reset()

    def _begin_anew(self, experiment: Experiment, text: str) -> None:
        """Begin again with an experiment that differs at most in what can change while it runs."""
        steps = self._status.step
        if not steps or self._session.is_waiting:
            self._document.propose(experiment, text)
            self.forget_steps()
            return
        self._replay.end()
        self._branches.reset(experiment, text)
        self._restart.note_reset(steps)

    def _go_back(self, step: int) -> None:
        """Go on from a recorded step, as another branch of the run."""
        self._replay.end()
        self._branches.begin(step)

    def _run_n(self) -> None:
        self._leave_past()
        self._session.run(self._transport.run_length())

    def _run_length_changed(self, steps: int) -> None:
        self._preferences.run_length = steps

    def _set_speed(self, steps_per_second: float) -> None:
        self._preferences.speed = steps_per_second
        self._session.set_speed(steps_per_second)

    def _new_seed(self) -> None:
        experiment = self._document.experiment
        self._document.propose(experiment.replace(seed=another_seed(experiment.seed)), tr("New seed"))

    def _offer_seed(self) -> None:
        """Offer a new seed only where it makes a difference, and say where it does not."""
        drawn = self._document.experiment.draws_student
        self._actions["new_seed"].setEnabled(drawn)
        why_not = tr("Every initial kernel of this student is given, or has a seed of its own")
        self._actions.explain("new_seed", None if drawn else why_not)

    def _continue(self) -> None:
        shown = self._seen.shown
        if shown is not None:
            self._go_back(shown)

    # -- reports -------------------------------------------------------------------------------------------------------

    def _report(self, status: Status) -> None:
        before, self._status = self._status, status
        if status.state is State.DIVERGED and self._divergence is None:
            self._divergence = self._made_divergence()
        if status.goal == self._document.experiment.stop.steps:  # the whole run, however often it rested on the way
            self._began_at = 0
        elif status.goal != before.goal or status.run != before.run or status.step < self._began_at:
            self._began_at = status.step
        if status.state is not before.state:
            self._show_playing()
        if status.state is not State.EMPTY:  # before there is a run, the speed is the one that was asked for
            self._transport.set_speed(status.speed)
        readable = self._is_readable(status)
        self._loss.set_status(self._seen, words=readable)
        if readable:
            self._told, self._told_at = status, time.perf_counter()
            self._show_position(status)
            self._tell(status)
        if (status.state, status.run) != (before.state, before.run):
            self._enable(status)
            self._warn(status)
        if self._resets_next and not self._session.is_waiting:
            self.reset()

    @property
    def _seen(self) -> Status:
        """What was reported last, with the step that is seen."""
        return self._status if self._divergence is None else self._divergence.seen(self._status)

    def _show_position(self, status: Status) -> None:
        self._history.set_position(status.step, self._seen.shown)
        in_past = status.shown is not None  # and not because there is nothing later to be seen
        self._actions.enable(live=in_past, later=in_past)
        self._tell_past(status)

    def _tell_past(self, status: Status) -> None:
        """Tell beforehand from where it goes on while a step of the past is shown."""
        replays = self._replay.is_passing or self._replay.is_held
        in_past = status.shown is not None and not replays
        keys = keys_text(self._actions["continue"].shortcut())
        self._line.show_hint(run_words.past_text(status, keys) if in_past else "")
        newest = status.step if in_past and status.state is not State.RUNNING else None
        if newest != self._goes_on_from:
            self._goes_on_from = newest
            for name, sentence in run_words.from_newest(newest).items():
                self._actions.explain(name, sentence)

    def _is_readable(self, status: Status) -> bool:
        """Return whether words are to follow a report: not while many steps pass before anybody could read them."""
        told = self._told
        flies = status.state is State.RUNNING and status.step > told.step + 1
        news = (status.state, status.run, status.shown, status.goal, status.speed)
        is_news = news != (told.state, told.run, told.shown, told.goal, told.speed)
        return is_news or not flies or time.perf_counter() >= self._told_at + theme.READABLE

    def _show_playing(self) -> None:
        """Let *play* and *replay* be what they do now: go on, or stop."""
        replay = self._replay
        self._transport.set_running(replay.is_passing or self._status.state is State.RUNNING)
        if replay.is_passing:
            self._actions.show_as("replay", *_REPLAYING)
        else:
            self._actions.restore("replay")
        if replay.is_held:
            self._actions.show_as("play", *_HELD)
        self._tell(self._status)
        self._tell_past(self._status)

    def _tell(self, status: Status) -> None:
        steps = self._document.experiment.stop.steps
        if self._replay.is_passing or self._replay.is_held:
            self._line.show_state(run_words.replay_text(status, passing=self._replay.is_passing), "accent")
        else:
            self._line.show_state(run_words.state_text(status, steps), run_words.state_colour(status))
        self._line.show_rate(run_words.rate_text(status))
        if status.goal is None:  # it has come to an end, or goes on beyond it
            self._line.show_progress(1.0 if status.state is State.FINISHED else min(1.0, status.step / steps))
            return
        length = max(1, status.goal - self._began_at)
        left = status.goal - status.step
        self._line.show_progress(1 - left / length, run_words.time_left_text(left, status.rate))

    def _enable(self, status: Status) -> None:
        able = status.state in (State.PAUSED, State.RUNNING, State.FINISHED)
        loaded = status.state is not State.EMPTY and status.state is not State.FAILED
        self._actions.enable(play=able, step=able, run_n=able, reset=loaded)

    def _warn(self, status: Status) -> None:
        if status.state is State.DIVERGED and self._divergence is not None:
            self._divergence.report(status)
        elif self._banner.subject == run_words.SUBJECT and status.state is not State.FAILED:
            self._banner.dismiss()

    def _made_divergence(self) -> DivergenceControl:
        from convviz.views.divergence_control import DivergenceControl

        control = DivergenceControl(self._document, self._session, self._parts, self)
        control.reset_asked.connect(self.reset)
        control.restart_asked.connect(self._begin_anew)
        control.back_asked.connect(self._go_back)
        return control

    def _follow_frame(self) -> None:
        """Let what is said of a run that diverged be said of the numbers that are shown now."""
        if self._status.state is State.DIVERGED and self._divergence is not None:
            self._loss.set_status(self._seen)
            self._show_position(self._status)
            self._divergence.follow_frame()

    def _failed(self, message: str) -> None:
        reason = run_words.reason_text(message)
        self._banner.show_message(
            Message(
                lambda: tr("The run was stopped by an error. {reason}").format(reason=reason),
                "error",
                run_words.SUBJECT,
            )
        )
