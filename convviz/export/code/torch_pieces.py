"""Layers, losses and optimizers as PyTorch has them; it finds the way back by itself."""

from __future__ import annotations

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


def _padded(place: Place, value: str = "") -> tuple[str, dict[str, Any]]:
    """Return what goes into a layer, and its padding as a setting: PyTorch's layers know no border with two widths."""
    (top, bottom), (left, right) = place.pads
    if (top, left) == (bottom, right):
        return place.x, {"padding": (top, left)} if top or left else {}
    return f"F.pad({place.x}, ({left}, {right}, {top}, {bottom}){value})", {}


def _kernels(place: Place) -> tuple[str, str]:
    return place.weight, place.bias if place.biased else "None"


def _groups(place: Place) -> dict[str, int]:
    return {} if place.layer.groups == 1 else {"groups": place.layer.groups}


def _conv2d(place: Place) -> str:
    x, padding = _padded(place)
    settings = {**window_settings(place, "stride", "dilation"), **padding, **_groups(place)}
    weight, bias = _kernels(place)
    return f"F.conv2d({x}, {weight}, {bias}{arguments(settings)})"


def _conv_transpose2d(place: Place) -> str:
    (top, bottom), (left, right) = place.pads
    settings = {**window_settings(place, "stride", "dilation"), **_groups(place)}
    if place.layer.output_padding != (0, 0):
        settings["output_padding"] = place.layer.output_padding
    weight, bias = _kernels(place)
    if (top, left) == (bottom, right):
        settings |= {"padding": (top, left)} if top or left else {}
        return f"F.conv_transpose2d({place.x}, {weight}, {bias}{arguments(settings)})"
    rows, columns = place.out_shape[1:]
    whole = f"F.conv_transpose2d({place.x}, {weight}, {bias}{arguments(settings)})"
    return f"{whole}[:, {top}:{top + rows}, {left}:{left + columns}]"


def _max_pool2d(place: Place) -> str:
    x, padding = _padded(place, ', value=-float("inf")')
    settings = {**_window(place), **window_settings(place, "dilation"), **padding}
    return f"F.max_pool2d({x}{arguments(settings)})"


def _avg_pool2d(place: Place) -> str:
    x, padding = _padded(place)
    how = arguments({**_window(place), **padding})
    if place.layer.count_padding or not any(map(any, place.pads)):
        return f"F.avg_pool2d({x}{how})"
    if padding:
        return f"F.avg_pool2d({x}{how}, count_include_pad=False)"
    ones = x.replace(place.x, f"torch.ones_like({place.x})", 1)
    return f"F.avg_pool2d({x}{how}) / F.avg_pool2d({ones}{how})"


def _window(place: Place) -> dict[str, Any]:
    """Return the settings of every pooling; without a stride PyTorch takes the kernel's size."""
    return {"kernel_size": place.layer.kernel, "stride": place.layer.stride}


def _pointwise(text: str) -> Callable[[Place], str]:
    return lambda place: text.format(x=place.x, **vars(place.layer))


#: What becomes of a layer's input.
LAYER_PIECES: dict[type[Layer], Callable[[Place], str]] = {
    Conv2d: _conv2d,
    ConvTranspose2d: _conv_transpose2d,
    MaxPool2d: _max_pool2d,
    AvgPool2d: _avg_pool2d,
    ReLU: _pointwise("F.relu({x})"),
    LeakyReLU: _pointwise("F.leaky_relu({x}, {slope})"),
    Sigmoid: _pointwise("torch.sigmoid({x})"),
    Tanh: _pointwise("torch.tanh({x})"),
}

#: The loss, given the reconstruction ``y`` and the target; settings in braces.
LOSS_PIECES: dict[type[Loss], str] = {
    SumSquaredError: 'F.mse_loss(y, target, reduction="sum")',
    MeanSquaredError: "F.mse_loss(y, target)",
    MeanAbsoluteError: "F.l1_loss(y, target)",
    Huber: "F.huber_loss(y, target, delta={delta})",
}


def _sgd(optimizer: SGD) -> dict[str, Any]:
    settings: dict[str, Any] = {"momentum": optimizer.momentum} if optimizer.momentum else {}
    return {**settings, "nesterov": True} if optimizer.nesterov else settings


def _adam(optimizer: Adam) -> dict[str, Any]:
    return {"betas": (optimizer.beta1, optimizer.beta2), "eps": optimizer.epsilon}


def _rmsprop(optimizer: RMSprop) -> dict[str, Any]:
    settings = {"momentum": optimizer.momentum} if optimizer.momentum else {}
    return {"alpha": optimizer.decay, "eps": optimizer.epsilon, **settings}


#: The name in ``torch.optim``, and the settings.
OPTIMIZER_PIECES: dict[type[Optimizer], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    SGD: ("SGD", _sgd),
    Adam: ("Adam", _adam),
    RMSprop: ("RMSprop", _rmsprop),
}
