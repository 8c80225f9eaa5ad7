"""Where boards stand beside one another with × and = between them, the numbers on them are an equation."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import AvgPool2d, Conv2d, MaxPool2d
from convviz.engine.walkthrough import Area, Board, Role
from tests.engine.networks import trained
from tests.engine.walks import CLOSE, NETWORKS, all_walks, whole

POOLED = {
    "strides of pooling that leave gaps": (Conv2d(2, 2), MaxPool2d((2, 3), stride=(3, 4)), AvgPool2d(1, stride=2)),
    "padding that a mean counts": (Conv2d(2), AvgPool2d((3, 2), stride=2, padding=1, count_padding=True)),
}


@pytest.fixture(scope="module", params=[*NETWORKS, *POOLED])
def frame(request):
    return trained({**NETWORKS, **POOLED}[request.param])[0]


def moments(frame, rng):
    """Some moments of every phase of every walk, the first and the last among them."""
    for walked in all_walks(frame):
        for number, phase in enumerate(walked.phases):
            for position in sorted({0, phase.count - 1, *rng.integers(phase.count, size=8).tolist()}):
                yield walked.moment(number, position)


def taken(board):
    """The numbers of a board that the row is about: those under its window, the one at its cursor, or all."""
    if board.window is not None:
        down, across = board.window.spacing
        return board.sheet.crop(board.window.area)[::down, ::across]
    if board.cursor is not None and board.role not in (Role.MET_ERROR, Role.PAIRED, Role.SHARE, Role.SHARE_INPUT):
        return at(board, board.cursor)
    return taps(board)


def taps(board):
    """The numbers of a board in the shape of the kernel, without what lies between its taps."""
    down, across = board.sheet.step if hasattr(board.sheet, "step") else board.sheet.taps.spacing
    return whole(board)[::down, ::across]


def at(board, cell):
    return board.sheet.crop(Area(*cell, 1, 1))[0, 0]


def test_what_is_multiplied_on_the_boards_is_what_stands_behind_the_sign(frame, rng):
    found = set()
    for moment in moments(frame, rng):
        for row in moment.rows:
            if row.joins[:2] != ("×", "="):
                continue
            one, other, product = row.items[:3]
            if product.known == -1:
                assert other.known == -1 or other.role is Role.KERNEL, "nothing is multiplied: no factor is shown"
                continue
            np.testing.assert_allclose(taken(one) * taps(other), taps(product), **CLOSE)
            found.add((moment.phase.act, other.role))
    assert found


def test_differences_and_sums_of_products_are_those_of_the_boards(frame, rng):
    for moment in moments(frame, rng):
        for row in moment.rows:
            boards = [item for item in row.items if isinstance(item, Board)]
            if row.joins[:2] == ("−", "="):
                one, other, rest = (whole(board) for board in boards)
                np.testing.assert_allclose(one - other, rest, **CLOSE)
            elif row.joins == ("×", "Σ"):
                read, walks, made = boards
                np.testing.assert_allclose((taken(read) * taps(walks)).sum(), at(made, made.cursor), **CLOSE)
            elif row.joins == ("×", "=", "Σ") and boards[2].depth == 1:
                total = taps(boards[2]).sum() + (row.sum.bias or 0.0)
                np.testing.assert_allclose(total, at(boards[3], boards[3].cursor), **CLOSE)
            elif row.joins == ("", "Σ"):
                np.testing.assert_allclose(whole(boards[0]).sum(), at(boards[2], boards[2].cursor), **CLOSE)


def test_a_window_of_pooling_hands_its_error_back_by_the_slopes_of_its_number(frame):
    """1 where the maximum was and 0 elsewhere; 1 / n of a mean."""
    for walked in all_walks(frame):
        layer = None if walked.index == len(frame.problem.layers) else frame.problem.layers[walked.index]
        if not walked.back or not isinstance(layer, (MaxPool2d, AvgPool2d)):
            continue
        phase = len(walked.phases) - 1
        for position in range(walked.phases[phase].count):
            slopes = walked.moment(phase, position).rows[0].items[1]
            assert slopes.role is Role.SHARES
            if slopes.known is None:
                assert whole(slopes).sum() <= 1 + 1e-12
                assert set(np.unique(whole(slopes))) <= {0.0, 1.0} or isinstance(layer, AvgPool2d)
