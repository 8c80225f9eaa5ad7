"""Window arithmetic against counting, and its errors."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from convviz.engine import ConfigError, ShapeError, Window
from convviz.engine.shapes import padding_text, transposed_size
from tests.engine import oracle


def test_size_remainder_and_mask_agree_with_counting():
    for size, kernel, stride, dilation, pad in product(
        [(5, 8), (7, 4)], [(1, 3), (3, 2), (4, 4)], [(1, 1), (2, 3), (3, 2)], [(1, 1), (1, 2)], [(0, 0), (2, 1), (1, 3)]
    ):
        pads = (pad, pad[::-1])
        window = Window(kernel, stride, pads, dilation)
        count = oracle.out_size((1, *size), kernel, stride, pads, dilation)
        if 0 in count:
            with pytest.raises(ShapeError):
                window.output_size(*size)
            continue
        assert window.output_size(*size) == count
        padded = [n + sum(p) for n, p in zip(size, pads, strict=True)]
        last = [(n - 1) * s + (k - 1) * d + 1 for n, s, k, d in zip(count, stride, kernel, dilation, strict=True)]
        assert window.remainder(*size) == (padded[0] - last[0], padded[1] - last[1])
        np.testing.assert_array_equal(window.reached(*size), oracle.reached((1, *size), kernel, stride, pads, dilation))


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        (0, ((0, 0), (0, 0))),
        (2, ((2, 2), (2, 2))),
        ((1, 2), ((1, 1), (2, 2))),
        (((1, 2), (3, 4)), ((1, 2), (3, 4))),
        ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
        ("valid", ((0, 0), (0, 0))),
        ("same", ((1, 2), (2, 2))),  # spans 4 and 5: the odd cell goes to the bottom
        ("full", ((3, 3), (4, 4))),
    ],
)
def test_every_form_of_a_padding_is_taken(padding, expected):
    window = Window((4, 3), 1, padding, (1, 2))
    assert window.pads(9, 9) == expected


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, (2, 5)])
@pytest.mark.parametrize("dilation", [1, 2, (3, 1)])
def test_same_keeps_the_size_and_full_uses_every_overlap(kernel, dilation):
    assert Window(kernel, 1, "same", dilation).output_size(7, 9) == (7, 9)
    full = Window(kernel, 1, "full", dilation)
    assert full.output_size(7, 9) == (7 + full.span[0] - 1, 9 + full.span[1] - 1)


@pytest.mark.parametrize(
    ("window", "size", "message"),
    [
        (
            Window(5),
            (4, 4),
            "kernel 5×5 does not fit input 4×4 (padding 0): "
            "a kernel up to 4×4 would fit, or this kernel with padding 1",
        ),
        (
            Window((3, 6), 1, (0, 1)),
            (2, 3),
            "kernel 3×6 does not fit input 2×3 (padding (0, 1)): "
            "a kernel up to 2×5 would fit, or this kernel with padding (1, 2)",
        ),
        (
            Window(3, 1, 0, 2),
            (4, 9),
            "kernel 3×3 does not fit input 4×9 (padding 0): with its dilation it spans 5×5; "
            "a kernel up to 2×5 would fit, or this kernel with padding (1, 0)",
        ),
        (Window(1), (0, 3), "expected a map of at least 1×1 cells, received 0×3"),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(window, size, message):
    with pytest.raises(ShapeError) as caught:
        window.output_size(*size)
    assert str(caught.value) == message


def test_what_the_error_proposes_does_fit():
    for kernel, dilation, size, pad in product([(5, 2), (4, 7)], [(1, 1), (2, 3)], [(2, 1), (3, 6)], [0, (1, 0)]):
        window = Window(kernel, 1, pad, dilation)
        try:
            window.output_size(*size)
        except ShapeError as error:
            values = error.values
            largest = tuple(int(n) for n in str(values["largest"]).split("×"))
            assert Window(largest, 1, pad, dilation).output_size(*size) > (0, 0)
            numbers = [int(n) for n in str(values["smallest"]).strip("()").split(", ")]
            down, across = (numbers * 2)[:2]
            assert Window(kernel, 1, (down, across), dilation).output_size(*size) > (0, 0)
            for less in ((down - 1, across), (down, across - 1)):
                if min(less) >= 0:
                    with pytest.raises(ShapeError):
                        Window(kernel, 1, less, dilation).output_size(*size)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((0,), "kernel"),
        (("3",), "kernel"),
        (((3, 3, 3),), "kernel"),
        ((3, 0), "stride"),
        ((3, 1.5), "stride"),
        ((3, True), "stride"),
        ((3, 1, -1), "padding"),
        ((3, 1, "some"), "padding"),
        ((3, 1, ((1, 2), (3, -4))), "padding"),
        ((3, 1, 0, 0), "dilation"),
        ((3, 2, "same"), "padding"),
    ],
)
def test_impossible_windows_are_refused_by_name(arguments, field):
    with pytest.raises(ConfigError) as caught:
        Window(*arguments)
    assert caught.value.field == field
    assert field in str(caught.value)


def test_same_with_a_stride_says_which():
    with pytest.raises(ConfigError, match=r'padding "same" needs stride 1, received stride 2×1'):
        Window(3, (2, 1), "same")


def test_transposed_size_is_the_size_that_a_convolution_came_from():
    for size, kernel, stride, pad, dilation in product(range(3, 9), (1, 2, 3), (1, 2, 3), (0, 1), (1, 2)):
        window = Window(kernel, stride, pad, dilation)
        try:
            windows = window.output_size(size, size)
        except ShapeError:
            continue
        left = window.remainder(size, size)
        assert transposed_size(window, left, *windows) == (size, size)


def test_a_padding_that_takes_everything_is_refused():
    with pytest.raises(ShapeError, match="padding 2 leaves nothing of the output, which is 3×3 without padding"):
        transposed_size(Window(3, 1, 2), (0, 0), 1, 1)


@pytest.mark.parametrize(
    ("padding", "text"),
    [("same", '"same"'), (((1, 1), (1, 1)), "1"), (((1, 1), (2, 2)), "(1, 2)"), (((1, 0), (2, 2)), "((1, 0), (2, 2))")],
)
def test_padding_in_words(padding, text):
    assert padding_text(padding) == text
