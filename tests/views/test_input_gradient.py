"""The gradient of the input, which is shown on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QSlider, QWidget

from convviz.engine.explain import Kind, Tensor
from convviz.views.heatmap import Heatmap
from convviz.views.panels.explain import ExplainPanel
from convviz.views.pointing import Pointed

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

NAME = "pipeline.input.gradient"


def shown(person: Person) -> np.ndarray | None:
    """Return the numbers of the gradient on the screen; None: there is none."""
    found = person.window.findChild(Heatmap, NAME)
    return None if found is None or not found.isVisible() else found.values()


def true_gradient(person: Person) -> np.ndarray:
    frame = person.session.frame
    assert frame is not None
    network = frame.problem.network
    return network.backward(frame.parameters, frame.values, frame.value_grads[-1])[0][0]


@pytest.mark.parametrize("experiment", ["demo", "channels", "pooling"])
def test_it_is_shown_at_every_step_while_it_is_wanted(open_window: OpenWindow, experiment: str) -> None:
    person = open_window(experiment)
    assert shown(person) is None
    person.press("I")
    person.sees(lambda: shown(person) is not None)
    person.click("run_n")
    person.sees_step(100)
    np.testing.assert_allclose(shown(person), true_gradient(person), rtol=1e-10, atol=1e-12)
    person.find(QSlider, "history_slider").setValue(7)
    person.sees(lambda: person.session.frame is not None and person.session.frame.step == 7)
    np.testing.assert_allclose(shown(person), true_gradient(person), rtol=1e-10, atol=1e-12)
    person.find(QAction, "input_gradient").trigger()
    person.sees(lambda: person.session.frame is not None and person.session.frame.value_grads[0] is None)
    assert shown(person) is None


def test_it_is_as_large_as_the_input_and_has_its_words(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("I")
    person.sees(lambda: shown(person) is not None)
    own, whole = person.find(Heatmap, NAME), person.find(Heatmap, "pipeline.input")
    assert own.cell_rect(0, 0, 0).size() == whole.cell_rect(0, 0, 0).size()
    assert "input" in own.accessibleName()


def test_its_cells_can_be_explained(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("I")
    person.sees(lambda: shown(person) is not None)
    heatmap = person.find(Heatmap, NAME)
    person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.cell_rect(0, 5, 6).center())
    assert person.find(ExplainPanel, "explain").number == Pointed(Tensor(Kind.VALUE_GRAD, 0), (0, 5, 6))


def test_the_selected_layer_stays_framed(open_window: OpenWindow) -> None:
    person = open_window()
    person.look_at("layer", 1)
    before = person.find(QWidget, "pipeline.layer1").grab().toImage().pixelColor(1, 60)
    person.press("I", on=person.window)
    person.sees(lambda: shown(person) is not None)
    assert person.find(QWidget, "pipeline.layer1").grab().toImage().pixelColor(1, 60) == before


def test_the_wish_is_remembered_and_outlives_an_experiment(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("I")
    person.find(QAction, "new_pooling").trigger()
    person.sees(lambda: shown(person) is not None)
    person.window.close()
    again = open_window()
    again.sees(lambda: shown(again) is not None)
    assert again.find(QAction, "input_gradient").isChecked()
