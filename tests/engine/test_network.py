from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import (
    LAYERS,
    LOSSES,
    AvgPool2d,
    ConfigError,
    Conv2d,
    ConvTranspose2d,
    LeakyReLU,
    MaxPool2d,
    Network,
    Normal,
    ReLU,
    ShapeError,
    Sigmoid,
    Tanh,
    Trainer,
)
from convviz.engine.check import Check
from convviz.engine.memory import run
from tests.engine.problems import STACKS, arrays_of, small_problem

IN_SHAPE = (2, 9, 8)


@pytest.fixture(params=STACKS, ids=str)
def network(request):
    return Network(STACKS[request.param], IN_SHAPE)


def test_shapes_chain(network, rng):
    values = network.forward(network.init(rng), rng.normal(size=IN_SHAPE))
    assert [value.shape for value in values] == list(network.shapes)
    assert network.shapes[0] == IN_SHAPE


def test_forward_and_backward_are_those_of_the_layers_one_by_one(network, rng):
    params, x = network.init(rng), rng.normal(size=IN_SHAPE)
    dy = rng.normal(size=network.shapes[-1])
    values, caches = [x], []
    for layer, own in zip(network.layers, params, strict=True):
        y, cache = layer.forward(own, values[-1])
        values.append(y)
        caches.append(cache)
    value_grads, gradients = [dy], []
    for layer, own, cache in zip(network.layers[::-1], params[::-1], caches[::-1], strict=True):
        dx, grads = layer.backward(own, cache, value_grads[0])
        value_grads.insert(0, dx)
        gradients.insert(0, grads)

    ours = network.forward(params, x)
    for actual, expected in zip(ours, values, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-13, atol=1e-13)
    our_grads, our_gradients = network.backward(params, ours, dy)
    for actual, expected in zip(our_grads, value_grads, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)
    for actual, expected in zip(our_gradients, gradients, strict=True):
        assert actual.keys() == expected.keys()
        for name in actual:
            np.testing.assert_allclose(actual[name], expected[name], rtol=1e-12, atol=1e-12)


def test_packing_and_viewing_are_inverse(network, rng):
    params = network.init(rng)
    flat = network.pack(params)
    assert flat.shape == (network.size,) == (sum(a.size for layer in params for a in layer.values()),)
    for views, own in zip(network.views(flat), params, strict=True):
        assert views.keys() == own.keys()
        assert all(np.array_equal(views[name], own[name]) for name in own)
    history = np.stack([flat, 2 * flat])
    for views, own in zip(network.views(history), params, strict=True):
        assert all(np.array_equal(views[name][1], 2 * own[name]) for name in own)


LAST = {
    "one filter": Conv2d(kernel=3, stride=2, out_channels=1, bias=Normal()),
    "without a bias": Conv2d(kernel=(2, 3), padding=1, out_channels=1, bias=None),
    "several filters": Conv2d(kernel=3, out_channels=3, bias=Normal()),
    "transposed": ConvTranspose2d(kernel=3, stride=2, out_channels=1, bias=Normal()),
    "no parameters": Sigmoid(),
}


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("last", LAST)
def test_the_difference_from_a_target_is_that_of_the_output(last, first, ended, rng):
    """Also where the last layer subtracts the target itself, and whatever the memory holds from step to step."""
    network = Network([*([] if first else [Conv2d(kernel=3, out_channels=2), Tanh()]), LAST[last]], IN_SHAPE)
    memory = np.full(network.size + ended, -1.0)
    bound = network.bind(rng.normal(size=IN_SHAPE), memory)
    target, out = rng.normal(size=(2, np.prod(network.shapes[-1])))
    forth, left = bound.difference(target, out)
    at_once = ended and last in ("one filter", "without a bias")
    assert len(forth) == len(bound.forward) + (not at_once)
    for _ in range(2):
        bound.parameters[:] = rng.normal(size=network.size)
        bound.values[-1].flat[:] = out[:] = np.nan
        run((*forth, *left))
        found = bound.values[-1].array.copy()
        run(bound.forward)
        np.testing.assert_array_equal(bound.values[-1].array, found)
        np.testing.assert_allclose(out, found.ravel() - target, rtol=1e-13, atol=1e-13)
    assert (memory[network.size :] == -1).all()


def test_rates_of_layers(rng):
    network = Network(STACKS["scaled"], IN_SHAPE)
    for views, factor in zip(network.views(network.rate_scales()), (0.5, 0.0, 2.0), strict=True):
        assert all((array == factor).all() for array in views.values())


def test_neither_arguments_nor_results_are_shared(network, rng):
    params, x = network.init(rng), rng.normal(size=IN_SHAPE)
    kept = x.copy()
    values = network.forward(params, x)
    values[0][...] = 0
    assert np.array_equal(x, kept)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("stack", STACKS)
def test_gradients_of_whole_networks_are_slopes(stack, loss):
    report = Check(small_problem(stack, loss=loss()), sample=None).run()
    assert report.passed, (report.worst_slope, report.worst_adjoint)
    assert all(slope.kink or slope.error < 1e-7 for slope in report.slopes)
    assert len(report.slopes) == small_problem(stack).network.size


@pytest.mark.parametrize("kind", LAYERS)
def test_gradients_through_every_layer_are_slopes(kind):
    problem = small_problem((Conv2d((2, 2), out_channels=2), LAYERS[kind](), Conv2d((2, 2), padding=1)))
    report = Check(problem, sample=None).run()
    assert report.passed, (report.worst_slope, report.worst_adjoint)


def _slope_of_the_loss(problem, at, place):
    values = []
    for distance in (1e-6, -1e-6):
        moved = at.copy()
        moved[place] += distance
        output = problem.network.forward(problem.initial, moved)[-1]
        values.append(problem.loss.value(output, problem.target))
    return (values[0] - values[1]) / 2e-6


@pytest.mark.parametrize("stack", STACKS)
def test_the_inputs_own_gradient_is_its_slope(stack):
    problem = small_problem(stack)
    gradient = Trainer(problem).frame(input_gradient=True).value_grads[0]
    for place in [(0, 0, 0), (1, 4, 3), (0, 7, 2), (1, 8, 7)]:
        slope = _slope_of_the_loss(problem, problem.input, place)
        assert gradient[place] == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_layers_before_the_first_that_learns_are_shown_too():
    frame = Trainer(small_problem("constant first")).frame()
    assert frame.value_grads[0] is None
    full = Trainer(small_problem("constant first")).frame(input_gradient=True)
    assert all(grad.any() for grad in full.value_grads)
    for name, array in arrays_of(frame).items():
        assert np.array_equal(array, arrays_of(full)[name]), name


def test_a_layer_that_does_not_fit_is_named():
    with pytest.raises(ShapeError, match="kernel 5×5 does not fit input 4×4") as caught:
        Network((Conv2d((6, 5)), ReLU(), Conv2d((5, 5))), (1, 9, 8))
    assert caught.value.field.startswith("layers[2]")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (((), IN_SHAPE), ConfigError),
        (((ReLU(),), IN_SHAPE, np.int64), ConfigError),
        (((ReLU(),), IN_SHAPE, np.float16), ConfigError),
        (((ReLU(),), IN_SHAPE, "nonsense"), ConfigError),
        (((ReLU(),), IN_SHAPE, ">f8"), ConfigError),
        ((3, IN_SHAPE), ConfigError),
        (((MaxPool2d((10, 1)),), IN_SHAPE), ShapeError),
        (((AvgPool2d((2, 2)),), (9, 8)), ShapeError),
        (((ReLU(),), (1, 9.5, 8)), ShapeError),
        ((("relu",), IN_SHAPE), ConfigError),
    ],
)
def test_impossible_networks_are_refused(arguments, error):
    with pytest.raises(error):
        Network(*arguments)


def test_wrong_parameters_are_refused(rng):
    network = Network((Conv2d((2, 2)), Sigmoid()), (1, 5, 5))
    (weight_and_bias, nothing) = network.init(rng)
    x = np.zeros((1, 5, 5))
    for wrong in (
        (weight_and_bias,),
        (nothing, weight_and_bias),
        ({"weight": weight_and_bias["weight"]}, {}),
        ({**weight_and_bias, "scale": np.ones(1)}, {}),
        ({**weight_and_bias, "weight": np.ones((2, 2))}, {}),
        ({**weight_and_bias, "bias": np.ones(2)}, {}),
        ({**weight_and_bias, 3: np.ones(2)}, {}),
    ):
        with pytest.raises(ShapeError):
            network.forward(wrong, x)
    with pytest.raises(ShapeError):
        network.forward((weight_and_bias, nothing), np.zeros((1, 5, 6)))
    with pytest.raises(ShapeError):
        network.backward((weight_and_bias, nothing), (x,), np.zeros((1, 5, 5)))


IN_ORDER = {
    "demo": (Conv2d(3), Conv2d(4, stride=2)),
    "activation between": (Conv2d(3, 2), ReLU(), Conv2d(4, 3, stride=(2, 3), padding=((2, 2), (3, 3))), Conv2d(2)),
    "three": (Conv2d(3), Conv2d(2, stride=2), Conv2d(3, stride=2)),
    "groups": (Conv2d(3, 4), Tanh(), Conv2d(2, 4, stride=2, groups=2), LeakyReLU(), Conv2d(3, 1, stride=3)),
    "several filters": (Conv2d(3, 2), Tanh(), Conv2d((3, 5), 3, stride=2, dilation=2)),
}


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *((name, 20) for name in ("demo", "activation between", "three", "groups")),
        *((name, 300) for name in ("demo", "three", "groups", "several filters")),
    ],
)
def test_numbers_do_not_depend_on_how_maps_lie_in_memory(name, size, rng, monkeypatch):
    layers = IN_ORDER[name]
    network = Network(layers, (1, size, size))
    assert any(order is not None for order in network.orders()), "every map lies row by row: nothing is compared"
    params = network.init(rng)
    x = rng.normal(size=network.shapes[0])
    dy = rng.normal(size=network.shapes[-1])

    def everything():
        values = network.forward(params, x)
        grads, gradients = network.backward(params, values, dy)
        return *values, *grads, *(array for layer in gradients for array in layer.values())

    found = everything()
    monkeypatch.setattr(Network, "orders", lambda self: (None,) * len(self.shapes))
    for by_order, by_row in zip(found, everything(), strict=True):
        np.testing.assert_allclose(by_order, by_row, rtol=1e-12, atol=1e-12)
