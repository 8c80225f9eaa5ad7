"""How numbers are written to be read, in the window and in plots.

They have a real minus, and a power of ten is written as such: ``−1.2×10⁻⁷``. What can be edited, typed or copied has
the form that programs read, ``-1.2e-7``; see `convviz.views.editors.numbers`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: From the digits of an exponent to how they are written.
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Numbers from the one power of ten to below the other are written without one.
_LEAST, _MOST = -3, 6
#: From this power of ten on, groups of three digits are parted.
_SEPARATED = 4
#: Losses and steps, which have separators, are so written for longer; and one that is told with all of its digits.
_MOST_GROUPED, _MOST_EXACT = 7, 12


def format_number(value: float, digits: int = 4) -> str:
    """Return a number with ``digits`` significant digits: ``0.5000``, ``1.200×10⁻⁷`` beyond 10⁻³ … 10⁶.

    What is not a number is 'NaN', '∞' or '−∞'.
    """
    if not math.isfinite(value) or value == 0:
        return _special(value)
    mantissa, power = _parts(value, digits)
    if _LEAST <= power < _MOST:
        return _sign(value) + _plain(value, digits, power)
    return f"{_sign(value)}{mantissa}×{power_text(power)}"


def short_number(value: float, digits: int = 6) -> str:
    """Return a number as short as it can be with ``digits`` significant digits: ``0.5``, ``3×10⁻⁵``, ``10⁻⁷``."""
    if not math.isfinite(value) or value == 0:
        return _special(value)
    mantissa, power = _parts(value, digits)
    if _LEAST <= power < _MOST:
        return _sign(value) + _trimmed(_plain(value, digits, power))
    return _sign(value) + _product(_trimmed(mantissa), power)


def brief_number(value: float) -> str:
    """Return one digit of a number, and its power of ten where that is shorter: ``−3·10⁻⁷``.

    It is for little room: where neither `short_number` nor a smaller type fits.
    """
    if not math.isfinite(value) or value == 0:
        return _special(value)
    mantissa, power = _parts(value, 1)
    return min(short_number(value, 1), _sign(value) + _product(mantissa, power), key=len).replace("×", "·")


def order_text(value: float) -> str:
    """Return about how large a number is, where there is no room for a digit of it: ``~−10⁻⁷``, ``~10¹⁶²``."""
    if not math.isfinite(value) or value == 0:
        return _special(value)
    return f"~{_sign(value)}{power_text(round(math.log10(abs(value))))}"


def axis_text(value: float, *, powers: bool = False) -> str:
    """Return a number as an axis shows it: short, with separators while they help, or always as a power of ten."""
    if powers and value and math.isfinite(value):
        mantissa, power = _parts(value, 4)
        factor = _trimmed(mantissa)
        return _sign(value) + ("" if factor == "1" else f"{factor}×") + power_text(power)
    return _grouped(value, 6, _MOST_GROUPED) or short_number(value, 4)


def wants_powers(values: Iterable[float]) -> bool:
    """Return whether numbers that stand together on an axis are all to be powers of ten: one of them has to."""
    return any(value and not 10.0**_LEAST <= abs(value) < 10.0**_MOST_GROUPED for value in values)


def loss_text(value: float) -> str:
    """Return a loss as it is told in words, to about four digits: ``29,770``, ``310.4``, ``1.23×10⁻⁹``."""
    return "–" if math.isnan(value) else _grouped(value, 4, _MOST_GROUPED) or format_number(value, 3)


def exact_text(value: float, digits: int = 12) -> str:
    """Return a loss with every digit worth reading, or with fewer."""
    return _grouped(value, digits, _MOST_EXACT) or short_number(value, digits)


def whole_text(value: int) -> str:
    """Return a whole number with all of its digits: ``−1,000,000``."""
    return _sign(value) + f"{abs(value):,}"


def power_text(exponent: int) -> str:
    """Return a power of ten: '10⁻⁷', '10³'."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def _grouped(value: float, digits: int, most: int) -> str:
    """Return a number with separators and without zeros at its end; nothing where that is no way to write it."""
    if value == 0 or not 10.0**_LEAST <= abs(value) < 10.0**most:
        return ""
    _, power = _parts(value, digits)
    return _sign(value) + _trimmed(f"{abs(value):,.{max(0, digits - 1 - power)}f}")


def _plain(value: float, digits: int, power: int) -> str:
    """Return a number without its sign and without a power of ten, with separators where it is long."""
    decimals = max(0, digits - 1 - power)
    return f"{abs(value):,.{decimals}f}" if power >= _SEPARATED else f"{abs(value):.{decimals}f}"


def _parts(value: float, digits: int) -> tuple[str, int]:
    """Return the digits of a number, of which the first stands before the point, and its power of ten."""
    mantissa, _, exponent = f"{abs(value):.{digits - 1}e}".partition("e")
    return mantissa, int(exponent)


def _product(mantissa: str, power: int) -> str:
    return power_text(power) if mantissa == "1" else f"{mantissa}×{power_text(power)}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sign(value: float) -> str:
    return "−" if value < 0 else ""


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "0" if value == 0 else _sign(value) + "∞"
