"""A line that changes while training runs, and what becomes of texts that do not fit into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convviz.views import theme
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

WORDS = "Windows of 4×4 at stride 3 never reach the last two rows and columns of the 18×18 map."


def shown(line: ReadOut, width: int) -> QImage:
    line.resize(width, 26)
    return line.grab().toImage()


@pytest.fixture
def line(qapp: QApplication, qtbot: QtBot) -> ReadOut:
    theme.apply(qapp, "light")
    line = ReadOut(on="window", wraps=True)
    qtbot.addWidget(line)
    return line


def ink_at_the_edge(image: QImage) -> int:
    """Return how many pixels of the last column are not empty: letters that were cut, and not the tip of one."""
    ground, last = image.pixelColor(image.width() // 2, 0), image.width() - 1
    return sum(image.pixelColor(last, y) != ground for y in range(image.height()))


def test_what_does_not_fit_goes_on_in_a_second_line(line: ReadOut) -> None:
    line.set_idle_text(WORDS)
    shown(line, 320)
    assert line.toolTip() == ""
    shown(line, 150)
    assert "18×18" in line.toolTip()


@pytest.mark.parametrize("text", ["W" * 60, "🙂" * 40, "one\ntwo " * 12])
def test_no_text_runs_over_the_edge(line: ReadOut, text: str) -> None:
    line.set_idle_text(text)
    assert ink_at_the_edge(shown(line, 150)) <= 3
    assert line.toolTip()


def test_the_beginning_of_a_sentence_is_not_shown_where_it_says_nothing(line: ReadOut) -> None:
    empty = shown(line, 40)
    line.set_idle_text(WORDS)
    assert shown(line, 40) == empty
    assert "18×18" in line.toolTip()


def test_a_shorter_text_is_taken_with_the_same_long_one(qapp: QApplication, qtbot: QtBot) -> None:
    line = ReadOut(on="window")
    qtbot.addWidget(line)
    line.set_text("a text that is much too long for this", "short")
    before = shown(line, 60)
    line.set_text("a text that is much too long for this", "other")
    assert shown(line, 60) != before


def lines_of(image: QImage) -> list[range]:
    """Return which rows of pixels each of the lines that stand there covers."""
    ground = image.pixelColor(image.width() - 1, 0)
    inked = [any(image.pixelColor(x, y) != ground for x in range(image.width())) for y in range(image.height())]
    edges = [y for y in range(image.height()) if inked[y] and (y == 0 or not inked[y - 1])]
    return [range(y, next((end for end in range(y, image.height()) if not inked[end]), image.height())) for y in edges]


def test_one_line_is_in_the_middle_and_of_one_size_and_only_two_are_small(line: ReadOut) -> None:
    words = "HHH HHH HHH HHH HHH HHH HHH HHH"  # of which every line is as high as its capitals
    line.set_text(words)
    shapes = {tuple(lines_of(shown(line, width))) for width in range(180, 420, 4)}
    assert {len(shape) for shape in shapes} == {1, 2}
    (alone,) = (shape for shape in shapes if len(shape) == 1)
    middle = (alone[0].start + alone[0].stop) / 2
    assert abs(middle - 13) <= 1.5


def test_a_large_line_becomes_two_usual_ones_before_it_becomes_two_small_ones(line: ReadOut, qtbot: QtBot) -> None:
    line.set_role("heading")
    usual = ReadOut(on="window", wraps=True)
    qtbot.addWidget(usual)
    for one in (line, usual):
        one.set_idle_text(WORDS)
        one.resize(400, 36)
    assert theme.metrics("body").horizontalAdvance(WORDS) > 400
    assert line.grab().toImage() == usual.grab().toImage()
    assert len(lines_of(line.grab().toImage())) == 2
