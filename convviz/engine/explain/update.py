"""What an update makes of a parameter: the optimizer itself takes the step, on copies of the frame's vectors."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.engine.explain.explanation import Explanation, Factor, Note, Part, Rule
from convviz.engine.explain.tensors import PARAMETER, Index, Kind, Tensor
from convviz.engine.memory import run
from convviz.engine.optimizers import OptimizerSlots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convviz.engine.frames import Frame

Array = NDArray[Any]


class _Step(NamedTuple):
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
    notes = _workings(frame, step, pick, tensor.position)
    if not notes:  # it is the gradient itself
        direction = Factor(direction.values, Tensor(gradient, tensor.position), cell)
    parts = (
        Part((Factor(np.array([pick(step.parameters)]), Tensor(old, tensor.position), cell),)),
        Part((Factor(np.array([-step.length])), direction)),
    )
    rate = Note("rate", frame.learning_rate, frame.learning_rate)
    return Explanation(tensor, index, np.nan, Rule.SUM, parts, frame.problem.optimizer.formula, notes=(rate, *notes))


def _workings(frame: Frame, step: _Step, pick: Callable[[Array], float], layer: int) -> tuple[Note, ...]:
    """Return how the gradient of one parameter becomes the direction: clipped, with its decay, through the state.

    Nothing where the direction is the gradient.
    """
    optimizer = frame.problem.optimizer
    gradient, rate = pick(step.gradients), float(getattr(frame.problem.layers[layer], "rate", 1.0))
    known = {item.name: float(getattr(optimizer, item.name)) for item in fields(optimizer)}
    known |= {"gradient": gradient, "g": gradient, "w": pick(step.parameters), "rate": rate, "t": frame.step + 1.0}
    known |= {"learning_rate": frame.learning_rate, "length": step.length}
    known |= {f"{name}0": pick(vector) for name, vector in step.before.items()}
    known |= {name: pick(vector) for name, vector in step.after.items()}
    known |= {"direction": pick(step.direction), "d": pick(step.direction) / rate if rate else 0.0}
    lines = []
    if known.get("clip"):
        with np.errstate(all="ignore"):
            norm = float(np.sqrt(np.vecdot(step.gradients, step.gradients)))
            known["factor"] = min(1.0, known["clip"] / (norm + 1e-6))  # as the optimizers do
        known["g"] = known["clipped"] = gradient * known["factor"]
        lines.append(("clipped", "{gradient} · {factor} = {clipped}"))
    if known.get("weight_decay"):
        known["undecayed"] = known["g"]
        known["g"] += known["weight_decay"] * known["w"]
        lines.append(("decayed", "{undecayed} + {weight_decay} · {w} = {g}"))
    lines += optimizer.workings
    if rate != 1:
        lines.append(("rated", "{rate} · {d} = {direction}"))
    if not lines:
        return ()
    notes = [Note("gradient", gradient, gradient)]
    for symbol, arithmetic in lines:
        after = known[arithmetic.rsplit("{", 1)[1].rstrip("}")]
        notes.append(Note(symbol, known.get(f"{symbol}0", after), after, arithmetic, known))
    return tuple(notes)


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
