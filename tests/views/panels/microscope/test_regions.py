"""The parts of the stage keep apart, whatever its size and whatever is seen."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRect, QSize

from convviz.engine import Trainer
from convviz.engine.walkthrough import walk
from convviz.model.files import load_builtin
from convviz.views.panels.microscope.regions import divide, is_twice

SIZES = [(320, 200), (1000, 480), (1000, 399), (1280, 700), (2560, 1400)]


@pytest.fixture(scope="module")
def rows():
    """All rows of a moment of the way back through a layer with a stride: three, of which two are the same map."""
    trainer = Trainer(load_builtin("demo").build())
    trainer.run(3)
    plan = walk(trainer.frame(input_gradient=True), 1, back=True)
    return plan.moment(4, 0).rows


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("whole", [False, True])
def test_the_parts_keep_apart(qapp, rows, size, count, whole):
    regions = divide(QSize(*size), rows[:count], named=True, whole=whole)
    parts = [regions.sentence, regions.tabs, regions.boards, regions.sums]
    for n, part in enumerate(parts):
        assert QRect(0, 0, *size).contains(part), part
        assert not any(part.intersects(other) for other in parts[n + 1 :]), (part, parts)


def test_two_ways_of_making_a_map_leave_room_for_the_sign_between_them(qapp, rows):
    assert len(rows) == 3
    assert is_twice(rows)
    assert not is_twice(rows[1:])
    one, two = (divide(QSize(1000, 600), rows[:count], named=True, whole=False) for count in (1, 2))
    assert one.boards.right() > two.boards.right()


def test_a_projector_has_everything_larger_but_not_without_end(qapp, rows):
    usual, large, huge = (divide(QSize(w, h), rows, named=True, whole=False) for w, h in SIZES[1:2] + SIZES[3:])
    assert usual.growth == 1
    assert usual.growth < large.growth < huge.growth
    assert huge.growth == divide(QSize(9000, 9000), rows, named=True, whole=False).growth
    assert usual.sentence.height() < large.sentence.height()
