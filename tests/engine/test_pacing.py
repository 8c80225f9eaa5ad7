import itertools
import math

import pytest

from convviz.engine.pacing import ChunkSize, FrameClock, Pace, RateMeter


def walk(pace, start, seconds, *, late=0.0, most=10**6):
    """Wake up whenever the pace says so, ``late`` seconds too late, and return how many steps were made."""
    now, made = start, 0
    while True:
        now = max(now, pace.next()) + late
        if now > start + seconds:
            return made
        steps = pace.due(now, most)
        pace.made(steps, now)
        made += steps


@pytest.mark.parametrize("speed", [0.5, 1, 3, 7.3, 30, 200, 1000, 33_333, 1e6])
@pytest.mark.parametrize("late", [0.0, 0.0007])
def test_as_many_steps_are_due_as_the_speed_says_and_lateness_does_not_add_up(speed, late):
    pace = Pace()
    pace.change(speed, 50.0)
    pace.start(50.0, at_once=True)
    made = walk(pace, 50.0, 20.0, late=late)
    assert made == pytest.approx(20 * speed + 1, abs=1 + 0.005 * speed)


def test_the_first_step_is_due_at_once_or_after_one_interval():
    pace = Pace()
    pace.change(2.0, 10.0)
    pace.start(10.0, at_once=True)
    assert pace.due(10.0, 5) == 1
    pace.start(10.0, at_once=False)
    assert pace.due(10.0, 5) == 0
    assert pace.next() == pytest.approx(10.5)
    assert pace.due(10.5, 5) == 1


def test_as_fast_as_it_goes_there_is_always_a_step_due():
    pace = Pace()
    pace.start(10.0, at_once=True)
    assert pace.next() < 10.0
    assert pace.due(10.0, 77) == 77


def test_a_higher_speed_counts_from_the_last_step():
    pace = Pace()
    pace.change(0.1, 0.0)
    pace.start(0.0, at_once=True)
    pace.made(pace.due(0.0, 1), 0.0)
    assert pace.next() == pytest.approx(10.0)
    pace.change(2.0, 0.3)
    assert pace.next() == pytest.approx(0.5)
    pace.change(10.0, 0.3)
    assert pace.next() <= 0.3
    assert pace.due(0.3, 100) == 1


def test_a_run_that_went_as_fast_as_it_could_is_slowed_down_from_its_last_step_on():
    pace = Pace()
    pace.start(0.0, at_once=True)
    pace.made(pace.due(10.0, 50), 10.0)
    pace.change(2.0, 10.1)
    assert pace.next() == pytest.approx(10.5)
    assert pace.due(10.4, 50) == 0


def test_a_stall_ends_in_no_burst():
    pace = Pace()
    pace.change(100.0, 0.0)
    pace.start(0.0, at_once=True)
    pace.made(pace.due(0.0, 1000), 0.0)
    assert pace.due(60.0, 1000) <= 12  # a tenth of a second is made up for
    slow = Pace()
    slow.change(1.0, 0.0)
    slow.start(0.0, at_once=True)
    assert slow.due(3600.0, 1000) <= 2


def test_steps_that_do_not_fit_into_a_chunk_are_made_at_once_in_the_next():
    pace = Pace()
    pace.change(1000.0, 0.0)
    pace.start(0.0, at_once=True)
    assert pace.due(0.05, 20) == 20
    pace.made(20, 0.05)
    assert pace.next() <= 0.05
    assert pace.due(0.05, 100) == 31


def test_a_paced_run_does_not_wake_up_for_each_of_many_steps():
    pace = Pace()
    pace.change(100_000.0, 0.0)
    pace.start(0.0, at_once=True)
    now, wakes = 0.0, 0
    while now < 1.0:
        pace.made(pace.due(now, 10**6), now)
        now = max(now, pace.next())
        wakes += 1
    assert wakes <= 260


def test_frames_keep_the_beat_while_painting_is_quick():
    frames = FrameClock(50.0)
    frames.start(0.0)
    deadlines = []
    for _ in range(100):
        deadlines.append(frames.next)
        frames.shown(frames.next + 0.001, frames.next + 0.004)
    assert deadlines == pytest.approx([0.02 * (i + 1) for i in range(100)])


def test_another_beat_begins_when_it_is_set():
    frames = FrameClock(0.1)
    frames.start(0.0)
    frames.change(50.0, 3.0)
    assert frames.next == pytest.approx(3.02)
    frames.shown(3.02, 3.02)
    assert frames.next == pytest.approx(3.04)


def test_slow_painting_takes_at_most_a_third_of_the_time():
    frames = FrameClock(50.0)
    frames.start(0.0)
    now = painting = 0.0
    for _ in range(50):
        now = frames.next
        frames.shown(now, now + 0.08)
        now, painting = now + 0.08, painting + 0.08
    assert 0.3 * frames.next <= painting <= 0.34 * frames.next


def test_a_chunk_comes_to_last_as_long_as_is_wanted():
    chunk, cost = ChunkSize(0.002), 5e-6
    sizes = []
    for _ in range(20):
        sizes.append(chunk.steps(math.inf))
        chunk.measured(sizes[-1], sizes[-1] * cost)
    assert sizes[0] == 1
    assert all(b <= 2 * a for a, b in itertools.pairwise(sizes))
    assert sizes[-1] * cost == pytest.approx(0.002, rel=0.02)


def test_a_chunk_ends_in_time_for_a_deadline_and_has_at_least_one_step():
    chunk = ChunkSize(0.002)
    for _ in range(20):
        chunk.measured(chunk.steps(math.inf), chunk.steps(math.inf) * 1e-5)
    assert chunk.steps(0.0005) == pytest.approx(50, abs=1)
    assert chunk.steps(-1.0) == 1
    slow = ChunkSize(0.002)
    slow.measured(1, 0.5)
    assert slow.steps(math.inf) == 1


def test_a_chunk_without_measure_or_without_cost_stays_bounded():
    chunk = ChunkSize(0.002)
    for _ in range(100):
        chunk.measured(chunk.steps(math.inf), 0.0)
    assert chunk.steps(math.inf) == ChunkSize.LARGEST


def test_the_rate_is_that_of_the_last_half_second():
    meter = RateMeter()
    assert meter.rate() == 0.0
    now, step = 10.0, 0
    for speed in (1000, 3000):
        for _ in range(120):
            now, step = now + 0.01, step + speed // 100
            meter.mark(now, step)
        assert meter.rate() == pytest.approx(speed, rel=0.01)


def test_the_rate_of_slow_steps_is_known_from_the_second_on():
    meter = RateMeter()
    for step in range(1, 5):
        meter.mark(2.0 * step, step)
        meter.mark(2.0 * step + 0.7, step)  # nothing new in between
        assert meter.rate() == pytest.approx(0.5 if step > 1 else 0.0)
    meter.start()
    assert meter.rate() == 0.0


def test_the_rate_is_known_as_soon_as_two_steps_were_made():
    meter = RateMeter()
    meter.mark(3.0, 1)
    meter.mark(3.001, 2)
    assert meter.rate() == pytest.approx(1000)


def test_the_rate_evens_out_what_comes_in_bursts():
    meter = RateMeter()
    marks = [(10 + 0.05 * beat, 20 * beat + (19 if beat % 2 else 0)) for beat in range(40)]
    for now, step in marks:
        meter.mark(now, step)
        ago = [mark for mark in marks if now - 0.501 <= mark[0] < now]
        if len(ago) >= 10:
            assert meter.rate() == pytest.approx((step - ago[0][1]) / (now - ago[0][0]))
            assert meter.rate() == pytest.approx(400, rel=0.1)


def test_steps_that_took_no_time_that_could_be_measured_have_no_rate():
    meter = RateMeter()
    meter.mark(3.0, 1)
    meter.mark(3.0, 2)
    assert meter.rate() == 0.0


def test_a_fast_run_that_is_started_again_begins_at_once():
    pace = Pace()
    pace.change(1000, 10.0)
    pace.start(10.0, at_once=True)
    assert pace.due(10.0, 100) == 1
    pace.made(1, 10.0)
    pace.start(10.001, at_once=True)
    assert pace.next() <= 10.001
    assert pace.due(10.001, 100) == 1
