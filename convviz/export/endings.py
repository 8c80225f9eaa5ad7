"""By its ending, a file's name says what is written into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def check_ending(path: Path, endings: Iterable[str]) -> None:
    """Raise `ConfigError` unless the name of ``path`` ends in one of ``endings``, such as ``.png``."""
    if path.suffix.lower() not in endings:
        raise ConfigError(
            "expected a file's name that ends in {ending}, received {path}",
            field="path",
            ending="|".join(endings),
            path=str(path),
        )
