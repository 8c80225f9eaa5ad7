"""Heatmaps on a screen, and eyes to look at them with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from PyQt6.QtCore import QEvent, QObject, QRect

from convviz.views import theme
from convviz.views.heatmap import Form, Heatmap

if TYPE_CHECKING:
    import numpy as np
    from PyQt6.QtGui import QColor, QPaintEvent
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


class ShowHeatmap(Protocol):
    def __call__(
        self,
        values: np.ndarray | None,
        levels: tuple[float, float] | None = None,
        signed: bool = False,
        size: tuple[int, int] = (240, 320),
        form: Form = Form.FULL,
    ) -> Heatmap: ...


@pytest.fixture
def show_heatmap(qapp: QApplication, qtbot: QtBot) -> ShowHeatmap:
    """Return what puts a heatmap on the screen."""
    theme.apply(qapp, "light")

    def show(
        values: np.ndarray | None,
        levels: tuple[float, float] | None = None,
        signed: bool = False,
        size: tuple[int, int] = (240, 320),
        form: Form = Form.FULL,
    ) -> Heatmap:
        heatmap = Heatmap("map1", form)
        qtbot.addWidget(heatmap)
        heatmap.set_text("Map 1", "map of something")
        heatmap.set_values(values, levels, signed)
        heatmap.resize(*size)
        with qtbot.waitExposed(heatmap):
            heatmap.show()
        qapp.processEvents()
        return heatmap

    return show


def ground_of(heatmap: Heatmap, *index: int) -> QColor:
    """Return the colour of a cell, looked at beside its number and inside its edge."""
    rect = heatmap.cell_rect(*index)
    inset = 2 if min(rect.width(), rect.height()) > 4 else 0
    return heatmap.grab().toImage().pixelColor(rect.x() + inset, rect.y() + inset)


def ink_of(heatmap: Heatmap, *index: int) -> list[list[bool]]:
    """Return where in a cell something is written: the pixels unlike its ground."""
    rect = heatmap.cell_rect(*index).adjusted(1, 1, 0, 0)  # without the hairline
    image = heatmap.grab().toImage()
    ground = image.pixelColor(rect.topLeft())
    return [
        [image.pixelColor(x, y) != ground for x in range(rect.left(), rect.right() + 1)]
        for y in range(rect.top(), rect.bottom() + 1)
    ]


class PaintLog(QObject):
    """Remembers what of a widget was painted."""

    def __init__(self, widget: Heatmap) -> None:
        super().__init__(widget)
        self.rects: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Paint:
            paint: QPaintEvent = event  # type: ignore[assignment]
            self.rects.append(paint.rect())
        return False
