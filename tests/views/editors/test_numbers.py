from __future__ import annotations

import math

import pytest

from convviz.engine.errors import ConfigError
from convviz.views.editors.numbers import (
    default_step,
    magnified,
    parse_typed,
    parse_whole,
    shifted,
    typed_text,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,000,000", 1e6),
        ("12,345.5", 12345.5),
        ("0,125", 0.125),
        ("0,5", 0.5),
        ("−1,000,000", -1e6),
        ("–12,345.5", -12345.5),
        ("2000", 2000.0),
    ],
)
def test_reads_groups_of_digits(text: str, value: float) -> None:
    assert parse_typed(text) == value


def test_asks_which_of_two_numbers_is_meant() -> None:
    with pytest.raises(ConfigError, match=r"'2,000' can be read as 2000 or as 2\.000"):
        parse_typed("2,000")


@pytest.mark.parametrize(("text", "value"), [("2,000", 2000), ("1,000,000", 1_000_000), ("2e3", 2000), ("−3", -3)])
def test_reads_whole_numbers(text: str, value: int) -> None:
    whole = parse_whole(text)
    assert isinstance(whole, int)
    assert whole == value


@pytest.mark.parametrize("text", ["2,5", "1/3", "1e300", "nan", "two", ""])
def test_says_what_is_not_whole(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a whole number"):
        parse_whole(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (2000, "2000"),
        (4294967295, "4294967295"),
        (0.5, "0.5"),
        (3e-5, "3e-5"),
        (1e-3, "0.001"),
        (1e9, "1e9"),
        (-0.1234567, "-0.123457"),
    ],
)
def test_writes_numbers_briefly(value: float, text: str) -> None:
    assert typed_text(value) == text


@pytest.mark.parametrize("value", [1 / 3, math.pi * 1e-7, -2.5e300, 0.1 + 0.2])
def test_keeps_every_digit_where_asked(value: float) -> None:
    assert float(typed_text(value, 17)) == value


def test_a_logarithmic_step_is_one_of_the_leading_digit() -> None:
    seen = [3e-5]
    for _ in range(8):
        seen.append(magnified(seen[-1], 1))
    assert seen == [3e-5, 4e-5, 5e-5, 6e-5, 7e-5, 8e-5, 9e-5, 1e-4, 2e-4]
    assert magnified(2e-4, -8) == 3e-5
    assert magnified(3.4e-5, 1) == 4e-5
    assert magnified(3.4e-5, -1) == 3e-5
    assert magnified(1e-5, -1) == 9e-6


def test_steps_leave_no_dust() -> None:
    value = 0.0
    for _ in range(3):
        value = shifted(value, 1, 0.1)
    assert value == 0.3
    assert math.copysign(1, shifted(0.1, -1, 0.1)) == 1


@pytest.mark.parametrize(("value", "step"), [(0.0, 0.1), (1.0, 0.1), (25.0, 1.0), (-0.3, 0.01), (1e-9, 0.001)])
def test_a_step_suits_the_number(value: float, step: float) -> None:
    assert default_step(value) == pytest.approx(step)
