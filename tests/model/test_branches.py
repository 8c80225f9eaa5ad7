"""Branches of a run: gone to and fro, undone and compared."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine import loop
from convviz.engine.frames import State
from tests.model.running import experiment, trained
from tests.patience import PATIENCE

if TYPE_CHECKING:
    import pytest

    from tests.model.desk import Desk


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
    root, branch = desk.branches.all
    assert desk.branches.beside_present(1) is branch
    assert desk.branches.beside_present(-1) is None
    desk.branches.go_to(branch)
    desk.rests_at(25)
    assert desk.branches.beside_present(1) is None
    assert desk.branches.beside_present(-1) is root
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
