"""What scripts are written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convviz.export.code import FRAMEWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=FRAMEWORKS)
def framework(request: pytest.FixtureRequest) -> Iterator[str]:
    """Go through all frameworks; skip those that are not installed, and let PyTorch not wait for several threads."""
    if request.param != "torch":
        yield request.param
        return
    torch = pytest.importorskip(
        "torch", reason="PyTorch runs the scripts that are written for it, and is not installed"
    )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield "torch"
    torch.set_num_threads(threads)
