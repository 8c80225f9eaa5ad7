"""Going on from a step of the past as a branch, going back to what was left, and comparing the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QTimer
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QComboBox, QFrame, QMenu, QPushButton, QSlider, QToolButton, QWidget

from convviz.engine import loop
from convviz.engine.frames import State
from convviz.engine.trainer import Trainer
from convviz.model import branches as limits
from convviz.model.files import load_builtin
from convviz.number_text import loss_text

if TYPE_CHECKING:
    import pytest

    from convviz.model.experiment import Experiment
    from tests.views.conftest import OpenWindow, Person


def run(person: Person, steps: int) -> None:
    end = person.session.status.step + steps
    person.session.run(steps)
    person.sees_step(end)


def show(person: Person, step: int) -> None:
    person.find(QSlider, "history_slider").setValue(step)
    person.sees(lambda: person.session.status.shown == step)


def branch(person: Person, step: int) -> None:
    show(person, step)
    person.press("C")
    person.sees_step(step)


def set_rate(person: Person, rate: float) -> None:
    experiment = person.document.experiment
    optimizer = experiment.optimizer.replace(learning_rate=rate)
    person.document.propose(experiment.replace(optimizer=optimizer), "Change the rate")


def trained(experiment: Experiment, steps: int) -> Trainer:
    trainer = Trainer(experiment.build())
    trainer.run(steps)
    return trainer


def plot_of(person: Person) -> QWidget:
    return person.find(QWidget, "loss_plot").viewport()


def test_branching_at_500_with_half_the_rate_is_compared_at_2000_in_three_actions(open_window: OpenWindow) -> None:
    person = open_window()
    experiment = person.document.experiment
    rate = experiment.optimizer.learning_rate
    person.run_to_the_end()
    show(person, 500)
    person.press("C")
    person.sees_step(500)
    person.look_at("training")
    person.type_into("optimizer.learning_rate", str(rate / 2))
    person.press("Space")
    person.sees_step(2000)
    whole, slower = trained(experiment, 2000), trained(experiment, 500)
    slower.learning_rate = rate / 2
    slower.run(1500)
    assert person.session.status.loss == slower.loss
    told = f"branch at 500, rate 3×10⁻⁵ · last {loss_text(whole.loss)} · best {loss_text(whole.best_loss)}"
    assert person.text("loss_kept_1") == told
    plot = plot_of(person)
    for x in (90, plot.width() // 2, plot.width() - 26):
        person.bot.mouseMove(plot, QPoint(x, plot.height() // 2))
        step = int(person.text("loss_pointed").removeprefix("step ").split(":")[0].replace(",", ""))
        there = loss_text(whole.losses[step] if step < 2000 else whole.loss)
        assert person.text("loss_kept_1") == f"branch at 500, rate 3×10⁻⁵ · step {step:,}: {there}"
    assert step > 1900


def test_after_an_edit_undo_is_not_said_to_lead_back_any_more(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    branch(person, 500)
    assert "leads back" in person.text("pointed")
    rate = person.document.experiment.optimizer.learning_rate
    set_rate(person, rate / 3)
    assert "leads back" not in person.text("pointed")
    person.press("Ctrl+Z")
    assert person.document.experiment.optimizer.learning_rate == rate
    assert person.session.status.step == 500  # nothing else was undone


def test_undo_directly_after_brings_everything_back(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    frame, losses = person.session.frame, person.session.losses.values().copy()
    branch(person, 500)
    told = "New branch from step 500. Ctrl+Z or Alt+Up leads back to the other, at step 2,000."
    assert person.text("pointed") == told
    assert person.button("undo").toolTip().startswith("Undo: Continue from step 500")
    assert not person.window.isWindowModified()
    person.press("Ctrl+Z")
    person.sees_step(2000)
    assert person.text("pointed") == "Branch 1 of 2, as it was left at step 2,000."
    assert person.session.status.state is State.FINISHED
    assert (person.session.losses.values() == losses).all()
    assert person.session.frame is not None
    assert frame is not None
    assert (person.session.frame.output == frame.output).all()
    person.press("Ctrl+Shift+Z")
    person.sees_step(500)


def test_keys_and_the_list_lead_to_the_other_branches(open_window: OpenWindow) -> None:
    person = open_window()
    button, menu = person.find(QToolButton, "branches"), person.find(QMenu, "branch_menu")
    previous, following = person.find(QAction, "previous_branch"), person.find(QAction, "next_branch")
    assert not button.isEnabled()
    assert "continue from there (C)" in button.toolTip()
    assert not previous.isEnabled()
    assert not following.isEnabled()
    run(person, 60)
    branch(person, 40)
    assert (button.text(), previous.isEnabled(), following.isEnabled()) == ("2/2", True, False)
    assert button.toolTip() == button.accessibleName() == "Branch 2 of 2: choose the one to go to (Alt+Up Alt+Down)"
    set_rate(person, 1e-6)
    run(person, 5)
    slow = person.session.status.loss
    person.press("Alt+Up")
    person.sees_step(60)
    assert (button.text(), previous.isEnabled(), following.isEnabled()) == ("1/2", False, True)
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [
        f"from the start · rate 3×10⁻⁵ · up to step 60 · loss {loss_text(person.session.status.loss)}",
        f"from step 40 · rate 10⁻⁶ · up to step 45 · loss {loss_text(slow)}",
    ]
    assert [action.isChecked() for action in menu.actions()] == [True, False]
    menu.actions()[1].trigger()
    person.sees_step(45)
    assert person.session.status.loss == slow
    person.press("Alt+Up")
    person.sees_step(60)
    person.press("Alt+Down")
    person.sees_step(45)
    person.find(QAction, "language_zh_CN").trigger()
    assert button.text() == "2/2"
    assert not button.toolTip().isascii()
    assert not person.text("loss_kept_1").isascii()


def test_the_key_that_leads_to_the_next_branch_opens_the_list_that_has_the_focus(open_window: OpenWindow) -> None:
    person = open_window()
    run(person, 60)
    branch(person, 40)
    person.press("Alt+Up")
    person.sees_step(60)
    box = person.find(QComboBox, "experiment")
    box.setFocus()
    person.press("Alt+Down", box)
    person.sees(box.view().isVisible)
    box.hidePopup()
    assert person.session.status.step == 60
    person.find(QWidget, "pipeline").setFocus()
    person.press("Alt+Down")
    person.sees_step(40)


def test_what_is_forgotten_is_told_and_its_curve_stays(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window()
    run(person, 500)
    monkeypatch.setattr(loop, "LEFT", 1)
    branch(person, 400)
    told = "There is no more room for the branch that was left at step 500: all but its curve was forgotten."
    assert person.text("pointed") == told
    assert not person.find(QToolButton, "branches").isEnabled()
    assert person.text("loss_kept_1").startswith("branch at 400, same settings · last ")
    person.press("Ctrl+Z")
    person.sees_step(0)
    assert person.text("pointed") == "That branch was forgotten to save memory: it begins anew at step 0."


def test_the_curve_of_a_branch_that_is_taken_out_comes_again_once_it_has_been_gone_to(open_window: OpenWindow) -> None:
    person = open_window()
    run(person, 60)
    branch(person, 40)
    line = person.find(QWidget, "loss_kept_1")
    person.click("forget_1")
    assert not line.isVisible()
    person.press("Alt+Up")
    person.sees_step(60)
    person.press("Alt+Down")
    person.sees_step(40)
    assert line.isVisible()
    person.press("Shift+K")
    assert not line.isVisible()
    assert person.find(QToolButton, "branches").isEnabled()


def test_a_curve_for_which_there_is_no_room_is_told_and_the_branch_stays_in_the_list(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 8 * 100)
    person = open_window()
    run(person, 120)
    loss = person.session.status.loss
    branch(person, 60)
    person.sees(lambda: "curve of the branch that was left at step 120" in person.text("pointed"))
    menu = person.find(QMenu, "branch_menu")
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert len(texts) == 2
    assert f"up to step 120 · loss {loss_text(loss)}" in texts[0]
    person.press("Alt+Up")
    person.sees_step(120)
    assert len(person.session.losses) == 120


def test_a_branch_from_the_first_step_is_no_new_run_that_a_change_began(open_window: OpenWindow) -> None:
    person = open_window()
    run(person, 30)
    person.document.propose(person.document.experiment.replace(seed=3), "another seed")
    person.sees_step(0)
    run(person, 20)
    person.find(QTimer, "note_time").timeout.emit()
    branch(person, 0)
    assert person.text("pointed").startswith("New branch from step 0. ")


def test_from_where_it_goes_on_is_told_while_the_past_is_shown(open_window: OpenWindow) -> None:
    person = open_window()
    run(person, 60)
    idle = {name: person.button(name).toolTip() for name in ("play", "step", "run_n")}
    show(person, 20)
    told = "Play, Step and edits go on from the newest step, 60; C goes on from this one."
    assert person.text("pointed") == told
    for name in idle:
        assert "the newest" in person.button(name).toolTip()
        assert "60" in person.button(name).toolTip()
    person.find(QAction, "language_zh_CN").trigger()
    assert all(not person.button(name).toolTip().isascii() for name in idle)
    assert "60" in person.button("play").toolTip()
    assert "60" in person.text("pointed")
    person.find(QAction, "language_en").trigger()
    set_rate(person, 1e-6)  # which takes effect where it was said to
    person.press(".")
    person.sees_step(61)
    assert person.session.status.shown is None
    assert person.text("pointed") == ""
    assert {name: person.button(name).toolTip() for name in idle} == idle


def test_the_training_that_goes_on_while_the_past_is_shown_is_told(open_window: OpenWindow) -> None:
    person = open_window(speed=200.0)
    person.click("play")
    person.sees(lambda: person.find(QSlider, "history_slider").maximum() > 20)
    show(person, 5)
    person.sees(lambda: person.text("pointed").startswith("The training goes on at the newest step; C "))
    assert person.button("play").toolTip().startswith("Pause after")
    person.press("P")
    person.sees(lambda: not person.text("pointed").startswith("The training"))


def test_a_rate_that_is_undone_after_a_divergence_is_not_offered_to_be_made_smaller(open_window: OpenWindow) -> None:
    person = open_window()
    run(person, 30)
    set_rate(person, 1.0)
    person.diverge()

    def offered() -> dict[str, QPushButton]:
        buttons = person.find(QFrame, "banner").findChildren(QPushButton)
        return {button.objectName(): button for button in buttons if button.isVisible()}

    assert "try_smaller_rate" in offered()
    person.press("Ctrl+Z")
    assert list(offered()) == ["go_back", "banner_reset"]
    person.press("Ctrl+Shift+Z")
    assert "try_smaller_rate" in offered()
    person.press("Ctrl+Z")
    step = person.session.status.step
    offered()["go_back"].click()
    person.sees_state(State.PAUSED)
    person.press("Alt+Up")
    person.sees_state(State.DIVERGED)
    assert person.session.status.step == step
    assert person.session.status.learning_rate == 1.0  # that which its last step was made with
    assert "try_smaller_rate" not in offered()


def test_what_happened_to_a_branch_is_not_told_of_another_experiment(open_window: OpenWindow) -> None:
    person = open_window()
    run(person, 20)
    branch(person, 5)
    person.sees(lambda: "New branch from step 5" in person.text("pointed"))
    person.document.open_experiment(load_builtin("adam"))
    person.sees_step(0)
    assert "branch" not in person.text("pointed")
