"""Well-known kernels of any size, each from its formula.

A kernel is applied as it stands (cross-correlation, as in every framework), so a derivative is positive where the map
grows to the right or downwards. One-dimensional factors are binomial coefficients, which is how the usual 3×3 kernels
extend to other sizes, even and oblong ones included.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convviz.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

Matrix = NDArray[np.float64]


class Preset(NamedTuple):
    """A kernel by formula.

    Attributes
    ----------
    kind
        Stable name.
    label, source
        What it is called, and its formula and where that is from; both marked for translation.
    make
        ``(height, width) -> (height, width)`` matrix.
    least
        The smallest height and width that it means something for.
    odd
        Whether it needs a cell in the middle.
    """

    kind: str
    label: str
    source: str
    make: Callable[[int, int], Matrix]
    least: int = 1
    odd: bool = False

    def fits(self, height: int, width: int) -> bool:
        """Return whether the kernel means something at this size."""
        return min(height, width) >= self.least and not (self.odd and (height % 2 == 0 or width % 2 == 0))


def smoothing(length: int) -> Matrix:
    """Return the binomial coefficients of a row of Pascal's triangle, ``(length,)``."""
    return np.array([comb(length - 1, k) for k in range(length)], dtype=np.float64)


def derivative(length: int) -> Matrix:
    """Return a smoothed first difference, ``(length,)``: ``[−1, 1]``, ``[−1, 0, 1]``, ``[−1, −1, 1, 1]``, …."""
    return np.convolve([-1.0, 1.0], smoothing(length - 1))


def _curvature(length: int) -> Matrix:
    """Return a smoothed second difference, ``(length,)``, from ``[1, −2, 1]`` on."""
    weights = smoothing(length - 2)
    return np.convolve([1.0, -2.0, 1.0], weights / weights.sum())


def identity(height: int, width: int) -> Matrix:
    """Return a single 1 in the middle (above and left of it where the middle lies between cells)."""
    kernel = np.zeros((height, width))
    kernel[(height - 1) // 2, (width - 1) // 2] = 1.0
    return kernel


def box(height: int, width: int) -> Matrix:
    """Return the mean of the window."""
    return np.full((height, width), 1.0 / (height * width))


def gaussian(height: int, width: int) -> Matrix:
    """Return samples of a Gaussian with σ = 0.3((k − 1)/2 − 1) + 0.8 in each direction, their sum 1."""

    def samples(length: int) -> Matrix:
        sigma = 0.3 * ((length - 1) / 2 - 1) + 0.8
        offsets = np.arange(length) - (length - 1) / 2
        bell: Matrix = np.exp(-(offsets**2) / (2 * sigma**2))
        return np.asarray(bell / bell.sum())

    return np.outer(samples(height), samples(width))


def sobel_x(height: int, width: int) -> Matrix:
    """Return the derivative to the right, smoothed downwards."""
    return np.outer(smoothing(height), derivative(width))


def sobel_y(height: int, width: int) -> Matrix:
    """Return the derivative downwards, smoothed to the right."""
    return np.outer(derivative(height), smoothing(width))


def laplacian(height: int, width: int) -> Matrix:
    """Return the five-point Laplacian, smoothed by binomials where the kernel is larger than 3×3."""

    def inner(length: int) -> Matrix:
        weights = smoothing(length - 2)
        return np.convolve([0.0, 1.0, 0.0], weights / weights.sum())

    return np.outer(_curvature(height), inner(width)) + np.outer(inner(height), _curvature(width))


def sharpen(height: int, width: int) -> Matrix:
    """Return the map minus its Laplacian; the sum is 1."""
    return identity(height, width) - laplacian(height, width)


def emboss(height: int, width: int) -> Matrix:
    """Return the map plus a ramp along the diagonal, whose corners are −2 and 2."""
    down = np.arange(height) - (height - 1) / 2
    right = np.arange(width) - (width - 1) / 2
    ramp: Matrix = np.add.outer(down, right)
    return np.asarray(identity(height, width) + 2.0 * ramp / ramp[-1, -1])


PRESETS: tuple[Preset, ...] = (
    Preset("zeros", mark("Zeros"), mark("0 everywhere"), lambda h, w: np.zeros((h, w))),
    Preset("identity", mark("Identity"), mark("A single 1 in the middle: leaves the map as it is"), identity),
    Preset("box", mark("Box blur"), mark("The mean of the window: 1/(height·width) everywhere"), box),
    Preset(
        "gaussian",
        mark("Gaussian blur"),
        mark("exp(−d²/2σ²), its sum 1, with σ = 0.3((k − 1)/2 − 1) + 0.8 as in OpenCV's getGaussianKernel"),
        gaussian,
        least=2,
    ),
    Preset(
        "sharpen",
        mark("Sharpen"),
        mark("Identity − Laplacian (Gonzalez and Woods, Digital Image Processing, 3.6)"),
        sharpen,
        least=3,
        odd=True,
    ),
    Preset(
        "emboss",
        mark("Emboss"),
        mark("Identity + a ramp along the diagonal, as in GIMP's convolution matrix"),
        emboss,
        least=3,
        odd=True,
    ),
    Preset(
        "sobel_x",
        mark("Sobel x"),
        mark("Binomial smoothing down × difference across (Sobel and Feldman 1968); positive where the values rise"),
        sobel_x,
        least=2,
    ),
    Preset(
        "sobel_y",
        mark("Sobel y"),
        mark("Difference down × binomial smoothing across (Sobel and Feldman 1968); positive where the values rise"),
        sobel_y,
        least=2,
    ),
    Preset(
        "laplacian",
        mark("Laplacian"),
        mark("The five-point second difference, smoothed by binomials above 3×3"),
        laplacian,
        least=3,
    ),
)
