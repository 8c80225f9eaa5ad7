"""The part of the window that somebody names, to see it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.errors import ConfigError
from convviz.i18n import Listed

if TYPE_CHECKING:
    from collections.abc import Collection


def check_part(part: str, known: Collection[str]) -> None:
    """Raise `ConfigError` if no part is called so."""
    if part not in known:
        raise ConfigError("expected one of {known}, received {text}", field="--part", known=Listed(known), text=part)
