"""A window for a single control, and a hand at an editor of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from convviz.views.editors.kernel import KernelEditor
from convviz.views.editors.matrix import MatrixEditor
from tests.views.editors.hand import Hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[[QWidget], QWidget]]:
    """Return what shows a control in an active window, beside something else that has the focus."""
    windows = []

    def shown(control: QWidget) -> QWidget:
        window = QWidget()
        window.resize(300, 500)
        column = QVBoxLayout(window)
        elsewhere = QLabel("elsewhere")
        elsewhere.setObjectName("elsewhere")
        elsewhere.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column.addWidget(elsewhere)
        column.addWidget(control)
        column.addStretch(1)
        windows.append(window)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        elsewhere.setFocus()
        return window

    yield shown
    windows.clear()


@pytest.fixture
def at(show: Callable[[QWidget], QWidget]) -> Callable[..., Hand]:
    """Return what shows an editor of the numbers that it is given."""

    def made(values: Any, vector: bool = False) -> Hand:
        editor = MatrixEditor("k", compact=True) if vector else KernelEditor("k", ("Output", "Input"))
        hand = Hand(editor, values)
        show(editor)
        return hand

    return made


@pytest.fixture
def hand(at: Callable[..., Hand]) -> Hand:
    """Return a hand at a kernel of zeros."""
    return at(np.zeros((1, 1, 3, 3)))
