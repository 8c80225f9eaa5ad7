"""A microscope on the frame of a real run, and where to click in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QSlider, QToolButton, QWidget

from convviz.engine import Trainer
from convviz.model.files import load_builtin
from convviz.views import theme
from convviz.views.panels.microscope import Microscope
from convviz.views.panels.microscope.stage import Stage
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from convviz.engine import Frame
    from convviz.engine.walkthrough import Moment, Role


W = TypeVar("W", bound=QWidget)


@dataclass
class Viewer:
    """Somebody with a microscope."""

    microscope: Microscope
    trainer: Trainer
    frame: Frame

    @property
    def stage(self) -> Stage:
        return self._find(Stage, "microscope.stage")

    @property
    def moment(self) -> Moment:
        moment = self.stage.moment
        assert moment is not None
        return moment

    def button(self, name: str) -> QToolButton:
        return self._find(QToolButton, f"microscope.{name}")

    def box(self, name: str) -> QComboBox:
        return self._find(QComboBox, f"microscope.{name}")

    def slider(self, name: str) -> QSlider:
        return self._find(QSlider, f"microscope.{name}")

    def text(self, name: str) -> str:
        return self._find(ReadOut, f"microscope.{name}").text()

    def click(self, name: str) -> None:
        button = self.button(name)
        assert button.isVisible(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.stage, key, held)

    def spot(self, role: Role, row: int, column: int) -> QPoint:
        place = self.stage.place(role)
        assert place is not None, role
        assert place.area.holds(row, column), (role, place.area)
        return place.cell_rect(row, column).center()

    def click_cell(self, role: Role, row: int, column: int) -> None:
        QTest.mouseClick(
            self.stage, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.spot(role, row, column)
        )

    def point_at(self, role: Role, row: int, column: int) -> None:
        spot = self.spot(role, row, column)
        for step in (QPoint(2, 2), QPoint()):
            self.point_to(spot + step)

    def point_to(self, spot: QPoint) -> None:
        # In this window, whichever may lie over it at this place of the screen, and wherever the pointer was before.
        window = self.stage.window()
        QTest.mouseMove(window.windowHandle(), self.stage.mapTo(window, spot))

    def chips(self) -> list[str]:
        buttons = [self.button(f"phase{n}") for n in range(1, 7)]
        return [button.text() for button in buttons if button.isVisible()]

    def train(self, steps: int) -> None:
        self.trainer.run(steps)
        self.frame = self.trainer.frame(input_gradient=True)
        self.microscope.set_frame(self.frame)

    def _find(self, kind: type[W], name: str) -> W:
        found = self.microscope.findChild(kind, name)
        assert found is not None, name
        return found


@pytest.fixture
def look(qtbot: QtBot) -> Callable[..., Viewer]:
    """Return what opens a microscope on a built-in experiment after a few steps."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")

    def open_one(name: str = "demo", layer: int = 1, back: bool = True, size: object = (1000, 600)) -> Viewer:
        trainer = Trainer(load_builtin(name).build())
        trainer.run(3)
        frame = trainer.frame(input_gradient=True)
        microscope = Microscope()
        # It is held until it is closed: garbage that is collected while it is painted would take it away.
        qtbot.addWidget(microscope, before_close_func=lambda _, held=microscope: None)
        microscope.resize(*size)  # type: ignore[misc]
        microscope.set_frame(frame)
        microscope.show_layer(layer, back=back)
        with qtbot.waitActive(microscope):
            microscope.show()
            microscope.activateWindow()
        return Viewer(microscope, trainer, frame)

    return open_one
