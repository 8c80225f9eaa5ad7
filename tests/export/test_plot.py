"""The loss plot, read back from what was written."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage

from convviz.engine.errors import ConfigError
from convviz.export.axis import linear_axis, logarithmic_axis
from convviz.export.plot import loss_plot, loss_svg
from convviz.i18n import set_language

SVG = "{http://www.w3.org/2000/svg}"
FALLING = 9000 * np.exp(-np.arange(2000) / 90) + 0.5


#: Losses at both ends of what a number can be.
BEYOND = [
    [1.2e308, 1.5e308, 1.7e308],
    [sys.float_info.max] * 2,
    [5e307, sys.float_info.max],
    [-1.7e308, 1.7e308],
    [5e-324, 5e-324],
    [5e-324, 1e-310, 0.0],
    [5e-324, 1.0],
]


def values_of(drawing: str) -> list[str]:
    """Return every text and every attribute of a drawing."""
    elements = list(ElementTree.fromstring(drawing).iter())
    return [element.text or "" for element in elements] + [v for element in elements for v in element.attrib.values()]


def texts(drawing: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(drawing).iter(SVG + "text")]


def curve(drawing: str) -> np.ndarray:
    (line,) = ElementTree.fromstring(drawing).iter(SVG + "polyline")
    return np.array([[float(n) for n in point.split(",")] for point in line.attrib["points"].split()])


def test_the_curve_passes_through_every_loss() -> None:
    points = curve(loss_svg([4.0, 3.0, 2.0, 1.0, 0.0]))
    assert len(points) == 5
    assert np.allclose(np.diff(points[:, 0]), points[1, 0] - points[0, 0], atol=0.02)
    assert np.allclose(np.diff(points[:, 1]), points[1, 1] - points[0, 1], atol=0.02)
    assert points[0, 1] < points[-1, 1]  # a higher loss is drawn higher up


def test_a_wide_range_is_drawn_as_a_logarithm() -> None:
    steady = 1000 * 0.9 ** np.arange(100)  # a straight line, if the scale is logarithmic
    slopes = np.diff(curve(loss_svg(steady))[:, 1])
    assert np.ptp(slopes) < 0.05
    assert "loss (logarithmic)" in texts(loss_svg(steady))
    narrow = 9 * 0.9 ** np.arange(40)
    assert np.ptp(np.diff(curve(loss_svg(narrow))[:, 1])) > 1
    assert "loss" in texts(loss_svg(narrow))


@pytest.mark.parametrize(
    "losses", [[0.0, 0.0], [5.0], [-1.0, -2.0], [1e-300, 1.7e308], [0.0, 1.0, 1e5], [7.0, 7.0], *BEYOND]
)
def test_any_finite_series_stays_above_the_axis(losses: list[float]) -> None:
    drawn = loss_svg(losses)
    points = curve(drawn)
    assert not any(re.search(r"\b(inf|nan)\b", value) for value in values_of(drawn))
    assert np.isfinite(points).all()
    floor = max(float(line.attrib["y1"]) for line in ElementTree.fromstring(drawn).iter(SVG + "line"))
    assert (points >= 0).all()
    assert (points[:, 0] <= 960).all()
    assert (points[:, 1] <= floor + 0.01).all()


def test_a_long_series_keeps_its_extremes_and_stays_small() -> None:
    losses = np.random.default_rng(0).uniform(1, 2, 300_000)
    losses[123_456] = 9.0
    drawing = loss_svg(losses)
    everything = curve(loss_svg([9.0, 1.0]))
    assert len(drawing) < 60_000
    assert curve(drawing)[:, 1].min() == pytest.approx(everything[0, 1], abs=0.02)


def test_a_diverged_run_ends_where_it_broke() -> None:
    drawing = loss_svg([1.0, 10.0, 100.0, np.inf, np.nan])
    assert len(curve(drawing)) == 3
    assert "step 3: no longer finite" in texts(drawing)


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(ConfigError, match="no finite loss"):
        loss_svg([np.nan])


def test_the_title_may_hold_anything() -> None:
    assert "a <b> & “c”" in texts(loss_svg([2.0, 1.0], title="a <b> & “c”"))


def test_png_is_the_svg_in_pixels(tmp_path, qapp) -> None:
    loss_plot(FALLING, tmp_path / "plot.png")
    image = QImage(str(tmp_path / "plot.png"))
    assert (image.width(), image.height()) == (1920, 1080)
    assert image.pixelColor(2, 2) == QColor("white")
    x, y = (curve(loss_svg(FALLING))[400] * 2).round().astype(int)
    column = [image.pixelColor(int(x), int(y) + offset) for offset in range(-2, 3)]
    assert any(colour.blue() > colour.red() + 100 for colour in column), "no curve where the SVG has it"


def test_png_needs_no_window_and_svg_no_qt(tmp_path) -> None:
    program = (
        "import sys; from convviz.export.plot import loss_plot\n"
        f"loss_plot([3, 2, 1], {str(tmp_path / 'a.svg')!r})\n"
        "assert not any(name.startswith('PyQt6') for name in sys.modules)\n"
        f"loss_plot([3, 2, 1], {str(tmp_path / 'a.png')!r})\n"
        f"loss_plot([3, 2, 1], {str(tmp_path / 'b.png')!r})\n"
        "assert 'PyQt6.QtWidgets' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"LC_ALL": "C.UTF-8"})
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_another_ending_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"expected a file.s name that ends in \.png\|\.svg, received .*plot\.gif"):
        loss_plot([1.0], tmp_path / "plot.gif")
    assert list(tmp_path.iterdir()) == []


def test_it_speaks_the_language_of_the_reader() -> None:
    set_language("zh_CN")
    words = texts(loss_svg(FALLING))
    assert "损失（对数坐标）" in words


@pytest.mark.parametrize(("low", "high"), [(0, 2), (0, 0), (-3, 17), (0, 1e-9), (5, 123_456_789), (0.1, 0.11)])
def test_a_linear_axis_covers_its_range_in_round_steps(low: float, high: float) -> None:
    axis = linear_axis(low, high)
    assert axis.low <= low <= high <= axis.high
    assert 2 <= len(axis.ticks) <= 10
    assert np.allclose(np.diff(axis.ticks), axis.ticks[1] - axis.ticks[0], rtol=1e-6)
    labels = [axis.label(tick) for tick in axis.ticks]
    assert len(set(labels)) == len(labels)
    assert (axis.position(axis.low), axis.position(axis.high)) == (0, 1)


@pytest.mark.parametrize(
    ("low", "high"), [(1, 2), (3, 8), (1, 1), (0.002, 0.004), (1e-9, 1e9), (9, 11), (1e-300, 1e300), (1, 1.7e308)]
)
def test_a_logarithmic_axis_covers_its_range(low: float, high: float) -> None:
    axis = logarithmic_axis(low, high)
    assert axis.low <= low * (1 + 1e-9)
    assert high <= axis.high * (1 + 1e-9) or axis.high == 1e308
    assert axis.low < axis.high
    assert 2 <= len(axis.ticks) <= 10
    assert axis.position(axis.low) == pytest.approx(0)
    assert axis.position(axis.high) == pytest.approx(1)


def test_labels_are_written_for_reading() -> None:
    axis = logarithmic_axis(1, 1000)
    assert [axis.label(tick) for tick in axis.ticks] == ["1", "10", "100", "1,000"]
    wide = logarithmic_axis(1e-9, 1e9)
    assert [wide.label(tick) for tick in wide.ticks][:2] == ["10⁻⁹", "10⁻⁶"]
    percent = linear_axis(0, 0.3)
    assert [percent.label(tick) for tick in percent.ticks][:3] == ["0.00", "0.05", "0.10"]


def test_losses_are_written_like_the_numbers_of_the_axis() -> None:
    drawn = loss_svg([31420.05653, 1.0, 6.17e-6], title="Small")
    assert "31,420.1 at step 0, 6.17×10⁻⁶ at step 2" in drawn
    assert "e-06" not in drawn
