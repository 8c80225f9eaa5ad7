"""Numbers as people write and read them in a control."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from convviz.engine.errors import ConfigError

#: Significant digits that a control shows; the value behind it keeps all of its own.
DIGITS = 6

_GROUPS = re.compile(r"^[+\-−–]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$")
#: Above it a float has no longer room for every whole number.
_LARGEST_WHOLE = 2**53


def parse_typed(text: str) -> float:
    """Return the number that was typed into a field: as `parse_number`, and with commas between groups of digits.

    Raises
    ------
    ConfigError
        If it is no number, or if a single comma can be read either way, as in ``2,000``.
    """
    from convviz.model.files.tables import parse_number  # not needed before somebody types

    plain = text.strip()
    if _GROUPS.match(plain):
        if plain.count(",") == 1 and "." not in plain:
            raise ConfigError(
                "'{text}' can be read as {large} or as {small}; write the one you mean",
                text=text.strip(),
                large=plain.replace(",", ""),
                small=plain.replace(",", "."),
            )
        plain = plain.replace(",", "")
    return parse_number(plain)


def parse_whole(text: str) -> int:
    """Return the whole number that was typed into a field, with or without commas between groups of digits.

    Raises
    ------
    ConfigError
        If it is none.
    """
    from convviz.model.files.tables import parse_number

    plain = text.strip()
    try:
        value = parse_number(plain.replace(",", "") if _GROUPS.match(plain) else plain)
    except ConfigError:
        value = math.nan
    if not abs(value) <= _LARGEST_WHOLE or value != round(value):
        raise ConfigError("'{text}' is not a whole number such as 12", text=text.strip()[:20])
    return int(value)


def typed_text(value: float, digits: int = DIGITS) -> str:
    """Return ``value`` with at most ``digits`` significant digits: ``0.5``, ``12``, ``3e-5``.

    ``digits=17`` loses nothing: the text is the shortest one that reads back as the same number.
    """
    if isinstance(value, int):
        return str(value)
    text = repr(value) if digits >= 17 else f"{value:.{digits}g}"
    if 0 < abs(value) < 1e-3 and "e" not in text:  # 1e-4 reads better than 0.0001, and is what people type
        text = f"{Decimal(text).normalize():e}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    return text.removesuffix(".0")


def shifted(value: float, notches: float, step: float) -> float:
    """Return ``value`` moved by ``notches`` steps, without the dust that binary fractions leave in decimals."""
    return round(value + notches * step, 12) + 0.0  # no negative zero


def magnified(value: float, notches: int) -> float:
    """Return a positive ``value`` moved by ``notches`` units of its leading digit: 9e-5, 1e-4, 2e-4.

    A value between two such numbers goes to the nearest one on the way.
    """
    for _ in range(abs(notches)):
        value = _next_leading(value) if notches > 0 else _previous_leading(value)
    return value


def _next_leading(value: float) -> float:
    exponent = math.floor(math.log10(value) + 1e-12)
    digit = math.floor(value / 10.0**exponent + 1e-9) + 1
    return float(f"{digit}e{exponent}")


def _previous_leading(value: float) -> float:
    exponent = math.floor(math.log10(value) + 1e-12)
    digit = math.ceil(value / 10.0**exponent - 1e-9) - 1
    return float(f"{digit}e{exponent}") if digit > 0 else float(f"9e{exponent - 1}")


def default_step(value: float) -> float:
    """Return a step that suits a number without one of its own: a tenth of its decade, never below 0.001."""
    if value == 0 or not math.isfinite(value):
        return 0.1
    return max(10.0 ** (math.floor(math.log10(abs(value)) + 1e-12) - 1), 0.001)
