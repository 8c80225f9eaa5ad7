from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import (
    ConfigError,
    Conv2d,
    LeakyReLU,
    MaxPool2d,
    MeanAbsoluteError,
    Problem,
    ReLU,
    Trainer,
)
from convviz.engine.check import Check, Report
from tests.checked import WrongConv, WrongTanh
from tests.engine.problems import reference_problem, small_problem


def test_the_demo_is_right():
    trainer = Trainer(reference_problem())
    trainer.run(2000)
    for parameters in (None, trainer.parameters(), trainer.parameters(3)):
        report = Check(trainer.problem, parameters, sample=None).run()
        assert report.passed
        assert report.worst_slope.error < 1e-9
        assert report.worst_adjoint.error < 1e-13
        assert len(report.slopes) == 27
        assert report.kinks == 0


def test_a_wrong_gradient_is_found_and_placed():
    report = Check(small_problem((WrongConv((2, 2)),)), sample=None).run()
    assert not report.passed
    assert report.worst_slope.error == pytest.approx(1e-3, rel=0.01)
    assert report.worst_adjoint.error > 1e-12
    assert all(not slope.kink and slope.error > 1e-4 for slope in report.slopes)


def test_a_wrong_gradient_of_one_layer_shows_in_those_before_it():
    report = Check(small_problem((Conv2d((2, 2)), WrongTanh(), Conv2d((2, 2)))), sample=None).run()
    assert {slope.layer for slope in report.slopes if slope.error > 1e-4} == {0}
    assert not report.passed
    assert report.worst_slope.layer == 0


def test_entries_say_where_they_are():
    problem = small_problem("channels")
    report = Check(problem, sample=None).run()
    gradients = Trainer(problem).frame().gradients
    places = {(slope.layer, slope.name, slope.index) for slope in report.slopes}
    assert len(places) == len(report.slopes) == problem.network.size
    for slope in report.slopes:
        assert slope.gradient == pytest.approx(gradients[slope.layer][slope.name][slope.index], rel=1e-12)
        assert slope.slope == pytest.approx(slope.gradient, rel=1e-6)


def test_a_sample_is_spread_over_all_arrays():
    problem = small_problem("channels")
    report = Check(problem, sample=8, seed=3).run()
    assert len(report.slopes) == 8
    assert {(slope.layer, slope.name) for slope in report.slopes} == {
        (0, "weight"),
        (0, "bias"),
        (2, "weight"),
        (2, "bias"),
    }
    assert report == Check(problem, sample=8, seed=3).run()
    assert report.slopes != Check(problem, sample=8, seed=4).run().slopes


def test_a_check_is_done_in_portions():
    check = Check(small_problem("channels"), sample=5)
    total = check.report.total
    assert total == 5 + 2
    assert check.report == Report((), (), 0, total)
    assert check.report.passed
    assert check.report.worst_slope is None
    assert check.report.worst_adjoint is None
    for done in range(1, total + 1):
        assert check.advance() is (done < total)
        assert check.report.done == done
        assert check.report.passed
    assert check.advance() is False
    assert len(check.report.slopes) == 5
    assert {entry.by for entry in check.report.adjoints} == {"input", "parameters"}


def on_a_kink(*layers, value=0.0, **changes):
    """A problem whose first layer, one weight and one bias, makes ``value`` of everything."""
    initial = [{"weight": np.zeros((1, 1, 1, 1)), "bias": np.full(1, value)}]
    rng = np.random.default_rng(5)
    stack = (Conv2d((1, 1)), *layers)
    shape = (1, 6, 6)
    for layer in layers:
        initial.append(layer.init(rng, shape))
        shape = layer.output_shape(shape)
    given = {"target": rng.normal(size=shape), **changes}
    return Problem(input=rng.normal(size=(1, 6, 6)), layers=stack, initial=tuple(initial), **given)


@pytest.mark.parametrize(
    "problem",
    [
        on_a_kink(ReLU(), Conv2d((2, 2))),
        on_a_kink(LeakyReLU(), Conv2d((2, 2))),
        on_a_kink(MaxPool2d((2, 2)), value=0.5),
        on_a_kink(loss=MeanAbsoluteError(), target=np.full((1, 6, 6), 0.25), value=0.25),
    ],
    ids=["relu", "leaky relu", "pooling tie", "absolute error"],
)
def test_kinks_are_no_errors(problem):
    report = Check(problem, sample=None).run()
    assert report.passed
    assert report.kinks == len([slope for slope in report.slopes if slope.error > 1e-6])
    assert all(slope.error < 1e-6 for slope in report.slopes if not slope.kink)


def test_kinks_are_counted():
    report = Check(on_a_kink(ReLU(), Conv2d((2, 2))), sample=None).run()
    assert {(slope.layer, slope.name) for slope in report.slopes if slope.kink} == {(0, "weight"), (0, "bias")}
    assert report.kinks == 2
    assert report.worst_slope.layer == 2


def test_a_wrong_gradient_is_not_taken_for_a_kink():
    layers = (WrongConv((2, 2)), LeakyReLU(slope=0.999), Conv2d((2, 2)))
    report = Check(small_problem(layers), sample=None).run()
    assert report.kinks == 0
    assert not report.passed


def test_at_the_solution_rounding_is_no_error():
    problem = small_problem("channels")
    report = Check(problem, problem.teacher, sample=None).run()
    assert report.passed
    assert report.kinks == 0


def test_a_problem_in_single_precision_is_checked_in_double():
    report = Check(small_problem("pooled", dtype=np.float32), sample=None).run()
    assert report.passed
    assert report.worst_slope.error < 1e-7


def test_nothing_is_touched():
    trainer = Trainer(small_problem("channels"))
    trainer.run(10)
    before = trainer.problem.network.pack(trainer.parameters())
    Check(trainer.problem, trainer.parameters()).run()
    assert np.array_equal(trainer.problem.network.pack(trainer.parameters()), before)


def test_without_parameters_there_is_only_the_adjoint():
    report = Check(small_problem("nothing to learn")).run()
    assert report.total == report.done == 0
    assert report.passed


def test_a_diverged_point_is_refused():
    trainer = Trainer(small_problem("channels"))
    huge = [{name: np.full_like(array, 1e200) for name, array in layer.items()} for layer in trainer.parameters()]
    with pytest.raises(ConfigError, match="not a finite number"):
        Check(trainer.problem, huge)


def test_a_check_can_be_left_within_a_portion_and_gone_on_with():
    class EnoughError(Exception):
        pass

    class Gate:
        passes = 0

        def __call__(self):
            self.passes -= 1
            if self.passes < 0:
                raise EnoughError

    gate = Gate()
    gate.passes = 10**6
    problem = small_problem("channels")
    check = Check(problem, sample=None, between=gate)
    while not check.report.slopes:
        check.advance()
    before = check.report
    for passes in range(4):
        gate.passes = passes
        with pytest.raises(EnoughError):
            check.advance()
        assert check.report == before
    gate.passes = 10**6
    assert check.run() == Check(problem, sample=None).run()


@pytest.mark.parametrize("bias", [1e6, 1e12, -1e100])
def test_a_large_bias_hides_no_digits(bias):
    """The identity is one of the layer without its bias, whatever that is."""
    problem = on_a_kink(Conv2d((2, 2)), value=bias)
    check = Check(problem, sample=0)
    entries = [entry for entry in check.run().adjoints if entry.by == "input"]
    assert entries
    assert all(entry.error < 1e-12 for entry in entries)
