"""Seeds that are thrown."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from convviz.model.files import load_builtin
from convviz.views.seeds import another_seed

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


@pytest.mark.parametrize("present", [1, 2, 350, 9_998, 9_999, None])
def test_the_present_seed_is_never_thrown(monkeypatch: pytest.MonkeyPatch, present: int | None) -> None:
    limits: list[int] = []

    def lowest(limit: int) -> int:
        limits.append(limit)
        return (present or 1) - 1 if (present or 1) <= limit else 0

    monkeypatch.setattr(secrets, "randbelow", lowest)
    thrown = another_seed(present)
    assert thrown != present
    assert 1 <= thrown <= 9_999
    assert limits == [9_998]


def test_a_new_seed_is_another(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    person = open_window(load_builtin().replace(seed=1))
    monkeypatch.setattr(secrets, "randbelow", lambda limit: 0)
    person.click("new_seed")
    assert person.document.experiment.seed != 1
