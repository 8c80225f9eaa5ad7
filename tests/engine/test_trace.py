"""The way back by hand gives the engine's gradients, for every geometry; and the teaching script's own numbers."""

from __future__ import annotations

import random

import numpy as np
import pytest

from convviz.engine import ConfigError, Conv2d, ConvTranspose2d, ShapeError, conv2d
from convviz.engine.trace import trace


def layers(cls, count=300):
    """Yield random layers that fit the input shape that comes with them."""
    draw, made = random.Random(11), 0
    while made < count:
        groups = draw.choice([1, 1, 2])
        shape = (groups * draw.randint(1, 2), draw.randint(1, 9), draw.randint(1, 9))
        side = lambda high: (draw.randint(0, high), draw.randint(0, high))  # noqa: E731
        try:
            layer = cls(
                (draw.randint(1, 4), draw.randint(1, 4)),
                groups * draw.randint(1, 2),
                (draw.randint(1, 3), draw.randint(1, 3)),
                draw.choice([(side(4), side(4)), "full", "valid"]),
                (draw.randint(1, 3), draw.randint(1, 3)),
                groups,
                bias=draw.choice([None, 0.5]),
            )
            layer.output_shape(shape)
        except (ShapeError, ConfigError):
            continue
        made += 1
        yield layer, shape


def close(actual, expected, what):
    assert actual.shape == expected.shape, what
    assert np.abs(actual - expected).max() <= 1e-12 * max(1e-300, np.abs(expected).max()), what


@pytest.mark.parametrize("cls", [Conv2d, ConvTranspose2d])
def test_the_numbers_are_the_engines(cls, rng):
    for layer, shape in layers(cls):
        params, x = layer.init(rng, shape), rng.normal(size=shape)
        y, cache = layer.forward(params, x)
        dy = rng.normal(size=y.shape)
        dx, grads = layer.backward(params, cache, dy)
        steps = trace(layer, params, x, dy)
        close(steps.input_grad, dx, layer)
        close(steps.weight_grad, grads["weight"], layer)
        assert (steps.bias_grad is None) == (layer.bias is None)
        if layer.bias is not None:
            close(steps.bias_grad, grads["bias"], layer)
            y = y - params["bias"][:, None, None]
        close(steps.result, dx if cls is Conv2d else y, layer)
        assert not steps.result[:, ~steps.reached].any()
        np.testing.assert_array_equal((steps.result != 0).any(axis=0), steps.reached)


@pytest.mark.parametrize("cls", [Conv2d, ConvTranspose2d])
def test_every_step_follows_from_the_one_before(cls, rng):
    for layer, shape in layers(cls, 60):
        params, x = layer.init(rng, shape), rng.normal(size=shape)
        dy = rng.normal(size=layer.output_shape(shape))
        steps = trace(layer, params, x, dy)
        np.testing.assert_array_equal(steps.spread, dy if cls is Conv2d else x)
        stride = layer.stride
        np.testing.assert_array_equal(steps.inserted[:, :: stride[0], :: stride[1]], steps.spread)
        assert np.count_nonzero(steps.inserted) == steps.spread.size
        sizes = [n + sum(side) for n, side in zip(steps.inserted.shape[1:], steps.border, strict=True)]
        assert list(steps.padded.shape[1:]) == sizes
        slid = conv2d(steps.padded, steps.rotated, dilation=steps.dilation, groups=layer.groups)
        np.testing.assert_array_equal(slid, steps.result)


def test_the_demos_second_layer(rng):
    """18×18 by 4×4 at stride 2: errors 8×8, 15×15 with zeros inserted, 21×21 with a border of 3."""
    layer = Conv2d(np.arange(16.0).reshape(4, 4), stride=2)
    x, dy = rng.normal(size=(1, 18, 18)), rng.normal(size=(1, 8, 8))
    steps = trace(layer, layer.init(rng, x.shape), x, dy)
    assert steps.inserted.shape == (1, 15, 15)
    assert steps.border == ((3, 3), (3, 3))
    assert steps.padded.shape == (1, 21, 21)
    np.testing.assert_array_equal(steps.rotated[0, 0].ravel(), np.arange(16.0)[::-1])
    assert steps.reached.all()


def test_a_remainder_puts_more_border_at_the_bottom_and_right(rng):
    layer = Conv2d(3, stride=(3, 2))
    x = rng.normal(size=(1, 8, 8))  # two rows and one column are left over
    dy = rng.normal(size=(1, 2, 3))
    steps = trace(layer, layer.init(rng, x.shape), x, dy)
    assert steps.border == ((2, 4), (2, 3))
    assert not steps.reached[6:].any()
    assert not steps.reached[:, 7:].any()
    assert steps.reached[:6, :7].all()


def test_padding_beyond_the_kernel_cuts_the_error(rng):
    layer = Conv2d(2, padding=3)
    x = rng.normal(size=(1, 4, 4))
    steps = trace(layer, layer.init(rng, x.shape), x, rng.normal(size=(1, 9, 9)))
    assert steps.border == ((-2, -2), (-2, -2))
    assert steps.padded.shape == (1, 5, 5)


@pytest.mark.parametrize("cls", [Conv2d, ConvTranspose2d])
def test_numbers_out_of_all_bounds_are_shown_as_they_are(cls, rng):
    layer = cls(3)
    x = np.full((1, 5, 5), 1e300)
    params = {name: np.full_like(value, 1e300) for name, value in layer.init(rng, x.shape).items()}
    steps = trace(layer, params, x, np.full(layer.output_shape(x.shape), np.nan))
    assert np.isnan(steps.input_grad).all()
    assert np.isnan(steps.weight_grad).all()


def test_wrong_shapes_are_refused(rng):
    layer = Conv2d(3)
    params, x = layer.init(rng, (1, 6, 6)), rng.normal(size=(1, 6, 6))
    with pytest.raises(ShapeError, match="dy: expected shape 1×4×4, received 1×4×5"):
        trace(layer, params, x, np.ones((1, 4, 5)))
    with pytest.raises(ShapeError, match="weight: expected shape 1×1×3×3, received 1×1×2×3"):
        trace(layer, {"weight": np.ones((1, 1, 2, 3))}, x, np.ones((1, 4, 4)))
