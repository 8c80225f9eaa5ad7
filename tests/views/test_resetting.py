"""Resetting a run, and undoing that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QSlider

from convviz.engine import Trainer

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


def test_reset_gives_the_same_start(open_window: OpenWindow) -> None:
    person = open_window()
    before, words = person.kernels(), person.text("loss_words")
    person.run_to_the_end()
    assert person.text("loss_words") != words
    person.click("reset")
    person.sees_step(0)
    assert all(np.array_equal(one, other) for one, other in zip(person.kernels(), before, strict=True))
    assert person.text("loss_words") == words
    assert person.text("history_text") == "step 0 · live"


def test_a_reset_by_mistake_is_undone_and_the_run_goes_on_as_if_nothing_had_been(open_window: OpenWindow) -> None:
    person = open_window()
    trainer = Trainer(person.document.experiment.build())
    trainer.run(150)
    person.session.run(120)
    person.sees_step(120)
    made = person.kernels()
    person.press("R")
    person.sees_step(0)
    assert "with its 120 steps" in person.text("pointed")
    assert person.document.undo_stack.undoText() == "Reset"
    person.press("Ctrl+Z")
    person.sees_step(120)
    assert "begin" not in person.text("pointed")
    assert all(np.array_equal(one, other) for one, other in zip(person.kernels(), made, strict=True))
    person.find(QSlider, "history_slider").setValue(60)
    person.sees(lambda: person.session.status.shown == 60)
    person.press("End")
    person.session.run(30)
    person.sees_step(150)
    np.testing.assert_array_equal(person.session.losses.values(), trainer.losses[:150])
    person.press("Ctrl+Shift+Z")
    person.sees_step(0)


def test_a_reset_at_the_first_step_is_nothing_to_be_undone(open_window: OpenWindow) -> None:
    person = open_window()
    person.press("R")
    person.sees_step(0)
    assert not person.document.undo_stack.canUndo()
    assert not person.window.isWindowModified()
