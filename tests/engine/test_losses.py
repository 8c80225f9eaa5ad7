from __future__ import annotations

import math

import numpy as np
import pytest

from convviz.engine import LOSSES, ConfigError, Huber, MeanAbsoluteError, MeanSquaredError, ShapeError, SumSquaredError

CASES = [SumSquaredError(), MeanSquaredError(), MeanAbsoluteError(), Huber(), Huber(delta=0.3)]


@pytest.fixture(params=CASES, ids=repr)
def loss(request):
    return request.param


@pytest.fixture
def maps(rng):
    return rng.normal(size=(2, 5, 4)), rng.normal(size=(2, 5, 4))


def test_every_loss_is_tried():
    assert {type(loss) for loss in CASES} == set(LOSSES.values())
    assert list(LOSSES) == ["sse", "mse", "mae", "huber"]
    assert all(cls.kind == kind for kind, cls in LOSSES.items())


def plain(loss, residuals):
    """The definitions, number by number."""
    h = {
        "sse": lambda r: r * r,
        "mse": lambda r: r * r / len(residuals),
        "mae": lambda r: abs(r) / len(residuals),
        "huber": lambda r: (
            (r * r / 2 if abs(r) <= loss.delta else loss.delta * (abs(r) - loss.delta / 2)) / len(residuals)
        ),
    }[loss.kind]
    return math.fsum(h(r) for r in residuals)


def test_value_is_the_definition(loss, maps):
    y, t = maps
    assert loss.value(y, t) == pytest.approx(plain(loss, (y - t).ravel().tolist()), rel=1e-13)
    assert loss.value(t, t) == 0


def test_grad_is_the_derivative(loss, maps):
    y, t = maps
    grad = loss.grad(y, t)
    assert grad.shape == y.shape
    for place in np.ndindex(y.shape):
        moved = y.copy()
        moved[place] += 1e-6
        ahead = loss.value(moved, t)
        moved[place] -= 2e-6
        assert grad[place] == pytest.approx((ahead - loss.value(moved, t)) / 2e-6, rel=1e-6, abs=1e-8)


def test_like_pytorch(loss, maps):
    torch = pytest.importorskip("torch", reason="PyTorch is what the numbers are compared with, and is not installed")
    theirs = {
        "sse": torch.nn.MSELoss(reduction="sum"),
        "mse": torch.nn.MSELoss(),
        "mae": torch.nn.L1Loss(),
        "huber": torch.nn.HuberLoss(delta=getattr(loss, "delta", 1.0)),
    }[loss.kind]
    y, t = (torch.tensor(array) for array in maps)
    y.requires_grad_()
    value = theirs(y, t)
    value.backward()
    assert loss.value(*maps) == pytest.approx(value.item(), rel=1e-13)
    np.testing.assert_allclose(loss.grad(*maps), y.grad.numpy(), rtol=1e-13)


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000, 20011])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_rows_loss_does_not_depend_on_the_other_rows(loss, size, dtype, rng):
    residuals = rng.normal(size=(9, size)).astype(dtype)
    together = loss.of_residuals(residuals)
    assert together.dtype == np.float64
    assert np.array_equal(together, [loss.of_residuals(row[np.newaxis])[0] for row in residuals])
    assert np.array_equal(together[3:8], loss.of_residuals(residuals[3:8]))


def test_losses_of_single_precision_are_summed_in_double(loss):
    residuals = np.full((1, 100_000), 0.1, np.float32)
    exact = plain(loss, [float(np.float32(0.1))] * 100_000)
    assert loss.of_residuals(residuals)[0] == pytest.approx(exact, rel=1e-6 if loss.kind == "huber" else 1e-12)


def test_the_derivative_of_the_absolute_error_at_zero_is_zero():
    assert np.array_equal(MeanAbsoluteError().grad(np.zeros((1, 2, 2)), np.zeros((1, 2, 2))), np.zeros((1, 2, 2)))


def test_whole_numbers_are_taken_as_numbers():
    assert SumSquaredError().value(np.array([[[3]]]), np.array([[[1]]])) == 4
    assert MeanSquaredError().grad(np.array([[[3, 1]]]), np.array([[[1, 1]]])).tolist() == [[[2.0, 0.0]]]


@pytest.mark.parametrize(("y", "t"), [((1, 2, 2), (1, 2, 3)), ((1, 2, 2), (2, 2)), ((1, 0, 2), (1, 0, 2))])
def test_shapes_must_be_the_same(loss, y, t):
    with pytest.raises(ShapeError):
        loss.value(np.zeros(y), np.zeros(t))


def test_the_residual_itself_is_among_the_factors_and_they_make_the_loss_and_its_derivative(loss, maps):
    r = np.append((maps[0] - maps[1]).ravel(), [0.0, getattr(loss, "delta", 1.0), 1e9])
    y, t = r.reshape(1, 1, -1), np.zeros((1, 1, r.size))
    factors, slopes = loss.factors(r), loss.slope_factors(r)
    assert factors[0] is r or factors[1] is r
    assert any(factor is r for factor in slopes) == (loss.kind != "mae")  # whose slope is the same for every size
    assert math.fsum(np.prod(factors, axis=0)) == pytest.approx(loss.value(y, t), rel=1e-13)
    np.testing.assert_allclose(np.prod(slopes, axis=0), loss.grad(y, t).ravel(), rtol=1e-14)


def test_the_factors_of_some_cells_are_those_that_they_have_among_all(loss, maps):
    r = (maps[0] - maps[1]).ravel()
    for factors in (loss.factors, loss.slope_factors):
        np.testing.assert_array_equal(np.prod(factors(r[3:5], r.size), axis=0), np.prod(factors(r), axis=0)[3:5])
    some = np.zeros(2)
    for call in loss.bind(some, r.size)(r[3:5]):
        call()
    np.testing.assert_array_equal(some, loss.grad(*maps).ravel()[3:5])


@pytest.mark.parametrize("loss", [*CASES, Huber(delta=1e-6), Huber(delta=1e6)], ids=repr)
@pytest.mark.parametrize(
    ("dtype", "size"), [(np.float64, np.inf), (np.float32, np.inf), (np.float32, 1e38), (np.float64, 1e308)]
)
def test_factors_of_residuals_at_the_end_of_the_format_make_the_derivative(loss, dtype, size):
    r = np.array([size, -size, 0.25, 0.0], dtype)
    y, t = r.reshape(1, 1, -1), np.zeros((1, 1, r.size), dtype)
    with np.errstate(over="ignore"):  # of 2 r
        expected = loss.grad(y, t).ravel()
        slopes = np.prod(loss.slope_factors(r), axis=0)
    np.testing.assert_allclose(slopes, expected, rtol=4 * np.finfo(dtype).eps)
    assert slopes.dtype == dtype
    if np.isinf(size):
        assert np.prod(loss.factors(r), axis=0).tolist()[:2] == [np.inf, np.inf]


@pytest.mark.parametrize("delta", [0, -1, np.nan, "1"])
def test_delta_is_positive(delta):
    with pytest.raises(ConfigError):
        Huber(delta=delta)


def test_a_derivative_that_is_a_number_times_the_residual_says_so(loss, maps):
    y, t = maps
    factor = loss.factor(y.size)
    if factor is None:
        assert loss.kind in ("mae", "huber")
    else:
        np.testing.assert_array_equal(loss.grad(y, t), factor * (y - t))
