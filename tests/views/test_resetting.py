"""Resetting a run while another is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtGui import QAction

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow


def test_a_run_that_is_on_its_way_back_can_be_reset_and_undone_at_once(open_window: OpenWindow) -> None:
    person = open_window()
    person.session.run(60)
    person.sees_step(60)
    losses = person.session.losses.values().copy()
    reset, undo = person.find(QAction, "reset"), person.find(QAction, "undo")
    reset.trigger()
    person.sees_step(0)
    undo.trigger()
    assert person.session.is_waiting
    reset.trigger()
    person.sees(lambda: undo.isEnabled() and not person.session.is_waiting)
    person.sees_step(0)
    undo.trigger()
    person.sees_step(60)
    assert np.array_equal(person.session.losses.values(), losses)
