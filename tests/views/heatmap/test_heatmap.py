"""A heatmap: its colours, its numbers, its channels, and how little of it is painted anew."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QRect, QTimer

from convviz.views import theme
from convviz.views.colour import NOT_FINITE, STEPS, colour_map, to_index
from convviz.views.heatmap import Form, Heatmap
from convviz.views.heatmap.number_format import choose_format
from tests.views.heatmap.conftest import PaintLog, ShowHeatmap, ground_of, ink_of

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

RNG = np.random.default_rng(5)


def all_cells(heatmap: Heatmap) -> list[QRect]:
    values = heatmap.values()
    assert values is not None
    return [heatmap.cell_rect(*index) for index in np.ndindex(values.shape)]


# colours -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("shape", [(8, 8), (20, 20), (3, 5), (5, 3), (1, 1), (64, 64)])
def test_every_cell_has_the_colour_of_its_value(
    show_heatmap: ShowHeatmap, shape: tuple[int, int], signed: bool
) -> None:
    values = RNG.normal(0, 1, shape)
    heatmap = show_heatmap(values, (-2.0, 2.0), signed)
    image = heatmap.grab().toImage()
    table, expected = colour_map(signed), to_index(values, (-2.0, 2.0))
    for index in np.ndindex(shape):
        rect = heatmap.cell_rect(*index)
        inset = 2 if rect.width() > 4 else 0
        seen = image.pixelColor(rect.x() + inset, rect.y() + inset)
        assert seen == table.colour(int(expected[index])), index


def test_cells_are_square_and_touch(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(RNG.normal(size=(7, 9)))
    rects = all_cells(heatmap)
    assert {(rect.width(), rect.height()) for rect in rects} == {(rects[0].width(), rects[0].width())}
    assert heatmap.cell_rect(0, 1).left() == heatmap.cell_rect(0, 0).right() + 1
    assert heatmap.cell_rect(1, 0).top() == heatmap.cell_rect(0, 0).bottom() + 1
    assert heatmap.rect().contains(heatmap.cell_rect(6, 8))


def test_a_map_larger_than_the_screen_shows_its_means(show_heatmap: ShowHeatmap) -> None:
    values = np.zeros((600, 600))
    values[300:, 300:] = 1.0
    heatmap = show_heatmap(values, (0.0, 1.0))
    table = colour_map()
    for index, expected in (((10, 10), 0), ((590, 590), STEPS - 1), ((590, 10), 0)):
        assert ground_of(heatmap, *index) == table.colour(expected)


def test_what_is_not_a_number_is_seen_and_written(show_heatmap: ShowHeatmap) -> None:
    values = np.zeros((4, 4))
    values[0, 0], values[1, 1], values[2, 2] = math.nan, math.inf, -math.inf
    heatmap = show_heatmap(values, (-1.0, 1.0), signed=True)
    odd = colour_map(signed=True).colour(NOT_FINITE)
    inks = []
    for place in range(3):
        assert ground_of(heatmap, place, place) == odd
        inks.append(ink_of(heatmap, place, place))
    assert ground_of(heatmap, 3, 3) != odd
    assert all(any(map(any, ink)) for ink in inks)
    assert inks[0] != inks[1] != inks[2]
    heatmap.set_values(np.zeros((4, 4)), (-1.0, 1.0), signed=True)
    assert ink_of(heatmap, 0, 0) == ink_of(heatmap, 3, 3)


@pytest.mark.parametrize("value", [0.0, 5.0, -3e9])
@pytest.mark.parametrize("signed", [False, True])
def test_a_constant_map_has_a_scale_about_its_value(show_heatmap: ShowHeatmap, value: float, signed: bool) -> None:
    heatmap = show_heatmap(np.full((4, 4), value), signed=signed)
    low, high = heatmap.levels()
    assert low <= value <= high
    assert low < high
    assert not signed or low == -high


def test_a_theme_change_reaches_the_colours(qapp: QApplication, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((4, 4)), (-1.0, 1.0), signed=True)
    for name in ("dark", "light"):
        theme.apply(qapp, name)
        expected = colour_map(signed=True, dark=name == "dark").colour(STEPS // 2)
        assert ground_of(heatmap, 0, 0) == expected
        assert heatmap.grab().toImage().pixelColor(heatmap.width() - 1, heatmap.height() - 1) == theme.current().surface


# numbers -------------------------------------------------------------------------------------------------------------


def test_numbers_are_written_where_they_fit(show_heatmap: ShowHeatmap) -> None:
    values = np.array([[15.0, 15.0, 16.0], [-15.0, 51.0, 0.0]])
    heatmap = show_heatmap(values, (-90.0, 90.0), signed=True)
    inks = {index: ink_of(heatmap, *index) for index in np.ndindex(values.shape)}
    assert inks[0, 0] == inks[0, 1]
    different = [inks[0, 0], inks[0, 2], inks[1, 0], inks[1, 1], inks[1, 2]]
    assert all(one != other for n, one in enumerate(different) for other in different[n + 1 :])
    assert all(any(map(any, ink)) for ink in different)


def test_numbers_stay_away_where_they_do_not_fit(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.full((20, 20), 1.0), (0.0, 1.0))
    assert not any(map(any, ink_of(heatmap, 3, 3)))


def test_numbers_stay_inside_their_cells(show_heatmap: ShowHeatmap) -> None:
    for extent in (0.5, 9.99, 99.9, 999.0, 1e5, 1e-9):
        heatmap = show_heatmap(np.full((8, 8), -extent), (-extent, extent), signed=True, size=(262, 340))
        ink = ink_of(heatmap, 4, 4)
        assert any(map(any, ink)), extent
        assert not any(row[0] or row[-1] for row in ink), extent


@pytest.mark.parametrize("side", [22, 27, 30, 34])
@pytest.mark.parametrize("value", [3.08, -3.08])
def test_a_number_stands_in_the_middle_of_what_the_lines_leave_of_its_cell(
    show_heatmap: ShowHeatmap, side: int, value: float
) -> None:
    heatmap = show_heatmap(np.full((6, 6), value), (-4.0, 4.0), signed=True, size=(6 * side + 4, 300))
    ink = ink_of(heatmap, 3, 3)
    written = [any(row[x] for row in ink) for x in range(len(ink[0]))]
    assert abs(written.index(True) - written[::-1].index(True)) <= 1


@pytest.mark.parametrize("top", [9.0, 90.0, 900.0, 9e7, 9e-8])
def test_only_a_zero_is_written_as_one(show_heatmap: ShowHeatmap, top: float) -> None:
    """A number that its map's digits would round to zero has more of them, and a still smaller one says that it is."""
    small, tiny = 2.5e-4 * top, 1e-12 * top
    values = np.array([[0.0, top, small], [-small, tiny, -tiny], [top / 20, 1e-300 * top, 0.0]])
    heatmap = show_heatmap(values, (-top, top), signed=True)
    inks = {index: ink_of(heatmap, *index) for index in np.ndindex(values.shape)}
    different = [inks[0, 0], inks[0, 2], inks[1, 0], inks[1, 1], inks[2, 0]]
    assert all(one != other for n, one in enumerate(different) for other in different[n + 1 :])
    assert inks[0, 0] == inks[2, 2]
    assert inks[1, 1] == inks[1, 2] == inks[2, 1]
    assert not any(row[0] or row[-1] for ink in inks.values() for row in ink)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("rest", ["zeros", "the same", "others"])
@pytest.mark.parametrize("edge", [5e-324, 1e-310, np.finfo(np.float64).tiny, 1e-300, np.finfo(np.float64).max])
def test_the_smallest_and_the_largest_numbers_are_shown_as_they_are(
    show_heatmap: ShowHeatmap, edge: float, rest: str, signed: bool
) -> None:
    values = {"zeros": np.zeros((3, 3)), "the same": np.full((3, 3), edge), "others": edge * np.eye(3) / 2}[rest]
    values[0, 0] = edge
    heatmap = show_heatmap(values, signed=signed, size=(400, 420))
    with np.errstate(all="raise", under="ignore"):
        heatmap.grab()
    assert np.isfinite(heatmap.levels()).all()
    found = choose_format(edge, signed, 100, 100)
    assert found is not None
    told, power = found[1].text(edge), 10.0 ** found[1].exponent
    if told != "≈0":
        assert float(told) == pytest.approx(edge / power, rel=0.006)
    else:
        assert 0 < edge < 0.0005 * power


# channels ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [2, 3, 8, 16])
def test_channels_lie_side_by_side(show_heatmap: ShowHeatmap, channels: int) -> None:
    values = np.stack([np.full((6, 6), channel / channels) for channel in range(channels)])
    heatmap = show_heatmap(values, (0.0, 1.0))
    tiles = [heatmap.cell_rect(c, 0, 0).united(heatmap.cell_rect(c, 5, 5)) for c in range(channels)]
    for number, tile in enumerate(tiles):
        assert heatmap.rect().contains(tile)
        assert not any(tile.intersects(other) for other in tiles[:number])
        expected = to_index(values[number], (0.0, 1.0))[0, 0]
        assert ground_of(heatmap, number, 0, 0) == colour_map().colour(int(expected))


def test_channels_without_room_are_left_out(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(RNG.normal(size=(32, 32, 3, 3)), signed=True, size=(120, 160))
    assert not heatmap.cell_rect(0, 0, 0, 0).isEmpty()
    assert heatmap.cell_rect(31, 31, 0, 0).isEmpty()


# painting no more than needed ----------------------------------------------------------------------------------------


def test_new_values_repaint_the_cells_alone(qapp: QApplication, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((8, 8)), (-1.0, 1.0))
    log = PaintLog(heatmap)
    heatmap.set_values(np.ones((8, 8)), (-1.0, 1.0))
    qapp.processEvents()
    cells = heatmap.cell_rect(0, 0).united(heatmap.cell_rect(7, 7))
    assert log.rects == [cells]


def test_other_levels_repaint_the_scale_and_fast_ones_at_last(
    qapp: QApplication, qtbot: QtBot, show_heatmap: ShowHeatmap
) -> None:
    heatmap = show_heatmap(np.zeros((8, 8)), (-1.0, 1.0))
    cells = heatmap.cell_rect(0, 0).united(heatmap.cell_rect(7, 7))
    log = PaintLog(heatmap)
    heatmap.set_values(np.ones((8, 8)), (-2.0, 2.0))
    qapp.processEvents()
    assert log.rects[-1].contains(cells)
    assert log.rects[-1].bottom() > cells.bottom() + 10
    log.rects.clear()
    heatmap.set_values(np.ones((8, 8)), (-3.0, 3.0))  # before anybody could have read the last ones
    qtbot.waitUntil(lambda: any(rect.bottom() > cells.bottom() + 10 for rect in log.rects))
    log.rects.clear()
    heatmap.set_values(np.zeros((8, 8)), (-3.0, 3.0))
    qapp.processEvents()
    assert log.rects == [cells]


def test_a_number_that_stands_alone_is_left_time_to_be_read(
    qapp: QApplication, qtbot: QtBot, show_heatmap: ShowHeatmap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(heatmap: Heatmap) -> QImage:
        return heatmap.grab(heatmap.cell_rect(0, 0)).toImage()

    strip = show_heatmap(np.array([[1.0]]), (-8.0, 8.0), True, (160, 20), Form.STRIP)
    log = PaintLog(strip)
    strip.set_values(np.array([[2.0]]), (-8.0, 8.0), signed=True)
    qapp.processEvents()
    assert len(log.rects) == 1
    monkeypatch.setattr(theme, "READABLE", 3600.0)
    (rest,) = strip.findChildren(QTimer)
    moment = rest.interval()
    rest.setInterval(3_600_000)  # so that there is no such moment between these numbers on a busy machine
    for number in (3.0, 4.0, 5.0):  # before anybody could have read the last one
        strip.set_values(np.array([[number]]), (-8.0, 8.0), signed=True)
        qapp.processEvents()
    assert len(log.rects) == 1
    rest.setInterval(moment)
    qtbot.waitUntil(lambda: len(log.rects) == 2)
    last = show_heatmap(np.array([[5.0]]), (-8.0, 8.0), True, (160, 20), Form.STRIP)
    assert written(strip) == written(last)


def test_the_same_values_repaint_nothing(qapp: QApplication, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(8, 8))
    heatmap = show_heatmap(values)
    log = PaintLog(heatmap)
    heatmap.set_values(values.copy())
    qapp.processEvents()
    assert log.rects == []


def test_a_hidden_heatmap_paints_nothing(qapp: QApplication, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((8, 8)), (-1.0, 1.0))
    heatmap.hide()
    log = PaintLog(heatmap)
    heatmap.set_values(np.ones((8, 8)), (-1.0, 1.0))
    qapp.processEvents()
    assert log.rects == []
    heatmap.show()
    assert ground_of(heatmap, 0, 0) == colour_map().colour(STEPS - 1)


def test_nothing_moves_when_the_numbers_change(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((8, 8)))
    before = [all_cells(heatmap), heatmap.sizeHint(), heatmap.minimumSizeHint()]
    for extent in (1e-12, 0.5, 123456.0, 1e200, math.nan):
        heatmap.set_values(np.full((8, 8), extent))
        assert [all_cells(heatmap), heatmap.sizeHint(), heatmap.minimumSizeHint()] == before


@pytest.mark.parametrize("shape", [(), (4,), (0, 4), (1, 1, 1, 1, 1)])
def test_values_of_impossible_shapes_are_refused(show_heatmap: ShowHeatmap, shape: tuple[int, ...]) -> None:
    heatmap = show_heatmap(None)
    with pytest.raises(ValueError, match="expected"):
        heatmap.set_values(np.zeros(shape))


def test_a_disabled_heatmap_looks_so(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((4, 4)), (0.0, 1.0))
    usual = ground_of(heatmap, 0, 0)
    heatmap.setEnabled(False)
    assert ground_of(heatmap, 0, 0) != usual


@pytest.mark.parametrize(
    ("form", "shape"),
    [
        (form, shape)
        for form in Form
        for shape in ((8, 8), (20, 20), (3, 3), (4, 5, 5))
        if form is not Form.STRIP or len(shape) == 2  # a strip is for one channel
    ],
)
def test_even_the_smallest_shows_its_cells(show_heatmap: ShowHeatmap, form: Form, shape: tuple[int, ...]) -> None:
    heatmap = show_heatmap(RNG.normal(size=shape), form=form, size=(60, 60))
    first, last = heatmap.cell_rect(*(0 for _ in shape)), heatmap.cell_rect(*(n - 1 for n in shape))
    assert heatmap.rect().contains(first)
    assert heatmap.rect().contains(last)


def test_a_strip_writes_its_single_number(show_heatmap: ShowHeatmap) -> None:
    inks = []
    for value in (-5198.0, -5.198, 0.0):
        strip = show_heatmap(np.array([[value]]), (-6000.0, 6000.0), True, (110, 20), Form.STRIP)
        inks.append(ink_of(strip, 0, 0))
    assert all(any(map(any, ink)) for ink in inks)
    assert inks[0] != inks[1] != inks[2]
