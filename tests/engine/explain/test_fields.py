"""Which cells of all other arrays a number comes from and goes into, and how strongly."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from convviz.engine import LAYERS, SGD, Conv2d, Network, Normal, Problem, Trainer
from convviz.engine.explain import Kind, Tensor, array_of, fields
from tests.engine.networks import NETWORKS, some_indices, tensors, trained

#: Every kind of layer between two convolutions.
BETWEEN = {kind: (Conv2d(2, 2), layer(), Conv2d(2, weight=Normal())) for kind, layer in LAYERS.items()}
ALL = NETWORKS | BETWEEN
#: How far a number is nudged: so little that no other cell of a pooling window becomes the largest.
NUDGE = 1e-6


@pytest.mark.parametrize("name", NETWORKS)
def test_the_receptive_field_is_what_changes_the_cell(name, rng):
    """Nudging an input cell changes an output exactly if the field has it (or the change is switched off)."""
    frame, _ = trained(NETWORKS[name])
    network, params, x = frame.problem.network, frame.parameters, frame.values[0]
    last = len(frame.values) - 1
    index = some_indices(frame.values[-1], rng, 1)[2]
    field = fields(frame, Tensor(Kind.VALUE, last), index)[Tensor(Kind.VALUE, 0)]
    inside = {tuple(cell) for cell in field.cells}
    assert field.source
    assert field.strength.max() <= 1
    for cell in np.ndindex(x.shape):
        nudged = x.copy()
        nudged[cell] += 0.5
        changed = network.forward(params, nudged)[-1][index] != frame.values[-1][index]
        assert not changed or cell in inside


@pytest.mark.parametrize("name", NETWORKS)
def test_strengths_are_contributions(name, rng):
    """For a cell of the output, derivative times value, from the engine's own backward pass."""
    frame, _ = trained(NETWORKS[name])
    index = some_indices(frame.values[-1], rng, 1)[2]
    dy = np.zeros_like(frame.values[-1])
    dy[index] = 1
    grads, _ = frame.problem.network.backward(frame.parameters, frame.values, dy)
    found = fields(frame, Tensor(Kind.VALUE, len(grads) - 1), index)
    for number, grad in enumerate(grads[:-1]):
        expected = np.abs(grad * frame.values[number])
        strength = np.zeros_like(expected)
        field = found[Tensor(Kind.VALUE, number)]
        strength[tuple(field.cells.T)] = field.strength
        np.testing.assert_allclose(strength, expected / expected.max(), atol=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_projective_field_is_the_receptive_field_from_the_other_end(name, rng):
    frame, _ = trained(NETWORKS[name])
    index = some_indices(frame.values[0], rng, 1)[2]
    seen_by = fields(frame, Tensor(Kind.VALUE), index).get(Tensor(Kind.VALUE, len(frame.values) - 1))
    cells = {tuple(cell) for cell in seen_by.cells}
    for cell in np.ndindex(frame.values[-1].shape):
        sees = fields(frame, Tensor(Kind.VALUE, len(frame.values) - 1), cell)[Tensor(Kind.VALUE, 0)]
        assert (cell in cells) == (index in {tuple(c) for c in sees.cells})


def test_a_weight_gradient_is_pulled_by_every_residual_through_all_layers(rng):
    """The share of each cell of the residual in it, from the engine's own backward pass of that cell alone."""
    frame, _ = trained(NETWORKS["channels"])
    index = (1, 0, 2, 1)
    field = fields(frame, Tensor(Kind.WEIGHT_GRAD), index)[Tensor(Kind.RESIDUAL)]
    shares = np.zeros_like(frame.residual)
    for cell in np.ndindex(frame.residual.shape):
        dy = np.zeros_like(frame.residual)
        dy[cell] = frame.value_grads[-1][cell]
        shares[cell] = frame.problem.network.backward(frame.parameters, frame.values, dy)[1][0]["weight"][index]
    np.testing.assert_allclose(shares.sum(), frame.gradients[0]["weight"][index], rtol=1e-9)
    strength = np.zeros_like(shares)
    strength[tuple(field.cells.T)] = field.strength
    np.testing.assert_allclose(strength, np.abs(shares) / np.abs(shares).max(), atol=1e-12)
    assert field.source


@pytest.mark.parametrize("kind", [Kind.WEIGHT, Kind.BIAS])
def test_a_parameter_goes_into_all_later_maps(kind):
    frame, _ = trained(NETWORKS["remainder"])
    index = (0, 0, 1, 1) if kind is Kind.WEIGHT else (0,)
    found = fields(frame, Tensor(kind), index)
    for other in (Tensor(Kind.VALUE, 1), Tensor(Kind.VALUE, 2), Tensor(Kind.RESIDUAL)):
        assert found[other].source is False
        assert len(found[other].cells) == (frame.values[1].size if other.position == 1 else frame.residual.size)


def test_a_target_comes_from_the_teacher_and_a_residual_from_both():
    trainer = Trainer(taught())
    trainer.run(5)
    frame = trainer.frame()
    for tensor in (Tensor(Kind.TARGET), Tensor(Kind.RESIDUAL)):
        found = fields(frame, tensor, (0, 1, 2))
        assert found[Tensor(Kind.TEACHER_WEIGHT, 1)].source
        assert len(found[Tensor(Kind.TEACHER_WEIGHT, 0)].cells) == 9
        assert len(found[Tensor(Kind.VALUE)].cells) == 36
        assert found[Tensor(Kind.WEIGHT_GRAD, 0)].source is False
    assert Tensor(Kind.WEIGHT, 1) not in fields(frame, Tensor(Kind.TARGET), (0, 1, 2))
    taught_weight = fields(frame, Tensor(Kind.TEACHER_WEIGHT, 1), (0, 0, 3, 3))
    assert taught_weight[Tensor(Kind.TARGET)].source is False
    assert taught_weight[Tensor(Kind.WEIGHT, 1)].source is None


def test_what_is_known_of_a_teacher_goes_with_its_problem():
    frame = Trainer(taught()).frame()
    assert Tensor(Kind.TEACHER_WEIGHT, 1) in fields(frame, Tensor(Kind.TARGET), (0, 1, 2))
    problem = weakref.ref(frame.problem)
    del frame
    gc.collect()
    assert problem() is None


def taught(*, bias=False):
    """The problem of a student of the same form as its teacher, whose biases are zero, or all but zero."""
    rng = np.random.default_rng(5)
    layers, x = NETWORKS["demo"], rng.normal(1, 1, (1, 11, 10))
    network = Network(layers, x.shape)
    teacher, initial = (
        [layer.init(rng, shape) for layer, shape in zip(layers, network.shapes, strict=False)] for _ in range(2)
    )
    if bias:
        teacher = [dict(own, bias=own["bias"] + 0.5) for own in teacher]
    target = network.forward(teacher, x)[-1]
    return Problem(x, target, layers, initial, teacher, optimizer=SGD(learning_rate=1e-4))


def test_every_array_can_be_pointed_at(rng):
    frame, _ = trained(NETWORKS["channels"])
    for tensor, array in tensors(frame):
        for index in some_indices(array, rng, 2):
            found = fields(frame, tensor, index)
            assert tensor in found
            for other, field in found.items():
                assert len(field.cells) == len(field.strength)
                assert np.isfinite(field.strength).all()
                if other.kind not in (Kind.NEXT_WEIGHT, Kind.NEXT_BIAS):
                    shape = array_of(frame, other).shape
                    assert (field.cells >= 0).all()
                    assert (field.cells < np.array(shape)).all()


@pytest.mark.parametrize(("kind", "index"), [(Kind.NEXT_WEIGHT, (0, 0, 1, 1)), (Kind.NEXT_BIAS, (0,))])
def test_an_updated_parameter_comes_from_the_old_one_and_its_gradient(kind, index):
    frame, _ = trained(NETWORKS["demo"])
    found = fields(frame, Tensor(kind, 1), index)
    old, gradient = (Kind.WEIGHT, Kind.WEIGHT_GRAD) if kind is Kind.NEXT_WEIGHT else (Kind.BIAS, Kind.BIAS_GRAD)
    assert found[Tensor(old, 1)].source
    assert found[Tensor(gradient, 1)].source


# ----------------------------------------------------------- parameters and their gradients, against nudged numbers


def calm(name):
    """The frame after some steps that are small enough for every network."""
    return trained(ALL[name], optimizer=SGD(learning_rate=1e-6), steps=5)[0]


def forward(frame, first, last, x):
    """The maps that the layers ``first`` … ``last`` (exclusive) make of ``x``."""
    if first == last:
        return (x,)
    return Network(frame.problem.layers[first:last], x.shape).forward(frame.parameters[first:last], x)


def backward(frame, first, last, dy, *, x=None, parameters=None):
    """The derivatives by the maps and by the parameters of these layers; ``x``: for another map than the frame's."""
    x = frame.values[first] if x is None else x
    params = frame.parameters[first:last] if parameters is None else parameters
    network = Network(frame.problem.layers[first:last], x.shape)
    return network.backward(params, network.forward(params, x), dy)


def nudged(array, index):
    changed = array.astype(np.float64, copy=True)
    changed[index] += NUDGE
    return changed


def one_at(shape, index):
    array = np.zeros(shape)
    array[index] = 1
    return array


def weight_grad(frame, number, dy, x=None):
    return backward(frame, number, number + 1, dy, x=x)[1][0]["weight"]


def laid_out(field, shape):
    strength = np.zeros(shape)
    strength[tuple(field.cells.T)] = field.strength
    return strength


def assert_as_strong(field, shares, *, source):
    """The field has every number that has a share, each as strong as its share is large."""
    sizes = np.abs(shares)
    assert field.source is source
    assert len({tuple(cell) for cell in field.cells}) == len(field.cells)
    np.testing.assert_allclose(laid_out(field, shares.shape), sizes / (sizes.max() or 1.0), atol=1e-6)


def reader(frame, position):
    """The first layer with weights that a map goes through, or None."""
    layers = range(position, len(frame.problem.layers))
    return next((number for number in layers if "weight" in frame.parameters[number]), None)


@pytest.mark.parametrize("name", ALL)
def test_a_value_comes_from_the_biases_of_all_layers_before_it(name, rng):
    frame = calm(name)
    for position in range(1, len(frame.values)):
        for index in some_indices(frame.values[position], rng, 2):
            _, slopes = backward(frame, 0, position, one_at(frame.values[position].shape, index))
            found = fields(frame, Tensor(Kind.VALUE, position), index)
            for number, own in enumerate(frame.parameters[:position]):
                if "bias" in own:
                    shares = slopes[number]["bias"] * own["bias"]
                    assert_as_strong(found[Tensor(Kind.BIAS, number)], shares, source=True)
                assert (Tensor(Kind.BIAS, number) in found) == ("bias" in own)


@pytest.mark.parametrize("name", ALL)
def test_a_value_marks_the_weights_it_is_multiplied_with_and_the_gradients_it_is_a_factor_of(name, rng):
    """Nudged, with all errors as they are, it changes these gradients; with errors of 1, by what it is multiplied."""
    frame = calm(name)
    for position in range(len(frame.values)):
        number = reader(frame, position)
        for index in some_indices(frame.values[position], rng, 3):
            found = fields(frame, Tensor(Kind.VALUE, position), index)
            if number is None:
                assert not any(t.kind is Kind.WEIGHT_GRAD for t in found)
                continue
            made = forward(frame, position, number, nudged(frame.values[position], index))[-1]
            grads, uses = (
                (weight_grad(frame, number, errors, made) - weight_grad(frame, number, errors)) / NUDGE
                for errors in (frame.value_grads[number + 1], np.ones(frame.values[number + 1].shape))
            )
            products = uses * frame.parameters[number]["weight"]
            assert_as_strong(found[Tensor(Kind.WEIGHT_GRAD, number)], grads, source=False)
            assert_as_strong(found[Tensor(Kind.WEIGHT, number)], products, source=None)
            assert not any(t.kind is Kind.WEIGHT_GRAD and t.position != number for t in found)


@pytest.mark.parametrize("name", ALL)
def test_an_error_goes_into_the_gradients_of_all_parameters_before_it(name, rng):
    frame = calm(name)
    for position in range(1, len(frame.values)):
        for index in some_indices(frame.values[position], rng, 2):
            _, slopes = backward(frame, 0, position, one_at(frame.values[position].shape, index))
            pointed = [Tensor(Kind.VALUE_GRAD, position)]
            pointed += [Tensor(Kind.RESIDUAL)] if position == len(frame.values) - 1 else []
            for found in (fields(frame, tensor, index) for tensor in pointed):
                for number, own in enumerate(slopes):
                    for name, kind in (("weight", Kind.WEIGHT_GRAD), ("bias", Kind.BIAS_GRAD)):
                        if name in own:
                            assert_as_strong(found[Tensor(kind, number)], own[name], source=False)


@pytest.mark.parametrize("name", ALL)
def test_an_error_comes_from_the_weights_of_all_layers_behind_it(name, rng):
    frame = calm(name)
    for position in range(len(frame.values)):
        for index in some_indices(frame.values[position], rng, 2):
            found = fields(frame, Tensor(Kind.VALUE_GRAD, position), index)
            behind = {number for number, own in enumerate(frame.parameters) if number >= position and "weight" in own}
            assert {tensor.position for tensor in found if tensor.kind is Kind.WEIGHT} == behind
            assert all(found[Tensor(Kind.WEIGHT, number)].source is True for number in behind)


@pytest.mark.parametrize("name", ALL)
def test_a_weight_goes_into_the_gradients_before_its_layer(name, rng):
    """Nudged, with the error behind its layer as it is, it changes the errors before it, and what these go into."""
    frame = calm(name)
    for number, own in enumerate(frame.parameters):
        if "weight" not in own:
            continue
        for index in some_indices(own["weight"], rng, 2):
            after, before = (
                backward(frame, number, number + 1, frame.value_grads[number + 1], parameters=(parameters,))[0][0]
                for parameters in (dict(own, weight=nudged(own["weight"], index)), own)
            )
            change = (after - before) / NUDGE
            found = fields(frame, Tensor(Kind.WEIGHT, number), index)
            assert_as_strong(found[Tensor(Kind.VALUE_GRAD, number)], change, source=False)
            if number:
                grads, slopes = backward(frame, 0, number, change)
                for position in range(number):
                    assert_as_strong(found[Tensor(Kind.VALUE_GRAD, position)], grads[position], source=False)
                    for name, kind in (("weight", Kind.WEIGHT_GRAD), ("bias", Kind.BIAS_GRAD)):
                        if name in slopes[position]:
                            assert_as_strong(found[Tensor(kind, position)], slopes[position][name], source=False)


def test_an_input_cell_goes_into_the_target_through_the_teacher():
    trainer = Trainer(taught())
    frame = trainer.frame()
    index = (0, 4, 5)
    found = fields(frame, Tensor(Kind.VALUE), index)
    network, x = frame.problem.network, frame.values[0]
    change = (network.forward(frame.teacher, nudged(x, index))[-1] - frame.target) / NUDGE
    assert_as_strong(found[Tensor(Kind.TARGET)], change, source=False)
    assert_as_strong(found[Tensor(Kind.TEACHER_WEIGHT, 0)], frame.teacher[0]["weight"], source=None)
    assert Tensor(Kind.TARGET) not in fields(frame, Tensor(Kind.VALUE, 1), index)
    assert found[Tensor(Kind.RESIDUAL)].source is False


def test_a_target_comes_from_the_teachers_biases_too():
    frame = Trainer(taught(bias=True)).frame()
    for tensor in (Tensor(Kind.TARGET), Tensor(Kind.RESIDUAL)):
        found = fields(frame, tensor, (0, 1, 2))
        for number in (0, 1):
            assert found[Tensor(Kind.TEACHER_BIAS, number)].source
            assert found[Tensor(Kind.TEACHER_BIAS, number)].strength.tolist() == [1.0]
