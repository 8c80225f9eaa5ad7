"""What a check has found, in words. No widgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from convviz.engine.check import (
    ADJOINT_TOLERANCE,
    FIRST_DISTANCE,
    SHRINK,
    SLOPE_TOLERANCE,
    SMALLEST_SHARE,
    Adjoint,
    Slope,
)
from convviz.i18n import Listed, mark, ntr, tr
from convviz.model.checking import Finding, Progress, Verdict
from convviz.number_text import format_number, short_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.check import Report

#: Sign and the theme's colour of each verdict, which the words beside them repeat.
_SIGNS = {Verdict.RIGHT: "✓", Verdict.WRONG: "✗", Verdict.NOTHING: "–", Verdict.IMPOSSIBLE: "!"}
COLOURS = {Verdict.RIGHT: "good", Verdict.WRONG: "bad", Verdict.NOTHING: "muted", Verdict.IMPOSSIBLE: "warning"}

_PARAMETERS = {"weight": mark("weight"), "bias": mark("bias")}
#: What is left of an error that is not to be seen: half a unit in the last place of a number near 1.
_LEAST = 1e-16


def bound_text(error: float) -> str:
    """Return an error as one digit and a power of ten that it does not exceed: '3×10⁻⁹'."""
    if not math.isfinite(error):
        return "∞"
    digit, _, power = f"{max(error, _LEAST):.0e}".partition("e")
    digits, exponent = int(digit), int(power)
    if digits * 10.0**exponent < error:
        digits += 1
    if digits == 10:
        digits, exponent = 1, exponent + 1
    return short_number(float(f"{digits}e{exponent}"))


def _worst_entry(report: Report) -> Slope | Adjoint | None:
    """Return the entry with the largest relative error of all that was checked but kinks; None if none has one."""
    entries = [entry for entry in (report.worst_slope, report.worst_adjoint) if entry is not None and entry.error > 0]
    return max(entries, key=lambda entry: entry.error, default=None)


def _worst_error(report: Report) -> float:
    """Return the largest relative error of all that was checked, kinks excepted."""
    worst = _worst_entry(report)
    return 0.0 if worst is None else worst.error


def badge_text(finding: Finding | None, progress: Progress | None) -> str:
    """Return the badge's words, sign first and brief."""
    if finding is not None and finding.verdict is Verdict.WRONG:
        brief = tr("gradients wrong: {place}").format(place=_suspects_text(finding))
        return f"{_SIGNS[finding.verdict]} {brief}"
    return heading_text(finding, progress)


def heading_text(finding: Finding | None, progress: Progress | None) -> str:
    """Return what a check came to, sign first."""
    if finding is None and progress is not None and progress.total:
        return tr("checking… {done} of {total}").format(done=f"{progress.done:,}", total=f"{progress.total:,}")
    if finding is None:
        return tr("nothing to check yet") if progress is None else tr("checking…")
    return f"{_SIGNS[finding.verdict]} {_verdict_text(finding)}"


def _verdict_text(finding: Finding) -> str:
    report = finding.report
    if report is None:
        return tr("gradients cannot be checked")
    if finding.verdict is Verdict.NOTHING:
        return tr("no gradients to check")
    error = bound_text(_worst_error(report))
    if finding.verdict is Verdict.RIGHT:
        return tr("gradients right within {error}").format(error=error)
    return tr("gradients wrong by {error} in {place}").format(error=error, place=_suspects_text(finding))


def _suspects_text(finding: Finding) -> str:
    """Return where the fault lies: 'layer 2', 'layers 1, 2'."""
    return layers_text([str(layer + 1) for layer in suspects(finding)])


def layers_text(numbers: Sequence[str]) -> str:
    """Return what layers are called by their numbers."""
    return ntr("layer {numbers}", "layers {numbers}", len(numbers)).format(numbers=Listed(numbers))


def suspects(finding: Finding) -> tuple[int, ...]:
    """Return the layers whose way back may be wrong, counted from 0.

    A layer whose adjoint identity fails is at fault itself. Where all identities hold, wrong slopes tell less: what is
    wrong in one layer shows in every layer before it. The fault then lies in the last layer that has wrong slopes or
    behind it, before the next one that has right ones, and not where an identity holds.
    """
    report = finding.report
    if report is None:
        return ()
    failing = {entry.layer for entry in report.adjoints if not is_right(entry)}
    if failing:
        return tuple(sorted(failing))
    wrong = {slope.layer for slope in report.slopes if not is_right(slope)}
    if not wrong:
        return ()
    last = max(wrong)
    layers = finding.problem.layers
    end = min((slope.layer for slope in report.slopes if slope.layer > last), default=len(layers))
    proven = {entry.layer for entry in report.adjoints}
    return tuple(layer for layer in range(last, end) if layer not in proven) or (last,)


def is_right(entry: Slope | Adjoint) -> bool:
    """Return whether an entry is no error: its two numbers agree, or there is nothing that they could agree on."""
    if isinstance(entry, Slope):
        return entry.kink or entry.error <= SLOPE_TOLERANCE
    return entry.error <= ADJOINT_TOLERANCE


def result_text(entry: Slope | Adjoint, worst: bool) -> str:
    """Return what an entry came to."""
    if isinstance(entry, Slope) and entry.kink:
        return tr("kink: not differentiable here")
    if not is_right(entry):
        return tr("✗ wrong (largest error)") if worst else tr("✗ wrong")
    return tr("✓ right (largest error)") if worst else tr("✓ right")


def brief_result(entry: Slope | Adjoint) -> str:
    """Return the same in one word, for a column that leaves room for the numbers."""
    if isinstance(entry, Slope) and entry.kink:
        return tr("kink")
    return tr("✓ right") if is_right(entry) else tr("✗ wrong")


def longest_result() -> str:
    """Return the longest of the words that `brief_result` may say."""
    return max(tr("✓ right"), tr("✗ wrong"), tr("kink"), key=len)


def layer_text(finding: Finding, layer: int) -> str:
    """Return a layer's number, from 1, and name."""
    return tr("{number} {layer}").format(number=layer + 1, layer=tr(finding.problem.layers[layer].label))


def parameter_text(name: str) -> str:
    """Return what a kind of parameter is called."""
    return tr(_PARAMETERS[name]) if name in _PARAMETERS else name


def place_text(index: tuple[int, ...]) -> str:
    """Return the place of a parameter within its array, counted from 1."""
    places = [str(i + 1) for i in index]
    if len(places) == 4:
        return tr("kernel {kernel}, row {row}, column {column}").format(
            kernel=", ".join(places[:2]), row=places[2], column=places[3]
        )
    return tr("filter {number}").format(number=places[0]) if len(places) == 1 else ", ".join(places)


def last_places(finding: Finding) -> list[str]:
    """Return the place of the last number of every parameter: none is longer."""
    layers = zip(finding.problem.layers, finding.problem.network.shapes, strict=False)
    shapes = [shape for layer, before in layers for shape in layer.parameter_shapes(before).values()]
    return [place_text(tuple(size - 1 for size in shape)) for shape in shapes] or [""]


def identity_text(entry: Adjoint) -> str:
    """Return the identity that was tried."""
    return "⟨A x, y⟩ = ⟨x, Aᵀ y⟩" if entry.by == "input" else "⟨A x, y⟩ = ⟨p, ∂p⟩"


def slope_text(value: float) -> str:
    """Return a number with as many digits as two are compared by."""
    return format_number(value, 10)


def error_text(value: float) -> str:
    """Return a relative error: '1.6×10⁻¹⁰'."""
    return format_number(value, 2) if value < math.inf else "∞"


def summary_lines(finding: Finding) -> list[str]:
    """Return sentences about a check: how much was checked, the largest error and its place, and what was left out."""
    report = finding.report
    if report is None:
        return [] if finding.error is None else [str(finding.error)]
    count, total = len(report.slopes), finding.problem.network.size
    lines = [
        ntr(
            "{count} of {total} parameter checked at step {step}.",
            "{count} of {total} parameters checked at step {step}.",
            total,
        ).format(count=f"{count:,}", total=f"{total:,}", step=f"{finding.step:,}")
    ]
    worst = _worst_entry(report)
    if isinstance(worst, Slope):
        lines.append(
            tr("Worst relative error {error}: layer {layer}, {parameter}, {place}.").format(
                error=error_text(worst.error),
                layer=layer_text(finding, worst.layer),
                parameter=parameter_text(worst.name),
                place=place_text(worst.index),
            )
        )
    elif worst is not None:
        lines.append(
            tr("Worst relative error {error}: layer {layer}, adjoint identity.").format(
                error=error_text(worst.error), layer=layer_text(finding, worst.layer)
            )
        )
    if report.kinks:
        lines.append(
            ntr(
                "{count} parameter lies on a kink, where there is no derivative.",
                "{count} parameters lie on a kink, where there is no derivative.",
                report.kinks,
            ).format(count=f"{report.kinks:,}")
        )
    return lines


def method_lines() -> list[str]:
    """Return how a check is done, with sources."""
    return [
        tr(
            "Finite differences: (L(p + h) − L(p − h)) / 2h in double precision, the first h {first} · max(1, |p|), "
            "each further one {part} times smaller, extrapolated to h = 0 where two neighbours agree best "
            "(L. F. Richardson, 1911, Phil. Trans. R. Soc. A 210, 307)."
        ).format(first=short_number(FIRST_DISTANCE), part=short_number(SHRINK)),
        tr(
            "Relative error: the difference of the two, divided by the larger of them, but by no less than {share} of "
            "the largest gradient, nor by less than rounding lets finite differences resolve; {tolerance} or less is "
            "right (as in A. Karpathy, CS231n, Gradient checks)."
        ).format(share=short_number(SMALLEST_SHARE), tolerance=bound_text(SLOPE_TOLERANCE)),
        tr(
            "Adjoint identity: the backward pass of a linear layer is the transpose of its forward pass, tested with "
            "random x and y; {tolerance} or less is right. A kink is where the input of a ReLU is 0 or a max pooling "
            "window has a tie: the slopes to the left and to the right differ, which is no error."
        ).format(tolerance=bound_text(ADJOINT_TOLERANCE)),
    ]
