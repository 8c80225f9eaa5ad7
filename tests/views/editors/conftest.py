"""A window for a single control."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

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
