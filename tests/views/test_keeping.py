"""A loss curve that is kept, to compare other runs with it."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.engine import SGD
from convviz.engine.frames import State
from convviz.model.experiment import Experiment
from convviz.number_text import loss_text
from convviz.views import theme
from convviz.views.panels.loss import LossPanel
from convviz.views.readout import ReadOut
from tests.patience import PATIENCE

if TYPE_CHECKING:
    import pytest

    from convviz.engine import Problem
    from tests.views.conftest import OpenWindow, Person

MOMENTUM = SGD(learning_rate=1e-5, momentum=0.8)


def run(person: Person, steps: int) -> None:
    person.session.run(steps)
    person.sees_step(person.session.status.step + steps)


def keep(person: Person, steps: int = 2000) -> np.ndarray:
    """Make a run, keep its losses, and begin another with momentum; return the losses by step."""
    run(person, steps)
    losses = np.append(person.session.losses.values(), person.session.status.loss)
    person.click("keep_curve")
    person.document.propose(person.document.experiment.replace(optimizer=MOMENTUM), "Use momentum")
    person.sees_step(0)
    return losses


def plot_of(person: Person) -> QWidget:
    return person.find(QWidget, "loss_plot").viewport()


def muted_pixels(person: Person) -> list[tuple[int, int]]:
    """Return the pixels within the axes that have the colour of a kept curve, or nearly; no number is among them."""
    picture = plot_of(person).grab().toImage()
    wanted = theme.current().muted
    left, right = picture.width() // 3, picture.width() - 30
    return [
        (x, y)
        for x in range(left, right)
        for y in range(4, picture.height() - 40)
        if abs(picture.pixelColor(x, y).lightness() - wanted.lightness()) < 60
        and picture.pixelColor(x, y).saturation() < 80
    ]


def test_a_kept_curve_stays_over_new_runs_edits_and_undo_until_it_is_forgotten(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    plain = muted_pixels(person)
    losses = keep(person)
    told = f"momentum 0 · last {loss_text(losses[-1])} · best {loss_text(losses.min())}"
    assert person.text("loss_kept_1") == told
    drawn = muted_pixels(person)
    assert len(drawn) > len(plain) + 30
    run(person, 50)
    assert person.text("loss_kept_1") == told
    assert len(set(muted_pixels(person)) & set(drawn)) > 20
    panel = person.find(LossPanel, "loss")
    assert told in panel.accessibleDescription()
    assert person.text("loss_words") in panel.accessibleDescription()
    person.document.undo_stack.undo()  # which brings the run back, too
    person.sees_step(len(losses) - 1)
    assert person.text("loss_kept_1").startswith("same settings · last ")
    person.click("reset")
    person.sees_step(0)
    assert len(muted_pixels(person)) > len(plain) + 30
    person.press("Shift+K")
    assert not person.find(QWidget, "loss_kept_1").isVisible()
    QApplication.processEvents()
    assert len(muted_pixels(person)) <= len(plain) + 3
    assert told not in panel.accessibleDescription()


def test_the_present_curve_has_a_name_as_long_as_there_are_others(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    named, swatch = person.find(ReadOut, "loss_pointed"), person.find(QWidget, "loss_present")
    assert not named.isVisible()
    assert not swatch.isVisible()
    keep(person)
    run(person, 50)
    assert named.isVisible()
    assert swatch.isVisible()
    picture = swatch.grab().toImage()
    assert picture.pixelColor(2, picture.height() // 2) == theme.current().curve
    other = person.find(QWidget, "loss_kept_1")
    ends = [one.mapTo(person.window, one.rect().topRight()).x() for one in (named, other)]
    assert ends[0] == ends[1]  # above the others' names
    written = named.grab().toImage()
    ground = theme.current().surface
    cells = [(x, y) for x in range(written.width()) for y in range(written.height())]
    assert sum(written.pixelColor(*at) != ground for at in cells) > 50
    person.press("Shift+K")
    assert not named.isVisible()
    assert not swatch.isVisible()


def test_a_curve_that_is_kept_while_another_run_is_built_is_called_by_its_own_settings(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window("plain-descent")
    run(person, 20)
    build, released = Experiment.build, threading.Event()

    def wait_and_build(experiment: Experiment) -> Problem:
        released.wait(PATIENCE)
        return build(experiment)

    monkeypatch.setattr(Experiment, "build", wait_and_build)
    plain = person.document.experiment
    for momentum in (0.3, 0.5):
        optimizer = SGD(learning_rate=1e-5, momentum=momentum)
        person.document.propose(plain.replace(optimizer=optimizer), "Use momentum")
    person.press("K")
    assert person.text("loss_kept_1").startswith("momentum 0 · last ")
    person.document.propose(plain.replace(optimizer=SGD(learning_rate=2e-5, momentum=0.5)), "Learn faster")
    released.set()
    person.sees_step(0)
    run(person, 2)
    for keys in ("Shift+K", "K"):
        person.press(keys)
    person.document.propose(plain.replace(optimizer=SGD(learning_rate=3e-5, momentum=0.5)), "Learn still faster")
    assert person.text("loss_kept_1").startswith("rate 2×10⁻⁵ · last ")
    for keys in ("Shift+K", "K"):
        person.press(keys)
    assert person.text("loss_kept_1").startswith("same settings · last ")


def test_the_key_keeps_each_run_and_another_forgets_all(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    keep_it, forget = person.find(QAction, "keep_curve"), person.find(QAction, "forget_curves")
    assert not keep_it.isEnabled()
    assert not forget.isEnabled()
    losses = keep(person, 300)
    run(person, 200)
    person.press("K")
    told = [
        f"momentum 0 · last {loss_text(losses[-1])} · best {loss_text(losses.min())}",
        f"same settings · last {loss_text(person.session.status.loss)}",
    ]
    assert person.text("loss_kept_1") == told[0]
    assert person.text("loss_kept_2").startswith(told[1])
    assert forget.isEnabled()
    assert forget.toolTip().endswith("(Shift+K)")
    person.press("Shift+K")
    assert not person.find(QWidget, "loss_kept_1").isVisible()
    assert not forget.isEnabled()
    assert keep_it.isEnabled()
    person.click("reset")
    person.sees_step(0)
    assert not keep_it.isEnabled()


def test_one_of_the_kept_curves_is_forgotten_by_the_button_at_its_line(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    keep(person, 300)
    run(person, 200)
    person.press("K")
    button = person.button("forget_1")
    assert button.accessibleName() == "Take the curve 'momentum 0' out of the plot"
    assert person.window.rect().contains(button.mapTo(person.window, button.rect().center()))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    person.press("Space", button)
    assert person.text("loss_kept_1").startswith("same settings · ")
    assert not person.find(QWidget, "loss_kept_2").isVisible()
    assert person.button("forget_1").accessibleName() == "Take the curve 'same settings' out of the plot"


def test_a_run_that_is_kept_again_takes_the_place_of_its_beginning(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    run(person, 20)
    for _ in range(2):
        person.press("K")
        run(person, 20)
    assert person.window.findChild(QWidget, "loss_kept_2") is None
    person.press("K")
    assert person.text("loss_kept_1").startswith(f"same settings · last {loss_text(person.session.status.loss)}")


def test_with_one_curve_too_many_the_first_is_forgotten(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    for seed in range(4):
        person.document.propose(person.document.experiment.replace(seed=10 + seed), "another seed")
        person.sees_step(0)
        run(person, 5)
        person.press("K")
    assert [person.text(f"loss_kept_{n}").split(" · ")[0] for n in (1, 2, 3)] == ["seed 11", "seed 12", "same settings"]
    assert person.window.findChild(QWidget, "loss_kept_4") is None


def test_the_pointer_and_the_step_that_is_shown_tell_of_both_curves(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    losses = keep(person)
    run(person, 1000)
    plot = plot_of(person)
    person.bot.mouseMove(plot, QPoint(plot.width() * 4 // 10, plot.height() // 2))
    step = int(person.text("loss_pointed").removeprefix("step ").split(":")[0].replace(",", ""))
    assert 0 < step < 1000
    assert person.text("loss_kept_1") == f"momentum 0 · step {step:,}: {loss_text(losses[step])}"
    person.bot.mouseMove(plot, QPoint(plot.width() * 8 // 10, plot.height() // 2))
    assert person.text("loss_pointed") == ""
    step = int(person.text("loss_kept_1").removeprefix("momentum 0 · step ").split(":")[0].replace(",", ""))
    assert 1000 < step < 2000
    assert person.text("loss_kept_1") == f"momentum 0 · step {step:,}: {loss_text(losses[step])}"
    person.bot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(plot.width() * 8 // 10, plot.height() // 2))
    QApplication.sendEvent(plot.parentWidget(), QEvent(QEvent.Type.Leave))
    assert person.text("loss_kept_1").startswith("momentum 0 · last ")
    person.session.show_step(20)
    person.sees(lambda: person.session.status.shown == 20)
    assert person.text("loss_kept_1") == f"momentum 0 · step 20: {loss_text(losses[20])}"


def test_the_axis_of_steps_reaches_over_the_kept_curve(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    keep(person, 2500)  # longer than the next run is to be
    run(person, 10)
    plot = plot_of(person)
    QApplication.processEvents()
    for x in (plot.width() // 2, plot.width() - 40):
        person.bot.mouseMove(plot, QPoint(x, plot.height() // 2))
    told = person.text("loss_kept_1").removeprefix("momentum 0 · step ").split(":")[0].replace(",", "")
    assert int(told) > 2000


def test_a_kept_curve_is_told_in_another_language_and_drawn_in_other_colours(open_window: OpenWindow) -> None:
    person = open_window("plain-descent")
    keep(person)
    light = len(muted_pixels(person))
    person.find(QAction, "language_zh_CN").trigger()
    assert person.text("loss_kept_1").startswith("动量 0 · ")
    assert not person.find(QAction, "keep_curve").text().isascii()
    person.find(QAction, "theme_dark").trigger()
    assert 0.6 * light < len(muted_pixels(person)) < 1.6 * light


def test_a_run_that_diverged_can_be_kept(open_window: OpenWindow) -> None:
    person = open_window("diverging")
    person.click("play")
    person.sees_state(State.DIVERGED)
    person.press("K")
    assert person.session.frame is not None
    assert f"step {person.session.frame.step}: " in person.text("loss_kept_1")
    for _ in range(2):
        person.click("log_loss")
        assert not plot_of(person).grab().isNull()
    person.click("try_smaller_rate")
    person.sees_step(0)
    assert person.text("loss_kept_1").startswith("rate 0.012 · last ∞")
    assert math.isfinite(person.session.status.loss)


def test_a_curve_is_kept_as_it_is_while_its_run_goes_on(open_window: OpenWindow) -> None:
    person = open_window("plain-descent", speed=500)
    person.click("play")
    person.sees(lambda: len(person.session.losses) > 20)
    person.press("K")
    told = person.text("loss_kept_1")
    person.sees(lambda: len(person.session.losses) > 200)
    person.click("play")
    person.sees_state(State.PAUSED)
    assert person.text("loss_kept_1") == told
    assert f"last {loss_text(person.session.status.loss)}" not in told
