"""What a problem refuses of what it is given, and that it keeps numbers of its own."""

from __future__ import annotations

import re

import numpy as np
import pytest

from convviz.engine import ConfigError, Conv2d, Problem, ShapeError
from convviz.i18n import set_language
from tests.engine.problems import reference_problem, small_problem

WEIGHT = np.ones((1, 1, 3, 3))
INPUT, TARGET = np.ones((1, 6, 6)), np.ones((1, 4, 4))


@pytest.mark.parametrize("role", ["initial", "teacher"])
@pytest.mark.parametrize(
    ("weight", "kind", "message"),
    [
        (WEIGHT + 1j, ConfigError, "expected real numbers, received complex128"),
        (WEIGHT > 0, ConfigError, "expected real numbers, received bool"),
        (WEIGHT.astype(str), ConfigError, "expected real numbers, received str"),
        ([[[[1, 2, 3], [4, 5], [6, 7, 8]]]], ShapeError, "the rows have different lengths"),
    ],
)
def test_parameters_that_are_no_real_numbers_are_refused_by_name(role, weight, kind, message):
    parameters = {"initial": ({"weight": WEIGHT},), role: ({"weight": weight},)}
    with pytest.raises(kind, match=re.escape(f"{role}[0].weight: {message}")):
        Problem(INPUT, TARGET, (Conv2d(kernel=3, bias=None),), **parameters)


def test_parameters_of_any_real_format_are_taken_and_copied():
    whole = np.arange(9).reshape(1, 1, 3, 3)
    for weight in (whole, whole.astype(">f4"), whole.astype(np.float16), whole.tolist(), np.asfortranarray(whole)):
        problem = Problem(INPUT, TARGET, (Conv2d(kernel=3, bias=None),), ({"weight": weight},))
        made = problem.initial[0]["weight"]
        np.testing.assert_array_equal(made, whole)
        assert made.dtype == np.float64
        assert not made.flags.writeable
        assert not np.shares_memory(made, weight)


@pytest.mark.parametrize(
    ("part", "expected"),
    {"loss": "Loss", "optimizer": "Optimizer", "schedule": "Schedule", "stop": "StopConditions"}.items(),
)
def test_a_name_is_no_part_of_a_problem(part, expected):
    with pytest.raises(ConfigError, match=f"{part}: expected a value of type {expected}, received 'sgd'"):
        Problem(INPUT, TARGET, (Conv2d(kernel=3, bias=None),), ({"weight": WEIGHT},), **{part: "sgd"})


@pytest.mark.parametrize(
    ("part", "given", "message"),
    [
        ("initial", 3, "initial: expected a list, received 3"),
        ("teacher", 3, "teacher: expected a list, received 3"),
        ("initial", {"weight": WEIGHT}, "initial[0]: expected a value of type Mapping, received 'weight'"),
        ("teacher", (None,), "teacher[0]: expected a value of type Mapping, received None"),
        ("layers", None, "layers: expected a list, received None"),
        ("layers", (3,), "layers[0]: expected a value of type Layer, received 3"),
        ("dtype", "nonsense", "dtype: expected float64 or float32, received 'nonsense'"),
    ],
)
def test_what_is_of_another_kind_is_refused_by_name(part, given, message):
    good = {"layers": (Conv2d(kernel=3, bias=None),), "initial": ({"weight": WEIGHT},)}
    with pytest.raises(ConfigError) as caught:
        Problem(INPUT, TARGET, **{**good, part: given})
    assert str(caught.value) == message
    assert caught.value.field == message.split(":")[0]


def test_it_is_refused_in_chinese_too():
    set_language("zh_CN")
    with pytest.raises(ConfigError) as caught:
        Problem(INPUT, TARGET, (Conv2d(kernel=3, bias=None),), ({"weight": WEIGHT},), dtype="nonsense")
    assert str(caught.value) == "dtype：应为 float64 或 float32，收到的是 'nonsense'"


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"input": np.zeros((20, 20))}, ShapeError, "input"),
        ({"input": np.zeros((1, 0, 20))}, ShapeError, "input"),
        ({"input": np.zeros((1, 20, 20), bool)}, ConfigError, "input"),
        ({"input": np.full((1, 20, 20), np.nan)}, ConfigError, "input"),
        ({"input": "zeros"}, ConfigError, "input"),
        ({"target": np.zeros((1, 8, 9))}, ShapeError, "target"),
        ({"target": np.full((1, 8, 8), np.inf)}, ConfigError, "target"),
        ({"input": np.full((1, 20, 20), 1e39), "dtype": np.float32}, ConfigError, "input"),
        ({"target": np.full((1, 8, 8), -1e39), "dtype": np.float32}, ConfigError, "target"),
        ({"layers": ()}, ConfigError, "layers"),
        ({"initial": ({}, {})}, ShapeError, "layers[0]"),
        ({"teacher": ({},)}, ShapeError, None),
        ({"dtype": np.int32}, ConfigError, "dtype"),
    ],
)
def test_impossible_problems_are_refused(changes, error, field):
    with pytest.raises(error) as caught:
        reference_problem(**changes)
    assert caught.value.field == field


def test_parameters_that_are_not_finite_are_refused():
    good = reference_problem()
    bad = ({**good.initial[0], "bias": np.array([np.nan])}, good.initial[1])
    with pytest.raises(ConfigError, match="initial"):
        reference_problem(initial=bad)


def test_numbers_beyond_the_number_format_are_refused():
    good = reference_problem()
    large = ({**good.initial[0], "bias": np.array([1e39])}, good.initial[1])
    for name in ("initial", "teacher"):
        reference_problem(**{name: large})
        with pytest.raises(ConfigError, match=name):
            reference_problem(**{name: large}, dtype=np.float32)


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"bias": [np.nan]}, ConfigError),
        ({"bias": [1.0, 2.0]}, ShapeError),
        ({"bias": 1.0}, ShapeError),
        ({"slope": [1.0]}, ShapeError),
    ],
)
def test_a_teacher_s_numbers_are_checked_also_where_the_student_has_none(extra, error):
    problem = small_problem("pooled")
    parts = {"input": problem.input, "target": problem.target, "layers": problem.layers, "initial": problem.initial}
    *others, last = problem.teacher
    kept = Problem(**parts, teacher=(*others, {**last, "bias": [0.5]}))
    assert kept.teacher[-1]["bias"].tolist() == [0.5]
    assert not kept.teacher[-1]["bias"].flags.writeable
    with pytest.raises(error):
        Problem(**parts, teacher=(*others, {**last, **extra}))
    with pytest.raises(ShapeError):
        Problem(**parts, teacher=(*others, last, last))
    with pytest.raises(ShapeError):
        Problem(**parts, teacher=({**others[0], "slope": [1.0]}, *others[1:], last))


def test_a_problem_keeps_its_own_numbers():
    problem = small_problem()
    mine = problem.input.copy()
    own = Problem(input=mine, target=problem.target, layers=problem.layers, initial=problem.initial)
    mine[...] = 0
    assert np.array_equal(own.input, problem.input)
    assert not own.input.flags.writeable
    assert not own.initial[0]["weight"].flags.writeable
