"""What is looked at stays what it was, or becomes the nearest that another frame has."""

from __future__ import annotations

import pytest

from convviz.engine import Trainer
from convviz.engine.walkthrough import Act
from convviz.model.files import load_builtin
from convviz.views.panels.microscope.aim import View
from convviz.views.panels.microscope.sight import Sight


def frame_of(name, steps=3):
    trainer = Trainer(load_builtin(name).build())
    trainer.run(steps)
    return trainer.frame(input_gradient=True)


def sight_of(name, view):
    sight = Sight()
    sight.set_frame(frame_of(name), 0)
    sight.look(view)
    return sight


def test_a_view_that_is_chosen_before_there_is_a_frame_is_taken_with_it():
    sight = Sight()
    sight.look(View(1, True, 0))
    assert sight.walk is None
    assert sight.phase is None
    assert sight.set_frame(frame_of("demo"), 0)
    assert (sight.walk.index, sight.walk.back) == (1, True)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (View(99, False, 0), View(2, False, 0)),  # the loss of two layers
        (View(0, True, 7, of=5, phase=99), View(0, True, 0, phase=5)),
        (View(0, False, 0, of=0), View(0, False, 0)),  # one channel is no choice
    ],
)
def test_what_a_network_does_not_have_becomes_the_nearest(asked, found):
    assert sight_of("demo", asked).view == found


def test_a_channel_that_there_is_stays_chosen_and_another_does_not():
    sight = sight_of("channels", View(2, False, 0, of=2))
    assert list(sight.channels.of) == [0, 1, 2]
    assert (sight.view.of, sight.walk.of) == (2, 2)
    sight.look(View(2, False, 0, of=3))
    assert (sight.view.of, sight.walk.of) == (None, None)


def test_a_step_later_everything_is_as_it_was():
    view = View(1, True, 0, phase=2, position=5)
    sight = sight_of("demo", view)
    before = sight.walk
    assert not sight.set_frame(frame_of("demo", steps=4), 5)
    assert sight.view == view
    assert sight.walk is not before


def test_another_network_is_seen_at_the_same_act_and_cell():
    sight = sight_of("demo", View(0, True, 0, phase=4))
    assert sight.phase.act is Act.MEETING
    columns = sight.phase.shape[1]
    assert sight.set_frame(frame_of("pooling"), 3 * columns + 2)
    assert sight.phase.act is Act.MEETING
    assert sight.phase.cell(sight.view.position) == (3, 2)


def test_a_cell_that_another_network_does_not_have_becomes_the_nearest():
    sight = sight_of("demo", View(1, False, 0, phase=1))
    rows, columns = sight.phase.shape
    sight.set_frame(frame_of("dead-border"), rows * columns - 1)
    assert sight.phase.act is Act.WINDOWS
    assert sight.phase.shape == (5, 5)
    assert sight.phase.cell(sight.view.position) == (4, 4)


def test_the_loss_stays_the_loss():
    sight = sight_of("channels", View(99, True, 0))
    layers = len(sight.frame.problem.layers)
    other = frame_of("demo")
    assert len(other.problem.layers) != layers
    sight.set_frame(other, 0)
    assert sight.view.index == len(other.problem.layers)


def test_a_moment_is_made_once_while_it_is_painted():
    sight = sight_of("demo", View(1, True, 0))
    moments = [sight.moment(0), sight.moment(1)]
    assert [sight.moment(0), sight.moment(1)] == moments
    assert sight.moment(0) is moments[0]
    sight.choose_phase(1)
    assert sight.moment(0) is not moments[0]
