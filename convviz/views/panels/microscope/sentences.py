"""The sentence that says what happens at a moment, with the numbers that it happens to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.engine.shapes import pair_text
from convviz.engine.walkthrough import Act, Role, Strip
from convviz.i18n import ntr, tr
from convviz.number_text import format_number
from convviz.views.panels.microscope.wording import HELP, layer_function

if TYPE_CHECKING:
    from convviz.engine.walkthrough import Moment, Row


def moment_text(moment: Moment) -> str:
    """Return one sentence about what happens at this moment, in the rows that are seen."""
    if moment.unreached:
        return _unreached(moment)
    text, alone = _told(moment), moment.facts.get("alone")
    if not isinstance(alone, int) or moment.rows[0].strip is Strip.CORRELATE:
        return text
    return tr("Channel {n} alone: {sentence}").format(n=alone + 1, sentence=text)


def _told(moment: Moment) -> str:
    strip = moment.rows[0].strip if len(moment.rows) == 1 else None
    if strip is Strip.SCATTER or moment.phase.act is Act.SPREADING:
        return _spreading(moment.rows[0])
    if strip is Strip.CORRELATE:
        return _correlating(moment.rows[0])
    if strip is Strip.GATHER:
        return _gathering(moment.rows[0])
    maker = _SENTENCES.get(moment.phase.act)
    return tr(HELP[moment.phase.act]) + "." if maker is None else maker(moment, moment.facts)


def lost_text(moment: Moment) -> str:
    """Return what there is to say instead of the terms of a gradient that has none; else nothing."""
    if not moment.unreached or _is_forward(moment):
        return ""
    return tr("all that it spreads is cut off") if _is_cut_off(moment) else tr("no window reaches this")


def _unreached(moment: Moment) -> str:
    """Return why a number has no terms, and what it is."""
    if _is_cut_off(moment):
        return tr("All that this cell spreads is cut off: its gradient is exactly zero.")
    if not _is_forward(moment):
        return tr("No window reaches this cell: its gradient is exactly zero.")
    if moment.facts["bias"]:
        return tr("Nothing lands on this cell: it is the bias alone.")
    return tr("Nothing lands on this cell: it is exactly zero.")


def _is_forward(moment: Moment) -> bool:
    """Return whether a cell without terms is one of a layer's output."""
    told = moment.rows[0].sum
    return told is not None and told.role is Role.OUTPUT


def _is_cut_off(moment: Moment) -> bool:
    """Return whether a cell without terms is one of a layer that spreads."""
    return moment.phase.act is Act.GATHERING


def _coordinates(cell: Any) -> str:
    """Return a row and a column, counted from 1 as everything on the screen."""
    return f"[{cell[0] + 1}, {cell[1] + 1}]"


def _number(value: Any) -> str:
    return format_number(float(value), 3)


def _made(row: Row) -> str:
    """Return the number that a row makes."""
    return "" if row.sum is None else _number(row.sum.total)


# maps that come in ---------------------------------------------------------------------------------------------------


def _input(moment: Moment, facts: Any) -> str:
    text = tr("x{cell} = {value}: this map comes into the layer.")
    return text.format(cell=_coordinates(facts["cell"]), value=_number(facts["value"]))


def _error(moment: Moment, facts: Any) -> str:
    if facts["value"] == 0:
        text = tr("δ{cell} = 0: if y{cell} grows by a little, the loss stays the same.")
    else:
        text = tr("δ{cell} = {value}: if y{cell} grows by a little, the loss changes by {value} times as much.")
    return text.format(cell=_coordinates(facts["cell"]), value=_number(facts["value"]))


def _insertion(moment: Moment, facts: Any) -> str:
    if max(facts["stride"]) == 1:
        return tr("The stride is 1: no zeros go between the errors.")
    words = {
        "count": pair_text(tuple(n - 1 for n in facts["stride"])),
        "from": _coordinates(facts["from"]),
        "to": _coordinates(facts["to"]),
        "value": _number(facts["value"]),
    }
    text = tr("Zeros between the errors, stride − 1 = {count}: δ{from} = {value} moves to {to}.")
    return text.format(**words)


def _padding(moment: Moment, facts: Any) -> str:
    text = tr("Zeros around the input: {top} above, {bottom} below, {left} left, {right} right.")
    if moment.boards[0].role is Role.PADDED_ERROR:
        text = tr("Zeros around the error: {top} above, {bottom} below, {left} left, {right} right.")
    return text.format(**_sides(facts))


def _border(moment: Moment, facts: Any) -> str:
    sides = _sides(facts)
    if min(sides.values()) < 0:
        text = tr("Border: {top} above, {bottom} below, {left} left, {right} right; less than 0: cut off.")
        return text.format(**sides)
    more = facts["extra"]
    if max(more):
        text = tr(
            "Zeros around the error: {top} above, {bottom} below, {left} left, {right} right; "
            "{rows} below and {columns} right are the stride's remainder."
        )
        return text.format(rows=more[0], columns=more[1], **sides)
    kernel, dilation, padding = facts["kernel"], facts["dilation"], facts["padding"]
    pads = {*padding[0], *padding[1]}
    if kernel[0] != kernel[1] or dilation[0] != dilation[1] or len(pads) > 1:
        return _unlike_sides(facts, sides)
    if dilation[0] == 1:
        text = tr("Zeros around the error: kernel {kernel} − 1 − padding {padding} = {n} on each side.")
    else:
        text = tr(
            "Zeros around the error: (kernel {kernel} − 1) · dilation {dilation} − padding {padding} = {n} "
            "on each side."
        )
    return text.format(kernel=kernel[0], dilation=dilation[0], padding=pads.pop(), n=sides["top"])


def _unlike_sides(facts: Any, sides: dict[str, int]) -> str:
    """Return how wide a border is whose sides are made of different numbers: each with its own difference."""
    reach = [(n - 1) * distance for n, distance in zip(facts["kernel"], facts["dilation"], strict=True)]
    (top, bottom), (left, right) = facts["padding"]
    less = {"top": (reach[0], top), "bottom": (reach[0], bottom), "left": (reach[1], left), "right": (reach[1], right)}
    made = {side: f"{whole} − {part} = {sides[side]}" for side, (whole, part) in less.items()}
    if max(facts["dilation"]) == 1:
        text = tr(
            "Zeros around the error, kernel − 1 − padding: {top} above, {bottom} below, {left} left, {right} right."
        )
    else:
        text = tr(
            "Zeros around the error, (kernel − 1) · dilation − padding: "
            "{top} above, {bottom} below, {left} left, {right} right."
        )
    return text.format(**made)


def _sides(facts: Any) -> dict[str, int]:
    (top, bottom), (left, right) = facts["sides"]
    return {"top": top, "bottom": bottom, "left": left, "right": right}


# kernels -------------------------------------------------------------------------------------------------------------


def _rotation(moment: Moment, facts: Any) -> str:
    words = {"from": _coordinates((0, 0)), "to": _coordinates(facts["to"]), "value": _number(facts["value"])}
    text = tr("The kernel rotates by 180°, now {angle}°: w{from} = {value} goes to {to}.")
    return text.format(angle=facts["angle"], **words)


def _dilation(moment: Moment, facts: Any) -> str:
    words = {"from": _coordinates(facts["from"]), "to": _coordinates(facts["to"]), "value": _number(facts["value"])}
    text = tr("Dilation {dilation}: w{from} = {value} moves to {to}.")
    return text.format(dilation=pair_text(facts["dilation"]), **words)


# windows -------------------------------------------------------------------------------------------------------------


def _windows(moment: Moment, facts: Any) -> str:
    if "chooses" in facts:
        return _pooling(moment, facts)
    row = moment.rows[0]
    count: Any = row.facts["count"]
    words = {"cell": _coordinates(row.facts["cell"]), "n": count, "value": _made(row)}
    bias: Any = row.facts["bias"]
    if bias is None:
        text = ntr(
            "{n} product under the window makes y{cell} = {value}.",
            "{n} products under the window add up to y{cell} = {value}.",
            count,
        )
        return text.format(**words)
    value: Any = row.facts["value"]
    text = ntr(
        "{n} product under the window, {sum}, and the bias {bias} make y{cell} = {value}.",
        "{n} products under the window add up to {sum}; with the bias {bias} that is y{cell} = {value}.",
        count,
    )
    return text.format(sum=_number(value - bias), bias=_number(bias), **words)


def _pooling(moment: Moment, facts: Any) -> str:
    count = facts["count"]
    words = {
        "cell": _coordinates(facts["cell"]),
        "cells": ntr("{n} cell", "{n} cells", count).format(n=count),
        "value": _made(moment.rows[0]),
    }
    if facts["chooses"]:
        return tr("The largest of {cells}, {value}, goes on as y{cell}.").format(**words)
    if facts["zeros"]:
        text = tr("The mean of {cells} and {zeros} of the padding, {value}, goes on as y{cell}.")
        return text.format(zeros=_zeros(facts["zeros"]), **words)
    return tr("The mean of {cells}, {value}, goes on as y{cell}.").format(**words)


def _errors(count: int) -> str:
    return ntr("{n} error", "{n} errors", count).format(n=f"{count:,}")


def _zeros(count: int) -> str:
    return ntr("{n} zero", "{n} zeros", count).format(n=f"{count:,}")


def _gathering(row: Row) -> str:
    told, count = row.sum, row.facts["count"]
    assert told is not None
    assert isinstance(count, int)
    words = {"cell": _coordinates(row.facts["cell"]), "errors": _errors(count), "value": _made(row)}
    if told.zeros:
        text = tr("Under the kernel lie {errors} and {zeros}: the products add up to ∂L/∂x{cell} = {value}.")
        return text.format(zeros=_zeros(told.zeros), **words)
    text = ntr(
        "Under the kernel lies {errors}: the product is ∂L/∂x{cell} = {value}.",
        "Under the kernel lie {errors}: the products add up to ∂L/∂x{cell} = {value}.",
        count,
    )
    return text.format(**words)


def _spreading(row: Row) -> str:
    facts: Any = row.facts
    if "from" not in facts:
        return tr("Nothing is spread to ∂L/∂x{cell}.").format(cell=_coordinates(facts["cell"]))
    words = {
        "cell": _coordinates(facts["cell"]),
        "from": _coordinates(facts["from"]),
        "tap": _coordinates(facts["tap"]),
        "given": _number(facts["given"]),
        "slope": _number(facts["slope"]),
        "value": _made(row),
    }
    if getattr(row.items[1], "role", None) is Role.SHARES:
        return tr("δ{from} = {given} is handed back to its window: {slope} of it lands on ∂L/∂x{cell}.").format(**words)
    if facts["back"]:
        text = tr("δ{from} = {given} spreads its share {given} · w: w{tap} = {slope} of it lands on ∂L/∂x{cell}.")
    else:
        text = tr("x{from} = {given} spreads its share {given} · w: w{tap} = {slope} of it lands on y{cell}.")
    return text.format(**words)


def _correlating(row: Row) -> str:
    facts: Any = row.facts
    if "from" not in facts:
        return tr("x{cell} = {x} meets no error: it adds nothing to ∂L/∂w.").format(
            cell=_coordinates(facts["cell"]), x=_number(facts["x"])
        )
    words = {
        "cell": _coordinates(facts["cell"]),
        "x": _number(facts["x"]),
        "from": _coordinates(facts["from"]),
        "error": _number(facts["error"]),
        "tap": _coordinates(facts["tap"]),
        "product": _number(facts["product"]),
    }
    text = tr("x{cell} = {x} meets δ{from} = {error} under tap {tap}: that adds {product} to ∂L/∂w{tap}.")
    return text.format(**words)


def _meeting(moment: Moment, facts: Any) -> str:
    words = {"cell": _coordinates(facts["cell"]), "value": _made(moment.rows[0])}
    if len(moment.rows) == 2:
        text = tr("∂L/∂x{cell} = {value}: gathered with the rotated kernel, or scattered with the kernel as it is.")
    else:
        text = tr("∂L/∂x{cell} = {value}, gathered or scattered; x{cell} times the same errors goes into ∂L/∂w.")
    return text.format(**words)


def _beside(moment: Moment, facts: Any) -> str:
    row = moment.rows[0]
    words = {"cell": _coordinates(row.facts["cell"]), "value": _made(row)}
    text = tr("∂L/∂x{cell} = {value} under the kernel; x{cell} times the same errors goes into ∂L/∂w.")
    return text.format(**words)


def _weights(moment: Moment, facts: Any) -> str:
    row = moment.rows[0]
    count = 0 if row.sum is None or not row.sum.operands else len(row.sum.operands[0].values)
    words = {"n": f"{count:,}", "value": _made(row)}
    if "bias" in facts:
        text = ntr(
            "The only error is the bias's gradient: ∂L/∂b = {value}.",
            "The sum of all {n} errors is the bias's gradient: ∂L/∂b = {value}.",
            count,
        )
        return text.format(**words)
    text = ntr(
        "{n} error times the input under it at tap {tap} makes ∂L/∂w{tap} = {value}.",
        "{n} errors, each times the input under it at tap {tap}, add up to ∂L/∂w{tap} = {value}.",
        count,
    )
    return text.format(tap=_coordinates(facts["tap"]), **words)


# numbers by themselves -----------------------------------------------------------------------------------------------


def _function(moment: Moment, facts: Any) -> str:
    told = moment.rows[0].sum
    words = {"cell": _coordinates(facts["cell"]), "x": _number(facts["x"]), "y": _number(facts["y"])}
    name = "" if told is None else layer_function(told.function)
    return tr("{function}(x{cell}) = {function}({x}) = {y}.").format(function=name, **words)


def _derivative(moment: Moment, facts: Any) -> str:
    told = moment.rows[0].sum
    words = {"cell": _coordinates(facts["cell"]), "x": _number(facts["x"]), "slope": _number(facts["slope"])}
    error = "" if told is None else _number(told.operands[0].values[0])
    text = tr("The slope at x{cell} = {x} is {slope}: the error {error} times {slope} is ∂L/∂x{cell} = {value}.")
    return text.format(error=error, value=_made(moment.rows[0]), **words)


def _residual(moment: Moment, facts: Any) -> str:
    told = moment.rows[0].sum
    assert told is not None
    made, wanted = (_number(operand.values[0]) for operand in told.operands)
    words = {"cell": _coordinates(facts["cell"]), "made": made, "wanted": wanted, "value": _made(moment.rows[0])}
    return tr("The reconstruction is {made}, the target {wanted}: the residual is r{cell} = {value}.").format(**words)


def _contribution(moment: Moment, facts: Any) -> str:
    words = {
        "cell": _coordinates(facts["cell"]),
        "value": _made(moment.rows[0]),
        "sum": _number(facts["so far"]),
        "loss": _number(facts["loss"]),
    }
    return tr("r{cell} adds {value} to the loss: {sum} so far, of {loss}.").format(**words)


def _slope(moment: Moment, facts: Any) -> str:
    words = {"cell": _coordinates(facts["cell"]), "value": _made(moment.rows[0]), "r": _number(facts["residual"])}
    return tr("At r{cell} = {r} the loss has the slope {value}: that is the error δ{cell}.").format(**words)


_SENTENCES = {
    Act.INPUT: _input,
    Act.ERROR: _error,
    Act.INSERTION: _insertion,
    Act.PADDING: _padding,
    Act.BORDER: _border,
    Act.ROTATION: _rotation,
    Act.DILATION: _dilation,
    Act.WINDOWS: _windows,
    Act.MEETING: _meeting,
    Act.GATHERING: _beside,
    Act.WEIGHTS: _weights,
    Act.FUNCTION: _function,
    Act.DERIVATIVE: _derivative,
    Act.RESIDUAL: _residual,
    Act.CONTRIBUTION: _contribution,
    Act.SLOPE: _slope,
}
