"""How the arrays of an experiment are drawn, as Python: what gives the very same numbers without this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.layers.filters import FilterLayer
from convviz.model.experiment import STUDENT, TEACHER

if TYPE_CHECKING:
    from convviz.engine.layers import Layer
    from convviz.engine.settings import Spec
    from convviz.engine.shapes import Shape
    from convviz.model.experiment import Experiment

#: The name, in recipes, of the generator that all of them draw from which have no seed of their own.
_GENERATOR = "rng"


def recipes(experiment: Experiment) -> dict[str, str]:
    """Return, for every array that can be made by a line of NumPy, the expression that makes it in float64.

    The names are those that a run is written with: ``input``, ``target``, and for layer *i*, counted from 0,
    ``initial.{i}.weight``, ``initial.{i}.bias`` and the same with ``teacher``. Where expressions of a layer draw from
    a generator, ``rng``, ``initial.{i}`` or ``teacher.{i}`` is the one that makes it for them; they draw in the order
    in which they stand here. Arrays without a recipe, which somebody gave, are left out.
    """
    made = {"input": _filled(experiment.input, experiment.input.shape)}
    if experiment.target is not None:
        made["target"] = _filled(experiment.target, experiment.target.shape)
    drawn = [("initial", experiment.layers, experiment.seed, STUDENT)]
    if experiment.target is None:
        drawn.append(("teacher", experiment.teacher_layers, experiment.teacher_seed, TEACHER))
    for role, layers, seed, stream in drawn:
        for index, (layer, shape) in enumerate(zip(layers, experiment.shapes(), strict=False)):
            own = _of_layer(layer, shape)
            if any(_GENERATOR + "." in expression for expression in own.values()):
                made[f"{role}.{index}"] = f"np.random.default_rng([{seed}, {stream}, {index}])"
            made |= {f"{role}.{index}.{name}": expression for name, expression in own.items()}
    return {name: expression for name, expression in made.items() if expression}


def _of_layer(layer: Layer, in_shape: Shape) -> dict[str, str]:
    if not isinstance(layer, FilterLayer):
        return {}
    fan_in, fan_out = layer.fans(in_shape)
    made = {}
    for name, shape in layer.parameter_shapes(in_shape).items():
        initializer = getattr(layer, name)
        seed = getattr(initializer, "seed", None)
        rng = _GENERATOR if seed is None else f"np.random.default_rng({seed})"
        made[name] = _filled(initializer, shape, rng=rng, fan_in=fan_in, fan_out=fan_out)
    return made


def _filled(spec: Spec, shape: tuple[int, ...], **words: object) -> str:
    template: str = getattr(spec, "python", "")
    told = shape if len(shape) > 1 else shape[0]
    return template.format(**vars(spec), **words, shape=told) if template else ""
