"""Which strategy a convolution gets, by its sizes. That each gives the same numbers is told elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from convviz.engine import Conv2d, ReLU, convolution
from convviz.engine.convolution import Banded, Geometry, Phased, Shifted, Strips, Unfolded, bind
from convviz.engine.layers import Buffer, Slots
from convviz.engine.network import Network
from tests.engine.convolutions import operands, with_sorted_columns


def test_small_middle_and_large_maps_are_treated_differently(rng):
    """Otherwise the tests above would all test the same."""
    counts = set()
    for size in (12, 60, 600):
        layer = Conv2d(3)
        shape = (1, size, size)
        memory = [Buffer(s) for s in (shape, layer.output_shape(shape), shape, layer.output_shape(shape))]
        calls = layer.bind(Slots(*memory, parameters=np.zeros(10), gradients=np.zeros(10)))
        counts.add((len(calls.forward), len(calls.parameter_backward), len(calls.input_backward)))
    assert len(counts) == 3


def test_a_large_network_keeps_its_columns_by_phases():
    network = Network((Conv2d(3), ReLU(), Conv2d(4, stride=2)), (1, 256, 256))
    _, made, changed, last = network.orders()
    assert made is changed
    assert made.modulus == 2
    assert last is None
    assert Network((Conv2d(3), Conv2d(4, stride=2, padding=1)), (1, 256, 256)).orders() == (None, None, None)
    odd = Network((Conv2d(3), Conv2d(2, stride=2, padding=((0, 1), (0, 1)))), (1, 257, 257))
    assert odd.layers[1].geometry(odd.shapes[1]).before == (0, 0)  # all of the border is below and at the right
    assert odd.orders() == (None, None, None)


@pytest.mark.parametrize(("table", "by_phases"), [(17 * 8 * 8, True), (17 * 8 * 8 - 1, False)])
def test_a_small_map_lies_phase_by_phase_where_tables_lead_to_it(table, by_phases, monkeypatch):
    """The demo: 16 taps and the row of ones, for 8×8 windows."""
    monkeypatch.setattr(convolution, "TABLE", table)
    first, made, last = Network((Conv2d(3), Conv2d(4, stride=2)), (1, 20, 20)).orders()
    assert first is last is None
    if not by_phases:
        assert made is None
        return
    rows, columns = np.divmod(made.cells, 18)
    expected = [(v, h) for v in (0, 1) for h in (0, 1) for _ in range(81)]
    assert list(zip((rows % 2).tolist(), (columns % 2).tolist(), strict=True)) == expected


@pytest.mark.parametrize(("table", "by_phases"), [(9 * 18 * 18, True), (9 * 18 * 18 - 1, False)])
def test_a_layer_between_others_writes_by_phases_only_where_its_error_is_read_by_a_table(table, by_phases, monkeypatch):
    monkeypatch.setattr(convolution, "TABLE", table)
    orders = Network((Conv2d(3), Conv2d(3), Conv2d(4, stride=2)), (1, 20, 20)).orders()
    assert [order is not None for order in orders] == [False, False, by_phases, False]


def strategies(geometry, memory, monkeypatch):
    """Return what `bind` chooses: the strategies of the output and of the input gradient."""
    chosen = []
    with monkeypatch.context() as patches:
        for strategy in (Unfolded, Strips, Banded, Phased, Shifted):
            for method in ("product", "input_grad"):
                patches.setattr(strategy, method, lambda self: chosen.append(type(self)) or ())
        bound = bind(geometry, memory)
        bound.product()
        bound.input_grad()
    return tuple(chosen)


def square(size, kernel, channels=1, filters=1, stride=1):
    """Return the geometry of square maps and kernels without padding."""
    out = (size - kernel) // stride + 1
    return Geometry(channels, (size, size), filters, (out, out), (kernel, kernel), (stride, stride))


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (square(200, 5), Banded),  # one filter
        (square(200, 5, 4), Banded),
        (square(200, 5, 4, 2), Shifted),  # few filters on many channels
        (square(200, 5, 4, 3), Shifted),
        (square(200, 5, 3, 3), Strips),  # sums of 15 numbers without the taps across
        (square(200, 4, 4, 3), Shifted),  # of 16
        (square(200, 5, 4, 4), Strips),
        (replace(square(200, 5, 8, 8), groups=4), Strips),  # two filters of a group, but two channels only
        (replace(square(200, 5, 16, 8), groups=4), Shifted),
        (Geometry(16, (200, 200), 2, (196, 200), (5, 1)), Strips),  # nothing to shift
    ],
)
def test_large_maps_get_the_strategy_of_their_channels(geometry, expected, rng, monkeypatch):
    assert strategies(geometry, operands(geometry, rng), monkeypatch) == (expected, Strips)


@pytest.mark.parametrize("modulus", [1, 2])
@pytest.mark.parametrize("kernel", [3, 4])
def test_one_filter_with_a_stride_reads_phases_where_the_map_lies_so(modulus, kernel, rng, monkeypatch):
    geometry = square(300, kernel, stride=2)
    memory = operands(geometry, rng)
    memory = with_sorted_columns(memory, "x", "dx", modulus=2) if modulus == 2 else memory
    expected = Phased if (modulus, kernel) == (2, 4) else Banded  # phases have as many taps each
    assert strategies(geometry, memory, monkeypatch) == (expected, Strips)


@pytest.mark.parametrize(
    ("filters", "constant", "dtype", "most"),
    [  # as many rows of 10 windows with 9 taps each as the limits allow: numbers, or bytes
        (1, False, np.float32, 11),
        (1, False, np.float64, 8),
        (7, False, np.float32, 11),
        (8, False, np.float32, 22),
        (8, False, np.float64, 22),
        (1, True, np.float32, 27),
        (1, True, np.float64, 13),
        (7, True, np.float64, 13),
        (8, True, np.float64, 41),
    ],
)
def test_a_matrix_is_made_whole_up_to_a_size(filters, constant, dtype, most, rng, monkeypatch):
    monkeypatch.setattr(convolution, "UNFOLDED", 1000)
    monkeypatch.setattr(convolution, "UNFOLDED_BYTES", 6000)
    monkeypatch.setattr(convolution, "UNFOLDED_CONSTANT", 10_000)
    for rows in (most, most + 1):
        geometry = Geometry(1, (rows + 2, 12), filters, (rows, 10), (3, 3))
        memory = operands(geometry, rng, constant=constant, dtype=dtype)
        assert (strategies(geometry, memory, monkeypatch)[0] is Unfolded) == (rows == most)


@pytest.mark.parametrize(("stride", "numbers"), [((1, 1), 3 * 5 * 7), ((2, 1), 2 * 5 * 7), ((2, 2), 2 * 3 * 7)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_matrix_of_an_error_is_made_whole_up_to_a_size(stride, numbers, dtype, rng, monkeypatch):
    """Of each error as many numbers as a phase has taps, for each of the cells of a phase."""
    size = (12, 20)
    out = tuple((n - k) // step + 1 for n, k, step in zip(size, (3, 5), stride, strict=True))
    geometry = Geometry(2, size, 7, (out[0], out[1]), (3, 5), stride)
    cells = size[0] // stride[0] * (size[1] // stride[1])
    memory = operands(geometry, rng, dtype=dtype)
    for limit, expected in ((0, Unfolded), (1, Strips)):
        monkeypatch.setattr(convolution, "UNFOLDED_ERROR", numbers * cells * np.dtype(dtype).itemsize - limit)
        assert strategies(geometry, memory, monkeypatch)[1] is expected
