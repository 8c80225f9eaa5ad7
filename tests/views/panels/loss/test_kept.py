"""The curve that is kept, in a plot of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QToolButton

from convviz.i18n import set_language
from convviz.model.files import load_builtin
from convviz.views.panels.loss import LossPanel, behind
from tests.views.hands import turn
from tests.views.panels.loss.conftest import curve_pixels, kept_pixels, plot_of, show, text

if TYPE_CHECKING:
    from PyQt6.QtGui import QPainter, QPen
    from pytestqt.qtbot import QtBot

    from convviz.views.panels.loss.drawing import Mapping


def click(panel: LossPanel, qtbot: QtBot, name: str) -> None:
    button = panel.findChild(QToolButton, name)
    assert button is not None
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("log", [True, False])
def test_the_axis_of_losses_reaches_over_both_curves(panel: LossPanel, qtbot: QtBot, log: bool) -> None:
    if log:
        click(panel, qtbot, "log_loss")
    show(panel, np.linspace(5000.0, 4000.0, 101))
    click(panel, qtbot, "keep_curve")
    show(panel, np.linspace(50.0, 40.0, 101), run=2)
    above, below = kept_pixels(panel), curve_pixels(panel)
    assert len({x for x, _ in above}) > 100
    assert max(y for _, y in above) < min(y for _, y in below if y > 20)
    assert text(panel, "loss_kept_1") == "kept curve · last 4,000 · best 4,000"


def test_dashes_tell_the_kept_curve_from_the_other(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.full(101, 5000.0))
    click(panel, qtbot, "keep_curve")
    show(panel, np.full(101, 50.0), run=2)
    columns = {x for x, _ in kept_pixels(panel)}
    gaps = [x for x in range(min(columns), max(columns)) if x not in columns]
    assert len(gaps) > 0.2 * (max(columns) - min(columns))


def test_a_long_curve_is_drawn_once_for_each_place_of_the_axes(
    panel: LossPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    draw = behind.draw_curve

    def counted(painter: QPainter, mapping: Mapping, steps: np.ndarray, losses: np.ndarray, pen: QPen) -> None:
        drawn.append(len(steps))
        draw(painter, mapping, steps, losses, pen)

    monkeypatch.setattr(behind, "draw_curve", counted)
    noise = np.random.default_rng(3).uniform(0.5, 1.5, 1_000_000)
    show(panel, 1000.0 * 0.999 ** (np.arange(1_000_000) / 500) * noise)
    click(panel, qtbot, "keep_curve")
    series = show(panel, np.linspace(900.0, 800.0, 100), run=2)
    QApplication.processEvents()
    drawn.clear()
    for _ in range(5):
        series.append(np.full(1000, 700.0))
        panel.refresh()
        plot_of(panel).repaint()
        QApplication.processEvents()
    assert len(drawn) <= 1
    plot_of(panel).resize(plot_of(panel).width() - 1, plot_of(panel).height())
    plot_of(panel).repaint()
    assert all(count < 2 * plot_of(panel).width() for count in drawn)


def test_those_who_do_not_see_the_words_are_told_them_as_they_are(panel: LossPanel, qtbot: QtBot) -> None:
    demo = load_builtin("demo")

    def told() -> list[str]:
        return [text(panel, "loss_words"), text(panel, "loss_kept_1")]

    panel.set_experiment(demo)
    panel.set_run_of(demo)
    show(panel, np.linspace(5000.0, 4000.0, 101))
    click(panel, qtbot, "keep_curve")
    for losses in ([50.0, 40.0, 30.0], [50.0, 40.0, 30.0, 20.0]):  # of a run that was not seen to run between them
        show(panel, losses, run=2)
        assert panel.accessibleDescription().splitlines() == told()
    panel.set_experiment(demo.replace(seed=demo.seed + 1))
    assert told()[1].startswith(f"seed {demo.seed} · ")
    assert panel.accessibleDescription().splitlines() == told()
    set_language("zh_CN")
    panel.retranslate()
    assert not told()[1].isascii()
    assert panel.accessibleDescription().splitlines() == told()


@pytest.mark.parametrize("losses", [[5.0, np.inf], [np.nan, np.nan], [0.0, 0.0, 0.0], [1e308, 1e-308], [7.0, -3.0]])
@pytest.mark.parametrize("log", [True, False])
def test_any_losses_can_be_kept(panel: LossPanel, qtbot: QtBot, losses: list[float], log: bool) -> None:
    if log:
        click(panel, qtbot, "log_loss")
    show(panel, [*losses, 1.0])
    click(panel, qtbot, "keep_curve")
    show(panel, [3.0, 2.0], run=2, shown=0)
    assert not plot_of(panel).grab().isNull()
    click(panel, qtbot, "keep_curve")
    assert not plot_of(panel).grab().isNull()


def test_the_part_that_is_zoomed_to_is_seen_of_both(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.linspace(5000.0, 4000.0, 2001))
    click(panel, qtbot, "keep_curve")
    show(panel, np.linspace(4500.0, 3500.0, 2001), run=2)
    whole = kept_pixels(panel)
    for _ in range(8):
        turn(plot_of(panel))
    QApplication.processEvents()
    part = kept_pixels(panel)
    assert max(y for _, y in part) - min(y for _, y in part) < 0.7 * (max(y for _, y in whole) - 10)
    assert len({x for x, _ in part}) > 100
