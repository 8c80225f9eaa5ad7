"""Which curves lie behind the present one, and what each of them is called. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.i18n import tr
from convviz.model.series import LossSeries
from convviz.views.panels.loss.kept import LOOKS, KeptCurve
from convviz.views.panels.loss.naming import run_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.model.branches import Branch
    from convviz.model.experiment import Experiment

Array = NDArray[Any]

#: The most curves that a person keeps; with one more, that which was kept first is forgotten.
_MOST_KEPT = 3


class _Kept(NamedTuple):
    curve: KeptCurve
    experiment: Experiment | None


class _OfBranch(NamedTuple):
    curve: KeptCurve
    branch: Branch


class Comparison:
    """The curves that a person has kept, and those of the other branches of the run, newest last."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._branches: list[_OfBranch] = []
        self._hidden: list[LossSeries] = []

    @property
    def curves(self) -> list[KeptCurve]:
        """All of them: first what was kept."""
        return [*(each.curve for each in self._kept), *(each.curve for each in self._branches)]

    def names(self, present: Experiment | None) -> list[tuple[str, str]]:
        """Return what each of `curves` is called beside a run of ``present``, and the same in brief."""
        kept = [_name(each.experiment, present) for each in self._kept]
        return [*zip(kept, kept, strict=True), *(_branch_name(each, present) for each in self._branches)]

    def keep(self, losses: Array, best: float, experiment: Experiment | None) -> None:
        """Keep ``losses``, by step and not empty, of a run of ``experiment``.

        A curve that is the beginning of these has grown to what they are: they take its place.
        """
        series = LossSeries()
        series.append(losses)
        grown = next((each for each in self._kept if _is_beginning(each.curve.series.values(), losses)), None)
        if grown is not None:
            place = self._kept.index(grown)
            self._kept[place] = _Kept(KeptCurve(series, best, grown.curve.look), experiment)
            return
        del self._kept[: max(0, len(self._kept) + 1 - _MOST_KEPT)]
        self._kept.append(_Kept(KeptCurve(series, best, self._free_look() or 0), experiment))

    def set_branches(self, branches: Sequence[Branch], present: Branch | None) -> None:
        """Let the others than ``present`` be what there is of branches: each from where it parts from that one."""
        looks = {each.branch: each.curve.look for each in self._branches}
        wanted = {branch: branch.losses for branch in branches if branch is not present and branch.losses is not None}
        self._hidden = [series for series in self._hidden if any(series is losses for losses in wanted.values())]
        old, self._branches = self._branches, [each for each in self._branches if each.branch in wanted]
        made = []
        for branch, losses in wanted.items():
            start = 0 if present is None else present.parting(branch)
            look = looks.get(branch, self._free_look())
            if look is None or len(losses) <= start + 1 or any(losses is series for series in self._hidden):
                continue
            known = next((each.curve for each in old if each.branch is branch), None)
            if known is None or known.series is not losses or known.start != start:
                known = KeptCurve(losses, branch.best, look, start=start, yields=True)
            made.append(_OfBranch(known, branch))
            self._branches.append(made[-1])  # so that the next finds another look
        self._branches = made

    def forget(self, number: int) -> None:
        """Have the curve of that number no more, in the order of `curves`."""
        if number < len(self._kept):
            del self._kept[number]
        else:
            self._hidden.append(self._branches.pop(number - len(self._kept)).curve.series)

    def forget_all(self) -> None:
        """Have none of these curves any more."""
        self._hidden += [each.curve.series for each in self._branches]
        self._kept, self._branches = [], []

    def _free_look(self) -> int | None:
        taken = {curve.look for curve in self.curves}
        return next((look for look in range(LOOKS) if look not in taken), None)


def _name(experiment: Experiment | None, present: Experiment | None) -> str:
    return tr("kept curve") if experiment is None or present is None else run_name(experiment, present)


def _branch_name(shown: _OfBranch, present: Experiment | None) -> tuple[str, str]:
    name, step = _name(shown.branch.experiment, present), f"{shown.curve.start:,}"
    return tr("branch at {step}, {name}").format(step=step, name=name), name


def _is_beginning(part: Array, whole: Array) -> bool:
    return len(part) <= len(whole) and np.array_equal(part, whole[: len(part)], equal_nan=True)
