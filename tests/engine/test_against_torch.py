"""Forward and backward against PyTorch, in float64, over thousands of random configurations."""

from __future__ import annotations

import random

import numpy as np
import pytest

from convviz.engine import (
    AvgPool2d,
    ConfigError,
    Conv2d,
    ConvTranspose2d,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    ShapeError,
    Sigmoid,
    Tanh,
    conv2d,
    conv2d_input_grad,
    conv2d_weight_grad,
)

torch = pytest.importorskip("torch", reason="PyTorch is what the numbers are compared with, and is not installed")
functional = torch.nn.functional

#: Configurations of each test; together more than two thousand.
COUNT = 600


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def tensor(array):
    return torch.tensor(np.ascontiguousarray(array), requires_grad=True)


def agree(actual, expected, what):
    expected = expected.detach().numpy()
    assert actual.shape == expected.shape, what
    error = np.abs(actual - expected).max()
    assert error <= 1e-10 * np.abs(expected).max(), (what, error)


def compare(layer, reference, x, params, rng):
    """Compare output, input gradient and parameter gradients of ``layer`` with those of a PyTorch function."""
    y, cache = layer.forward(params, x)
    dy = rng.normal(size=y.shape)
    dx, grads = layer.backward(params, cache, dy)
    their_x, their_params = tensor(x), {name: tensor(value) for name, value in params.items()}
    their_y = reference(their_x[None], their_params)[0]
    agree(y, their_y, (layer, x.shape))
    their_y.backward(torch.tensor(dy))
    agree(dx, their_x.grad, (layer, x.shape, "input"))
    for name, value in their_params.items():
        agree(grads[name], value.grad, (layer, x.shape, name))


def configurations(seed, make):
    """Yield ``COUNT`` possible layers with an input for each; ``make`` draws one, or raises where it is impossible."""
    draw, rng, count = random.Random(seed), np.random.default_rng(seed), 0
    while count < COUNT:
        groups = draw.choice([1, 1, 1, 2, 3])
        shape = (groups * draw.randint(1, 3), draw.randint(1, 13), draw.randint(1, 13))
        try:
            layer, reference = make(draw, rng, groups)
            layer.output_shape(shape)
        except (ShapeError, ConfigError):
            continue
        count += 1
        yield layer, reference, rng.normal(size=shape), rng


def pair(draw, low, high):
    return draw.randint(low, high), draw.randint(low, high)


def padded(x, pads, value=0.0):
    (top, bottom), (left, right) = pads
    return functional.pad(x, (left, right, top, bottom), value=value)


def filters(draw, rng, groups):
    out_channels = groups * draw.randint(1, 3)
    bias = None if draw.random() < 0.3 else rng.normal(size=out_channels)
    return {
        "kernel": pair(draw, 1, 5),
        "out_channels": out_channels,
        "stride": pair(draw, 1, 4),
        "dilation": pair(draw, 1, 3),
        "groups": groups,
        "bias": bias,
    }


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")  # of its own speed
def test_conv2d_layer():
    def make(draw, rng, groups):
        settings = filters(draw, rng, groups)
        choice = draw.choice(["number", "sides", "same", "valid"])
        if choice == "same":
            settings["stride"] = (1, 1)
        padding = {"number": pair(draw, 0, 4), "sides": (pair(draw, 0, 4), pair(draw, 0, 4))}.get(choice, choice)
        layer = Conv2d(**settings, padding=padding)

        def reference(x, params):
            theirs = 0 if choice == "sides" else padding
            x = padded(x, padding) if choice == "sides" else x
            return functional.conv2d(
                x, params["weight"], params.get("bias"), layer.stride, theirs, layer.dilation, groups
            )

        return layer, reference

    for layer, reference, x, rng in configurations(1, make):
        compare(layer, reference, x, layer.init(rng, x.shape), rng)


def test_conv2d_functions():
    def make(draw, rng, groups):
        settings = filters(draw, rng, groups)
        layer = Conv2d(**settings, padding=(pair(draw, 0, 5), pair(draw, 0, 5)))
        return layer, None

    for layer, _, x, rng in configurations(2, make):
        params = layer.init(rng, x.shape)
        weight, bias = params["weight"], params.get("bias")
        how = {"stride": layer.stride, "padding": layer.padding, "dilation": layer.dilation, "groups": layer.groups}
        their_x, their_weight = tensor(x), tensor(weight)
        their_y = functional.conv2d(
            padded(their_x[None], layer.padding),
            their_weight,
            None if bias is None else torch.tensor(bias),
            layer.stride,
            0,
            layer.dilation,
            layer.groups,
        )[0]
        dy = rng.normal(size=their_y.shape)
        their_y.backward(torch.tensor(dy))
        agree(conv2d(x, weight, bias, **how), their_y, layer)
        agree(conv2d_input_grad(dy, weight, x.shape, **how), their_x.grad, layer)
        agree(conv2d_weight_grad(x, dy, weight.shape, **how), their_weight.grad, layer)


def test_conv_transpose2d():
    def make(draw, rng, groups):
        settings = filters(draw, rng, groups)
        extra = tuple(
            draw.randint(0, max(s, d) - 1) for s, d in zip(settings["stride"], settings["dilation"], strict=True)
        )
        layer = ConvTranspose2d(**settings, padding=pair(draw, 0, 3), output_padding=extra)

        def reference(x, params):
            pads = tuple(side[0] for side in layer.padding)
            return functional.conv_transpose2d(
                x, params["weight"], params.get("bias"), layer.stride, pads, extra, groups, layer.dilation
            )

        return layer, reference

    for layer, reference, x, rng in configurations(3, make):
        compare(layer, reference, x, layer.init(rng, x.shape), rng)


def test_pooling():
    def make(draw, rng, groups):
        kernel, stride = pair(draw, 1, 4), pair(draw, 1, 4)
        pads = tuple(draw.randint(0, k // 2) for k in kernel)
        if draw.random() < 0.5:
            counted = draw.random() < 0.5
            layer = AvgPool2d(kernel, stride, pads, counted)
            return layer, lambda x, _: functional.avg_pool2d(x, kernel, stride, pads, False, counted)
        dilation = pair(draw, 1, 3)
        layer = MaxPool2d(kernel, stride, pads, dilation)
        return layer, lambda x, _: functional.max_pool2d(x, kernel, stride, pads, dilation)

    for layer, reference, x, rng in configurations(4, make):
        x = np.round(x, 1)  # some ties
        compare(layer, reference, x, {}, rng)


@pytest.mark.parametrize(
    ("layer", "reference"),
    [
        (ReLU(), functional.relu),
        (LeakyReLU(0.2), lambda x: functional.leaky_relu(x, 0.2)),
        (Sigmoid(), torch.sigmoid),
        (Tanh(), torch.tanh),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_activations(layer, reference, rng):
    for scale in (0.1, 1, 10, 30):
        x = scale * rng.normal(size=(3, 9, 8))
        x[0, 0] = 0
        compare(layer, lambda x, _: reference(x), x, {}, rng)
