"""Branches of a run that are forgotten where there is no room for them, and what is kept of them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine import loop
from convviz.model import branches as limits
from tests.model.running import experiment, trained

if TYPE_CHECKING:
    from tests.model.desk import Desk


def test_what_was_before_a_reset_is_forgotten_without_a_word_where_memory_is_short(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run(100)
    desk.begin(50)
    monkeypatch.setattr(loop, "LEFT", 0)
    desk.branches.reset(desk.document.experiment, "Reset")
    desk.rests_at(0)
    assert desk.branches.present in desk.branches.reachable
    assert [branch.left_at for branch in desk.forgotten] == [100]  # the other branch, and not the one that was reset
    desk.document.undo_stack.undo()
    desk.rests_at(0)


def test_opening_the_same_experiment_again_forgets_the_branches(desk: Desk) -> None:
    desk.run(30)
    desk.begin(10)
    told: list[int] = []
    desk.branches.changed.connect(lambda: told.append(len(desk.branches.all)))
    desk.document.open_experiment(desk.document.experiment)
    assert desk.branches.all == ()
    assert desk.branches.present is None
    assert told[-1] == 0


def test_the_branch_that_was_left_first_is_forgotten_where_memory_is_short_and_that_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run(500)
    monkeypatch.setattr(loop, "LEFT", int(1.7 * trained(experiment(), 500).recording().nbytes))
    desk.begin(400)
    root, second = desk.branches.all
    assert not desk.forgotten
    desk.run(50)
    desk.begin(420)
    assert desk.forgotten == [root]
    assert desk.branches.reachable == (second, desk.branches.present)
    assert root.losses is not None
    assert len(root.losses) == 501
    desk.branches.go_to(root)  # which is none to go to any more
    assert desk.branches.present is not root
    desk.document.undo_stack.undo()
    desk.rests_at(450)
    desk.document.undo_stack.undo()
    desk.rests_at(0)  # it begins anew
    assert desk.branches.present is root
    assert not root.is_gone


def test_there_are_no_more_branches_than_can_be_told_apart(desk: Desk) -> None:
    desk.run(50)
    for step in range(limits.MOST + 1):
        desk.begin(40 + step)
        desk.run(10)
    assert len(desk.branches.reachable) == limits.MOST
    assert desk.forgotten == list(desk.branches.all[:2])


def test_of_branches_that_are_gone_no_more_curves_stay_than_can_be_told_apart(desk: Desk) -> None:
    desk.run(50)
    for step in range(3 * limits.MOST):
        desk.begin(30 + step)
        desk.run(10)
    others = [branch for branch in desk.branches.all if branch is not desk.branches.present]
    assert len(others) == 3 * limits.MOST
    with_curve = [branch for branch in others if branch.losses is not None]
    assert with_curve == others[1 - limits.MOST :]
    assert set(with_curve) < set(desk.branches.reachable)
    assert others[0].left_at == 50


def test_what_was_left_of_runs_that_are_forgotten_is_forgotten_too(desk: Desk) -> None:
    desk.run(10)
    desk.begin(5)
    curve = weakref.ref(desk.branches.all[0].losses)
    for seed in range(limits.MOST_RUNS + 1):
        desk.document.propose(desk.document.experiment.replace(seed=100 + seed), "seed")
        desk.rests_at(0)
        desk.run(10)
        desk.begin(5)
    assert curve() is None


def test_losses_that_were_left_first_are_forgotten_where_they_take_too_much(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 2 * 8 * 300)
    desk.run(200)
    desk.begin(150)
    desk.run(50)
    desk.begin(150)
    desk.run(50)
    assert not desk.faded
    first, second, third = desk.branches.all
    desk.begin(150)  # 603 losses are left by now, and there is room for 600
    assert desk.faded == [first]
    assert first.losses is None
    assert [len(branch.losses or ()) for branch in (second, third)] == [201, 201]
    assert (first.left_at, first.last) == (200, pytest.approx(trained(experiment(steps=10**6), 200).loss))
    assert first in desk.branches.reachable
    desk.branches.go_to(first)
    desk.rests_at(200)
    np.testing.assert_array_equal(desk.losses(), trained(experiment(steps=10**6), 201).losses[:201])
    assert desk.faded == [first]  # 553 are left: of two runs, and of the fourth one 151
    desk.run(300)
    desk.branches.go_to(second)
    desk.rests_at(200)
    assert desk.faded == [first, third, desk.branches.all[3]]  # the 501 of the first are what there is room for
    assert [branch.losses is None for branch in desk.branches.all] == [False, False, True, True]
    assert sum(branch.losses.nbytes for branch in desk.branches.all if branch.losses is not None) <= 2 * 8 * 300


def test_branches_of_few_runs_are_known(desk: Desk) -> None:
    for seed in range(limits.MOST_RUNS + 2):
        desk.run(10)
        desk.begin(5)
        desk.document.propose(desk.document.experiment.replace(seed=100 + seed), "seed")
        desk.rests_at(0)
    for _ in range(limits.MOST_RUNS):
        desk.document.undo_stack.undo()
        assert len(desk.branches.all) == 2
        desk.document.undo_stack.undo()
    desk.document.undo_stack.undo()
    assert desk.branches.all == ()
