"""The order in which the Tab key goes through controls: that in which they are read."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PyQt6.QtWidgets import QLayout


def read_in_order(widgets: Sequence[QWidget]) -> None:
    """Let the Tab key lead from each of ``widgets`` to the next.

    Qt takes the order in which widgets were made, which is not that of the screen where some are made anew.
    """
    for one, following in pairwise(widgets):
        QWidget.setTabOrder(one, following)


def read_before(widget: QWidget, widgets: Sequence[QWidget]) -> None:
    """Let the Tab key go through ``widgets`` before it comes to a widget, or to what is in it."""
    read_in_order([*_focusable_before(widget), *widgets])


def read_last(widget: QWidget) -> None:
    """Let the Tab key come to a control after all that there are in its window now."""
    window = widget.window()
    read_in_order([] if window is None else [*_focusable_before(window), widget])


def _focusable_before(widget: QWidget) -> list[QWidget]:
    """Return what takes the focus before a widget; nothing where nothing does. Qt links only what can take it."""
    before = widget.previousInFocusChain()
    while before is not None and before is not widget and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
        before = before.previousInFocusChain()
    return [] if before is None or before is widget else [before]


def laid_out(widget: QWidget) -> list[QWidget]:
    """Return what takes the focus in ``widget``, and itself if it does, in the order of its layouts."""
    found = [widget] if widget.focusPolicy() & Qt.FocusPolicy.TabFocus else []
    layout = widget.layout()
    return found if layout is None else [*found, *_laid_out_in(layout)]


def _laid_out_in(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from laid_out(widget)
        elif inner is not None:
            yield from _laid_out_in(inner)
