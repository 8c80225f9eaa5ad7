from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLineEdit, QToolButton, QWidget

from convviz.views.editors.kernel import KernelEditor
from convviz.views.editors.matrix import MatrixEditor
from convviz.views.editors.matrix_grid import MatrixGrid
from convviz.views.editors.matrix_picture import MatrixPicture
from convviz.views.editors.number_box import NumberBox
from convviz.views.editors.presets import PRESETS
from tests.views.hands import drag, turn, type_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Hand:
    """Somebody at an editor whose edits are taken as they come, like the document does."""

    def __init__(self, editor: MatrixEditor, values: Any) -> None:
        self.editor = editor
        self.values = np.array(values, dtype=np.float64)
        self.merges: list[str] = []
        self.refused: list[str] = []
        self.accept = True
        editor.set_values(self.values)
        editor.retranslate()
        editor.edited.connect(self._take)
        editor.refused.connect(self.refused.append)

    def _take(self, values: Any, merge: str) -> None:
        if self.accept:
            self.values = values
            self.merges.append(merge)
        self.editor.set_values(self.values)

    @property
    def grid(self) -> MatrixGrid:
        return self.find(MatrixGrid, "k.cells")

    def find(self, kind: type[W], name: str) -> W:
        found = self.editor.findChild(kind, name)
        assert found is not None, name
        return found

    def spot(self, row: int, column: int) -> QPoint:
        return self.grid.cell_rect(row, column).center()

    def click(self, row: int, column: int) -> None:
        QTest.mouseClick(self.grid, Qt.MouseButton.LeftButton, pos=self.spot(row, column))

    def line(self) -> QLineEdit | None:
        return self.grid.findChild(QLineEdit, "k.cells.edit")

    def keys(self, text: str, then: Qt.Key) -> None:
        """Type into whatever is there: the first character opens the line."""
        for letter in text:
            QTest.keyClicks(self.line() or self.grid, letter)
        QTest.keyClick(self.line() or self.grid, then)

    def menu(self, name: str, button: str = "more") -> QAction:
        menu = self.find(QToolButton, f"k.cells.{button}").menu()
        assert menu is not None
        menu.aboutToShow.emit()
        action = menu.findChild(QAction, f"k.cells.{name}")
        assert action is not None, name
        return action

    def paste(self, text: str) -> None:
        clipboard().setText(text)
        QTest.keySequence(self.grid, "Ctrl+V")


def clipboard() -> Any:
    return QGuiApplication.clipboard()


@pytest.fixture
def at(show: Callable[[QWidget], QWidget]) -> Callable[..., Hand]:
    def made(values: Any, vector: bool = False) -> Hand:
        editor = MatrixEditor("k", compact=True) if vector else KernelEditor("k", ("Output", "Input"))
        hand = Hand(editor, values)
        show(editor)
        return hand

    return made


@pytest.fixture
def hand(at: Callable[..., Hand]) -> Hand:
    return at(np.zeros((1, 1, 3, 3)))


def test_typing_replaces_a_number_and_goes_on(hand: Hand) -> None:
    hand.click(0, 0)
    hand.keys("1,5", Qt.Key.Key_Tab)
    hand.keys("-2", Qt.Key.Key_Tab)
    hand.keys("1/4", Qt.Key.Key_Return)
    hand.keys(".5", Qt.Key.Key_Return)
    np.testing.assert_array_equal(hand.values[0, 0], [[1.5, -2, 0.25], [0, 0, 0.5], [0, 0, 0]])
    assert hand.merges == [""] * 4
    assert hand.grid.current() == (2, 2)


def test_tab_goes_on_to_the_next_row_and_enter_to_the_next_column(hand: Hand) -> None:
    hand.click(0, 2)
    hand.keys("1", Qt.Key.Key_Tab)
    assert hand.grid.current() == (1, 0)
    hand.click(2, 0)
    hand.keys("2", Qt.Key.Key_Return)
    assert hand.grid.current() == (0, 1)
    hand.keys("3", Qt.Key.Key_Backtab)
    assert hand.grid.current() == (0, 0)


def test_escape_restores(hand: Hand) -> None:
    hand.click(1, 1)
    hand.keys("7", Qt.Key.Key_Escape)
    assert hand.line() is None
    assert hand.merges == []
    assert hand.grid.hasFocus()


def test_enter_and_a_double_click_edit_all_digits(at: Callable[..., Hand]) -> None:
    hand = at(np.full((1, 1, 2, 2), 1 / 3))
    hand.click(0, 0)
    QTest.keyClick(hand.grid, Qt.Key.Key_Return)
    line = hand.line()
    assert line is not None
    assert float(line.text()) == 1 / 3
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert hand.merges == []  # the same number is no edit
    QTest.mouseDClick(hand.grid, Qt.MouseButton.LeftButton, pos=hand.spot(1, 1))
    line = hand.line()
    assert line is not None
    assert line.selectedText() == line.text()


def test_clicking_elsewhere_takes_what_was_typed(hand: Hand) -> None:
    hand.click(0, 0)
    QTest.keyClicks(hand.grid, "4")
    hand.click(2, 2)
    assert hand.values[0, 0, 0, 0] == 4
    assert hand.line() is None
    assert hand.grid.current() == (2, 2)


def test_what_is_no_number_is_refused_and_the_cell_stays(hand: Hand) -> None:
    hand.click(0, 0)
    hand.keys("1..2", Qt.Key.Key_Return)
    assert hand.refused == ["'1..2' is not a number such as 0.5, 3e-5 or 1/9"]
    assert hand.values[0, 0, 0, 0] == 0


def test_arrow_keys_move_and_stop_at_the_edge(hand: Hand) -> None:
    hand.click(0, 0)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(hand.grid, key)
    assert hand.grid.current() == (1, 2)
    assert hand.merges == []


def test_keys_step_and_clear(hand: Hand) -> None:
    hand.click(1, 1)
    QTest.keyClick(hand.grid, Qt.Key.Key_PageUp)
    QTest.keyClick(hand.grid, Qt.Key.Key_PageUp, CTRL)
    QTest.keyClick(hand.grid, Qt.Key.Key_PageDown, SHIFT)
    assert hand.values[0, 0, 1, 1] == 1.09
    QTest.keyClick(hand.grid, Qt.Key.Key_Delete)
    assert hand.values[0, 0, 1, 1] == 0
    assert len(set(hand.merges[:3])) == 3


def test_the_wheel_steps_the_cell_under_the_pointer(hand: Hand) -> None:
    hand.click(0, 0)
    assert turn(hand.grid, 1, hand.spot(2, 1)).isAccepted()
    turn(hand.grid, 2, hand.spot(2, 1))
    assert hand.values[0, 0, 2, 1] == pytest.approx(0.3)
    assert len(set(hand.merges)) == 1  # one turn is one undo command
    turn(hand.grid, -1, hand.spot(2, 1), held=SHIFT)
    turn(hand.grid, 1, hand.spot(2, 1), held=CTRL)
    assert hand.values[0, 0, 2, 1] == pytest.approx(1.29)
    turn(hand.grid, 1, hand.spot(0, 1))
    assert hand.merges[-1] != hand.merges[0]


def test_the_wheel_needs_no_click_where_the_pointer_was_put(hand: Hand) -> None:
    QTest.mouseMove(hand.grid, hand.spot(1, 1))
    assert turn(hand.grid, 1, hand.spot(1, 1)).isAccepted()
    assert hand.values[0, 0, 1, 1] == 0.1


def test_the_wheel_changes_nothing_that_was_scrolled_under_the_pointer(hand: Hand) -> None:
    assert not turn(hand.grid, 1, hand.spot(1, 1)).isAccepted()
    QTest.mouseMove(hand.grid, hand.spot(1, 1))
    assert not turn(hand.grid, 1, hand.spot(2, 2)).isAccepted()  # not where the pointer was last moved to
    assert hand.merges == []


def test_a_drag_is_one_movement(hand: Hand) -> None:
    drag(hand.grid, hand.spot(1, 0), QPoint(0, -50), moves=10)
    assert hand.values[0, 0, 1, 0] == pytest.approx(1.0)
    assert len(hand.merges) == 10
    assert len(set(hand.merges)) == 1
    drag(hand.grid, hand.spot(1, 0), QPoint(0, 25), moves=5)
    assert hand.values[0, 0, 1, 0] == pytest.approx(0.5)
    assert hand.merges[-1] != hand.merges[0]


def test_escape_takes_a_drag_back(at: Callable[..., Hand]) -> None:
    hand = at(np.full((1, 1, 2, 2), 1 / 3))
    drag(hand.grid, hand.spot(0, 0), QPoint(0, -30), let_go=False)
    assert hand.values[0, 0, 0, 0] != 1 / 3
    QTest.keyClick(hand.grid, Qt.Key.Key_Escape)
    assert hand.values[0, 0, 0, 0] == 1 / 3
    assert len(set(hand.merges)) == 1
    QTest.mouseMove(hand.grid, hand.spot(1, 1))
    assert hand.values[0, 0, 0, 0] == 1 / 3
    QTest.mouseRelease(hand.grid, Qt.MouseButton.LeftButton, pos=hand.spot(1, 1))


def test_a_click_changes_nothing(hand: Hand) -> None:
    hand.click(0, 1)
    assert hand.merges == []
    assert hand.grid.current() == (0, 1)


def test_a_refused_change_leaves_the_old_number(hand: Hand) -> None:
    hand.accept = False
    hand.click(0, 0)
    hand.keys("5", Qt.Key.Key_Return)
    assert hand.find(NumberBox, "k.cells.value").value() == 0


def test_the_value_of_the_cell_is_shown_and_typed_with_all_digits(at: Callable[..., Hand]) -> None:
    hand = at(np.arange(9.0).reshape(1, 1, 3, 3) / 7)
    hand.click(1, 2)
    box = hand.find(NumberBox, "k.cells.value")
    assert box.value() == 5 / 7
    type_over(box, "0.123456789012345")
    assert hand.values[0, 0, 1, 2] == 0.123456789012345


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


def test_pasting_another_size_gives_an_array_of_that_size(at: Callable[..., Hand]) -> None:
    hand = at(np.ones((2, 1, 3, 3)))
    hand.click(0, 0)
    hand.paste("[[1, 2], [3, 4]]")
    assert hand.values.shape == (2, 1, 2, 2)
    np.testing.assert_array_equal(hand.values[0, 0], [[1, 2], [3, 4]])
    hand.paste("5 5 5 5 5")
    assert hand.values.shape == (2, 1, 1, 5)
    np.testing.assert_array_equal(hand.values[1, 0], [[0, 1, 1, 0, 0]])


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
