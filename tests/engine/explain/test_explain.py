"""Every number of random experiments, taken apart and put together again."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from convviz.engine import (
    LAYERS,
    LOSSES,
    OPTIMIZERS,
    SGD,
    ConfigError,
    Conv2d,
    Normal,
    Trainer,
)
from convviz.engine.explain import (
    Explanation,
    Factor,
    Kind,
    Part,
    Rule,
    Tensor,
    array_of,
    explain,
    fields,
    next_parameters,
)
from tests.engine.networks import NETWORKS, size_of, some_indices, tensors, trained


@pytest.mark.parametrize("name", NETWORKS)
def test_the_terms_of_every_number_make_it(name, rng):
    frame, _ = trained(NETWORKS[name])
    kinds = set()
    for tensor, array in tensors(frame):
        for index in some_indices(array, rng):
            explanation = explain(frame, tensor, index)
            kinds.add((tensor.kind, explanation.rule))
            assert explanation.value == array[index]
            assert abs(explanation.total - explanation.value) <= 1e-12 * size_of(explanation), (tensor, index)
    assert {Kind.VALUE, Kind.VALUE_GRAD, Kind.WEIGHT_GRAD, Kind.RESIDUAL, Kind.LOSS} <= {kind for kind, _ in kinds}


@pytest.mark.parametrize("name", NETWORKS)
def test_factors_are_the_numbers_of_the_frame(name, rng):
    frame, _ = trained(NETWORKS[name])
    for tensor, array in tensors(frame):
        for index in some_indices(array, rng, 2):
            for part in explain(frame, tensor, index).parts:
                for factor in part.factors:
                    if factor.tensor is None:
                        assert factor.cells is None
                        continue
                    source = array_of(frame, factor.tensor)
                    for term in range(min(len(part), 5)):
                        assert source[factor.cell(term)] == factor.values[term]


@pytest.mark.parametrize("name", NETWORKS)
def test_numbers_that_are_none_are_taken_apart_as_well(name, rng):
    """Of kernels too large for the format: infinities, and what is no number."""
    frame, _ = trained(NETWORKS[name], steps=0, weight=1e308)
    assert not all(np.isfinite(values).all() for values in frame.values)
    for tensor, array in tensors(frame):
        for index in some_indices(array, rng, 2):
            told = explain(frame, tensor, index)
            assert told.tensor == tensor
            assert not told.size < abs(told.total) * (1 - 1e-12)  # where both can be compared
            assert len(told.largest(3)) == min(3, len(told))
            assert tensor in fields(frame, tensor, index)


def test_the_size_of_a_number_is_that_of_its_terms_without_their_signs():
    taken_away = Part((Factor(np.array([3.0, 2.0])), Factor(np.array([1.0, -2.0]))))
    bias = Part((Factor(np.array([0.5])),), "bias")
    told = Explanation(Tensor(Kind.VALUE, 1), (0, 0, 0), -0.5, Rule.SUM, (taken_away, bias))
    assert (told.total, told.size) == (-0.5, 7.5)
    given = Explanation(Tensor(Kind.VALUE), (0, 0, 0), -0.5, Rule.GIVEN)
    assert (given.total, given.size) == (-0.5, 0.5)


def test_a_total_loses_no_small_terms_beside_large_ones():
    terms = Factor(np.array([2.0**25, 1.0, -(2.0**25)], np.float32))
    assert Explanation(Tensor(Kind.VALUE, 1), (0, 0, 0), 1.0, Rule.SUM, (Part((terms,)),)).total == 1


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_is_the_sum_of_its_terms(kind):
    frame, _ = trained(NETWORKS["demo"], loss=LOSSES[kind]())
    whole = explain(frame, Tensor(Kind.LOSS), ())
    np.testing.assert_allclose(whole.total, frame.loss, rtol=1e-13)
    for index in np.ndindex(frame.residual.shape):
        slope = explain(frame, Tensor(Kind.VALUE_GRAD, len(frame.values) - 1), index)
        np.testing.assert_allclose(slope.total, frame.value_grads[-1][index], rtol=1e-13)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("changes", [{}, {"momentum": 0.9}, {"clip": 0.5, "weight_decay": 0.1}])
def test_the_next_parameters_are_those_that_the_trainer_makes(kind, changes, rng):
    known = {name: value for name, value in changes.items() if hasattr(OPTIMIZERS[kind](), name)}
    optimizer = OPTIMIZERS[kind](learning_rate=1e-3, **known)
    layers = (Conv2d(3, rate=0.5), Conv2d(4, stride=2))
    frame, trainer = trained(layers, optimizer=optimizer)
    trainer.run(1)
    for number, (expected, made) in enumerate(zip(trainer.parameters(), next_parameters(frame), strict=True)):
        for name, kind_ in (("weight", Kind.NEXT_WEIGHT), ("bias", Kind.NEXT_BIAS)):
            np.testing.assert_allclose(made[name], expected[name], rtol=1e-12, atol=1e-15)
            index = some_indices(expected[name], rng, 0)[1]
            explanation = explain(frame, Tensor(kind_, number), index)
            np.testing.assert_allclose(explanation.total, expected[name][index], rtol=1e-12, atol=1e-15)


def test_a_plain_update_is_old_minus_rate_times_gradient():
    frame, _ = trained(NETWORKS["demo"])
    explanation = explain(frame, Tensor(Kind.NEXT_WEIGHT, 0), (0, 0, 1, 2))
    old, change = explanation.parts
    assert old.factors[0].tensor == Tensor(Kind.WEIGHT, 0)
    assert change.factors[0].values[0] == -frame.learning_rate
    assert change.factors[1].tensor == Tensor(Kind.WEIGHT_GRAD, 0)


def test_the_first_step_with_momentum_goes_through_the_velocity_though_that_is_the_gradient():
    trainer = Trainer(replace(trained(NETWORKS["demo"])[0].problem, optimizer=SGD(learning_rate=1e-5, momentum=0.9)))
    told = explain(trainer.frame(), Tensor(Kind.NEXT_WEIGHT, 0), (0, 0, 1, 2))
    assert [note.symbol for note in told.notes] == ["rate", "gradient", "velocity"]
    assert told.parts[1].factors[1].tensor is None


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("residual", [0.0, 0.125, 1.0, 2.0])
def test_a_number_that_happens_to_equal_the_residual_is_not_taken_for_it(kind, residual):
    frame, _ = trained(NETWORKS["demo"], loss=LOSSES[kind]())
    frame = replace(frame, residual=np.full_like(frame.residual, residual))
    told = explain(frame, Tensor(Kind.LOSS), ()).parts[0].factors
    slope = explain(frame, Tensor(Kind.VALUE_GRAD, 2), (0, 1, 2)).parts[0].factors
    residual_at = {"sse": ([0, 1], [1]), "mse": ([0, 1], [1]), "mae": ([1], []), "huber": ([0], [0])}[kind]
    for factors, places in zip((told, slope), residual_at, strict=True):
        assert [n for n, factor in enumerate(factors) if factor.tensor == Tensor(Kind.RESIDUAL)] == places
        assert all(factor.cell(0) is None for n, factor in enumerate(factors) if n not in places)
    assert all(slope[n].cell(0) == (0, 1, 2) for n in residual_at[1])


@pytest.mark.parametrize("kind", LOSSES)
def test_the_slope_of_one_cell_takes_no_room_for_the_others(kind):
    size = 200
    frame, _ = trained((Conv2d(1, padding=size),), loss=LOSSES[kind]())
    explain(frame, Tensor(Kind.VALUE_GRAD, 1), (0, 1, 2))  # what is made once is not counted
    tracemalloc.start()
    try:
        told = explain(frame, Tensor(Kind.VALUE_GRAD, 1), (0, 3, 5))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < frame.residual.nbytes / 10
    assert told.total == pytest.approx(frame.value_grads[1][0, 3, 5], rel=1e-12)


def test_a_maximum_names_its_winner():
    frame, _ = trained(NETWORKS["max"])
    explanation = explain(frame, Tensor(Kind.VALUE, 2), (0, 1, 1))
    assert explanation.rule is Rule.CHOICE
    assert explanation.parts[0].terms[explanation.chosen] == explanation.parts[0].terms.max() == explanation.value


def test_what_was_given_has_no_terms():
    frame, _ = trained(NETWORKS["demo"])
    for tensor in (Tensor(Kind.VALUE), Tensor(Kind.WEIGHT, 1)):
        explanation = explain(frame, tensor, (0,) * array_of(frame, tensor).ndim)
        assert (explanation.rule, len(explanation)) == (Rule.GIVEN, 0)


def test_a_cell_that_no_window_reaches_has_the_gradient_zero_and_no_terms():
    frame, _ = trained(NETWORKS["remainder"])
    explanation = explain(frame, Tensor(Kind.VALUE_GRAD, 0), (0, 10, 9))
    assert (explanation.value, explanation.total, len(explanation)) == (0, 0, 0)


def test_the_gradient_of_the_input_is_explained_even_where_nobody_asked_for_it():
    layers = NETWORKS["demo"]
    asked, trainer = trained(layers)
    explanation = explain(trainer.frame(), Tensor(Kind.VALUE_GRAD, 0), (0, 4, 5))
    np.testing.assert_allclose(explanation.value, asked.value_grads[0][0, 4, 5], rtol=1e-12)


@pytest.mark.parametrize("index", [(0, 0), (0, 11, 0), (1, 0, 0), (-1, 0, 0), (0, 0.5, 0)])
def test_a_place_outside_is_refused(index):
    frame, _ = trained(NETWORKS["demo"])
    with pytest.raises(ConfigError, match="has the shape"):
        explain(frame, Tensor(Kind.VALUE), index)


def test_an_array_that_is_not_there_is_refused():
    frame, _ = trained(NETWORKS["channels"])
    for tensor in (Tensor(Kind.WEIGHT, 1), Tensor(Kind.VALUE, 9), Tensor(Kind.TEACHER_WEIGHT, 0)):
        with pytest.raises(ConfigError, match="has no"):
            explain(frame, tensor, (0, 0, 0))


@pytest.mark.parametrize("tell", [explain, fields])
def test_a_number_that_is_made_when_it_is_asked_for_is_refused_where_there_is_none(tell):
    frame, trainer = trained(NETWORKS["channels"])
    for position in (1, 99, -1):  # an activation, and what is no layer
        for kind in (Kind.NEXT_WEIGHT, Kind.NEXT_BIAS):
            with pytest.raises(ConfigError, match=f"has no {kind.value} {position}"):
                tell(frame, Tensor(kind, position), (0, 0, 0, 0))
    for bare in (frame, trainer.frame()):
        for index in ((0, 999, 999), (0, 1), (), (-1, 0, 0)):
            with pytest.raises(ConfigError, match=r"value_grad has the shape \(1, 11, 10\): expected an index"):
                tell(bare, Tensor(Kind.VALUE_GRAD), index)
    with pytest.raises(ConfigError, match="next_weight has the shape"):
        tell(frame, Tensor(Kind.NEXT_WEIGHT), (4, 0, 0, 0))


def test_the_largest_terms_keep_their_order():
    frame, _ = trained(NETWORKS["demo"])
    explanation = explain(frame, Tensor(Kind.VALUE, 2), (0, 1, 1))
    chosen = explanation.largest(5)
    sizes = sorted((abs(t) for part in explanation.parts for t in part.terms), reverse=True)
    assert sorted((abs(explanation.parts[p].terms[t]) for p, t in chosen), reverse=True) == sizes[:5]
    assert list(chosen) == sorted(chosen)


def test_every_layer_can_be_explained():
    for kind, layer in LAYERS.items():
        frame, _ = trained((Conv2d(2, 2), layer(), Conv2d(2, weight=Normal())), steps=1)
        explanation = explain(frame, Tensor(Kind.VALUE, 2), (0, 0, 0))
        assert len(explanation), kind
        assert fields(frame, Tensor(Kind.VALUE, 2), (0, 0, 0))


def computed(text):
    """What a line of arithmetic makes, as Python reads it."""
    for written, meant in (("·", "*"), ("−", "-"), ("²", "**2"), ("^", "**")):
        text = text.replace(written, meant)
    return eval(text.replace("√", "SQRT @ "), {"SQRT": Root()})


class Root:
    """A root that binds closer than a product: √ x / y is (√x) / y."""

    def __matmul__(self, other):
        return np.sqrt(other)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"clip": 0.5},
        {"weight_decay": 0.1},
        {"clip": 0.5, "weight_decay": 0.1, "momentum": 0.5},
    ],
)
def test_the_workings_of_an_update_are_right_line_by_line(kind, changes):
    known = {name: value for name, value in changes.items() if hasattr(OPTIMIZERS[kind](), name)}
    optimizer = OPTIMIZERS[kind](learning_rate=1e-3, **known)
    frame, _ = trained((Conv2d(3, rate=0.5), Conv2d(4, stride=2)), optimizer=optimizer)
    for layer in (0, 1):
        told = explain(frame, Tensor(Kind.NEXT_WEIGHT, layer), (0, 0, 1, 2))
        lines = [note for note in told.notes if note.arithmetic]
        if any(known.values()) or kind != "sgd":
            assert lines
        for note in lines:
            numbers = {name: f"({value!r})" for name, value in note.numbers.items()}
            made, result = note.arithmetic.format(**numbers).rsplit(" = ", 1)
            assert computed(made) == pytest.approx(computed(result), rel=1e-9, abs=1e-15), note.symbol
        if lines:
            assert told.parts[1].factors[1].values[0] == pytest.approx(lines[-1].after, rel=1e-12)
