import math

import numpy as np
import pytest

from convviz.engine.frames import Frame, State, Status
from convviz.engine.mailbox import Mailbox

NOTHING = np.empty(0)


def frame(step, run=1):
    one = np.zeros((1, 1, 1))
    return Frame(run, step, 0.0, 0.1, (one, one), (None, one), ({},), ({},), None, one, one, None, {})


def losses(first, end):
    return np.arange(float(first), float(end))


def test_an_empty_mailbox_has_nothing():
    assert Mailbox().take() is None


def test_what_is_left_is_taken_once():
    box = Mailbox()
    assert box.leave(Status(run=1, step=3), frame(3), losses(0, 3), 0)
    packet = box.take()
    assert (packet.status.step, packet.frame.step, packet.first) == (3, 3, 0)
    np.testing.assert_array_equal(packet.losses, [0, 1, 2])
    assert box.take() is None


def test_only_the_first_of_several_is_announced():
    box = Mailbox()
    assert box.leave(Status(run=1), None, NOTHING, 0)
    assert not box.leave(Status(run=1), None, NOTHING, 0)
    box.take()
    assert box.leave(Status(run=1), None, NOTHING, 0)


def test_pictures_are_lossy_and_series_are_not():
    box = Mailbox()
    for step in range(0, 50, 10):
        box.leave(Status(run=1, step=step + 10), frame(step + 10), losses(step, step + 10), step)
    packet = box.take()
    assert packet.frame.step == packet.status.step == 50
    np.testing.assert_array_equal(packet.losses, losses(0, 50))
    assert packet.first == 0


def test_a_status_alone_keeps_the_picture_that_waits():
    box = Mailbox()
    box.leave(Status(run=1, state=State.RUNNING), frame(7), NOTHING, 7)
    box.leave(Status(run=1, state=State.PAUSED), None, NOTHING, 7)
    packet = box.take()
    assert packet.frame.step == 7
    assert packet.status.state is State.PAUSED


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("back", [0, 4, 10, 13, 20])
def test_a_rewind_takes_back_the_losses_after_it(taken, back):
    box, series = Mailbox(), NOTHING
    box.leave(Status(run=1), None, losses(0, 10), 0)
    box.leave(Status(run=1), None, losses(10, 20), 10)
    packets = [box.take()] if taken else []
    box.leave(Status(run=1), None, NOTHING, back)
    box.leave(Status(run=1), None, -losses(back, 30), back)
    for packet in [*packets, box.take()]:
        assert packet.first <= len(series)
        series = np.concatenate([series[: packet.first], packet.losses])
    np.testing.assert_array_equal(series, [*losses(0, back), *-losses(back, 30)])


def test_nothing_of_an_old_run_is_left_in_a_new_one():
    box = Mailbox()
    box.leave(Status(run=1), frame(20), losses(0, 20), 0)
    box.leave(Status(run=2), None, NOTHING, 0)
    packet = box.take()
    assert (packet.frame, packet.losses.size, packet.first) == (None, 0, 0)


def test_what_is_handed_over_is_read_only():
    box = Mailbox()
    for step in range(2):
        box.leave(Status(run=1), None, losses(step, step + 1), step)
        with pytest.raises(ValueError, match="read-only"):
            box.take().losses[0] = 1
    box.leave(Status(run=1), None, losses(2, 3), 2)
    box.leave(Status(run=1), None, losses(3, 4), 3)
    with pytest.raises(ValueError, match="read-only"):
        box.take().losses[0] = 1


def test_a_picture_is_as_late_as_the_first_that_nobody_took():
    box = Mailbox()
    box.leave(Status(run=1), frame(1), NOTHING, 0, due=1.5)
    box.leave(Status(run=1), frame(2), NOTHING, 0, due=2.5)
    assert box.take().due == 1.5
    box.leave(Status(run=1), frame(3), NOTHING, 0, due=3.5)
    assert box.take().due == 3.5
    box.leave(Status(run=1), frame(4), NOTHING, 0)
    assert math.isnan(box.take().due), "it was not the beat that wanted it"


def test_the_last_news_of_a_run_that_was_seen_outlast_the_beginning_of_the_next():
    box = Mailbox()
    box.leave(Status(run=1, step=4), frame(4), losses(0, 4), 0)
    box.take()
    box.leave(Status(run=1, step=7), frame(7), losses(4, 7), 4)
    box.leave(Status(run=1, step=9), frame(9), losses(7, 9), 7)
    box.leave(Status(run=2), frame(0, 2), NOTHING, 0)
    box.leave(Status(run=3, step=2), frame(2, 3), losses(0, 2), 0)
    packet = box.take()
    assert (packet.status.run, packet.losses.tolist()) == (3, [0, 1])
    before = packet.before
    assert (before.status.run, before.status.step, before.frame, before.first) == (1, 9, None, 4)
    np.testing.assert_array_equal(before.losses, losses(4, 9))
    box.leave(Status(run=3, step=3), None, losses(2, 3), 2)
    assert box.take().before is None


def test_of_a_run_that_nobody_saw_nothing_is_told_once_another_has_begun():
    box = Mailbox()
    box.leave(Status(run=1), None, NOTHING, 0)
    box.take()
    box.leave(Status(run=2, step=2), None, losses(0, 2), 0)
    box.leave(Status(run=3), None, NOTHING, 0)
    assert box.take().before is None
