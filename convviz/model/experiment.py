"""The experiment: all that is needed to reproduce a run bit for bit, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.engine.initializers import INITIALIZERS, Initializer, Normal, Zeros
from convviz.engine.layers import LAYERS, Conv2d, Layer
from convviz.engine.losses import LOSSES, Loss, SumSquaredError
from convviz.engine.network import Network
from convviz.engine.optimizers import OPTIMIZERS, SCHEDULES, SGD, ConstantRate, Optimizer, Schedule
from convviz.engine.settings import Spec, setting, settings_of
from convviz.engine.trainer import Problem, StopConditions
from convviz.i18n import mark
from convviz.model.sources import SOURCES, RandomMap, Source

Shape = tuple[int, int, int]

#: First word of the random stream of each role, so that no two draws ever share one.
_STUDENT, _TEACHER = 1, 2


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
        mark("What the teacher adds to each sum; none adds nothing"),
        "spec",
        factory=Zeros,
        registry=lambda: INITIALIZERS,
        optional=True,
    )

    def teacher_layer(self) -> Layer:
        """Return the layer with the teacher's initialisers in place of the student's."""
        if not self.layer.parametrised:
            return self.layer
        bias = self.teacher_bias if self.teacher_bias is not None else Zeros()
        student_has_bias = getattr(self.layer, "bias", None) is not None
        if not student_has_bias and self.teacher_bias is None:
            return self.layer.replace(weight=self.teacher_weight)
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
    notes: str = setting(mark("Notes"), mark("What it shows, in a sentence or two"), "text", "", live=True)
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
        mark("Stop conditions"), mark("When a run stops by itself"), "spec", factory=StopConditions, live=True
    )
    seed: int = setting(
        mark("Student's seed"), mark("Draws the student's initial parameters"), "int", 0, minimum=0, maximum=2**32 - 1
    )
    teacher_seed: int = setting(
        mark("Teacher's seed"), mark("Draws the teacher's parameters"), "int", 0, minimum=0, maximum=2**32 - 1
    )
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
            Where a layer does not fit what comes into it; ``field`` names the layer.
        """
        if not self.stages:
            raise ConfigError("expected at least one layer, received none", field="layers")
        shapes = [self.input.shape]
        for index, layer in enumerate(self.layers):
            try:
                shapes.append(layer.output_shape(shapes[-1]))
            except ConvvizError as error:
                raise error.within(f"layers[{index}]") from error
        return tuple(shapes)

    def validate(self) -> None:
        """Raise `ShapeError` or `ConfigError` unless a run could start: shapes go together, every given array fits."""
        shapes = self.shapes()
        for index, stage in enumerate(self.stages):
            for layer in (stage.layer, stage.teacher_layer()):
                try:
                    layer.check_init(shapes[index])
                except ConvvizError as error:
                    raise error.within(f"layers[{index}]") from error
        if self.target is not None and self.target.shape != shapes[-1]:
            raise ShapeError(
                "the target is {received}, but the network makes {expected}",
                field="target",
                expected=shape_text(shapes[-1]),
                received=shape_text(self.target.shape),
            )

    def build(self) -> Problem:
        """Return the arrays and specs that a trainer takes: everything random is drawn here, from the seeds."""
        self.validate()
        dtype = np.dtype(self.dtype)
        values = self.input.make().astype(dtype)
        shapes = self.shapes()
        student = self._parameters(self.layers, shapes, self.seed, _STUDENT)
        teacher = None
        if self.target is None:
            teacher_layers = tuple(stage.teacher_layer() for stage in self.stages)
            teacher = self._parameters(teacher_layers, shapes, self.teacher_seed, _TEACHER)
            target = Network(teacher_layers, shapes[0], dtype).forward(teacher, values)[-1]
        else:
            target = self.target.make().astype(dtype)
        return Problem(
            input=values,
            target=target,
            layers=self.layers,
            initial=student,
            teacher=teacher,
            loss=self.loss,
            optimizer=self.optimizer,
            schedule=self.schedule,
            stop=self.stop,
            dtype=dtype,
        )

    def _parameters(
        self, layers: tuple[Layer, ...], shapes: tuple[Shape, ...], seed: int, role: int
    ) -> tuple[dict[str, Any], ...]:
        dtype = np.dtype(self.dtype)
        return tuple(
            layer.init(np.random.default_rng([seed, role, index]), shapes[index], dtype)
            for index, layer in enumerate(layers)
        )

    def with_stage(self, index: int, stage: Stage) -> Experiment:
        """Return the experiment with one stage replaced."""
        return self.replace(stages=(*self.stages[:index], stage, *self.stages[index + 1 :]))

    def needs_rebuild(self, other: Experiment) -> bool:
        """Return whether going from this experiment to ``other`` takes a new run: more than live settings differ."""
        return _without_live(self) != _without_live(other)


def shape_text(shape: tuple[int, ...]) -> str:
    """Return ``(1, 8, 8)`` as ``8×8`` and ``(3, 8, 8)`` as ``3×8×8``."""
    return "×".join(str(n) for n in (shape[1:] if len(shape) == 3 and shape[0] == 1 else shape))


def _without_live(spec: Spec) -> tuple[Any, ...]:
    """Return what of a spec cannot change while a run goes on, as something that compares."""
    parts: list[Any] = [type(spec)]
    for name, described in settings_of(type(spec)).items():
        value = getattr(spec, name)
        if described.live:
            continue
        parts.append(_without_live(value) if isinstance(value, Spec) else value)
    return tuple(parts)
