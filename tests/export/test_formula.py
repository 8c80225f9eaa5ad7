"""What was taken elsewhere says the same there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from convviz.engine import OPTIMIZERS, Conv2d, LeakyReLU, MaxPool2d, ReLU, Sigmoid, Tanh
from convviz.engine.explain import Kind, Tensor, explain
from convviz.export.formula import MOST_TERMS, function_text, latex_text, plain_text, python_text
from tests.engine.networks import NETWORKS, some_indices, tensors, trained


def evaluated(text):
    return eval(text, {"__builtins__": {}, "max": max, "math": math})


@pytest.mark.parametrize("name", NETWORKS)
def test_the_python_text_evaluates_to_the_number(name):
    rng = np.random.default_rng(2)
    frame, _ = trained(NETWORKS[name])
    for tensor, array in tensors(frame):
        for index in some_indices(array, rng, 2):
            explanation = explain(frame, tensor, index)
            made = evaluated(python_text(frame, explanation))
            size = sum(np.abs(part.terms).sum() for part in explanation.parts) or abs(explanation.value)
            assert abs(made - explanation.value) <= 1e-12 * max(size, abs(explanation.value)), (tensor, index)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_has_a_text(name):
    rng = np.random.default_rng(2)
    frame, _ = trained(NETWORKS[name])
    for tensor, array in tensors(frame):
        for index in some_indices(array, rng, 2):
            explanation = explain(frame, tensor, index)
            for text in (latex_text(frame, explanation), plain_text(frame, explanation, "n")):
                assert " = " in text, (tensor, index)


def test_a_maximum_of_one_is_that_number():
    frame, _ = trained((Conv2d(2), MaxPool2d(1, 1)))
    explanation = explain(frame, Tensor(Kind.VALUE, 2), (0, 1, 1))
    assert evaluated(python_text(frame, explanation)) == explanation.value


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_is_python_too(value):
    frame, _ = trained(NETWORKS["demo"])
    given = replace(explain(frame, Tensor(Kind.VALUE), (0, 0, 0)), value=value)
    np.testing.assert_equal(evaluated(python_text(frame, given)), value)


@pytest.mark.parametrize("layer", [ReLU(), LeakyReLU(slope=0.25), Sigmoid(), Tanh()])
def test_functions_evaluate_to_the_number(layer):
    frame, _ = trained((Conv2d(2), layer))
    for index in np.ndindex(frame.values[2].shape):
        explanation = explain(frame, Tensor(Kind.VALUE, 2), index)
        np.testing.assert_allclose(evaluated(python_text(frame, explanation)), explanation.value, rtol=1e-12)
        assert "{" not in function_text(frame, explanation)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_updates_evaluate_to_the_next_parameter(kind):
    frame, _ = trained(NETWORKS["demo"], optimizer=OPTIMIZERS[kind](learning_rate=1e-3))
    explanation = explain(frame, Tensor(Kind.NEXT_WEIGHT, 1), (0, 0, 1, 2))
    np.testing.assert_allclose(evaluated(python_text(frame, explanation)), explanation.value, rtol=1e-12)


def test_long_sums_are_cut_and_still_right():
    rng = np.random.default_rng(3)
    frame, _ = trained((Conv2d(3), Conv2d(4)))
    frame_of_many = explain(frame, Tensor(Kind.WEIGHT_GRAD, 0), (0, 0, 0, 0))
    assert len(frame_of_many) < MOST_TERMS
    many = type(frame_of_many)(
        frame_of_many.tensor,
        frame_of_many.index,
        0.0,
        frame_of_many.rule,
        (type(frame_of_many.parts[0])((type(frame_of_many.parts[0].factors[0])(rng.normal(size=5000)),)),),
    )
    text = python_text(frame, many)
    assert text.count("\n") == MOST_TERMS + 2
    assert f"# {5000 - MOST_TERMS} more" in text
    np.testing.assert_allclose(evaluated(text), many.total, rtol=1e-12)
    assert "4,800 more" in plain_text(frame, many, "g")


def test_the_plain_text_names_the_number_and_ends_with_its_value():
    frame, _ = trained(NETWORKS["demo"])
    explanation = explain(frame, Tensor(Kind.RESIDUAL), (0, 1, 1))
    made, wanted = frame.output[0, 1, 1], frame.target[0, 1, 1]
    numbers = (f"{value:.6g}".replace("-", "−") for value in (made, wanted, explanation.value))
    assert plain_text(frame, explanation, "Residual [2, 2]") == "Residual [2, 2] = {} − {} = {}".format(*numbers)


def test_what_was_given_is_only_named():
    frame, _ = trained(NETWORKS["demo"])
    explanation = explain(frame, Tensor(Kind.VALUE), (0, 0, 0))
    assert plain_text(frame, explanation, "x").count("=") == 1
    assert python_text(frame, explanation) == repr(explanation.value)


@pytest.mark.parametrize(
    ("tensor", "index", "begins"),
    [
        (Tensor(Kind.VALUE, 1), (0, 2, 3), "x^{(1)}_{3, 4} = "),
        (Tensor(Kind.WEIGHT_GRAD, 0), (0, 0, 1, 1), r"\frac{\partial L}{\partial w^{(1)}_{2, 2}} = "),
        (Tensor(Kind.BIAS_GRAD, 1), (0,), r"\frac{\partial L}{\partial b^{(2)}_{1}} = "),
        (Tensor(Kind.NEXT_WEIGHT, 1), (0, 0, 0, 2), "w'^{(2)}_{1, 3} = "),
        (Tensor(Kind.LOSS), (), "L = "),
    ],
)
def test_latex_has_the_symbols_of_the_field(tensor, index, begins):
    frame, _ = trained(NETWORKS["demo"])
    text = latex_text(frame, explain(frame, tensor, index))
    assert text.startswith(begins)
    assert text.count("{") == text.count("}")
    assert text.count(r"\left(") == text.count(r"\right)")
    assert "e-" not in text


def test_a_difference_is_written_as_one():
    frame, _ = trained(NETWORKS["demo"])
    latex = latex_text(frame, explain(frame, Tensor(Kind.RESIDUAL), (0, 1, 1)))
    assert " - " in latex
    assert "+" not in latex
    assert "-1" not in latex
