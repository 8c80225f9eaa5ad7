"""Every layer of the registry: shapes, derivatives, binding."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from convviz.engine import (
    LAYERS,
    ConvTranspose2d,
    ShapeError,
)
from convviz.engine.layers import Buffer, Slots
from convviz.engine.settings import settings_of
from tests.engine.variants import SHAPES, variants


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
        assert layer.parameter_shapes(shape) == {name: p.shape for name, p in params.items()}
        tried += 1
    assert tried >= len(SHAPES)


def test_a_cell_is_unreached_where_no_output_is_linked_with_it(cls, rng):
    for layer, shape in product(variants(cls), SHAPES):
        if possible(layer, shape) is None:
            continue
        missed = layer.unreached(shape)
        assert (missed is None) == (not hasattr(layer, "window"))
        if missed is None:
            continue
        params, x = layer.init(rng, shape), rng.normal(size=shape)
        y, _ = layer.forward(params, x)
        cells = np.argwhere(np.ones(shape, bool))
        linked = np.zeros(shape, bool)
        linked[tuple(cells[layer.forward_links(params, x, y, cells).owner].T)] = True
        np.testing.assert_array_equal(np.broadcast_to(~missed, shape), linked)


def test_cells_whose_shares_are_all_cut_off_are_unreached():
    missed = ConvTranspose2d(kernel=2, padding=3).unreached((1, 10, 10))
    np.testing.assert_array_equal(missed, np.pad(np.zeros((6, 6), bool), 2, constant_values=True))
    assert not ConvTranspose2d(kernel=2, padding=1).unreached((1, 10, 10)).any()


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
