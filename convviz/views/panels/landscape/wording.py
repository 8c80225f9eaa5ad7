"""What is seen of a landscape, in words. No widgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convviz.engine.landscape import Way, grid
from convviz.i18n import joined, mark, tr
from convviz.number_text import exact_text, format_number, loss_text, short_number

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def parameter_texts(problem: Problem, wanted: Iterable[int]) -> dict[int, str]:
    """Return what some of all parameters are called, by their places: 'Kernel 1 [2, 3]'."""
    wanted, found = np.array(sorted(wanted)), {}
    for number, arrays in enumerate(problem.network.views(np.arange(problem.network.size)), 1):
        for name, places in arrays.items():
            text = (tr("Kernel {layer}") if name == "weight" else tr("Bias {layer}")).format(layer=number)
            for at in np.argwhere(np.isin(places, wanted)):
                index = tuple(int(n) for n in at)
                found[int(places[index])] = text if places.size == 1 else _with_place(text, index, places.shape)
    return found


def _with_place(text: str, index: tuple[int, ...], shape: tuple[int, ...]) -> str:
    telling = index if any(size > 1 for size in shape[:-2]) else index[-2:]
    return tr("{name} [{place}]").format(name=text, place=", ".join(str(n + 1) for n in telling))


def _way_text(way: Way, step: int) -> str:
    """Return where a direction leads."""
    return {
        Way.MAIN: tr("in the main direction of the path"),
        Way.SECOND: tr("in the second main direction of the path"),
        Way.TEACHER: tr("towards the teacher"),
        Way.STEP: tr("towards step {step}"),
        Way.GRADIENT: tr("along steepest descent"),
        Way.LAST: tr("onwards as the run came"),
        Way.RANDOM: tr("in a random direction"),
    }[way].format(step=f"{step:,}")


class AxisNames(NamedTuple):
    """What the axes of a plane are called; the upright one in brief, too, for where it is not high."""

    across: str = ""
    up: str = ""
    up_brief: str = ""


def axis_names(survey: Survey) -> AxisNames:
    """Return what the axes of the plane are called."""
    if survey.kind == "weights":
        texts = parameter_texts(survey.problem, survey.weights)
        across, up = (texts[place] for place in survey.weights)
        return AxisNames(across, up, up)
    across, up = (_way_text(way, survey.step) for way in survey.plane.ways)
    first = tr("distance from the start {way}") if _is_from_start(survey) else tr("distance from step {step} {way}")
    name = first.format(step=f"{survey.step:,}", way=across)
    if survey.plane.ways[1] is Way.SECOND:
        return AxisNames(name, up, tr("second main direction"))
    return AxisNames(name, tr("at right angles, {way}").format(way=up), tr("at right angles"))


def _is_from_start(survey: Survey) -> bool:
    return survey.kind == "teacher" and Way.TEACHER in survey.plane.ways


def sentence(survey: Survey, track: Track | None, *, earlier: bool = False) -> str:
    """Return what is seen: how the plane lies, and how much of the path it shows; ``earlier``: of another run."""
    ways, step = survey.plane.ways, f"{survey.step:,}"
    across, up, _ = axis_names(survey)
    if earlier:
        text = tr("The loss in the plane that was laid through step {step} of an earlier run.")
    elif survey.kind == "weights":
        text = tr("The loss as {across} and {up} change, and nothing else from step {step}.")
    elif ways == (Way.MAIN, Way.SECOND):
        text = tr("The loss in the plane through step {step} in which the path is seen best.")
    elif ways == (Way.TEACHER, Way.STEP):
        text = tr("The loss in the plane through the start, the teacher and step {step}.")
    else:
        across, up = (_way_text(way, survey.step) for way in ways)
        text = tr("The loss around step {step}: to the right {across}, upwards {up}.")
    return joined((text.format(across=across, up=up, step=step), share_text(track)))


def share_text(track: Track | None) -> str:
    """Return how much of the path is seen."""
    if track is None or math.isnan(track.share) or len(track.steps) < 2:
        return ""
    return tr("It shows {share} of the path's spread.").format(share=_percent(track.share))


def _percent(share: float) -> str:
    percent = 100 * share
    if 0 < percent < 1:
        return "<1%"
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
    return tr("{points}, {seconds} s left").format(points=told, seconds=f"{seconds:,}")


def place_text(place: Place) -> str:
    """Return where a step lies, and its loss."""
    told = tr("step {step}: loss {loss}").format(step=f"{place.step:,}", loss=loss_text(place.loss))
    return tr("{place}, {where}").format(place=told, where=off_text(place))


def off_text(place: Place) -> str:
    """Return how far off the plane something lies; rounding counts as nothing."""
    if place.off <= _ROUNDING * max(math.hypot(place.x, place.y), 1.0):
        return tr("on the plane")
    return tr("{distance} off the plane").format(distance=short_number(place.off, 2))


def spot_text(x: float, y: float, loss: float | None, near: int | None = None) -> str:
    """Return the loss at a place of the plane; None: it is being measured. ``near``: the step that a click shows."""
    told = _loss_at_text(x, y, loss)
    if near is None:
        return told
    return tr("{told} · a click shows step {step}").format(told=told, step=f"{near:,}")


def _loss_at_text(x: float, y: float, loss: float | None) -> str:
    where = f"{format_number(x, 4)}, {format_number(y, 4)}"
    if loss is None:
        return tr("at [{place}]: measuring…").format(place=where)
    if not math.isfinite(loss):
        return tr("at [{place}]: the loss is no finite number").format(place=where)
    return tr("at [{place}]: loss {loss}").format(place=where, loss=exact_text(loss, 8))
