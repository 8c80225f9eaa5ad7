"""A sum of a hundred thousand terms: listed as far as one can read, and quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtWidgets import QListView, QPushButton

from convviz.engine import Conv2d, Problem, Trainer, conv2d
from convviz.engine.explain import Kind, Tensor
from convviz.views.panels.explain import ExplainPanel
from convviz.views.pointing import Pointed
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from PyQt6.QtCore import QAbstractItemModel
    from pytestqt.qtbot import QtBot


def rows(panel: ExplainPanel) -> QAbstractItemModel:
    view = panel.findChild(QListView, "explain.terms")
    assert view is not None
    model = view.model()
    assert model is not None
    return model


def test_only_the_largest_of_very_many_terms_are_listed(qtbot: QtBot) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(1, 160, 160)), rng.normal(size=(1, 1, 3, 3))
    problem = Problem(
        input=x, target=conv2d(x, weight), layers=(Conv2d(3),), initial=[{"weight": 0 * weight, "bias": np.zeros(1)}]
    )
    frame = Trainer(problem).frame(input_gradient=True)
    panel = ExplainPanel()
    qtbot.addWidget(panel)
    panel.resize(300, 500)
    panel.show()
    panel.show_number(Pointed(Tensor(Kind.WEIGHT_GRAD, 0), (0, 0, 1, 1)), frame)
    assert panel.minimumSizeHint().width() <= 300, "the column would become wider"
    assert rows(panel).rowCount() == 21
    button = panel.findChild(QPushButton, "explain.all")
    assert button is not None
    button.click()
    count = rows(panel).rowCount()
    assert count == 10_001
    last = str(rows(panel).index(count - 1, 0).data())
    assert last.startswith(f"and {158 * 158 - 10_000:,} more: ")
    kept = sum(
        float(str(rows(panel).index(row, 0).data()).rsplit("= ", 1)[1].replace("−", "-")) for row in range(count - 1)
    )
    rest = float(last.split(": ")[1].replace("−", "-"))
    np.testing.assert_allclose(kept + rest, frame.gradients[0]["weight"][0, 0, 1, 1], rtol=1e-3)
    button.click()
    assert rows(panel).rowCount() == 21


def test_a_total_is_shown_with_its_power_of_ten(qtbot: QtBot) -> None:
    x, weight = np.full((1, 6, 6), 1 / 3), np.full((1, 1, 3, 3), -1e-13)
    problem = Problem(
        input=x, target=conv2d(x, weight), layers=(Conv2d(3),), initial=[{"weight": weight, "bias": np.zeros(1)}]
    )
    panel = ExplainPanel()
    qtbot.addWidget(panel)
    panel.resize(300, 500)
    panel.show()
    panel.show_number(Pointed(Tensor(Kind.VALUE, 1), (0, 1, 1)), Trainer(problem).frame())
    total = panel.findChild(ReadOut, "explain.total")
    assert total is not None
    total.grab()
    assert total.text() == "= −3.000000000×10⁻¹³"
    assert total.toolTip() == "", "it is shown shortened"
