"""Between the branches of the run and the window: going to one, and saying what became of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from convviz.i18n import tr
from convviz.number_text import loss_text, short_number
from convviz.views.action_texts import keys_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.branches import Branch, Branches
    from convviz.model.session import Session
    from convviz.views.panels.loss import LossPanel
    from convviz.views.parts import Parts


class BranchControl(QObject):
    """Shows the branches in the list beside the history and in the loss plot, and goes to the one that is chosen."""

    def __init__(self, branches: Branches, session: Session, parts: Parts, loss: LossPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._branches = branches
        self._session = session
        self._actions = parts.actions
        self._button = parts.history.branches
        self._line = parts.line
        self._loss = loss
        self._has_told = False  # what was forgotten, when another branch was gone to
        self._begun: Callable[[], str] | None = None  # what tells that one began
        for name, by in (("previous_branch", -1), ("next_branch", 1)):
            self._actions[name].triggered.connect(lambda _checked, by=by: self._go_by(by))
        self._button.listing.connect(self._list)
        self._button.chosen.connect(self._choose)
        branches.changed.connect(self._show)
        branches.entered.connect(self._tell_entered)
        branches.forgotten.connect(self._tell_forgotten)
        branches.faded.connect(self._tell_faded)
        self._show()

    def _show(self) -> None:
        branches = self._branches
        reachable, present = branches.reachable, branches.present
        number = reachable.index(present) + 1 if present in reachable else 1
        self._button.show_position(number, max(1, len(reachable)))
        self._actions.enable(previous_branch=number > 1, next_branch=number < len(reachable))
        self._loss.set_branches(branches.all, present)

    def _list(self) -> None:
        self._button.offer([self._text(branch) for branch in self._branches.reachable])

    def _text(self, branch: Branch) -> str:
        """Return a branch's first step, its learning rate, its newest step and the loss there."""
        status = self._session.status
        if branch is self._branches.present:
            step, loss = status.step, loss_text(status.loss)
        elif branch.left_at is not None:
            step, loss = branch.left_at, loss_text(branch.last)
        else:  # it was left before it was seen
            step, loss = branch.step, ""
        begins = tr("from the start") if branch.origin is None else tr("from step {step}")
        told = [
            begins.format(step=f"{branch.step:,}"),
            tr("rate {value}").format(value=short_number(branch.experiment.optimizer.learning_rate, 3)),
            tr("up to step {step}").format(step=f"{step:,}"),
        ]
        return " · ".join([*told, tr("loss {loss}").format(loss=loss)] if loss else told)

    def _choose(self, place: int) -> None:
        self._branches.go_to(self._branches.reachable[place])

    def _go_by(self, by: int) -> None:
        branch = self._branches.beside_present(by)
        if branch is not None:
            self._branches.go_to(branch)

    def _tell_entered(self, is_new: bool) -> None:
        branches, step = self._branches, self._session.status.step
        present = branches.present
        has_told, self._has_told = self._has_told, False
        if present is None:
            return
        if present.left_at is not None and step < present.left_at:
            self._line.show_note(lambda: tr("That branch was forgotten to save memory: it begins anew at step 0."))
        elif has_told:
            return
        elif is_new and present.origin is not None and present.origin.left_at is not None:
            self._begun = partial(self._begun_text, step, present.origin.left_at)
            self._line.show_note(self._begun)
        else:
            number, count = branches.reachable.index(present) + 1, len(branches.reachable)
            self._line.show_note(lambda: _entered_text(number, count, step))

    def forget_begun(self) -> None:
        """Tell no longer how to undo that a branch began: something else has been done since."""
        if self._begun is not None:
            self._line.drop_note(self._begun)
            self._begun = None

    def _begun_text(self, began: int, kept: int) -> str:
        told = tr("New branch from step {step}. {undo} or {previous} leads back to the other, at step {kept}.")
        return told.format(
            step=f"{began:,}",
            kept=f"{kept:,}",
            undo=keys_text(self._actions["undo"].shortcut()),
            previous=keys_text(self._actions["previous_branch"].shortcut()),
        )

    def _tell_forgotten(self, branch: Branch) -> None:
        step = branch.step if branch.left_at is None else branch.left_at
        self._has_told = True
        self._line.show_note(lambda: _forgotten_text(step))

    def _tell_faded(self, branch: Branch) -> None:
        step, keeps = branch.left_at or 0, not branch.is_gone
        self._has_told = True
        self._line.show_note(lambda: _faded_text(step, keeps=keeps))


def _entered_text(number: int, count: int, step: int) -> str:
    told = tr("Branch {number} of {count}, as it was left at step {step}.")
    return told.format(number=number, count=count, step=f"{step:,}")


def _faded_text(step: int, *, keeps: bool) -> str:
    """Return which curve went; ``keeps``: the branch itself is still there."""
    told = tr("There is no more room for the curve of the branch that was left at step {step}; the branch is kept.")
    gone = tr("There is no more room for the branch that was left at step {step}, nor for its curve.")
    return (told if keeps else gone).format(step=f"{step:,}")


def _forgotten_text(step: int) -> str:
    told = tr("There is no more room for the branch that was left at step {step}: all but its curve was forgotten.")
    return told.format(step=f"{step:,}")
