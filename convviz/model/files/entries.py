"""The entries of a JSON object: refused by name where they are not known, not there, or there twice."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

from convviz.engine.errors import ConfigError
from convviz.i18n import Listed, guessed, mark

if TYPE_CHECKING:
    from collections.abc import Iterable


def mapping(data: Any) -> dict[str, Any]:
    """Return the entries of an object.

    Raises
    ------
    ConfigError
        If ``data`` is no object, or has an entry twice.
    """
    if not isinstance(data, dict):
        raise ConfigError("expected an object, received {received}", received=shown(data))
    for name in getattr(data, "repeated", ()):
        raise ConfigError("{name}: the entry is there twice", field=name, name=name)
    return data


def refuse_unknown(entries: Iterable[str], known: tuple[str, ...]) -> None:
    """Raise `ConfigError` if one of the ``entries`` is not among the ``known`` ones."""
    for name in entries:
        if name not in known:
            raise unknown(
                mark("{name}: unknown entry, expected some of {known}"),
                mark("{name}: unknown entry; did you mean {guess}?"),
                name,
                name,
                known,
            )


def unknown(plain: str, with_guess: str, field: str, received: Any, known: Iterable[str]) -> ConfigError:
    """Return the error for a word that is not among the ``known`` ones, with the closest of them if one is close."""
    names = list(known)
    guess = guessed(received, names) if isinstance(received, str) else None
    return ConfigError(
        plain if guess is None else with_guess,
        field=field,
        name=field,
        known=Listed(names),
        received=shown(received),
        guess=guess,
    )


def shown(value: Any) -> str:
    """Return what was received, short enough for a sentence."""
    return reprlib.repr(value)
