"""The cells that a cell is computed from, and those that are computed from it, through all layers.

Going back from a map's cell, its strength is multiplied by the slopes of the links and added up where they meet: at an
input cell that is the derivative of the first cell by it, and times the cell's value its contribution. Going forward
it is the derivative of the later cell by the first. A gradient runs the other way through the same links.

What it costs depends on the kernels, not on the map: only linked cells are visited, layer by layer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.explain.tensors import PARAMETER, UPDATED, Index, Kind, Tensor, array_of, check_index
from convviz.engine.links import at

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.frames import Frame
    from convviz.engine.links import Links

Array = NDArray[Any]
Indices = NDArray[np.intp]

#: Cells of one map from which the next layer's links are still followed.
_REACH = 1 << 15


@dataclass(frozen=True)
class Field:
    """Cells of one array that have to do with the cell pointed at.

    Attributes
    ----------
    cells : (N, ndim of the array)
    strength : (N,)
        How much each contributes, from 0 to 1; the strongest of the array is 1 unless all are 0. A linked cell whose
        contribution is zero is among them.
    source
        True: the cell pointed at is computed from them; False: they from it; None: neither, they go with it (the same
        place of an array that belongs to it, what a value or a weight is multiplied with).
    """

    cells: Indices
    strength: Array
    source: bool | None


@np.errstate(all="ignore")  # a run that diverged is looked at as well
def fields(frame: Frame, tensor: Tensor, index: Index) -> dict[Tensor, Field]:
    """Return, for every array that has cells linked with one number of a frame, which and how strongly.

    The number itself is in it, and what stands in the same place of the arrays that belong together (a value and its
    gradient, a weight, its gradient and the teacher's).

    Raises
    ------
    ConfigError
        If the frame has no such number.
    """
    index = check_index(frame, tensor, index)
    cells, ones = np.array([index], np.intp).reshape(1, -1), np.ones(1)
    found = {tensor: Field(cells, ones, None)}
    for kin, source in _kin(frame, tensor):
        found[kin] = Field(cells, ones, source)
    found.update(_RULES[tensor.kind](frame, tensor, cells) if tensor.kind in _RULES else {})
    return found


#: What is computed from what in one place of the output: the later from the earlier.
_OUTPUT_ORDER = {Kind.VALUE: 0, Kind.TARGET: 0, Kind.RESIDUAL: 1, Kind.VALUE_GRAD: 2}
#: The teacher's parameters, with which an update of the student's has nothing to do.
_TAUGHT = (Kind.TEACHER_WEIGHT, Kind.TEACHER_BIAS)


def _kin(frame: Frame, tensor: Tensor) -> list[tuple[Tensor, bool | None]]:
    """Return the arrays in which the same place belongs to the same thing, and how they depend on it."""
    kind, position, last = tensor.kind, tensor.position, len(frame.problem.layers)
    if kind in (Kind.TARGET, Kind.RESIDUAL) or (kind in (Kind.VALUE, Kind.VALUE_GRAD) and position == last):
        kin = [Tensor(k, last if k in (Kind.VALUE, Kind.VALUE_GRAD) else 0) for k in _OUTPUT_ORDER]
        return [(other, _in_output(kind, other.kind)) for other in kin if other != tensor]
    if kind in (Kind.VALUE, Kind.VALUE_GRAD):
        return [(Tensor(Kind.VALUE_GRAD if kind is Kind.VALUE else Kind.VALUE, position), None)]
    if kind not in PARAMETER:
        return []
    name = PARAMETER[kind]
    kin = [Tensor(other, position) for other in PARAMETER if PARAMETER[other] == name]
    if frame.teacher is None or name not in frame.teacher[position]:
        kin = [other for other in kin if other.kind not in _TAUGHT]
    return [(other, _in_update(kind, other.kind)) for other in kin if other != tensor]


def _in_output(kind: Kind, other: Kind) -> bool | None:
    """Return whether a number of the output is computed from, or into, the ``other`` in its place."""
    earlier, later = _OUTPUT_ORDER[other], _OUTPUT_ORDER[kind]
    return None if earlier == later else earlier < later


def _in_update(kind: Kind, other: Kind) -> bool | None:
    """Return whether a number of a parameter is computed from, or into, the ``other`` in its place: by the update."""
    if (kind in UPDATED) == (other in UPDATED) or {kind, other} & {*_TAUGHT}:
        return None
    return kind in UPDATED


def _of_value(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    found = {}
    strength = np.ones(1)
    here = cells
    for number in range(tensor.position - 1, -1, -1):
        if len(here) > _REACH:
            break
        found.update(_biases(frame, number, here, strength))
        links = _links(frame, number, here, back=True)
        below = Tensor(Kind.VALUE, number)
        shares = strength[links.owner] * links.slope
        found.update(_weights(number, links, shares * at(frame.values[number], links.cells), source=True))
        here, strength = _gather(links.cells, shares, frame.values[number].shape)
        found[below] = _field(here, strength * at(frame.values[number], here), source=True)
    found.update(_ahead(frame, tensor.position, cells, np.ones(1)))
    found.update(_factors_with(frame, tensor.position, cells))
    if tensor.position == 0:
        found.update(_shown_to_teacher(frame, cells))
    return found


def _biases(frame: Frame, number: int, cells: Indices, strength: Array) -> dict[Tensor, Field]:
    """Return the biases of a layer that are in ``cells`` which it makes, weighted by ``strength``."""
    bias = frame.parameters[number].get("bias")
    if bias is None:
        return {}
    channels, shares = _gather(cells[:, :1], strength, bias.shape)
    return {Tensor(Kind.BIAS, number): _field(channels, shares * at(bias, channels), source=True)}


def _factors_with(frame: Frame, position: int, cells: Indices) -> dict[Tensor, Field]:
    """Return the weights that ``cells`` of a map are multiplied with, and their gradients, which they are factors of.

    They are those of the next layer that has weights: all others are multiplied with what comes of that.
    """
    here, strength = cells, np.ones(len(cells))
    for number in range(position, len(frame.problem.layers)):
        if len(here) > _REACH:
            break
        links = _links(frame, number, here, back=False)
        through = strength[links.owner]
        if links.weights is not None:
            shape = frame.parameters[number]["weight"].shape
            errors = at(array_of(frame, Tensor(Kind.VALUE_GRAD, number + 1)), links.cells)
            met, went_into = (_gather(links.weights, through * other, shape) for other in (links.slope, errors))
            return {
                Tensor(Kind.WEIGHT, number): _field(*met, source=None),
                Tensor(Kind.WEIGHT_GRAD, number): _field(*went_into, source=False),
            }
        here, strength = _gather(links.cells, through * links.slope, frame.values[number + 1].shape)
    return {}


def _ahead(frame: Frame, position: int, cells: Indices, strength: Array) -> dict[Tensor, Field]:
    """Return the cells of all later maps, and of the residual, that are computed from cells of a map."""
    found: dict[Tensor, Field] = {}
    here, last = cells, len(frame.problem.layers)
    for number in range(position, last):
        if len(here) > _REACH:
            return found
        links = _links(frame, number, here, back=False)
        here, strength = _gather(links.cells, strength[links.owner] * links.slope, frame.values[number + 1].shape)
        found[Tensor(Kind.VALUE, number + 1)] = _field(here, strength, source=False)
    if Tensor(Kind.VALUE, last) in found:
        found[Tensor(Kind.RESIDUAL)] = found[Tensor(Kind.VALUE, last)]
    return found


def _of_value_grad(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    found = _errors_above(frame, tensor.position, cells, np.ones(1))
    found.update(_errors_below(frame, tensor.position, cells))
    return found


def _errors_above(
    frame: Frame, position: int, cells: Indices, strength: Array, *, weights: bool = True
) -> dict[Tensor, Field]:
    """Return the gradients of all later maps that go into those of ``cells`` of a map, weighted by ``strength``."""
    found: dict[Tensor, Field] = {}
    here, last = cells, len(frame.problem.layers)
    for number in range(position, last):
        if len(here) > _REACH:
            return found
        links = _links(frame, number, here, back=False)
        shares = strength[links.owner] * links.slope
        above = Tensor(Kind.VALUE_GRAD, number + 1)
        grads = array_of(frame, above)
        if weights:
            found.update(_weights(number, links, shares * at(grads, links.cells), source=True))
        here, strength = _gather(links.cells, shares, grads.shape)
        found[above] = _field(here, strength * at(grads, here), source=True)
    top = Tensor(Kind.VALUE_GRAD, last)
    if top in found:
        found[Tensor(Kind.RESIDUAL)] = found[top]
    return found


def _errors_below(frame: Frame, position: int, cells: Indices, strength: Array | None = None) -> dict[Tensor, Field]:
    """Return the gradients of earlier maps, kernels and biases that the gradient in ``cells`` of a map goes into.

    ``strength``: how strongly what is pointed at goes into these cells; None: they are it.
    """
    found: dict[Tensor, Field] = {}
    here = cells
    strength = np.ones(len(cells)) if strength is None else strength
    for number in range(position - 1, -1, -1):
        if len(here) > _REACH:
            break
        if "bias" in frame.parameters[number]:
            channels = _gather(here[:, :1], strength, frame.parameters[number]["bias"].shape)
            found[Tensor(Kind.BIAS_GRAD, number)] = _field(*channels, source=False)
        links = _links(frame, number, here, back=True)
        values = at(frame.values[number], links.cells) * strength[links.owner]
        if links.weights is not None:
            pairs = _gather(links.weights, values, frame.parameters[number]["weight"].shape)
            found[Tensor(Kind.WEIGHT_GRAD, number)] = _field(*pairs, source=False)
        here, strength = _gather(links.cells, strength[links.owner] * links.slope, frame.values[number].shape)
        found[Tensor(Kind.VALUE_GRAD, number)] = _field(here, strength, source=False)
    return found


def _of_residual(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    last = len(frame.problem.layers)
    found = _of_value(frame, Tensor(Kind.VALUE, last), cells)
    found.update(_taught(frame, cells))
    found.update(_errors_below(frame, last, cells))
    return found


def _of_loss(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    """Return the residual and what goes into it directly, each cell as strong as its share of the loss."""
    residual = frame.residual.reshape(-1)
    shares = np.prod(frame.problem.loss.factors(residual), axis=0)
    whole = np.argwhere(np.ones(frame.residual.shape, np.bool_))
    made = _field(whole, shares, source=True)
    output = Tensor(Kind.VALUE, len(frame.problem.layers))
    return {Tensor(Kind.RESIDUAL): made, Tensor(Kind.TARGET): made, output: made}


def _of_target(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    found = _errors_below(frame, len(frame.problem.layers), cells)
    found.update(_taught(frame, cells, input_too=True))
    return found


def _taught(frame: Frame, cells: Indices, *, input_too: bool = False) -> dict[Tensor, Field]:
    """Return the teacher's parameters, and perhaps the input cells, that made cells of the target."""
    taught = _as_taught(frame)
    if taught is None:
        return {}
    made = _of_value(taught, Tensor(Kind.VALUE, len(frame.problem.layers)), cells)
    found = _as_teachers(made)
    if input_too and Tensor(Kind.VALUE) in made:
        found[Tensor(Kind.VALUE)] = made[Tensor(Kind.VALUE)]  # both see the same input
    return found


def _shown_to_teacher(frame: Frame, cells: Indices) -> dict[Tensor, Field]:
    """Return the cells of the target that the teacher makes of ``cells`` of the input, and the weights it uses."""
    taught = _as_taught(frame)
    if taught is None:
        return {}
    last = Tensor(Kind.VALUE, len(frame.problem.layers))
    found = _as_teachers(_factors_with(taught, 0, cells))
    made = _ahead(taught, 0, cells, np.ones(1)).get(last)
    return found if made is None else {**found, Tensor(Kind.TARGET): made}


def _as_teachers(found: dict[Tensor, Field]) -> dict[Tensor, Field]:
    """Return what was found of the parameters of a frame with the teacher in the student's place, as the teacher's."""
    kinds = {Kind.WEIGHT: Kind.TEACHER_WEIGHT, Kind.BIAS: Kind.TEACHER_BIAS}
    return {Tensor(kinds[t.kind], t.position): field for t, field in found.items() if t.kind in kinds}


def _of_taught(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    """Return the cells of the target that a parameter of the teacher goes into."""
    taught = _as_taught(frame)
    if taught is None:
        return {}
    kind = Kind.WEIGHT if tensor.kind is Kind.TEACHER_WEIGHT else Kind.BIAS
    made = _RULES[kind](taught, Tensor(kind, tensor.position), cells)
    target = made.get(Tensor(Kind.VALUE, len(frame.problem.layers)))
    found = {} if target is None else {Tensor(Kind.TARGET): target, Tensor(Kind.RESIDUAL): target}
    if tensor.position == 0 and Tensor(Kind.VALUE) in made:
        found[Tensor(Kind.VALUE)] = made[Tensor(Kind.VALUE)]
    return found


def _as_taught(frame: Frame) -> Frame | None:
    """Return the frame with the teacher in the place of the student; None where nobody knows its maps."""
    values = frame.problem.teacher_values
    return None if values is None or frame.teacher is None else replace(frame, parameters=frame.teacher, values=values)


def _of_weight(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    number = tensor.position
    inputs, outputs = _pairs(frame, number, cells)
    values = at(frame.values[number], inputs)
    found = _ahead(frame, number + 1, outputs, values)
    errors = at(array_of(frame, Tensor(Kind.VALUE_GRAD, number + 1)), outputs)
    found[Tensor(Kind.VALUE_GRAD, number)] = _field(inputs, errors, source=False)
    found.update(_errors_below(frame, number, inputs, errors))
    found[Tensor(Kind.VALUE, number)] = _field(inputs, values, source=None)
    made = _field(outputs, values, source=False)
    found[Tensor(Kind.VALUE, number + 1)] = made
    if number + 1 == len(frame.problem.layers):
        found[Tensor(Kind.RESIDUAL)] = made
    return found


def _of_weight_grad(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    number = tensor.position
    inputs, outputs = _pairs(frame, number, cells)
    values = at(frame.values[number], inputs)
    products = values * at(array_of(frame, Tensor(Kind.VALUE_GRAD, number + 1)), outputs)
    found = _errors_above(frame, number + 1, outputs, values, weights=False)
    found[Tensor(Kind.VALUE, number)] = _field(inputs, products, source=True)
    found[Tensor(Kind.VALUE_GRAD, number + 1)] = _field(outputs, products, source=True)
    if number + 1 == len(frame.problem.layers):
        found[Tensor(Kind.RESIDUAL)] = found[Tensor(Kind.VALUE_GRAD, number + 1)]
    return found


def _of_bias(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    above, last = tensor.position + 1, len(frame.problem.layers)
    shape = frame.problem.network.shapes[above]
    channel = np.argwhere(np.ones(shape[1:], np.bool_))
    whole = np.insert(channel, 0, cells[0, 0], axis=1)
    ones = np.ones(len(whole))
    if tensor.kind is Kind.BIAS:
        found = _ahead(frame, above, whole, ones)
        found[Tensor(Kind.VALUE, above)] = _field(whole, ones, source=False)
        made = Tensor(Kind.VALUE, above)
    else:
        made = Tensor(Kind.VALUE_GRAD, above)
        found = _errors_above(frame, above, whole, ones, weights=False)
        found[made] = _field(whole, at(array_of(frame, made), whole), source=True)
    if above == last:
        found[Tensor(Kind.RESIDUAL)] = found[made]
    return found


def _pairs(frame: Frame, number: int, cells: Indices) -> tuple[Indices, Indices]:
    o, c, v, h = (int(i) for i in cells[0])
    return frame.problem.layers[number].weight_pairs(frame.problem.network.shapes[number], (o, c, v, h))


def _links(frame: Frame, number: int, cells: Indices, *, back: bool) -> Links:
    layer = frame.problem.layers[number]
    find = layer.back_links if back else layer.forward_links
    return find(frame.parameters[number], frame.values[number], frame.values[number + 1], cells)


def _weights(number: int, links: Links, shares: Array, *, source: bool) -> dict[Tensor, Field]:
    if links.weights is None:
        return {}
    shape = tuple(links.weights.max(axis=0) + 1) if len(links.weights) else (1, 1, 1, 1)
    return {Tensor(Kind.WEIGHT, number): _field(*_gather(links.weights, shares, shape), source=source)}


def _gather(cells: Indices, shares: Array, shape: tuple[int, ...]) -> tuple[Indices, Array]:
    """Return each cell once, with the sum of its shares."""
    if len(cells) == 0:
        return cells, shares
    flat, which = np.unique(np.ravel_multi_index(tuple(cells.T), shape), return_inverse=True)
    sums = np.bincount(which.reshape(-1), weights=shares, minlength=len(flat))
    return np.stack(np.unravel_index(flat, shape), axis=1), sums


def _field(cells: Indices, shares: Array, *, source: bool | None) -> Field:
    sizes = np.abs(shares.astype(np.float64))
    largest = sizes.max(initial=0.0)
    return Field(cells, sizes / largest if largest > 0 and np.isfinite(largest) else np.zeros_like(sizes), source)


_RULES: dict[Kind, Callable[[Frame, Tensor, Indices], dict[Tensor, Field]]] = {
    Kind.VALUE: _of_value,
    Kind.VALUE_GRAD: _of_value_grad,
    Kind.WEIGHT: _of_weight,
    Kind.WEIGHT_GRAD: _of_weight_grad,
    Kind.BIAS: _of_bias,
    Kind.BIAS_GRAD: _of_bias,
    Kind.RESIDUAL: _of_residual,
    Kind.TARGET: _of_target,
    Kind.LOSS: _of_loss,
    Kind.TEACHER_WEIGHT: _of_taught,
    Kind.TEACHER_BIAS: _of_taught,
}
