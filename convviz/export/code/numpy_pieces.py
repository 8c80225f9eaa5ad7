"""Layers, losses and optimizers, forward and backward, in plain NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convviz.engine.layers import (
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
)
from convviz.engine.losses import Huber, Loss, MeanAbsoluteError, MeanSquaredError, SumSquaredError
from convviz.engine.optimizers import SGD, Adam, Optimizer, RMSprop
from convviz.export.code.pieces import Place, arguments, window_settings

if TYPE_CHECKING:
    from collections.abc import Callable

#: Arguments longer than this are given a name of their own, since they are needed up to three times.
_LONGEST = 30


@dataclass(frozen=True)
class LayerPiece:
    """A layer as expressions.

    Attributes
    ----------
    forward
        What becomes of its input.
    grads
        The derivatives by ``weight`` and ``bias``, by name.
    input_grad
        The derivative by its input.
    settings
        What ``how_i`` is, where the expressions make use of it.
    """

    forward: str
    input_grad: str
    grads: dict[str, str]
    settings: dict[str, Any]


def _how(place: Place, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the arguments that settings are, and what ``how_i`` has to be for them."""
    told = arguments(settings)
    return (told, {}) if len(told) <= _LONGEST else (f", **how_{place.index}", settings)


def _call(place: Place, function: str, *arrays: str, how: str) -> str:
    groups = place.layer.groups
    told = ", ".join(arrays)
    return f"{function}({told}{how})" if groups == 1 else f"grouped({function}, {groups}, {told}{how})"


def _bias(place: Place) -> tuple[str, dict[str, str]]:
    """Return what is added to every cell, and the derivative by it."""
    if not place.biased:
        return "", {}
    return f" + {place.bias}[:, None, None]", {"bias": f"{place.dy}.sum(axis=(1, 2))"}


def _conv2d(place: Place) -> LayerPiece:
    how, settings = _how(place, window_settings(place, "stride", "padding", "dilation"))
    added, bias = _bias(place)
    kernel, size = f", kernel={place.layer.kernel}", f", size={place.in_shape[1:]}"
    return LayerPiece(
        forward=_call(place, "conv2d", place.x, place.weight, how=how) + added,
        input_grad=_call(place, "conv2d_input_grad", place.dy, place.weight, how=size + how),
        grads={"weight": _call(place, "conv2d_weight_grad", place.x, place.dy, how=kernel + how), **bias},
        settings=settings,
    )


def _conv_transpose2d(place: Place) -> LayerPiece:
    """Return the convolution's way back as the way forward, and the other way round."""
    how, settings = _how(place, window_settings(place, "stride", "padding", "dilation"))
    added, bias = _bias(place)
    kernel, size = f", kernel={place.layer.kernel}", f", size={place.out_shape[1:]}"
    x, cut = place.x, ""
    extra = [more // step for more, step in zip(place.layer.output_padding, place.layer.stride, strict=True)]
    if any(extra):  # behind those that the input has spread over, there are places for more windows
        x = f"np.pad({x}, ((0, 0), (0, {extra[0]}), (0, {extra[1]})))"
        cut = f"[:, :{place.in_shape[1]}, :{place.in_shape[2]}]"
    return LayerPiece(
        forward=_call(place, "conv2d_input_grad", place.x, place.weight, how=size + how) + added,
        input_grad=_call(place, "conv2d", place.dy, place.weight, how=how) + cut,
        grads={"weight": _call(place, "conv2d_weight_grad", place.dy, x, how=kernel + how), **bias},
        settings=settings,
    )


def _max_pool2d(place: Place) -> LayerPiece:
    how, settings = _how(place, window_settings(place, "kernel", "stride", "padding", "dilation"))
    return LayerPiece(
        forward=f"max_pool2d({place.x}{how})",
        input_grad=f"max_pool2d_grad({place.x}, {place.dy}{how})",
        grads={},
        settings=settings,
    )


def _avg_pool2d(place: Place) -> LayerPiece:
    layer = place.layer
    how, settings = _how(place, window_settings(place, "kernel", "stride", "padding"))
    cells = str(layer.kernel[0] * layer.kernel[1])
    if not layer.count_padding and any(map(any, place.pads)):
        cells = f"cells_under({place.x}{how})"
    return LayerPiece(
        forward=f"avg_pool2d({place.x}, cells={cells}{how})",
        input_grad=f"avg_pool2d_grad({place.x}, {place.dy}, cells={cells}{how})",
        grads={},
        settings=settings,
    )


def _pointwise(forward: str, slope: str) -> Callable[[Place], LayerPiece]:
    """Return what makes the piece of an activation; ``x`` and ``y`` in braces are its maps, the rest its settings."""

    def write(place: Place) -> LayerPiece:
        words = {"x": place.x, "y": place.y, **vars(place.layer)}
        return LayerPiece(forward.format(**words), f"{place.dy} * {slope.format(**words)}", {}, {})

    return write


LAYER_PIECES: dict[type[Layer], Callable[[Place], LayerPiece]] = {
    Conv2d: _conv2d,
    ConvTranspose2d: _conv_transpose2d,
    MaxPool2d: _max_pool2d,
    AvgPool2d: _avg_pool2d,
    ReLU: _pointwise("np.maximum({x}, 0)", "({x} > 0)"),
    LeakyReLU: _pointwise("np.maximum({x}, {slope} * {x})", "np.where({x} > 0, 1, {slope})"),
    Sigmoid: _pointwise("1 / (1 + np.exp(-{x}))", "{y} * (1 - {y})"),
    Tanh: _pointwise("np.tanh({x})", "(1 - {y}**2)"),
}

#: The loss and its derivative, given the residual ``r``; settings in braces.
LOSS_PIECES: dict[type[Loss], tuple[str, str]] = {
    SumSquaredError: ("np.sum(r**2)", "2 * r"),
    MeanSquaredError: ("np.mean(r**2)", "2 * r / r.size"),
    MeanAbsoluteError: ("np.mean(np.abs(r))", "np.sign(r) / r.size"),
    Huber: (
        "np.mean(np.where(np.abs(r) <= {delta}, r**2 / 2, {delta} * (np.abs(r) - {delta} / 2)))",
        "np.clip(r, -{delta}, {delta}) / r.size",
    ),
}


@dataclass(frozen=True)
class OptimizerPiece:
    """An optimizer as the body of a loop over ``parameter`` and ``gradient``.

    Attributes
    ----------
    state
        What it remembers of each parameter, by the name in the loop: the name of the list.
    lines
        What is done to the state.
    direction
        What the step goes against, in units of the rate.
    """

    state: dict[str, str]
    lines: tuple[str, ...]
    direction: str


def _sgd(optimizer: SGD) -> OptimizerPiece:
    if not optimizer.momentum:
        return OptimizerPiece({}, (), "gradient")
    lines = (f"velocity *= {optimizer.momentum!r}", "velocity += gradient")
    direction = f"(gradient + {optimizer.momentum!r} * velocity)" if optimizer.nesterov else "velocity"
    return OptimizerPiece({"velocity": "velocities"}, lines, direction)


def _adam(optimizer: Adam) -> OptimizerPiece:
    beta1, beta2 = repr(optimizer.beta1), repr(optimizer.beta2)
    return OptimizerPiece(
        {"mean": "means", "square": "squares"},
        (
            f"mean[...] = {beta1} * mean + (1 - {beta1}) * gradient",
            f"square[...] = {beta2} * square + (1 - {beta2}) * gradient**2",
            f"mean_now = mean / (1 - {beta1} ** (step + 1))",
            f"square_now = square / (1 - {beta2} ** (step + 1))",
        ),
        f"mean_now / (np.sqrt(square_now) + {optimizer.epsilon!r})",
    )


def _rmsprop(optimizer: RMSprop) -> OptimizerPiece:
    decay = repr(optimizer.decay)
    square = f"square[...] = {decay} * square + (1 - {decay}) * gradient**2"
    scaled = f"gradient / (np.sqrt(square) + {optimizer.epsilon!r})"
    if not optimizer.momentum:
        return OptimizerPiece({"square": "squares"}, (square,), scaled)
    lines = (square, f"velocity[...] = {optimizer.momentum!r} * velocity + {scaled}")
    return OptimizerPiece({"square": "squares", "velocity": "velocities"}, lines, "velocity")


OPTIMIZER_PIECES: dict[type[Optimizer], Callable[[Any], OptimizerPiece]] = {
    SGD: _sgd,
    Adam: _adam,
    RMSprop: _rmsprop,
}
