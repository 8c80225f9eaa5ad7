"""What a run does, in words. No widgets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.frames import State, Status
from convviz.engine.stopping import StopReason
from convviz.i18n import joined, mark, ntr, tr
from convviz.number_text import short_number

Array = NDArray[Any]

#: What messages about a run are about, as the banner tells them from others.
SUBJECT = "run"
#: A loss is still good while it is at most this much above the least so far.
_GOOD = 1.1

_FINISHED = {
    StopReason.LOSS_BELOW: mark("finished: the loss is low enough"),
    StopReason.NO_PROGRESS: mark("finished: no more progress"),
    StopReason.MEMORY: mark("finished: the memory for losses is full"),
}

#: What the actions that make steps do while a step of the past is shown, by their names.
_FROM_NEWEST = {
    "play": mark("Let the student learn on from the newest step, {step}, not from the one that is shown"),
    "step": mark("Make one training step after the newest, {step}, not after the one that is shown"),
    "run_n": mark(
        "Make as many steps as the number beside it says after the newest, {step}, not after the one that is shown"
    ),
}


def state_text(status: Status, steps: int) -> str:
    """Return what the run of an experiment of so many steps does, for the status bar."""
    match status.state:
        case State.RUNNING if status.goal is None and status.step >= steps:
            return ntr("training beyond {steps} step", "training beyond {steps} steps", steps).format(
                steps=f"{steps:,}"
            )
        case State.RUNNING if status.goal is None:
            return tr("training without an end")
        case State.RUNNING:
            return tr("training")
        case State.PAUSED:
            return tr("paused at step {step}").format(step=f"{status.step:,}")
        case State.FINISHED:
            if status.reason in _FINISHED:
                return tr(_FINISHED[status.reason])
            return ntr("finished: {steps} step was made", "finished: {steps} steps were made", status.step).format(
                steps=f"{status.step:,}"
            )
        case State.DIVERGED:
            return tr("diverged at step {step}").format(step=f"{status.step:,}")
        case State.FAILED:
            return tr("stopped by an error")
        case State.EMPTY:
            return tr("nothing is loaded yet")


def left_text(steps: int) -> str:
    """Return that a change of the experiment took a new run in place of one of so many steps."""
    told = ntr(
        "The change began a new run. Undoing it brings back the one before, with its {steps} step.",
        "The change began a new run. Undoing it brings back the one before, with its {steps} steps.",
        steps,
    )
    return told.format(steps=f"{steps:,}")


def reset_text(steps: int) -> str:
    """Return that the run began anew, and how many steps it had."""
    told = ntr(
        "The run began anew. Undoing that brings it back, with its {steps} step.",
        "The run began anew. Undoing that brings it back, with its {steps} steps.",
        steps,
    )
    return told.format(steps=f"{steps:,}")


def past_text(status: Status, keys: str) -> str:
    """Return what goes on from where while a step of the past is shown; ``keys`` continue from that."""
    if status.state is State.RUNNING:
        told = tr("The training goes on at the newest step; {keys} goes on from this one.")
    elif status.state is State.DIVERGED:
        told = tr("The newest step, {newest}, diverged; {keys} goes on from this one.")
    else:
        told = tr("Play, Step and edits go on from the newest step, {newest}; {keys} goes on from this one.")
    return told.format(newest=f"{status.step:,}", keys=keys)


def from_newest(step: int | None) -> dict[str, str | None]:
    """Return what the actions do that go on from the newest step while another is shown; None: what they always do."""
    return {name: None if step is None else tr(text).format(step=f"{step:,}") for name, text in _FROM_NEWEST.items()}


def replay_text(status: Status, *, passing: bool) -> str:
    """Return that recorded steps are shown one after another, or at which of them this rests."""
    if passing:
        return tr("replay of recorded steps")
    return tr("replay paused at step {step}").format(step=f"{status.shown or 0:,}")


def state_colour(status: Status) -> str:
    """Return the name of the theme's colour in which `state_text` is written."""
    return {State.RUNNING: "accent", State.FINISHED: "good", State.DIVERGED: "bad", State.FAILED: "bad"}.get(
        status.state, "muted"
    )


def rate_text(status: Status) -> str:
    """Return how fast the run goes; nothing while it does not."""
    if status.state is not State.RUNNING or status.rate <= 0:
        return ""
    rate = f"{status.rate:,.0f}" if status.rate >= 10 else f"{status.rate:.1f}"
    return tr("{rate} steps/s").format(rate=rate)


def time_left_text(steps: int, rate: float) -> str:
    """Return how long ``steps`` more steps take at ``rate`` steps a second; nothing if that is not known."""
    if steps <= 0 or rate <= 0:
        return ""
    seconds = math.ceil(steps / rate)
    if seconds < 60:
        return tr("{seconds} s left").format(seconds=seconds)
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return tr("{minutes} min {seconds} s left").format(minutes=minutes, seconds=seconds)
    hours, minutes = divmod(minutes, 60)
    return tr("{hours} h {minutes} min left").format(hours=f"{hours:,}", minutes=minutes)


def divergence_text(status: Status, seen: int | None) -> str:
    """Return at which step the run diverged, and why; and that ``seen`` is the last step with finite numbers.

    ``seen`` is the step whose numbers stand for those that are not finite; None: no step does.
    """
    if status.step == 0:
        return tr(
            "The loss is not a finite number even before the first step: numbers of the input, of the target "
            "or of the initial kernels are too large."
        )
    told = tr(
        "Diverged at step {step}: with a learning rate of {rate} every update overshoots further than the one before, "
        "until the loss is no finite number any more."
    ).format(step=f"{status.step:,}", rate=short_number(status.learning_rate, 3))
    if seen is None:
        return told
    last = tr("Shown are the numbers of step {step}, the last that are finite.").format(step=f"{seen:,}")
    return joined((told, last))


def reason_text(message: str) -> str:
    """Return an error's message as a sentence of its own; the place in a file that one begins with stays as it is."""
    first = message.partition(" ")[0].removesuffix(":")
    return message[:1].upper() + message[1:] if first.isalpha() else message


def last_good_step(losses: Array) -> int:
    """Return the last step before the loss ran away: the last whose loss was within 10 % of the least so far."""
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if not len(finite):
        return 0
    good = np.flatnonzero(finite <= _GOOD * finite.min())
    return int(good[-1]) if len(good) and math.isfinite(finite.min()) else 0
