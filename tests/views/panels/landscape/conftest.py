"""Somebody in front of the landscape, in the real window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from convviz.engine.landscape import LossAt
from convviz.model.surveying import Surveyor
from convviz.views.panels.landscape.legend import Legend
from convviz.views.panels.landscape.map import LandscapeMap

if TYPE_CHECKING:
    from convviz.engine.landscape import Window
    from convviz.model.surveying import Survey
    from tests.views.conftest import OpenWindow, Person


@dataclass
class Viewer:
    """Somebody in front of the landscape."""

    person: Person

    @property
    def map(self) -> LandscapeMap:
        return self.person.find(LandscapeMap, "landscape.map")

    @property
    def surveyor(self) -> Surveyor:
        surveyor = self.person.window.findChild(Surveyor)
        assert surveyor is not None
        return surveyor

    @property
    def survey(self) -> Survey:
        survey = self.surveyor.survey
        assert survey is not None
        return survey

    @property
    def window(self) -> Window:
        return self.map.window_shown

    def sees_all(self, other_than: Survey | None = None) -> Survey:
        """Wait until a survey is complete, of another request than one before."""

        def complete() -> bool:
            survey = self.surveyor.survey
            number = 0 if other_than is None else other_than.number
            return survey is not None and survey.is_complete and survey.number != number

        self.person.sees(complete)
        return self.survey

    def pixel(self, x: float, y: float) -> QPoint:
        return self.map.places.point(x, y).toPoint()

    def click(self, at: QPoint) -> None:
        QTest.mouseClick(self.map, Qt.MouseButton.LeftButton, pos=at)

    def text(self, name: str) -> str:
        return self.person.text(f"landscape.{name}")

    @property
    def legend(self) -> tuple[str, ...]:
        return self.person.find(Legend, "landscape.legend").names

    def exact(self, x: float, y: float) -> float:
        return LossAt(self.survey.problem)(self.survey.plane.at(x, y))


@pytest.fixture
def look(open_window: OpenWindow):
    """Return what opens the landscape after some steps, and waits until all of it is seen."""

    def look(steps: int = 50, **how: object) -> Viewer:
        person = open_window(**how)
        if steps:
            person.session.run(steps)
            person.sees_step(steps)
        person.click("landscape")
        viewer = Viewer(person)
        viewer.sees_all()
        return viewer

    return look
