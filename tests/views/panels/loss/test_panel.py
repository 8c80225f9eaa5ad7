"""The loss plot, in a window of its own."""

from __future__ import annotations

import math
import subprocess
import sys
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QWheelEvent
from PyQt6.QtWidgets import QApplication, QToolButton, QWidget
from pyqtgraph import AxisItem

from convviz.views import theme
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.loss import curves as loss_curves
from convviz.views.panels.loss.drawing import Mapping
from convviz.views.panels.loss.numbers import LossNumbers
from convviz.views.readout import ReadOut
from tests.views.panels.loss.conftest import curve_pixels, plot_of, show, text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def test_the_words_tell_start_now_and_best(panel: LossPanel) -> None:
    show(panel, [29770.0, 1200.0, 296.2, 310.4])
    assert text(panel, "loss_words") == "start 29,770 · now 310.4 · best 296.2"
    assert panel.accessibleDescription() == text(panel, "loss_words")


def test_where_there_is_little_room_the_words_leave_out_the_start(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, [7.67e-7, 7.59e-7])
    words = panel.findChild(ReadOut, "loss_words")
    assert words is not None
    other = ReadOut(role="small", on="surface")
    qtbot.addWidget(other)
    panel.resize(230, 300)
    QApplication.processEvents()
    other.resize(words.size())
    other.set_text("now 7.59×10⁻⁷ · best 7.59×10⁻⁷")
    assert words.grab().toImage() == other.grab().toImage()
    assert words.toolTip() != ""
    assert words.text() == "start 7.67×10⁻⁷ · now 7.59×10⁻⁷ · best 7.59×10⁻⁷"


def test_before_the_first_step_there_is_a_sentence_instead_of_a_curve(panel: LossPanel) -> None:
    assert text(panel, "loss_words") == "no step has been made yet"
    assert curve_pixels(panel) == []


def test_a_falling_loss_is_drawn_falling(panel: LossPanel) -> None:
    show(panel, np.linspace(100.0, 1.0, 50))
    pixels = curve_pixels(panel)
    leftmost, rightmost = min(pixels), max(pixels)
    assert rightmost[0] - leftmost[0] > 300
    assert rightmost[1] - leftmost[1] > 80


@pytest.mark.parametrize(
    "losses",
    [
        [0.0, 0.0, 0.0],
        [5.0, 0.0, 3.0],
        [5.0, math.inf],
        [5.0, 1e308, math.nan],
        [math.inf],
        [1e-300, 1e-308, 0.0],
        [-3.0, 2.0, -1.0],
        [7.0],
    ],
)
@pytest.mark.parametrize("log", [True, False])
def test_any_losses_can_be_drawn(panel: LossPanel, qtbot: QtBot, losses: list[float], log: bool) -> None:
    button = panel.findChild(QToolButton, "log_loss")
    assert button is not None
    if button.isChecked() != log:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    show(panel, losses)
    assert not plot_of(panel).grab().isNull()


def test_logarithmic_and_linear_differ(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, 1000.0 * 0.9 ** np.arange(100))
    linear = curve_pixels(panel)
    qtbot.mouseClick(panel.findChild(QToolButton, "log_loss"), Qt.MouseButton.LeftButton)
    logarithmic = curve_pixels(panel)
    middle = plot_of(panel).width() // 2

    def height(pixels: list[tuple[int, int]]) -> float:
        return float(np.mean([y for x, y in pixels if abs(x - middle) < 3]))

    assert height(logarithmic) < height(linear) - 40  # a straight line against one that lies at the bottom


def test_the_exact_value_is_told_under_the_pointer(panel: LossPanel, qtbot: QtBot) -> None:
    losses = 1000.0 * 0.97 ** np.arange(201) + 0.123456789012
    show(panel, losses)
    plot = plot_of(panel)
    qtbot.mouseMove(plot, QPoint(plot.width() // 2, plot.height() // 2))
    step = int(text(panel, "loss_pointed").removeprefix("step ").split(":")[0])
    assert 60 < step < 140
    assert text(panel, "loss_pointed") == f"step {step}: {losses[step]:,.12g}"
    qtbot.mouseMove(plot, QPoint(plot.width() - 1, 1))
    QApplication.sendEvent(plot.parentWidget(), QEvent(QEvent.Type.Leave))
    assert text(panel, "loss_pointed") == ""


def test_no_line_goes_through_the_words_in_the_plot(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.linspace(100.0, 1.0, 101), shown=95)
    qtbot.mouseMove(plot_of(panel), QPoint(plot_of(panel).width() // 2, plot_of(panel).height() // 2))
    words = panel.findChild(ReadOut, "loss_pointed")
    assert words is not None
    place, image = words.geometry(), panel.grab().toImage()
    written = range(place.right() - 60, place.right() + 1)

    def has_line(y: int) -> bool:
        return any(image.pixelColor(x, y) == theme.current().accent for x in written)

    assert has_line(place.bottom() + 20)
    assert not any(has_line(y) for y in range(place.top(), place.bottom() + 1))


@pytest.mark.parametrize(("width", "digits"), [(520, "123,456.789012"), (200, "123,457")])
def test_the_value_under_the_pointer_covers_no_number_of_the_axis(
    panel: LossPanel, qtbot: QtBot, width: int, digits: str
) -> None:
    panel.resize(width, 300)
    show(panel, np.full(101, 123456.789012345))
    plot = plot_of(panel)
    QApplication.processEvents()
    qtbot.mouseMove(plot, QPoint(plot.width() * 3 // 5, plot.height() // 2))
    words = panel.findChild(ReadOut, "loss_pointed")
    numbers = panel.findChild(LossNumbers)
    assert words is not None
    assert numbers is not None
    assert words.mapTo(panel, QPoint()).x() > numbers.mapTo(panel, numbers.rect().topRight()).x()
    assert words.isVisible()
    seen = words.grab().toImage()
    words.set_text(f"{words.text().split(':')[0]}: {digits}")
    assert words.grab().toImage() == seen


def test_the_shown_step_is_told_and_marked(panel: LossPanel) -> None:
    losses = np.linspace(100.0, 1.0, 101)
    show(panel, losses)
    before = set(curve_pixels(panel))
    show(panel, losses, shown=50)
    assert text(panel, "loss_pointed") == ""
    assert text(panel, "loss_words") == "step 50: 50.5 · newest 1 · best 1"
    assert panel.accessibleDescription() == text(panel, "loss_words")
    new = [x for x, _ in set(curve_pixels(panel)) - before]
    assert len(new) > 50
    assert np.ptp(np.median(new) - np.array(new)) < 20  # a line, and a dot on it


def test_a_click_asks_for_a_step_and_a_drag_does_not(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.linspace(100.0, 1.0, 101))
    plot, asked = plot_of(panel), []
    panel.step_asked.connect(asked.append)
    middle = QPoint(plot.width() // 2, plot.height() // 2)
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(plot, middle - QPoint(60, 0))
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=middle - QPoint(60, 0))
    assert asked == []
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=middle)
    assert len(asked) == 1
    assert 30 < asked[0] < 70


def test_a_double_click_asks_for_what_was_shown_before_it(panel: LossPanel, qtbot: QtBot) -> None:
    losses = np.linspace(100.0, 1.0, 101)
    show(panel, losses, shown=30)
    plot, asked = plot_of(panel), []
    panel.step_asked.connect(asked.append)
    middle = QPoint(plot.width() // 2, plot.height() // 2)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=middle)
    show(panel, losses, shown=asked[0])
    qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=middle)
    assert asked[1:] == [30]


def test_a_double_click_beside_the_curve_asks_for_nothing(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.linspace(100.0, 1.0, 101), shown=30)
    plot, asked = plot_of(panel), []
    panel.step_asked.connect(asked.append)
    corner = QPoint(plot.width() - 1, plot.height() - 1)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=corner)
    qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=corner)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=corner)
    assert asked == []


def seen_at_rest(panel: LossPanel, qtbot: QtBot) -> set[tuple[int, int]]:
    """Return the pixels of the curve once the axes have found their room beside it, where it stays."""
    seen: list[set[tuple[int, int]]] = [set()]

    def rests() -> bool:
        seen.append(set(curve_pixels(panel)))
        return bool(seen[-1]) and seen[-1] == seen[-2]

    qtbot.waitUntil(rests)
    return seen[-1]


def test_the_wheel_zooms_and_there_is_a_way_back(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.linspace(100.0, 1.0, 1001))
    plot = plot_of(panel)
    back = panel.findChild(QToolButton, "reset_zoom")
    assert back is not None
    assert not back.isEnabled()
    whole = seen_at_rest(panel, qtbot)
    place = QPointF(plot.width() / 2, plot.height() / 2)
    for _ in range(5):
        wheel = QWheelEvent(
            place,
            QPointF(plot.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(plot, wheel)
    assert back.isEnabled()
    qtbot.mouseMove(plot, QPoint(100, plot.height() // 2))
    assert int(text(panel, "loss_pointed").removeprefix("step ").split(":")[0].replace(",", "")) > 100
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert not back.isEnabled()
    qtbot.waitUntil(lambda: len(whole ^ set(curve_pixels(panel))) < 0.1 * len(whole))


def test_keys_zoom_and_move_along_the_steps(panel: LossPanel, qtbot: QtBot) -> None:
    show(panel, np.linspace(100.0, 1.0, 1001), shown=200)
    plot, back = panel.findChild(QWidget, "loss_plot"), panel.findChild(QToolButton, "reset_zoom")
    assert plot is not None
    assert back is not None

    def ends() -> tuple[float, float]:
        """Return the steps at both ends of the axes, by those under the pointer at a fifth and four fifths of them."""
        found = []
        for share in (0.2, 0.8):
            x = plot.inside.left() + round(share * plot.inside.width())
            qtbot.mouseMove(plot_of(panel), QPoint(x, plot.height() // 2))
            found.append(int(text(panel, "loss_pointed").removeprefix("step ").split(":")[0].replace(",", "")))
        beyond = (found[1] - found[0]) / 3
        return found[0] - beyond, found[1] + beyond

    seen_at_rest(panel, qtbot)
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert not back.isEnabled()  # all is seen
    first, last = ends()
    for _ in range(6):
        qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert back.isEnabled()
    low, high = ends()
    assert (high - low) / (last - first) == pytest.approx(1 / 1.25**6, rel=0.05)
    assert (200 - low) / (high - low) == pytest.approx(0.2, abs=0.03)  # the step that is shown stays where it is
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert ends()[0] - low == pytest.approx((high - low) / 10, abs=5)
    for _ in range(60):
        qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert ends()[1] == pytest.approx(last, abs=10)
    for _ in range(7):
        qtbot.keyClick(plot, Qt.Key.Key_Minus)
    assert not back.isEnabled()
    assert ends() == (first, last)


def test_a_hidden_panel_draws_nothing_and_catches_up(panel: LossPanel, qtbot: QtBot) -> None:
    panel.hide()
    series = show(panel, np.linspace(100.0, 1.0, 500))
    series.append(np.full(500, 1.0))
    panel.refresh()
    panel.show()
    qtbot.waitUntil(lambda: max(curve_pixels(panel))[0] > 300)


def test_a_long_series_costs_no_more_than_a_short_one(panel: LossPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    draw = loss_curves.draw_curve

    def counted(painter: QPainter, mapping: Mapping, steps: np.ndarray, losses: np.ndarray) -> None:
        drawn.append(len(steps))
        draw(painter, mapping, steps, losses)

    monkeypatch.setattr(loss_curves, "draw_curve", counted)

    def points(count: int) -> list[int]:
        show(panel, 1000.0 * 0.999 ** (np.arange(count) * 2000 / count))
        drawn.clear()
        for _ in range(3):
            panel.refresh()
            plot_of(panel).repaint()
            QApplication.processEvents()
        return list(drawn)

    short, long = points(2_000), points(1_000_000)
    assert 300 < max(long) < 1.1 * max(short) < 2 * plot_of(panel).width()
    assert len(long) <= 6


def test_importing_the_panel_does_not_import_the_plot() -> None:
    code = "import sys, convviz.views.panels.loss; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_of_the_plot_is_black(panel: LossPanel, tmp_path: Path) -> None:
    show(panel, np.linspace(100.0, 1.0, 50))
    picture = plot_of(panel).grab().toImage()
    dark = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).lightness() < 30
    ]
    assert dark == []
    assert picture.pixelColor(2, 2) == theme.current().surface


@pytest.mark.parametrize("goal", [9, 2000, 20_000, 100_000, 1_000_000, 4_000_000, 10**9])
@pytest.mark.parametrize("width", [180, 270, 520, 900])
def test_the_numbers_of_the_steps_stand_side_by_side(panel: LossPanel, goal: int, width: int) -> None:
    panel.resize(width, 300)
    show(panel, [10.0, 9.0, 8.0], goal=goal)
    QApplication.processEvents()
    plot = panel.findChild(QWidget, "loss_plot")
    (axis,) = (item for item in plot.scene().items() if isinstance(item, AxisItem) and item.orientation == "bottom")
    low, high = axis.range
    ((spacing, ticks),) = axis.tickValues(low, high, axis.width())
    texts = axis.tickStrings(ticks, 1.0, spacing)
    widths = [theme.number_width(text, "small") for text in texts]
    places = [(tick - low) / (high - low) * axis.width() for tick in ticks]
    ends = [(place - width / 2, place + width / 2) for place, width in zip(places, widths, strict=True)]
    assert len(ticks) >= 1
    assert all(left[1] + 4 < right[0] for left, right in pairwise(ends)), texts


@pytest.mark.parametrize("height", [84, 100, 120, 150, 200, 300])
def test_the_numbers_of_the_losses_stand_one_above_the_other(panel: LossPanel, qtbot: QtBot, height: int) -> None:
    qtbot.mouseClick(panel.findChild(QToolButton, "log_loss"), Qt.MouseButton.LeftButton)
    panel.resize(520, height)
    show(panel, 10.0 ** np.linspace(3, 290, 40))
    QApplication.processEvents()
    picture = panel.findChild(LossNumbers).grab().toImage()
    ground = theme.current().surface
    written = [any(picture.pixelColor(x, y) != ground for x in range(picture.width())) for y in range(picture.height())]
    heights = [len(list(rows)) for ink, rows in groupby(written) if ink]
    assert 0 < max(heights) <= theme.metrics("small").height()


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    "losses", [[1.2e308, 1.5e308, 1.7e308], [1e300, sys.float_info.max, 1e290], [1.0, 1e200, 1.7e308]]
)
def test_losses_near_the_largest_number_are_drawn(
    panel: LossPanel, qtbot: QtBot, losses: list[float], log: bool
) -> None:
    show(panel, losses)
    button = panel.findChild(QToolButton, "log_loss")
    if button.isChecked() != log:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    columns = {x for x, _ in curve_pixels(panel)}
    assert max(columns) - min(columns) > 40


def test_what_lies_beyond_all_numbers_in_pixels_is_brought_nearer() -> None:
    mapping = Mapping(QRectF(0, 0, 100, 100), (0.0, 10.0), (0.0, 1.0), log=False)
    assert mapping.y(np.array([1.7e308, 0.5])).tolist() == [-200.0, 50.0]
