"""What is particular to single layers: how kernels are given, the activations' ends and kinks, ties and borders."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import (
    AvgPool2d,
    ConfigError,
    Conv2d,
    ConvTranspose2d,
    Given,
    Glorot,
    LeakyReLU,
    MaxPool2d,
    Normal,
    ReLU,
    ShapeError,
    Sigmoid,
    Tanh,
    Zeros,
    conv2d,
)
from convviz.engine.errors import ConvvizError

# ---- kernels ----


@pytest.mark.parametrize("cls", [Conv2d, ConvTranspose2d])
def test_a_kernel_is_a_size_a_pair_a_matrix_or_all_weights(cls):
    matrix, full = [[1, 2, 3], [4, 5, 6]], np.arange(24.0).reshape(2, 3, 2, 2)
    assert cls(3) == cls((3, 3)) == cls([3, 3])
    by_matrix = cls(matrix)
    assert (by_matrix.kernel, by_matrix.weight) == ((2, 3), Given(matrix))
    np.testing.assert_array_equal(by_matrix.init(np.random.default_rng(0), (1, 5, 5))["weight"], [[matrix]])
    by_array = cls(full)
    assert (by_array.kernel, by_array.weight) == ((2, 2), Given(full))
    assert by_array.out_channels == (2 if cls is Conv2d else 3)
    in_channels = 3 if cls is Conv2d else 2
    np.testing.assert_array_equal(by_array.init(np.random.default_rng(0), (in_channels, 5, 5))["weight"], full)
    assert by_array == by_array.replace(stride=2).replace(stride=1)
    assert hash(by_array) == hash(cls(full.copy()))


def test_a_grouped_transposed_kernel_counts_the_channels_of_all_groups():
    layer = ConvTranspose2d(np.ones((4, 3, 2, 2)), groups=2)
    assert layer.out_channels == 6
    assert layer.weight_shape((4, 5, 5)) == (4, 3, 2, 2)


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        (0, "kernel: expected a whole number ≥|kernel: expected a whole number 1"),
        ("3x3", "kernel: expected a whole number"),
        (2.5, "kernel: expected a whole number"),
        (None, "kernel: expected a value"),
        (
            [1, 2, 3],
            r"expected an array of shape \(kh, kw\) \| \(n, kh, kw\) \| \(O, C, kh, kw\), received shape \(3,\)",
        ),
        ([[1, 2], [3]], "different lengths"),
        ([[1, np.nan]], "finite"),
        (np.ones((1, 1, 1, 2, 2)), r"received shape \(1, 1, 1, 2, 2\)"),
        (np.ones((65, 2)), "kernel: expected a whole number 1 … 64"),
    ],
)
def test_impossible_kernels_are_refused(kernel, message):
    with pytest.raises((ConfigError, ShapeError), match=message):
        Conv2d(kernel)


@pytest.mark.parametrize(("padding", "is_possible"), [((1, 1), True), ((2, 0), False), ((0, 2), False)])
def test_an_output_is_padded_by_less_than_a_stride(padding, is_possible):
    if is_possible:
        assert ConvTranspose2d(3, stride=2, output_padding=padding).output_shape((1, 4, 4)) == (1, 10, 10)
        return
    with pytest.raises(ConfigError) as caught:
        ConvTranspose2d(3, stride=2, output_padding=padding)
    assert caught.value.field == "output_padding"


@pytest.mark.parametrize("cls", [Conv2d, ConvTranspose2d])
def test_groups_that_do_not_divide_the_channels_have_no_weights(cls):
    with pytest.raises(ConvvizError, match="groups"):
        cls(3, 4, groups=2).weight_shape((3, 9, 9))


@pytest.mark.parametrize("groups", [1, 2])
def test_what_a_cell_is_joined_to(groups):
    """By so many weights to a layer's input, and to its output: 4 channels and 6 filters, 2×3 taps."""
    for layer in (Conv2d((2, 3), 6, groups=groups), ConvTranspose2d((2, 3), 6, groups=groups)):
        assert layer.fans((4, 9, 9)) == (4 // groups * 6, 6 // groups * 6)


@pytest.mark.parametrize("cls", [MaxPool2d, AvgPool2d])
def test_pooling_halves_a_map_unless_it_is_told_otherwise(cls):
    assert cls(2).output_shape((3, 8, 6)) == cls(2, stride=2).output_shape((3, 8, 6)) == (3, 4, 3)


@pytest.mark.parametrize("layer", [Conv2d(3, 2, padding=1), MaxPool2d(3, padding=1), AvgPool2d(3, padding=1)], ids=repr)
def test_a_border_is_counted_for_every_channel(layer):
    assert layer.border_size((3, 4, 5)) == 3 * (6 * 7 - 4 * 5)
    assert layer.replace(padding=((0, 1), (0, 0))).border_size((3, 4, 5)) == 3 * 5


def test_given_parameters_must_fit():
    with pytest.raises(ShapeError, match="1×1×2×3, expected 1×2×2×3") as caught:
        Conv2d(np.ones((1, 1, 2, 3))).check_init((2, 9, 9))
    assert caught.value.field == "weight.values"
    with pytest.raises(ShapeError) as caught:
        Conv2d(3, out_channels=2, bias=[1.0, 2.0, 3.0]).check_init((1, 9, 9))
    assert caught.value.field == "bias.values"
    Conv2d(3, out_channels=2, bias=[1.0, 2.0]).check_init((1, 9, 9))
    Conv2d(3, out_channels=2, bias=0.5).check_init((1, 9, 9))


def test_bias_may_be_a_number_numbers_an_initialiser_or_none(rng):
    assert Conv2d(bias=0.5).bias == Given(0.5)
    assert Conv2d(out_channels=2, bias=[1, 2]).init(rng, (1, 5, 5))["bias"].tolist() == [1, 2]
    assert Conv2d(bias=Glorot()).bias == Glorot()
    assert Conv2d().bias == Zeros()
    assert set(Conv2d(bias=None).init(rng, (1, 5, 5))) == {"weight"}
    with pytest.raises(ConfigError, match="bias"):
        Conv2d(bias="none")


def test_initial_weights_come_from_the_generator_and_the_fans(rng):
    a = Conv2d(3, weight=Normal()).init(np.random.default_rng(5), (1, 9, 9))["weight"]
    b = np.random.default_rng(5).normal(size=(1, 1, 3, 3))
    np.testing.assert_array_equal(a, b)
    wide = Conv2d(8, out_channels=64, weight=Glorot()).init(rng, (64, 9, 9))["weight"]
    bound = np.sqrt(6 / (2 * 64 * 64))
    assert 0.99 * bound < np.abs(wide).max() <= bound


def test_conv2d_is_the_function(rng):
    layer = Conv2d((2, 3), out_channels=4, stride=(2, 1), padding=1, dilation=(1, 2), groups=2)
    params = layer.init(rng, (2, 7, 8))
    params["bias"] = rng.normal(size=4)
    x = rng.normal(size=(2, 7, 8))
    expected = conv2d(x, params["weight"], params["bias"], stride=(2, 1), padding=1, dilation=(1, 2), groups=2)
    np.testing.assert_array_equal(layer.forward(params, x)[0], expected)


def test_groups_and_windows_that_do_not_fit_are_told_by_the_layer():
    with pytest.raises(ShapeError, match="do not fall into 2 equal groups; possible: 1") as caught:
        Conv2d(groups=2).output_shape((2, 9, 9))
    assert caught.value.field == "groups"
    with pytest.raises(ShapeError, match=r"kernel 5×5 does not fit input 4×4 \(padding 0\)") as caught:
        Conv2d(5).output_shape((1, 4, 4))
    assert caught.value.field == "kernel"
    with pytest.raises(ConfigError, match='padding "same" needs stride 1'):
        Conv2d(stride=2, padding="same")
    with pytest.raises(ConfigError, match=r"output padding \(2, 0\) is too large: up to \(1, 0\)"):
        ConvTranspose2d(stride=(2, 1), output_padding=(2, 0))


# ---- activations ----


def values(layer, x):
    return layer.forward({}, np.asarray(x, float).reshape(1, 1, -1))[0].ravel()


def slopes(layer, x):
    x = np.asarray(x, float).reshape(1, 1, -1)
    _, cache = layer.forward({}, x)
    return layer.backward({}, cache, np.ones_like(x))[0].ravel()


def test_sigmoid_has_the_right_sign():
    """1 / (1 + e^(−x)): a half at zero, and rising."""
    np.testing.assert_allclose(values(Sigmoid(), [0, 1, -1]), [0.5, 0.7310585786300049, 0.2689414213699951], rtol=1e-15)
    assert slopes(Sigmoid(), [0])[0] == 0.25
    assert (slopes(Sigmoid(), [-3, 0, 3]) > 0).all()


def test_sigmoid_is_stable_at_both_ends():
    x = [-1e308, -1000.0, -700.0, -40.0, 40.0, 1000.0, 1e308]
    y = values(Sigmoid(), x)  # the engine's tests turn overflow into an error
    np.testing.assert_array_equal(y[[0, 1, 4, 5, 6]], [0, 0, 1, 1, 1])
    np.testing.assert_allclose(y[[2, 3]], [np.exp(-700), np.exp(-40)], rtol=1e-14)
    np.testing.assert_array_equal(slopes(Sigmoid(), [-1000, 1000]), 0)
    single = Sigmoid().forward({}, np.array([[[-200, 200]]], np.float32))[0]
    np.testing.assert_array_equal(single, [[[0, 1]]])


def test_tanh_and_its_slope():
    np.testing.assert_array_equal(values(Tanh(), [-1e3, 0, 1e3]), [-1, 0, 1])
    np.testing.assert_allclose(slopes(Tanh(), [0.5]), 1 - np.tanh(0.5) ** 2, rtol=1e-15)


def test_relu_and_its_kink():
    np.testing.assert_array_equal(values(ReLU(), [-2, 0, 3]), [0, 0, 3])
    np.testing.assert_array_equal(slopes(ReLU(), [-2, 0, 3]), [0, 0, 1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1, 3, 7, 16, 33, 100])
def test_relu_lets_errors_through_where_it_lets_numbers_through(size, dtype, rng):
    """Of zeros of both signs, of the smallest and the largest numbers, however many are treated at once."""
    tiny = np.finfo(dtype).smallest_subnormal
    numbers = np.array([0.0, -0.0, tiny, -tiny, 1.0, -1.0, np.inf, -np.inf], dtype)
    x = rng.choice(numbers, (1, 1, size))
    errors = rng.choice(np.array([0.5, -2.0, 1e30, tiny, -0.0], dtype), x.shape)
    y, cache = ReLU().forward({}, x)
    np.testing.assert_array_equal(y, np.where(x > 0, x, 0))
    np.testing.assert_array_equal(ReLU().backward({}, cache, errors)[0], np.where(x > 0, errors, 0))


def test_leaky_relu_and_its_kink():
    np.testing.assert_array_equal(values(LeakyReLU(0.25), [-2, 0, 3]), [-0.5, 0, 3])
    np.testing.assert_array_equal(slopes(LeakyReLU(0.25), [-2, 0, 3]), [0.25, 0.25, 1])
    with pytest.raises(ConfigError, match="slope: expected a number 0 … 1, received 2"):
        LeakyReLU(2)


# ---- pooling ----


def test_the_first_of_equal_maxima_gets_the_gradient():
    x = np.array([[[1.0, 5, 5], [5, 0, 5], [2, 2, 2]]])
    layer = MaxPool2d(3, 1)
    y, cache = layer.forward({}, x)
    assert y.item() == 5
    np.testing.assert_array_equal(layer.backward({}, cache, np.ones((1, 1, 1)))[0], [[[0, 1, 0], [0, 0, 0], [0, 0, 0]]])


def test_the_border_never_wins():
    x = np.full((1, 3, 3), -7.0)
    layer = MaxPool2d(2, 2, padding=1)
    y, cache = layer.forward({}, x)
    np.testing.assert_array_equal(y, np.full((1, 2, 2), -7.0))
    dx, _ = layer.backward({}, cache, np.ones((1, 2, 2)))
    np.testing.assert_array_equal(dx, [[[1, 1, 0], [1, 1, 0], [0, 0, 0]]])


def test_what_is_no_number_wins_wherever_it_is_asked(rng):
    x = rng.normal(size=(1, 4, 4))
    x[0, 1, 2] = np.nan
    layer = MaxPool2d(2)
    y, cache = layer.forward({}, x)
    assert np.isnan(y).tolist() == [[[False, True], [False, False]]]
    dx, _ = layer.backward({}, cache, np.ones_like(y))
    outputs = np.argwhere(np.ones(y.shape, bool))
    links = layer.back_links({}, x, y, outputs)
    won = links.cells[links.slope == 1]
    assert {tuple(cell) for cell in won} == {tuple(cell) for cell in np.argwhere(dx == 1)}


def test_gradients_of_overlapping_windows_add_up():
    x = np.array([[[0.0, 9, 0, 0]]])
    layer = MaxPool2d((1, 2), (1, 1))
    _, cache = layer.forward({}, x)
    np.testing.assert_array_equal(layer.backward({}, cache, np.array([[[1.0, 2, 4]]]))[0], [[[0, 3, 4, 0]]])


def test_large_maps_are_pooled_in_bands(rng):
    x = rng.normal(size=(3, 400, 300))
    layer = MaxPool2d(2)
    y, cache = layer.forward({}, x)
    np.testing.assert_array_equal(y, x.reshape(3, 200, 2, 150, 2).max(axis=(2, 4)))
    dx, _ = layer.backward({}, cache, np.ones_like(y))
    np.testing.assert_array_equal(dx * x, np.where(dx, np.repeat(np.repeat(y, 2, 1), 2, 2), 0))
    assert dx.sum() == y.size


def test_whether_the_border_counts_in_the_mean():
    x = np.full((1, 2, 2), 8.0)
    np.testing.assert_array_equal(AvgPool2d(2, 2, 1).forward({}, x)[0], np.full((1, 2, 2), 2.0))
    np.testing.assert_array_equal(AvgPool2d(2, 2, 1, count_padding=False).forward({}, x)[0], np.full((1, 2, 2), 8.0))


@pytest.mark.parametrize("cls", [MaxPool2d, AvgPool2d])
def test_no_border_beyond_half_the_window(cls):
    with pytest.raises(ConfigError, match=r"padding 2 is more than half of the window: up to \(1, 1\) is possible"):
        cls(3, 1, 2)


def test_a_window_that_holds_no_cell_is_refused():
    with pytest.raises(ShapeError, match="some window holds no cell of the 3×9 map"):
        MaxPool2d((2, 1), 1, padding=(1, 0), dilation=(4, 1)).output_shape((1, 3, 9))
