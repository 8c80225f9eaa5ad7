"""What a scene waits for. Each condition says by itself whether it holds of what is seen.

A condition is a frozen dataclass; its fields are its entries in a lesson's file. `CONDITIONS` names all of them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.engine.frames import State
from convviz.i18n import mark

if TYPE_CHECKING:
    from convviz.engine.explain import Tensor
    from convviz.engine.frames import Status
    from convviz.model.experiment import Experiment
    from convviz.model.lessons.look import Look

#: Digits of the number of a layer.
_MOST_DIGITS = 9

Number = tuple["Tensor", tuple[int, ...]]


@dataclass(frozen=True)
class Seen:
    """What a condition is asked about.

    Attributes
    ----------
    experiment, status
        As they are.
    since
        The newest step when the scene began.
    pointed, held
        The numbers of the frame under the pointer, and that was clicked: an array and a place in it.
    look
        What is under the microscope; None: the whole network is seen.
    """

    experiment: Experiment
    status: Status
    since: int = 0
    pointed: Number | None = None
    held: Number | None = None
    look: Look | None = None


@dataclass(frozen=True)
class Condition(ABC):
    """Something that a person can bring about."""

    kind: ClassVar[str] = ""

    @abstractmethod
    def holds(self, seen: Seen) -> bool:
        """Return whether it has been brought about."""


@dataclass(frozen=True)
class StepsMade(Condition):
    """So many steps have been made since the scene began."""

    kind: ClassVar[str] = "steps"
    count: int = 1

    def holds(self, seen: Seen) -> bool:
        """Return whether the run is so many steps further."""
        return seen.status.step >= seen.since + self.count


@dataclass(frozen=True)
class LossBelow(Condition):
    """The loss of the newest step is less than a number."""

    kind: ClassVar[str] = "loss"
    below: float

    def holds(self, seen: Seen) -> bool:
        """Return whether it is; a loss that is not finite is not."""
        return math.isfinite(seen.status.loss) and seen.status.loss < self.below


@dataclass(frozen=True)
class Diverged(Condition):
    """The run has diverged."""

    kind: ClassVar[str] = "diverged"

    def holds(self, seen: Seen) -> bool:
        """Return whether it has."""
        return seen.status.state is State.DIVERGED


@dataclass(frozen=True)
class StepShown(Condition):
    """A step of the past is looked at, or made the newest one: ``step`` itself, or any up to it."""

    kind: ClassVar[str] = "shown"
    step: int
    or_earlier: bool = False

    def holds(self, seen: Seen) -> bool:
        """Return whether it is on the screen."""
        status = seen.status
        shown = status.step if status.shown is None else status.shown
        return shown <= self.step if self.or_earlier else shown == self.step


@dataclass(frozen=True)
class SettingIs(Condition):
    """A setting of the experiment has a value, or is above or below one."""

    kind: ClassVar[str] = "setting"
    path: str
    value: Any = None
    above: float | None = None
    below: float | None = None

    def holds(self, seen: Seen) -> bool:
        """Return whether it has; not where there is no such setting any more."""
        try:
            found = setting_at(seen.experiment, self.path)
        except ConfigError:
            return False
        if self.above is None and self.below is None:
            wanted = self.value
            if isinstance(found, tuple):
                wanted = tuple(wanted) if isinstance(wanted, (list, tuple)) else (wanted,) * len(found)
            return bool(found == wanted)
        if not isinstance(found, (int, float)):
            return False
        return (self.above is None or found > self.above) and (self.below is None or found < self.below)


@dataclass(frozen=True)
class PointedAt(Condition):
    """The pointer, or the cursor of the keyboard, is on a number, or it is held.

    ``cell`` empty: on any of the array; with ``to``, on any from ``cell`` to that one, the corners of a rectangle.
    """

    kind: ClassVar[str] = "point"
    tensor: Tensor
    cell: tuple[int, ...] = ()
    to: tuple[int, ...] = ()

    def holds(self, seen: Seen) -> bool:
        """Return whether it is pointed at or held."""
        return any(_is_at(number, self.tensor, self.cell, self.to) for number in (seen.pointed, seen.held))


@dataclass(frozen=True)
class Held(Condition):
    """A number has been clicked; which ones count is said as of one that is pointed at."""

    kind: ClassVar[str] = "click"
    tensor: Tensor
    cell: tuple[int, ...] = ()
    to: tuple[int, ...] = ()

    def holds(self, seen: Seen) -> bool:
        """Return whether it is held."""
        return _is_at(seen.held, self.tensor, self.cell, self.to)


@dataclass(frozen=True)
class LookedAt(Condition):
    """The microscope shows a layer, and if they are given, one way through it, a phase and a cell of that."""

    kind: ClassVar[str] = "microscope"
    look: Look

    def holds(self, seen: Seen) -> bool:
        """Return whether it does."""
        look, wanted = seen.look, self.look
        return (
            look is not None
            and (look.layer, look.back) == (wanted.layer, wanted.back)
            and wanted.act in (None, look.act)
            and (not wanted.cell or look.cell == wanted.cell)
        )


#: Every condition by its name in files.
CONDITIONS: dict[str, type[Condition]] = {
    each.kind: each for each in (StepsMade, LossBelow, Diverged, StepShown, SettingIs, PointedAt, Held, LookedAt)
}


def setting_at(experiment: Experiment, path: str) -> Any:
    """Return the setting of an experiment that a file has at ``path``, such as ``layers.1.stride``.

    Raises
    ------
    ConfigError
        If there is none.
    """
    value: Any = experiment
    names = path.split(".")
    if names[0] == "layers" and len(names) > 1:
        index = index_of(names[1])
        if index is None or index >= len(experiment.layers):
            raise _no_setting(path)
        value, names = experiment.layers[index], names[2:]
    for name in names:
        if name.startswith("_") or not hasattr(value, name) or callable(getattr(value, name)):
            raise _no_setting(path)
        value = getattr(value, name)
        if isinstance(value, np.ndarray):  # which equals nothing as a whole
            raise _no_setting(path)
    return value


def index_of(name: str) -> int | None:
    """Return the number of a layer; None: it is no number, or has more digits than any has, or than Python reads."""
    return int(name) if name.isdecimal() and len(name) <= _MOST_DIGITS else None


def _no_setting(path: str) -> ConfigError:
    return ConfigError(
        mark("expected the place of a setting such as {example}, received {received}"),
        received=path,
        example="layers.1.stride",
    )


def _is_at(number: Number | None, tensor: Tensor, cell: tuple[int, ...], to: tuple[int, ...]) -> bool:
    if number is None or number[0] != tensor or len(number[1]) < len(cell):
        return False
    place = number[1][len(number[1]) - len(cell) :]
    return all(first <= n <= last for n, first, last in zip(place, cell, to or cell, strict=True))
