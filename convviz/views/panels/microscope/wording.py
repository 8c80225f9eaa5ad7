"""What phases and boards are called, and the sentence that says what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.engine.shapes import size_text
from convviz.engine.walkthrough import Act, Board, Role
from convviz.i18n import mark, tr

if TYPE_CHECKING:
    from convviz.engine.layers import Layer
    from convviz.engine.walkthrough import Scene

#: The names of the phases.
ACTS = {
    Act.INPUT: mark("Input"),
    Act.PADDING: mark("Padding"),
    Act.DILATION: mark("Dilated kernel"),
    Act.WINDOWS: mark("Window slides"),
    Act.ERROR: mark("Error δ"),
    Act.INSERTION: mark("Zeros inserted"),
    Act.BORDER: mark("Padded"),
    Act.ROTATION: mark("Kernel rotated"),
    Act.MEETING: mark("Window slides"),
    Act.SPREADING: mark("Shares spread"),
    Act.GATHERING: mark("Window slides"),
    Act.WEIGHTS: mark("Kernel's gradient"),
    Act.FUNCTION: mark("Function"),
    Act.DERIVATIVE: mark("Derivative"),
    Act.RESIDUAL: mark("Residual"),
    Act.CONTRIBUTION: mark("Contributions"),
    Act.SLOPE: mark("Slopes"),
}

#: What each phase does, for the tooltips of the chips.
HELP = {
    Act.INPUT: mark("The map that comes into the layer"),
    Act.PADDING: mark("Zeros are put around the input"),
    Act.DILATION: mark("The kernel's taps move apart"),
    Act.WINDOWS: mark("The window slides over the input and makes the output, cell by cell"),
    Act.ERROR: mark("The derivative of the loss by the layer's output, handed back by what comes after it"),
    Act.INSERTION: mark("Between neighbouring errors go stride − 1 zeros"),
    Act.BORDER: mark("Zeros are put around the error, so that a window reaches every cell of the input"),
    Act.ROTATION: mark("The kernel is turned by 180°"),
    Act.MEETING: mark("The rotated kernel slides over the padded error; below, every error spreads its share instead"),
    Act.SPREADING: mark("Every cell spreads its share, and what lands on a cell is added"),
    Act.GATHERING: mark("The kernel slides over the error and makes the input's gradient, cell by cell"),
    Act.WEIGHTS: mark(
        "The input correlated with the zero-inserted error (transposed: the error with the input), "
        "tap by tap; then the bias"
    ),
    Act.FUNCTION: mark("Every number goes through the same function"),
    Act.DERIVATIVE: mark("Every error is multiplied by the function's slope"),
    Act.RESIDUAL: mark("What the reconstruction has more than the target"),
    Act.CONTRIBUTION: mark("What every cell adds to the loss"),
    Act.SLOPE: mark("How the loss changes with every cell of the reconstruction"),
}

#: The titles of the boards.
ROLES = {
    Role.INPUT: mark("input x"),
    Role.PADDED_INPUT: mark("padded input"),
    Role.OUTPUT: mark("output y"),
    Role.KERNEL: mark("kernel w"),
    Role.DILATED: mark("dilated kernel"),
    Role.ROTATED: mark("rotated kernel"),
    Role.WINDOW: mark("window"),
    Role.SHARES: mark("shares"),
    Role.PRODUCTS: mark("products"),
    Role.ERROR: mark("error δ"),
    Role.SPREAD_ERROR: mark("zero-inserted error"),
    Role.PADDED_ERROR: mark("padded error"),
    Role.SPREAD_INPUT: mark("zero-inserted input"),
    Role.SHARE: mark("share of this δ"),
    Role.SHARE_INPUT: mark("share of this x"),
    Role.INPUT_GRAD: mark("∂L/∂x"),
    Role.GATHERED: mark("gathered ∂L/∂x"),
    Role.SCATTERED: mark("scattered ∂L/∂x"),
    Role.WEIGHT_GRAD: mark("∂L/∂w"),
    Role.BIAS_GRAD: mark("∂L/∂b"),
    Role.RECONSTRUCTION: mark("reconstruction"),
    Role.TARGET: mark("target"),
    Role.RESIDUAL: mark("residual r"),
    Role.CONTRIBUTION: mark("share of the loss"),
}

#: Which of the theme's colours names a board.
HUES = {
    Role.INPUT: "text",
    Role.PADDED_INPUT: "text",
    Role.OUTPUT: "accent",
    Role.KERNEL: "student",
    Role.DILATED: "student",
    Role.ROTATED: "student",
    Role.ERROR: "gradient",
    Role.SPREAD_ERROR: "gradient",
    Role.PADDED_ERROR: "gradient",
    Role.INPUT_GRAD: "accent",
    Role.GATHERED: "accent",
    Role.SCATTERED: "accent",
    Role.WEIGHT_GRAD: "accent",
    Role.BIAS_GRAD: "accent",
    Role.SHARE: "teacher",
    Role.SHARE_INPUT: "teacher",
    Role.PRODUCTS: "teacher",
}

_FUNCTIONS = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "sigmoid": "σ", "tanh": "tanh"}


def layer_function(kind: str) -> str:
    """Return how a layer's function is written in a formula."""
    return _FUNCTIONS.get(kind, kind)


def layer_text(layer: Layer, number: int) -> str:
    """Return what a layer is called in the list: '2: Convolution 4×4, stride 2'."""
    kernel, stride = (getattr(layer, name, None) for name in ("kernel", "stride"))
    values = {"n": number, "layer": tr(layer.label)}
    if kernel is None or stride is None:
        return tr("{n}: {layer}").format(**values)
    return tr("{n}: {layer} {kernel}, stride {stride}").format(**values, kernel=size_text(kernel), stride=_pair(stride))


def board_text(board: Board) -> str:
    """Return what stands beside a board's title: its size, and the channel in front."""
    size = size_text(board.sheet.size)
    if board.depth > 1:
        return tr("{size} · channel {front}, {depth} in all").format(
            size=size, front=board.front + 1, depth=board.depth
        )
    return size


def scene_text(scene: Scene) -> str:
    """Return one sentence about what happens at this moment."""
    if scene.unreached:
        return tr("No window reaches this cell: its gradient is exactly zero.")
    maker = _SENTENCES.get(scene.phase.act)
    return tr(HELP[scene.phase.act]) + "." if maker is None else maker(scene.facts)


def _insertion(facts: Any) -> str:
    if max(facts["stride"]) == 1:
        return tr("The stride is 1: no zeros go between the errors.")
    count = _pair(tuple(n - 1 for n in facts["stride"]))
    place = {"from": _place(facts["from"]), "to": _place(facts["to"])}
    return tr("stride − 1 = {count} zeros go between the errors: {from} moves to {to}.").format(count=count, **place)


def _padding(facts: Any) -> str:
    (top, bottom), (left, right) = facts["sides"]
    sides = {"top": top, "bottom": bottom, "left": left, "right": right}
    return tr("Zeros around the input: {top} above, {bottom} below, {left} left, {right} right.").format(**sides)


def _border(facts: Any) -> str:
    (top, bottom), (left, right) = facts["sides"]
    sides = {"top": top, "bottom": bottom, "left": left, "right": right}
    if min(top, bottom, left, right) < 0:
        text = tr("Border: {top} above, {bottom} below, {left} left, {right} right; less than 0: cut off.")
    else:
        text = tr("Zeros around the error: {top} above, {bottom} below, {left} left, {right} right.")
    told = text.format(**sides)
    more = facts["extra"]
    if max(more):
        told += " " + tr("{rows} rows and {columns} columns of them for what the stride left over.").format(
            rows=more[0], columns=more[1]
        )
    return told


def _rotation(facts: Any) -> str:
    return tr("The kernel turns by 180°: {angle}°.").format(angle=facts["angle"])


def _dilation(facts: Any) -> str:
    place = {"from": _place(facts["from"]), "to": _place(facts["to"])}
    return tr("Dilation {dilation}: tap {from} moves to {to}.").format(dilation=_pair(facts["dilation"]), **place)


def _windows(facts: Any) -> str:
    if "chooses" not in facts:
        if facts["bias"]:
            return tr("The sum of the products, and the bias, is the output's cell.")
        return tr("The sum of the products is the output's cell.")
    return tr("The largest cell of the window goes on.") if facts["chooses"] else tr("The mean of the window goes on.")


def _weights(facts: Any) -> str:
    if "bias" in facts:
        return tr("The bias's gradient is the sum of all errors.")
    return tr("Tap {tap}: every error times the input under it, added up.").format(tap=_place(facts["tap"]))


def _meeting(facts: Any) -> str:
    return tr("Gathered with the rotated kernel, or spread with the kernel as it is: the same number.")


_SENTENCES = {
    Act.INSERTION: _insertion,
    Act.PADDING: _padding,
    Act.BORDER: _border,
    Act.ROTATION: _rotation,
    Act.DILATION: _dilation,
    Act.WINDOWS: _windows,
    Act.WEIGHTS: _weights,
    Act.MEETING: _meeting,
}


def _pair(pair: Any) -> str:
    return str(pair[0]) if pair[0] == pair[1] else size_text(pair)


def _place(cell: Any) -> str:
    return f"[{cell[0] + 1}, {cell[1] + 1}]"
