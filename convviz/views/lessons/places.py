"""Where in the window the things are that a scene speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QWidget

from convviz.model.lessons.lesson import ArrayMark, BoardMark, ControlMark
from convviz.model.lessons.look import Look
from convviz.views.lessons.rings import Spot

#: Higher than this is a part of the window, beside which others begin at once, rather than a control; and so is what
#: is wider, beside the loss.
_PART = 100
#: Controls with a frame, beside which others begin at once, too.
_FRAMED = ("button", "chip")

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convviz.model.lessons.lesson import Mark
    from convviz.views.heatmap import Heatmap
    from convviz.views.mode_control import ModeControl
    from convviz.views.panel_control import PanelControl


def spots_of(marks: Iterable[Mark], window: QWidget, panels: PanelControl) -> list[Spot]:
    """Return where the marks of a scene are now; those that are nowhere are left out."""
    found = (_spot(mark, window, panels) for mark in marks)
    return [spot for spot in found if spot is not None]


def look_of(modes: ModeControl) -> Look | None:
    """Return what is under the microscope, or None where the whole network is seen."""
    microscope = modes.microscope
    if microscope is None or not modes.is_magnifying:
        return None
    phase = microscope.shown_phase
    if phase is None:
        return Look(microscope.layer, microscope.back)
    return Look(microscope.layer, microscope.back, phase.act, phase.cell(microscope.position))


def _spot(mark: Mark, window: QWidget, panels: PanelControl) -> Spot | None:
    if isinstance(mark, ArrayMark):
        heatmap = panels.pipeline.heatmap_of(mark.tensor)
        values = None if heatmap is None else heatmap.values()
        if heatmap is None or values is None:
            return None
        if not mark.cell:
            return Spot(heatmap, heatmap.content_rect())
        first, last = (_cell_rect(heatmap, values.shape, cell) for cell in (mark.cell, mark.to or mark.cell))
        return None if first.isEmpty() or last.isEmpty() else Spot(heatmap, first.united(last), tight=True)
    if isinstance(mark, BoardMark):
        microscope = panels.modes.microscope
        rect = QRect() if microscope is None else microscope.board_rect(mark.role)
        return None if microscope is None or rect.isEmpty() else Spot(microscope, rect, tight=True)
    assert isinstance(mark, ControlMark)
    named = window.findChildren(QWidget, mark.name)
    widget = next((each for each in named if each.isVisible()), None)
    if widget is None:
        return None
    if panels.loss.isAncestorOf(widget) and widget.width() > _PART:
        return Spot(panels.loss, panels.loss.rect())  # its frame, where that says it is selected, lies under the ring
    return Spot(widget, widget.rect(), tight=widget.height() > _PART or widget.property("role") in _FRAMED)


def _cell_rect(heatmap: Heatmap, shape: tuple[int, ...], cell: tuple[int, ...]) -> QRect:
    """Return where a cell is, of the first channel where none is named; empty if it is not there."""
    index = (0,) * (len(shape) - len(cell)) + cell
    fits = len(index) == len(shape) and all(n < size for n, size in zip(index, shape, strict=True))
    return heatmap.cell_rect(*index) if fits else QRect()
