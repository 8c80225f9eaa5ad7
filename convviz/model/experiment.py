"""The experiment: all that is needed to reproduce a run bit for bit, as one immutable value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError, inside
from convviz.engine.initializers import INITIALIZERS, Initializer, Normal, Zeros
from convviz.engine.layers import LAYERS, Conv2d, Layer
from convviz.engine.losses import LOSSES, Loss, SumSquaredError
from convviz.engine.network import Network
from convviz.engine.optimizers import OPTIMIZERS, SCHEDULES, SGD, ConstantRate, Optimizer, Schedule
from convviz.engine.problem import Problem
from convviz.engine.settings import Spec, setting, settings_of
from convviz.engine.stopping import StopConditions
from convviz.i18n import mark
from convviz.model.fitting import fit_initializer
from convviz.model.sources import SOURCES, RandomMap, Source

if TYPE_CHECKING:
    from convviz.engine.shapes import Shape

Parameters = dict[str, Any]

#: The setting of a `Stage` that makes a parameter of the teacher, by the parameter's name.
TEACHER_SETTINGS = {"weight": "teacher_weight", "bias": "teacher_bias"}

#: Second word of the seed of each role's random streams, so that no two draws ever share one.
STUDENT, TEACHER = 1, 2

#: Numbers in the input and all maps together, borders included (128 MiB in float64), parameters and layers: sizes far
#: beyond what can be shown, checked before memory is taken.
_MOST_VALUES = 2**24
MOST_PARAMETERS = 2**20
MOST_LAYERS = 64


@dataclass(frozen=True)
class Stage(Spec):
    """A layer as it stands in an experiment: the student's layer, and how the teacher's parameters are made.

    The teacher has the student's shapes; only its parameters differ. For a layer without parameters the teacher's
    entries mean nothing.
    """

    kind = "stage"
    label = mark("Layer")
    summary = mark("One layer of the student, and the teacher's parameters for it")

    layer: Layer = setting(
        mark("Layer"), mark("What the layer computes"), "spec", factory=Conv2d, registry=lambda: LAYERS
    )
    teacher_weight: Initializer = setting(
        mark("Teacher's kernel"),
        mark("The kernel that makes the target"),
        "spec",
        factory=Normal,
        registry=lambda: INITIALIZERS,
    )
    teacher_bias: Initializer | None = setting(
        mark("Teacher's bias"),
        mark("What the teacher adds to each sum; none: nothing is added"),
        "spec",
        factory=Zeros,
        registry=lambda: INITIALIZERS,
        optional=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.layer.parametrised:
            object.__setattr__(self, "teacher_weight", Normal())
            object.__setattr__(self, "teacher_bias", Zeros())

    def teacher_layer(self) -> Layer:
        """Return the layer with the teacher's initialisers in place of the student's."""
        if not self.layer.parametrised:
            return self.layer
        bias = self.teacher_bias
        if getattr(self.layer, "bias", None) is not None:
            bias = bias or Zeros()  # laid out like the student, so that their numbers can stand side by side
        elif isinstance(bias, Zeros):
            bias = None
        return self.layer.replace(weight=self.teacher_weight, bias=bias)


@dataclass(frozen=True)
class Experiment(Spec):
    """An experiment. Every edit makes a new one; `validate` checks it as a whole.

    The target is what the teacher makes of the input, unless ``target`` is given.
    """

    kind = "experiment"
    label = mark("Experiment")
    summary = mark("Everything needed to reproduce a run bit for bit")

    name: str = setting(mark("Name"), mark("What the experiment is called"), "text", "", live=True)
    notes: str = setting(mark("Notes"), mark("What it shows, in a sentence or two"), "text", "", live=True, lines=4)
    input: Source = setting(
        mark("Input"), mark("The map that goes into the network"), "spec", factory=RandomMap, registry=lambda: SOURCES
    )
    stages: tuple[Stage, ...] = setting(
        mark("Layers"), mark("The layers from the input to the reconstruction"), "specs", (), registry=lambda: LAYERS
    )
    target: Source | None = setting(
        mark("Target"),
        mark("The map to be reproduced; none: the one that the teacher makes"),
        "spec",
        None,
        registry=lambda: SOURCES,
        optional=True,
        absent=mark("the teacher's"),
    )
    loss: Loss = setting(
        mark("Loss"),
        mark("How far the reconstruction is from the target, as one number"),
        "spec",
        factory=SumSquaredError,
        registry=lambda: LOSSES,
    )
    optimizer: Optimizer = setting(
        mark("Optimizer"),
        mark("How the gradients change the parameters"),
        "spec",
        factory=SGD,
        registry=lambda: OPTIMIZERS,
    )
    schedule: Schedule = setting(
        mark("Schedule"),
        mark("How the learning rate changes over the steps"),
        "spec",
        factory=ConstantRate,
        registry=lambda: SCHEDULES,
    )
    stop: StopConditions = setting(
        mark("Stop conditions"),
        mark("When a run stops by itself"),
        "spec",
        factory=StopConditions,
        registry=lambda: {StopConditions.kind: StopConditions},
        live=True,
    )
    seed: int = setting(mark("Student's seed"), mark("Draws the student's initial parameters"), "seed", 0)
    teacher_seed: int = setting(mark("Teacher's seed"), mark("Draws the teacher's parameters"), "seed", 0)
    dtype: str = setting(
        mark("Number format"),
        mark("float64 is exact to 1e-16 and the default; float32 halves the memory"),
        "choice",
        "float64",
        choices=("float64", "float32"),
    )

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The student's layers."""
        return tuple(stage.layer for stage in self.stages)

    def shapes(self) -> tuple[Shape, ...]:
        """Return the shape of the input and of every layer's output.

        Raises
        ------
        ShapeError, ConfigError
            Where a layer does not fit what comes into it, or would need more memory than an experiment may have;
            ``field`` names the layer.
        """
        if not 1 <= len(self.stages) <= MOST_LAYERS:
            raise ConfigError(
                "expected from 1 to {most} layers, received {received}",
                field="layers",
                most=MOST_LAYERS,
                received=len(self.stages),
            )
        shapes = [self.input.shape]
        borders = parameters = 0
        for index, layer in enumerate(self.layers):
            with inside(f"layers[{index}]"):
                shapes.append(layer.output_shape(shapes[-1]))
                borders += layer.border_size(shapes[-2])
                parameters += layer.parameter_size(shapes[-2])
                _check_sizes(sum(map(math.prod, shapes)), borders, parameters)
        return tuple(shapes)

    def validate(self) -> None:
        """Check the experiment as a whole: the shapes go together, and every given array fits its place and format.

        Only building it can tell whether what the teacher makes of the input is finite.

        Raises
        ------
        ShapeError, ConfigError
            ``field`` names what is wrong.
        """
        shapes = self.shapes()
        with inside("input"):
            self.input.check_format(self.dtype)
        for index, stage in enumerate(self.stages):
            with inside(f"layers[{index}]"):
                stage.layer.check_init(shapes[index], self.dtype)
            with inside(f"layers[{index}].teacher"):
                stage.teacher_layer().check_init(shapes[index], self.dtype)
        if self.target is None:
            return
        if self.target.shape != shapes[-1]:
            raise ShapeError(
                "the target is {received}, but the network makes {expected}",
                field="target",
                expected=shape_text(shapes[-1]),
                received=shape_text(self.target.shape),
            )
        with inside("target"):
            self.target.check_format(self.dtype)

    def student_parameters(self) -> tuple[Parameters, ...]:
        """Return what the student starts from: ``weight`` and ``bias`` of each layer that has them."""
        return self._parameters(self.layers, self.seed, STUDENT)

    def teacher_parameters(self) -> tuple[Parameters, ...] | None:
        """Return the teacher's parameters, laid out like the student's; None if the target is given."""
        return None if self.target is not None else self._draw_teacher()

    def build(self) -> Problem:
        """Return the arrays and specs that a trainer takes: everything random is drawn here, from the seeds.

        Raises
        ------
        ShapeError, ConfigError
            As `validate`, or if the target that the teacher makes has numbers that are not finite.
        """
        self.validate()
        dtype = np.dtype(self.dtype)
        with np.errstate(all="ignore"):
            values = self.input.make().astype(dtype)
            if self.target is not None:
                teacher, target = None, self.target.make().astype(dtype)
            else:
                teacher = self._draw_teacher()
                target = Network(self.teacher_layers, self.input.shape, dtype).forward(teacher, values)[-1]
        return Problem(
            input=values,
            target=target,
            layers=self.layers,
            initial=self.student_parameters(),
            teacher=teacher,
            loss=self.loss,
            optimizer=self.optimizer,
            schedule=self.schedule,
            stop=self.stop,
            dtype=dtype,
        )

    @property
    def draws_student(self) -> bool:
        """Whether anything of the student is drawn with `seed`."""
        return _draws(self.layers)

    @property
    def draws_teacher(self) -> bool:
        """Whether anything of a teacher is drawn with `teacher_seed`."""
        return self.target is None and _draws(self.teacher_layers)

    @property
    def teacher_layers(self) -> tuple[Layer, ...]:
        """The student's layers with the teacher's initialisers."""
        return tuple(stage.teacher_layer() for stage in self.stages)

    def _draw_teacher(self) -> tuple[Parameters, ...]:
        return self._parameters(self.teacher_layers, self.teacher_seed, TEACHER)

    def _parameters(self, layers: tuple[Layer, ...], seed: int, role: int) -> tuple[Parameters, ...]:
        dtype = np.dtype(self.dtype)
        return tuple(
            layer.init(np.random.default_rng([seed, role, index]), shape, dtype)
            for index, (layer, shape) in enumerate(zip(layers, self.shapes(), strict=False))
        )

    def with_stage(self, index: int, stage: Stage) -> Experiment:
        """Return the experiment with one stage replaced and nothing else changed."""
        self._check_index(index, len(self.stages))
        return self.replace(stages=(*self.stages[:index], stage, *self.stages[index + 1 :]))

    def with_layer(self, index: int, layer: Layer) -> Experiment:
        """Return the experiment with the layer of one stage replaced, its teacher kept, and given numbers `fitted`."""
        self._check_index(index, len(self.stages))
        return self.with_stage(index, self.stages[index].replace(layer=layer)).fitted()

    def insert_stage(self, index: int, stage: Stage) -> Experiment:
        """Return the experiment with ``stage`` put before stage ``index`` (the last if ``index`` is their number)."""
        self._check_index(index, len(self.stages) + 1)
        return self.replace(stages=(*self.stages[:index], stage, *self.stages[index:])).fitted()

    def remove_stage(self, index: int) -> Experiment:
        """Return the experiment without one stage."""
        self._check_index(index, len(self.stages))
        return self.replace(stages=(*self.stages[:index], *self.stages[index + 1 :])).fitted()

    def move_stage(self, index: int, to: int) -> Experiment:
        """Return the experiment with one stage moved, so that it is stage ``to``."""
        self._check_index(index, len(self.stages))
        self._check_index(to, len(self.stages))
        rest = [*self.stages[:index], *self.stages[index + 1 :]]
        return self.replace(stages=(*rest[:to], self.stages[index], *rest[to:])).fitted()

    def fitted(self) -> Experiment:
        """Return the experiment with every given kernel and bias brought to the shape that its layer now needs.

        A change of size or order leaves the numbers that a person gave in place as far as there is a place for them,
        see `convviz.model.fitting`. Layers that do not go together are left for `validate` to complain about.
        """
        try:
            shapes = self.shapes()
        except ConvvizError:
            return self
        return self.replace(
            stages=tuple(self._fitted_stage(index, shape) for index, shape in enumerate(shapes[:-1])),
        )

    def _fitted_stage(self, index: int, in_shape: Shape) -> Stage:
        stage = self.stages[index]
        student: dict[str, Initializer] = {}
        for name, shape in stage.layer.parameter_shapes(in_shape).items():
            student[name] = fit_initializer(getattr(stage.layer, name), shape, (self.seed, STUDENT, index))
        teacher: dict[str, Initializer] = {}
        for name, shape in stage.teacher_layer().parameter_shapes(in_shape).items():
            initializer = getattr(stage, TEACHER_SETTINGS[name])
            if initializer is not None:
                seed = (self.teacher_seed, TEACHER, index)
                teacher[TEACHER_SETTINGS[name]] = fit_initializer(initializer, shape, seed)
        return stage.replace(layer=stage.layer.replace(**student), **teacher)

    def needs_rebuild(self, other: Experiment) -> bool:
        """Return whether going from this experiment to ``other`` takes a new run: more than live settings differ."""
        return not _same_but_live(self, other)

    def _check_index(self, index: int, count: int) -> None:
        if not 0 <= index < count:
            raise ConfigError(
                "expected a layer's number from 0 to {last}, received {received}",
                field="layers",
                last=count - 1,
                received=index,
            )


def shape_text(shape: tuple[int, ...]) -> str:
    """Return ``(1, 8, 8)`` as ``8×8`` and ``(3, 8, 8)`` as ``3×8×8``."""
    return "×".join(str(n) for n in (shape[1:] if len(shape) == 3 and shape[0] == 1 else shape))


def _draws(layers: tuple[Layer, ...]) -> bool:
    """Return whether an initialiser of any layer leaves it to the experiment with what seed it draws."""
    initial = (getattr(layer, name, None) for layer in layers for name in ("weight", "bias"))
    return any(getattr(each, "seed", 0) is None for each in initial)


def _check_sizes(values: int, borders: int, parameters: int) -> None:
    if values > _MOST_VALUES:
        raise ConfigError(
            "the maps so far have {received:,} numbers, expected at most {expected:,} in all",
            received=values,
            expected=_MOST_VALUES,
        )
    if values + borders > _MOST_VALUES:
        raise ConfigError(
            "the maps and their borders so far have {received:,} numbers, expected at most {expected:,} in all",
            field="padding",
            received=values + borders,
            expected=_MOST_VALUES,
        )
    if parameters > MOST_PARAMETERS:
        raise ConfigError(
            "the layers so far have {received:,} parameters, expected at most {expected:,} in all",
            received=parameters,
            expected=MOST_PARAMETERS,
        )


def _same_but_live(old: Any, new: Any) -> bool:
    """Return whether two values differ in nothing but settings that can change while a run goes on."""
    if isinstance(old, Spec) and type(old) is type(new):
        known = settings_of(type(old)).items()
        return all(each.live or _same_but_live(getattr(old, name), getattr(new, name)) for name, each in known)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_same_but_live, old, new))
    return np.array_equal(old, new) if isinstance(old, np.ndarray) else bool(old == new)
