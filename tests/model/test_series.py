import numpy as np
import pytest

from convviz.model.series import LossSeries


def series_of(values, chunks=(1, 7, 64, 500, 3000)):
    """Return a series that was fed ``values`` in chunks of changing length, as a run feeds it."""
    series, at, turn = LossSeries(), 0, 0
    while at < len(values):
        size = chunks[turn % len(chunks)]
        series.append(values[at : at + size])
        at, turn = at + size, turn + 1
    return series


def wild(count, seed=0):
    return np.random.default_rng(seed).standard_normal(count)


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 1023, 5000, 40_000])
def test_values_are_what_was_appended(count):
    values = wild(count)
    series = series_of(values)
    assert len(series) == count
    np.testing.assert_array_equal(series.values(), values)


def test_values_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        series_of(wild(5)).values()[0] = 1


def test_a_truncated_series_goes_on_as_if_the_rest_had_never_been():
    values, other = wild(30_000), wild(20_000, seed=1)
    series = series_of(values)
    series.truncate(12_345)
    assert len(series) == 12_345
    series.append(other)
    whole = np.concatenate([values[:12_345], other])
    np.testing.assert_array_equal(series.values(), whole)
    for x, y in (series.envelope(200), series_of(whole).envelope(200)):
        np.testing.assert_array_equal(y, whole[x])
        assert y.min() == whole.min()
        assert y.max() == whole.max()


def test_truncating_beyond_the_end_changes_nothing():
    series = series_of(wild(100))
    series.truncate(1000)
    assert len(series) == 100


@pytest.mark.parametrize("count", [1, 16, 500])
def test_few_values_are_all_in_the_envelope(count):
    values = wild(count)
    x, y = series_of(values).envelope(500)
    np.testing.assert_array_equal(x, np.arange(count))
    np.testing.assert_array_equal(y, values)


def test_the_envelope_of_nothing_is_empty():
    for series, start in ((LossSeries(), 0), (series_of(wild(10)), 10)):
        x, y = series.envelope(100, start)
        assert len(x) == len(y) == 0


@pytest.mark.parametrize("max_points", [16, 100, 2048, 4096])
@pytest.mark.parametrize("count", [4097, 60_000, 262_144, 300_001])
@pytest.mark.parametrize(("begin", "end"), [(0, 1), (0.001, 0.999), (0.37, 0.81), (0.5, 0.52)])
def test_the_envelope_touches_every_extreme(count, max_points, begin, end):
    values = wild(count)
    start, stop = int(begin * count), int(end * count)
    x, y = series_of(values).envelope(max_points, start, stop)
    part = values[start:stop]
    assert len(x) <= max(max_points, 16)
    assert np.all(np.diff(x) > 0)
    assert (x[0], x[-1]) == (start, stop - 1)
    np.testing.assert_array_equal(y, values[x])
    assert (y.min(), y.max()) == (part.min(), part.max())


@pytest.mark.parametrize("count", [5000, 300_000])
def test_a_single_spike_anywhere_is_seen(count):
    for at in np.random.default_rng(3).integers(0, count, 40):
        values = np.zeros(count)
        values[at] = 1
        x, y = series_of(values, chunks=(4096,)).envelope(1000)
        assert x[y == 1] == [at]


def test_each_stretch_of_the_curve_keeps_its_own_extremes():
    values = wild(200_000)
    x, y = series_of(values).envelope(2000)
    for start in range(0, 200_000, 1000):  # ten points fall to each thousand values
        inside = (x >= start) & (x < start + 1000)
        part = values[start : start + 1000]
        assert inside.sum() >= 6
        assert y[inside].max() >= np.sort(part)[-8]
        assert y[inside].min() <= np.sort(part)[7]


def test_a_number_that_is_not_finite_hides_no_other():
    values = wild(100_000)
    values[[10, 5000, 99_999]] = np.nan, np.inf, -np.inf
    series = series_of(values)
    x, y = series.envelope(500)
    finite = values[np.isfinite(values)]
    assert y[np.isfinite(y)].max() == finite.max()
    assert y[np.isfinite(y)].min() == finite.min()
    assert x[-1] == 99_999


def test_the_picture_of_a_growing_series_is_the_picture_of_the_whole():
    values = wild(150_000)
    at_once = LossSeries()
    at_once.append(values)
    for expected, actual in zip(at_once.envelope(1500), series_of(values).envelope(1500), strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_a_series_goes_on_from_another_without_a_copy() -> None:
    numbers = np.append(np.random.default_rng(3).normal(size=5000), np.nan)
    other, series = LossSeries(), LossSeries()
    other.append(numbers)
    other.envelope(100)
    memory = other.values()
    assert series.go_on_from(other, numbers[:4000]) == 4000
    assert np.shares_memory(series.values(), memory)
    series.append(np.arange(1000.0))
    expected = np.append(numbers[:4000], np.arange(1000.0))
    np.testing.assert_array_equal(series.values(), expected)
    made = LossSeries()
    made.append(expected)
    for mine, theirs in zip(series.envelope(100), made.envelope(100), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert len(other) == 0
    other.append(numbers[:3])
    np.testing.assert_array_equal(other.values(), numbers[:3])


def test_a_series_that_begins_otherwise_is_left_alone() -> None:
    other, series = LossSeries(), LossSeries()
    other.append(np.array([1.0, 2.0, np.nan]))
    assert series.go_on_from(other, np.array([1.0, 2.5, 3.0])) == 0
    assert series.go_on_from(other, np.empty(0)) == 0
    np.testing.assert_array_equal(other.values(), [1.0, 2.0, np.nan])
    assert series.go_on_from(other, np.array([1.0, 2.0, np.nan, 4.0])) == 3


def test_having_memory_at_hand_changes_no_value():
    values = wild(700_000)
    series = LossSeries()
    for at in range(0, len(values), 9000):
        series.append(values[at : at + 9000])
        series.make_ready()
    np.testing.assert_array_equal(series.values(), values)
    series.truncate(123_456)
    series.make_ready()
    series.append(values[:5])
    np.testing.assert_array_equal(series.values(), np.concatenate([values[:123_456], values[:5]]))


@pytest.mark.parametrize("count", [5000, 300_000])
@pytest.mark.parametrize("missing", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_does_not_stand_for_the_extremes_beside_it(count, missing):
    values = np.zeros(count)
    for at in range(1000, count, 1000):
        values[at : at + 3] = 9, missing, -9
    x, y = series_of(values).envelope(200)
    assert (y[np.isfinite(y)].min(), y[np.isfinite(y)].max()) == (-9, 9)
    values[:] = missing
    x, y = series_of(values).envelope(200)
    assert (x[0], x[-1]) == (0, count - 1)
    np.testing.assert_array_equal(y, values[x])


def test_a_series_tells_what_it_takes():
    series = series_of(wild(64_000))
    assert series.nbytes == 8 * 64_000
    series.envelope(100)
    assert series.nbytes == 8 * (64_000 + 2 * (1000 + 125 + 15 + 1))  # each level has an eighth as many buckets
    series.truncate(0)
    assert series.nbytes == 0


def test_a_series_that_is_handed_over_takes_all_with_it() -> None:
    series = LossSeries()
    series.append(np.arange(5000.0))
    series.envelope(32)
    other = series.hand_over()
    assert len(series) == 0
    series.append(np.full(3, 7.0))
    np.testing.assert_array_equal(other.values(), np.arange(5000.0))
    assert other.envelope(32)[1].max() == 4999
    assert series.envelope(32)[1].tolist() == [7, 7, 7]
    series.append(np.where(np.arange(5000) == 1000, 9.0, 0.0))
    assert series.envelope(32)[1].max() == 9
