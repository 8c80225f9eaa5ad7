"""The convolution and its gradients: against plain loops, as adjoints, and what they refuse."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from convviz.engine import (
    ConfigError,
    ShapeError,
    Window,
    conv2d,
    conv2d_input_grad,
    conv2d_weight_grad,
    insert_zeros,
    pad_zeros,
    rotate_180,
)
from tests.engine import oracle

SIZES = [(4, 4), (5, 7), (8, 6)]
KERNELS = [(1, 1), (3, 3), (2, 4), (4, 1)]
STRIDES = [(1, 1), (2, 2), (3, 1), (2, 5)]
PADS = [((0, 0), (0, 0)), ((1, 1), (2, 2)), ((0, 2), (3, 1))]
DILATIONS = [(1, 1), (2, 1), (2, 3)]
CHANNELS = [(1, 1, 1), (2, 3, 1), (4, 2, 2), (3, 3, 3)]  # in, out, groups


def geometries():
    for size, kernel, stride, pads, dilation in product(SIZES, KERNELS, STRIDES, PADS, DILATIONS):
        if 0 not in oracle.out_size((1, *size), kernel, stride, pads, dilation):
            yield size, kernel, stride, pads, dilation


@pytest.mark.parametrize("channels", CHANNELS, ids=str)
def test_loops_agree(channels, rng):
    """Every geometry for one channel; a seeded sample of them for several, as the loops take long."""
    c, o, groups = channels
    cases = list(geometries())
    chosen = range(len(cases)) if channels == (1, 1, 1) else rng.choice(len(cases), 40, replace=False)
    for index in chosen:
        size, kernel, stride, pads, dilation = cases[index]
        x, weight, bias = (rng.normal(size=shape) for shape in ((c, *size), (o, c // groups, *kernel), o))
        how = {"stride": stride, "padding": pads, "dilation": dilation, "groups": groups}
        y = conv2d(x, weight, bias, **how)
        expected = oracle.conv2d(x, weight, bias, stride, pads, dilation, groups)
        np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-13, err_msg=str(cases[index]))
        dy = rng.normal(size=y.shape)
        np.testing.assert_allclose(
            conv2d_input_grad(dy, weight, x.shape, **how),
            oracle.conv2d_input_grad(dy, weight, x.shape, stride, pads, dilation, groups),
            rtol=1e-12,
            atol=1e-13,
            err_msg=str(cases[index]),
        )
        np.testing.assert_allclose(
            conv2d_weight_grad(x, dy, weight.shape, **how),
            oracle.conv2d_weight_grad(x, dy, weight.shape, stride, pads, dilation, groups),
            rtol=1e-12,
            atol=1e-13,
            err_msg=str(cases[index]),
        )


@pytest.mark.parametrize("channels", CHANNELS, ids=str)
def test_adjoint_identity(channels, rng):
    """⟨conv(x, w), dy⟩ = ⟨x, input_grad(dy, w)⟩ = ⟨w, weight_grad(x, dy)⟩."""
    c, o, groups = channels
    for size, kernel, stride, pads, dilation in geometries():
        how = {"stride": stride, "padding": pads, "dilation": dilation, "groups": groups}
        x, weight = rng.normal(size=(c, *size)), rng.normal(size=(o, c // groups, *kernel))
        y = conv2d(x, weight, **how)
        dy = rng.normal(size=y.shape)
        through_x = conv2d_input_grad(dy, weight, x.shape, **how)
        through_weight = conv2d_weight_grad(x, dy, weight.shape, **how)
        scale = np.linalg.norm(y) * np.linalg.norm(dy)
        assert abs(np.vdot(y, dy) - np.vdot(x, through_x)) <= 1e-12 * scale
        assert abs(np.vdot(y, dy) - np.vdot(weight, through_weight)) <= 1e-12 * scale


def test_cells_that_no_window_reaches_get_exactly_zero(rng):
    for size, kernel, stride, pads, dilation in geometries():
        window = Window(kernel, stride, pads, dilation)
        dy = rng.normal(size=(1, *window.output_size(*size)))
        dx = conv2d_input_grad(
            dy, rng.normal(size=(1, 1, *kernel)), (1, *size), stride=stride, padding=pads, dilation=dilation
        )
        np.testing.assert_array_equal(dx[0] != 0, window.reached(*size))


@pytest.mark.parametrize(
    ("word", "pads"), [("valid", 0), ("same", ((1, 2), (0, 0))), ("full", ((3, 3), (0, 0))), (2, ((2, 2), (2, 2)))]
)
def test_padding_by_name(word, pads, rng):
    x, weight = rng.normal(size=(2, 6, 7)), rng.normal(size=(1, 2, 4, 1))
    np.testing.assert_array_equal(conv2d(x, weight, padding=word), conv2d(x, weight, padding=pads))


def test_ints_mean_both_directions_and_lists_are_arrays():
    x = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
    y = conv2d(x, [[[[1, 0], [0, -1]]]], [10], stride=2, padding=1)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, [[[9, 7], [3, 6]]])


def test_the_worked_example():
    """Small enough to do on paper: the difference between a cell and its lower right neighbour."""
    x = np.arange(9.0).reshape(1, 3, 3)
    weight = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    np.testing.assert_array_equal(conv2d(x, weight), np.full((1, 2, 2), -4.0))
    dy = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    np.testing.assert_array_equal(conv2d_input_grad(dy, weight, (1, 3, 3)), [[[1, 2, 0], [3, 3, -2], [0, -3, -4]]])
    np.testing.assert_array_equal(conv2d_weight_grad(x, dy, (1, 1, 2, 2)), [[[[27, 37], [57, 67]]]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(dtype, rng):
    x, weight, bias = (rng.normal(size=shape).astype(dtype) for shape in ((2, 6, 6), (3, 2, 3, 3), 3))
    y = conv2d(x, weight, bias, stride=2)
    assert y.dtype == dtype
    assert conv2d_input_grad(y, weight, x.shape, stride=2).dtype == dtype
    assert conv2d_weight_grad(x, y, weight.shape, stride=2).dtype == dtype
    for op in (lambda a: insert_zeros(a, 1), lambda a: pad_zeros(a, 1, 1), rotate_180):
        assert op(x).dtype == dtype


def test_float32_and_float64_together_make_float64(rng):
    x, weight = rng.normal(size=(1, 4, 4)).astype(np.float32), rng.normal(size=(1, 1, 3, 3))
    assert conv2d(x, weight).dtype == np.float64


def test_arguments_are_neither_changed_nor_returned(rng):
    x, weight, bias, dy = (rng.normal(size=shape) for shape in ((1, 5, 5), (1, 1, 1, 1), 1, (1, 5, 5)))
    before = [array.copy() for array in (x, weight, bias, dy)]
    for array in (x, weight, bias, dy):
        array.setflags(write=False)
    results = [
        conv2d(x, weight, bias),
        conv2d_input_grad(dy, weight, x.shape),
        conv2d_weight_grad(x, dy, weight.shape),
        insert_zeros(x, 0),
        pad_zeros(x, 0, 0),
        rotate_180(x),
    ]
    for array, copy in zip((x, weight, bias, dy), before, strict=True):
        np.testing.assert_array_equal(array, copy)
        for result in results:
            assert not np.shares_memory(array, result)
            assert result.flags.writeable


def test_insert_zeros():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(insert_zeros(x, 1), [[1, 0, 2], [0, 0, 0], [3, 0, 4]])
    np.testing.assert_array_equal(insert_zeros(x, (0, 2)), [[1, 0, 0, 2], [3, 0, 0, 4]])
    np.testing.assert_array_equal(insert_zeros(x[None], 1)[0], insert_zeros(x, 1))
    assert insert_zeros(np.ones((2, 1, 1)), 5).shape == (2, 1, 1)


def test_pad_zeros():
    x = np.array([[1.0, 2.0]])
    np.testing.assert_array_equal(pad_zeros(x, (1, 0), (0, 1)), [[0, 1, 2], [0, 0, 0]])
    np.testing.assert_array_equal(pad_zeros(x, 1, 0), [[0, 1, 2, 0]])
    assert pad_zeros(np.ones((3, 2, 2)), (1, 2), (3, 4)).shape == (3, 9, 5)


def test_rotate_180():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    np.testing.assert_array_equal(rotate_180(x), [[6, 5, 4], [3, 2, 1]])
    np.testing.assert_array_equal(rotate_180(np.stack([x, 2 * x])), np.stack([rotate_180(x), 2 * rotate_180(x)]))
    assert rotate_180(x).flags.c_contiguous


X, W, DY = np.ones((2, 4, 4)), np.ones((2, 2, 3, 3)), np.ones((2, 2, 2))

REFUSED = {
    "x of two dimensions": (
        lambda: conv2d(X[0], W),
        ShapeError,
        r"x: expected an array of shape \(C, H, W\), received shape \(4, 4\)",
    ),
    "weight of three": (
        lambda: conv2d(X, W[0]),
        ShapeError,
        r"weight: expected an array of shape \(O, C, kh, kw\), received shape \(2, 3, 3\)",
    ),
    "empty x": (lambda: conv2d(X[:, :0], W), ShapeError, r"x: expected at least one number, .* shape \(2, 0, 4\)"),
    "empty weight": (lambda: conv2d(X, W[:0]), ShapeError, "weight: expected at least one number"),
    "empty map of zeros to be": (lambda: insert_zeros(X[:0], 1), ShapeError, "x: expected at least one number"),
    "empty map with a border": (lambda: pad_zeros([[]], 1, 1), ShapeError, "x: expected at least one number"),
    "empty map to be turned": (lambda: rotate_180([[]]), ShapeError, "x: expected at least one number"),
    "nothing finite to be turned": (lambda: rotate_180([[np.nan]]), ConfigError, "x: expected finite numbers"),
    "text": (lambda: conv2d([[["a"]]], W), ConfigError, "x: expected real numbers, received str"),
    "complex": (lambda: conv2d(X + 1j, W), ConfigError, "x: expected real numbers, received complex128"),
    "truth values": (lambda: conv2d(X > 0, W), ConfigError, "x: expected real numbers, received bool"),
    "objects": (lambda: conv2d(None, W), ConfigError, "x: expected real numbers, received object"),
    "ragged": (lambda: conv2d([[[1, 2], [3]]], W), ShapeError, "x: the rows have different lengths"),
    "nan": (
        lambda: conv2d(np.where(np.arange(32).reshape(2, 4, 4) == 7, np.nan, X), W),
        ConfigError,
        r"x: expected finite numbers, received nan at \(0, 1, 3\)",
    ),
    "infinite weight": (lambda: conv2d(X, W * np.inf), ConfigError, "weight: expected finite numbers, received inf"),
    "infinite bias": (lambda: conv2d(X, W, [0, -np.inf]), ConfigError, r"bias: .* received -inf at \(1,\)"),
    "bias of a wrong length": (
        lambda: conv2d(X, W, [1.0]),
        ShapeError,
        r"bias: expected 2 numbers, one for each output channel, received shape \(1,\)",
    ),
    "channels": (
        lambda: conv2d(X, W[:, :1]),
        ShapeError,
        r"weight: expected 2 input channels \(channels of the input: 2, groups: 1\), received 1",
    ),
    "groups that do not divide": (
        lambda: conv2d(X, W[:, :1], groups=3),
        ShapeError,
        "2 input and 2 output channels do not fall into 3 equal groups; possible: 1, 2",
    ),
    "no groups": (lambda: conv2d(X, W, groups=0), ConfigError, "groups: expected a whole number ≥ 1, received 0"),
    "kernel too large": (
        lambda: conv2d(X, np.ones((1, 2, 5, 5))),
        ShapeError,
        r"kernel 5×5 does not fit input 4×4 \(padding 0\)",
    ),
    "stride zero": (lambda: conv2d(X, W, stride=0), ConfigError, "stride: expected a whole number 1 … .* received 0"),
    "stride of a wrong type": (
        lambda: conv2d(X, W, stride=1.0),
        ConfigError,
        r"stride: expected a whole number, or two, received 1.0",
    ),
    "padding": (lambda: conv2d(X, W, padding=-1), ConfigError, r"padding: expected whole numbers ≥ 0 .* received -1"),
    "dilation": (lambda: conv2d(X, W, dilation=(1, 0)), ConfigError, "dilation: expected a whole number 1 … "),
    "stride beyond all maps": (lambda: conv2d(X, W, stride=2**63), ConfigError, f"received {2**63}"),
    "padding beyond all maps": (lambda: conv2d(X, W, padding=2**63), ConfigError, "padding: expected .* 0 … 16777216"),
    "zeros beyond all maps": (lambda: insert_zeros(X, 2**63), ConfigError, "count: expected .* 0 … 16777216"),
    "border beyond all maps": (lambda: pad_zeros(X, 0, (0, 2**63)), ConfigError, "top_bottom: expected .* 0 … "),
    "dy's shape": (
        lambda: conv2d_input_grad(DY[:, :1], W, X.shape),
        ShapeError,
        "dy: expected the output's shape 2×2×2, received 2×1×2",
    ),
    "dy's channels": (lambda: conv2d_weight_grad(X, DY[:1], W.shape), ShapeError, "received 1×2×2"),
    "x_shape too short": (
        lambda: conv2d_input_grad(DY, W, (4, 4)),
        ShapeError,
        r"x_shape: expected 3 positive integers, received \(4, 4\)",
    ),
    "x_shape of a wrong type": (lambda: conv2d_input_grad(DY, W, 4), ShapeError, "x_shape: expected 3 positive"),
    "weight_shape with a zero": (
        lambda: conv2d_weight_grad(X, DY, (2, 2, 3, 0)),
        ShapeError,
        "weight_shape: expected 4 positive integers",
    ),
    "zeros, a negative number": (
        lambda: insert_zeros(X, -1),
        ConfigError,
        "count: expected a whole number 0 … .* received -1",
    ),
    "zeros into a vector": (
        lambda: insert_zeros([1.0, 2.0], 1),
        ShapeError,
        r"x: expected an array of shape \(H, W\) \| \(C, H, W\), received shape \(2,\)",
    ),
    "negative border": (lambda: pad_zeros(X, (1, -1), 0), ConfigError, "left_right: expected a whole number 0 … "),
    "border of a wrong type": (lambda: pad_zeros(X, 0, "1"), ConfigError, "top_bottom: expected"),
    "rotating a batch": (lambda: rotate_180(np.ones((1, 1, 2, 2))), ShapeError, "received shape"),
}


@pytest.mark.parametrize(("call", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_with_what_was_expected_and_received(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert caught.value.field
