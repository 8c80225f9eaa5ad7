"""What a lesson can ring is in the window: every control by its name, and the field of every setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtWidgets import QWidget

from convviz.model.files import load_builtin
from convviz.model.lessons.controls import CONTROLS, FIELD, settings_in
from convviz.views.panels.microscope.header import PHASES

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def seen(person: Person) -> set[str]:
    return {widget.objectName() for widget in person.window.findChildren(QWidget) if widget.isVisible()}


def test_every_control_is_somewhere_in_the_window(open_window: OpenWindow) -> None:
    person = open_window("demo")
    missing = set(CONTROLS) - seen(person)
    person.press("Shift+L")
    person.sees(lambda: "landscape_panel" in seen(person))
    missing -= seen(person)
    person.press("Shift+L")
    person.look_at("layer", 1)
    person.press("M")
    person.sees(lambda: "microscope.stage" in seen(person))
    person.click("microscope.backwards")
    person.sees(lambda: "microscope.phase5" in seen(person))
    long = {f"microscope.phase{n + 1}" for n in range(PHASES)}  # as many as the longest way has, which is not this one
    assert {name for name in CONTROLS if name.startswith("microscope.phase")} == long
    assert missing - seen(person) - long == set()


@pytest.mark.parametrize("name", ["demo", "adam", "pooling"])
def test_the_field_of_every_setting_is_shown_with_what_it_is_a_setting_of(name: str, open_window: OpenWindow) -> None:
    person = open_window(name)
    experiment = load_builtin(name)
    parts = [("input", 0), ("target", 0), ("training", 0), *(("layer", n) for n in range(len(experiment.stages)))]
    found: set[str] = set()
    for kind, index in parts:
        person.look_at(kind, index)
        found |= {widget.objectName() for widget in person.window.findChildren(QWidget)}
    assert {FIELD + place for place in settings_in(experiment)} - found == set()
