"""Experiments drawn at random: every kind of number of each is the sum of its terms, to 1e-12."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import (
    LOSSES,
    OPTIMIZERS,
    Conv2d,
    ConvTranspose2d,
    Problem,
    ShapeError,
    StopConditions,
    Trainer,
)
from convviz.engine.explain import Kind, Rule, Tensor, array_of, explain, fields, next_parameters
from convviz.engine.trace import trace
from convviz.engine.walkthrough import channels_of, walk
from tests.engine.networks import draw_layer, size_of, tensors

EXPERIMENTS = 40


def draw(seed):
    """Return the frame after some steps of a random experiment, and its trainer."""
    rng = np.random.default_rng([seed, 2024])
    x = rng.normal(0.5, 1, (int(rng.integers(1, 4)), *rng.integers(7, 12, size=2)))
    layers, shapes = [], [x.shape]
    while len(layers) < int(rng.integers(2, 5)):
        layer = draw_layer(rng, shapes[-1][0])
        try:
            shape = layer.output_shape(shapes[-1])
        except ShapeError:
            continue
        if min(shape[1:]) >= 2:
            layers.append(layer)
            shapes.append(shape)
    optimizer = OPTIMIZERS[rng.choice(sorted(OPTIMIZERS))]
    settings = {"momentum": 0.9, "weight_decay": 0.01, "clip": 1.0}
    chosen = {name: value for name, value in settings.items() if hasattr(optimizer(), name) and rng.integers(2)}
    problem = Problem(
        input=x,
        target=rng.normal(size=shapes[-1]),
        layers=tuple(layers),
        initial=[layer.init(rng, shape) for layer, shape in zip(layers, shapes, strict=False)],
        loss=LOSSES[rng.choice(sorted(LOSSES))](),
        optimizer=optimizer(learning_rate=1e-4, **chosen),
        stop=StopConditions(steps=100),
    )
    trainer = Trainer(problem)
    trainer.run(int(rng.integers(1, 4)))
    return trainer.frame(input_gradient=True), trainer


@pytest.fixture(scope="module", params=range(EXPERIMENTS))
def drawn(request):
    return draw(request.param)


def some(array, rng, count=5):
    places = {0, array.size - 1, *rng.integers(array.size, size=count).tolist()}
    return [tuple(int(i) for i in np.unravel_index(n, array.shape)) for n in sorted(places)]


def test_every_number_is_made_by_its_terms(drawn, rng):
    frame, _ = drawn
    for tensor, array in tensors(frame):
        for index in some(array, rng):
            told = explain(frame, tensor, index)
            assert told.value == array[index]
            assert abs(told.total - told.value) <= 1e-12 * max(size_of(told), abs(told.value)), (tensor, index)
            if told.rule is Rule.SUM:
                assert told.total == float(sum(part.terms.sum(dtype=np.float64) for part in told.parts))


def test_every_updated_parameter_is_made_by_its_terms(drawn, rng):
    frame, trainer = drawn
    made = next_parameters(frame)
    trainer.run(1)
    for layer, (expected, parameters) in enumerate(zip(trainer.parameters(), made, strict=True)):
        for name, kind in (("weight", Kind.NEXT_WEIGHT), ("bias", Kind.NEXT_BIAS)):
            if name not in parameters:
                continue
            np.testing.assert_allclose(parameters[name], expected[name], rtol=1e-12, atol=1e-15)
            for index in some(parameters[name], rng, 2):
                told = explain(frame, Tensor(kind, layer), index)
                assert abs(told.total - parameters[name][index]) <= 1e-12 * size_of(told)


def test_every_number_can_be_pointed_at(drawn, rng):
    """Marks lie within their arrays, from faint to full; a source of nothing is nowhere."""
    frame, _ = drawn
    for tensor, array in tensors(frame):
        for index in some(array, rng, 2):
            for marked, field in fields(frame, tensor, index).items():
                kind = {Kind.NEXT_WEIGHT: Kind.WEIGHT, Kind.NEXT_BIAS: Kind.BIAS}.get(marked.kind, marked.kind)
                shape = array_of(frame, Tensor(kind, marked.position)).shape
                assert field.cells.shape[1:] == (len(shape),)
                assert (field.cells >= 0).all()
                assert (field.cells < np.array(shape, np.intp)).all()
                assert ((field.strength >= 0) & (field.strength <= 1)).all()


def test_every_moment_of_the_walk_is_the_engines_number(drawn, rng):
    frame, _ = drawn
    for layer in range(len(frame.problem.layers) + 1):
        for back in (False, True):
            into = int(rng.integers(channels_of(frame, layer, back=back).into))
            walked = walk(frame, layer, back=back, into=into)
            for number, phase in enumerate(walked.phases):
                for position in {0, phase.count - 1, *rng.integers(phase.count, size=4).tolist()}:
                    for row in walked.moment(number, position).rows:
                        if row.sum is not None:
                            size = max(1.0, np.abs(row.sum.terms).sum(), abs(row.sum.before or 0.0))
                            assert abs(row.sum.total - row.sum.value) <= 1e-12 * size


def test_the_way_back_by_hand_is_the_engines(drawn):
    """Zeros inserted, padded, kernel rotated: the gradients that training uses."""
    frame, _ = drawn
    for number, layer in enumerate(frame.problem.layers):
        if not isinstance(layer, (Conv2d, ConvTranspose2d)):
            continue
        found = trace(layer, frame.parameters[number], frame.values[number], frame.value_grads[number + 1])
        np.testing.assert_allclose(found.input_grad, frame.value_grads[number], rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(found.weight_grad, frame.gradients[number]["weight"], rtol=1e-11, atol=1e-12)
