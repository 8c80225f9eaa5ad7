"""One scale of type and one of spacing."""

from __future__ import annotations

import math
from enum import IntEnum
from functools import cache, lru_cache
from typing import Literal

from PyQt6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont

from convviz.resources import resource
from convviz.views.theme.zoom import zoom

FontRole = Literal["small", "body", "strong", "heading", "title"]

#: Usual height of each role in pixels; ``strong`` is ``body`` in semi-bold, as are the two above it.
FONT_SIZES: dict[FontRole, int] = {"small": 11, "body": 13, "strong": 13, "heading": 16, "title": 22}

#: Where the system names no font of its own (a bare Linux, or where Qt draws for nobody's display), the first of these
#: that is installed. The CJK face comes before DejaVu because its Latin letters are narrower and belong to the same
#: design as its Chinese ones; the last two are those of Windows and macOS.
_PREFERRED = (
    *("Inter", "Noto Sans", "Noto Sans CJK SC", "Source Han Sans SC", "DejaVu Sans"),
    *("Segoe UI", "Helvetica Neue"),
)
#: How long a text stands at least, in seconds, while what it tells changes: nobody reads faster, and text is slow to
#: draw.
READABLE = 0.2
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_ALL_ZEROS = str.maketrans("123456789", "000000000")
_GENERIC = ("sans serif", "sans-serif", "sans", "")


class SPACE(IntEnum):
    """Distances between things, in pixels."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24


@cache
def _family() -> str:
    """Return the family of the interface: the desktop's own where it names one, else one that is installed."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    if system.lower() not in _GENERIC:
        return system
    installed = set(QFontDatabase.families())
    return next((name for name in _PREFERRED if name in installed), system)


@cache
def _families() -> list[str]:
    """Return the family of the interface, and behind it one for the superscripts that it may lack.

    Left to itself, Qt takes these alone from whatever font has them, and the digits of one exponent do not match.
    """
    chosen = _family()
    glyphs = QRawFont.fromFont(QFont(chosen))
    if all(glyphs.supportsCharacter(ord(character)) for character in _SUPERSCRIPTS):
        return [chosen]
    made = [
        QFontDatabase.addApplicationFont(str(resource("fonts", f"superscripts-{weight}.otf")))
        for weight in ("regular", "bold")
    ]
    return [chosen, *QFontDatabase.applicationFontFamilies(made[0])]


@cache
def _font(role: FontRole, pixels: int) -> QFont:
    made = QFont(_families())
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.Normal if role in ("small", "body") else QFont.Weight.DemiBold)
    # Figures of equal width: a number that changes must not move what stands beside it.
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def font_size(role: FontRole) -> int:
    """Return the height of a role in pixels, as large as texts are now."""
    return math.floor(FONT_SIZES[role] * zoom())  # never more than what is planned for it, which is rounded, too


def font(role: FontRole = "body", pixels: int | None = None) -> QFont:
    """Return the font of a role; ``pixels`` overrides its size (cells of heatmaps size their own numbers)."""
    return QFont(_font(role, pixels or font_size(role)))


def number_width(text: str, role: FontRole = "body", pixels: int | None = None) -> float:
    """Return how wide a number is. All figures are of one width, so that numbers of one form are measured once."""
    return _width(text.translate(_ALL_ZEROS), role, pixels or font_size(role))


@lru_cache(maxsize=256)
def _width(text: str, role: FontRole, pixels: int) -> float:
    return metrics(role, pixels).horizontalAdvance(text)


def metrics(role: FontRole = "body", pixels: int | None = None) -> QFontMetricsF:
    """Return the metrics of `font`; they are kept, because making them costs more than using them."""
    return _metrics(role, pixels or font_size(role))


@cache
def _metrics(role: FontRole, pixels: int) -> QFontMetricsF:
    return QFontMetricsF(font(role, pixels))
