"""A script that makes the same run again: what is alike whatever it is written in."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from convviz.engine.optimizers import ConstantRate
from convviz.export.code.pieces import SCHEDULE_PIECES, Place
from convviz.export.code.writing import WIDTH, bracketed, document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from convviz.engine.layers import Layer
    from convviz.engine.problem import Problem

#: More numbers than these are not written out in the script: unless they can be drawn, they lie in a file beside it.
MOST_NUMBERS = 1024
#: About so many losses are printed.
_ROWS = 20
#: What a recipe calls the generator that it draws from.
_GENERATOR = "rng"


@dataclass(frozen=True)
class Script:
    """A script, and the arrays that are too large to stand in it.

    Attributes
    ----------
    text
        Its source.
    arrays
        What an ``.npz`` file beside it has to hold; empty: no such file is needed.
    """

    text: str
    arrays: Mapping[str, NDArray[Any]]


class Writer(ABC):
    """Writes the script of a problem.

    Parameters
    ----------
    problem
    recipes
        How arrays can be drawn, see `convviz.export.code.script_of`.
    stored_as
        The name of the file beside the script in which large arrays lie.
    """

    #: What is said of the script's needs.
    needs: ClassVar[str]

    def __init__(self, problem: Problem, recipes: Mapping[str, str], stored_as: str) -> None:
        self._problem = problem
        self._recipes = recipes
        self._stored_as = stored_as
        self._stored: dict[str, NDArray[Any]] = {}
        self._dtype = np.dtype(problem.dtype).name
        self._places = [self._place(index, layer) for index, layer in enumerate(problem.layers)]

    def write(self, title: str, notes: str) -> Script:
        """Return the script; ``title`` and ``notes`` say what it is of."""
        arrays = [*self._given(), *self._forward(), *self._target(), *self._student()]
        body = [*arrays, "", *self._steps_there_are(), "", *self._loop()]
        if self._stored:
            opened = f'with np.load(Path(__file__).with_name("{self._stored_as}")) as file:'
            body = [opened, "    stored = dict(file)", *body]
        text = re.sub("\n{4,}", "\n\n\n", "\n".join(body))
        about = (
            notes,
            f"Written by convviz. It prints the losses of the steps, as convviz shows them, and needs {self.needs}.",
        )
        head = [*document(title or "An experiment", about), ""]
        return Script("\n".join([*head, *self._before(text), text, ""]), self._stored)

    # -- what differs --------------------------------------------------------------------------------------------------

    @abstractmethod
    def _before(self, body: str) -> list[str]:
        """Return the imports, and the functions that the body calls."""

    @abstractmethod
    def _drawn(self, name: str, expression: str) -> list[str]:
        """Return the lines that let ``name`` be what an expression of NumPy makes."""

    @abstractmethod
    def _written(self, name: str, array: NDArray[Any]) -> list[str]:
        """Return the lines that let ``name`` be an array whose numbers stand there."""

    @abstractmethod
    def _absent_bias(self, place: Place) -> str:
        """Return what a network without the bias of a layer is given in its place."""

    @abstractmethod
    def _forward(self) -> list[str]:
        """Return the function that makes the maps from the parameters."""

    @abstractmethod
    def _teacher_call(self, names: Sequence[str]) -> list[str]:
        """Return the lines that make the target from the teacher's parameters."""

    @abstractmethod
    def _loop(self) -> list[str]:
        """Return the training."""

    # -- arrays --------------------------------------------------------------------------------------------------------

    def _place(self, index: int, layer: Layer) -> Place:
        problem = self._problem
        shapes = problem.network.shapes
        everybody = (problem.initial, problem.teacher or ())
        biased = any("bias" in layers[index] for layers in everybody if layers)
        return Place(layer, index, shapes[index], shapes[index + 1], biased)

    def _array(self, key: str, name: str, array: NDArray[Any], rng: str = "") -> list[str]:
        """Return the lines that let ``name`` be the array that recipes and files know by ``key``."""
        recipe = self._recipes.get(key, "")
        if recipe:
            recipe = recipe.replace(f"{_GENERATOR}.", f"{rng}.") if rng else recipe
            return self._drawn(name, recipe if self._dtype == "float64" else f"{recipe}.astype(np.{self._dtype})")
        if array.size <= MOST_NUMBERS:
            return self._written(name, array)
        self._stored[key] = array
        return self._drawn(name, f'stored["{key}"]')

    def _given(self) -> list[str]:
        problem = self._problem
        lines = ["# The input: channels, rows, columns", *self._array("input", "x0", problem.input)]
        if problem.teacher is None:
            lines += ["", "# What the network is to make of it", *self._array("target", "target", problem.target)]
        return lines

    def _parameters(self, role: str, before: str, layers: Sequence[Mapping[str, NDArray[Any]]]) -> Iterator[str]:
        """Yield the lines of the parameters of all layers."""
        for index, parameters in enumerate(layers):
            generator = self._recipes.get(f"{role}.{index}", "")
            drawing = [
                name for name in parameters if f"{_GENERATOR}." in self._recipes.get(f"{role}.{index}.{name}", "")
            ]
            if len(drawing) > 1:
                yield f"{_GENERATOR} = {generator}"
            rng = generator if len(drawing) == 1 else ""
            for name, array in parameters.items():
                yield from self._array(f"{role}.{index}.{name}", f"{before}{name}_{index}", array, rng)

    def _target(self) -> list[str]:
        teacher = self._problem.teacher
        if teacher is None:
            return []
        lines = list(self._parameters("teacher", "teacher_", teacher))
        names = [
            f"teacher_{name}" if name.split("_")[0] in teacher[place.index] else self._absent_bias(place)
            for place, name in self._names()
        ]
        about = ["", "# The teacher's parameters, and what it makes of the input"] if lines else [""]
        return [*about, *lines, *self._teacher_call(names)]

    def _student(self) -> list[str]:
        lines = list(self._parameters("initial", "", self._problem.initial))
        if not lines:
            return []
        learned = bracketed("parameters = [", self._learned(), "]", one_each=True)
        return ["", "# The student's parameters, which are learned", *lines, *learned]

    def _names(self) -> list[tuple[Place, str]]:
        """Return the arguments of the function that goes forward, each with its layer."""
        return [
            (place, name)
            for place in self._places
            if place.layer.parametrised
            for name in ((place.weight, place.bias) if place.biased else (place.weight,))
        ]

    def _learned(self) -> list[str]:
        """Return the names of the student's parameters."""
        return [f"{name}_{index}" for index, layer in enumerate(self._problem.initial) for name in layer]

    def _student_arguments(self) -> list[str]:
        """Return what the function that goes forward is given by the student."""
        names, learned = self._names(), self._learned()
        if [name for _, name in names] == learned:
            return ["*parameters"] if learned else []
        return [name if name in learned else self._absent_bias(place) for place, name in names]

    def _factors(self) -> list[float] | None:
        """Return what the learning rate is multiplied by, for each of the student's parameters; None: by nothing."""
        layers = zip(self._problem.layers, self._problem.initial, strict=True)
        factors = [getattr(layer, "rate", 1.0) for layer, parameters in layers for _ in parameters]
        return None if all(factor == 1 for factor in factors) else factors

    # -- the steps -----------------------------------------------------------------------------------------------------

    @property
    def _rate(self) -> str:
        problem = self._problem
        return SCHEDULE_PIECES[type(problem.schedule)](problem.schedule, problem.optimizer.learning_rate)

    @property
    def _rate_changes(self) -> bool:
        return type(self._problem.schedule) is not ConstantRate

    def _steps_there_are(self) -> list[str]:
        stop = self._problem.stop
        lines = [f"steps = {stop.steps}"]
        if stop.patience is not None:
            lines.append('best, idle = float("inf"), 0')
        return [*lines, "losses = []"]

    def _ends(self) -> list[str]:
        """Return what, within the loop, keeps the loss, prints some, and ends the loop where the run ends."""
        stop = self._problem.stop
        lines = []
        if stop.loss_below is not None:
            lines += [f"if losses[-1] < {stop.loss_below!r}:", "    steps = min(steps, step + 1)"]
        if stop.patience is not None:
            lines += [
                f"if losses[-1] < best * (1 - {stop.min_progress!r}):",
                "    best, idle = losses[-1], 0",
                "else:",
                "    idle += 1",
                f"if idle == {stop.patience}:",
                "    steps = min(steps, step + 1)",
            ]
        return [
            *lines,
            "ends = step == steps or not math.isfinite(losses[-1])",
            f"if step % {_print_every(stop.steps)} == 0 or ends:",
            '    print(f"{step:8}  {losses[-1]:.10g}")',
            "if ends:",
            "    break",
        ]


def _print_every(steps: int) -> int:
    """Return the least of 1, 2, 5, 10, … that makes no more rows than there are to be."""
    every = 1
    while steps > _ROWS * every:
        every = every * 5 // 2 if str(every).startswith("2") else every * 2
    return every


def indented(lines: Sequence[str]) -> list[str]:
    """Return lines one level further to the right; empty ones stay empty."""
    return [f"    {line}" if line else "" for line in lines]


def function(name: str, arguments: Sequence[str], about: str, body: Sequence[str], result: Sequence[str]) -> list[str]:
    """Return the lines of a function with empty lines around it."""
    head = bracketed(f"def {name}(", arguments, "):")
    returned = ", ".join(result)
    end = [f"    return {returned}"]
    if len(end[0]) > WIDTH:
        end = ["    return (", *(f"        {each}," for each in result), "    )"]
    return ["", "", *head, f'    """{about}"""', *body, *end, "", ""]
