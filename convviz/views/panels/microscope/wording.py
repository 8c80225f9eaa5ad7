"""What layers, phases and boards are called, and in a sentence what each phase does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.shapes import pair_text, size_text
from convviz.engine.walkthrough import Act, Board, Lattice, Role, Strip
from convviz.i18n import mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convviz.engine.layers import Layer
    from convviz.engine.walkthrough import Area, Phase

#: The names of the phases.
_ACTS = {
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

#: The same where there is nothing to be done.
_NOT_DONE = {Act.INSERTION: mark("No zeros"), Act.BORDER: mark("Not padded")}

#: What each phase does, for the tooltips of the chips.
HELP = {
    Act.INPUT: mark("The map that comes into the layer"),
    Act.PADDING: mark("Zeros are put around the map that the window slides over"),
    Act.DILATION: mark("The kernel's taps move apart"),
    Act.WINDOWS: mark("The window slides over the input and makes the output, cell by cell"),
    Act.ERROR: mark("The derivative of the loss with respect to the layer's output, handed back by what follows"),
    Act.INSERTION: mark("Between neighbouring errors go stride − 1 zeros"),
    Act.BORDER: mark("Zeros are put around the error, so that a window reaches every cell of the input"),
    Act.ROTATION: mark("The kernel is rotated by 180°"),
    Act.MEETING: mark("The rotated kernel slides over the padded error; below, every error spreads its share instead"),
    Act.SPREADING: mark("Every cell spreads its share, and what lands on a cell is added"),
    Act.GATHERING: mark("The kernel slides over the error and makes the input's gradient, cell by cell"),
    Act.WEIGHTS: mark(
        "The input correlated with the zero-inserted error (transposed: the error with the input), "
        "tap by tap; then the bias"
    ),
    Act.FUNCTION: mark("Every number goes through the same function"),
    Act.DERIVATIVE: mark("Every error is multiplied by the function's slope"),
    Act.RESIDUAL: mark("How far the reconstruction is above the target"),
    Act.CONTRIBUTION: mark("What every cell adds to the loss"),
    Act.SLOPE: mark("How the loss changes with every cell of the reconstruction"),
}

#: The rows that go on side by side.
STRIPS = {Strip.GATHER: mark("gather"), Strip.SCATTER: mark("scatter"), Strip.CORRELATE: mark("kernel's gradient")}

#: The titles of the boards.
ROLES = {
    Role.INPUT: mark("input x"),
    Role.PADDED_INPUT: mark("padded input"),
    Role.OUTPUT: mark("output y"),
    Role.KERNEL: mark("kernel w"),
    Role.DILATED: mark("dilated kernel"),
    Role.ROTATED: mark("rotated kernel"),
    Role.WINDOW: mark("window"),
    Role.SHARES: mark("slopes ∂y/∂x"),
    Role.PRODUCTS: mark("products"),
    Role.ERROR: mark("error δ"),
    Role.SPREAD_ERROR: mark("zero-inserted error"),
    Role.PADDED_ERROR: mark("padded error"),
    Role.SPREAD_INPUT: mark("zero-inserted input"),
    Role.SHARE: mark("share of this δ"),
    Role.SHARE_INPUT: mark("share of this x"),
    Role.MET_ERROR: mark("δ that it meets"),
    Role.PAIRED: mark("products x · δ"),
    Role.INPUT_GRAD: mark("∂L/∂x"),
    Role.GATHERED: mark("∂L/∂x"),
    Role.SCATTERED: mark("∂L/∂x"),
    Role.WEIGHT_GRAD: mark("∂L/∂w"),
    Role.BIAS_GRAD: mark("∂L/∂b"),
    Role.RECONSTRUCTION: mark("reconstruction"),
    Role.TARGET: mark("target"),
    Role.RESIDUAL: mark("residual r"),
    Role.CONTRIBUTION: mark("share of the loss"),
}

#: The same in a word, for boards that are too narrow for more.
BRIEF_ROLES = {
    Role.PADDED_INPUT: mark("padded x"),
    Role.PADDED_ERROR: mark("padded δ"),
    Role.DILATED: mark("dilated w"),
    Role.ROTATED: mark("rotated w"),
    Role.SPREAD_ERROR: mark("with zeros"),
    Role.SPREAD_INPUT: mark("with zeros"),
    Role.SHARES: mark("slopes"),
    Role.SHARE: mark("share"),
    Role.SHARE_INPUT: mark("share"),
    Role.MET_ERROR: mark("δ met"),
    Role.PAIRED: mark("x · δ"),
    Role.CONTRIBUTION: mark("adds"),
}

#: What boards are called that have room for zeros between the cells or around them, where none are put there.
_WITHOUT_ZEROS = {Role.SPREAD_ERROR: Role.ERROR, Role.SPREAD_INPUT: Role.INPUT}
_WITHOUT_BORDER = {Role.PADDED_ERROR: Role.SPREAD_ERROR}

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
    Role.MET_ERROR: "gradient",
    Role.PAIRED: "teacher",
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
    return tr("{n}: {layer} {kernel}, stride {stride}").format(
        **values, kernel=size_text(kernel), stride=pair_text(stride)
    )


def titled_role(board: Board) -> Role:
    """Return the role whose title a board has: no zeros are spoken of where there are none."""
    sheet, role = board.sheet, board.role
    if isinstance(sheet, Lattice):
        spread = tuple((n - 1) * step + 1 for n, step in zip(sheet.source.shape, sheet.step, strict=True))
        role = _WITHOUT_BORDER.get(role, role) if sheet.size == spread else role
        role = _WITHOUT_ZEROS.get(role, role) if sheet.size == sheet.source.shape else role
    return role


def act_text(phase: Phase) -> str:
    """Return the name of a phase, or, if nothing is done in it, words that say so."""
    return tr(_NOT_DONE.get(phase.act, _ACTS[phase.act]) if phase.still else _ACTS[phase.act])


def board_text(board: Board) -> str:
    """Return what stands beside a board's title: its size."""
    return size_text(board.sheet.size)


def part_texts(area: Area, board: Board) -> tuple[str, str]:
    """Return the part of a map that a close-up shows: '[1–45, 1–27] of 96×120', and without the size of the map."""
    part = f"[{area.top + 1}–{area.bottom}, {area.left + 1}–{area.right}]"
    return tr("{part} of {size}").format(part=part, size=board_text(board)), part


def depth_text(boards: Iterable[Board]) -> str:
    """Return which of the channels that lie on one another is seen; nothing where there is only one."""
    for board in boards:
        if board.depth > 1:
            if board.front == 0:
                return tr("channel {front} of {depth}").format(front=1, depth=board.depth)
            last = board.front + board.depth
            return tr("channel {front} of {front} … {last}").format(front=board.front + 1, last=last)
    return ""
