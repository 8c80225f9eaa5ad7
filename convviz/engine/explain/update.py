"""What an update makes of a parameter: the optimizer itself takes the step, on copies of the frame's vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.explain.explanation import Explanation, Factor, Note, Part, Rule
from convviz.engine.explain.tensors import PARAMETER, Index, Kind, Tensor
from convviz.engine.memory import run
from convviz.engine.optimizers import OptimizerSlots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convviz.engine.frames import Frame

Array = NDArray[Any]


@dataclass(frozen=True)
class _Step:
    """One update of all parameters; every vector is (P,).

    The parameters become ``parameters − length · direction``, the direction being that of the optimizer times the
    layers' factors on the rate.
    """

    parameters: Array
    gradients: Array
    direction: Array
    length: float
    before: Mapping[str, Array]
    after: Mapping[str, Array]


def next_parameters(frame: Frame) -> tuple[Mapping[str, Array], ...]:
    """Return the parameters after the update that follows the frame, one mapping per layer."""
    step = _take(frame)
    return frame.problem.network.views(step.parameters - step.length * step.direction)


def explain_update(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    """Return a parameter after its update as old − rate × gradient, or what the optimizer makes of the gradient."""
    step, name = _take(frame), PARAMETER[tensor.kind]

    def pick(vector: Array) -> float:
        return float(frame.problem.network.views(vector)[tensor.position][name][index])

    cell = np.array([index])
    old, gradient = (Kind.WEIGHT, Kind.WEIGHT_GRAD) if tensor.kind is Kind.NEXT_WEIGHT else (Kind.BIAS, Kind.BIAS_GRAD)
    direction = Factor(np.array([pick(step.direction)]))
    plain = pick(step.direction) == pick(step.gradients)
    if plain:
        direction = Factor(direction.values, Tensor(gradient, tensor.position), cell)
    parts = (
        Part((Factor(np.array([pick(step.parameters)]), Tensor(old, tensor.position), cell),)),
        Part((Factor(np.array([-step.length])), direction)),
    )
    notes = [Note("rate", frame.learning_rate, frame.learning_rate)]
    if not plain:
        notes.append(Note("gradient", pick(step.gradients), pick(step.gradients)))
        notes += [Note(name, pick(step.before[name]), pick(step.after[name])) for name in step.before]
    return Explanation(tensor, index, np.nan, Rule.SUM, parts, frame.problem.optimizer.formula, notes=tuple(notes))


def _take(frame: Frame) -> _Step:
    problem = frame.problem
    network, optimizer = problem.network, problem.optimizer
    parameters, gradients = network.pack(frame.parameters), network.pack(frame.gradients)
    direction = gradients.copy()
    state = tuple(vector.copy() for vector in frame.optimizer_state.values())
    slots = OptimizerSlots(parameters.copy(), direction, state, work=np.zeros_like(parameters))
    coefficients = optimizer.coefficients(frame.step, np.array([frame.learning_rate])).astype(network.dtype)[0]
    with np.errstate(all="ignore"):
        run(optimizer.bind(slots)(tuple(np.broadcast_to(c, parameters.shape) for c in coefficients)))
    return _Step(
        parameters=parameters,
        gradients=gradients,
        direction=direction * network.rate_scales(),
        length=float(coefficients[0]),
        before=frame.optimizer_state,
        after=dict(zip(frame.optimizer_state, state, strict=True)),
    )
