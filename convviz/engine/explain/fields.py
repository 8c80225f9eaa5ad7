"""The cells that a cell is computed from, and those that are computed from it, through all layers.

Going back from a map's cell, its strength is multiplied by the slopes of the links and added up where they meet: at an
input cell that is the derivative of the first cell by it, and times the cell's value its contribution. Going forward
it is the derivative of the later cell by the first. A gradient runs the other way through the same links.

What it costs depends on the kernels, not on the map: only linked cells are visited, layer by layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.explain.tensors import PARAMETER, Index, Kind, Tensor, array_of, check_index
from convviz.engine.links import at

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.frames import Frame
    from convviz.engine.links import Links

Array = NDArray[Any]
Indices = NDArray[np.intp]

#: Cells of one map from which the next layer's links are still followed.
REACH = 1 << 15


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
        True: the cell pointed at is computed from them; False: they from it.
    """

    cells: Indices
    strength: Array
    source: bool


def fields(frame: Frame, tensor: Tensor, index: Index) -> dict[Tensor, Field]:
    """Return, for every array that has cells linked with one number of a frame, which and how strongly.

    The number itself is in it, and what stands in the same place of the arrays that belong together (a value and its
    gradient, a weight, its gradient and the teacher's).

    Raises
    ------
    ConfigError
        If the frame has no such number.
    """
    if tensor != Tensor(Kind.VALUE_GRAD):
        index = check_index(array_of(frame, tensor), tensor, index)
    cells, ones = np.array([index], np.intp).reshape(1, -1), np.ones(1)
    found = {tensor: Field(cells, ones, True)}
    for kin in _kin(frame, tensor):
        found[kin] = Field(cells, ones, True)
    found.update(_RULES[tensor.kind](frame, tensor, cells) if tensor.kind in _RULES else {})
    return found


def _kin(frame: Frame, tensor: Tensor) -> list[Tensor]:
    """Return the arrays in which the same place belongs to the same thing."""
    kind, position, last = tensor.kind, tensor.position, len(frame.problem.layers)
    if kind in (Kind.TARGET, Kind.RESIDUAL) or (kind in (Kind.VALUE, Kind.VALUE_GRAD) and position == last):
        kin = [
            Tensor(Kind.VALUE, last),
            Tensor(Kind.VALUE_GRAD, last),
            Tensor(Kind.TARGET),
            Tensor(Kind.RESIDUAL),
        ]
    elif kind in (Kind.VALUE, Kind.VALUE_GRAD):
        kin = [Tensor(Kind.VALUE, position), Tensor(Kind.VALUE_GRAD, position)]
    elif kind in PARAMETER:
        name = PARAMETER[kind]
        kin = [Tensor(other, position) for other in PARAMETER if PARAMETER[other] == name]
        if frame.teacher is None or name not in frame.teacher[position]:
            kin = [other for other in kin if other.kind not in (Kind.TEACHER_WEIGHT, Kind.TEACHER_BIAS)]
    else:
        kin = []
    return [other for other in kin if other != tensor]


def _of_value(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    found = {}
    strength = np.ones(1)
    here = cells
    for number in range(tensor.position - 1, -1, -1):
        if len(here) > REACH:
            break
        links = _links(frame, number, here, back=True)
        below = Tensor(Kind.VALUE, number)
        shares = strength[links.owner] * links.slope
        found.update(_weights(number, links, shares * at(frame.values[number], links.cells), source=True))
        here, strength = _gather(links.cells, shares, frame.values[number].shape)
        found[below] = _field(here, strength * at(frame.values[number], here), source=True)
    found.update(_ahead(frame, tensor.position, cells))
    return found


def _ahead(frame: Frame, position: int, cells: Indices) -> dict[Tensor, Field]:
    """Return the cells of all later maps, and of the residual, that are computed from cells of a map."""
    found: dict[Tensor, Field] = {}
    here, strength, last = cells, np.ones(len(cells)), len(frame.problem.layers)
    for number in range(position, last):
        if len(here) > REACH:
            return found
        links = _links(frame, number, here, back=False)
        here, strength = _gather(links.cells, strength[links.owner] * links.slope, frame.values[number + 1].shape)
        found[Tensor(Kind.VALUE, number + 1)] = _field(here, strength, source=False)
    if position < last:
        found[Tensor(Kind.RESIDUAL)] = found[Tensor(Kind.VALUE, last)]
    return found


def _of_value_grad(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    found = {}
    here, strength, last = cells, np.ones(1), len(frame.problem.layers)
    for number in range(tensor.position, last):
        if len(here) > REACH:
            break
        links = _links(frame, number, here, back=False)
        shares = strength[links.owner] * links.slope
        above = Tensor(Kind.VALUE_GRAD, number + 1)
        grads = array_of(frame, above)
        found.update(_weights(number, links, shares * at(grads, links.cells), source=True))
        here, strength = _gather(links.cells, shares, grads.shape)
        found[above] = _field(here, strength * at(grads, here), source=True)
        if number + 1 == last:
            found[Tensor(Kind.RESIDUAL)] = found[above]
    here, strength = cells, np.ones(1)
    for number in range(tensor.position - 1, -1, -1):
        if len(here) > REACH:
            break
        links = _links(frame, number, here, back=True)
        values = at(frame.values[number], links.cells) * strength[links.owner]
        if links.weights is not None:
            pairs = _gather(links.weights, values, frame.parameters[number]["weight"].shape)
            found[Tensor(Kind.WEIGHT_GRAD, number)] = _field(*pairs, source=False)
        here, strength = _gather(links.cells, strength[links.owner] * links.slope, frame.values[number].shape)
        found[Tensor(Kind.VALUE_GRAD, number)] = _field(here, strength, source=False)
    return found


def _of_weight(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    number = tensor.position
    inputs, outputs = _pairs(frame, number, cells)
    values = at(frame.values[number], inputs)
    return {
        Tensor(Kind.VALUE, number): _field(inputs, values, source=True),
        Tensor(Kind.VALUE, number + 1): _field(outputs, values, source=False),
    }


def _of_weight_grad(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    number = tensor.position
    inputs, outputs = _pairs(frame, number, cells)
    products = at(frame.values[number], inputs) * at(array_of(frame, Tensor(Kind.VALUE_GRAD, number + 1)), outputs)
    return {
        Tensor(Kind.VALUE, number): _field(inputs, products, source=True),
        Tensor(Kind.VALUE_GRAD, number + 1): _field(outputs, products, source=True),
    }


def _of_bias(frame: Frame, tensor: Tensor, cells: Indices) -> dict[Tensor, Field]:
    above = tensor.position + 1
    shape = frame.problem.network.shapes[above]
    channel = np.argwhere(np.ones(shape[1:], np.bool_))
    whole = np.insert(channel, 0, cells[0, 0], axis=1)
    if tensor.kind is Kind.BIAS:
        return {Tensor(Kind.VALUE, above): _field(whole, np.ones(len(whole)), source=False)}
    error = Tensor(Kind.VALUE_GRAD, above)
    return {error: _field(whole, at(array_of(frame, error), whole), source=True)}


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


def _field(cells: Indices, shares: Array, *, source: bool) -> Field:
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
}
