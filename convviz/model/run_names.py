"""What the runs of a session are called."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convviz.model.experiment import Experiment


class RunNames:
    """The names of runs, numbered from 1: experiments that differ only in what can change while they run are of one.

    An experiment is known by itself, not by what it equals, and only as long as somebody else holds it.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Experiment], int]] = {}  # by the experiment's identity
        self._given = 0

    def of(self, experiment: Experiment) -> int:
        """Return the name of the run of an experiment; a new one where it has not run yet."""
        name = self.known(experiment)
        if name is None:
            self._given += 1
            name = self._given
            self._known[id(experiment)] = weakref.ref(experiment), name
        return name

    def known(self, experiment: Experiment) -> int | None:
        """Return the name of the run of an experiment, or None where it has not run yet."""
        held, name = self._known.get(id(experiment), (None, 0))
        return name if held is not None and held() is experiment else None

    def share(self, old: Experiment, new: Experiment) -> None:
        """Let what was the run of ``old`` be that of ``new``, too."""
        self._known[id(new)] = weakref.ref(new), self.of(old)

    def forget(self, experiment: Experiment) -> None:
        """Let an experiment have a new name."""
        self._known.pop(id(experiment), None)

    def all(self) -> frozenset[int]:
        """Return the names that somebody may yet ask for."""
        self._known = {key: (held, name) for key, (held, name) in self._known.items() if held() is not None}
        return frozenset(name for _, name in self._known.values())
