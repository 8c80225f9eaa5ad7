"""Reading what is written for people."""

from __future__ import annotations

import re

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--", ",")
_POWER = re.compile(r"^(−?)(?:([\d.,]+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")


def number_in(text: str) -> float:
    """Return the number that is written: ``−0.5``, ``29,770``, ``1.2×10⁻⁷`` or ``10⁻⁷``."""
    power = _POWER.match(text)
    if power is None:
        return float(text.translate(_PLAIN))
    sign, mantissa, exponent = power.groups()
    return float(f"{sign}{mantissa or '1'}e{exponent}".translate(_PLAIN))
