"""A run whose loss is no longer a number, and one that was stopped by an error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractButton, QFrame, QLabel, QPushButton, QSpinBox

from convviz.engine.errors import ConfigError
from convviz.engine.frames import State
from convviz.model.files import load_builtin
from convviz.model.sources import GivenMap
from convviz.number_text import loss_text, short_number
from tests.model.samples import with_student

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def banner(person: Person) -> QFrame:
    return person.find(QFrame, "banner")


def test_the_banner_says_at_which_step_and_why(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    assert not banner(person).isVisible()
    person.diverge()
    assert banner(person).isVisible()
    text = person.find(QLabel, "banner_text").text()
    assert f"step {person.session.status.step:,}" in text
    assert person.session.frame is not None
    assert f"numbers of step {person.session.frame.step:,}" in text
    assert short_number(person.document.experiment.optimizer.learning_rate) in text
    assert person.text("state").startswith("diverged at step")
    assert not person.button("play").isEnabled()
    assert person.button("reset").isEnabled()


def test_what_is_too_large_from_the_start_is_said(open_window: OpenWindow) -> None:
    """Before any step a smaller rate would change nothing, so none is offered."""
    large = with_student(load_builtin("demo"), 0, weight=np.full((1, 1, 3, 3), 1e308))
    person = open_window(large.replace(target=GivenMap(np.zeros((1, 8, 8)))))
    person.sees_state(State.DIVERGED)
    text = person.find(QLabel, "banner_text").text()
    assert "before the first step" in text
    assert "rate" not in text
    assert person.window.findChild(QAbstractButton, "try_smaller_rate") is None


def test_a_smaller_rate_is_offered_and_works(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    rate = person.document.experiment.optimizer.learning_rate
    person.diverge()
    person.click("try_smaller_rate")
    person.sees_step(0)
    assert not banner(person).isVisible()
    assert person.document.experiment.optimizer.learning_rate == pytest.approx(rate / 10, rel=0.5)
    person.run_to_the_end()
    assert math.isfinite(person.session.status.loss)
    assert person.document.undo_stack.canUndo()


@pytest.mark.parametrize(("rate", "offered"), [(5e-12, 1e-12), (1e-12, None)])
def test_no_rate_is_offered_that_is_smaller_than_possible(
    open_window: OpenWindow, rate: float, offered: float | None
) -> None:
    wild = load_builtin().replace(input=GivenMap(np.full((20, 20), 1e60)))
    person = open_window(wild.replace(optimizer=wild.optimizer.replace(learning_rate=rate)))
    person.diverge()
    assert person.button("banner_reset").isVisible()
    buttons = banner(person).findChildren(QPushButton, "try_smaller_rate")
    assert len(buttons) == (offered is not None)
    if offered is not None:
        assert short_number(offered) in buttons[0].text()
        person.click("try_smaller_rate")
        assert person.document.experiment.optimizer.learning_rate == offered


def test_the_banner_speaks_of_the_numbers_that_are_shown(open_window: OpenWindow) -> None:
    """Of the last finite ones only while they stand for the newest, not while a step of the past is looked at."""
    person = open_window("diverging")
    person.diverge()
    text = person.find(QLabel, "banner_text")
    newest = text.text()
    assert "Shown are the numbers" in newest
    person.session.show_step(20)
    person.sees(lambda: person.session.frame is not None and person.session.frame.step == 20)
    assert "diverged" in text.text().lower()
    assert "Shown are the numbers" not in text.text()
    person.session.show_step(None)
    person.sees(lambda: text.text() == newest)


def test_the_step_whose_numbers_stand_for_those_of_the_newest_is_told(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    newest, frame = person.session.status.step, person.session.frame
    assert frame is not None
    assert frame.step < newest
    assert person.text("history_text") == f"step {frame.step:,} of {newest:,}"
    assert person.text("loss_words").startswith(f"step {frame.step:,}: {loss_text(frame.loss)} · newest ∞ · best ")
    assert not person.button("live").isEnabled()
    assert not person.button("later").isEnabled()
    person.press("Alt+Left")
    person.sees(lambda: person.session.status.shown == frame.step - 1)
    assert person.button("live").isEnabled()
    assert person.button("later").isEnabled()
    person.click("live")
    person.sees(lambda: person.text("history_text") == f"step {frame.step:,} of {newest:,}")
    assert not person.button("live").isEnabled()


def test_a_run_that_diverged_goes_on_from_what_is_shown(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    frame = person.session.frame
    assert frame is not None
    person.click("continue")
    person.sees_step(frame.step)
    assert person.text("history_text") == f"step {frame.step:,} · live"
    assert person.session.status.state is State.PAUSED


def test_sentences_of_the_banner_are_joined_as_the_language_joins_them(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    person.find(QAction, "language_zh_CN").trigger()
    text = person.find(QLabel, "banner_text").text()
    assert "。" in text
    assert "。 " not in text


def test_reset_takes_the_banner_away(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    person.click("banner_reset")
    person.sees_step(0)
    assert not banner(person).isVisible()
    assert person.button("play").isEnabled()


def test_what_can_be_done_is_offered_again_when_it_happens_again(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    first = [button.text() for button in banner(person).findChildren(QPushButton) if button.isVisible()]
    person.click("banner_reset")
    person.sees_step(0)
    person.diverge()
    again = [button.text() for button in banner(person).findChildren(QPushButton) if button.isVisible()]
    assert again == first
    assert all(again)
    person.click("banner_reset")
    person.sees_step(0)


def test_a_smaller_rate_that_is_undone_leads_back_to_what_diverged(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    step, rate = person.session.status.step, person.session.status.learning_rate
    person.click("try_smaller_rate")
    person.sees_step(0)
    assert person.session.status.learning_rate < rate
    person.press("Ctrl+Z")
    person.sees(lambda: person.session.status.state is State.DIVERGED and not person.session.is_waiting)
    assert person.session.status.step == step
    assert person.document.experiment.optimizer.learning_rate == rate
    assert banner(person).isVisible()
    assert not person.document.undo_stack.canUndo()


def test_the_way_back_leads_before_the_loss_ran_away(open_window: OpenWindow) -> None:
    person = open_window()
    person.find(QSpinBox, "run_length").setValue(500)
    person.click("run_n")
    person.sees_step(500)
    experiment = person.document.experiment
    wild = experiment.replace(optimizer=experiment.optimizer.replace(learning_rate=1.0))
    person.document.propose(wild, "Change the rate")
    person.diverge()
    assert person.session.status.step > 500
    person.click("go_back")
    person.sees_state(State.PAUSED)
    person.sees(lambda: not banner(person).isVisible())
    assert 490 <= person.session.status.step <= 501
    assert person.session.status.loss < 100


def test_the_banner_speaks_another_language(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    english = person.find(QLabel, "banner_text").text(), person.button("try_smaller_rate").text()
    person.find(QAction, "language_zh_CN").trigger()
    assert person.find(QLabel, "banner_text").text() != english[0]
    assert person.button("try_smaller_rate").text() != english[1]


def test_another_experiment_takes_the_banner_away(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    person.document.open_experiment(load_builtin())
    person.sees_state(State.PAUSED)
    assert not banner(person).isVisible()


def test_the_banner_can_be_closed_and_blocks_nothing(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.diverge()
    person.press("Alt+Left")
    person.sees(lambda: person.session.status.shown is not None)
    person.click("banner_close")
    assert not banner(person).isVisible()
    assert person.session.status.state is State.DIVERGED


def test_an_error_of_the_run_is_told_and_another_experiment_can_be_opened(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window()
    broken = load_builtin("pooling")

    def fail(self: object) -> None:
        raise RuntimeError("no memory for this")

    monkeypatch.setattr(type(broken), "build", fail)
    person.document.open_experiment(broken)
    person.sees_state(State.FAILED)
    told = "The run was stopped by an error. RuntimeError: no memory for this"
    assert person.find(QLabel, "banner_text").text() == told
    assert not person.button("play").isEnabled()
    monkeypatch.undo()
    person.document.open_experiment(load_builtin())
    person.sees_state(State.PAUSED)
    assert person.button("play").isEnabled()
    assert not banner(person).isVisible()


def test_the_reason_of_a_failure_begins_like_a_sentence(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window()
    broken = load_builtin("pooling")

    def fail(self: object) -> None:
        raise ConfigError("expected sense, received none")

    monkeypatch.setattr(type(broken), "build", fail)
    person.document.open_experiment(broken)
    person.sees_state(State.FAILED)
    told = "The run was stopped by an error. Expected sense, received none"
    assert person.find(QLabel, "banner_text").text() == told
    monkeypatch.undo()
