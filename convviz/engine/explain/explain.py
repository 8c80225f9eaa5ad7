"""Taking one number apart.

Every rule here is a line of the chain rule or of a layer's definition, told with the frame's own numbers. None of them
knows a layer's kind: a layer's links say which cells belong together and with what slope.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.explain.explanation import Explanation, Factor, Part, Rule
from convviz.engine.explain.tensors import PARAMETER, UPDATED, Index, Kind, Tensor, array_of, check_index
from convviz.engine.explain.update import explain_update, next_parameters
from convviz.engine.links import Links, at

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.frames import Frame

Array = NDArray[Any]
Indices = NDArray[np.intp]


@np.errstate(all="ignore")  # a run that diverged is looked at as well
def explain(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    """Return the terms that make one number of a frame.

    Parameters
    ----------
    frame
    tensor, index
        Which array, and which number of it; ``()`` for the loss.

    Returns
    -------
    Explanation
        Its `total`, computed from its terms, is the number up to rounding (1e-12 relative to the terms' size).

    Raises
    ------
    ConfigError
        If the frame has no such number.

    Examples
    --------
    The gradient of a weight, from a frame of ``Trainer.frame()``, and the three largest of its terms::

        told = explain(frame, Tensor(Kind.WEIGHT_GRAD, 0), (0, 0, 1, 1))
        for part, term in told.largest(3):
            x, error = told.parts[part].factors
            print(x.cell(term), x.values[term], error.cell(term), error.values[term])
    """
    index = check_index(frame, tensor, index)
    if tensor.kind in UPDATED:
        array = next_parameters(frame)[tensor.position][PARAMETER[tensor.kind]]
    elif tensor == Tensor(Kind.VALUE_GRAD) and frame.value_grads[0] is None:
        array = np.full(frame.values[0].shape, np.nan)  # nobody asked for it, but its terms are all here
    else:
        array = array_of(frame, tensor)
    explanation = _RULES[tensor.kind](frame, tensor, index)
    value = float(array[index])
    return replace(explanation, value=explanation.total if np.isnan(value) else value)


def _given(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    return Explanation(tensor, index, float(array_of(frame, tensor)[index]), Rule.GIVEN)


def _value(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    if tensor.position == 0:
        return _given(frame, tensor, index)
    number = tensor.position - 1
    layer, params = frame.problem.layers[number], frame.parameters[number]
    x, y = frame.values[number], frame.values[tensor.position]
    links = layer.back_links(params, x, y, np.array([index]))
    below = _factor(frame, Tensor(Kind.VALUE, number), links.cells)
    if layer.linear:
        parts = [Part((below, _slope(links, number)))]
        if "bias" in params:
            parts.append(Part((_factor(frame, Tensor(Kind.BIAS, number), np.array([index[:1]])),), "bias"))
        return Explanation(tensor, index, np.nan, Rule.SUM, tuple(parts))
    rule = Rule.CHOICE if layer.chooses else Rule.FUNCTION
    chosen = int(np.argmax(links.slope)) if rule is Rule.CHOICE else None
    return Explanation(tensor, index, float(y[index]), rule, (Part((below,)),), layer.kind, chosen)


def _value_grad(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    number = tensor.position
    if number == len(frame.problem.layers):
        part = Part(loss_factors(frame, index, slopes=True))
        return Explanation(tensor, index, np.nan, Rule.SUM, (part,), frame.problem.loss.kind)
    layer, params = frame.problem.layers[number], frame.parameters[number]
    links = layer.forward_links(params, frame.values[number], frame.values[number + 1], np.array([index]))
    above = _factor(frame, Tensor(Kind.VALUE_GRAD, number + 1), links.cells)
    return Explanation(tensor, index, np.nan, Rule.SUM, (Part((above, _slope(links, number))),))


def _weight_grad(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    number = tensor.position
    weight = (index[0], index[1], index[2], index[3])
    inputs, outputs = frame.problem.layers[number].weight_pairs(frame.problem.network.shapes[number], weight)
    part = Part(
        (
            _factor(frame, Tensor(Kind.VALUE, number), inputs),
            _factor(frame, Tensor(Kind.VALUE_GRAD, number + 1), outputs),
        )
    )
    return Explanation(tensor, index, np.nan, Rule.SUM, (part,))


def _bias_grad(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    error = Tensor(Kind.VALUE_GRAD, tensor.position + 1)
    _, height, width = frame.problem.network.shapes[tensor.position + 1]
    rows, columns = np.divmod(np.arange(height * width), width)
    cells = np.stack([np.full_like(rows, index[0]), rows, columns], axis=1)
    return Explanation(tensor, index, np.nan, Rule.SUM, (Part((_factor(frame, error, cells),)),))


def _residual(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    cell = np.array([index])
    made = Part((_factor(frame, Tensor(Kind.VALUE, len(frame.problem.layers)), cell),))
    wanted = Part((Factor(np.array([-1.0])), _factor(frame, Tensor(Kind.TARGET), cell)))
    return Explanation(tensor, index, np.nan, Rule.SUM, (made, wanted))


def _loss(frame: Frame, tensor: Tensor, index: Index) -> Explanation:
    cells = np.stack(np.unravel_index(np.arange(frame.residual.size), frame.residual.shape), axis=1)
    part = Part(_factors_of(frame, frame.residual.reshape(-1), cells, slopes=False))
    return Explanation(tensor, index, np.nan, Rule.SUM, (part,), frame.problem.loss.kind)


def loss_factors(frame: Frame, index: Index, *, slopes: bool) -> tuple[Factor, ...]:
    """Return the factors of what one cell of the residual adds to the loss; or of how the loss changes with it."""
    cells = np.array([index])
    return _factors_of(frame, at(frame.residual, cells), cells, slopes=slopes)


def _factors_of(frame: Frame, residual: Array, cells: Indices, *, slopes: bool) -> tuple[Factor, ...]:
    """Return the factors of the loss, or of its slopes, one term for each of some cells of the residual.

    Whatever other factor happens to be as large, the residual alone says where it stands.
    """
    make = frame.problem.loss.slope_factors if slopes else frame.problem.loss.factors
    return tuple(
        Factor(values, Tensor(Kind.RESIDUAL), cells) if values is residual else Factor(values)
        for values in make(residual, frame.residual.size)
    )


def _factor(frame: Frame, tensor: Tensor, cells: Indices) -> Factor:
    return Factor(at(array_of(frame, tensor), cells), tensor, cells)


def _slope(links: Links, number: int) -> Factor:
    if links.weights is None:
        return Factor(links.slope)
    return Factor(links.slope, Tensor(Kind.WEIGHT, number), links.weights)


_RULES: dict[Kind, Callable[[Frame, Tensor, Index], Explanation]] = {
    Kind.VALUE: _value,
    Kind.VALUE_GRAD: _value_grad,
    Kind.WEIGHT: _given,
    Kind.BIAS: _given,
    Kind.WEIGHT_GRAD: _weight_grad,
    Kind.BIAS_GRAD: _bias_grad,
    Kind.TEACHER_WEIGHT: _given,
    Kind.TEACHER_BIAS: _given,
    Kind.NEXT_WEIGHT: explain_update,
    Kind.NEXT_BIAS: explain_update,
    Kind.TARGET: _given,
    Kind.RESIDUAL: _residual,
    Kind.LOSS: _loss,
}
