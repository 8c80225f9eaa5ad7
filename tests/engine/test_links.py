"""Links hold all of a layer's derivative: they are compared with forward and backward for every layer there is."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import LAYERS, ShapeError
from convviz.engine.links import at
from tests.engine.variants import SHAPES, variants


@pytest.fixture(params=LAYERS.values(), ids=LAYERS)
def cases(request, rng):
    """Every variant of one layer class with an input, its parameters and its output."""
    made = []
    for layer in variants(request.param):
        for shape in SHAPES:
            try:
                layer.output_shape(shape)
            except ShapeError:
                continue
            x = np.round(rng.normal(size=shape), 1)  # ties among the cells of a pooling window
            params = layer.init(rng, shape)
            made.append((layer, params, x, *layer.forward(params, x)))
    return made


def jacobian(links, rows, columns, transposed=False):
    """The (rows, columns) matrix whose entries the links are."""
    matrix = np.zeros((np.prod(rows), np.prod(columns)))
    np.add.at(matrix, (links.owner, np.ravel_multi_index(links.cells.T, columns)), links.slope)
    return matrix.T if transposed else matrix


def every_cell(shape):
    return np.argwhere(np.ones(shape, bool))


def test_links_are_the_derivative_from_both_ends(cases, rng):
    assert cases
    for layer, params, x, y, cache in cases:
        dy = rng.normal(size=y.shape)
        dx, _ = layer.backward(params, cache, dy)
        back = jacobian(layer.back_links(params, x, y, every_cell(y.shape)), y.shape, x.shape)
        ahead = jacobian(layer.forward_links(params, x, y, every_cell(x.shape)), x.shape, y.shape, transposed=True)
        np.testing.assert_allclose(back.T @ dy.ravel(), dx.ravel(), rtol=0, atol=1e-12, err_msg=repr(layer))
        np.testing.assert_array_equal(back, ahead, err_msg=repr(layer))


def test_the_links_of_some_cells_are_those_of_all(cases, rng):
    for layer, params, x, y, _ in cases[:4]:
        cells = every_cell(y.shape)
        chosen = rng.permutation(len(cells))[:3]
        some = jacobian(layer.back_links(params, x, y, cells[chosen]), (len(chosen),), x.shape)
        whole = jacobian(layer.back_links(params, x, y, cells), y.shape, x.shape)
        np.testing.assert_array_equal(some, whole[chosen])


def test_pairs_of_a_weight_make_its_gradient(cases, rng):
    for layer, params, x, y, cache in cases:
        if not layer.parametrised:
            continue
        dy = rng.normal(size=y.shape)
        _, grads = layer.backward(params, cache, dy)
        shape = params["weight"].shape
        for number in rng.permutation(params["weight"].size)[:6]:
            index = np.unravel_index(number, shape)
            inputs, outputs = layer.weight_pairs(x.shape, index)
            np.testing.assert_allclose(
                np.dot(at(x, inputs), at(dy, outputs)), grads["weight"][index], rtol=1e-12, atol=1e-12
            )


def test_slopes_that_are_weights_say_which(cases):
    for layer, params, x, y, _ in cases:
        links = layer.back_links(params, x, y, every_cell(y.shape))
        assert (links.weights is not None) == layer.parametrised
        if links.weights is not None:
            np.testing.assert_array_equal(at(params["weight"], links.weights), links.slope)


def test_no_cells_have_no_links(cases):
    """What follows the links of a cell that no window reads comes to the next layer with none."""
    for layer, params, x, y, _ in cases[:2]:
        nothing = np.empty((0, 3), np.intp)
        for links in (layer.back_links(params, x, y, nothing), layer.forward_links(params, x, y, nothing)):
            assert len(links.owner) == len(links.cells) == len(links.slope) == 0
