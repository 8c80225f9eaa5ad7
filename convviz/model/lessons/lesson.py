"""A lesson as a value: its scenes, and what each of them says, shows and asks for.

Every text is an English sentence and a message id: whoever shows it calls `tr`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from convviz.engine.acts import Role
    from convviz.engine.explain import Tensor
    from convviz.model.experiment import Experiment
    from convviz.model.lessons.conditions import Condition
    from convviz.model.lessons.look import Look

#: Of a recorded step's number, of characters and of scenes: far beyond what can be shown.
MOST_STEPS, MOST_SCENES, MOST_MARKS = 10_000, 40, 6
LONGEST_TITLE, LONGEST_TEXT, LONGEST_TASK = 60, 300, 130


@dataclass(frozen=True)
class ArrayMark:
    """A map or a kernel in the picture of the network; or one of its cells, from 0, or all from it ``to`` another."""

    tensor: Tensor
    cell: tuple[int, ...] = ()
    to: tuple[int, ...] = ()


@dataclass(frozen=True)
class ControlMark:
    """A control, or a part of the window, by the name of its object."""

    name: str


@dataclass(frozen=True)
class BoardMark:
    """A board under the microscope."""

    role: Role


Mark = ArrayMark | ControlMark | BoardMark


@dataclass(frozen=True)
class Start:
    """Where a scene begins: an experiment, and how many steps of it have been made."""

    experiment: Experiment
    step: int = 0


@dataclass(frozen=True)
class Show:
    """How the window is set when a scene begins.

    Attributes
    ----------
    part, index
        Whose controls are shown: ``input``, ``layer``, ``target`` or ``training``; empty: as they were.
    look
        What is under the microscope; None: the whole network is seen.
    step
        The recorded step that is looked at, of those that the scene begins with; None: the newest.
    speed
        Steps a second, infinity for as fast as it goes; None: the person's own.
    """

    part: Literal["", "input", "layer", "target", "training"] = ""
    index: int = 0
    look: Look | None = None
    step: int | None = None
    speed: float | None = None


@dataclass(frozen=True)
class Task:
    """What the person is asked to do, and when it has been done."""

    text: str
    until: Condition


@dataclass(frozen=True)
class Scene:
    """One page of a lesson. Without a start it goes on with what there is."""

    text: str
    start: Start | None = None
    show: Show = Show()
    marks: tuple[Mark, ...] = ()
    task: Task | None = None


@dataclass(frozen=True)
class Lesson:
    """A lesson; its first scene has a start."""

    title: str
    summary: str
    scenes: tuple[Scene, ...]
