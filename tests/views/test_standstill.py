"""A run in which nothing is learned any more: it is said once, calmly, why, and what can be done."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFrame, QLabel, QPushButton

from convviz.engine.frames import State
from convviz.engine.layers import LeakyReLU
from convviz.engine.optimizers import SGD, Adam, CosineRate
from convviz.engine.standstill import Obstacle, Standstill, blockade
from convviz.engine.trainer import Trainer
from convviz.i18n import tr
from convviz.model.files import load_builtin
from convviz.model.sources import GivenMap
from convviz.views.standstill_words import standstill_text
from tests.model.samples import dying, with_student

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

SAID = "Nothing is learned any more"


def says_so(person: Person) -> bool:
    shown = person.find(QFrame, "banner").isVisible()
    return shown and person.find(QLabel, "banner_text").text().startswith(SAID)


def offered(person: Person) -> set[str]:
    """Return the names of the buttons of the message."""
    buttons = person.find(QFrame, "banner").findChildren(QPushButton)
    return {button.objectName() for button in buttons if button.isVisible()}


def dies(person: Person) -> None:
    person.click("play")
    person.sees(lambda: says_so(person))


def goes_on(person: Person, steps: int = 500) -> None:
    """Let the run make some steps, and wait until they are seen."""
    newest = person.session.status.step + steps
    person.session.run(steps)
    person.sees_step(newest)


def test_it_is_said_from_which_step_on_and_which_layer_it_is(open_window: OpenWindow) -> None:
    person = open_window(dying())
    assert not person.find(QFrame, "banner").isVisible()
    dies(person)
    trainer = Trainer(dying().build())
    trainer.run(10)
    first = next(step for step in range(10) if not trainer.frame(step).values[2].any())
    assert f"from step {first} on, every output of layer 2 (ReLU) is 0, so no gradient" in person.banner_text()
    assert "leaky ReLU" in person.banner_text()
    person.sees_state(State.FINISHED)
    assert says_so(person), "the end of the run makes it no less true"


def test_a_relu_that_is_dead_from_the_start_is_told_after_the_first_step(open_window: OpenWindow) -> None:
    person = open_window("dead-relu")
    assert not person.find(QFrame, "banner").isVisible()
    person.click("step")
    person.sees(lambda: says_so(person))
    assert "every output of layer 2 (ReLU) is 0" in person.banner_text()
    assert "step" not in person.banner_text()
    assert offered(person) == {"leaky_relu"}, "no smaller rate, and no step before, would help"


@pytest.mark.parametrize("speed", [math.inf, 400.0])
def test_it_is_said_while_the_run_goes_on(open_window: OpenWindow, speed: float) -> None:
    person = open_window(dying(), speed=speed)
    person.session.run(10**8)
    person.sees(lambda: says_so(person))
    assert person.session.status.state is State.RUNNING


def test_a_leaky_relu_brings_it_to_life(open_window: OpenWindow) -> None:
    person = open_window("dead-relu")
    person.run_to_the_end()
    person.sees(lambda: says_so(person))
    person.click("leaky_relu")
    person.sees(lambda: not says_so(person))
    assert person.document.experiment.layers[1] == LeakyReLU()
    goes_on(person)
    losses = person.session.losses.values()
    assert losses[-1] < losses[0]
    assert not says_so(person)
    person.press("Ctrl+Z")
    person.sees(lambda: says_so(person))


def test_a_smaller_rate_is_offered_with_which_it_lives(open_window: OpenWindow) -> None:
    person = open_window(dying())
    dies(person)
    person.click("try_smaller_rate")
    person.sees_step(0)
    assert not says_so(person)
    assert person.document.experiment.optimizer.learning_rate < 1e-3
    goes_on(person)
    assert person.session.frame is not None
    assert blockade(person.session.frame) is None


def test_the_rate_that_is_offered_is_below_that_which_was_set_however_small_a_schedule_has_made_it(
    open_window: OpenWindow,
) -> None:
    """At the end of the half wave the rate is 0, and no rate is smaller."""
    person = open_window(dying().replace(schedule=CosineRate(period=2000)))
    person.run_to_the_end()
    person.sees(lambda: says_so(person))
    assert person.session.status.learning_rate == 0
    person.click("try_smaller_rate")
    person.sees_step(0)
    assert 1e-6 < person.document.experiment.optimizer.learning_rate < 1e-3


def test_the_rate_after_a_divergence_leads_to_no_dead_network(open_window: OpenWindow) -> None:
    """A tenth of the rate, which was offered otherwise, does."""
    person = open_window(dying(1e-2))
    person.diverge()
    person.click("try_smaller_rate")
    person.sees_step(0)
    assert 0 < person.document.experiment.optimizer.learning_rate < 1e-3
    goes_on(person)
    assert not says_so(person)
    assert person.session.frame is not None
    assert blockade(person.session.frame) is None


def test_the_way_back_leads_to_a_step_that_still_learns(open_window: OpenWindow) -> None:
    person = open_window(dying(1e-4).replace(seed=8))
    person.session.run(2500)
    person.sees(lambda: says_so(person))
    person.click("go_back")
    person.sees(lambda: not says_so(person) and person.session.status.step < 2500)
    person.sees_step(person.session.status.step)
    assert person.session.status.step > 0
    assert person.session.frame is not None
    assert blockade(person.session.frame) is None


def test_who_closes_it_is_not_told_again(open_window: OpenWindow) -> None:
    person = open_window("dead-relu")
    goes_on(person, 10)
    person.sees(lambda: says_so(person))
    person.click("banner_close")
    goes_on(person, 10)
    person.run_to_the_end()
    assert not person.find(QFrame, "banner").isVisible()
    person.click("reset")
    person.sees_step(0)
    goes_on(person, 10)
    person.sees(lambda: says_so(person))


def test_a_reset_takes_it_away(open_window: OpenWindow) -> None:
    person = open_window("dead-relu")
    goes_on(person, 10)
    person.sees(lambda: says_so(person))
    person.click("reset")
    person.sees_step(0)
    assert not person.find(QFrame, "banner").isVisible()


def test_steps_of_the_past_change_nothing_about_it(open_window: OpenWindow) -> None:
    person = open_window(dying())
    dies(person)
    person.sees_state(State.FINISHED)
    told = person.banner_text()
    person.press("Home")
    person.sees(lambda: person.session.frame is not None and person.session.frame.step == 0)
    assert person.banner_text() == told
    person.press("End")
    person.sees(lambda: person.session.status.shown is None)
    assert person.banner_text() == told


def test_it_speaks_another_language(open_window: OpenWindow) -> None:
    person = open_window("dead-relu")
    goes_on(person, 10)
    person.sees(lambda: says_so(person))
    person.find(QAction, "language_zh_CN").trigger()
    text = person.banner_text()
    assert "ReLU" in text
    assert "0" in text
    assert not text.isascii()


@pytest.mark.parametrize("optimizer", [SGD(learning_rate=1e-4, momentum=0.9), Adam(learning_rate=0.1)], ids=repr)
def test_what_moves_without_a_gradient_is_not_called_dead(open_window: OpenWindow, optimizer: SGD | Adam) -> None:
    """The optimizer remembers where it was going, and the decay pulls: parameters go on changing at gradient 0."""
    person = open_window(load_builtin("dead-relu").replace(optimizer=optimizer.replace(weight_decay=0.1)))
    goes_on(person, 20)
    goes_on(person, 20)
    assert not says_so(person)


def test_a_run_that_has_learned_all_is_not_called_dead(open_window: OpenWindow) -> None:
    """The target is 0, as is what the dead network makes: there is nothing left to be learned."""
    person = open_window(load_builtin("dead-relu").replace(target=GivenMap(np.zeros((1, 12, 12)))))
    goes_on(person, 20)
    goes_on(person, 20)
    assert person.session.status.loss == 0
    assert not says_so(person)


def test_the_demo_is_not_called_dead(open_window: OpenWindow) -> None:
    person = open_window()
    person.run_to_the_end()
    assert not person.find(QFrame, "banner").isVisible()


def test_kernels_of_zeros_are_named(open_window: OpenWindow) -> None:
    dead = load_builtin("dead-relu")
    person = open_window(with_student(dead, 2, weight=np.zeros((1, 1, 3, 3))))
    goes_on(person, 5)
    person.sees(lambda: says_so(person))
    assert "every weight of layer 3 (Convolution) is 0" in person.banner_text()
    assert offered(person) == set()


@pytest.mark.parametrize("obstacle", list(Obstacle))
@pytest.mark.parametrize("last", [None, 0, 1233])
def test_every_obstacle_has_a_sentence_and_a_remedy(obstacle: Obstacle, last: int | None) -> None:
    layer = None if obstacle is Obstacle.GRADIENTS else 1
    text = standstill_text(Standstill(obstacle, layer), load_builtin("dead-relu").layers, last)
    assert text.count(". ") == 1
    assert text.endswith(".")
    assert "{" not in text
    assert ("layer 2 (ReLU)" in text) == (layer is not None)
    assert (f"from step {last + 1:,} on" in text) if last is not None else "step" not in text
    assert tr(obstacle.value).partition("{layer}")[0] in text
