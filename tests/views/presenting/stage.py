"""How the tests present: in a window as large as a projector's picture, since the screen of a test is smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QApplication

from convviz.views.heatmap import Heatmap

if TYPE_CHECKING:
    from tests.views.conftest import Person

#: Width and height of what a projector shows.
HD = (1920, 1080)


def present(person: Person) -> None:
    """Present, and wait until everything has found its place."""
    person.window.present(full_screen=False)
    places = [QRect(), QRect()]

    def is_settled() -> bool:
        QApplication.processEvents()
        places.append(person.find(Heatmap, "pipeline.target").geometry())
        return places[-1] == places[-2] == places[-3]

    person.sees(is_settled)
