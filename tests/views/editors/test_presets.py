from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import conv2d
from convviz.views.editors.presets import PRESETS, Preset

BY_KIND = {preset.kind: preset for preset in PRESETS}
SIZES = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (7, 7), (3, 5), (2, 6), (12, 12)]


def test_the_well_known_three_by_three_kernels() -> None:
    expected = {
        "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
        "box": np.full((3, 3), 1 / 9),
        "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
        "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        "sobel_y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    }
    for kind, kernel in expected.items():
        np.testing.assert_allclose(BY_KIND[kind].make(3, 3), kernel, atol=1e-15, err_msg=kind)


def test_a_large_sobel_is_the_usual_one() -> None:
    np.testing.assert_array_equal(BY_KIND["sobel_x"].make(5, 5)[2], [-6, -12, 0, 12, 6])


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.kind)
def test_every_preset_has_the_size_asked_for_and_its_sum(preset: Preset, size: tuple[int, int]) -> None:
    if not preset.fits(*size):
        assert min(size) < preset.least or (preset.odd and any(n % 2 == 0 for n in size))
        return
    kernel = preset.make(*size)
    assert kernel.shape == size
    assert kernel.dtype == np.float64
    assert np.isfinite(kernel).all()
    total = 0.0 if preset.kind in ("zeros", "sobel_x", "sobel_y", "laplacian") else 1.0
    assert kernel.sum() == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("size", [(2, 2), (3, 3), (4, 4), (5, 3)], ids=str)
def test_derivatives_are_positive_where_the_map_grows(size: tuple[int, int]) -> None:
    to_the_right = np.tile(np.arange(8.0), (8, 1))[np.newaxis]
    for kind, ramp in (("sobel_x", to_the_right), ("sobel_y", to_the_right.transpose(0, 2, 1))):
        kernel = BY_KIND[kind].make(*size)[np.newaxis, np.newaxis]
        assert (conv2d(ramp, kernel) > 0).all()
        across = ramp.transpose(0, 2, 1)
        np.testing.assert_allclose(conv2d(across, kernel), 0, atol=1e-12)


@pytest.mark.parametrize("size", [(3, 3), (4, 4), (5, 5)], ids=str)
def test_a_laplacian_sees_no_slope(size: tuple[int, int]) -> None:
    ramp = np.add.outer(np.arange(9.0), 2 * np.arange(9.0))[np.newaxis]
    np.testing.assert_allclose(conv2d(ramp, BY_KIND["laplacian"].make(*size)[None, None]), 0, atol=1e-12)


def test_every_preset_names_its_formula() -> None:
    assert len(BY_KIND) == len(PRESETS)
    assert all(preset.label and preset.source for preset in PRESETS)
