"""What a problem refuses of what it is given."""

from __future__ import annotations

import re

import numpy as np
import pytest

from convviz.engine import ConfigError, Conv2d, Problem, ShapeError

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
