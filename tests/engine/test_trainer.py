"""A run: every step as it was, going back, rates that change, and what stops it."""

from __future__ import annotations

import gc
import warnings
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from convviz.engine import (
    SGD,
    Adam,
    ConfigError,
    Conv2d,
    ReLU,
    State,
    StepRate,
    StopReason,
    Trainer,
)
from convviz.engine.steps import Steps
from tests.engine.problems import STACKS, WAYS, arrays_of, assert_same_frame, reference_problem, small_problem


@pytest.fixture(params=WAYS, ids=str)
def way(request):
    return WAYS[request.param]


def trained(steps, problem, **settings):
    trainer = Trainer(problem, **settings)
    assert trainer.run(steps) == steps
    return trainer


def flat(trainer, step=None):
    return trainer.problem.network.pack(trainer.parameters(step))


def test_the_same_problem_gives_the_same_run(way):
    first, second = (trained(300, small_problem(**way)) for _ in range(2))
    assert np.array_equal(first.losses, second.losses)
    assert_same_frame(first.frame(), second.frame())


def test_a_run_does_not_depend_on_how_it_is_cut(way):
    whole = trained(300, small_problem(**way))
    cut = Trainer(small_problem(**way))
    for count in [1] * 20 + [130, 3, 129, 18]:
        assert cut.run(count) == count
    stepped = Trainer(small_problem(**way))
    losses = [stepped.step() for _ in range(300)]
    assert np.array_equal(whole.losses, cut.losses)
    assert np.array_equal(whole.losses, losses)
    for step in (0, 1, 127, 128, 129, 299, 300):
        assert_same_frame(cut.frame(step), whole.frame(step))
        assert_same_frame(stepped.frame(step), whole.frame(step))


def test_looking_does_not_disturb(way):
    alone = trained(300, small_problem(**way))
    watched = Trainer(small_problem(**way))
    for _ in range(30):
        watched.run(10)
        watched.frame(input_gradient=True)
        watched.frame(watched.current_step // 2)
        watched.parameters(watched.current_step // 3)
        assert watched.loss > 0
    assert np.array_equal(watched.losses, alone.losses)
    assert_same_frame(watched.frame(), alone.frame())


def test_a_past_step_is_what_it_was_when_it_was_live(way):
    trainer = Trainer(small_problem(**way))
    seen = []
    for _ in range(15):
        seen.append((trainer.frame(input_gradient=True), trainer.parameters(), trainer.loss))
        trainer.run(9)
    for frame, parameters, loss in seen:
        again = trainer.frame(frame.step, input_gradient=True)
        assert_same_frame(again, frame)
        assert again.loss == loss == trainer.losses[frame.step]
        for ours, theirs in zip(trainer.parameters(frame.step), parameters, strict=True):
            assert ours.keys() == theirs.keys()
            assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("rows", [2, 5, 64])
def test_a_tiny_history_changes_nothing(way, rows):
    """Rates are changed on the way, rows are dropped many times: every step is still bit for bit what it was."""

    def run(**settings):
        trainer = Trainer(small_problem(**way), **settings)
        for rate in (2e-3, 1e-3, 3e-3):
            trainer.run(97)
            trainer.learning_rate = rate
        trainer.run(110)
        return trainer

    width = flat(Trainer(small_problem(**way))).nbytes * 3
    kept, thinned = run(), run(budget=rows * width)
    assert np.array_equal(kept.losses, thinned.losses)
    for step in [*range(0, 401, 13), 96, 97, 98, 193, 194, 195, 290, 291, 292, 401]:
        assert_same_frame(thinned.frame(step), kept.frame(step))
    assert np.array_equal(flat(kept, 123), flat(thinned, 123))


def test_the_learning_rate_takes_effect_at_the_next_step():
    trainer = trained(10, small_problem(optimizer=SGD(learning_rate=1e-3)))
    trainer.learning_rate = 5e-4
    assert trainer.learning_rate == 5e-4
    trainer.run(10)
    for step, rate in ((8, 1e-3), (9, 1e-3), (10, 5e-4), (11, 5e-4), (20, 5e-4)):
        frame = trainer.frame(step)
        assert frame.learning_rate == rate == trainer.rate_at(step)
        if step < 20:
            for before, gradient, after in zip(
                frame.parameters, frame.gradients, trainer.parameters(step + 1), strict=True
            ):
                for name in before:
                    np.testing.assert_allclose(after[name], before[name] - rate * gradient[name], rtol=1e-13)


def test_the_last_rate_set_at_a_step_counts():
    changed = trained(5, small_problem(optimizer=SGD(learning_rate=1e-3)))
    for rate in (1.0, 1e-5, 1e-3):
        changed.learning_rate = rate
    changed.run(5)
    assert np.array_equal(changed.losses, trained(10, small_problem(optimizer=SGD(learning_rate=1e-3))).losses)


@pytest.mark.parametrize("rate", [0, -1, np.nan, np.inf, "1", None, True])
def test_impossible_rates_are_refused(rate):
    trainer = trained(3, small_problem())
    with pytest.raises(ConfigError) as caught:
        trainer.learning_rate = rate
    assert caught.value.field == "learning_rate"
    assert trainer.learning_rate == trainer.problem.optimizer.learning_rate


def test_schedules_start_from_the_rate_that_is_set():
    trainer = trained(30, small_problem(optimizer=SGD(learning_rate=1e-3), schedule=StepRate(every=20, factor=0.5)))
    assert [trainer.rate_at(step) for step in (0, 19, 20, 30)] == [1e-3, 1e-3, 5e-4, 5e-4]
    trainer.learning_rate = 4e-3
    assert trainer.frame().learning_rate == 2e-3
    assert trainer.rate_at(20) == 5e-4


def test_rewinding_and_going_on_repeats_the_run(way):
    trainer = trained(300, small_problem(**way))
    losses, last = trainer.losses.copy(), trainer.frame()
    for step in (200, 131, 0, 0, 300):
        trainer.rewind(min(step, trainer.current_step))
        assert trainer.current_step == len(trainer.losses) == step
        assert trainer.state is State.PAUSED
        with pytest.raises(ConfigError):
            trainer.frame(step + 1)
        trainer.run(300 - step)
        assert np.array_equal(trainer.losses, losses)
        assert_same_frame(trainer.frame(), last)


def test_rewinding_a_thinned_history_repeats_the_run(way):
    trainer = trained(300, small_problem(**way), budget=7000)
    losses, middle = trainer.losses.copy(), trainer.frame(170)
    for step in (171, 40, 299):
        trainer.rewind(step)
        trainer.run(300 - step)
        assert np.array_equal(trainer.losses, losses)
        assert_same_frame(trainer.frame(170), middle)


def test_rewinding_forgets_rates_that_were_set_later():
    trainer = trained(20, small_problem(optimizer=SGD(learning_rate=1e-3)))
    trainer.learning_rate = 2e-3
    trainer.run(20)
    trainer.rewind(10)
    assert trainer.learning_rate == 2e-3
    trainer.run(20)
    assert [trainer.rate_at(step) for step in (9, 10, 19, 20, 25, 30)] == [1e-3, 2e-3, 2e-3, 2e-3, 2e-3, 2e-3]
    assert_same_frame(trainer.frame(9), trained(20, small_problem(optimizer=SGD(learning_rate=1e-3))).frame(9))


def test_losses_that_were_handed_out_are_never_changed():
    trainer = trained(50, small_problem())
    before = trainer.losses
    copy = before.copy()
    trainer.learning_rate = 1e-4
    trainer.rewind(10)
    trainer.run(3000)
    assert np.array_equal(before, copy)
    assert not np.array_equal(trainer.losses[:50], copy)
    with pytest.raises(ValueError, match="read-only"):
        trainer.losses[0] = 0


def test_reset_starts_again(way):
    trainer = Trainer(small_problem(**way))
    first = trainer.frame()
    trainer.run(150)
    losses = trainer.losses
    trainer.reset()
    assert (trainer.current_step, len(trainer.losses)) == (0, 0)
    assert_same_frame(trainer.frame(), first)
    trainer.run(150)
    assert np.array_equal(trainer.losses, losses)


def test_losses_in_words():
    trainer = Trainer(small_problem(optimizer=SGD(learning_rate=1e-3)))
    assert trainer.loss == trainer.initial_loss == trainer.best_loss == trainer.frame().loss
    trainer.run(100)
    assert trainer.initial_loss == trainer.losses[0]
    assert trainer.loss == trainer.frame().loss
    assert trainer.best_loss == min(*trainer.losses, trainer.loss)
    trainer.rewind(1)
    assert trainer.best_loss == min(trainer.losses[0], trainer.loss)


def test_a_frozen_layer_stays_exactly(way):
    trainer = trained(60, small_problem("scaled", **way))
    first, frozen, last = trainer.parameters()
    start = trainer.parameters(0)
    assert np.array_equal(frozen["weight"], start[1]["weight"])
    assert np.array_equal(frozen["bias"], start[1]["bias"])
    assert not np.array_equal(first["weight"], start[0]["weight"])
    assert not np.array_equal(last["weight"], start[2]["weight"])


@pytest.mark.parametrize("rates", [(3.0, 0.5), (3.0, 1.0), (1.0, 0.5)])
def test_a_layers_rate_scales_the_steps(rates):
    layers = (Conv2d((3, 3)), Conv2d((2, 2)))
    scaled = (Conv2d((3, 3), rate=rates[0]), Conv2d((2, 2), rate=rates[1]))
    moves = []
    for stack in (layers, scaled):
        trainer = Trainer(small_problem(stack))
        before = trainer.parameters()
        trainer.step()
        moves.append([now["weight"] - old["weight"] for now, old in zip(trainer.parameters(), before, strict=True)])
    for rate, plain, other in zip(rates, *moves, strict=True):
        np.testing.assert_allclose(other, rate * plain, rtol=1e-9)


@pytest.mark.parametrize("filters", [1, 50, 256])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_states_of_steps_that_are_laid_out_fit_into_the_cache(filters, momentum):
    problem = small_problem((Conv2d(3, filters),), optimizer=SGD(momentum=momentum))
    steps = Steps(problem.network, problem.input, problem.target, problem.loss, problem.optimizer)
    width = (1 + (momentum > 0)) * filters * 19
    assert steps.states.shape == (steps.rows + 1, width)
    assert steps.rows * width * 8 <= 1 << 18
    assert (steps.rows > 100) == (filters == 1)


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_trains(stack):
    trainer = trained(200, small_problem(stack, optimizer=Adam(learning_rate=1e-2)))
    if trainer.problem.network.size:
        assert trainer.losses[-1] < trainer.losses[0]
    else:
        assert np.array_equal(trainer.losses, np.full(200, trainer.initial_loss))
    assert trainer.state is State.PAUSED


def test_frames_are_read_only_and_nobodys_buffer(way):
    trainer = trained(5, small_problem(**way))
    frame = trainer.frame(input_gradient=True)
    copies = {name: array.copy() for name, array in arrays_of(frame).items()}
    trainer.run(100)
    trainer.frame(3)
    for name, array in arrays_of(frame).items():
        assert not array.flags.writeable, name
        assert array.flags.c_contiguous, name
        assert array.dtype == trainer.problem.dtype, name
        assert np.array_equal(array, copies[name]), name
    with pytest.raises(TypeError):
        frame.parameters[0]["weight"] = None


def test_frames_carry_the_run_and_the_teacher():
    problem = small_problem()
    frame = Trainer(problem, run=7).frame()
    assert frame.run == 7
    np.testing.assert_allclose(problem.network.forward(frame.teacher, problem.input)[-1], frame.target)
    np.testing.assert_array_equal(frame.residual, frame.output - frame.target)
    assert frame.value_grads[0] is None
    assert Trainer(reference_problem()).frame().teacher is None


@pytest.mark.parametrize("count", [1.5, 3.0, "many", None, True])
def test_a_number_of_steps_is_whole(count):
    trainer = Trainer(small_problem())
    with pytest.raises(ConfigError) as caught:
        trainer.run(count)
    assert str(caught.value) == f"count: expected a whole number, received {count!r}"
    assert trainer.current_step == 0
    assert trainer.run(np.int64(3)) == 3


@pytest.mark.parametrize("step", [-1, 11, 10**9, 1.5, "first"])
def test_steps_that_were_not_made_are_refused(step):
    trainer = trained(10, small_problem())
    for ask in (trainer.frame, trainer.parameters, trainer.vector, trainer.rewind):
        with pytest.raises(ConfigError, match="0 … 10"):
            ask(step)
    assert trainer.current_step == 10


class Interrupt(BaseException):
    pass


@dataclass(frozen=True)
class InterruptedReLU(ReLU):
    """A ReLU on whose way back `Interrupt` is raised when so many more steps have been made; None: never."""

    steps_left: ClassVar[int | None] = None

    def bind(self, slots):
        bound = super().bind(slots)
        return replace(bound, input_backward=(*bound.input_backward, self.interrupt))

    @classmethod
    def interrupt(cls):
        if cls.steps_left == 0:
            raise Interrupt
        if cls.steps_left is not None:
            cls.steps_left -= 1


@pytest.mark.parametrize("steps", [0, 5])
def test_an_interrupted_run_is_as_before_the_interrupted_steps(monkeypatch, steps):
    problem = small_problem((Conv2d(2, out_channels=2), InterruptedReLU(), Conv2d(2)), optimizer=Adam())
    trainer = trained(40, problem)
    before = trainer.frame()
    with monkeypatch.context() as patch:
        patch.setattr(InterruptedReLU, "steps_left", steps)
        with pytest.raises(Interrupt):
            trainer.run(500)
    assert trainer.current_step == 40
    assert_same_frame(trainer.frame(), before)
    trainer.run(60)
    assert np.array_equal(trainer.losses, trained(100, problem).losses)


def test_a_dropped_trainer_frees_its_memory():
    """A trainer holds large buffers; they must not wait for the cycle collector."""
    import weakref

    gc.collect()
    gc.disable()
    try:
        trainer = trained(3, small_problem())
        memory = weakref.ref(trainer.losses.base)
        dropped = weakref.ref(trainer)
        del trainer
        assert dropped() is None
        assert memory() is None
    finally:
        gc.enable()


def test_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained(50, small_problem(optimizer=SGD(learning_rate=1e-3))).frame()


def test_finishing_is_reported():
    trainer = Trainer(small_problem(steps=25))
    assert (trainer.state, trainer.reason) == (State.PAUSED, StopReason.NONE)
    assert trainer.run(100) == 25
    assert (trainer.state, trainer.reason) == (State.FINISHED, StopReason.STEPS)
