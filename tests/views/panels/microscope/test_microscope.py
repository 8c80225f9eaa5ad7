"""The microscope used: by clicks, keys and drags, seen in what it shows."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough import Act, Role
from convviz.model.files import builtin_experiments
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.panels.microscope import captions
from convviz.views.pointing import Pointed
from tests.views.hands import choose_item, drag
from tests.views.panels.microscope.seeing import phase_of, picture

SIZES = [(1000, 600), (720, 450), (1600, 900)]
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_convolution_goes_back_in_six_phases(look):
    viewer = look()
    assert viewer.chips() == [
        "1 Error δ",
        "2 Zeros inserted",
        "3 Padded",
        "4 Kernel rotated",
        "5 Window slides",
        "6 Kernel's gradient",
    ]


@pytest.mark.parametrize("phase", range(1, 7))
def test_a_phase_is_chosen_by_its_chip_and_by_its_key(look, phase):
    viewer = look()
    viewer.click(f"phase{phase}")
    seen = picture(viewer)
    assert viewer.button(f"phase{phase}").isChecked()
    viewer.click("phase1" if phase > 1 else "phase2")
    assert picture(viewer) != seen
    viewer.stage.setFocus()
    viewer.press(Qt.Key(Qt.Key.Key_0 + phase))
    assert viewer.microscope.phase == phase - 1
    assert viewer.button(f"phase{phase}").isChecked()


def test_keys_go_cell_by_cell_and_row_by_row(look):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    for key, held, where in (
        (Qt.Key.Key_Right, None, "[1, 2]"),
        (Qt.Key.Key_Right, None, "[1, 3]"),
        (Qt.Key.Key_Down, None, "[2, 3]"),
        (Qt.Key.Key_Left, None, "[2, 2]"),
        (Qt.Key.Key_Right, SHIFT, "[2, 18]"),
        (Qt.Key.Key_Right, SHIFT, "[3, 18]"),
        (Qt.Key.Key_Up, None, "[2, 18]"),
        (Qt.Key.Key_End, None, "[18, 18]"),
        (Qt.Key.Key_Right, None, "[18, 18]"),
        (Qt.Key.Key_Home, None, "[1, 1]"),
        (Qt.Key.Key_Left, None, "[1, 1]"),
    ):
        viewer.press(key, held or Qt.KeyboardModifier.NoModifier)
        assert viewer.text("where").startswith(where)


def test_buttons_go_cell_by_cell_by_rows_and_to_the_end(look):
    viewer = look()
    viewer.click("phase5")
    for name, where in (
        ("forward", "[1, 2] · 2 / 324"),
        ("row", "[1, 18] · 18 / 324"),
        ("row", "[2, 18] · 36 / 324"),
        ("back", "[2, 17] · 35 / 324"),
        ("all", "[18, 18] · 324 / 324"),
    ):
        viewer.click(name)
        assert viewer.text("where") == where


def test_the_bar_scrubs_to_any_cell(look):
    viewer = look()
    viewer.click("phase5")
    bar = viewer.slider("scrub")
    drag(bar, QPoint(8, bar.height() // 2), QPoint(bar.width(), 0))
    assert viewer.microscope.position == 323
    bar.setValue(100)
    assert viewer.text("where") == "[6, 11] · 101 / 324"


@pytest.mark.parametrize("name", sorted(builtin_experiments()))
def test_a_layer_that_is_chosen_is_seen_as_its_result_begins_to_be_made(look, name):
    viewer = look(name)
    for layer in range(len(viewer.frame.problem.layers)):
        for back in (False, True):
            viewer.microscope.show_layer(layer, back=back)
            assert viewer.microscope.position == 0
            assert not viewer.moment.phase.still
            tensor = Tensor(Kind.VALUE_GRAD, layer) if back else Tensor(Kind.VALUE, layer + 1)
            assert viewer.microscope.number == Pointed(tensor, (0, 0, 0))


def test_a_click_on_a_cell_goes_there(look):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    viewer.click_cell(Role.GATHERED, 3, 5)
    assert viewer.text("where").startswith("[4, 6]")
    viewer.click_cell(Role.SCATTERED, 1, 2)
    assert viewer.text("where").startswith("[2, 3]")
    viewer.press(Qt.Key.Key_2)
    viewer.click_cell(Role.SPREAD_ERROR, 4, 2)
    assert viewer.text("where").startswith("[3, 2]")


def test_a_drag_over_cells_scrubs(look):
    viewer = look()
    viewer.press(Qt.Key.Key_1)
    start, end = viewer.spot(Role.ERROR, 0, 0), viewer.spot(Role.ERROR, 5, 6)
    drag(viewer.stage, start, end - start)
    assert viewer.text("where").startswith("[6, 7]")


def test_pointing_tells_which_number_it_is(look, qtbot):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    with qtbot.waitSignal(viewer.microscope.pointed) as seen:
        viewer.point_at(Role.GATHERED, 2, 3)
    assert seen.args == [Pointed(Tensor(Kind.VALUE_GRAD, 1), (0, 2, 3))]
    with qtbot.waitSignal(viewer.microscope.pointed) as seen:
        viewer.point_at(Role.KERNEL, 1, 2)
    assert seen.args == [Pointed(Tensor(Kind.WEIGHT, 1), (0, 0, 1, 2))]
    with qtbot.waitSignal(viewer.microscope.pointed) as seen:
        viewer.point_at(Role.PADDED_ERROR, 0, 0)
    assert seen.args == [None], "a zero of the border is no number of the frame"


def test_under_a_pointer_at_rest_is_the_number_that_a_cell_shows_now(look, qtbot):
    viewer = look("pooling", layer=1, back=False)
    viewer.microscope.show_phase(phase_of(viewer, Act.WINDOWS))
    window = viewer.stage.place(Role.WINDOW).item
    with qtbot.waitSignal(viewer.microscope.pointed) as seen:
        viewer.point_at(Role.WINDOW, 1, 0)
    assert seen.args == [Pointed(window.tensor, window.index_of(1, 0))]
    with qtbot.waitSignal(viewer.microscope.pointed) as seen:
        viewer.press(Qt.Key.Key_Right)
    moved = viewer.stage.place(Role.WINDOW).item
    assert seen.args == [Pointed(moved.tensor, moved.index_of(1, 0))]
    assert moved.index_of(1, 0) != window.index_of(1, 0)


def test_where_a_kernel_was_pointed_at_a_curve_is_no_number(look, qtbot):
    viewer = look("sigmoid", layer=0, back=False)
    viewer.microscope.show_phase(phase_of(viewer, Act.WINDOWS))
    viewer.point_at(Role.KERNEL, 1, 1)
    with qtbot.waitSignal(viewer.microscope.pointed) as seen:
        choose_item(viewer.box("layer"), "2: Sigmoid")
    assert viewer.moment.phase.act is Act.FUNCTION
    assert seen.args == [None]


def test_a_number_that_is_no_longer_seen_is_no_longer_pointed_at(look, qtbot):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    viewer.point_at(Role.KERNEL, 1, 2)
    with qtbot.waitSignal(viewer.microscope.pointed) as seen:
        viewer.press(Qt.Key.Key_1)
    assert seen.args == [None]


def test_both_ways_end_in_the_number_that_training_uses(look):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    for row, column in ((0, 0), (3, 5), (1, 4)):
        viewer.press(Qt.Key.Key_Home)
        viewer.click_cell(Role.GATHERED, row, column)
        gathered, scattered = viewer.stage.sums()
        expected = viewer.frame.value_grads[1][0, row, column]
        assert gathered.total == pytest.approx(expected, rel=1e-12)
        assert scattered.total == pytest.approx(expected, rel=1e-12)


def test_a_cell_that_no_window_reaches_says_so(look):
    viewer = look("dead-border")
    viewer.press(Qt.Key.Key_5)
    viewer.press(Qt.Key.Key_End)
    assert viewer.stage.sentence() == "No window reaches this cell: its gradient is exactly zero."
    assert [told.total for told in viewer.stage.sums()] == [0.0, 0.0]
    viewer.press(Qt.Key.Key_Home)
    assert "No window" not in viewer.stage.sentence()


def test_a_new_frame_keeps_phase_and_cell_and_changes_numbers(look):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    viewer.click_cell(Role.GATHERED, 2, 4)
    before, seen = viewer.stage.sums()[0].total, picture(viewer)
    viewer.train(20)
    assert viewer.microscope.phase == 4
    assert viewer.text("where").startswith("[3, 5]")
    assert viewer.stage.sums()[0].total == pytest.approx(viewer.frame.value_grads[1][0, 2, 4], rel=1e-12)
    assert viewer.stage.sums()[0].total != before
    assert picture(viewer) != seen


def test_another_experiment_is_taken_in_stride(look):
    viewer = look("channels", layer=2)
    viewer.press(Qt.Key.Key_6)
    other = look("pooling", layer=1)
    viewer.microscope.set_frame(other.frame)
    assert viewer.microscope.phase < len(viewer.chips())
    assert viewer.moment.rows


def test_layer_and_direction_are_chosen(look):
    viewer = look()
    choose_item(viewer.box("layer"), "1: Convolution 3×3, stride 1")
    assert (viewer.microscope.layer, viewer.microscope.back) == (0, True)
    viewer.click("forwards")
    assert not viewer.microscope.back
    assert viewer.chips() == ["1 Input", "2 Window slides"]
    viewer.stage.setFocus()
    viewer.press(Qt.Key.Key_D)
    assert viewer.microscope.back
    choose_item(viewer.box("layer"), "Loss: Sum of squared errors")
    assert viewer.chips() == ["1 Slopes"]


def test_channels_are_chosen_one_or_all(look):
    viewer = look("channels", layer=2, back=False)
    viewer.press(Qt.Key.Key_2)
    whole = viewer.stage.sums()[0]
    assert [channel for channel, _ in whole.parts] == [0, 1, 2]
    shares = []
    for n in range(3):
        choose_item(viewer.box("of"), f"channel {n + 1}")
        assert viewer.stage.sums()[0].parts == ()
        shares.append(viewer.stage.sums()[0].total)
    assert sum(shares) + (whole.bias or 0.0) == pytest.approx(whole.total, rel=1e-12)
    choose_item(viewer.box("of"), "all, added")
    assert len(viewer.stage.sums()[0].parts) == 3


def test_a_channel_of_the_result_is_chosen(look):
    viewer = look("channels", layer=0, back=False)
    viewer.press(Qt.Key.Key_2)
    for n in range(3):
        choose_item(viewer.box("into"), f"channel {n + 1}")
        assert viewer.stage.sums()[0].total == pytest.approx(viewer.frame.values[1][n, 0, 0], rel=1e-12)


@pytest.mark.parametrize(
    ("tensor", "index", "act", "where"),
    [
        (Tensor(Kind.VALUE, 1), (1, 4, 6), Act.WINDOWS, "[5, 7]"),
        (Tensor(Kind.VALUE, 2), (2, 4, 6), Act.FUNCTION, "[5, 7]"),
        (Tensor(Kind.VALUE_GRAD, 2), (2, 4, 6), Act.MEETING, "[5, 7]"),
        (Tensor(Kind.VALUE_GRAD, 3), (0, 2, 3), Act.SLOPE, "[3, 4]"),
        (Tensor(Kind.WEIGHT, 2), (0, 1, 2, 3), Act.WEIGHTS, "[3, 4]"),
        (Tensor(Kind.WEIGHT_GRAD, 0), (2, 0, 1, 1), Act.WEIGHTS, "[2, 2]"),
        (Tensor(Kind.BIAS_GRAD, 0), (1,), Act.WEIGHTS, "[4, 1]"),
        (Tensor(Kind.VALUE, 0), (0, 4, 6), Act.INPUT, "[5, 7]"),
        (Tensor(Kind.RESIDUAL), (0, 2, 3), Act.RESIDUAL, "[3, 4]"),
        (Tensor(Kind.LOSS), (), Act.RESIDUAL, "[1, 1]"),
    ],
)
def test_any_number_of_the_frame_is_shown_being_made(look, tensor, index, act, where):
    viewer = look("channels", layer=0)
    viewer.microscope.show_cell(Pointed(tensor, index))
    assert viewer.moment.phase.act is act
    assert viewer.text("where").startswith(where)
    if tensor.kind in (Kind.VALUE, Kind.VALUE_GRAD) and tensor.position and act is not Act.INPUT:
        arrays = viewer.frame.values if tensor.kind is Kind.VALUE else viewer.frame.value_grads
        assert viewer.stage.sums()[-1].total == pytest.approx(arrays[tensor.position][index], rel=1e-12)
    if tensor.kind is Kind.WEIGHT_GRAD:
        assert viewer.stage.sums()[0].total == pytest.approx(viewer.frame.gradients[0]["weight"][index], rel=1e-12)
    if tensor.kind is Kind.BIAS_GRAD:
        assert viewer.stage.sums()[0].total == pytest.approx(viewer.frame.gradients[0]["bias"][index], rel=1e-12)


def test_escape_and_the_button_close(look, qtbot):
    viewer = look()
    with qtbot.waitSignal(viewer.microscope.closed):
        viewer.press(Qt.Key.Key_Escape)
    with qtbot.waitSignal(viewer.microscope.closed):
        viewer.click("close")


def test_its_keys_are_not_the_windows_shortcuts(look):
    """Space plays here, although the window has a Play of its own."""
    viewer = look()
    for key, ours in ((Qt.Key.Key_Space, True), (Qt.Key.Key_End, True), (Qt.Key.Key_N, False)):
        event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(viewer.stage, event)
        assert event.isAccepted() is ours


def test_a_close_up_shows_large_cells_and_the_whole_all_of_them(look):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    place = viewer.stage.place(Role.GATHERED)
    assert place.side >= 24
    assert place.is_cropped
    viewer.press(Qt.Key.Key_Z)
    assert viewer.button("whole").isChecked()
    assert not viewer.stage.place(Role.GATHERED).is_cropped


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["demo", "dead-border"])
def test_kernels_are_seen_whole(look, name, size):
    viewer = look(name, size=size)
    for phase, roles in ((4, (Role.KERNEL, Role.ROTATED)), (5, (Role.KERNEL, Role.PRODUCTS)), (6, (Role.WEIGHT_GRAD,))):
        viewer.click(f"phase{phase}")
        for role in roles:
            place = viewer.stage.place(role)
            assert not place.is_cropped
            assert viewer.stage.rect().contains(place.rect)


@pytest.mark.parametrize("size", SIZES)
def test_the_cell_that_it_is_about_is_always_seen(look, size):
    viewer = look(size=size)
    viewer.press(Qt.Key.Key_5)
    for position in (0, 17, 18, 140, 323, 150, 2):
        viewer.slider("scrub").setValue(position)
        row, column = divmod(position, 18)
        for role in (Role.GATHERED, Role.SCATTERED):
            assert viewer.stage.place(role).area.holds(row, column)
            assert viewer.stage.rect().contains(viewer.stage.place(role).cell_rect(row, column))
        window = viewer.stage.place(Role.PADDED_ERROR)
        for corner in ((row, column), (row + 3, column + 3)):
            assert window.area.holds(*corner)


@pytest.mark.parametrize("name", sorted(builtin_experiments()))
def test_every_moment_of_every_experiment_can_be_looked_at(look, name):
    """All layers, both ways, all phases, in the middle and at the ends: painted, and equal to the engine's numbers."""
    viewer = look(name, layer=0, size=(720, 450))
    for layer in range(len(viewer.frame.problem.layers) + 1):
        for back in (False, True):
            viewer.microscope.show_layer(layer, back=back)
            for phase in range(len(viewer.chips())):
                viewer.microscope.show_phase(phase)
                for position in (0, viewer.slider("scrub").maximum() // 2, viewer.slider("scrub").maximum()):
                    viewer.slider("scrub").setValue(position)
                    assert not picture(viewer).isNull()
                    for told in viewer.stage.sums():
                        np.testing.assert_allclose(told.total, told.value, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("look_of", ["light", "dark"])
def test_theme_and_language_change_what_is_seen(look, look_of):
    viewer = look()
    viewer.press(Qt.Key.Key_2)
    app = QApplication.instance()
    before = picture(viewer)
    theme.apply(app, "dark" if look_of == "light" else "light")
    theme.apply(app, look_of)
    english = picture(viewer)
    assert (before == english) is (look_of == "light")
    speak("zh_CN")
    viewer.microscope.retranslate()
    assert viewer.chips()[1] != "2 Zeros inserted"
    assert picture(viewer) != english


def test_without_a_frame_there_is_nothing_to_break(qtbot, look):
    from convviz.views.panels.microscope import Microscope

    empty = Microscope()
    qtbot.addWidget(empty)
    empty.show_layer(1, back=True)
    empty.show_cell(Pointed(Tensor(Kind.VALUE, 1), (0, 0, 0)))
    empty.toggle()
    empty.retranslate()
    empty.show()
    QTest.keyClick(empty, Qt.Key.Key_Right)
    assert not empty.is_playing


def test_the_kernels_gradient_says_which_channel_it_is_of(look):
    viewer = look("channels", layer=0)
    chooser = viewer.box("of")
    assert chooser.currentText() == "all, added"
    viewer.press(Qt.Key.Key_6)
    assert chooser.currentText() == "channel 1"
    viewer.press(Qt.Key.Key_5)
    assert chooser.currentText() == "all, added"


@pytest.mark.parametrize("size", [(1000, 600), (1600, 900)])  # in smaller ones not every phase has room for numbers
def test_numbers_that_are_huge_keep_their_power_of_ten(look, size, monkeypatch):
    viewer = look("diverging", layer=0, size=size)
    written = []
    power_text = captions.power_text
    monkeypatch.setattr(captions, "power_text", lambda exponent: written.append(exponent) or power_text(exponent))
    viewer.press(Qt.Key.Key_1)
    del written[:]
    picture(viewer)
    assert written == []  # a few steps: the numbers are small
    viewer.train(100)
    for phase in range(6):
        viewer.microscope.show_phase(phase)
        del written[:]
        picture(viewer)
        assert written, phase
        assert min(written) > 10
