"""What is seen of a landscape, in words. No widgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.landscape import grid
from convviz.i18n import joined, mark, ntr, tr
from convviz.number_text import exact_text, format_number, loss_text, short_number

if TYPE_CHECKING:
    from convviz.engine.problem import Problem
    from convviz.model.surveying import Kind, Place, Survey, Track

#: What is no further off the plane, as a share of its distance from the origin, is on it but for rounding.
_ROUNDING = 1e-6

#: How the plane lies, as it is offered, and what that means.
KINDS: dict[Kind, tuple[str, str]] = {
    "path": (
        mark("Along the path"),
        mark("The plane in which the path of the run is seen best: its two main directions"),
    ),
    "teacher": (
        mark("Start, teacher, step"),
        mark("The plane in which the start, the teacher and the shown step lie"),
    ),
    "gradient": (
        mark("Down the gradient"),
        mark("The plane of the gradient at the shown step and of the way that led there"),
    ),
    "weights": (mark("Two parameters"), mark("The plane of two single parameters; all others stay as they are")),
}


def parameter_text(problem: Problem, place: int) -> str:
    """Return what one of all parameters is called: 'Kernel 1 [2, 3]'."""
    for number, (stretch, layer) in enumerate(zip(problem.network.stretches, problem.initial, strict=True), 1):
        if not stretch.start <= place < stretch.stop:
            continue
        for name, places in problem.network.views(np.arange(problem.network.size))[number - 1].items():
            if place not in places:
                continue
            index = [int(n) for n in np.argwhere(places == place)[0]]
            text = tr("Kernel {layer}") if name == "weight" else tr("Bias {layer}")
            shape = layer[name].shape
            telling = index if any(size > 1 for size in shape[:-2]) else index[-2:]
            if math.prod(shape) == 1:
                return text.format(layer=number)
            told = ", ".join(str(n + 1) for n in telling)
            return tr("{name} [{place}]").format(name=text.format(layer=number), place=told)
    raise IndexError(place)


def axis_names(survey: Survey, step: int) -> tuple[str, str]:
    """Return what the axes of a plane through a step are called."""
    kind, drawn = survey.kind, survey.plane.drawn
    if kind == "weights":
        first, second = (parameter_text(survey.problem, place) for place in survey.weights)
        return first, second
    told = f"{step:,}"
    names = {
        "path": (
            tr("distance from step {step} in the main direction of the path"),
            tr("in its second main direction"),
        ),
        "teacher": (tr("distance from the start towards the teacher"), tr("at right angles, towards step {step}")),
        "gradient": (
            tr("distance from step {step} against the gradient"),
            tr("at right angles, along the way that led there"),
        ),
    }[kind]
    chance = tr("in a random direction at right angles")
    across = tr("distance from step {step} in a random direction") if drawn == 2 else names[0]
    return across.format(step=told), (chance if drawn else names[1]).format(step=told)


def sentence(survey: Survey, track: Track | None, step: int) -> str:
    """Return what is seen: how the plane lies, and how much of the path it shows."""
    if survey.kind == "weights":
        first, second = axis_names(survey, step)
        what = tr("The loss as {first} and {second} change, and nothing else from step {step}.").format(
            first=first, second=second, step=f"{step:,}"
        )
    else:
        given = {
            "path": tr("The loss in the plane through step {step} in which the path is seen best."),
            "teacher": tr("The loss in the plane through the start, the teacher and step {step}."),
            "gradient": tr("The loss in the plane of the gradient and the way at step {step}."),
        }
        drawn = {
            "path": tr("The loss in a plane through step {step}; what the path does not give is random."),
            "teacher": tr("The loss in a plane through start and teacher; its second direction is random."),
            "gradient": tr("The loss in a plane of the gradient at step {step}; the rest is random."),
        }
        what = (drawn if survey.plane.drawn else given)[survey.kind].format(step=f"{step:,}")
    return joined((what, share_text(track)))


def share_text(track: Track | None) -> str:
    """Return how much of the path is seen."""
    if track is None or math.isnan(track.share) or len(track.steps) < 2:
        return ""
    return tr("It shows {share} of the path's spread.").format(share=_percent(track.share))


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f}%" if percent < 95 or percent > 99.95 else f"{percent:.1f}%"


def progress_text(survey: Survey) -> str:
    """Return how fine the surface is so far, and how long the rest takes; nothing once that is done."""
    if survey.is_complete:
        return ""
    rows, columns = grid(survey.level)
    told = tr("{columns}×{rows} points so far").format(columns=columns, rows=rows)
    if math.isnan(survey.left) or survey.left < 2:
        return told
    seconds = math.ceil(survey.left)
    return ntr("{points}, {seconds} s to go", "{points}, {seconds} s to go", seconds).format(
        points=told, seconds=f"{seconds:,}"
    )


def place_text(place: Place) -> str:
    """Return where a step lies, and its loss."""
    told = tr("step {step}: loss {loss}").format(step=f"{place.step:,}", loss=loss_text(place.loss))
    return tr("{place}, {where}").format(place=told, where=off_text(place))


def off_text(place: Place) -> str:
    """Return how far off the plane something lies; rounding counts as nothing."""
    if place.off <= _ROUNDING * max(math.hypot(place.x, place.y), 1.0):
        return tr("on the plane")
    return tr("{distance} off the plane").format(distance=short_number(place.off, 2))


def spot_text(x: float, y: float, loss: float | None) -> str:
    """Return the loss at a place of the plane; None: it is being measured."""
    where = f"{format_number(x, 4)}, {format_number(y, 4)}"
    if loss is None:
        return tr("at [{place}]: measuring…").format(place=where)
    if not math.isfinite(loss):
        return tr("at [{place}]: the loss is no finite number").format(place=where)
    return tr("at [{place}]: loss {loss}").format(place=where, loss=exact_text(loss, 8))
