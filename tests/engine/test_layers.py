"""Every layer of the registry: shapes, derivatives, binding; and what is particular to single ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from convviz.engine import (
    LAYERS,
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
)
from convviz.engine.initializers import Given, Glorot, Normal, Zeros
from convviz.engine.layers import Buffer, Slots
from convviz.engine.settings import settings_of

#: For every field that some layer has: values to try besides its default.
VARIATIONS = {
    "kernel": [(2, 3), (3, 1)],
    "out_channels": [4],
    "stride": [(2, 1), (1, 3)],
    "padding": [(1, 0), ((0, 1), (1, 0)), "same", "full"],
    "dilation": [(2, 1), (2, 2)],
    "groups": [2],
    "bias": [None, 0.5],
    "output_padding": [(1, 0)],
    "slope": [0.0, 0.3],
    "count_padding": [False],
}
SHAPES = [(2, 6, 7), (2, 5, 5)]


def variants(cls):
    """Every possible layer of a class whose fields have default or varied values; two fields differ at most."""
    fields = [name for name in settings_of(cls) if name in VARIATIONS]
    if "groups" in fields:
        fields.append("groups")  # grouped, it takes two output channels as well
    seen = []
    for first, second in product(fields or [None], repeat=2):
        for a, b in product(VARIATIONS.get(first, [None]), VARIATIONS.get(second, [None])):
            changes = {name: value for name, value in ((first, a), (second, b)) if name is not None}
            if "groups" in changes:
                changes.setdefault("out_channels", 2)
            try:
                layer = cls(**changes)
            except ConfigError:
                continue
            if layer not in seen:
                seen.append(layer)
    return seen


def possible(layer, shape):
    try:
        return layer.output_shape(shape)
    except ShapeError:
        return None


@pytest.fixture(params=LAYERS.values(), ids=LAYERS)
def cls(request):
    return request.param


def test_kinds_are_the_names_in_files():
    assert all(cls.kind == kind for kind, cls in LAYERS.items())
    assert list(LAYERS) == [
        "conv2d",
        "relu",
        "leaky_relu",
        "sigmoid",
        "tanh",
        "max_pool2d",
        "avg_pool2d",
        "conv_transpose2d",
    ]


def test_every_layer_describes_itself(cls):
    assert cls.label
    assert cls.summary
    for described in settings_of(cls).values():
        assert described.label
        assert described.help


def test_declared_shapes_are_the_actual_ones(cls, rng):
    tried = 0
    for layer, shape in product(variants(cls), SHAPES):
        expected = possible(layer, shape)
        if expected is None:
            continue
        params = layer.init(rng, shape)
        assert bool(params) == cls.parametrised
        y, cache = layer.forward(params, rng.normal(size=shape))
        assert y.shape == expected
        dx, grads = layer.backward(params, cache, rng.normal(size=expected))
        assert dx.shape == shape
        assert {name: grad.shape for name, grad in grads.items()} == {n: p.shape for n, p in params.items()}
        assert sum(p.size for p in params.values()) == layer.parameter_size(shape)
        tried += 1
    assert tried >= len(SHAPES)


def test_finite_differences(cls, rng):
    """The derivative along a random direction of input and parameters, for every variant."""
    for layer, shape in product(variants(cls), SHAPES):
        if possible(layer, shape) is None:
            continue
        params = layer.init(rng, shape)
        x = rng.permutation(np.linspace(-2, 2.05, int(np.prod(shape)))).reshape(shape)  # no ties, nothing near 0
        y, cache = layer.forward(params, x)
        dy = rng.normal(size=y.shape)
        dx, grads = layer.backward(params, cache, dy)
        h = 1e-6
        for name in ("x", *params):
            direction = rng.normal(size=x.shape if name == "x" else params[name].shape)
            ends = []
            for sign in (1, -1):
                moved = {n: p + sign * h * direction * (n == name) if n == name else p for n, p in params.items()}
                ends.append(layer.forward(moved, x + sign * h * direction * (name == "x") if name == "x" else x)[0])
            numeric = np.vdot((ends[0] - ends[1]) / (2 * h), dy)
            exact = np.vdot(dx if name == "x" else grads[name], direction)
            assert abs(numeric - exact) <= 1e-7 * (1 + abs(exact)), (layer, shape, name)


def test_arguments_are_not_changed_and_results_are_ones_own(cls, rng):
    layer, shape = cls(), SHAPES[0]
    params = layer.init(rng, shape)
    x = rng.normal(size=shape)
    arrays = [x, *params.values()]
    copies = [array.copy() for array in arrays]
    for array in arrays:
        array.setflags(write=False)
    y, cache = layer.forward(params, x)
    dy = rng.normal(size=y.shape)
    dy.setflags(write=False)
    first = layer.backward(params, cache, dy)
    again = layer.backward(params, cache, dy)
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.shares_memory(first[0], again[0])
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(cls, dtype, rng):
    layer, shape = cls(), SHAPES[0]
    params = layer.init(rng, shape, dtype)
    y, cache = layer.forward(params, rng.normal(size=shape).astype(dtype))
    dx, grads = layer.backward(params, cache, np.ones_like(y))
    assert {a.dtype for a in (y, dx, *params.values(), *grads.values())} == {np.dtype(dtype)}


def bound(layer, shape, dtype, rng, constant):
    """Return a layer bound to memory that holds random numbers everywhere, also where results will go."""
    out = layer.output_shape(shape)
    size = layer.parameter_size(shape)
    slots = Slots(
        x=Buffer(shape, dtype),
        y=Buffer(out, dtype),
        dx=Buffer(shape, dtype),
        dy=Buffer(out, dtype),
        parameters=np.zeros(size, dtype),
        gradients=np.zeros(size, dtype),
        constant_input=constant,
    )
    slots.x.flat[:] = rng.normal(size=slots.x.flat.shape)
    calls = layer.bind(slots)
    for buffer in (slots.y, slots.dx, slots.dy):
        buffer.flat[:] = rng.normal(size=buffer.flat.shape)
    slots.parameters[:] = rng.normal(size=size)
    slots.gradients[:] = rng.normal(size=size)
    return slots, calls


def test_a_bound_layer_follows_its_memory(cls, rng):
    """Step after step the calls compute from what the memory holds then, whatever they left there before."""
    for layer, shape in product(variants(cls)[::3], SHAPES):
        if possible(layer, shape) is None:
            continue
        slots, calls = bound(layer, shape, np.float64, rng, constant=False)
        for _ in range(3):
            slots.x.flat[:] = rng.normal(size=slots.x.flat.shape)
            slots.dy.flat[:] = rng.normal(size=slots.dy.flat.shape)
            slots.parameters[:] = rng.normal(size=slots.parameters.size)
            for call in (*calls.forward, *calls.parameter_backward, *calls.input_backward):
                call()
            views = layer.parameter_views(slots.parameters, shape)
            params = {name: view.copy() for name, view in views.items()}
            y, cache = layer.forward(params, slots.x.array)
            dx, grads = layer.backward(params, cache, slots.dy.array)
            np.testing.assert_array_equal(slots.y.array, y)
            np.testing.assert_array_equal(slots.dx.array, dx)
            for name, view in layer.parameter_views(slots.gradients, shape).items():
                np.testing.assert_array_equal(view, grads[name])
            for buffer in (slots.x, slots.y, slots.dx, slots.dy):
                np.testing.assert_array_equal(buffer.extended[-2:], [0, 1])


def test_a_constant_input_gives_the_same(cls, rng):
    layer, shape = cls(), SHAPES[0]
    slots, calls = bound(layer, shape, np.float64, rng, constant=True)
    for call in (*calls.forward, *calls.parameter_backward, *calls.input_backward):
        call()
    params = {name: view.copy() for name, view in layer.parameter_views(slots.parameters, shape).items()}
    y, cache = layer.forward(params, slots.x.array)
    dx, grads = layer.backward(params, cache, slots.dy.array)
    np.testing.assert_allclose(slots.y.array, y, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(slots.dx.array, dx, rtol=1e-13, atol=1e-13)
    for name, view in layer.parameter_views(slots.gradients, shape).items():
        np.testing.assert_allclose(view, grads[name], rtol=1e-13, atol=1e-13)


def test_a_step_allocates_nothing_that_grows_with_the_map(cls, rng):
    """Calls write into memory that was there before: a step allocates far less than the map."""
    tracemalloc = pytest.importorskip("tracemalloc", reason="this Python traces no allocations")
    layer, shape = cls(), (1, 96, 96)
    _, calls = bound(layer, shape, np.float64, rng, constant=False)
    everything = (*calls.forward, *calls.parameter_backward, *calls.input_backward)
    for call in everything:
        call()
    tracemalloc.start()
    try:
        for call in everything:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            call()
            assert tracemalloc.get_traced_memory()[1] - before < 4096, call  # the map has 73,728 bytes
    finally:
        tracemalloc.stop()


def test_parameter_views_reach_the_flat_memory_also_of_a_history(cls, rng):
    for layer in variants(cls):
        shape = SHAPES[0]
        if possible(layer, shape) is None:
            continue
        size = layer.parameter_size(shape)
        history = np.zeros((3, size))
        views = layer.parameter_views(history, shape)
        assert set(views) == set(layer.init(rng, shape))
        for view in views.values():
            view += 1
        np.testing.assert_array_equal(history, 1)  # every number belongs to exactly one view
        one = layer.parameter_views(history[1], shape)
        assert all(np.shares_memory(one[name], views[name][1]) for name in views)


def test_a_wrong_error_shape_is_refused(cls, rng):
    layer = cls()
    params = layer.init(rng, SHAPES[0])
    y, cache = layer.forward(params, rng.normal(size=SHAPES[0]))
    with pytest.raises(ShapeError, match="dy: expected the output's shape"):
        layer.backward(params, cache, np.zeros((1, *y.shape[1:])) if y.shape[0] > 1 else np.zeros((2, *y.shape[1:])))
    with pytest.raises(ShapeError, match=r"x: expected an array of shape \(C, H, W\)"):
        layer.forward(params, rng.normal(size=SHAPES[0][1:]))


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
        (0, "kernel: expected int ≥|kernel: expected int 1"),
        ("3x3", "kernel: expected int"),
        (2.5, "kernel: expected int"),
        (None, "kernel: expected a value"),
        ([1, 2, 3], r"kernel: expected an array of shape \(kh, kw\) \| \(O, C, kh, kw\), received shape \(3,\)"),
        ([[1, 2], [3]], "different lengths"),
        ([[1, np.nan]], "finite"),
        (np.ones((1, 2, 2)), r"received shape \(1, 2, 2\)"),
        (np.ones((65, 2)), "kernel: expected int 1 … 64"),
    ],
)
def test_impossible_kernels(kernel, message):
    with pytest.raises((ConfigError, ShapeError), match=message):
        Conv2d(kernel)


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


def test_tanh():
    np.testing.assert_array_equal(values(Tanh(), [-1e3, 0, 1e3]), [-1, 0, 1])
    np.testing.assert_allclose(slopes(Tanh(), [0.5]), 1 - np.tanh(0.5) ** 2, rtol=1e-15)


def test_relu_and_its_kink():
    np.testing.assert_array_equal(values(ReLU(), [-2, 0, 3]), [0, 0, 3])
    np.testing.assert_array_equal(slopes(ReLU(), [-2, 0, 3]), [0, 0, 1])


def test_leaky_relu_and_its_kink():
    np.testing.assert_array_equal(values(LeakyReLU(0.25), [-2, 0, 3]), [-0.5, 0, 3])
    np.testing.assert_array_equal(slopes(LeakyReLU(0.25), [-2, 0, 3]), [0.25, 0.25, 1])
    with pytest.raises(ConfigError, match="slope: expected number 0 … 1, received 2"):
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
