"""A window whose badge has come to a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convviz.views.panels.check import CheckBadge
from convviz.views.panels.check.table import CheckTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.experiment import Experiment
    from tests.views.conftest import OpenWindow, Person


def badge(person: Person) -> CheckBadge:
    return person.find(CheckBadge, "check_badge")


@pytest.fixture
def checked(open_window: OpenWindow) -> Callable[[Experiment | str], Person]:
    """Return what opens a window and waits until its badge says something."""

    def open_one(wanted: Experiment | str = "demo") -> Person:
        person = open_window(wanted)
        person.sees(lambda: badge(person).text()[0] in "✓✗!–")
        return person

    return open_one


@pytest.fixture
def table(checked: Callable[[Experiment | str], Person]) -> Callable[[Experiment | str], tuple[Person, CheckTable]]:
    """Return what opens a window and, by a click on its badge, the table."""

    def open_both(wanted: Experiment | str = "demo") -> tuple[Person, CheckTable]:
        person = checked(wanted)
        person.click("check_badge")
        dialog = person.dialog(CheckTable, "check_table")
        person.sees(dialog.isActiveWindow)  # or its keys would go elsewhere
        return person, dialog

    return open_both
