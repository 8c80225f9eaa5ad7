"""The loss plot in a window of its own, and what is seen of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.engine.frames import State, Status
from convviz.model.series import LossSeries
from convviz.views import theme
from convviz.views.actions import Actions
from convviz.views.panels.loss import LossPanel
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PyQt6.QtGui import QColor
    from pytestqt.qtbot import QtBot


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[LossPanel]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    holder = QWidget()
    qtbot.addWidget(holder)
    actions = Actions(holder)
    made = LossPanel(actions, holder)
    holder.resize(520, 300)
    made.resize(520, 300)
    holder.show()
    qtbot.waitUntil(lambda: made.has_plot)
    yield made
    holder.close()


def show(panel: LossPanel, losses: list[float] | np.ndarray, **status: object) -> LossSeries:
    """Give the panel a run whose live loss is the last of ``losses``."""
    series = LossSeries()
    values = np.asarray(losses, float)
    series.append(values[:-1])
    panel.set_series(series)
    told = {"state": State.PAUSED, "run": 1, "step": len(values) - 1, "loss": values[-1], "initial_loss": values[0]}
    best = min(values[np.isfinite(values)], default=math.nan)
    panel.set_status(Status(**{**told, "best_loss": best, **status}))
    panel.refresh()
    return series


def plot_of(panel: LossPanel) -> QWidget:
    plot = panel.findChild(QWidget, "loss_plot")
    assert plot is not None
    return plot.viewport()


def text(panel: LossPanel, name: str) -> str:
    found = panel.findChild(ReadOut, name)
    assert found is not None
    return found.text()


def curve_pixels(panel: LossPanel) -> list[tuple[int, int]]:
    """Return the pixels that have the colour of the curve, or nearly."""
    picture = plot_of(panel).grab().toImage()
    wanted = theme.current().curve

    def near(colour: QColor) -> bool:
        return abs(colour.hue() - wanted.hue()) < 12 and colour.saturation() > 100

    return [(x, y) for x in range(picture.width()) for y in range(picture.height()) if near(picture.pixelColor(x, y))]


def kept_pixels(panel: LossPanel) -> list[tuple[int, int]]:
    """Return the pixels within the axes that have the colour of the kept curve, or nearly."""
    picture = plot_of(panel).grab().toImage()

    def near(colour: QColor) -> bool:
        return colour.lightness() < theme.current().muted.lightness() + 60 and colour.saturation() < 80

    columns, rows = range(100, picture.width() - 26), range(10, picture.height() - 40)
    return [(x, y) for x in columns for y in rows if near(picture.pixelColor(x, y))]
