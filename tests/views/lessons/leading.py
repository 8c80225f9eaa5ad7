"""Beginning a lesson and leaving it, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tests.views.conftest import Person


def begin(person: Person, name: str = "stride") -> None:
    person.window.open_lesson(name)
    person.sees(lambda: person.window.has_lesson)


def is_shown(person: Person) -> bool:
    card = person.window.findChild(QWidget, "lesson")
    return card is not None and card.isVisible()


def leave(person: Person) -> None:
    person.click("lesson.leave")
    person.sees(lambda: not is_shown(person) and not person.session.is_waiting)
