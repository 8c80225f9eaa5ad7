"""Branches of a run: gone to and fro, undone, compared, and forgotten where there is no room for them."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine import loop
from convviz.engine.frames import State
from convviz.model import branches as limits
from convviz.model.branches import Branches
from convviz.model.document import Document
from convviz.model.series import LossSeries
from tests.model.running import experiment, trained
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from convviz.model.branches import Branch
    from convviz.model.session import Session


class Desk:
    """A document, a session and the branches, kept in step as the window does."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.bot, self.session = qtbot, session
        self.document = Document(experiment())
        self.branches = Branches(self.document, session)
        self.document.changed.connect(self.branches.follow)
        self.entered: list[bool] = []
        self.forgotten: list[Branch] = []
        self.branches.entered.connect(self.entered.append)
        self.branches.forgotten.connect(self.forgotten.append)
        self.faded: list[Branch] = []
        self.branches.faded.connect(self.faded.append)
        session.load(self.document.experiment)

    def rests_at(self, step: int) -> None:
        def rests() -> bool:
            status = self.session.status
            return not self.session.is_waiting and status.step == step and status.state is not State.RUNNING

        self.bot.waitUntil(rests)

    def run(self, steps: int) -> None:
        end = self.session.status.step + steps
        self.session.run(steps)
        self.rests_at(end)

    def begin(self, step: int) -> None:
        self.branches.begin(step)
        self.rests_at(step)

    def set_rate(self, rate: float) -> None:
        old = self.document.experiment
        self.document.propose(old.replace(optimizer=old.optimizer.replace(learning_rate=rate)), "rate")

    def losses(self) -> np.ndarray:
        return np.append(self.session.losses.values(), self.session.status.loss)


@pytest.fixture
def desk(qtbot: QtBot, session: Session) -> Desk:
    made = Desk(qtbot, session)
    made.rests_at(0)
    return made


def by_hand(steps: int, rate: float, more: int) -> np.ndarray:
    """Return the losses of a trainer that changes its rate after some steps, without any branch."""
    trainer = trained(experiment(steps=10**6), steps)
    trainer.learning_rate = rate
    trainer.run(more)
    return np.append(trainer.losses, trainer.loss)


def test_a_branch_at_500_with_half_the_rate_is_compared_and_both_are_what_they_would_be_alone(desk: Desk) -> None:
    desk.run(2000)
    whole = by_hand(2000, 3e-5, 0)
    desk.begin(500)
    assert desk.entered == [True]
    desk.set_rate(1.5e-5)
    desk.run(1500)
    slower = by_hand(500, 1.5e-5, 1500)
    np.testing.assert_array_equal(desk.losses(), slower)
    root, branch = desk.branches.all
    assert desk.branches.present is branch
    assert (branch.origin, branch.step, root.origin, root.step) == (root, 500, None, 0)
    assert root.losses is not None
    np.testing.assert_array_equal(root.losses.values(), whole)
    assert root.best == whole.min()
    assert root.parting(branch) == branch.parting(root) == 500
    for _ in range(2):
        desk.branches.go_to(root)
        desk.rests_at(2000)
        assert desk.document.experiment.optimizer.learning_rate == 3e-5
        assert desk.session.status.learning_rate == 3e-5
        np.testing.assert_array_equal(desk.losses(), whole)
        desk.branches.go_to(branch)
        desk.rests_at(2000)
        assert desk.document.experiment.optimizer.learning_rate == 1.5e-5
        np.testing.assert_array_equal(desk.losses(), slower)
    desk.run(100)
    np.testing.assert_array_equal(desk.losses(), by_hand(500, 1.5e-5, 1600))
    assert desk.entered == [True, False, False, False, False]


def test_undoing_leads_back_and_doing_again_to_the_branch_as_it_was(desk: Desk) -> None:
    desk.run(300)
    whole = desk.losses()
    desk.begin(100)
    desk.run(50)
    desk.set_rate(1e-6)
    desk.run(50)
    slower = desk.losses()
    stack = desk.document.undo_stack
    assert stack.count() == 2
    assert desk.document.is_modified
    stack.undo()
    assert desk.session.status.step == 200  # only the rate is undone
    assert not desk.document.is_modified
    assert stack.undoText() == "Continue from step 100"
    stack.undo()
    desk.rests_at(300)
    np.testing.assert_array_equal(desk.losses(), whole)
    assert not stack.canUndo()
    stack.redo()
    desk.rests_at(200)
    stack.redo()
    np.testing.assert_array_equal(desk.losses(), slower)
    desk.run(10)
    trainer = trained(experiment(), 150)
    trainer.learning_rate = 1e-6
    trainer.run(60)
    np.testing.assert_array_equal(desk.losses(), np.append(trainer.losses, trainer.loss))


def test_a_branch_can_still_be_gone_to_after_its_beginning_was_undone_and_something_else_done(desk: Desk) -> None:
    desk.run(60)
    desk.begin(20)
    desk.run(5)
    desk.document.undo_stack.undo()
    desk.rests_at(60)
    desk.set_rate(1e-5)
    _, branch = desk.branches.all
    assert desk.branches.beside_present(1) is branch
    assert desk.branches.beside_present(-1) is None
    desk.branches.go_to(branch)
    desk.rests_at(25)
    assert desk.document.experiment.optimizer.learning_rate == 3e-5
    desk.document.undo_stack.undo()
    desk.rests_at(60)
    assert desk.document.experiment.optimizer.learning_rate == 1e-5


def test_a_new_branch_changes_nothing_that_would_have_to_be_saved(desk: Desk) -> None:
    desk.run(10)
    desk.begin(5)
    assert not desk.document.is_modified
    desk.set_rate(1e-5)
    assert desk.document.is_modified
    desk.branches.go_to(desk.branches.all[0])
    assert not desk.document.is_modified


def test_branches_of_branches_part_where_they_part(desk: Desk) -> None:
    desk.run(100)
    desk.begin(50)
    desk.run(50)
    desk.begin(80)
    a, b, c = desk.branches.all
    assert [a.parting(b), a.parting(c), b.parting(c), c.parting(a)] == [50, 50, 80, 50]
    desk.branches.go_to(a)
    desk.rests_at(100)
    desk.begin(20)
    d = desk.branches.all[-1]
    assert [d.parting(other) for other in (a, b, c)] == [20, 20, 20]
    desk.branches.go_to(b)
    desk.rests_at(100)
    desk.session.reset()
    desk.rests_at(0)
    assert [b.parting(other) for other in (a, c, d)] == [0, 0, 0]
    assert [c.parting(other) for other in (a, d)] == [0, 0]  # it comes from steps that are no more
    assert d.parting(a) == 20


def test_the_losses_of_a_branch_that_is_taken_up_again_are_not_copied(desk: Desk) -> None:
    desk.run(3000)
    desk.begin(1000)
    first, second = desk.branches.all
    assert first.losses is not None
    memory, before = first.losses.values(), first.losses.values().copy()
    desk.branches.go_to(first)
    desk.rests_at(3000)
    assert np.shares_memory(desk.session.losses.values(), memory)
    np.testing.assert_array_equal(desk.losses(), before)
    desk.run(5)
    np.testing.assert_array_equal(desk.losses(), trained(experiment(steps=10**6), 3006).losses[:3006])
    desk.branches.go_to(second)
    desk.rests_at(1000)
    np.testing.assert_array_equal(desk.losses(), before[:1001])


def test_undoing_a_reset_brings_the_run_back_bit_for_bit(desk: Desk) -> None:
    desk.run(40)
    before, parameters = desk.losses(), trained(experiment(steps=10**6), 60).losses
    desk.branches.reset(desk.document.experiment, "Reset")
    desk.rests_at(0)
    assert not desk.document.is_modified
    assert desk.branches.all == ()  # a run without branches has none by it
    desk.run(7)
    np.testing.assert_array_equal(desk.losses(), before[:8])
    desk.document.undo_stack.undo()
    desk.rests_at(40)
    np.testing.assert_array_equal(desk.losses(), before)
    desk.run(19)
    np.testing.assert_array_equal(desk.losses(), parameters[:60])
    desk.document.undo_stack.redo()
    desk.rests_at(7)


def test_a_reset_with_another_rate_is_one_step_to_be_undone(desk: Desk) -> None:
    desk.run(40)
    old = desk.document.experiment
    desk.branches.reset(old.replace(optimizer=old.optimizer.replace(learning_rate=2e-3)), "Smaller")
    desk.rests_at(0)
    assert desk.session.status.learning_rate == 2e-3
    desk.document.undo_stack.undo()
    desk.rests_at(40)
    assert desk.document.experiment is old
    assert desk.session.status.learning_rate == old.optimizer.learning_rate
    assert not desk.document.undo_stack.canUndo()


def test_a_branch_that_was_reset_keeps_its_place_and_undoing_puts_it_back(desk: Desk) -> None:
    desk.run(100)
    desk.begin(50)
    desk.run(50)
    first, second = desk.branches.all
    desk.branches.go_to(first)
    desk.rests_at(100)
    desk.begin(20)
    third = desk.branches.all[-1]
    desk.branches.go_to(first)
    desk.rests_at(100)
    desk.entered.clear()
    desk.branches.reset(first.experiment, "Reset")
    desk.rests_at(0)
    begun = desk.branches.present
    assert begun not in (None, first)
    assert desk.branches.all == desk.branches.reachable == (begun, second, third)
    assert not desk.entered  # nobody has gone to another branch
    assert begun is not None
    assert [begun.parting(other) for other in (second, third)] == [0, 0]
    assert second.parting(third) == 20
    desk.run(5)
    desk.branches.go_to(second)
    desk.rests_at(100)
    assert desk.branches.all == (begun, second, third)
    for step in (5, 100):
        desk.document.undo_stack.undo()
        desk.rests_at(step)
    assert desk.branches.present is first
    assert desk.branches.all == (first, second, third)
    assert first.parting(second) == 50
    assert not desk.forgotten


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


def test_another_experiment_has_no_branches_until_undoing_leads_back(desk: Desk) -> None:
    desk.run(30)
    desk.begin(10)
    desk.run(10)
    desk.document.propose(desk.document.experiment.replace(seed=5), "seed")
    desk.rests_at(0)
    assert desk.branches.present is None
    assert desk.branches.all == desk.branches.reachable == ()
    desk.document.undo_stack.undo()
    desk.rests_at(20)
    assert len(desk.branches.all) == 2
    desk.document.open_experiment(experiment(seed=7))
    desk.rests_at(0)
    assert desk.branches.all == ()


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


def test_a_run_that_plays_is_left_with_all_of_its_losses(desk: Desk) -> None:
    desk.session.set_speed(2000)
    desk.session.play()
    desk.bot.waitUntil(lambda: desk.session.status.step > 100)
    desk.branches.begin(50)
    desk.rests_at(50)
    root = desk.branches.all[0]
    assert root.losses is not None
    seen = root.losses.values().copy()
    desk.document.undo_stack.undo()
    desk.bot.waitUntil(lambda: not desk.session.is_waiting)
    assert desk.session.status.state is State.PAUSED
    np.testing.assert_array_equal(desk.losses(), seen)


def test_the_losses_that_a_run_has_not_told_of_yet_are_known_when_it_is_left(desk: Desk) -> None:
    desk.session.set_frame_rate(0.01)
    desk.session.set_speed(500)
    desk.session.play()
    made: list[int] = []

    def has_come_far() -> bool:
        desk.session.ask_path(lambda path: made.append(int(path.steps[-1])))
        return bool(made) and made[-1] > 60

    desk.bot.waitUntil(has_come_far)
    assert desk.session.status.step < 60
    desk.branches.begin(desk.session.status.step)
    desk.bot.waitUntil(lambda: not desk.session.is_waiting)
    root = desk.branches.all[0]
    assert root.losses is not None
    assert root.left_at is not None
    assert root.left_at >= made[-1]
    np.testing.assert_array_equal(root.losses.values()[:-1], trained(experiment(steps=10**6), root.left_at).losses)


def test_all_losses_of_a_branch_that_is_left_are_known_however_busy_the_window_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run(50)
    monkeypatch.setattr(loop, "PATIENCE", 0.0)
    desk.session.run(200)
    for act in (lambda: None, lambda: desk.branches.begin(20)):
        act()
        done = threading.Event()
        desk.session.ask_path(lambda path, done=done: done.set())
        assert done.wait(PATIENCE)  # in the window's thread, which takes nothing meanwhile
    desk.rests_at(20)
    root = desk.branches.all[0]
    assert root.losses is not None
    seen = root.losses.values().copy()
    assert len(seen) > 51
    desk.branches.go_to(root)
    desk.bot.waitUntil(lambda: not desk.session.is_waiting)
    np.testing.assert_array_equal(desk.losses(), seen)


def test_a_reset_that_waits_when_an_edit_follows_is_part_of_the_run_that_undoing_brings_back(desk: Desk) -> None:
    desk.run(40)
    desk.session.reset()
    desk.document.propose(desk.document.experiment.replace(seed=5), "seed")
    desk.document.undo_stack.undo()
    desk.rests_at(0)


def test_a_branch_that_waits_when_an_edit_follows_begins_all_the_same(desk: Desk) -> None:
    desk.run(40)
    desk.branches.begin(20)
    desk.document.propose(desk.document.experiment.replace(seed=5), "seed")
    desk.document.undo_stack.undo()
    desk.rests_at(20)
    desk.document.undo_stack.undo()
    desk.rests_at(40)


def test_nothing_is_continued_while_a_new_run_is_on_its_way(desk: Desk) -> None:
    desk.run(40)
    desk.document.propose(desk.document.experiment.replace(seed=5), "seed")
    desk.branches.begin(20)
    assert desk.document.undo_stack.count() == 1
    desk.rests_at(0)


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


def test_a_series_that_is_handed_over_takes_all_with_it() -> None:
    series = LossSeries()
    series.append(np.arange(5000.0))
    series.envelope(32)
    other = series.hand_over()
    assert len(series) == 0
    series.append(np.full(3, 7.0))
    np.testing.assert_array_equal(other.values(), np.arange(5000.0))
    assert other.envelope(32)[1].max() == 4999
    assert series.envelope(32)[1].tolist() == [7, 7, 7]
