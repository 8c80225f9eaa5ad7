from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QRect, Qt, QTimer
from PyQt6.QtGui import QColor, QImage, QKeyEvent
from PyQt6.QtTest import QTest

from convviz.engine.explain import Field
from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.colour import NOT_FINITE, STEPS, colour_map, dark_text_on, to_index
from convviz.views.heatmap import Cell, Form, Heatmap, cell_text
from convviz.views.heatmap.marks import Marking
from convviz.views.heatmap.number_format import choose_format
from tests.views.contrast import contrast
from tests.views.heatmap.conftest import PaintLog, ShowHeatmap, ground_of, ink_of

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

RNG = np.random.default_rng(5)


def all_cells(heatmap: Heatmap) -> list[QRect]:
    values = heatmap.values()
    assert values is not None
    return [heatmap.cell_rect(*index) for index in np.ndindex(values.shape)]


def pointed_at(heatmap: Heatmap) -> list[Cell | None]:
    told: list[Cell | None] = []
    heatmap.pointed.connect(told.append)
    return told


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


# pointing ------------------------------------------------------------------------------------------------------------


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


def test_the_cell_under_the_pointer_is_told_exactly(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(8, 6))
    heatmap = show_heatmap(values)
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(3, 5).center())
    cell = told[-1]
    assert cell is not None
    assert (cell.name, cell.row, cell.column, cell.channel) == ("map1", 3, 5, 0)
    assert cell.value == values[3, 5]
    assert cell_text(cell) == f"Map 1 8×6, row 4, column 6: {format_number(values[3, 5], 8)}"


def test_every_pixel_of_a_cell_belongs_to_it(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(RNG.normal(size=(37, 50)))  # cells of 4 and 5 pixels
    told = pointed_at(heatmap)
    for index in ((0, 0), (36, 49), (17, 23), (18, 24)):
        rect = heatmap.cell_rect(*index)
        for corner in (rect.topLeft(), rect.bottomRight()):
            qtbot.mouseMove(heatmap, corner)
            assert told[-1] is not None
            assert told[-1].index == index


def test_leaving_lets_go(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(RNG.normal(size=(8, 8)))
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(1, 1).center())
    qtbot.mouseMove(heatmap, QPoint(3, 3))
    assert told[-1] is None
    assert len(told) == 2


def test_new_values_under_a_resting_pointer_are_told(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((4, 4)), (-1.0, 1.0))
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(2, 1).center())
    newer = np.arange(16.0).reshape(4, 4) / 16
    heatmap.set_values(newer, (-1.0, 1.0))
    assert told[-1] is not None
    assert told[-1].value == newer[2, 1]
    heatmap.set_values(newer * 2, (-2.0, 2.0))  # another scale
    assert told[-1].value == 2 * newer[2, 1]
    heatmap.set_values(np.zeros((3, 3)))  # another shape: no cell is pointed at any more
    assert told[-1] is None


def test_the_pointed_cell_is_outlined(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((4, 4)), (-1.0, 1.0))
    corner = heatmap.cell_rect(1, 2).topLeft()
    before = heatmap.grab().toImage().pixelColor(corner)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(1, 2).center())
    assert heatmap.grab().toImage().pixelColor(corner) == theme.current().text != before


def test_a_click_tells_the_cell(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(5, 5))
    heatmap = show_heatmap(values)
    with qtbot.waitSignal(heatmap.clicked) as clicked:
        qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.cell_rect(4, 0).center())
    assert clicked.args is not None
    assert clicked.args[0].index == (4, 0)
    with qtbot.assertNotEmitted(heatmap.clicked):
        qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))


def test_the_keyboard_goes_from_cell_to_cell(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(2, 3, 4))
    heatmap = show_heatmap(values)
    told = pointed_at(heatmap)
    key = Qt.Key
    for pressed, place in (
        (key.Key_Right, (0, 0, 0)),  # the first key only shows where one is
        (key.Key_Right, (0, 0, 1)),
        (key.Key_Down, (0, 1, 1)),
        (key.Key_End, (0, 1, 3)),
        (key.Key_Right, (0, 1, 3)),
        (key.Key_PageDown, (1, 1, 3)),
        (key.Key_Home, (1, 1, 0)),
        (key.Key_Up, (1, 0, 0)),
        (key.Key_Left, (1, 0, 0)),
        (key.Key_PageUp, (0, 0, 0)),
    ):
        QTest.keyClick(heatmap, pressed)
        assert told[-1] is not None
        assert told[-1].index == place
        assert told[-1].value == values[place]
    for pressed, signal in ((key.Key_Space, heatmap.clicked), (key.Key_Return, heatmap.opened)):
        with qtbot.waitSignal(signal) as heard:
            QTest.keyClick(heatmap, pressed)
        assert heard.args is not None
        assert heard.args[0].index == (0, 0, 0)
    QTest.keyClick(heatmap, key.Key_Escape)
    assert told[-1] is None


def test_a_key_without_a_name_does_no_harm(qapp: QApplication, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((3, 3)))
    told = pointed_at(heatmap)
    qapp.sendEvent(heatmap, QKeyEvent(QEvent.Type.KeyPress, 0x0100F0F0, Qt.KeyboardModifier.NoModifier))
    assert told == []


def test_screen_readers_are_told(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.array([[1.5, 2.5]]))
    assert heatmap.accessibleName() == "Map 1"
    assert heatmap.accessibleDescription() == "map of something"
    heatmap.activateWindow()
    heatmap.setFocus()
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    assert "row 1, column 2: 2.5" in heatmap.accessibleDescription()


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


def test_kernels_keep_their_four_indices(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    values = RNG.normal(size=(4, 3, 2, 2))
    heatmap = show_heatmap(values, signed=True)
    told = pointed_at(heatmap)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(2, 1, 0, 1).center())
    assert told[-1] is not None
    assert told[-1].index == (2, 1, 0, 1)
    assert told[-1].value == values[2, 1, 0, 1]
    assert "filter 3, channel 2, row 1, column 2" in cell_text(told[-1])


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


# more than values ----------------------------------------------------------------------------------------------------


def test_cells_that_no_window_reaches_are_hatched(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((10, 10)), (-1.0, 1.0))
    plain = ink_of(heatmap, 9, 4)
    mask = np.zeros((10, 10), bool)
    mask[9] = mask[:, 9] = True
    heatmap.set_unreached(mask)
    assert ink_of(heatmap, 9, 4) != plain
    assert ink_of(heatmap, 2, 9) != plain
    assert ink_of(heatmap, 8, 8) == plain
    heatmap.set_unreached(None)
    assert ink_of(heatmap, 9, 4) == plain


def test_the_border_of_a_map_with_more_cells_than_pixels_is_hatched_too(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((1500, 1500)), (-1.0, 1.0))
    cells = heatmap.cell_rect(0, 0).united(heatmap.cell_rect(1499, 1499))
    assert cells.height() < 1500
    mask = np.zeros((1500, 1500), bool)
    mask[-2:] = True

    def bottom(line: int) -> set[str]:
        image = heatmap.grab().toImage()
        return {image.pixelColor(x, cells.bottom() - line).name() for x in range(cells.left() + 3, cells.right() - 3)}

    plain = bottom(1)
    heatmap.set_unreached(mask)
    assert bottom(1) != plain
    assert bottom(4) == plain


def test_marks_frame_the_marked_and_veil_the_rest(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)), (0.0, 1.0))
    plain = ground_of(heatmap, 0, 0)
    strong, weak = (2, 3), (4, 4)
    heatmap.set_marks(Field(np.array([strong, weak]), np.array([1.0, 0.2]), True), veiled=True)
    assert ground_of(heatmap, 0, 0) != plain
    image = heatmap.grab().toImage()
    assert image.pixelColor(heatmap.cell_rect(*strong).topLeft() + QPoint(4, 4)) == plain
    corners = [image.pixelColor(heatmap.cell_rect(*index).bottomLeft()) for index in (strong, weak)]
    assert corners[0] == theme.current().origin != corners[1]
    heatmap.set_marks(None)
    assert ground_of(heatmap, 0, 0) == plain


def test_sources_and_effects_differ_in_form(show_heatmap: ShowHeatmap) -> None:
    """A frame runs all around, brackets leave the middle of each side open, whatever the colours."""
    heatmap = show_heatmap(np.ones((3, 3)), (0.0, 1.0))
    cell = heatmap.cell_rect(1, 1)
    middle = QPoint(cell.center().x(), cell.bottom())
    plain = heatmap.grab().toImage().pixelColor(middle)
    for source, colour in ((True, theme.current().origin), (False, plain)):
        heatmap.set_marks(Field(np.array([(1, 1)]), np.ones(1), source))
        image = heatmap.grab().toImage()
        assert image.pixelColor(middle) == colour
        assert image.pixelColor(cell.bottomLeft()) == (theme.current().origin if source else theme.current().effect)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("signed", [False, True])
def test_numbers_stay_readable_under_the_veil(qapp: QApplication, name: str, signed: bool) -> None:
    theme.apply(qapp, name)
    table = colour_map(signed).rgb[:STEPS].astype(float)
    values = np.linspace(-1 if signed else 0, 1, STEPS).reshape(1, -1)
    veiled = Marking.of(Field(np.zeros((0, 2), int), np.zeros(0), True), values, veiled=True).veiled(table, range(1))
    black, white = QColor(0, 0, 0), QColor(255, 255, 255)
    for rgb, dark in zip(np.rint(veiled).astype(int).tolist(), dark_text_on(veiled), strict=True):
        assert contrast(QColor(*rgb), black if dark else white) >= 4.4


def test_cells_too_small_for_frames_are_framed_together(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((120, 120)), (0.0, 1.0))
    before = heatmap.grab().toImage()
    heatmap.set_marks(Field(np.argwhere(np.ones((20, 20))) + 40, np.ones(400), True))
    inside = heatmap.cell_rect(50, 50).center()
    after = heatmap.grab().toImage()
    assert after.pixelColor(inside) == before.pixelColor(inside)
    left = heatmap.cell_rect(50, 40).left()
    assert theme.current().origin.name() in {after.pixelColor(x, inside.y()).name() for x in range(left - 4, left + 4)}


@pytest.mark.parametrize(("side", "framed"), [(6, True), (7, False)])
def test_many_cells_are_framed_together_too(show_heatmap: ShowHeatmap, side: int, framed: bool) -> None:
    """Each with brackets of its own, they would be a lattice over the numbers."""
    heatmap = show_heatmap(np.ones((8, 8)), (0.0, 1.0))
    heatmap.set_marks(Field(np.argwhere(np.ones((side, side))), np.ones(side * side), False))
    image = heatmap.grab().toImage()
    assert (image.pixelColor(heatmap.cell_rect(3, 3).bottomLeft()) == theme.current().effect) is framed


def test_marks_outside_the_values_are_refused(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)))
    with pytest.raises(ValueError, match="shape"):
        heatmap.set_marks(Field(np.array([(6, 0)]), np.ones(1), True))


def test_a_held_cell_has_a_pin(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)), (0.0, 1.0))
    corner = heatmap.cell_rect(2, 3).bottomLeft()
    heatmap.set_pin((2, 3))
    assert heatmap.grab().toImage().pixelColor(corner) == theme.current().accent
    heatmap.set_pin(None)
    assert heatmap.grab().toImage().pixelColor(corner) != theme.current().accent


def test_a_bias_is_marked_by_its_one_index(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((1, 4)), (0.0, 1.0))
    heatmap.set_marks(Field(np.array([(2,)]), np.ones(1), True))
    image = heatmap.grab().toImage()
    marked = [image.pixelColor(heatmap.cell_rect(0, n).bottomLeft()) == theme.current().origin for n in range(4)]
    assert marked == [False, False, True, False]


def test_what_was_laid_over_goes_with_the_shape(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((6, 6)), (0.0, 1.0))
    heatmap.set_marks(Field(np.array([(0, 0)]), np.ones(1), True), veiled=True)
    heatmap.set_pin((1, 1))
    heatmap.set_spots(((2, 2),))
    heatmap.set_unreached(np.eye(6, dtype=bool))
    heatmap.set_values(np.ones((4, 5)), (0.0, 1.0))
    assert {ground_of(heatmap, *index).name() for index in np.ndindex(4, 5)} == {colour_map().colour(STEPS - 1).name()}


@pytest.mark.parametrize("shape", [(), (4,), (0, 4), (1, 1, 1, 1, 1)])
def test_values_of_impossible_shapes_are_refused(show_heatmap: ShowHeatmap, shape: tuple[int, ...]) -> None:
    heatmap = show_heatmap(None)
    with pytest.raises(ValueError, match="expected"):
        heatmap.set_values(np.zeros(shape))


def test_without_values_there_is_no_cell_to_point_at(qtbot: QtBot, show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(None)
    told = pointed_at(heatmap)
    empty = heatmap.grab().toImage()
    qtbot.mouseMove(heatmap, QPoint(60, 100))
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    assert told == []
    assert heatmap.cell_rect(0, 0).isEmpty()
    heatmap.set_values(np.ones((3, 3)))
    assert heatmap.grab().toImage() != empty


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
