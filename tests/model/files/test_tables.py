from __future__ import annotations

import numpy as np
import pytest

from convviz.engine.errors import ConfigError
from convviz.model.files.tables import parse_matrix, parse_number

SQUARE = [[1.0, 2.0], [3.0, 4.5]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (" 12 ", 12.0),
        ("0,5", 0.5),
        ("-0,25", -0.25),
        ("−2", -2.0),
        ("3e-5", 3e-5),
        ("3E−5", 3e-5),
        (".5", 0.5),
        ("1/9", 1 / 9),
        ("−1 / 8", -0.125),
        ("0,5/2", 0.25),
        ("3×10⁻⁵", 3e-5),
        ("−1.5×10¹²", -1.5e12),
        ("10⁻⁷", 1e-7),
        ("−10⁶", -1e6),
        ("2*10⁺³", 2000.0),
    ],
)
def test_reads_what_people_write(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.2.3", "1,2,3", "1,234.5", "1/0", "1/2/3", "1_000", "0x10", "two", "3×10", "10⁻", "×10⁻²", "2×10²1"],
)
def test_says_what_is_no_number(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a number"):
        parse_number(text)


@pytest.mark.parametrize("text", ["inf", "nan", "-inf", "1e999", "1e308/1e-308"])
def test_refuses_what_is_not_finite(text: str) -> None:
    with pytest.raises(ConfigError, match="not a finite number"):
        parse_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "1\t2\n3\t4.5",
        "1\t2\r\n3\t4,5\r\n",
        "1 2\n3 4.5",
        "  1   2\n\n  3 4.5  \n",
        "1;2\n3;4,5",
        "1;2;\n3;4,5;",
        "1;2\n3;4,5\n;\n",
        ",,\n1,2,\n3,4.5,\n,,",
        "\t\n1\t2\n3\t4.5\n\t\n",
        "1,2\n3,4.5",
        "1, 2\n3, 4.5",
        "1,0 2,0\n3,0 4,5",
        "\ufeff1\t2\n3\t4.5",
        "[[1, 2], [3, 4.5]]",
        "((1, 2), (3, 4.5))",
        "[[1, 2],\n [3, 4.5],\n]",
        "[[1. 2. ]\n [3. 4.5]]",
        "array([[1. , 2. ],\n       [3. , 4.5]])",
        "np.array([[1, 2], [3, 4.5]], dtype=np.float32)",
        "kernel = np.array([[1, 2], [3, 4.5]])",
        "k=[[1, 2], [3, 4.5]]",
        "tensor([[1.0000, 2.0000], [3.0000, 4.5000]], grad_fn=<AddBackward0>)",
        "Parameter containing:\ntensor([[1., 2.], [3., 4.5]], requires_grad=True)",
    ],
)
def test_reads_a_matrix_however_it_was_copied(text: str) -> None:
    np.testing.assert_array_equal(parse_matrix(text), SQUARE)


def test_a_comma_is_a_thousands_mark_only_beside_a_point() -> None:
    np.testing.assert_array_equal(parse_matrix("0.5\t1,234\n1,234.5\t2"), [[0.5, 1234], [1234.5, 2]])
    np.testing.assert_array_equal(parse_matrix("1.234,5\t2"), [[1234.5, 2]])
    np.testing.assert_array_equal(parse_matrix("0,5\t1,234"), [[0.5, 1.234]])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.5\t1,5", [0.5, 1.5]),
        ("0.5\t0,125", [0.5, 0.125]),
        ("0.5\t1,2345", [0.5, 1.2345]),
        ("0.5\t−1,234\t1,234,567", [0.5, -1234, 1234567]),
        ("1.234,5\t0,125\t1,125", [1234.5, 0.125, 1.125]),
        ("1.234,5\t2.345\t2.5", [1234.5, 2345, 2.5]),
        ("2.345\t1.234,5", [2345, 1234.5]),
    ],
)
def test_no_decimal_mark_is_taken_for_one_of_thousands(text: str, values: list[float]) -> None:
    np.testing.assert_array_equal(parse_matrix(text), [values])


@pytest.mark.parametrize("cell", ["1,23.5", "1.23,5", "1,234,5", "12,34.5"])
def test_marks_that_fit_no_number_are_refused(cell: str) -> None:
    with pytest.raises(ConfigError, match=r"row 1, column 2: '.*' is not a number"):
        parse_matrix(f"0.5\t{cell}")


def test_reads_up_to_four_dimensions() -> None:
    values = np.arange(24.0).reshape(2, 3, 2, 2)
    np.testing.assert_array_equal(parse_matrix(repr(values.tolist())), values)
    np.testing.assert_array_equal(parse_matrix(repr(values)), values)
    np.testing.assert_array_equal(parse_matrix(str(values)), values)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no text"),
        (" \n\t\n", "no text"),
        (";;\n;;", "no text"),
        ("0,5", "one number or as two"),
        ("0,5\n1,5", "one number or as two"),
        ("1 2\n3", "the rows have different lengths: 2 in row 1, 1 in row 2"),
        ("1\t\t3", "row 1, column 2 is empty"),
        ("\t1\n2\t3", "row 1, column 1 is empty"),
        ("a\tb", "row 1, column 1: 'a' is not a number"),
        ("1\t2\n3\tnan", "row 2, column 2: 'nan' is not a finite number"),
        ("1\t1e999", "row 1, column 2: '1e999' is not a finite number"),
        ("[[1, 2], [3]]", "different lengths"),
        ("[1, [2]]", "different lengths"),
        ("[[1, 2], [3, 4]", "not closed"),
        ("array([[1, 2]]", "not closed"),
        ("[]", "empty"),
        ("[[], []]", "empty"),
        ("[[1, x]]", "'x' is not a number"),
        ("[[1, inf]]", "not a finite number"),
        ("[[1, 2]] + 1", "follows the end"),
        ("[[0. 1. ... 8. 9.]]", "shortened"),
        ("[[[[[1]]]]]", "deeper than 4"),
        ("__import__('os').getcwd()", "not a number"),
        ("[" * 100000, "deeper than 4"),
        ("1 " * 2_000_001, "at most 4,000,000"),
    ],
)
def test_says_what_it_cannot_read(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse_matrix(text)
