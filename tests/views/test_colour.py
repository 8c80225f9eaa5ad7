from __future__ import annotations

import math

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage

from convviz.views import theme
from convviz.views.colour import (
    NOT_FINITE,
    STEPS,
    calm_levels,
    colour_map,
    entry_of,
    extent_of,
    image_of,
    levels_of,
    oklab,
    reduce_to,
    text_colour,
    to_index,
)
from convviz.views.heatmap.frame import level_texts
from tests.views.contrast import contrast
from tests.views.reading import number_in

MAPS = {
    "sequential": colour_map(signed=False),
    "diverging, light": colour_map(signed=True, dark=False),
    "diverging, dark": colour_map(signed=True, dark=True),
}
ALL_MAPS = pytest.mark.parametrize("name", MAPS)

#: Machado, Oliveira and Fernandes, 2009, severity 1: what is left of linear sRGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def colours_of(name: str) -> np.ndarray:
    return MAPS[name].rgb[:STEPS] / 255


def as_seen(rgb: np.ndarray, blindness: str) -> np.ndarray:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ np.array(BLINDNESS[blindness]).T
    linear = linear.clip(0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


@ALL_MAPS
def test_tables_are_small(name: str) -> None:
    assert MAPS[name].rgb.shape == (STEPS + 1, 3)
    assert STEPS + 1 <= 256
    assert STEPS % 2 == 1


@ALL_MAPS
def test_equal_steps_look_equally_different(name: str) -> None:
    lab = oklab(colours_of(name))
    stride = 14  # wide enough for the rounding to 8 bits not to count
    for half in (lab[: STEPS // 2 + 1], lab[STEPS // 2 :]):
        steps = np.linalg.norm(np.diff(half[::stride], axis=0), axis=1)
        assert steps.max() < 1.25 * steps.min()


def test_sequential_map_only_gets_lighter() -> None:
    lightness = oklab(colours_of("sequential"))[:, 0]
    assert (np.diff(lightness) > 0).all()
    assert lightness[0] < 0.3
    assert lightness[-1] > 0.9


@pytest.mark.parametrize("dark", [False, True])
def test_diverging_map_fades_into_the_ground_at_zero(dark: bool) -> None:
    table = colour_map(signed=True, dark=dark)
    lightness = oklab(table.rgb[:STEPS] / 255)[:, 0]
    away = lightness if dark else -lightness
    assert (np.diff(away[STEPS // 2 :]) > -0.004).all()
    assert (np.diff(away[: STEPS // 2 + 1]) < 0.004).all()
    ground = (theme.DARK if dark else theme.LIGHT).surface
    assert contrast(table.colour(STEPS // 2), ground) < 1.25
    assert abs(lightness[0] - lightness[-1]) < 0.08  # neither sign weighs more


@pytest.mark.parametrize("blindness", BLINDNESS)
@ALL_MAPS
def test_colour_blind_people_see_all_of_it(name: str, blindness: str) -> None:
    lab = oklab(as_seen(colours_of(name), blindness))[::32]
    apart = np.linalg.norm(lab[:, None] - lab[None, :], axis=2)
    np.fill_diagonal(apart, 1)
    assert apart.min() > 0.04


@ALL_MAPS
def test_numbers_can_be_read_on_every_colour(name: str) -> None:
    for index in range(STEPS + 1):
        ground = MAPS[name].colour(index)
        best = QColor(0, 0, 0) if MAPS[name].dark_text[index] else QColor(255, 255, 255)
        assert contrast(ground, best) >= 4.5


def test_text_colour_is_the_maps() -> None:
    assert text_colour(0) == QColor(255, 255, 255)
    assert text_colour(STEPS - 1) == QColor(0, 0, 0)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (8, 8), (1, 7), (257, 100)])
def test_image_has_a_pixel_per_cell(shape: tuple[int, int], signed: bool) -> None:
    values = np.random.default_rng(1).normal(size=shape)
    image = image_of(to_index(values, (-2.0, 2.0)), colour_map(signed=signed))
    assert image.format() == QImage.Format.Format_RGB32
    assert (image.height(), image.width()) == shape
    table = colour_map(signed)
    for row, column in [(0, 0), (shape[0] - 1, shape[1] - 1), (shape[0] // 2, shape[1] // 2)]:
        position = (min(max(values[row, column], -2), 2) + 2) / 4 * (STEPS - 1)
        assert image.pixelColor(column, row) == table.colour(int(position + 0.5))


def test_image_owns_its_memory() -> None:
    index = np.zeros((4, 4), np.uint8)
    image = image_of(index, colour_map(signed=False))
    before = image.pixelColor(0, 0)
    index[:] = 200
    assert image.pixelColor(0, 0) == before


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_index_runs_from_end_to_end(dtype: type) -> None:
    assert to_index(np.array([[0, 5, 10]], dtype), (0.0, 10.0)).tolist() == [[0, STEPS // 2, STEPS - 1]]
    assert to_index(np.array([[-99, 99]], dtype), (0.0, 10.0)).tolist() == [[0, STEPS - 1]]


def test_zero_is_the_middle_of_signed_levels() -> None:
    assert to_index(np.zeros((1, 1)), levels_of(np.array([[-1.0, 7.0]]), signed=True)).item() == STEPS // 2


def test_what_is_not_finite_is_marked() -> None:
    values = np.array([[1.0, math.nan, math.inf, -math.inf]])
    assert to_index(values, (0.0, 1.0)).tolist() == [[STEPS - 1, NOT_FINITE, NOT_FINITE, NOT_FINITE]]
    others = {MAPS[name].colour(index).name() for name in MAPS for index in range(STEPS)}
    assert all(MAPS[name].colour(NOT_FINITE).name() not in others for name in MAPS)


@pytest.mark.parametrize("levels", [(-1e308, 1e308), (0.0, 1e-320), (1.0, 1.0)])
def test_extreme_levels_do_no_harm(levels: tuple[float, float]) -> None:
    values = np.array([[levels[0], levels[1]]])
    assert (to_index(values, levels) < STEPS).all()
    assert (to_index(values, levels, extent_of(values)) < STEPS).all()


def test_levels_farther_apart_than_any_number_have_their_middle_too() -> None:
    values = np.array([[-1e308, -5e307, 0.0, 1e308]])
    assert to_index(values, (-1e308, 1e308)).tolist() == [[0, 64, 127, 254]]


def test_levels_of_numbers_that_are_nearly_equal_are_a_thousandth_apart() -> None:
    low, high = levels_of(np.array([[1000.0, 1000.1]]))
    assert (low, high) == pytest.approx((999.54995, 1000.55005), rel=1e-12)


@pytest.mark.parametrize(
    ("rgb", "lab"),  # as Björn Ottosson and others publish them
    [
        ((1, 1, 1), (1.0, 0.0, 0.0)),
        ((1, 0, 0), (0.6280, 0.2249, 0.1258)),
        ((0, 1, 0), (0.8664, -0.2339, 0.1795)),
        ((0, 0, 1), (0.4520, -0.0325, -0.3115)),
    ],
)
def test_how_different_colours_look_is_told_in_oklab(rgb: tuple[int, ...], lab: tuple[float, ...]) -> None:
    assert oklab(np.array(rgb, float)) == pytest.approx(lab, abs=2e-4)


@pytest.mark.parametrize("levels", [(-1.0, 1.0), (-3.0, 0.5), (-0.5, 3.0), (-1e308, 1e308), (0.0, 1e-320), (1.0, 1.0)])
def test_one_number_and_a_known_extent_make_no_difference(levels: tuple[float, float]) -> None:
    for values in (np.linspace(-1.0, 1.0, 999), np.array([math.nan, 0.3]), np.array([-math.inf, math.inf, 2.0])):
        index = to_index(values, levels)
        np.testing.assert_array_equal(to_index(values, levels, extent_of(values)), index)
        assert [entry_of(value, levels) for value in values.tolist()] == index.tolist()


@pytest.mark.parametrize(
    ("arrays", "signed", "expected"),
    [
        (([[1.0, 3.0]],), False, (1.0, 3.0)),
        (([[1.0, 3.0]], [[-2.0]]), False, (-2.0, 3.0)),
        (([[1.0, -3.0]],), True, (-3.0, 3.0)),
        (([[0.0]],), False, (-0.5, 0.5)),
        (([[4.0]],), False, (2.0, 6.0)),
        (([[0.0]],), True, (-1.0, 1.0)),
        (([[math.nan]],), False, (0.0, 1.0)),
        (([[math.nan]],), True, (-1.0, 1.0)),
        (([[math.nan, 2.0, math.inf, 5.0]],), False, (2.0, 5.0)),
    ],
)
def test_levels_are_the_ends_of_all_finite_values(
    arrays: tuple[list[list[float]], ...], signed: bool, expected: tuple[float, float]
) -> None:
    assert levels_of(*(np.array(array) for array in arrays), signed=signed) == expected


@pytest.mark.parametrize("value", [-1.5, 3e-9, 1e6, 1e300])
@pytest.mark.parametrize("apart", [0.0, 1e-16, 1e-12, 1e-7, 1e-5])
def test_numbers_that_are_all_but_equal_have_all_but_the_same_colour(value: float, apart: float) -> None:
    values = np.array([[value, value * (1 + apart)]])
    one, other = to_index(values, calm_levels(*levels_of(values)))[0].tolist()
    assert abs(one - other) < STEPS / 50
    assert abs(one - STEPS // 2) < STEPS / 5


@pytest.mark.parametrize("value", [-1.5, 3e-9, 1e6, 1e300])
@pytest.mark.parametrize("apart", [0.0, 1e-16, 1e-5, 1e-3, 1e-2, 0.5, 10.0])
def test_the_numbers_of_a_scale_differ_and_are_right(value: float, apart: float) -> None:
    levels = calm_levels(*levels_of(np.array([[value, value * (1 + apart)]])))
    texts = level_texts(levels)
    assert texts[0] != texts[1]
    for text, level in zip(texts, levels, strict=True):
        assert number_in(text) == pytest.approx(level, abs=(levels[1] - levels[0]) / 50)


@pytest.mark.parametrize("signed", [False, True])
def test_calm_levels_hold_the_values_and_hold_still(signed: bool) -> None:
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(200):
        values = rng.normal(0, 1, 64).clip(-2.4, 2.4)
        values[0], values[1] = -2.4 - rng.random() * 0.02, 2.4 + rng.random() * 0.02
        low, high = levels_of(values, signed=signed)
        calm = calm_levels(low, high, signed)
        assert calm[0] <= low
        assert high <= calm[1]
        assert calm[1] - calm[0] <= 1.5 * (high - low)
        assert not signed or calm[0] == -calm[1]
        seen.add(calm)
    assert len(seen) == 1


@pytest.mark.parametrize("extent", [5e-324, 1e-300, 3.0, 1e300, 1.7e308])
def test_calm_levels_at_any_magnitude(extent: float) -> None:
    low, high = calm_levels(-extent, extent, signed=True)
    assert low <= -extent
    assert extent <= high
    low, high = calm_levels(0.0, extent)
    assert low <= 0
    assert extent <= high


@pytest.mark.parametrize("shape", [(10, 10), (256, 200), (1000, 3), (37, 61)])
def test_reduced_maps_keep_their_mean(shape: tuple[int, int]) -> None:
    assert reduce_to(np.full(shape, 3.0), 20, 15) == pytest.approx(3.0)
    small = reduce_to(np.ones(shape), 20, 15)
    assert small.shape == (min(20, shape[0]), min(15, shape[1]))


def test_reduction_is_the_mean_of_equal_blocks() -> None:
    values = np.arange(64.0).reshape(8, 8)
    expected = values.reshape(4, 2, 2, 4).mean(axis=(1, 3))
    assert np.allclose(reduce_to(values, 4, 2), expected)


@pytest.mark.parametrize("odd", [1e6, math.nan, math.inf])
def test_one_odd_cell_is_seen_in_a_large_map(odd: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        values = np.zeros((300, 211))
        row, column = rng.integers(300), rng.integers(211)
        values[row, column] = odd
        small = reduce_to(values, 97, 64)
        assert np.count_nonzero(small) == 1
