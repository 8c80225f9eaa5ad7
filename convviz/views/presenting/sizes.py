"""Sizes of controls that are fixed in pixels: made larger together, and given back as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6 import sip
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QAbstractButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

_NO_LIMIT = (1 << 24) - 1  #: what Qt has for a widget that may be as large as there is room for


class _Sizes(NamedTuple):
    least: QSize
    most: QSize
    icon: QSize


class FixedSizes:
    """Remembers the limits of widgets, and the sizes of their icons, while they are larger."""

    def __init__(self) -> None:
        self._before: dict[QWidget, _Sizes] = {}

    def enlarge(self, roots: Iterable[QWidget], factor: float) -> None:
        """Let all that is in ``roots`` be ``factor`` times as large as it is meant to be."""
        for root in roots:
            for widget in (root, *root.findChildren(QWidget)):
                self._enlarge(widget, factor)

    def give_back(self) -> None:
        """Let everything be as large as it was, but for what is no more."""
        for widget, sizes in self._before.items():
            if not sip.isdeleted(widget):
                _take(widget, sizes)
        self._before.clear()

    def _enlarge(self, widget: QWidget, factor: float) -> None:
        if widget not in self._before:
            least, most = widget.minimumSize(), widget.maximumSize()
            icon = widget.iconSize() if isinstance(widget, QAbstractButton) else QSize()
            self._before[widget] = _Sizes(least, most, icon)
        before = self._before[widget]
        _take(widget, _Sizes(before.least * factor, _most(before.most, factor), before.icon * factor))


def _most(size: QSize, factor: float) -> QSize:
    width, height = (side if side >= _NO_LIMIT else round(side * factor) for side in (size.width(), size.height()))
    return QSize(width, height)


def _take(widget: QWidget, sizes: _Sizes) -> None:
    if (widget.minimumSize(), widget.maximumSize()) != (sizes.least, sizes.most):
        widget.setMaximumSize(sizes.most)
        widget.setMinimumSize(sizes.least)
    if isinstance(widget, QAbstractButton) and widget.iconSize() != sizes.icon:
        widget.setIconSize(sizes.icon)
