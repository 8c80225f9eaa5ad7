"""What of a page is brought into view, and stays there as long as nobody looks elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint

from convviz.views.editors.showing import lay_out_now
from convviz.views.theme import SPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtWidgets import QScrollArea, QWidget


class Sight:
    """Scrolls a page no further than to have the numbers of one parameter in sight: all of them, or from their top.

    A page that is not to be seen, or whose room changes, does so later: what is sought is remembered until the person
    scrolls or goes to another control.

    Parameters
    ----------
    scroll
        What the page is in.
    numbers_of
        Returns what the numbers of the parameter at a path begin and end with; None where the page does not show them.
    """

    def __init__(self, scroll: QScrollArea, numbers_of: Callable[[str], tuple[QWidget, QWidget] | None]) -> None:
        self._scroll, self._numbers_of = scroll, numbers_of
        self._path = ""
        bar = scroll.verticalScrollBar()
        assert bar is not None
        self._bar = bar
        bar.rangeChanged.connect(self._follow)
        bar.actionTriggered.connect(self.forget)  # by hand: by wheel, by dragging, or by a click on the bar

    def show(self, path: str) -> None:
        """Bring the numbers of the parameter at ``path`` into view, now or as soon as the page is seen."""
        self._path = path
        self.bring()

    def bring(self) -> None:
        """Bring into view what is sought, if the page is seen."""
        if self._path and self._scroll.isVisible():
            self._follow(is_new=True)

    def forget(self) -> None:
        """Seek nothing any more."""
        self._path = ""

    def forget_but(self, control: QWidget) -> None:
        """Seek nothing any more unless it has ``control`` in it."""
        ends = self._numbers_of(self._path) if self._path else None
        if ends is None or not any(end.isAncestorOf(control) for end in ends):
            self.forget()

    def _follow(self, *_: int, is_new: bool = False) -> None:
        ends = self._numbers_of(self._path) if self._path and self._scroll.isVisible() else None
        viewport = self._scroll.viewport()
        if ends is None or viewport is None:
            return
        first, last = ends
        if is_new:
            lay_out_now(last)
        top = first.mapTo(viewport, QPoint(0, -SPACE.S)).y()
        bottom = last.mapTo(viewport, QPoint(0, last.height() + SPACE.S)).y()
        room = viewport.height()
        if top > 0 and bottom > room:
            self._bar.setValue(self._bar.value() + min(top, bottom - room))
        elif top < 0 and bottom < room:
            self._bar.setValue(self._bar.value() + top)
