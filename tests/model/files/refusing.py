"""What is said of a file that cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from convviz.engine.errors import ConfigError, ShapeError
from convviz.model.files import read_experiment

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"version": 1, "layers": ["conv2d"]}


def refusal(folder: Path, data: Any) -> str:
    """Return what is said when a file of this content is read."""
    path = folder / "demo.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    with pytest.raises((ConfigError, ShapeError)) as caught:
        read_experiment(path)
    return str(caught.value)
