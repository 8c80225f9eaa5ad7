"""Gathering, scattering and the kernel's gradient on one cursor: together, or one of them alone."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton

from convviz.engine.explain import array_of
from convviz.engine.walkthrough import Area, Role, Strip
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.panels.microscope.arithmetic import agree
from convviz.views.panels.microscope.partners import numbers_at

LARGE, SMALL = (1000, 760), (720, 450)
ALL = [Strip.GATHER, Strip.SCATTER, Strip.CORRELATE]


def tab(viewer, strip):
    found = viewer.microscope.findChild(QAbstractButton, f"microscope.strip.{strip.value}")
    assert found is not None
    return found


def click_tab(viewer, strip):
    assert tab(viewer, strip).isVisible()
    QTest.mouseClick(tab(viewer, strip), Qt.MouseButton.LeftButton)


def seen(viewer):
    return [row.strip for row in viewer.stage.rows()]


def test_all_three_go_on_at_once_where_there_is_room(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    assert seen(viewer) == ALL
    assert all(tab(viewer, strip).isChecked() for strip in ALL)
    assert len(viewer.stage.sums()) == 3
    for role in (Role.PADDED_ERROR, Role.ERROR, Role.INPUT, Role.GATHERED, Role.SCATTERED, Role.WEIGHT_GRAD):
        assert viewer.stage.rect().contains(viewer.stage.place(role).rect)


def test_where_there_is_little_room_the_third_waits_behind_its_name(look):
    viewer = look(size=SMALL)
    viewer.click("phase5")
    assert seen(viewer) == ALL[:2]
    assert not tab(viewer, Strip.CORRELATE).isChecked()
    click_tab(viewer, Strip.CORRELATE)
    assert seen(viewer) == [Strip.CORRELATE]


def test_in_a_low_window_one_row_is_seen_and_its_numbers_are(look):
    viewer = look(size=(780, 300))
    viewer.click("phase5")
    assert seen(viewer) == ALL[:1]
    assert viewer.stage.place(Role.GATHERED).side >= 20
    click_tab(viewer, Strip.SCATTER)
    assert seen(viewer) == [Strip.SCATTER]


def test_a_click_on_a_name_shows_that_row_alone_and_large_and_another_all(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    small = viewer.stage.place(Role.GATHERED).side
    click_tab(viewer, Strip.GATHER)
    assert seen(viewer) == [Strip.GATHER]
    assert viewer.stage.place(Role.GATHERED).side > small
    assert viewer.stage.place(Role.SCATTERED) is None
    assert [tab(viewer, strip).isChecked() for strip in ALL] == [True, False, False]
    click_tab(viewer, Strip.SCATTER)
    assert seen(viewer) == [Strip.SCATTER]
    click_tab(viewer, Strip.SCATTER)
    assert seen(viewer) == ALL


def test_a_key_goes_through_the_rows(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    viewer.stage.setFocus()
    for expected in ([Strip.GATHER], [Strip.SCATTER], [Strip.CORRELATE], ALL):
        viewer.press(Qt.Key.Key_V)
        assert seen(viewer) == expected


def test_the_keyboard_reaches_the_names(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    names = tab(viewer, Strip.CORRELATE)
    names.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(names, Qt.Key.Key_Space)
    assert seen(viewer) == [Strip.CORRELATE]
    assert not viewer.microscope.is_playing


def test_the_choice_outlives_a_step_of_training_and_a_change_of_phase(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    click_tab(viewer, Strip.SCATTER)
    viewer.train(5)
    assert seen(viewer) == [Strip.SCATTER]
    viewer.click("phase2")
    assert seen(viewer) == [None]
    assert not tab(viewer, Strip.SCATTER).isVisible()
    viewer.click("phase5")
    assert seen(viewer) == [Strip.SCATTER]


def test_the_kernels_gradient_is_complete_at_the_last_cell(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    gradient = viewer.frame.gradients[1]["weight"][0, 0]
    started = viewer.stage.grab().toImage()
    viewer.click("all")
    shown = viewer.stage.rows()[-1].items[-1]
    np.testing.assert_array_equal(shown.sheet.source, gradient)
    told = viewer.stage.sums()[-1]
    assert told.total == pytest.approx(gradient[told.index], rel=1e-12)
    assert viewer.stage.grab().toImage() != started
    viewer.click("back")
    assert viewer.stage.rows()[-1].items[-1].known == -1, "not complete any more"


def test_the_three_sums_speak_of_one_cell_and_one_error(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    for position in (0, 18, 40, 108, 323):
        viewer.slider("scrub").setValue(position)
        gathered, scattered, paired = viewer.stage.sums()
        assert agree(gathered.total, scattered.total)
        _, scatter, correlate = viewer.stage.rows()
        assert scatter.facts["from"] == correlate.facts["from"]
        assert paired.operands[0].values[0] == viewer.frame.values[1][(0, *divmod(position, 18))]
        assert paired.operands[1].values[0] == viewer.frame.value_grads[2][(0, *correlate.facts["from"])]


def test_a_transposed_convolution_has_its_kernels_gradient_beside_it_too(look):
    viewer = look("transposed", size=LARGE)
    viewer.click("phase2")
    assert seen(viewer) == [Strip.GATHER, Strip.CORRELATE]
    viewer.click("all")
    shown = viewer.stage.rows()[-1].items[-1]
    np.testing.assert_array_equal(shown.sheet.source, viewer.frame.gradients[1]["weight"][shown.lead])


def test_names_are_translated(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    english = tab(viewer, Strip.GATHER).text()
    speak("zh_CN")
    viewer.microscope.retranslate()
    assert tab(viewer, Strip.GATHER).text() != english


# clicks on boards that are no result ---------------------------------------------------------------------------------


def test_a_click_on_the_padded_error_brings_the_window_there(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    viewer.slider("scrub").setValue(150)
    area = viewer.stage.place(Role.PADDED_ERROR).area
    row, column = area.top + area.rows - 1, area.left + area.columns - 1
    viewer.click_cell(Role.PADDED_ERROR, row, column)
    assert viewer.moment.rows[0].items[0].window.area.holds(row, column)


def test_a_click_on_an_error_goes_to_where_it_spreads_first(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    viewer.click_cell(Role.ERROR, 2, 3)
    assert viewer.text("where").startswith("[5, 7]")
    assert viewer.moment.rows[1].items[0].cursor == (2, 3)


def test_a_click_on_a_kernel_goes_nowhere(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    viewer.slider("scrub").setValue(150)
    for role in (Role.KERNEL, Role.ROTATED, Role.PRODUCTS):
        viewer.click_cell(role, 1, 1)
        assert viewer.microscope.position == 150


@pytest.mark.parametrize(("name", "layer"), [("demo", 0), ("demo", 1), ("pooling", 1)])
def test_a_click_on_the_input_brings_the_window_over_it(look, name, layer):
    viewer = look(name, layer=layer, back=False, size=LARGE)
    viewer.press(Qt.Key.Key_2)
    viewer.click_cell(Role.INPUT, 6, 5)
    assert viewer.moment.rows[0].items[0].window.area.holds(6, 5)


# what goes together --------------------------------------------------------------------------------------------------


def corner(viewer, role, row, column):
    """Return the colour in the corner of a cell, where marks are painted."""
    spot = viewer.stage.place(role).cell_rect(row, column).topLeft() + QPoint(2, 2)
    return viewer.stage.grab().toImage().pixelColor(spot)


def test_pointing_at_a_product_marks_what_is_multiplied_on_every_board(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    viewer.slider("scrub").setValue(18 * 6 + 6)
    window = viewer.moment.rows[0].items[0].window
    tap = next(
        (u, v)
        for u, v in np.ndindex(4, 4)
        if viewer.moment.rows[0].items[0].sheet.source_of(window.top + u, window.left + v) is not None
    )
    error = viewer.moment.rows[0].items[0].sheet.source_of(window.top + tap[0], window.left + tap[1])
    partners = {
        Role.PADDED_ERROR: (window.top + tap[0], window.left + tap[1]),
        Role.ROTATED: tap,
        Role.KERNEL: (3 - tap[0], 3 - tap[1]),
        Role.MET_ERROR: (3 - tap[0], 3 - tap[1]),
        Role.ERROR: error,
    }
    before = {role: corner(viewer, role, *place) for role, place in partners.items()}
    viewer.point_at(Role.PRODUCTS, *tap)
    for role, place in partners.items():
        assert corner(viewer, role, *place) != before[role], role


def test_pointing_at_nothing_marks_nothing(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    plain = viewer.stage.grab().toImage()
    viewer.point_at(Role.KERNEL, 1, 1)
    assert viewer.stage.grab().toImage() != plain
    viewer.point_to(QPoint(5, 5))
    assert viewer.stage.grab().toImage() == plain


def test_pointing_at_a_term_marks_the_cells_that_it_is_made_of(look):
    viewer = look(size=LARGE)
    viewer.click("phase5")
    viewer.slider("scrub").setValue(18 * 6 + 6)
    plain = viewer.stage.grab().toImage()
    for line in range(3):
        told = viewer.stage.sums()[line]
        for term, rect in viewer.stage.term_rects(line).items():
            for shift in (QPoint(1, 0), QPoint()):
                viewer.point_to(rect.center() + shift)
            assert viewer.stage.grab().toImage() != plain
            place = tuple(int(n) for n in told.cells[term])
            board = viewer.stage.rows()[line].items[told.board]
            assert corner(viewer, board.role, *place) == theme.current().text
    viewer.point_to(QPoint(5, 5))
    assert viewer.stage.grab().toImage() == plain


@pytest.mark.parametrize(
    ("name", "layer", "back", "phase"),
    [
        ("demo", 0, False, 2),
        ("demo", 1, True, 5),
        ("demo", 1, True, 6),
        ("pooling", 1, False, 2),
        ("pooling", 1, True, 2),
        ("transposed", 1, False, 2),
        ("transposed", 1, True, 2),
        ("dead-border", 1, True, 5),
    ],
)
def test_every_term_stands_on_a_cell_of_its_board(look, name, layer, back, phase):
    """The cell of a term shows its product, or a factor of it."""
    viewer = look(name, layer=layer, back=back, size=LARGE)
    viewer.click(f"phase{phase}")
    count = viewer.slider("scrub").maximum() + 1
    for position in (0, count // 3, count // 2, count - 1):
        viewer.slider("scrub").setValue(position)
        for row in viewer.moment.rows:
            told = row.sum
            if told is None or told.cells is None or told.parts:
                continue
            board = row.items[told.board]
            for term, (at_row, at_column) in enumerate(told.cells.tolist()):
                shown = board.sheet.crop(Area(at_row, at_column, 1, 1))[0, 0]
                possible = [told.terms[term], *(operand.values[term] for operand in told.operands)]
                assert any(shown == pytest.approx(value, rel=1e-12, abs=1e-15) for value in possible)


@pytest.mark.parametrize("name", ["demo", "channels", "pooling", "transposed", "dead-border"])
def test_a_factor_is_the_number_of_the_frame_that_it_is_said_to_be(look, name):
    viewer = look(name, layer=0, size=LARGE)
    found = 0
    for layer in range(len(viewer.frame.problem.layers)):
        for back in (False, True):
            viewer.microscope.show_layer(layer, back=back)
            for phase in range(len(viewer.chips())):
                viewer.microscope.show_phase(phase)
                last = viewer.slider("scrub").maximum()
                for position in (0, last // 3, last):
                    viewer.slider("scrub").setValue(position)
                    rows = viewer.moment.rows
                    for number, row in enumerate(rows):
                        told = row.sum
                        if told is None or told.cells is None or told.parts:
                            continue
                        for term, cell in enumerate(told.cells.tolist()):
                            numbers = dict(numbers_at(rows, (number, told.board, *cell)))
                            for operand in told.operands:
                                if operand.role in numbers:
                                    tensor, index = numbers[operand.role]
                                    assert array_of(viewer.frame, tensor)[index] == operand.values[term]
                                    found += 1
    assert found > 100


def test_a_large_stage_has_larger_titles_and_sums(look):
    """A projector's picture is read from the last row."""
    small, large = look(size=(1000, 760)), look(size=(1600, 1000))
    for viewer in (small, large):
        viewer.click("phase5")
        assert seen(viewer) == ALL
    heights = [viewer.stage.place(Role.GATHERED).title.height() for viewer in (small, large)]
    assert heights[1] > 1.2 * heights[0]
    lines = [viewer.stage.term_rects(0)[0].height() for viewer in (small, large) if viewer.stage.grab()]
    assert lines[1] > 1.2 * lines[0]
    assert large.stage.place(Role.GATHERED).side > small.stage.place(Role.GATHERED).side
