"""What numbers are called, and in which way each comes from its terms, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.engine.explain import Kind, Rule, Tensor, array_of, check_index, explain
from convviz.engine.layers.filters import FilterLayer
from convviz.engine.layers.pooling import Pooling
from convviz.i18n import mark, tr
from convviz.number_text import format_number, short_number
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from convviz.engine.explain import Explanation, Note
    from convviz.engine.frames import Frame
    from convviz.engine.layers import Layer

_NAMES = {
    Kind.VALUE_GRAD: mark("Gradient of map {position}"),
    Kind.WEIGHT: mark("Kernel {layer}"),
    Kind.BIAS: mark("Bias {layer}"),
    Kind.WEIGHT_GRAD: mark("Gradient of kernel {layer}"),
    Kind.BIAS_GRAD: mark("Gradient of bias {layer}"),
    Kind.TEACHER_WEIGHT: mark("Teacher's kernel {layer}"),
    Kind.TEACHER_BIAS: mark("Teacher's bias {layer}"),
    Kind.NEXT_WEIGHT: mark("Updated kernel {layer}"),
    Kind.NEXT_BIAS: mark("Updated bias {layer}"),
    Kind.TARGET: mark("Target"),
    Kind.RESIDUAL: mark("Residual"),
    Kind.LOSS: mark("Loss"),
}
#: The numbers on the way of an update, by the symbols of `Note`.
NOTES = {
    "rate": mark("learning rate"),
    "gradient": mark("gradient"),
    "velocity": mark("velocity"),
    "mean": mark("running mean of the gradient"),
    "square": mark("running mean of its square"),
    "clipped": mark("clipped"),
    "decayed": mark("with weight decay"),
    "direction": mark("direction"),
    "step": mark("step size"),
    "rated": mark("times the layer's rate factor"),
}
_PARTS = {"bias": mark("bias")}


def tensor_text(frame: Frame, tensor: Tensor) -> str:
    """Return what an array of the frame is called: 'Map 1', 'Gradient of kernel 2'."""
    last = len(frame.problem.layers)
    if tensor.kind is Kind.VALUE:
        if tensor.position == 0:
            return tr("Input")
        return (
            tr("Reconstruction") if tensor.position == last else tr("Map {position}").format(position=tensor.position)
        )
    if tensor.kind is Kind.VALUE_GRAD and tensor.position in (0, last):
        return tr("Gradient of the input") if tensor.position == 0 else tr("Gradient of the reconstruction")
    return tr(_NAMES[tensor.kind]).format(position=tensor.position, layer=tensor.position + 1)


def number_name(frame: Frame, number: Pointed) -> str:
    """Return what a number is called: 'Map 1 [3, 7]'. Places are counted from 1; channels are named where several."""
    name = tensor_text(frame, number.tensor)
    place = ", ".join(str(n + 1) for n in _telling(frame, number))
    return tr("{name} [{place}]").format(name=name, place=place) if place else name


def place_text(frame: Frame, number: Pointed) -> str:
    """Return where a number stands, in words: 'row 3, column 7'."""
    index = _telling(frame, number)
    if len(index) == 2:
        return tr("row {row}, column {column}").format(row=index[0] + 1, column=index[1] + 1)
    if len(index) == 3:
        return tr("channel {channel}, row {row}, column {column}").format(
            channel=index[0] + 1, row=index[1] + 1, column=index[2] + 1
        )
    if len(index) == 4:
        return tr("filter {filter}, channel {channel}, row {row}, column {column}").format(
            filter=index[0] + 1, channel=index[1] + 1, row=index[2] + 1, column=index[3] + 1
        )
    return tr("filter {filter}").format(filter=index[0] + 1) if index else ""


def _telling(frame: Frame, number: Pointed) -> tuple[int, ...]:
    kind, position, index = number.tensor.kind, number.tensor.position, number.index
    if kind in (Kind.VALUE, Kind.VALUE_GRAD):
        leading: tuple[int, ...] = frame.values[position].shape[:-2]
    elif len(index) == 4:
        leading = array_of(frame, Tensor(Kind.WEIGHT, position)).shape[:-2]
    elif len(index) == 1:
        return index if array_of(frame, Tensor(Kind.WEIGHT, position)).shape[0] > 1 else ()
    else:
        leading = frame.residual.shape[:-2]
    return index if any(size > 1 for size in leading) else index[-2:]


def sentence(frame: Frame, explanation: Explanation) -> str:
    """Return how a number comes from its terms, with a remark if nothing is computed from it."""
    text, number = _made_sentence(frame, explanation), Pointed(explanation.tensor, explanation.index)
    lost = lost_text(frame, number) if number.tensor.kind is Kind.VALUE else ""
    return tr("{text}; {remark}").format(text=text, remark=lost) if lost else text


def _made_sentence(frame: Frame, explanation: Explanation) -> str:
    kind, position = explanation.tensor.kind, explanation.tensor.position
    if explanation.rule is Rule.GIVEN:
        return _given_sentence(frame, explanation)
    count = len(explanation.parts[0]) if explanation.parts else 0
    layer = frame.problem.layers[position - 1] if kind is Kind.VALUE else None
    if explanation.rule is Rule.CHOICE:
        return _counted(mark("The only cell in the window"), mark("The largest of {n} cells"), count).format(
            n=f"{count:,}"
        )
    if explanation.rule is Rule.FUNCTION and layer is not None:
        return tr("{layer} of one cell").format(layer=tr(layer.label))
    if kind is Kind.VALUE:
        return _value_sentence(explanation, count)
    if kind is Kind.VALUE_GRAD and position == len(frame.problem.layers):
        return tr("How much the loss grows with this cell: its derivative, from the residual")
    if kind is Kind.VALUE_GRAD:
        return _gradient_sentence(frame.problem.layers[position], explanation)
    if kind in (Kind.NEXT_WEIGHT, Kind.NEXT_BIAS):
        return (
            tr("Old value − step size × direction of the optimizer")
            if explanation.notes[1:]
            else tr("Old value − learning rate × gradient")
        )
    text = {
        Kind.WEIGHT_GRAD: _counted(
            mark("Input × error, in the only window"),
            mark("The sum of {n} products of input × error, one from each window"),
            count,
        ),
        Kind.BIAS_GRAD: _counted(mark("The error of the only cell"), mark("The sum of the errors of {n} cells"), count),
        Kind.RESIDUAL: tr("Reconstruction − target"),
        Kind.LOSS: tr("{loss}, summed over all cells").format(loss=tr(frame.problem.loss.label)),
    }[kind]
    return text.format(n=f"{count:,}")


def _counted(one: str, many: str, count: int) -> str:
    """Return the sentence for a single term or that for several, also in a language without a plural: no sum of one."""
    return tr(one if count == 1 else many)


def _gradient_sentence(layer: Layer, explanation: Explanation) -> str:
    """Return how the gradient of a layer's input comes from the errors of its output."""
    if len(explanation) == 0:
        if layer.adjoint:
            return tr("All that this cell spreads is cut off: its gradient is exactly zero")
        return tr("No window reaches this cell: its gradient is exactly zero")
    cells = explanation.parts[0].factors[0].cells
    assert cells is not None
    count, filters = len(np.unique(cells[:, 1:], axis=0)), len(np.unique(cells[:, 0]))
    if not isinstance(layer, FilterLayer):
        if not isinstance(layer, Pooling):
            return tr("The error after {layer}, times its slope").format(layer=tr(layer.label))
        text = _counted(
            mark("Error × slope of the only window that used this cell"),
            mark("The sum over the {n} windows that used this cell, error × slope"),
            count,
        )
    elif layer.adjoint:
        text = _counted(
            mark("Error × weight of the only cell that this one went into"),
            mark("The sum over the {n} cells that this one went into, error × weight"),
            len(cells),
        )
        return text.format(n=f"{len(cells):,}")
    elif filters == 1:
        text = _counted(
            mark("Error × weight of the only window that used this cell"),
            mark("The sum over the {n} windows that used this cell, error × weight"),
            count,
        )
    else:
        text = _counted(
            mark("The sum over {filters} filters of error × weight, in the only window that used this cell"),
            mark("The sum over the {n} windows that used this cell, under {filters} filters each: error × weight"),
            count,
        )
    return text.format(n=f"{count:,}", filters=f"{filters:,}")


def _value_sentence(explanation: Explanation, count: int) -> str:
    if explanation.parts[0].factors[1].tensor is None:
        text = _counted(mark("{n} cell × its share"), mark("The sum of {n} cells, each times its share"), count)
    elif explanation.parts[1:]:
        text = _counted(
            mark("Input × weight, plus the bias"),
            mark("The sum of {n} products of input × weight, plus the bias"),
            count,
        )
    else:
        text = _counted(mark("Input × weight"), mark("The sum of {n} products of input × weight"), count)
    return text.format(n=f"{count:,}")


def _given_sentence(frame: Frame, explanation: Explanation) -> str:
    kind, position = explanation.tensor.kind, explanation.tensor.position
    if kind is Kind.VALUE:
        return tr("The input is given: it is not computed")
    if kind in (Kind.WEIGHT, Kind.BIAS):
        layer = frame.problem.layers[position]
        if isinstance(layer, FilterLayer) and layer.rate == 0:
            return tr("This layer is frozen: the student began with this value")
        if frame.step == 0:
            return tr("The student begins with this value")
        return tr("The last update made this value; the next one comes after this step")
    if kind is Kind.TARGET:
        return tr("The teacher made this value") if frame.teacher is not None else tr("The target is given")
    return tr("The teacher's values are given")


def is_in(frame: Frame, number: Pointed) -> bool:
    """Return whether a frame has a number: an experiment may have been changed since it was held."""
    try:
        check_index(frame, number.tensor, number.index)
    except ConfigError:
        return False
    return True


def lost_text(frame: Frame, number: Pointed) -> str:
    """Return why nothing of a cell of a map, which is there in the frame, comes to the next one; else nothing."""
    kind, position = number.tensor.kind, number.tensor.position
    if kind not in (Kind.VALUE, Kind.VALUE_GRAD) or position >= len(frame.problem.layers):
        return ""
    if len(explain(frame, Tensor(Kind.VALUE_GRAD, position), number.index)):
        return ""
    adjoint = frame.problem.layers[position].adjoint
    return tr("all that it spreads is cut off") if adjoint else tr("no window reaches this")


def arithmetic_text(note: Note) -> str:
    """Return how a number on the way is made, with its numbers; negative ones within parentheses."""
    made, result = note.arithmetic.rsplit(" = ", 1)
    written = {name: _short(value) for name, value in note.numbers.items()}
    inside = {name: f"({text})" if text.startswith("−") else text for name, text in written.items()}
    return f"{made.format(**inside)} = {result.format(**written)}"


def _short(value: float) -> str:
    """Return a number of at most four digits, as most settings are, as short as it can be; any other in four digits."""
    return short_number(value, 4) if float(f"{value:.4g}") == value else format_number(value, 4)


def part_text(name: str) -> str:
    """Return what a part of an explanation is called, or nothing."""
    return tr(_PARTS[name]) if name in _PARTS else name


def related(frame: Frame, number: Pointed) -> list[tuple[str, Pointed]]:
    """Return the numbers that belong to one, and what to call them on buttons."""
    kind, position, last = number.tensor.kind, number.tensor.position, len(frame.problem.layers)
    gradient = {Kind.WEIGHT: Kind.WEIGHT_GRAD, Kind.BIAS: Kind.BIAS_GRAD}
    successor = {
        Kind.WEIGHT: Kind.NEXT_WEIGHT,
        Kind.WEIGHT_GRAD: Kind.NEXT_WEIGHT,
        Kind.BIAS: Kind.NEXT_BIAS,
        Kind.BIAS_GRAD: Kind.NEXT_BIAS,
    }
    found: list[tuple[str, Pointed]] = []
    if kind is Kind.VALUE and position == last:
        found.append((tr("Residual"), Pointed(Tensor(Kind.RESIDUAL), number.index)))
    if kind is Kind.VALUE:
        found.append((tr("Its gradient"), Pointed(Tensor(Kind.VALUE_GRAD, position), number.index)))
    if kind is Kind.VALUE_GRAD:
        found.append((tr("Its value"), Pointed(Tensor(Kind.VALUE, position), number.index)))
    if kind in gradient:
        found.append((tr("Its gradient"), Pointed(Tensor(gradient[kind], position), number.index)))
    if kind in successor:
        found.append((tr("After the update"), Pointed(Tensor(successor[kind], position), number.index)))
    if kind is Kind.TARGET:
        found.append((tr("Residual"), Pointed(Tensor(Kind.RESIDUAL), number.index)))
    if kind is Kind.RESIDUAL:
        found.append((tr("Its gradient"), Pointed(Tensor(Kind.VALUE_GRAD, last), number.index)))
        found.append((tr("Loss"), Pointed(Tensor(Kind.LOSS), ())))
    return found
