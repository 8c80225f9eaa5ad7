"""The strategies of the convolution give the same numbers, however large the pieces are that they work in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from convviz.engine import Conv2d, conv2d, conv2d_input_grad, conv2d_weight_grad
from convviz.engine.convolution import (
    Banded,
    Geometry,
    Phased,
    Shifted,
    Strips,
    Unfolded,
    bind,
    phased,
    products,
    strips,
    unfolded,
)
from convviz.engine.network import Network
from tests.engine.convolutions import geometries, operands, with_sorted_columns
from tests.patience import PATIENCE


def results(bound, memory):
    for call in (*bound.unfold(), *bound.product(), *bound.weight_grad(), *bound.input_grad()):
        call()
    return {
        name: array.copy()
        for name, array in (("y", memory.y.array), ("dx", memory.dx.array), ("dweight", memory.dweight))
    }


def assert_same(actual, expected, tolerance, what):
    for name, value in expected.items():
        error = np.abs(actual[name] - value).max()
        assert error <= tolerance * np.abs(value).max(), (name, error, what)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_strategies_agree(dtype, tolerance, rng, monkeypatch):
    """By a table, by copies, by strips of any size, kept or filled anew."""
    for geometry in geometries(60, 5):
        memory = operands(geometry, rng, bias=bool(rng.integers(2)), dtype=dtype)
        monkeypatch.setattr(unfolded, "TABLE", 1 << 40)
        expected = results(Unfolded(geometry, memory), memory)
        monkeypatch.setattr(unfolded, "TABLE", 0)
        assert_same(results(Unfolded(geometry, memory), memory), expected, tolerance, geometry)
        for kept in (0, 1 << 30):
            monkeypatch.setattr(strips, "KEEP", kept)
            for size in (1, 500, 1 << 30):
                monkeypatch.setattr(strips, "STRIP", size)
                for strategy in (Strips, Shifted, *([Banded] if geometry.out_group == 1 else [])):
                    found = results(strategy(geometry, memory), memory)
                    assert_same(found, expected, tolerance, (geometry, strategy, kept, size))


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("block", [1, 7, 16, 1 << 20])
def test_products_in_blocks_agree_with_whole_ones(block, dtype, tolerance, rng, monkeypatch):
    """Also where the last block is shorter, or the only one."""
    compared = 0
    for geometry in geometries(60, 7):
        if geometry.out_group == 1:
            continue
        memory = operands(geometry, rng, bias=bool(rng.integers(2)), dtype=dtype)
        monkeypatch.setattr(unfolded, "LARGEST", 1 << 40)
        whole = Unfolded(geometry, memory)
        expected, calls = results(whole, memory), len(whole.weight_grad())
        monkeypatch.setattr(unfolded, "LARGEST", 0)
        monkeypatch.setattr(unfolded, "BLOCK", block)
        in_blocks = Unfolded(geometry, memory)
        assert_same(results(in_blocks, memory), expected, tolerance, (geometry, block))
        assert len(in_blocks.weight_grad()) > calls
        compared += 1
    assert compared > 20


@pytest.mark.parametrize(("largest", "result"), [(30, 1 << 40), (1 << 40, 5), (200, 12)])
def test_products_in_pieces_agree_with_whole_ones(largest, result, rng, monkeypatch):
    """In every strategy, for output, weight gradient and input gradient."""
    monkeypatch.setattr(products, "SHORTEST_SUM", 1)
    for geometry in geometries(60, 11):
        memory = operands(geometry, rng, bias=bool(rng.integers(2)))
        several = [Unfolded, Strips, Shifted, *([Banded] if geometry.out_group == 1 else [])]
        monkeypatch.setattr(products, "MOST_PIECES", 0)
        expected = [results(strategy(geometry, memory), memory) for strategy in several]
        monkeypatch.setattr(products, "MOST_PIECES", 1 << 40)
        monkeypatch.setattr(products, "LARGEST", largest)
        monkeypatch.setattr(products, "LARGEST_RESULT", result)
        for strategy, whole in zip(several, expected, strict=True):
            assert_same(results(strategy(geometry, memory), memory), whole, 1e-12, (geometry, strategy))


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize(
    ("rows", "inner", "columns", "pieces"),
    [
        (16, 60, 144, (1, 2)),
        (16, 400, 254, (2, 4)),
        (4, 60, 400, (1, 2)),
        (32, 288, 122, (2, 4)),
        (16, 30, 144, (1, 1)),
        (64, 60, 576, (3, 1)),
        (1, 500, 4000, (1, 1)),
        (7, 33, 1, (1, 1)),
    ],
)
def test_a_product_is_cut_where_it_is_large(rows, inner, columns, pieces, transposed, rng):
    """Into few pieces of about one size, or not at all; whole or not, it is the same product."""
    for stack in ((1,), (3,), (2, 5)):
        left = rng.normal(size=(*stack, rows, inner))
        right = rng.normal(size=(*stack, columns, inner) if transposed else (*stack, inner, columns))
        right = right.swapaxes(-1, -2) if transposed else right
        out = np.full((*stack, rows, columns), np.nan)
        calls = products.multiply(left, right, out)
        assert len(calls) == pieces[transposed]
        for call in calls:
            call()
        np.testing.assert_allclose(out, np.einsum("...rk,...kc->...rc", left, right), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("size", "filters"), [(64, 16), (66, 32), (130, 16)])
def test_many_filters_on_a_constant_input_are_multiplied_in_blocks(size, filters, rng):
    """The network's own numbers, against one sum per tap."""
    out = size - 4
    geometry = Geometry(3, (size, size), filters, (out, out), (5, 5))
    memory = operands(geometry, rng, constant=True, dtype=np.float32)
    bound = bind(geometry, memory)
    assert any("matmul" in str(call) for call in bound.product())
    found = results(bound, memory)
    x, dy = memory.x.array.astype(np.float64), memory.dy.array.astype(np.float64)
    weight = memory.weight[:, :-1].reshape(filters, 5, 3, 5).astype(np.float64)
    y, dweight = np.zeros(dy.shape), np.zeros(weight.shape)
    y += memory.weight[:, -1, None, None]
    for u in range(5):
        for v in range(5):
            under = x[:, u : u + out, v : v + out]
            y += np.einsum("oc,cij->oij", weight[:, u, :, v], under)
            dweight[:, u, :, v] = np.einsum("oij,cij->oc", dy, under)
    assert_same(found, {"y": y}, 1e-5, geometry)
    assert np.abs(found["dweight"][:, :-1] - dweight.reshape(filters, -1)).max() <= 1e-5 * np.abs(dweight).max()
    np.testing.assert_allclose(found["dweight"][:, -1], dy.sum(axis=(1, 2)), rtol=1e-3, atol=1e-3)


def test_an_output_may_lie_by_phases(rng, monkeypatch):
    """It is made so, and its gradient, with a border round it or not, is read so."""
    for number, geometry in enumerate(geometries(60, 8)):
        memory = operands(geometry, rng, bias=bool(number % 2))
        expected = results(Unfolded(geometry, memory), memory)
        for modulus in (2, 3):
            lying = with_sorted_columns(memory, "y", "dy", modulus=modulus)
            for table in (0, 1 << 40):
                monkeypatch.setattr(unfolded, "TABLE", table)
                found = results(Unfolded(geometry, lying), lying)
                assert_same(found, expected, 1e-12, (geometry, Unfolded, modulus, table))
            for kept in (0, 1 << 30):
                monkeypatch.setattr(strips, "KEEP", kept)
                for size in (1, 500, 1 << 30):
                    monkeypatch.setattr(strips, "STRIP", size)
                    for strategy in (Strips, *([Banded] if geometry.out_group == 1 else [])):
                        found = results(strategy(geometry, lying), lying)
                        assert_same(found, expected, 1e-12, (geometry, strategy, modulus, kept, size))


def test_an_input_may_lie_by_phases(rng, monkeypatch):
    """By the remainder modulo the stride, where there is no border."""
    strategies = set()
    for number, geometry in enumerate(geometries(1200, 9)):
        axes = geometry.axes
        if geometry.stride[1] == 1 or geometry.before != (0, 0) or not all(axis.borderless for axis in axes):
            continue
        memory = operands(geometry, rng, bias=bool(number % 2))
        expected = results(Unfolded(geometry, memory), memory)
        memory = with_sorted_columns(memory, "x", "dx", modulus=geometry.stride[1])
        for table in (0, 1 << 40):
            monkeypatch.setattr(unfolded, "TABLE", table)
            for lying in (memory, with_sorted_columns(memory, "y", "dy", modulus=2)):
                found = results(Unfolded(geometry, lying), lying)
                assert_same(found, expected, 1e-12, (geometry, Unfolded, table, lying.y.modulus))
        possible = [Strips, Shifted]
        possible += [Banded] if geometry.out_group == 1 else []
        for strategy in possible:
            strategies.add(strategy)
            for size in (1, 500, 1 << 30):
                monkeypatch.setattr(strips, "STRIP", size)
                found = results(strategy(geometry, memory), memory)
                assert_same(found, expected, 1e-12, (geometry, strategy, size))
    assert strategies == {Strips, Shifted, Banded}


@pytest.mark.parametrize(
    ("kernel", "stride"),
    [((2, 2), (2, 2)), ((3, 4), (2, 2)), ((5, 6), (2, 2)), ((1, 2), (2, 2)), ((3, 8), (1, 2)), ((4, 6), (3, 3))],
)
@pytest.mark.parametrize("height", [7, 8, 13])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("bias", [False, True])
def test_phases_are_read_where_they_lie(kernel, stride, height, groups, bias, rng, monkeypatch):
    out = tuple((n - k) // step + 1 for n, k, step in zip((height, 12), kernel, stride, strict=True))
    geometry = Geometry(groups, (height, 12), groups, out, kernel, stride, groups=groups)
    memory = operands(geometry, rng, bias=bias)
    expected = results(Unfolded(geometry, memory), memory)
    memory = with_sorted_columns(memory, "x", "dx", modulus=stride[1])
    assert Phased.fits(geometry, memory)
    for size in (1, 200, 1 << 30):
        monkeypatch.setattr(phased, "PRODUCTS", size)
        assert_same(results(Phased(geometry, memory), memory), expected, 1e-12, (geometry, size))


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_results_do_not_depend_on_how_a_wide_map_is_cut(stride, dilation, rng, monkeypatch):
    size, out = (40, 700), tuple((n + 4 - 6 * dilation - 1) // stride + 1 for n in (40, 700))
    geometry = Geometry(2, size, 1, out, (7, 7), (stride, stride), (3, 1), (dilation, dilation))
    memory = operands(geometry, rng)
    expected = results(Unfolded(geometry, memory), memory)
    cuts = set()
    for window, strip in ((1 << 30, 1 << 30), (1 << 30, 1 << 18), (1 << 17, 1 << 10), (1, 1)):
        monkeypatch.setattr(strips, "WINDOW", window)
        monkeypatch.setattr(strips, "STRIP", strip)
        monkeypatch.setattr(strips, "KEEP", 0)
        for strategy in (Strips, Banded):
            bound = strategy(geometry, memory)
            assert_same(results(bound, memory), expected, 1e-12, (strategy, window, strip))
        cuts.add(len(bound.product()))
    assert len(cuts) >= 3  # they were cut differently


@pytest.mark.parametrize("strategy", [Unfolded, Strips, Shifted, Banded])
def test_a_step_repeats_bit_for_bit(strategy, rng):
    for geometry in geometries(40, 6):
        if strategy is Banded and geometry.out_group > 1:
            continue
        memory = operands(geometry, rng)
        bound = strategy(geometry, memory)
        calls = (*bound.unfold(), *bound.product(), *bound.weight_grad(), *bound.input_grad())
        for call in calls:
            call()
        first = [array.copy() for array in (memory.y.array, memory.dweight, memory.dx.array)]
        for call in calls:
            call()
        for array, copy in zip((memory.y.array, memory.dweight, memory.dx.array), first, strict=True):
            np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize(("size", "kernel"), [(12, 3), (60, 3), (60, 11), (300, 4), (300, 11)])
def test_whatever_strategy_a_size_gets(size, kernel, constant, rng):
    """The strategies that `bind` chooses, from small to large, against one sum per tap."""
    out = (size - kernel) // 2 + 1
    geometry = Geometry(1, (size, size), 1, (out, out), (kernel, kernel), (2, 2))
    memory = operands(geometry, rng, constant=constant)
    found = results(bind(geometry, memory), memory)
    x, dy, weight = memory.x.array[0], memory.dy.array[0], memory.weight[0]
    expected = {
        "y": np.full((1, out, out), weight[-1]),
        "dx": np.zeros((1, size, size)),
        "dweight": np.full((1, kernel * kernel + 1), dy.sum()),
    }
    for tap in range(kernel * kernel):
        u, v = divmod(tap, kernel)
        under = (slice(u, u + 2 * out - 1, 2), slice(v, v + 2 * out - 1, 2))
        expected["y"][0] += weight[tap] * x[under]
        expected["dx"][0][under] += weight[tap] * dy
        expected["dweight"][0, tap] = np.vdot(x[under], dy)
    assert_same(found, expected, 1e-12, geometry)


@pytest.mark.parametrize("channels", [(1, 1), (2, 1), (4, 3), (3, 5)])
def test_the_functions_on_a_large_map(channels, rng):
    """Adjoint identities where the strips are many."""
    x, weight = rng.normal(size=(channels[0], 300, 400)), rng.normal(size=(*channels[::-1], 5, 4))
    how = {"stride": (1, 2), "padding": (3, 0), "dilation": (2, 1)}
    y = conv2d(x, weight, **how)
    dy = rng.normal(size=y.shape)
    scale = np.linalg.norm(y) * np.linalg.norm(dy)
    assert abs(np.vdot(y, dy) - np.vdot(x, conv2d_input_grad(dy, weight, x.shape, **how))) <= 1e-12 * scale
    assert abs(np.vdot(y, dy) - np.vdot(weight, conv2d_weight_grad(x, dy, weight.shape, **how))) <= 1e-12 * scale


MEASURE = """
import numpy as np
from convviz.engine import Conv2d, Network
from convviz.engine.network import run
layers = (Conv2d(11), Conv2d(12, stride=2))
rng = np.random.default_rng(0)
network = Network(layers, (1, 1024, 1024))
bound = network.bind(rng.normal(size=(1, 1024, 1024)), network.pack(network.init(rng)))
bound.grads[-1].flat[:] = 1
run((*bound.forward, *bound.backward, *bound.input_backward))
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def test_a_megapixel_with_large_kernels_stays_below_two_hundred_megabytes():
    """A whole process: 1024×1024, kernels 11×11 and 12×12, every gradient down to the input's."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the peak memory of a process alone")
    command = [sys.executable, "-c", MEASURE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert int(done.stdout) < 200 * 1024


def test_a_network_of_all_sizes_of_strategy_agrees_with_itself_in_float32(rng):
    network = Network((Conv2d(5, 4, padding="same"), Conv2d(3, 2, stride=2), Conv2d(9)), (1, 150, 150))
    single = Network(network.layers, network.shapes[0], np.float32)
    params = network.init(rng)
    x = rng.normal(size=network.shapes[0])
    for double, half in zip(network.forward(params, x), single.forward(params, x), strict=True):
        assert half.dtype == np.float32
        assert np.abs(double - half).max() <= 1e-4 * np.abs(double).max()
