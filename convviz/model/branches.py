"""The branches of a run: what goes on in different ways from steps that they have in common."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from convviz.i18n import tr

if TYPE_CHECKING:
    from convviz.engine.frames import Status
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.series import LossSeries
    from convviz.model.session import Session

#: The most branches of a run, and of those that are known the most that have a curve; with one more, that which was
#: left first is forgotten.
MOST = 5
#: The most runs of which branches are known.
MOST_RUNS = 4
#: The most bytes that the losses of all branches take that were left; with more, those that were left first go.
MOST_BYTES = 512 << 20


class Branch:
    """One way in which a run went on.

    Attributes
    ----------
    experiment
        What it is of: the object that it is known by, with the settings that it had last.
    origin, step
        The branch that it began in, and at which step; None and 0: it is the run that all began with.
    losses
        Its losses of all steps, the newest too; None until it has been left for the first time, and once there was no
        more room for them.
    left_at, last
        At which step it was left last, and with which loss; None and NaN: never.
    best
        The least of them; NaN if there is none.
    is_gone
        There was no room to keep it, so that there is no way back to it but by undoing, which begins it anew.
    seat
        Its place among the others, which it shares with what it was reset to. There is one in a place at a time.
    """

    def __init__(
        self, experiment: Experiment, origin: Branch | None = None, step: int = 0, seat: object = None
    ) -> None:
        self.experiment = experiment
        self.origin = origin
        self.step = step
        self.seat = object() if seat is None else seat
        self.losses: LossSeries | None = None
        self.left_at: int | None = None
        self.last = math.nan
        self.best = math.nan
        self.is_gone = False

    def parting(self, other: Branch) -> int:
        """Return the step up to which this branch and ``other`` are the same."""
        mine = self._shared()
        return max((min(mine[at], step) for at, step in other._shared().items() if at in mine), default=0)

    def _shared(self) -> dict[Branch, int]:
        """Return up to which step this branch is the same as each of those it comes from, itself among them."""
        at, step = self, sys.maxsize
        shared = {at: step}
        while at.origin is not None:
            at, step = at.origin, min(step, at.step)
            shared[at] = step
        return shared

    @property
    def root(self) -> Branch:
        """The run that all began with."""
        return self if self.origin is None else self.origin.root


class Branches(QObject):
    """Knows the branches of the run that there is, and makes the document and the session go from one to another.

    Whatever is done by it can be undone.

    Signals
    -------
    changed()
        There is another branch, or one less, or another one is the present one, or was left: see `all`, `present`.
    forgotten(Branch)
        There is no way back to it any more.
    faded(Branch)
        There is no more room for its losses.
    entered(bool)
        The run that is reported now is that of another branch; whether it is a new one.
    """

    changed = pyqtSignal()
    entered = pyqtSignal(bool)
    forgotten = pyqtSignal(object)
    faded = pyqtSignal(object)

    def __init__(self, document: Document, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._session = session
        self._known: dict[int, Branch] = {}  # by the name of the run
        self._present: Branch | None = None
        self._seated: dict[object, Branch] = {}  # by their places, those that have been the present one last
        self._left: list[Branch] = []  # the one that was left last behind all others
        self._is_entering = self._is_new = False  # what was gone to has not been reported yet; it is a new one
        document.opened.connect(self._forget_all)
        session.run_left.connect(self._take_losses)
        session.run_started.connect(self._look_around)
        session.status_changed.connect(self._heed_reset)

    @property
    def present(self) -> Branch | None:
        """The branch that runs; None: the run has no branches."""
        return self._present

    @property
    def all(self) -> tuple[Branch, ...]:
        """The branches of the run, in the order in which they began; those that are gone are among them."""
        if self._present is None:
            return ()
        own = [branch for branch in self._known.values() if branch.root is self._present.root]
        places = list(dict.fromkeys(branch.seat for branch in own))
        there = [branch for branch in own if self._seated.get(branch.seat, branch) is branch]
        return tuple(sorted(there, key=lambda branch: places.index(branch.seat)))

    @property
    def reachable(self) -> tuple[Branch, ...]:
        """The branches that one can go to, and the present one, in the order in which they began."""
        return tuple(branch for branch in self.all if not branch.is_gone)

    def begin(self, step: int) -> None:
        """Go on from a recorded step of the run in hand, as a branch of its own; the run is kept as it is."""
        if self._session.is_waiting:
            return
        old = self._document.experiment
        new = old.replace()
        if self._present is None:
            self._forget_runs()
            self._present = self._known[self._session.name_of(old)] = Branch(old)
        self._known[self._session.branch(new, step)] = Branch(new, self._present, step)
        self._document.turn_to(new, tr("Continue from step {step}").format(step=f"{step:,}"))
        self._is_new = True

    def reset(self, experiment: Experiment, text: str) -> None:
        """Let the run in hand begin anew; undoing that brings it back at the step where it is.

        Where it is one of several branches, the new run takes its place among them.

        Parameters
        ----------
        experiment
            What it goes on with: the present one, or one that differs in what can change while it runs.
        text
            What that is, translated, as it will stand in the menu behind 'Undo'.
        """
        new, present = experiment.replace(), self._present
        name = self._session.branch(new, None)
        if present is not None:
            self._known[name] = Branch(new, present.root, seat=present.seat)
        self._document.turn_to(new, text)
        self._is_entering = False  # it is not gone to

    def go_to(self, branch: Branch) -> None:
        """Take up a branch where it was left."""
        if branch is not self._present and branch in self.reachable:
            self._document.turn_to(branch.experiment, tr("Go to another branch"))

    def beside_present(self, by: int) -> Branch | None:
        """Return the branch that began before (−1) or after (1) the present one, or None."""
        reachable = self.reachable
        if self._present not in reachable:
            return None
        place = reachable.index(self._present) + by
        return reachable[place] if 0 <= place < len(reachable) else None

    def follow(self, old: Experiment, new: Experiment, *, apart: bool = False) -> bool:
        """Make the session go from ``old`` to ``new``, ``apart`` by a new run in any case; return whether by one."""
        begins = self._session.follow(old, new, apart=apart)
        left, self._present = self._present, self._known.get(self._session.name_of(new))
        if self._present is not None:
            self._present.experiment = new
            self._seated[self._present.seat] = self._present
        if left is not self._present:
            self._is_entering, self._is_new = self._present is not None, False
            self._left = [branch for branch in self._left if branch not in (left, self._present)]
            if left is not None:
                self._left.append(left)
            self.changed.emit()
        return begins

    def _forget_runs(self) -> None:
        """Forget the branches of other runs but the latest: no undoing is likely to go back that far."""
        roots = list(dict.fromkeys(branch.root for branch in self._known.values()))
        old = roots[: max(0, len(roots) + 1 - MOST_RUNS)]
        self._known = {name: branch for name, branch in self._known.items() if branch.root not in old}
        self._left = [branch for branch in self._left if branch.root not in old]
        self._seated = {seat: branch for seat, branch in self._seated.items() if branch.root not in old}

    def _take_losses(self, name: int) -> None:
        """Take over the losses of a branch that was left."""
        branch = self._known.get(name)
        if branch is not None:
            status: Status = self._session.status
            branch.losses, branch.best = self._session.losses.hand_over(), status.best_loss
            if len(branch.losses) == status.step:  # the newest is no part of the series yet
                branch.losses.append(np.array([status.loss]))
            branch.left_at, branch.last = len(branch.losses) - 1, status.loss
        if self._present is not None and self._present.losses is not None:
            self._session.expect_losses(self._present.losses)

    def _look_around(self, run: int) -> None:
        """Once the run of the present branch is there, see which others there is no room for, and tell that it is."""
        if self._session.is_waiting or self._present is None:
            return
        self._present.is_gone = False
        kept = self._session.status.left
        lost = [branch for name, branch in self._known.items() if branch is not self._present and name not in kept]
        others = [branch for branch in self._left if branch in self.reachable]
        lost += others[: max(0, len(others) + 1 - MOST)]
        there = self.all
        for branch in lost:
            if not branch.is_gone:
                branch.is_gone = True
                if branch in there:
                    self.forgotten.emit(branch)
        self._forget_curves()
        if self._is_entering:
            self._is_entering = False
            self.entered.emit(self._is_new)
        self.changed.emit()

    def _forget_curves(self) -> None:
        """Forget losses where there are more curves than can be told apart, or these take too much memory."""
        curves = [branch for branch in self.all if branch is not self._present and branch.losses is not None]
        gone = [branch for branch in self._left if branch.is_gone and branch in curves]
        for branch in gone[: max(0, len(curves) + 1 - MOST)]:
            branch.losses = None
        kept = {branch: branch.losses.nbytes for branch in self._left if branch.losses is not None}
        while sum(kept.values()) > MOST_BYTES:
            branch = next(iter(kept))  # the one that was left first
            del kept[branch]
            branch.losses = None
            if branch in curves:
                self.faded.emit(branch)

    def _heed_reset(self, status: Status) -> None:
        """Let a branch that was reset have nothing in common with the others any more."""
        present = self._present
        if present is not None and not self._session.is_waiting:
            for branch in self._known.values():
                if branch is present or branch.origin is present:
                    branch.step = min(branch.step, status.step)

    def _forget_all(self) -> None:
        self._known.clear()
        self._left.clear()
        self._seated.clear()
        if self._present is not None:
            self._present = None
            self.changed.emit()
