"""How numbers are written to be read."""

from __future__ import annotations

import math

import pytest

from convviz.number_text import (
    axis_text,
    brief_number,
    exact_text,
    format_number,
    loss_text,
    order_text,
    power_text,
    short_number,
    wants_powers,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1.000"),
        (-1.23456, "−1.235"),
        (0.001234, "0.001234"),
        (99999.0, "99,999"),
        (123456.7, "123,457"),
        (1e6, "1.000×10⁶"),
        (-1.5e-7, "−1.500×10⁻⁷"),
        (0.00099996, "0.001000"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_for_reading(value: float, expected: str) -> None:
    assert format_number(value) == expected


def test_more_digits_on_demand() -> None:
    assert format_number(math.pi, 8) == "3.1415927"


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0.0, 6, "0"),
        (0.5, 6, "0.5"),
        (-12.0, 6, "−12"),
        (1 / 3, 3, "0.333"),
        (3e-5, 6, "3×10⁻⁵"),
        (1e-5, 6, "10⁻⁵"),
        (-1e-5, 6, "−10⁻⁵"),
        (1.25e7, 6, "1.25×10⁷"),
        (25.0, 1, "25"),
        (0.00099996, 4, "0.001"),
        (999_999.9, 4, "10⁶"),
        (math.nan, 6, "NaN"),
        (-math.inf, 6, "−∞"),
    ],
)
def test_numbers_as_short_as_can_be(value: float, digits: int, expected: str) -> None:
    assert short_number(value, digits) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (0.5, "0.5"), (-1.26e-7, "−10⁻⁷"), (123_456.0, "10⁵"), (3e12, "3·10¹²"), (math.inf, "∞")],
)
def test_numbers_in_the_least_room(value: float, expected: str) -> None:
    assert brief_number(value) == expected


def test_about_how_large_a_number_is() -> None:
    assert [order_text(value) for value in (-3.4e162, 3e-7, 0.0, math.nan)] == ["~−10¹⁶³", "~10⁻⁷", "0", "NaN"]


def test_powers_of_ten() -> None:
    assert [power_text(exponent) for exponent in (-12, 3, 6)] == ["10⁻¹²", "10³", "10⁶"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (29770.4, "29,770"),
        (310.44, "310.4"),
        (0.012345, "0.01235"),
        (-2.5, "−2.5"),
        (1.23e-9, "1.23×10⁻⁹"),
        (4.5e12, "4.50×10¹²"),
        (0.0, "0"),
        (math.inf, "∞"),
        (math.nan, "–"),
    ],
)
def test_losses_in_words(value: float, text: str) -> None:
    assert loss_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (20_000, "20,000"),
        (0.05, "0.05"),
        (-0.05, "−0.05"),
        (1e-5, "10⁻⁵"),
        (2e9, "2×10⁹"),
        (1_500_000, "1,500,000"),
        (999_999.9, "1,000,000"),
    ],
)
def test_axis_labels(value: float, text: str) -> None:
    assert axis_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (31.123456789012, "31.123456789"),
        (1_234_567.25, "1,234,567.25"),
        (1.23456789e-7, "1.23456789×10⁻⁷"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
    ],
)
def test_losses_with_every_digit(value: float, text: str) -> None:
    assert exact_text(value) == text


def test_the_numbers_of_an_axis_are_of_one_form() -> None:
    plain, large = [0.0, 500_000.0, 1_000_000.0], [0.0, 5e6, 1e7, 1.5e7]
    assert not wants_powers(plain)
    assert [axis_text(value, powers=wants_powers(plain)) for value in plain] == ["0", "500,000", "1,000,000"]
    assert [axis_text(value, powers=wants_powers(large)) for value in large] == ["0", "5×10⁶", "10⁷", "1.5×10⁷"]
    assert [axis_text(value, powers=True) for value in (1e3, 1.0, -0.01)] == ["10³", "10⁰", "−10⁻²"]


@pytest.mark.parametrize("write", [format_number, short_number, brief_number, loss_text, axis_text, exact_text])
@pytest.mark.parametrize("value", [1e-300, -1.5e-12, 9.999e-4, -7.0, 3e7, -2.5e13, 1.7e308])
def test_no_number_is_written_as_programs_do(write, value) -> None:
    text = write(value)
    assert not set(text) & set("e-+")
    assert text.startswith("−") is (value < 0)
