from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton

from convviz.views.editors.kernel import KernelEditor
from convviz.views.editors.matrix_picture import MatrixPicture
from convviz.views.editors.number_box import NumberBox
from convviz.views.editors.presets import PRESETS
from tests.views.editors.hand import Hand, clipboard
from tests.views.hands import type_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.kind)
def test_presets_fill_the_kernel(hand: Hand, preset: Any) -> None:
    hand.click(0, 0)
    hand.keys("9", Qt.Key.Key_Return)
    action = hand.menu(preset.kind, "presets")
    assert action.isEnabled()
    assert action.toolTip() == preset.source
    action.trigger()
    np.testing.assert_array_equal(hand.values[0, 0], preset.make(3, 3))


def test_a_preset_that_means_nothing_at_this_size_says_what_it_needs(at: Callable[..., Hand]) -> None:
    hand = at(np.zeros((1, 1, 4, 4)))
    sharpen = hand.menu("sharpen", "presets")
    assert not sharpen.isEnabled()
    assert "odd number of rows and columns" in sharpen.toolTip()
    assert hand.menu("gaussian", "presets").isEnabled()


def test_dice_ask_for_random_numbers(hand: Hand) -> None:
    editor = hand.editor
    assert isinstance(editor, KernelEditor)
    asked: list[None] = []
    editor.reseeded.connect(lambda: asked.append(None))
    for _ in range(2):
        QTest.mouseClick(hand.find(QAbstractButton, "k.cells.random"), Qt.MouseButton.LeftButton)
    assert len(asked) == 2


@pytest.mark.parametrize(
    "text",
    [
        "1\t0,5\t0\n0\t0\t0\n0\t0\t2",
        "[[1, 0.5, 0], [0, 0, 0], [0, 0, 2]]",
        "array([[[[1., .5, 0.], [0., 0., 0.], [0., 0., 2.]]]])",
    ],
)
def test_pastes_a_matrix_of_the_same_size(hand: Hand, text: str) -> None:
    hand.click(1, 1)
    hand.paste(text)
    np.testing.assert_array_equal(hand.values, [[[[1, 0.5, 0], [0, 0, 0], [0, 0, 2]]]])
    assert hand.merges == [""]


def test_a_single_kernel_takes_the_size_of_what_is_pasted(at: Callable[..., Hand]) -> None:
    hand = at(np.ones((1, 1, 3, 3)))
    hand.click(1, 1)
    hand.paste("[[1, 2], [3, 4]]")
    np.testing.assert_array_equal(hand.values, [[[[1, 2], [3, 4]]]])
    hand.paste("5 5 5 5 5")
    np.testing.assert_array_equal(hand.values, [[[[5, 5, 5, 5, 5]]]])
    assert hand.told == []


@pytest.mark.parametrize(("cell", "corner"), [((0, 0), (0, 0)), ((0, 1), (0, 1)), ((2, 2), (1, 1)), ((1, 2), (1, 1))])
def test_a_smaller_matrix_goes_into_one_of_several_kernels_from_the_current_cell_on(
    at: Callable[..., Hand], cell: tuple[int, int], corner: tuple[int, int]
) -> None:
    before = np.arange(18.0).reshape(2, 1, 3, 3)
    hand = at(before)
    hand.click(*cell)
    hand.paste("-1\t-2\n-3\t-4")
    row, column = corner
    expected = before.copy()
    expected[0, 0, row : row + 2, column : column + 2] = [[-1, -2], [-3, -4]]
    np.testing.assert_array_equal(hand.values, expected)
    assert hand.merges == [""]
    assert f"2×2 numbers were put in from row {row + 1}, column {column + 1} on" in hand.told[0]


def test_a_larger_matrix_puts_zeros_around_the_other_kernels(at: Callable[..., Hand]) -> None:
    before = np.arange(1.0, 19.0).reshape(2, 1, 3, 3)
    hand = at(before)
    hand.click(0, 0)
    hand.paste(str(np.ones((5, 4)).tolist()))
    np.testing.assert_array_equal(hand.values[0, 0], np.ones((5, 4)))
    np.testing.assert_array_equal(hand.values[1, 0, 1:4, :3], before[1, 0])
    assert np.abs(hand.values[1]).sum() == before[1].sum()


def test_what_would_cut_off_numbers_of_other_kernels_is_refused(at: Callable[..., Hand]) -> None:
    hand = at(np.ones((2, 1, 3, 3)))
    hand.click(0, 0)
    hand.paste("5 5 5 5 5")
    assert "expected 3×3 numbers, or more rows and columns, for one of 2" in hand.refused[-1]
    assert "received 1×5" in hand.refused[-1]
    flat = at(np.ones((2, 1, 1, 3)))
    flat.menu("transpose").trigger()
    assert "received 3×1" in flat.refused[-1]
    assert hand.merges == flat.merges == []


@pytest.mark.parametrize("shape", [(2, 1, 2, 2), (1, 2, 2, 2)])
def test_kernels_of_one_channel_and_channels_of_one_kernel_are_pasted_as_a_list_of_matrices(
    at: Callable[..., Hand], shape: tuple[int, ...]
) -> None:
    hand = at(np.zeros(shape))
    hand.click(0, 0)
    hand.paste("[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]")
    np.testing.assert_array_equal(hand.values, np.arange(1.0, 9.0).reshape(shape))


def test_a_list_of_matrices_that_could_mean_several_things_is_refused(at: Callable[..., Hand]) -> None:
    for shape in ((2, 2, 2, 2), (3, 1, 2, 2)):
        hand = at(np.zeros(shape))
        hand.click(0, 0)
        hand.paste("[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]")
        sizes = "×".join(map(str, shape))
        assert hand.refused == [f"expected a matrix, or all numbers ({sizes}) as 4 levels of lists; received 2×2×2"]
        assert hand.merges == []


@pytest.mark.parametrize("text", ["[1, 2, 3]", "1 2 3", "[[1], [2], [3]]", "[[1, 2, 3]]"])
def test_a_bias_takes_as_many_numbers_however_they_are_written(at: Callable[..., Hand], text: str) -> None:
    hand = at(np.zeros(3), vector=True)
    hand.click(0, 0)
    hand.paste(text)
    np.testing.assert_array_equal(hand.values, [1, 2, 3])


def test_what_cannot_be_pasted_is_said(hand: Hand) -> None:
    hand.click(0, 0)
    for text, says in {
        "hello": "not a number",
        "1 2\n3": "1 in row 2",
        "": "no text",
        "[[[1]], [[2]]]": "4 levels",
    }.items():
        hand.paste(text)
        assert says in hand.refused[-1]
    assert hand.merges == []


def test_copies_for_a_spreadsheet_and_as_code(at: Callable[..., Hand]) -> None:
    hand = at(np.array([[[[1.0, 0.5], [0.0, -2.0]]]]))
    hand.click(0, 0)
    QTest.keySequence(hand.grid, "Ctrl+C")
    assert clipboard().text() == "1\t0.5\n0\t-2"
    hand.menu("copy_python").trigger()
    assert clipboard().text() == "[[1.0, 0.5], [0.0, -2.0]]"
    hand.menu("copy_numpy").trigger()
    assert clipboard().text() == "np.array([[1.0, 0.5], [0.0, -2.0]])"
    QTest.mouseClick(hand.find(QAbstractButton, "k.cells.copy"), Qt.MouseButton.LeftButton)
    assert clipboard().text() == "1\t0.5\n0\t-2"


def test_the_menu_rotates_transposes_negates_and_normalises(at: Callable[..., Hand]) -> None:
    hand = at(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    for name, expected in {
        "rotate": [[4, 3], [2, 1]],
        "transpose": [[4, 2], [3, 1]],
        "negate": [[-4, -2], [-3, -1]],
        "normalise": [[0.4, 0.2], [0.3, 0.1]],
    }.items():
        hand.menu(name).trigger()
        np.testing.assert_allclose(hand.values[0, 0], expected)


def test_normalising_takes_the_magnitudes_where_the_sum_is_zero(at: Callable[..., Hand]) -> None:
    hand = at([[[[1.0, -1.0]]]])
    hand.menu("normalise").trigger()
    np.testing.assert_array_equal(hand.values, [[[[0.5, -0.5]]]])
    empty = at([[[[0.0, 0.0]]]])
    empty.menu("normalise").trigger()
    assert "nothing to normalise" in empty.refused[0]


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_a_channel_that_there_is_not_is_refused_with_a_sentence(at: Callable[..., Hand], number: int) -> None:
    hand = at(np.arange(8.0).reshape(2, 1, 2, 2))
    outputs = hand.find(NumberBox, "k.cells.channel0")
    type_over(outputs, "2")
    type_over(outputs, str(number))
    assert hand.refused == [f"expected a channel from 1 to 2, received {number}"]
    assert outputs.value() == 2
    hand.click(0, 0)
    assert hand.find(NumberBox, "k.cells.value").value() == 4
    hand.editor.set_values(np.full((1, 1, 2, 2), 7.0))
    assert hand.find(NumberBox, "k.cells.value").value() == 7


def test_several_channels_are_shown_one_at_a_time(at: Callable[..., Hand]) -> None:
    hand = at(np.arange(24.0).reshape(2, 3, 2, 2))
    outputs, inputs = hand.find(NumberBox, "k.cells.channel0"), hand.find(NumberBox, "k.cells.channel1")
    assert outputs.isVisible()
    assert inputs.isVisible()
    type_over(outputs, "2")
    type_over(inputs, "3")
    hand.click(0, 0)
    assert hand.find(NumberBox, "k.cells.value").value() == 20
    hand.keys("-1", Qt.Key.Key_Return)
    assert hand.values[1, 2, 0, 0] == -1
    assert (hand.values != np.arange(24.0).reshape(2, 3, 2, 2)).sum() == 1
    hand.editor.set_values(np.zeros((1, 1, 2, 2)))
    assert not outputs.isVisible()
    assert hand.find(NumberBox, "k.cells.value").value() == 0


def test_a_vector_fills_rows(at: Callable[..., Hand]) -> None:
    hand = at(np.arange(8.0), vector=True)
    assert hand.grid.shape() == (2, 6)
    hand.click(1, 1)
    assert hand.find(NumberBox, "k.cells.value").value() == 7
    hand.keys("9", Qt.Key.Key_Tab)
    np.testing.assert_array_equal(hand.values, [0, 1, 2, 3, 4, 5, 6, 9])
    assert hand.grid.current() == (0, 0)  # after the last cell comes the first
    hand.click(1, 4)  # there is no such cell
    assert hand.grid.current() == (0, 0)
    hand.paste("1 2 3")
    assert "expected 8 numbers, received 3" in hand.refused[-1]
    hand.paste("1\n2\n3\n4\n5\n6\n7\n8")
    np.testing.assert_array_equal(hand.values, np.arange(1.0, 9.0))
    hand.click(1, 1)
    hand.editor.set_values(np.zeros(2))
    assert hand.grid.current() == (0, 1)


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (1, 1, 12, 12), (64, 64), (3, 40, 2), (1, 200)], ids=str)
def test_every_size_can_be_shown(at: Callable[..., Hand], shape: tuple[int, ...]) -> None:
    hand = at(np.random.default_rng(0).normal(size=shape))
    picture = hand.grid.grab().toImage()
    assert picture.height() <= 280
    last = hand.grid.cell_rect(shape[-2] - 1, shape[-1] - 1)
    assert hand.grid.rect().adjusted(0, 0, 1, 1).contains(last)
    if shape[-1] * shape[-2] > 1:
        colours = {picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}
        assert len(colours) > 5


@pytest.mark.parametrize("shape", [(48, 64), (64, 48), (22, 30), (48, 4), (200, 9), (12, 12), (8, 8)])
def test_a_map_keeps_its_proportions(qtbot: QtBot, shape: tuple[int, int]) -> None:
    picture = MatrixPicture("map")
    qtbot.addWidget(picture)
    picture.set_values(np.ones(shape))
    rows, columns = shape
    last = picture.cell_rect(rows - 1, columns - 1)
    assert picture.rect().contains(last)
    assert (last.right() / columns) / (last.bottom() / rows) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("shape", [(1, 64), (4, 4), (12, 4)])
def test_cells_are_no_squares_where_they_could_not_be_read_or_pointed_at(qtbot: QtBot, shape: tuple[int, int]) -> None:
    picture = MatrixPicture("map")
    qtbot.addWidget(picture)
    picture.set_values(np.ones(shape))
    assert picture.cell_rect(0, 0).height() >= 12
    assert shape[1] > 4 or picture.cell_rect(0, 0).width() == 64
