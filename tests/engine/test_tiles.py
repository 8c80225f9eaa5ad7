"""A network that is cut into tiles makes the same numbers as the whole."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from convviz.engine import (
    LOSSES,
    OPTIMIZERS,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    Network,
    Problem,
    ReLU,
    ShapeError,
    Tanh,
    Trainer,
    tiles,
)
from convviz.engine.tiles import cut
from tests.engine.networks import draw_layer
from tests.engine.problems import STACKS, arrays_of, assert_same_frame, reference, reference_problem, small_problem

#: Stacks for an input of (2, 19, 7): borders, remainders, cells that no window reads, and what lies between the layers.
LAYERS = {
    "demo": (Conv2d((3, 3)), Conv2d((4, 4), stride=2)),
    "same": (Conv2d((3, 4), out_channels=2, padding="same"), ReLU(), Conv2d((5, 2), padding="same")),
    "full": (Conv2d((4, 3), padding="full"), Conv2d((2, 2), stride=(3, 2), padding="full")),
    "uneven": (Conv2d((3, 3), padding=((0, 2), (1, 0))), Conv2d((3, 2), padding=((2, 0), (0, 1)))),
    "dilated": (Conv2d((3, 2), dilation=(2, 1)), Tanh(), Conv2d((2, 2), dilation=(3, 2))),
    "gaps": (Conv2d((2, 2), out_channels=2), Conv2d((1, 1), stride=(3, 2)), Conv2d((2, 1))),
    "remainder": (Conv2d((2, 2), stride=2), Conv2d((2, 2), stride=(5, 1))),
    "groups": (Conv2d((3, 3), out_channels=4, groups=2), Conv2d((3, 3), out_channels=2, groups=2, bias=None)),
    "pooled": (Conv2d((2, 2)), MaxPool2d((3, 2), stride=(2, 1), padding=1), AvgPool2d((2, 2), stride=1, padding=1)),
    "without its border": (AvgPool2d((3, 2), stride=1, padding=1, count_padding=False), Conv2d((2, 2))),
    "constant first": (Tanh(), MaxPool2d((2, 2)), Conv2d((2, 2), out_channels=2), Tanh()),
}
SHAPE = (2, 19, 7)


@pytest.fixture
def cut_into(monkeypatch):
    """Return what cuts every network into so many tiles, and lets so many work."""

    def cut_into(count, workers=2):
        monkeypatch.setattr(tiles, "TILES", ((0, count),))
        monkeypatch.setattr(tiles, "cores", lambda: workers)

    return cut_into


def problem_of(layers, rng, shape=SHAPE, **changes):
    network = Network(layers, shape, changes.get("dtype", np.float64))
    target = rng.normal(size=network.shapes[-1])
    return Problem(input=rng.normal(size=shape), target=target, layers=layers, initial=network.init(rng), **changes)


def assert_close(actual, expected, tolerance=1e-12):
    ours, theirs = arrays_of(actual), arrays_of(expected)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        assert array.shape == theirs[name].shape, name
        assert array.dtype == theirs[name].dtype, name
        assert not array.flags.writeable, name
        scale = np.abs(theirs[name]).max(initial=1.0, where=np.isfinite(theirs[name]))
        np.testing.assert_allclose(array, theirs[name], rtol=tolerance, atol=tolerance * scale, err_msg=name)


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("name", LAYERS)
def test_tiles_make_every_row_of_every_map(name, count, cut_into):
    network = Network(LAYERS[name], SHAPE)
    cut_into(count)
    parts = cut(network)
    assert len(parts) == min(count, network.shapes[-1][1])
    for index, shape in enumerate(network.shapes):
        rows = [tile.rows[index] for tile in parts]
        assert rows[0].start == 0
        assert rows[-1].stop == shape[1]
        assert all(above.stop >= below.start for above, below in pairwise(rows))
        for tile, own in zip(parts, rows, strict=True):
            assert tile.network.shapes[index] == (shape[0], own.stop - own.start, shape[2])


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("name", LAYERS)
def test_frames_and_losses_are_those_of_the_whole(name, count, cut_into, rng):
    problem = problem_of(LAYERS[name], rng)
    whole = Trainer(problem)
    whole.run(5)
    cut_into(count)
    tiled = Trainer(problem)
    tiled.run(5)
    np.testing.assert_allclose(tiled.losses, whole.losses, rtol=1e-12)
    for step in (5, 2):
        assert_close(tiled.frame(step, input_gradient=True), whole.frame(step, input_gradient=True))
    assert tiled.frame().value_grads[0] is None
    assert tiled.loss == pytest.approx(whole.loss, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_loss_and_optimizer(loss, optimizer, cut_into, rng):
    problem = problem_of(LAYERS["same"], rng, loss=LOSSES[loss](), optimizer=OPTIMIZERS[optimizer](learning_rate=1e-3))
    whole = Trainer(problem)
    whole.run(20)
    cut_into(2)
    tiled = Trainer(problem)
    tiled.run(20)
    np.testing.assert_allclose(tiled.losses, whole.losses, rtol=1e-11)
    assert_close(tiled.frame(), whole.frame(), 1e-10)


@pytest.mark.parametrize("stack", STACKS)
def test_single_precision_is_the_same_in_tiles(stack, cut_into):
    problem = small_problem(stack, dtype=np.float32)
    whole = Trainer(problem)
    cut_into(2)
    tiled = Trainer(problem)
    whole.run(3)
    tiled.run(3)
    np.testing.assert_allclose(tiled.losses, whole.losses, rtol=1e-5)
    assert_close(tiled.frame(), whole.frame(), 1e-5)


@pytest.mark.parametrize("seed", range(40))
def test_random_stacks_are_the_same_in_tiles(seed, cut_into):
    rng = np.random.default_rng([seed, 77])
    shape = (int(rng.integers(1, 4)), *(int(n) for n in rng.integers(9, 24, size=2)))
    layers, made = [], shape
    while len(layers) < int(rng.integers(2, 5)):
        layer = draw_layer(rng, made[0])
        try:
            after = layer.output_shape(made)
        except ShapeError:
            continue
        if min(after[1:]) >= 2:
            layers, made = [*layers, layer], after
    problem = problem_of(tuple(layers), rng, shape)
    whole = Trainer(problem).frame(input_gradient=True)
    cut_into(int(rng.integers(2, 5)))
    assert_close(Trainer(problem).frame(input_gradient=True), whole)


def test_the_reference_run_is_the_same_in_tiles(cut_into):
    cut_into(2)
    trainer = Trainer(reference_problem())
    trainer.run(2000)
    np.testing.assert_allclose(trainer.losses[: len(reference()["losses"])], reference()["losses"], rtol=1e-9)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_whoever_works_the_numbers_are_the_same(workers, cut_into, rng):
    problem = problem_of(LAYERS["same"], rng)
    cut_into(4, workers=3)
    first = Trainer(problem)
    first.run(50)
    cut_into(4, workers=workers)
    second = Trainer(problem)
    second.run(20)
    second.run(30)
    assert np.array_equal(first.losses, second.losses)
    for step in (50, 7):
        assert_same_frame(first.frame(step, input_gradient=True), second.frame(step, input_gradient=True))


def test_a_step_that_goes_wrong_is_not_made(cut_into, rng, monkeypatch):
    cut_into(2)
    trainer = Trainer(problem_of(LAYERS["demo"], rng))
    trainer.run(3)
    before = trainer.frame()

    def fail(self, residuals):
        raise MemoryError

    monkeypatch.setattr(LOSSES["sse"], "of_residuals", fail)
    with pytest.raises(MemoryError):
        trainer.run(2)
    monkeypatch.undo()
    assert trainer.current_step == 3
    assert_same_frame(trainer.frame(), before)


def test_a_run_beyond_all_bounds_diverges_without_a_warning(cut_into, rng):
    cut_into(2)
    problem = problem_of(LAYERS["demo"], rng, optimizer=OPTIMIZERS["sgd"](learning_rate=10.0))
    trainer = Trainer(problem)
    trainer.run(1000)
    assert trainer.state.name == "DIVERGED"


def test_what_is_large_is_cut_and_what_is_small_is_not():
    layers = LAYERS["demo"]
    assert len(cut(Network(layers, (1, 20, 20)))) == 1
    assert len(cut(Network(layers, (1, 256, 256)))) == 1
    assert len(cut(Network(layers, (1, 512, 512)))) == 2
    assert len(cut(Network((Conv2d((11, 11)), Conv2d((12, 12), stride=2)), (1, 1024, 1024)))) == 4


def test_what_cannot_be_cut_stays_whole(cut_into):
    cut_into(2)
    spread = Network((Conv2d((3, 3)), ConvTranspose2d((2, 2), stride=2)), SHAPE)
    one_row = Network((Conv2d((19, 3)),), SHAPE)
    border_only = Network((Conv2d((1, 1)), Conv2d((1, 1), stride=9, padding=((0, 60), (0, 0)))), SHAPE)
    for network in (spread, one_row, border_only):
        (tile,) = cut(network)
        assert tile.network is network
