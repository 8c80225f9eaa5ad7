"""The loss over the steps as a picture for a report: SVG written here, PNG rendered from the same SVG."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.export.axis import Axis, linear_axis, logarithmic_axis
from convviz.export.endings import check_ending
from convviz.export.svg import svg_to_png
from convviz.i18n import tr
from convviz.number_text import exact_text
from convviz.storage import replacing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

#: What a plot can be written as, by the ending of its file's name.
_FORMATS = (".png", ".svg")

#: A loss that is above zero throughout and spans more than this factor is drawn on a logarithmic scale.
_WIDE_RANGE = 100.0

#: The size of the drawing, and how many pixels of a PNG there are to its unit.
_WIDTH, _HEIGHT, _PIXELS = 960, 540, 2.0

_BACKGROUND, _TEXT, _MUTED, _GRID, _CURVE, _BAD = "#ffffff", "#1f2430", "#667085", "#e4e7ec", "#1f6feb", "#c4320a"
_FAMILY = "DejaVu Sans, Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 112, 104, 56


@dataclass(frozen=True)
class _Sheet:
    """The plotting area, and the two axes that span it."""

    steps: Axis
    loss: Axis

    def x(self, step: float) -> float:
        return _LEFT + self.steps.position(step) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, loss: float) -> float:
        return _HEIGHT - _BOTTOM - self.loss.position(loss) * (_HEIGHT - _TOP - _BOTTOM)


def check_plot_path(path: Path) -> None:
    """Raise `ConfigError` unless the name of ``path`` ends in one of `_FORMATS`."""
    check_ending(path, _FORMATS)


def loss_plot(losses: ArrayLike, path: str | Path, *, title: str = "") -> None:
    """Write the plot of a loss series to ``path``, as PNG or SVG by its name's ending.

    Parameters
    ----------
    losses : (steps,)
        One loss for each step, beginning at step 0. The plot ends where they stop being finite, and says so.
    title
        The heading, e.g. the experiment's name.

    Raises
    ------
    ConfigError
        If the name ends in something else, or there is no finite loss to be drawn.
    OSError
        If the file cannot be written.
    """
    path = Path(path)
    check_plot_path(path)
    drawing = loss_svg(losses, title=title)
    content = drawing.encode() if path.suffix.lower() == ".svg" else svg_to_png(drawing, (_WIDTH, _HEIGHT), _PIXELS)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def loss_svg(losses: ArrayLike, *, title: str = "") -> str:
    """Return the plot of a loss series as an SVG document, or raise as `loss_plot` does, whose parameters these are."""
    series = np.asarray(losses, dtype=np.float64).ravel()
    broken = np.flatnonzero(~np.isfinite(series))
    finite = series[: broken[0]] if broken.size else series
    if not finite.size:
        raise ConfigError("there is no finite loss to be drawn", field="losses")
    sheet = _sheet(finite)
    parts = [*_frame(sheet), *_heading(title, finite), *_curve(sheet, finite)]
    if broken.size:
        parts += _break(sheet, int(broken[0]))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
            f' viewBox="0 0 {_WIDTH} {_HEIGHT}"'
            f" font-family={quoteattr(_FAMILY)}>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{_BACKGROUND}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _sheet(finite: NDArray[Any]) -> _Sheet:
    lowest, highest = float(finite.min()), float(finite.max())
    if lowest > 0 and highest / lowest > _WIDE_RANGE:
        loss = logarithmic_axis(lowest, highest)
    else:
        loss = linear_axis(min(lowest, 0.0), highest)
    last = max(finite.size - 1, 1)
    ticks = linear_axis(0.0, last, 8).ticks
    if any(tick != round(tick) for tick in ticks):  # there is no half step
        ticks = tuple(float(step) for step in range(last + 1))
    return _Sheet(Axis(0.0, float(last), tuple(tick for tick in ticks if tick <= last)), loss)


def _frame(sheet: _Sheet) -> list[str]:
    """Return grid, numbers and names of the axes."""
    left, right, bottom = sheet.x(sheet.steps.low), sheet.x(sheet.steps.high), sheet.y(sheet.loss.low)
    parts = [_line(left, sheet.y(value), right, sheet.y(value), _GRID, 0.5) for value in sheet.loss.minor]
    for tick in sheet.loss.ticks:
        parts.append(_line(left, sheet.y(tick), right, sheet.y(tick), _GRID, 1))
        parts.append(_text(left - 10, sheet.y(tick) + 5, sheet.loss.label(tick), anchor="end"))
    for tick in sheet.steps.ticks:
        parts.append(_line(sheet.x(tick), bottom, sheet.x(tick), bottom + 5, _MUTED, 1))
        parts.append(_text(sheet.x(tick), bottom + 22, sheet.steps.label(tick), anchor="middle"))
    parts.append(_line(left, bottom, right, bottom, _MUTED, 1))
    name = tr("loss (logarithmic)") if sheet.loss.logarithmic else tr("loss")
    parts.append(_text(24, sheet.y(sheet.loss.high) - 16, name, fill=_TEXT))
    parts.append(_text(right, bottom + 42, tr("step"), anchor="end", fill=_TEXT))
    return parts


def _heading(title: str, finite: NDArray[Any]) -> list[str]:
    summary = tr("{first_loss} at step 0, {last_loss} at step {last}").format(
        first_loss=exact_text(finite[0], 6), last_loss=exact_text(finite[-1], 6), last=f"{finite.size - 1:,}"
    )
    return [
        _text(24, 34, title or tr("Loss"), size=19, fill=_TEXT, weight="bold"),
        _text(24, 56, summary, size=13),
    ]


def _curve(sheet: _Sheet, finite: NDArray[Any]) -> list[str]:
    steps, losses = _thinned(finite, _WIDTH)
    losses = np.maximum(losses, sheet.loss.low)  # what a logarithmic axis leaves out lies on its floor
    points = " ".join(f"{sheet.x(s):.2f},{sheet.y(v):.2f}" for s, v in zip(steps, losses, strict=True))
    x, y = sheet.x(float(steps[-1])), sheet.y(float(losses[-1]))
    return [
        f'<polyline points="{points}" fill="none" stroke="{_CURVE}" stroke-width="2" stroke-linejoin="round"/>',
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="4" fill="{_CURVE}"/>',
        _text(x + 10, y + 5, exact_text(finite[-1], 4), fill=_CURVE, weight="bold"),
    ]


def _break(sheet: _Sheet, step: int) -> list[str]:
    x, top = sheet.x(max(step - 1, 0)), sheet.y(sheet.loss.high)
    sentence = tr("step {step}: no longer finite").format(step=f"{step:,}")
    return [
        _line(x, top, x, sheet.y(sheet.loss.low), _BAD, 1, dashes="5 4"),
        _text(x - 8, top - 8, sentence, anchor="end" if x > _WIDTH / 2 else "start", fill=_BAD, weight="bold"),
    ]


def _thinned(series: NDArray[Any], columns: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return steps and values of a series, of a long one only the lowest and highest of each column of the picture."""
    if series.size <= 4 * columns:
        return np.arange(series.size), series
    edges = np.linspace(0, series.size, columns + 1).astype(int)
    keep = {0, series.size - 1}
    for start, end in itertools.pairwise(edges):
        keep.update((start + int(series[start:end].argmin()), start + int(series[start:end].argmax())))
    steps = np.array(sorted(keep))
    return steps, series[steps]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dashes: str = "") -> str:
    pattern = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}"'
        f' stroke="{colour}" stroke-width="{width}"{pattern}/>'
    )


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 13, fill: str = _MUTED, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"'
        f' fill="{fill}">{escape(text)}</text>'
    )
